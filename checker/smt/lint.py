"""What guards and types tell about a model before any search: dead actions, conditions that say nothing, open tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import is_bounded
from skipgate.checker.smt.discharging.discharge import (
    GuardFacts,
    describe_conflict,
    failing_states,
    guard_facts,
    needless_tests,
    parameter_ranges,
    quoted,
    unbounded,
)
from skipgate.checker.smt.discharging.sites import failure, open_parameters, sites, sites_of, units, updates
from skipgate.checker.smt.discharging.vacuity import study
from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.source import Span

_T = TypeVar("_T")

_Facts = Mapping[m.Model, tuple[GuardFacts, ...]]  # of each action

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class LintFinding:
    """An error keeps the model from being what it seems to be; a warning is likely a slip; a note is worth knowing.

    `minor` notes are many, and of interest to few.
    """

    level: Level
    diagnostic: Diagnostic
    minor: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """Where it is: file and character."""
        span = self.diagnostic.span
        return ("", 0) if span is None else (span.source.name, span.start)


@dataclass(frozen=True)
class Unexamined:
    """Something in a file of which nothing was found out, and why."""

    file: str
    what: str
    why: str


def lint(models: Sequence[m.Model]) -> list[LintFinding]:
    """What there is to say about the checks of one or several files, in the order of places, each thing once."""
    facts = {model: guard_facts(model) for model in models}
    found = [
        *_dead(facts),
        *_without_bounds(models),
        *_redundant(facts),
        *_vacuous(models),
        *_idle(models),
        *_tested(models),
    ]
    unique = {(finding.place, finding.diagnostic.message): finding for finding in found}
    return sorted(unique.values(), key=lambda finding: finding.place)


def unexamined(models: Sequence[m.Model]) -> list[Unexamined]:
    """Of what nothing is said because it was not found out in any check of its file."""
    found: list[Unexamined] = []
    for file, mine in _by(models, lambda model: model.file).items():
        facts = [guard_facts(model) for model in mine]
        guards = [
            action.declared
            for number, action in enumerate(mine[0].actions)
            if not all(each[number].decided for each in facts)
        ]
        if guards:
            found.append(
                Unexamined(
                    file,
                    f"all conditions of {_named([*dict.fromkeys(guards)])}",
                    "the solver did not decide it in time",
                )
            )
        studied = [study(model)[1] for model in mine]
        reasons: dict[str, list[str]] = defaultdict(list)
        for name, why in studied[0].items():
            if all(name in each for each in studied):
                reasons[why].append(name)
        found += [Unexamined(file, f"whether {_named(names)} say nothing", why) for why, names in reasons.items()]
    return found


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# ------------------------------------------------------------------------------------------------------ dead actions


def _dead(facts: _Facts) -> Iterator[LintFinding]:
    """Actions that no check of a file can ever take, and those that some cannot."""
    for mine in _by(facts, lambda model: model.file).values():
        for name, paths in _numbers_by_name(mine[0]).items():
            if any(name in _declared(model) for model in mine):
                continue
            conflicts = {model: [facts[model][number].conflict for number in paths] for model in mine}
            dead = {model: [c for c in each if c is not None] for model, each in conflicts.items() if None not in each}
            if not dead:
                continue
            first = next(iter(dead.values()))[0]
            span = first[0].span if first else mine[0].actions[paths[0]].span
            all_of_them = (describe_conflict(conflict) for each in dead.values() for conflict in each)
            reasons = " or ".join(dict.fromkeys(all_of_them))
            if len(dead) == len(mine):
                message = f"action `{name}` can never be taken: {reasons}"
                hint = f"if that is meant, say so in a check: `expect unreachable action {name}`"
                yield LintFinding("error", Diagnostic(message, span, hint))
            else:
                names = ", ".join(model.check.name.text for model in dead)
                message = f"action `{name}` can never be taken in some checks ({names}): {reasons}"
                yield LintFinding("note", Diagnostic(message, span), minor=True)


def _numbers_by_name(model: m.Model) -> dict[str, list[int]]:
    """The paths through each action, by the name that is declared."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, action in enumerate(model.actions):
        found[action.declared].append(number)
    return found


def _declared(model: m.Model) -> set[str]:
    """The actions that a check expects never to be taken."""
    expectations = (e for e in model.check.expectations if e.kind == "unreachable action")
    return {name.text for expectation in expectations for name in expectation.names}


# -------------------------------------------------------------------------------------------------------- parameters


def _without_bounds(models: Sequence[m.Model]) -> Iterator[LintFinding]:
    """Parameters over all numbers of models that could be searched if it were not for them."""
    for model in models:
        if not any(map(open_parameters, model.actions)) or not all(is_bounded(v.type) for v in model.variables):
            continue
        found = parameter_ranges(model)
        for action in model.actions:
            for parameter in open_parameters(action):
                low, high = found.get((action.name, parameter.variable.name), (None, None))
                if low is None or high is None:
                    yield LintFinding("error", unbounded(action, parameter, low, high))


# -------------------------------------------------------------------------------------------------------- conditions


def _redundant(facts: _Facts) -> Iterator[LintFinding]:
    """Conditions that say nothing in any check in which their action can be taken at all."""
    useful: set[tuple[str, int]] = set()
    useless: dict[tuple[str, int], LintFinding] = {}
    for model, guards in facts.items():
        for action, guard in zip(model.actions, guards, strict=True):
            if guard.conflict is not None:
                continue
            redundant = dict(guard.redundant)
            for clause in _conditions(action):
                if clause not in redundant:
                    useful.add(_key(clause.span))
            for term, reasons in redundant.items():
                because = "the types imply it"
                if reasons:
                    because = f"{quoted(reasons)} {'implies' if len(reasons) == 1 else 'imply'} it"
                message = f"this condition of action `{action.declared}` says nothing new: {because}"
                useless.setdefault(
                    _key(term.span), LintFinding("warning", Diagnostic(message, term.span, "leave it out"))
                )
    yield from (finding for key, finding in useless.items() if key not in useful)


def _conditions(action: m.Action) -> Iterator[t.Term]:
    from skipgate.checker.smt.discharging.conjuncts import conjuncts

    return (part for part in conjuncts(action) if isinstance(part, t.Term) and not isinstance(part, t.Const))


# -------------------------------------------------------------------------------------------- properties and updates


def _vacuous(models: Sequence[m.Model]) -> Iterator[LintFinding]:
    """Properties that say nothing in any check: they hold whatever the states are."""
    for mine in _by(models, lambda model: model.file).values():
        known = [study(model, again=True)[0] for model in mine]
        examined: dict[tuple[str, str], list[tuple[m.Property, Collection[str]]]] = defaultdict(list)  # not all by all
        for model, by_type in zip(mine, known, strict=True):
            for p in model.properties:
                examined[p.name, p.kind].append((p, by_type))
        for same in examined.values():
            if all(p.says_nothing or p.name in by_type for p, by_type in same):
                first = same[0][0]
                why = first.says_nothing or "it is true of all values of the types"
                yield LintFinding("warning", Diagnostic(f"`{first.name}` says nothing: {why}", first.span))


def _idle(models: Sequence[m.Model]) -> Iterator[LintFinding]:
    """Actions that update nothing, or each variable to what it is."""
    for model in models:
        for name, numbers in _numbers_by_name(model).items():
            paths = [model.actions[number] for number in numbers]
            if all(_keeps(update) for action in paths for update in action.updates):
                yield LintFinding("note", Diagnostic(f"action `{name}` never changes the state", paths[0].span))


def _keeps(update: m.Update) -> bool:
    value = update.value
    return isinstance(value, t.Var) and value.name == update.variable.name and not value.primed


# ------------------------------------------------------------------------------------------------------------- tests


def _tested(models: Sequence[m.Model]) -> Iterator[LintFinding]:
    """Operations that no proof frees from a test, each once, however many checks have it."""
    everywhere: dict[_SitePlace, int] = defaultdict(int)  # how many checks have the operation at all
    tested: dict[_SitePlace, list[tuple[m.Model, t.Term, str]]] = defaultdict(list)
    for model in models:
        proved = needless_tests(model, again=True)
        seen: set[_SitePlace] = set()
        for unit in units(model):
            for term in sites_of(unit):
                place = (*_key(term.span), type(term), term.what if isinstance(term, t.Ensure) else "")
                if place not in seen:
                    everywhere[place] += 1
                    seen.add(place)
                if term not in proved and not any(other is model for other, _, _ in tested[place]):
                    tested[place].append((model, term, unit.what))
    for place, found in tested.items():
        if not found:
            continue
        model, term, unit_name = found[0]
        update = any(term is other for other in updates(model))
        example = failing_states(model).get(term) if update else None
        where = "" if len(found) == everywhere[place] else f" in {len(found)} of {everywhere[place]} checks"
        message = f"{failure(term)}: {unit_name} does not rule it out, so it is tested at run time{where}"
        hint = None if example is None else f"for example where {example}"
        yield LintFinding("note", Diagnostic(message, term.span, hint), minor=not update)


_SitePlace = tuple[str, int, type[t.Term], str]


def tests(models: Iterable[m.Model]) -> tuple[int, int]:
    """How many operations of all models may fail by their form, and how many of these are proved not to."""
    total = proved = 0
    for model in models:
        total += len(sites(model))
        proved += len(needless_tests(model))
    return total, proved


def _by(items: Iterable[_T], key: Callable[[_T], str]) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _key(span: Span) -> tuple[str, int]:
    return span.source.name, span.start
