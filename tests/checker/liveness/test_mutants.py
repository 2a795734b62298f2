"""The random tests notice it when fairness is treated wrongly: each of many small faults, put in on purpose."""

from __future__ import annotations

from collections import Counter

import pytest

from skipgate.checker.kernel import kernels
from skipgate.checker.liveness import arrays, automaton, build, check, labels, lasso, nested, product, streett
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.semantics import lassos
from tests.checker.liveness.test_random import compare, compare_nested
from tests.planted import Mutant, applied

pytestmark = pytest.mark.differential

MOST_SEEDS = 400


def verdicts(seed: int) -> None:
    compare(seed, Counter())


def formulas(seed: int) -> None:
    compare_nested(seed, Counter())


MUTANTS = [
    Mutant("a step that changes nothing counts", build.assemble, "piece.targets != sources", "sources >= 0", verdicts),
    Mutant("steps out of the constraints make nothing possible", build.assemble, "piece.targets != sources",
           "(piece.targets != sources) & (piece.targets >= 0)", verdicts),
    Mutant("steps out of the constraints are taken", build.assemble,
           "stays = targets != OUTSIDE", "targets = np.maximum(targets, 0)\n        stays = targets >= 0", verdicts),
    Mutant("of two steps between the same states one is forgotten", labels.LabelSets.union,
           "met[a] | met[b]", "met[a]", verdicts),
    Mutant("only the last of a group of actions counts", build._Labels.met,
           "for pattern in fair.patterns", "for pattern in fair.patterns[-1:]", verdicts, 47),
    Mutant("conditions of fairness are dropped", build._Labels.is_true, "pattern.condition is None", "True", verdicts),
    Mutant("conditions of fairness are mixed up", build._Labels.of,
           "kind.reshape(-1)[sources]", "kind.reshape(-1)[sources - sources]", verdicts, 38),
    Mutant("a fair cycle is verified without conditions", lassos.demands,
           "pattern.condition is None", "True", verdicts),
    Mutant("each step of a group is fair by itself", build._Labels.met,
           "if fair.separately else", "if True else", verdicts),
    Mutant("a condition is dropped", labels.LabelSets.masks, "bits(sorted(met), words)", "bits(sorted(met)[1:], words)",
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
           "if not ends.any():", "if not ends[_stutters(graph, question, np.arange(graph.count))].any():",
           verdicts),
    Mutant("behaviours begin anywhere", lasso._reachable, "if question.at_once:", "if False:", verdicts),
    Mutant("`eventually` is asked of every state", check._question, "~goal, ~goal, at_once=True", "~goal, ~goal",
           verdicts),
    Mutant("premises do not matter", check._question, "premise & ~goal, ~goal", "~goal, ~goal", verdicts),
    Mutant("answers come too late", check._question, "premise & ~goal, ~goal", "premise, premise", verdicts),
    Mutant("arguments are told apart wrongly", kernels.Choices.tag, "str(_size(component))", '"1"', verdicts, 102),
    Mutant("a fair cycle is taken for unfair", lassos._is_fair, "else all(possible)", "else any(possible)", verdicts),
    Mutant("a violation is taken for none", lassos.Behaviour._fixpoint, "for _ in range(2):", "for _ in range(1):",
           verdicts),
    # ----------------------------------------------------------------------------------------- formulas of any form
    Mutant("an acceptance condition is dropped", automaton._Translation.automaton.func, "put_off[i] in each.put_off",
           "i and put_off[i] in each.put_off", formulas),
    Mutant("what is put off counts as done", automaton._Translation.ways,
           "frozenset({formula}), frozenset({formula})", "frozenset({formula}), nothing", formulas),
    Mutant("until is weak", automaton._Translation.ways, "case Until(left=left, right=right):\n            wait",
           "case Until(left=left, right=right):\n            return [way for each in (right, Release(FALSE, left)) "
           "for way in self.cover(each)]\n            wait", formulas),
    Mutant("until does not need its left side", automaton._Translation.ways, "self.cover(left))\n            return",
           "self.cover(TRUE))\n            return", formulas),
    Mutant("release ends before its right side", automaton._Translation.ways,
           "for a in self.cover(right) for b in ends",
           "for a in (*self.cover(right), *self.cover(left)) for b in ends", formulas),
    Mutant("`not until` is an until", automaton.normal, "if positive else Release(sub(left), sub(right))",
           "if positive else Until(sub(left), sub(right))", formulas),
    Mutant("`not unless` need never happen", automaton.normal, "else Until(q, All(", "else Release(q, All(",
           formulas, 197),
    Mutant("a `not` is lost", automaton.normal, "return sub(operand, True)", "return sub(operand)", formulas),
    Mutant("`not and` is an and", automaton.normal, '(operator == "and") == positive', 'operator == "and"', formulas),
    Mutant("`not always` is an always", automaton.normal, 'if (operator == "always") == positive:',
           'if operator == "always":', formulas),
    Mutant("a step that changes nothing is a step", automaton.normal, "still=always", "still=not always", formulas),
    Mutant("an always of steps ends where nothing happens", automaton.normal, "still=always", "still=False", formulas),
    Mutant("contradictions are overlooked", automaton.Literal.contradicts, "self.positive != other.positive and", "",
           formulas),
    Mutant("edges are read without their conditions", product._guard, "values == literal.positive", "allowed",
           formulas),
    Mutant("the product forgets fairness", product.product, "sets.label(each | met)", "sets.label(met)", formulas),
    Mutant("the product finds nothing possible", product.product, "= graph.enabled\n", "= 0\n", formulas),
    Mutant("behaviours may stop anywhere", product._rests, "np.flatnonzero(~any_bit(graph.enabled))",
           "np.arange(graph.count)", formulas),
    Mutant("behaviours never stop", product._rests, "found[calm[kind.reshape(-1) == number], state] = True", "pass",
           formulas),
    Mutant("to stop is accepted by any condition", product._accepting, "== automaton.conditions", "> 0", formulas),
    Mutant("conditions that are opposites are one", nested._Atoms.atom, "len(self.flags), False)",
           "len(self.flags), True)", formulas),
    Mutant("what is true somewhere is true", nested._Atoms.atom, "flags.all() or not flags.any()", "flags.any()",
           formulas),
    Mutant("the way into a cycle is cut too short", nested.cut, "while stem and stem[-1] == cycle[-1]:",
           "while len(stem) > 1:", formulas, 26),
    Mutant("conditions on steps are mixed up", build._step_facts, "ordered[source], ordered[target]",
           "ordered[target], ordered[source]", formulas),
]  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_is_noticed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter(range(100 * MOST_SEEDS))
    monkeypatch.setattr(Limits, "look", lambda self: next(asked))  # a fault may keep a loop from ending
    with applied(mutant):
        for seed in (*([] if mutant.sample is None else [mutant.sample]), *range(MOST_SEEDS)):
            try:
                mutant.check(seed)
            except Exception:
                return
    pytest.fail(f"{MOST_SEEDS} random models do not show it")
