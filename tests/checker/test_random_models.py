"""The random specifications are worth their time: they are accepted, and there is something in them to disagree on."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import get_args

from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core import terms as t
from skipgate.checker.core.model import LetClause, Model
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.spec.diagnostics import SpecError
from tests.checker.random_models import expressions_text, model_text
from tests.checker.specs import specification

SEEDS = range(150)


def terms_of(model: Model) -> set[str]:
    """The names of the classes of all terms of a model."""
    roots = [p.term for p in model.properties]
    for action in model.actions:
        roots += [binding.domain for binding in action.parameters]
        roots += [clause.value if isinstance(clause, LetClause) else clause for clause in action.clauses]
        roots += [update.value for update in action.updates]
    return {type(part).__name__ for root in roots for part in t.walk(root)}


def test_most_are_accepted_and_use_the_whole_language() -> None:
    refused = 0
    used: set[str] = set()
    for seed in SEEDS:
        for text in (model_text(Random(seed)), expressions_text(Random(seed)).claims):
            try:
                spec = specification(text)
                used |= terms_of(elaborate(spec, spec.checks[0]))
            except SpecError:
                refused += 1
    assert refused <= 0.03 * 2 * len(SEEDS)
    # Numbers that wrap at 2^64 do not fit a machine word.
    assert used == {each.__name__ for each in get_args(t.Term)} - {"U64"}


def test_searches_find_something_of_every_kind() -> None:
    found: Counter[str] = Counter()
    for seed in SEEDS:
        spec = specification(model_text(Random(seed)))
        try:
            kernels = prepare(elaborate(spec, spec.checks[0]))
        except SpecError:
            found["refused"] += 1
            continue
        exploration = explore(kernels, SearchOptions(budget=Budget(1000, time_limit=60)))
        found["stopped"] += exploration.stopped is not None
        found["initial error"] += exploration.initial_error is not None
        found["some states"] += exploration.distinct > 3
        found["many states"] += exploration.distinct > 20
        found["unseen"] += bool(exploration.unseen)
        found["outside"] += any(v.successor is not None and v.source is None for v in exploration.violations.values())
        for name in exploration.violations:
            found[name if name in (DEADLOCK, EVALUATION) else name.rstrip("0123456789")] += 1
    assert found["refused"] + found["stopped"] <= 0.1 * len(SEEDS)
    assert found["some states"] >= 0.3 * len(SEEDS)
    assert found["initial error"] <= 0.2 * len(SEEDS)
    for kind in ("initial error", "many states", "unseen", "outside", DEADLOCK, EVALUATION, "Inv", "Step"):
        assert found[kind] >= 3, (kind, found)
