"""May changed code pass? Only if every model that speaks of it was reconsidered, or somebody accepted it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote  # somebody may paste a hint into a shell

from skipgate.gate.anchors import SpecElement
from skipgate.gate.calls.graph import CallGraph
from skipgate.gate.changes import Changes, changes_between
from skipgate.gate.differing import changed_lines
from skipgate.gate.drift import Drift, DriftTarget, drifts, targets
from skipgate.gate.following import Followed, follow_all
from skipgate.gate.git import Git
from skipgate.gate.grammars import grammar_for
from skipgate.gate.lock import Lock
from skipgate.gate.outcome import GateFinding, Judged, Outcome, SourcePlace
from skipgate.gate.resolve import CodeBase
from skipgate.gate.specs import Spec, Specs
from skipgate.gate.trees import CommitTree


class History:
    """One line of history that leads to head."""

    def __init__(self, git: Git, commit: str, head: CommitTree) -> None:
        tree = CommitTree(git, commit)
        self.before = CodeBase(tree)
        self.changes: Changes = changes_between(git, tree, head)

    def touched_functions(self, specs: Specs) -> list[Followed]:
        """What belongs to the anchors of specifications by calls, and lies in a file that was touched."""
        languages = {_language(anchor.path) for anchor in specs.anchors if anchor.depth}
        touched = {_language(path) for path in self.changes.touched if self.before.has(path)}
        # No call leads to another language. That of a glob is not known.
        if not languages or (None not in languages and languages.isdisjoint(touched)):
            return []
        following = follow_all(specs, self.before, CallGraph(self.before))
        return [each for each in following.followed.values() if each.symbol.path in self.changes.touched]


def _language(path: str) -> str | None:
    grammar = grammar_for(path)
    return None if grammar is None else grammar.family


def judge_drifts(history: History, code: CodeBase, before: Specs, after: Specs, lock: Lock | None) -> Iterator[Judged]:
    """Every symbol that belongs to an anchor and that the change touches, and whether it is accounted for.

    That it is if each model that speaks of it was changed there, or if the lock has an acceptance of it.
    """
    renamed = history.changes.renamed
    later = {spec.path: spec for spec in after.specs}
    wanted = targets(before.anchors, history.before, code)
    wanted += [
        DriftTarget(each.symbol.path, each.symbol.name, each.elements, each.way)
        for each in history.touched_functions(before)
    ]
    for drift in drifts(wanted, history.before, code, history.changes):
        speaking = {spec: elements for spec in before.specs if (elements := _of(spec, drift.elements))}
        models = tuple(dict.fromkeys(spec.name for spec in speaking))
        acceptance = lock.accepts(drift.keys, drift.fingerprint) if lock is not None else None
        if not drift.matters:
            yield Judged(drift, models, "same code")
        elif acceptance is not None:
            yield Judged(drift, models, "accepted", acceptance)
        elif speaking and all(
            _reconsidered(spec, later.get(renamed.get(spec.path, spec.path)), elements)
            for spec, elements in speaking.items()
        ):
            yield Judged(drift, models, "specification changed")
        else:
            yield Judged(drift, models, "open")


def _of(spec: Spec, elements: Sequence[SpecElement]) -> list[SpecElement]:
    """Those of some declarations that are part of a specification."""
    own = {anchor.element for anchor in spec.anchors}
    return [element for element in elements if element in own]


def _reconsidered(before: Spec, after: Spec | None, elements: Sequence[SpecElement]) -> bool:
    """Was what the code is anchored to changed, or what that reads?

    A specification or declaration that is gone was not thought about, but thrown away, unless a new declaration has
    its anchor now.
    """
    if after is None:
        return False
    now = {element: after.meanings.of(element) for element in elements}
    if any(each is not None and each != before.meanings.of(element) for element, each in now.items()):
        return True
    gone = {element for element, each in now.items() if each is None}
    left = {anchor.key for anchor in before.anchors if anchor.element in gone}
    known = {(anchor.element.kind, anchor.element.name) for anchor in before.anchors}
    heirs = {anchor.element for anchor in after.anchors if anchor.key in left}
    return any((heir.kind, heir.name) not in known for heir in heirs)


def report_drifts(outcome: Outcome) -> None:
    """Add a finding for every drift that nothing accounts for, where the code changed."""
    for judged in outcome.judged:
        if judged.standing != "open":
            continue
        drift = judged.drift
        spoken = [SourcePlace(each.file, each.line, label=each.label) for each in drift.elements]
        place = place_of_change(drift)
        hint = (
            f"change {drift.elements[0].label} in {', '.join(judged.models) or 'the model'} to match, or, if it still "
            f"holds: skipgate anchors accept {quote(drift.keys[-1])} --reason 'WHY'"
        )
        outcome.findings.append(
            GateFinding(
                "error",
                "drift",
                drift_sentence(drift),
                drift.key,
                place or spoken[0],
                tuple(spoken if place else spoken[1:]),
                hint,
            )
        )


def place_of_change(drift: Drift) -> SourcePlace | None:
    """The first line at the head that is not as it was; None if the code is gone."""
    if drift.after is None:
        return None
    lines = changed_lines(drift.before, drift.after)
    return SourcePlace(drift.after.path, lines.start, lines.stop - 1, drift.after.key)


def drift_sentence(drift: Drift) -> str:
    """What happened to a symbol that belongs to an anchor, in a sentence; if by calls, along which path."""
    what = f"{drift.way} {drift.kind} ({drift.key})" if drift.way else f"{drift.key} was {drift.kind}"
    match drift.kind:
        case "renamed" | "renamed and changed":
            assert drift.after is not None
            return f"{what}: it seems to be {drift.after.key} now"
        case "added":
            return f"{drift.key} is new, though a specification spoke of it already"
        case "unreadable":
            return f"{drift.way or drift.key} cannot be compared with what it was"
        case _:
            return what


def note_dropped(history: History, before: Specs, after: Specs, outcome: Outcome) -> None:
    """Add a warning for every symbol that was anchored before the change and is not any more."""
    kept = {anchor.key for anchor in after.anchors}
    # Code that moved is still anchored if its anchor went with it.
    moved = {each.drift.key for each in outcome.judged if each.drift.after is not None and each.drift.after.key in kept}
    known = {finding.subject for finding in outcome.findings if finding.rule == "dropped-anchor"}
    for anchor in before.anchors:
        path = history.changes.renamed.get(anchor.path, anchor.path)
        still = {anchor.key, anchor.key.replace(anchor.path, path, 1)}
        if still & (kept | moved | known):
            continue
        known.add(anchor.key)
        message = f"{anchor.key} is no longer anchored ({anchor.element.label} in {anchor.element.file} spoke of it)"
        outcome.findings.append(
            GateFinding("warning", "dropped-anchor", message, anchor.key, SourcePlace(anchor.element.file))
        )
