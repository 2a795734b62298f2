"""The gate: may a change pass, for all that its specifications have to say?

It fails closed. What cannot be read, resolved or decided counts against the change, never for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote  # somebody may paste a hint into a shell
from time import perf_counter
from typing import TYPE_CHECKING

from skipgate.gate.changes import Changes, changes_between
from skipgate.gate.drift import Drift, drifts, targets
from skipgate.gate.git import Git, GitError
from skipgate.gate.history import commit_of, merge_bases
from skipgate.gate.lock import NAME, Lock, LockError, parse_lock
from skipgate.gate.outcome import Finding, Judged, Outcome, Place
from skipgate.gate.resolve import CodeBase, Unresolved, resolve
from skipgate.gate.specs import Spec, Specs, commit_specs, local_specs, model_files, model_paths
from skipgate.gate.trees import CommitTree
from skipgate.wording import count

if TYPE_CHECKING:
    from checker.result import CheckResult
    from checker.run import Progress
    from skipgate.suite import Options


@dataclass(frozen=True)
class Request:
    """What is to be judged.

    Attributes:
        models: files and folders of the repository in which the models are; all of it if empty.
        external: files and folders on disk with models instead; a change under review cannot touch them.
        lock: where `anchors.lock` is: in the repository, or on disk if the models are.
    """

    repository: Path
    base: str
    head: str
    models: tuple[str, ...] = ()
    external: tuple[Path, ...] = ()
    lock: str = NAME


@dataclass
class Hooks:
    """Who hears of the checks while they run."""

    progress: Callable[[Progress], None] | None = None
    finished: Callable[[CheckResult], None] | None = None


def run_gate(request: Request, options: Options, hooks: Hooks | None = None) -> Outcome:
    """Judge a change.

    Raises:
        GitError: base and head cannot be compared.
        InputError: there are no models where they should be.
    """
    start = perf_counter()
    git = Git(request.repository)
    try:
        base, head = commit_of(git, request.base), commit_of(git, request.head)
        bases = merge_bases(git, base, head)
        if bases == [head]:
            raise GitError(
                f"there is nothing to compare: head ({head[:12]}) is part of base already. "
                "Name as the base what the change is to be merged into, as it was before"
            )
        outcome = Outcome(base, head, tuple(bases))
        with tempfile.TemporaryDirectory(prefix="skipgate-") as folder:
            _judge(git, request, options, hooks or Hooks(), outcome, Path(folder))
    finally:
        git.close()
    outcome.seconds = perf_counter() - start
    return outcome


def _judge(git: Git, request: Request, options: Options, hooks: Hooks, outcome: Outcome, folder: Path) -> None:
    head = CommitTree(git, outcome.head)
    code = CodeBase(head)
    histories = [_History(git, commit, head) for commit in outcome.merge_bases]
    outcome.changed_files = len({path for history in histories for path in history.changes.touched})
    with _head_specs(request, head, folder / "head", outcome) as specs:
        outcome.specs, outcome.anchors = specs.specs, specs.anchors
        _report_faults(specs, outcome)
        _resolve_all(specs, code, outcome)
        lock = _read_lock(request, head, outcome)
        judged: dict[str, Judged] = {}
        for number, history in enumerate(histories):
            before = _base_specs(request, history.before.tree, folder / f"base{number}", specs)
            _note_spec_changes(history, before, specs, outcome)
            for each in _judge_drifts(history, code, before, specs, lock):
                if each.drift.key not in judged or each.standing == "open":
                    judged[each.drift.key] = each
            _note_dropped(history, before, specs, outcome)
        outcome.judged = sorted(judged.values(), key=lambda each: each.drift.key)
        _report_drifts(outcome)
        if lock is not None:
            _report_stale(lock, outcome)
        _run_checks(specs, options, hooks, outcome)


class _History:
    """One line of history that leads to head."""

    def __init__(self, git: Git, commit: str, head: CommitTree) -> None:
        tree = CommitTree(git, commit)
        self.before = CodeBase(tree)
        self.changes: Changes = changes_between(git, tree, head)


# ------------------------------------------------------------------------------------------------ specifications


@contextmanager
def _head_specs(request: Request, head: CommitTree, folder: Path, outcome: Outcome) -> Iterator[Specs]:
    if request.external:
        yield local_specs(request.external)
        return
    paths, absent = model_paths(head, request.models)
    for name in absent:
        outcome.findings.append(Finding("error", "faulty-spec", f"there is no model at {name}", name))
    folder.mkdir()
    with commit_specs(head, paths, folder) as specs:
        yield specs


def _base_specs(request: Request, tree: object, folder: Path, head: Specs) -> Specs:
    """The specifications before the change; those on disk did not change.

    One that could not be read then is taken to have had the anchors that it has now.
    """
    if request.external:
        return head
    assert isinstance(tree, CommitTree)
    folder.mkdir()
    with commit_specs(tree, model_paths(tree, request.models)[0], folder) as specs:
        faulty = {fault.path for fault in specs.faults}
        specs.specs += [spec for spec in head.specs if spec.sources & faulty]
        return specs


def _note_spec_changes(history: _History, before: Specs, after: Specs, outcome: Outcome) -> None:
    sources = {source for specs in (before, after) for spec in specs.specs for source in spec.sources}
    changed = sources & history.changes.touched
    outcome.changed_specs = sorted({*outcome.changed_specs, *changed})


def _report_faults(specs: Specs, outcome: Outcome) -> None:
    for fault in specs.faults:
        place = Place(fault.path, fault.line or 1)
        outcome.findings.append(Finding("error", "faulty-spec", fault.message, f"{fault.path}: {fault.message}", place))


# ------------------------------------------------------------------------------------------------------- anchors


def _resolve_all(specs: Specs, code: CodeBase, outcome: Outcome) -> None:
    if not specs.anchors:
        message = "no specification has an anchor, so no change of the code could be noticed"
        hint = 'anchor its model, actions and properties: anchor "path/to/file.go" :: Type.Method'
        outcome.findings.append(Finding("error", "no-anchors", message, "all", hint=hint))
    for anchor in specs.anchors:
        found = resolve(anchor, code)
        if isinstance(found, Unresolved):
            place = Place(anchor.element.file, anchor.span.line, label=anchor.element.label)
            subject = f"{anchor.element.file} {anchor.element.label} {anchor.key}"
            outcome.findings.append(
                Finding("error", "unresolved-anchor", found.message, subject, place, hint=found.hint)
            )
        else:
            outcome.resolved.append(found)


def _judge_drifts(
    history: _History, code: CodeBase, before: Specs, after: Specs, lock: Lock | None
) -> Iterator[Judged]:
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


def _report_drifts(outcome: Outcome) -> None:
    for judged in outcome.judged:
        if judged.standing != "open":
            continue
        drift = judged.drift
        element = drift.elements[0]
        place = Place(element.file, element.line, label=element.label)
        related = [
            *([Place(drift.after.path, drift.after.line, drift.after.end_line, drift.key)] if drift.after else []),
            *(Place(each.file, each.line, label=each.label) for each in drift.elements[1:]),
        ]
        hint = (
            f"change {', '.join(judged.models) or 'the model'} to match, or, if it still does: "
            f"skipgate anchors accept {quote(drift.keys[-1])} --reason ..."
        )
        outcome.findings.append(
            Finding("error", "drift", drift_sentence(drift), drift.key, place, tuple(related), hint)
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


def _note_dropped(history: _History, before: Specs, after: Specs, outcome: Outcome) -> None:
    kept = {anchor.key for anchor in after.anchors}
    moved = {key for judged in outcome.judged for key in judged.drift.keys if key in kept}
    known = {finding.subject for finding in outcome.findings if finding.rule == "dropped-anchor"}
    for anchor in before.anchors:
        path = history.changes.renamed.get(anchor.path, anchor.path)
        still = {anchor.key, anchor.key.replace(anchor.path, path, 1)}
        if still & (kept | moved | known):
            continue
        known.add(anchor.key)
        message = f"{anchor.key} is no longer anchored ({anchor.element.label} in {anchor.element.file} spoke of it)"
        outcome.findings.append(Finding("warning", "dropped-anchor", message, anchor.key, Place(anchor.element.file)))


# ---------------------------------------------------------------------------------------------------------- lock


def _read_lock(request: Request, head: CommitTree, outcome: Outcome) -> Lock | None:
    """The lock of the head; None if there is none. One that cannot be read is a reason to stop."""
    try:
        if request.external:
            path = Path(request.lock)
            content = path.read_bytes() if path.is_file() else None
        else:
            entry = head.entries.get(request.lock)
            content = head.read(request.lock) if entry is not None and entry.kind == "file" else None
        if content is None and request.lock != NAME:
            raise LockError("it does not exist")
        return None if content is None else parse_lock(content)
    except (LockError, OSError) as error:
        message = f"{request.lock} cannot be used: {error}"
        outcome.findings.append(Finding("error", "stale-lock", message, request.lock, Place(request.lock)))
        return None


def _report_stale(lock: Lock, outcome: Outcome) -> None:
    open_keys = {key for judged in outcome.judged if judged.standing == "open" for key in judged.drift.keys}
    seen: set[str] = set()
    for resolved in outcome.resolved:
        for symbol in resolved.symbols:
            if symbol.key in seen or symbol.key in open_keys:
                continue
            seen.add(symbol.key)
            locked = lock.fingerprints.get(symbol.key)
            if locked == symbol.fingerprint or lock.accepts((symbol.key,), symbol.fingerprint) is not None:
                continue
            what = "is not in anchors.lock" if locked is None else "is not as anchors.lock has it"
            element = resolved.anchor.element
            outcome.findings.append(
                Finding(
                    "error",
                    "stale-lock",
                    f"{symbol.key} {what}",
                    symbol.key,
                    Place(element.file, element.line, label=element.label),
                    (Place(symbol.path, symbol.line, symbol.end_line, symbol.key),),
                    "once it agrees with its specification: skipgate anchors lock",
                )
            )


# -------------------------------------------------------------------------------------------------------- checks


def _run_checks(specs: Specs, options: Options, hooks: Hooks, outcome: Outcome) -> None:
    from skipgate.suite import run

    touched = {element.file for judged in outcome.judged for element in judged.drift.elements}
    wanted = specs.specs if outcome.changed_specs else [spec for spec in specs.specs if spec.sources & touched]
    if not wanted:
        return
    outcome.checked = [spec.path for spec in wanted]
    outcome.suite = run(model_files(wanted), options, progress=hooks.progress, finished=hooks.finished)
    _report_checks(specs, outcome)


def _report_checks(specs: Specs, outcome: Outcome) -> None:
    from skipgate.faults import faults

    assert outcome.suite is not None
    known = {finding.message for finding in outcome.findings if finding.rule == "faulty-spec"}
    for fault in faults(outcome.suite):
        if fault.kind == "input" and any(fault.message in message for message in known):
            continue
        subject = f"{fault.file} {fault.check or ''} {fault.message}"
        line = fault.line or _line_of_check(specs, fault.file, fault.check)
        place = Place(fault.file, line, label=fault.check)
        match fault.kind:
            case "difference":
                outcome.findings.append(Finding("error", "check", fault.message, subject, place, hint=fault.hint))
            case "unknown":
                outcome.findings.append(Finding("warning", "unknown", fault.message, subject, place))
            case "input":
                outcome.findings.append(Finding("error", "faulty-spec", fault.message, subject, place, hint=fault.hint))
            case "internal":
                outcome.findings.append(Finding("error", "internal", fault.message, subject, place))
    ran = len(outcome.suite.checks)
    if ran == 0 and not outcome.errors:
        message = f"{count(len(outcome.checked), 'model')} to check, and no check in any of them"
        outcome.findings.append(Finding("error", "check", message, "no checks"))


def _line_of_check(specs: Specs, file: str, check: str | None) -> int:
    from spec.syntax import CheckDecl

    for spec in specs.specs:
        if spec.path == file:
            for declaration in spec.program.main.declarations:
                if isinstance(declaration, CheckDecl) and declaration.name.text == check:
                    return declaration.name.span.line
    return 1
