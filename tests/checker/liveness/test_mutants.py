"""The random tests notice it when fairness is treated wrongly: each of many small faults, put in on purpose."""

from __future__ import annotations

from collections import Counter

import pytest

from skipgate.checker.kernel import kernels
from skipgate.checker.liveness import arrays, build, check, lasso, streett
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.semantics import lassos
from tests.checker.liveness.test_random import compare
from tests.planted import Mutant, applied

pytestmark = pytest.mark.differential

MOST_SEEDS = 400


def verdicts(seed: int) -> None:
    compare(seed, Counter())


MUTANTS = [
    Mutant("a step that changes nothing counts", build.assemble, "piece.targets != sources", "sources >= 0", verdicts),
    Mutant("steps out of the constraints make nothing possible", build.assemble, "piece.targets != sources",
           "(piece.targets != sources) & (piece.targets >= 0)", verdicts),
    Mutant("steps out of the constraints are taken", build.assemble,
           "stays = targets != OUTSIDE", "targets = np.maximum(targets, 0)\n        stays = targets >= 0", verdicts),
    Mutant("of two steps between the same states one is forgotten", build._Labels.union,
           "met[a] | met[b]", "met[a]", verdicts),
    Mutant("only the last of a group of actions counts", build._Labels.met,
           "for pattern in fair.patterns", "for pattern in fair.patterns[-1:]", verdicts),
    Mutant("conditions of fairness are dropped", build._Labels.is_true, "pattern.condition is None", "True", verdicts),
    Mutant("conditions of fairness are mixed up", build._Labels.of,
           "kind.reshape(-1)[sources]", "kind.reshape(-1)[sources - sources]", verdicts),
    Mutant("a fair cycle is verified without conditions", lassos.demands,
           "pattern.condition is None", "True", verdicts),
    Mutant("each step of a group is fair by itself", build._Labels.met,
           "if fair.separately else", "if True else", verdicts),
    Mutant("a condition is dropped", build._Labels.masks, "bits(sorted(met), words)", "bits(sorted(met)[1:], words)",
           verdicts),
    Mutant("strong fairness is weak", build._Labels.separately, "self.conditions.append(fair.strong)",
           "self.conditions.append(False)", verdicts),
    Mutant("strong fairness is dropped", arrays.ArrayGraph.strong, "if c]", "if False]", verdicts),
    Mutant("weak fairness is dropped", arrays.ArrayGraph.weak, "if not c]", "if False]", verdicts),
    Mutant("weak fairness is strong", streett.fair_components, "offends = possible & ~taken & strong",
           "offends = possible & ~taken & (strong | weak)", verdicts),
    Mutant("weak fairness asks for possible steps in one state only", streett.fair_components,
           "hopeless = any_bit(always & ~taken & weak)", "hopeless = any_bit(possible & ~taken & weak)", verdicts),
    Mutant("what offends strong fairness is given up", streett.fair_components,
           "again = (offended & ~hopeless)[component]", "again = (offended & hopeless)[component]", verdicts),
    Mutant("steps between components count", streett.fair_components,
           "stays = component[place[sources]] == component[place[targets]]", "stays = sources >= 0", verdicts),
    Mutant("no state has to be visited", streett.fair_components, "if visited is not None:", "if False:", verdicts),
    Mutant("cycles need not be fair", lasso._Cycle.open,
           "return bool(self.weak.any() or self.strong.any() or self.unvisited)", "return False", verdicts),
    Mutant("only single states are looked at", lasso.find_lasso,
           "if not (fair >= 0).any():", "if not (fair[_stutters(graph, question, np.arange(graph.count))] >= 0).any():",
           verdicts),
    Mutant("behaviours begin anywhere", lasso._reachable, "if question.at_once:", "if False:", verdicts),
    Mutant("`eventually` is asked of every state", check._question, "~goal, ~goal, at_once=True", "~goal, ~goal",
           verdicts),
    Mutant("premises do not matter", check._question, "trigger & ~goal, ~goal", "~goal, ~goal", verdicts),
    Mutant("answers come too late", check._question, "trigger & ~goal, ~goal", "trigger, trigger", verdicts),
    Mutant("arguments are told apart wrongly", kernels.Choices.tag, "str(_size(component))", '"1"', verdicts),
    Mutant("a fair cycle is taken for unfair", lassos._is_fair, "else all(possible)", "else any(possible)", verdicts),
    Mutant("a violation is taken for none", lassos.violates, "return never(goal, states[loop:])",
           "return never(goal, states)", verdicts),
]  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_is_noticed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter(range(100 * MOST_SEEDS))
    monkeypatch.setattr(Limits, "look", lambda self: next(asked))  # a fault may keep a loop from ending
    with applied(mutant):
        for seed in range(MOST_SEEDS):
            try:
                mutant.check(seed)
            except Exception:
                return
    pytest.fail(f"{MOST_SEEDS} random models do not show it")
