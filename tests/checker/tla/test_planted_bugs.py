"""TLC notices it when skipgate is wrong: each of some faults, put into our own engine on purpose.

Those in elaboration are believed by everything behind it: by kernels, the naive evaluator that examines traces, and the
solver. Nobody but TLC, which is asked about the text itself, can contradict them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from skipgate.checker.checks.running import ask_tlc
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import EVALUATION, CheckResult
from skipgate.checker.elaborate import build, elaborate
from skipgate.checker.kernel import layout, map_code, sequence_code
from skipgate.checker.liveness import build as graph_build
from skipgate.checker.liveness import streett
from skipgate.checker.search.explore import Search
from skipgate.checker.tla.tlc import Tlc
from tests.checker.tla import random_checks
from tests.checker.tla.random_checks import Write
from tests.checker.tla.second_opinion import needs_tlc, searched
from tests.planted import Mutant, applied

MOST_SEEDS = 4000


@dataclass(frozen=True)
class Fault:
    """In the source of a function, `old` becomes `new`; random checks of this sort show it."""

    what: str
    function: Any
    old: str
    new: str
    write: Write

    @property
    def mutant(self) -> Mutant:
        return Mutant(self.what, self.function, self.old, self.new, lambda seed: None)


search, elaborator = Search, elaborate._Elaborator

FAULTS = [
    # Counting.
    Fault(
        "counting: a step to a known state is not generated",
        search.expand_level,
        "generated += 1",
        "generated += tuple(out[i + 1 : i + entry]) not in predecessors",
        random_checks.plain,
    ),
    Fault(
        "counting: a level of one state has no depth",
        search.run,
        "if self.frontier:",
        "if len(self.frontier) > 1:",
        random_checks.plain,
    ),
    Fault(
        "counting: a field is a bit too narrow",
        layout._width,
        "(component.high - component.low).bit_length()",
        "max(1, (component.high - component.low).bit_length() - 1)",
        random_checks.plain,
    ),
    # Constraints.
    Fault(
        "constraints: states outside are kept",
        search.arrive,
        "if not inside:",
        "if False:",
        random_checks.constrained,
    ),
    Fault(
        "constraints: states outside are not checked",
        search.arrive,
        "self.check(state, predecessor)",
        "pass",
        random_checks.constrained,
    ),
    Fault(
        "constraints: the last one is forgotten in elaboration",
        elaborator.model,
        "spec.all(s.ConstraintDecl),",
        "spec.all(s.ConstraintDecl)[:-1],",
        random_checks.constrained,
    ),
    # Symmetry.
    Fault(
        "symmetry: successors are kept as they are",
        search.expand_level,
        "= representative(successor)",
        "= successor",
        random_checks.symmetric,
    ),
    Fault(
        "symmetry: initial states are kept as they are",
        search.arrive,
        "self.symmetry.representative(state)",
        "state",
        random_checks.symmetric,
    ),
    # Fairness.
    Fault(
        "fairness: strong fairness is weak in elaboration",
        elaborator.model,
        'm.Fairness(declared.fairness == "strong",',
        "m.Fairness(False,",
        random_checks.live,
    ),
    Fault(
        "fairness: all choices of parameters together in elaboration",
        elaborator.model,
        "tuple(map(_any_step, each)), True)",
        "tuple(map(_any_step, each)), False)",
        random_checks.live,
    ),
    Fault(
        "fairness: weak fairness is strong",
        streett.fair_components,
        "offends = possible & ~taken & strong",
        "offends = possible & ~taken & (strong | weak)",
        random_checks.live,
    ),
    Fault(
        "fairness: only the last of a group of actions counts",
        graph_build._Labels.met,
        "for pattern in fair.patterns",
        "for pattern in fair.patterns[-1:]",
        random_checks.live,
    ),
    # Sequences.
    Fault(
        "sequences: a concatenation begins with its right side, in elaboration",
        build.concat,
        "span, left, right))",
        "span, right, left))",
        random_checks.plain,
    ),
    Fault(
        "sequences: a slice begins one late",
        sequence_code.slice_,
        'pick(list(rows), sub(low, "1"),',
        "pick(list(rows), low,",
        random_checks.plain,
    ),
    Fault(
        "sequences: the index after the last is there",
        map_code._place,
        'wrong_index = or_(compare("<", index, "1"), compare("<", length, index))',
        'wrong_index = or_(compare("<", index, "1"), compare("<", add(length, "1"), index))',
        random_checks.plain,
    ),
]


def test_every_fault_has_its_place() -> None:
    """Who changes the code hears of it at once, and not when the slow tests are run again."""
    for fault in FAULTS:
        with applied(fault.mutant):
            pass


# Minutes, and the only sign that TLC contradicts us where we are wrong.
@pytest.mark.slow
@pytest.mark.differential
@needs_tlc
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_is_noticed(fault: Fault, tlc: Tlc, tmp_path: Path) -> None:
    """TLC is only asked where the fault shows at all."""
    for seed in range(MOST_SEEDS):
        path = fault.write(Random(seed), tmp_path)
        right = found(path)
        with applied(fault.mutant):
            wrong = found(path)
        if right is None or wrong is None or facts(right) == facts(wrong):
            continue
        try:
            compared = ask_tlc(tlc, wrong).nothing is None
        except InternalError as problem:
            if "TLC does not agree" in str(problem):
                print(f"seed {seed}: {problem}")
                return
        else:
            if compared and EVALUATION not in (*right.violated, *wrong.violated):  # after which TLC does not go on
                pytest.fail(f"seed {seed}: TLC agrees with what is wrong")
    pytest.fail(f"{MOST_SEEDS} random checks do not show it")


def found(path: Path) -> CheckResult | None:
    """What a search finds, unless it cannot, or our own engines notice themselves that something is wrong."""
    try:
        result = searched(path, most=300)
    except Exception:
        return None
    return result if result.complete and result.stopped is None else None


def facts(result: CheckResult) -> object:
    lengths = {name: len(p.trace) for name, p in result.properties.items() if p.trace is not None}
    for name, each in result.properties.items():
        if each.kind == "liveness" and each.trace is not None:
            lengths[name] = 0  # lassos need not be as long as each other
    return result.distinct, result.generated, result.depth, result.missed, lengths
