"""Claims that say nothing, and neighbours of them that say something; and small faults in telling them apart, planted
on purpose, each of which is noticed."""

from __future__ import annotations

import pytest

from skipgate.checker.checks.verdicts import unseen_premises, vacuous_properties
from skipgate.checker.elaborate import premises
from skipgate.checker.search.explore import explore
from skipgate.checker.smt.discharging import vacuity
from tests.checker.specs import kernels_of
from tests.planted import Mutant, noticed

MODEL = """
enum Role { follower, leader }
enum Node { a, b }
const BAIT : bool = false
var term : 0..3 = 0
var late : 0..3 = 0
var role : map[Node] of Role = map n in Node: follower
action elect(n in Node)
  when term < 2
  then term' = term + 1
       role'[n] = leader
terminal when term == 2
"""

# Worked out by hand: which of them say nothing, with a word of the reason. `term` comes to 2, `late` stays 0.
CLAIMS = {
    # a premise
    "invariant A term == 3 => role[a] == leader": "never true",
    "invariant B term == 2 => role[a] == leader or role[b] == leader": None,
    "invariant C term == 1 => (late == 1 => role[a] == leader)": "never true",
    "invariant D late == 0 => (term == 1 => role[a] == leader or role[b] == leader)": None,
    "invariant E term == 1 => (term == 2 => late == 1)": "never true",
    "invariant F forall n in Node: role[n] == leader and term == 0 => late > 0": "never true",
    "invariant G forall n in Node: role[n] == leader => term > 0": None,
    "invariant Ae forall n in Node: n == a and term == 1 => late == 0": None,
    "invariant H (term > 0 => term < 3) and (late > 0 => term < 3)": "never true",
    "invariant I (late > 0 => term < 3) and (term > 0 => term < 3)": "never true",
    "invariant J let t = term + 2: t == 5 => late > 0": "never true",
    "transition K term' == 3 => term == 2": "never true",
    "transition L term' == 2 => term == 1": None,
    # a range
    "invariant M forall i in 1..late: i > 5": "never true",
    "invariant N forall i in 1..term: i < 3": None,
    "invariant O forall i in {x for x in 0..3 where x > term + 3}: i == 7": "never true",
    # the text and the constants
    "invariant P BAIT => term == 7": "never true",
    "invariant Q not BAIT => term < 3": None,
    "invariant R term < 3 and (BAIT => term == 7)": "never true",
    "invariant S exists n in Node: role[n] == leader => term > 0": "below `exists`",
    "invariant T exists n in Node: role[n] == follower and term < 3 or term > 0": None,
    "invariant U BAIT == BAIT": "whatever the state",
    # the types
    "invariant V term >= 0": "types",
    "invariant W term < 3": None,
    "invariant X term + late <= 6": "types",
    "invariant Y term + late <= 5": None,
    "transition Z term' <= 3": "types",
    "transition Aa term' >= term": None,
    "invariant Ab role == role": "types",
    "invariant Ac role[a] == follower or role[a] == leader": "types",
    "invariant Ad role[a] == follower or term > 0": None,
}


def compare(number: int) -> None:
    claim, wanted = list(CLAIMS.items())[number]
    kernels = kernels_of(f"{MODEL}{claim}\ncheck c expect holds\n")
    found = explore(kernels)
    assert not found.violations, claim
    why = vacuous_properties(kernels.model, unseen_premises(found), ()).get(claim.split()[1])
    assert why is None if wanted is None else why is not None and wanted in why, (claim, why)


@pytest.mark.parametrize("number", range(len(CLAIMS)), ids=[claim.split()[1] for claim in CLAIMS])
def test_told_apart(number: int) -> None:
    compare(number)


def mutant(what: str, function: object, old: str, new: str) -> Mutant:
    return Mutant(what, function, old, new, compare)


MUTANTS = [
    mutant(
        "premises: the right side of `and`", premises._premises, "_premises(left) + _premises(right)", "_premises(left)"
    ),
    mutant(
        "premises: the left side of `and`", premises._premises, "_premises(left) + _premises(right)", "_premises(right)"
    ),
    mutant(
        "premises: of implications within one",
        premises._premises,
        "(left.span.flat, left), *inner",
        "(left.span.flat, left)",
    ),
    mutant("premises: an inner one without the outer", premises._premises, 'build.logic("and", left, p, p.span)', "p"),
    mutant(
        "premises: the conclusion for the premise",
        premises._premises,
        "(left.span.flat, left), *inner",
        "(left.span.flat, right), *inner",
    ),
    mutant(
        "premises: for all elements, not for one",
        premises._premises,
        'build.quantified("exists"',
        'build.quantified("forall"',
    ),
    mutant(
        "premises: below `forall`", premises._premises, "[*_some_element(binding), *inner]", "[*_some_element(binding)]"
    ),
    mutant("premises: something to quantify over", premises._premises, "[*_some_element(binding), *inner]", "inner"),
    mutant(
        "premises: below `let`",
        premises._premises,
        "for text, p in _premises(body)]\n        case _",
        "for text, p in []]\n        case _",
    ),
    mutant(
        "domains: those of states are never empty",
        premises._has_element,
        "        return False\n    try",
        "        return True\n    try",
    ),
    mutant(
        "text: `and` looks to the left only",
        premises._idle_part,
        "_idle_part(left, term_of) or _idle_part(right, term_of)",
        "_idle_part(left, term_of)",
    ),
    mutant(
        "text: implications below `exists`",
        premises._idle_part,
        's.Quantifier(kind="exists"',
        's.Quantifier(kind="forall"',
    ),
    mutant(
        "text: premises that are always true",
        premises._idle_part,
        "_is(term_of(premise), False)",
        "_is(term_of(premise), True)",
    ),
    mutant(
        "text: claims that are false", premises.says_nothing, "_is(term_of(claim), True)", "_is(term_of(claim), False)"
    ),
    mutant("text: no constant is known", premises._is, "term.value is value", "False"),
    mutant("types: an error counts as true", vacuity._holds, "is True", "is False"),
    mutant("types: nothing is examined", vacuity._work, "below = 1\n", "below = _MOST_WORK + 1\n"),
    mutant("types: whatever the solver says", vacuity.study, "if p.term in certain]", "if p.term not in certain]"),
]


@pytest.mark.parametrize("planted", MUTANTS, ids=lambda planted: planted.what)
def test_a_fault_is_noticed(planted: Mutant) -> None:
    assert noticed(planted, range(len(CLAIMS))) is not None
