"""A contrast in a few sentences: where two checks part, how the other one ends, and in what their constants differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skipgate.checker.core.contrast import Contrast, Reason, ValueDifference, differences
from skipgate.checker.core.places import ANY
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.trace import Step
from skipgate.checker.core.values import Value, sort_key
from skipgate.traces.differences import Replaced
from skipgate.traces.differences import differences as changes
from skipgate.traces.plain import brief, clipped, one_line, shortened, visible
from skipgate.traces.wording import bindings, call, headline

_MOST = 3  # differences that are named
_MOST_OTHERS = 2  # other checks that are named
_LONGEST = 80  # characters of a value


def title(contrast: Contrast) -> str:
    """What the contrast shows, in a few words."""
    left, right = names(contrast)
    return f"{headline(contrast.trace)} in {left}; the same schedule in {right}"


def names(contrast: Contrast) -> tuple[str, str]:
    """The two checks."""
    return visible(contrast.trace.check), visible(contrast.against)


def sentences(contrast: Contrast) -> list[str]:
    """What a reviewer wants to know first."""
    return [*parting(contrast), *ending(contrast), constants(contrast), *choice(contrast)]


def parting(contrast: Contrast) -> list[str]:
    """Where the two part, and why."""
    left, right = names(contrast)
    at = contrast.parting
    if at is None:
        return [f"{right} takes the same steps to the same states."]
    row = contrast.rows[at]
    because = "" if row.reason is None else f", since {why(row.reason)}"
    if row.relation == "stopped":
        return [
            f"In state {at}, {right} goes no further{because}." if at else f"{right} has no initial state{because}."
        ]
    if row.relation == "refused":
        found = [f"In state {at}, {left} takes {named(row.left)}; {right} cannot{because}."]
        return [*found, f"{right} can take {named(row.right)} instead."] if row.right is not None else found
    assert row.right is not None
    differing = told(differences(row.left.state, row.right.state), left, right)
    if at == 0:
        return [f"The initial state of {left} is none of {right}: {differing}."]
    alike = row.left.description == row.right.description
    taken = named(row.left) if alike else call(row.left.action or "", row.left.arguments)
    return [f"In state {at}, both take {taken}, with different results: {differing}."]


def choice(contrast: Contrast) -> list[str]:
    """Why the violation is held against this check, and which ones come next; nothing if it was asked for."""
    if contrast.others is None:
        return []
    bounds, choices = contrast.distance
    differing = "bounds differ as well" if bounds else "its bounds are the same"
    differing = differing if choices else "only bounds differ"
    chosen = f"{names(contrast)[1]} was chosen: it {_expected(contrast.violates)}, and {differing}"
    if not contrast.others:
        return [f"{chosen}."]
    following = [f"{visible(each.check)}, which {_expected(each.violates)}" for each in contrast.others[:_MOST_OTHERS]]
    more = len(contrast.others) - len(following)
    return [f"{chosen}; next: {'; '.join([*following, *([f'and {more} more'] if more else [])])} (--against NAME)."]


def _expected(violates: Sequence[str]) -> str:
    """What a check is expected to do."""
    if not violates:
        return "is expected to hold"
    listed = ", ".join(map(visible, violates[:_MOST]))
    return f"is expected to violate {listed}{' and more' if len(violates) > _MOST else ''}"


def ending(contrast: Contrast) -> list[str]:
    """What becomes of the property in the other check."""
    if contrast.trace.loop is not None:
        return _repetition(contrast)
    _, right = names(contrast)
    name, found = contrast.trace.property, contrast.ending
    number = (found.row or 0) + 1
    match found.verdict:
        case "violation":
            return [f"{_happens(name)} in {right} as well, in state {number}."]
        case "unknown":
            return [f"Whether {_holds(name)} in {right} cannot be told in state {number}."]
    if contrast.rows[-1].relation == "stopped":
        return [f"Up to there, {_holds(name)} in {right}."] if contrast.rows[0].right is not None else []
    if found.step is not None:
        return [*_followed(contrast), f"In the end, {right} can take {named(found.step)}."]
    if found.reason is not None:
        failed = contrast.trace.failure.action
        said = "" if failed is None else f"{right} cannot take {visible(failed)}, since "
        return [*_followed(contrast), f"In the end, {said}{why(found.reason)}{'' if said else f' in {right}'}."]
    if contrast.parting is None and name not in (DEADLOCK, EVALUATION):
        return [f"{visible(name)} itself depends on the constants: it holds in {right}."]
    return [*_followed(contrast), f"On this schedule, {_holds(name)} in {right}."]


def _repetition(contrast: Contrast) -> list[str]:
    """What becomes of a property that is violated by a behaviour which never ends."""
    _, right = names(contrast)
    name, found = visible(contrast.trace.property), contrast.ending
    match found.verdict:
        case "violation":
            return [f"{right} can go on for ever on this schedule as well, and then {name} is violated."]
        case "unknown":
            return [f"Whether {name} holds in {right} cannot be told from this behaviour."]
    if contrast.rows[-1].relation == "stopped":
        return [f"So {right} does not go on for ever like this."] if contrast.rows[0].right is not None else []
    if found.step is not None:
        return [
            *_followed(contrast),
            f"{right} does not go on like this for ever: fairness has it take {named(found.step)} sooner or later.",
        ]
    if contrast.parting is None:
        return [f"{name} itself depends on the constants: it holds in {right}."]
    return [*_followed(contrast), f"If {right} goes on like this for ever, {name} holds."]


def _followed(contrast: Contrast) -> list[str]:
    """How much of what comes after the parting the other check can do."""
    _, right = names(contrast)
    at = contrast.parting
    rest = [] if at is None else contrast.rows[at + 1 :]
    refused = [row for row in rest if row.relation == "refused"]
    if len(refused) == 1:
        instead = "" if refused[0].right is None else f", but {named(refused[0].right)}"
        return [f"After that, {right} cannot take {named(refused[0].left)}{instead}."]
    replaced = sum(row.right is not None for row in refused)
    others = f", and others in place of {replaced}" if replaced else ""
    taken = len(rest) - len(refused)
    return [f"Of the {len(rest)} steps after that, {right} takes {taken or 'none'}{others}."] if refused else []


def constants(contrast: Contrast) -> str:
    """In what the two checks differ."""
    left, right = names(contrast)
    if not contrast.constants:
        return f"The constants of {left} and {right} are the same."
    return f"{right} has {', '.join(map(_constant, contrast.constants))}."


def _constant(found: ValueDifference) -> str:
    """A constant on the right, and what it is not."""
    name = visible(found.name)
    if isinstance(found.left, frozenset) and isinstance(found.right, frozenset):
        gained, lost = found.right - found.left, found.left - found.right
        parts = [f"{word} {_listed(each)}" for word, each in (("with", gained), ("without", lost)) if each]
        return f"{name} {' and '.join(parts)}"
    return f"{name} = {_short(found.right)} (not {_short(found.left)})"


def named(step: Step) -> str:
    """An action as it was taken, for the middle of a sentence: its description says more than its arguments."""
    indices = (step.action or "").count(ANY)
    name = call(step.action or "", step.arguments[:indices])
    said = one_line(step.description or "") or bindings(step.arguments[indices:])
    return f"{name} ({said})" if said else name


def why(reason: Reason) -> str:
    """A condition and what is to be said of it: "`x < 3` is false"."""
    return f"`{one_line(reason.conjunct)}` {one_line(reason.message)}"


def told(found: Iterable[ValueDifference], left: str, right: str) -> str:
    """What is different on the two sides: `x is 1 in a and 2 in b; s has 3 in b only`."""
    parts: list[str] = []
    for each in found:
        for change in changes(each.name, each.left, each.right):
            place = visible(change.place)
            if isinstance(change, Replaced):
                parts.append(f"{place} is {_short(change.old)} in {left} and {_short(change.new)} in {right}")
                continue
            for values, side in ((change.removed, left), (change.added, right)):
                if values:
                    parts.append(f"{place} has {_listed(values)} in {side} only")
    more = len(parts) - _MOST
    return "; ".join([*parts[:_MOST], f"and {more} more"] if more > 0 else parts)


def _short(value: Value) -> str:
    return shortened(brief(value), _LONGEST)


def _listed(values: Iterable[Value]) -> str:
    return clipped(", ".join(brief(value) for value in sorted(values, key=sort_key)), _LONGEST)


def _holds(name: str) -> str:
    return {DEADLOCK: "there is no deadlock", EVALUATION: "everything has a value"}.get(name, f"{visible(name)} holds")


def _happens(name: str) -> str:
    said = {DEADLOCK: "There is a deadlock", EVALUATION: "An expression has no value"}
    return said.get(name, f"{visible(name)} is violated")
