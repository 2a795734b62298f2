"""Instances: as many states as can be worked out from those of the model by itself, and as a model by hand has."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core.model import Model
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.search.explore import Exploration, explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.semantics.steps import initial_states
from skipgate.checker.tla.tlc import Tlc
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.instances import members, module
from skipgate.spec.loader import Program
from skipgate.spec.parsing.parser import parse
from skipgate.spec.passes import examine
from skipgate.spec.source import Source
from skipgate.spec.specification import Specification
from tests.checker.random_models import model_text
from tests.checker.specs import specification
from tests.checker.tla.second_opinion import needs_tlc
from tests.planted import Mutant, noticed

HERE = Path(__file__).parent / "instances"
LIMIT = 300  # states of a model by itself


def instance(module: str, whole: str) -> Specification:
    """A specification whose imports under a name are all of one text."""
    file = parse(Source("module.gate", module))
    main = parse(Source("main.gate", whole))
    own = Program(file, (file,))
    named = [each for each in main.declarations if isinstance(each, s.ImportDecl)]
    return examine(Program(main, (main,), modules=dict.fromkeys(named, own)))


def search(spec: Specification, most: int = 20_000) -> tuple[Model, Exploration]:
    kernels = prepare(elaborate(spec, spec.checks[0]))
    return kernels.model, explore(kernels, SearchOptions(budget=Budget(most, time_limit=60)))


def alone(seed: int) -> tuple[str, Model, Exploration] | None:
    """A random model that is searched to its end and can always be evaluated; None if this one is another."""
    text = model_text(Random(seed))
    try:
        model, found = search(specification(text), LIMIT)
    except SpecError:
        return None
    if found.stopped is not None or found.initial_error is not None or model.constraints:
        return None
    return text, model, found


def compare_single(seed: int) -> None:
    """An instance without an index is the model itself, apart from where it may end and what is asked of its steps."""
    known = alone(seed)
    if known is None:
        return
    text, model, found = known
    whole, again = search(instance(text, 'import "module.gate" as a\ncheck c expect holds'))
    assert (again.distinct, again.generated, again.depth) == (found.distinct, found.generated, found.depth)
    for declared, copied in zip(model.properties, whole.properties, strict=True):
        assert copied.name == f"a.{declared.name}"
        if declared.kind != "transition":
            assert (copied.name in again.violations) == (declared.name in found.violations)
        else:
            assert copied.name not in again.violations or declared.name in found.violations


def compare_pair(seed: int) -> None:
    """Two instances that know nothing of each other: all pairs of states, in all orders of steps."""
    known = alone(seed)
    if known is None:
        return
    text, model, found = known
    n, initial = found.distinct, sum(1 for _ in initial_states(model))
    if n > 60:
        return
    _, pair = search(instance(text, 'import "module.gate" as a[i in 1..2]\ncheck c expect holds'))
    assert pair.distinct == n * n
    assert pair.depth == 2 * found.depth - 1
    assert pair.generated == initial**2 + 2 * n * (found.generated - initial)
    names = 'import "module.gate" as left\nimport "module.gate" as right\ncheck c expect holds'
    _, two = search(instance(text, names))
    assert (two.distinct, two.generated, two.depth) == (pair.distinct, pair.generated, pair.depth)
    lines = 'sort Whose[2]\nimport "module.gate" as a[whose in Whose]\ncheck c symmetry Whose expect holds'
    _, orbits = search(instance(text, lines))
    assert orbits.distinct == n * (n + 1) // 2


@pytest.mark.parametrize("seed", range(12))
def test_a_single_instance_is_the_model(seed: int) -> None:
    compare_single(seed)


@pytest.mark.parametrize("seed", range(12))
def test_two_instances_are_all_pairs(seed: int) -> None:
    compare_pair(seed)


# ------------------------------------------------------------------------------------- worked out by hand, and by maps


def outcomes(file: str) -> list[tuple[int, int, int, bool]]:
    result = check_file(HERE / file, RunOptions(engine="python", discharge=False))
    return [(each.distinct, each.generated, each.depth, each.as_expected) for each in result.checks]


def compare_with_maps(_: int = 0) -> None:
    assert outcomes("instances.gate") == outcomes("maps.gate")
    assert all(as_expected for *_, as_expected in outcomes("instances.gate"))


def test_a_model_with_instances_is_the_one_with_maps() -> None:
    compare_with_maps()


@needs_tlc
def test_tlc_finds_the_same(tlc: Tlc) -> None:
    options = RunOptions(engine="python", discharge=False, against_tlc=tlc)
    for each in check_file(HERE / "instances.gate", options).checks:
        (comparison,) = each.comparisons
        assert comparison.compared, comparison


# --------------------------------------------------------------------------------------------------- planted on purpose

INSTANCE = module.Module

FAULTS = [
    ("an update is one of the whole map", INSTANCE._update, "if self.binder else ()", "if not self.binder else ()"),
    ("two instances share their variables", INSTANCE.new_name, 'f"{self.name}{slot}.{text}"', 'f"one{slot}.{text}"'),
    ("what is given is left out", INSTANCE._copy, "if declaration in self.given:", "if False:"),
    ("an invariant is asked of one instance", INSTANCE._for_all, "if not indexed:", "if indexed:"),
    ("a definition forgets the index", INSTANCE.reads_index, "any(", "not any("),
    ("an action is that of one instance", members.Mentions.replaced, "(*any_, *inner", "(*any_[:0], *inner"),
    ("an index goes to another instance", INSTANCE.renamed, "copy.text == own", "copy.text != own"),
]


@pytest.mark.parametrize(("what", "function", "old", "new"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_noticed(what: str, function: Any, old: str, new: str) -> None:
    def check(seed: int) -> None:
        compare_with_maps()
        compare_pair(seed)

    check(0)
    assert noticed(Mutant(what, function, old, new, check), range(1)) is not None, what
