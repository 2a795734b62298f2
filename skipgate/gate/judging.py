"""May changed code pass? Only if every model that speaks of it was reconsidered, or somebody accepted it."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote  # somebody may paste a hint into a shell

from skipgate.gate.changes import Changes, changes_between
from skipgate.gate.drift import Drift, drifts, targets
from skipgate.gate.git import Git
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


def judge_drifts(history: History, code: CodeBase, before: Specs, after: Specs, lock: Lock | None) -> Iterator[Judged]:
    """Every anchored symbol that the change touches, and whether the models or the lock account for it."""
    renamed = history.changes.renamed
    later = {spec.path: spec for spec in after.specs}
    speaking: dict[str, list[Spec]] = {}
    for spec in before.specs:
        for target in targets(spec.anchors, history.before, code):
            speaking.setdefault(target.key, []).append(spec)
    wanted = targets(before.anchors, history.before, code)
    for drift in drifts(wanted, history.before, code, history.changes):
        specs = speaking.get(drift.key, [])
        models = tuple(dict.fromkeys(spec.name for spec in specs))
        acceptance = lock.accepts(drift.keys, drift.fingerprint) if lock is not None else None
        if not drift.matters:
            yield Judged(drift, models, "same code")
        elif acceptance is not None:
            yield Judged(drift, models, "accepted", acceptance)
        elif specs and all(_reconsidered(spec, later.get(renamed.get(spec.path, spec.path))) for spec in specs):
            yield Judged(drift, models, "specification changed")
        else:
            yield Judged(drift, models, "open")


def _reconsidered(before: Spec, after: Spec | None) -> bool:
    """Was the meaning of a specification changed? One that is gone was not thought about, but thrown away."""
    return after is not None and after.meaning != before.meaning


def report_drifts(outcome: Outcome) -> None:
    """Add a finding for every drift that nothing accounts for."""
    for judged in outcome.judged:
        if judged.standing != "open":
            continue
        drift = judged.drift
        element = drift.elements[0]
        place = SourcePlace(element.file, element.line, label=element.label)
        related = [
            *(
                [SourcePlace(drift.after.path, drift.after.line, drift.after.end_line, drift.key)]
                if drift.after
                else []
            ),
            *(SourcePlace(each.file, each.line, label=each.label) for each in drift.elements[1:]),
        ]
        hint = (
            f"change {', '.join(judged.models) or 'the model'} to match, or, if it still does: "
            f"skipgate anchors accept {quote(drift.keys[-1])} --reason ..."
        )
        outcome.findings.append(
            GateFinding("error", "drift", drift_sentence(drift), drift.key, place, tuple(related), hint)
        )


def drift_sentence(drift: Drift) -> str:
    """What happened to an anchored symbol, in a sentence."""
    match drift.kind:
        case "renamed" | "renamed and changed":
            assert drift.after is not None
            return f"{drift.key} was {drift.kind}: it seems to be {drift.after.key} now"
        case "added":
            return f"{drift.key} is new, though a specification spoke of it already"
        case "unreadable":
            return f"{drift.key} cannot be compared with what it was"
        case kind:
            return f"{drift.key} was {kind}"


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
