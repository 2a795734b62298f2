"""The gate: may a change pass, for all that its specifications have to say?

It fails closed. What cannot be read, resolved or decided counts against the change, never for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from skipgate.gate.checking import run_checks
from skipgate.gate.elaborated import differing_checks
from skipgate.gate.git import Git, GitError
from skipgate.gate.history import commit_of, merge_bases
from skipgate.gate.judging import History, judge_drifts, note_dropped, report_drifts
from skipgate.gate.lock import NAME
from skipgate.gate.outcome import GateFinding, Judged, Outcome, SourcePlace
from skipgate.gate.resolve import CodeBase, Unresolved, resolve
from skipgate.gate.specs import Specs, commit_specs, local_specs, model_paths
from skipgate.gate.staleness import read_lock, report_stale
from skipgate.gate.trees import CommitTree
from skipgate.spec.confinement import allowed

if TYPE_CHECKING:
    from skipgate.app.artifacts import Artifacts
    from skipgate.app.options import BatchOptions, TotalTime
    from skipgate.app.progress import ProgressLine


@dataclass(frozen=True)
class Request:
    """What is to be judged.

    Attributes:
        models: files and folders of the repository in which the models are; all of it if empty.
        external: files and folders on disk with models instead; a change under review cannot touch them.
        lock: where `anchors.lock` is: in the repository, or on disk if the models are.
        every_check: run all checks of all models, and not only those that differ from what they were.
    """

    repository: Path
    base: str
    head: str
    models: tuple[str, ...] = ()
    external: tuple[Path, ...] = ()
    lock: str = NAME
    every_check: bool = False


def run_gate(
    request: Request, options: BatchOptions, artifacts: Artifacts | None = None, progress: ProgressLine | None = None
) -> Outcome:
    """Judge a change. What is violated is written to `artifacts`, how far the checks are to `progress`.

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
        with (
            tempfile.TemporaryDirectory(prefix="skipgate-") as folder,
            _judged_specs(git, request, outcome, Path(folder), options.total) as specs,
        ):
            run_checks(specs, options, artifacts, progress, outcome, every=request.every_check)
    finally:
        git.close()
    outcome.seconds = perf_counter() - start
    return outcome


@contextmanager
def _judged_specs(
    git: Git, request: Request, outcome: Outcome, folder: Path, total: TotalTime | None
) -> Iterator[Specs]:
    """Hold what changed against the specifications, which are there until their checks were run."""
    head = CommitTree(git, outcome.head)
    code = CodeBase(head)
    histories = [History(git, commit, head) for commit in outcome.merge_bases]
    outcome.changed_files = len({path for history in histories for path in history.changes.touched})
    with _head_specs(request, head, folder / "head", outcome) as specs:
        outcome.specs, outcome.anchors = specs.specs, specs.anchors
        _report_faults(specs, outcome)
        _resolve_all(specs, code, outcome)
        lock = read_lock(head, request.lock, outcome, on_disk=bool(request.external))
        judged: dict[str, Judged] = {}
        earlier: list[Specs] = []
        for number, history in enumerate(histories):
            before = _base_specs(request, history.before.tree, folder / f"base{number}", specs)
            earlier.append(before)
            _note_spec_changes(history, before, specs, outcome, total)
            for each in judge_drifts(history, code, before, specs, lock):
                if each.drift.key not in judged or each.standing == "open":
                    judged[each.drift.key] = each
        outcome.judged = sorted(judged.values(), key=lambda each: each.drift.key)
        for history, before in zip(histories, earlier, strict=True):
            note_dropped(history, before, specs, outcome)
        report_drifts(outcome)
        if lock is not None:
            report_stale(lock, specs, code, outcome)
        yield specs


# ------------------------------------------------------------------------------------------------ specifications


@contextmanager
def _head_specs(request: Request, head: CommitTree, folder: Path, outcome: Outcome) -> Iterator[Specs]:
    if request.external:
        with allowed(*(path for path in request.external if path.is_dir())):
            yield local_specs(request.external)
        return
    paths, absent = model_paths(head, request.models)
    for name in absent:
        outcome.findings.append(GateFinding("error", "faulty-spec", f"there is no model at {name}", name))
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


def _note_spec_changes(
    history: History, before: Specs, after: Specs, outcome: Outcome, total: TotalTime | None
) -> None:
    sources = {source for specs in (before, after) for spec in specs.specs for source in spec.sources}
    changed = sources & history.changes.touched
    outcome.changed_specs = sorted({*outcome.changed_specs, *changed})
    earlier = {history.changes.renamed.get(spec.path, spec.path): spec for spec in before.specs}
    for spec in after.specs:
        if spec.sources & changed:
            seconds = None if total is None else total.left
            differing = differing_checks(earlier.get(spec.path), spec, seconds)
            known = outcome.differing.get(spec.path, [])
            both = None if differing is None or known is None else list(dict.fromkeys([*known, *differing]))
            outcome.differing[spec.path] = both


def _report_faults(specs: Specs, outcome: Outcome) -> None:
    for fault in specs.faults:
        place = SourcePlace(fault.path, fault.line or 1)
        outcome.findings.append(
            GateFinding("error", "faulty-spec", fault.message, f"{fault.path}: {fault.message}", place)
        )


def _resolve_all(specs: Specs, code: CodeBase, outcome: Outcome) -> None:
    if not specs.anchors:
        message = "no specification has an anchor, so no change of the code could be noticed"
        hint = 'anchor its model, actions and properties: anchor "path/to/file.go" :: Type.Method'
        outcome.findings.append(GateFinding("error", "no-anchors", message, "all", hint=hint))
    for anchor in specs.anchors:
        found = resolve(anchor, code)
        if isinstance(found, Unresolved):
            place = SourcePlace(anchor.element.file, anchor.span.line, label=anchor.element.label)
            subject = f"{anchor.element.file} {anchor.element.label} {anchor.key}"
            outcome.findings.append(
                GateFinding("error", "unresolved-anchor", found.message, subject, place, hint=found.hint)
            )
        else:
            outcome.resolved.append(found)
