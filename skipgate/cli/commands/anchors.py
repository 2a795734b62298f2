"""`skipgate anchors`: where specifications and code are bound together, and whether they still fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from skipgate.base.errors import complain
from skipgate.base.exits import Exit
from skipgate.base.paths import PathType
from skipgate.base.wording import count
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.gate.project import Project


@click.group("anchors", short_help="Bind a model to the code it is about.")
def command() -> None:
    """Anchors say which code a model speaks about: a file, a glob, or symbols in a file.

    \b
      anchor "internal/store.go" :: Store.Apply, decide

    Without MODEL, every .gate file of the repository is meant.

    \b
      skipgate anchors check                 does each name exactly one place?
      skipgate anchors lock                  write down what it looks like
      skipgate anchors diff                  what has changed since?
      skipgate anchors accept Store.Apply --reason "only logs more"
    """


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What all subcommands need: the models, the repository, the revision."""
    for decorate in (
        click.argument("models", metavar="[MODEL]...", nargs=-1, type=PathType()),
        click.option(
            "--repo",
            type=PathType(),
            default=Path(),
            show_default="here",
            help="The repository with the code.",
        ),
    ):
        function = decorate(function)
    return function


_revision = click.option("--rev", metavar="REV", help="Look at a commit, not at the work tree.")
_lock_file = click.option("--lock", "lock_file", metavar="FILE", type=PathType(), help="The lock file.")


@command.command("list")
@_options
@_revision
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What to print."
)
def list_(models: tuple[Path, ...], repo: Path, rev: str | None, form: str) -> Exit:
    """List what is anchored, where it lies in the code now, and what speaks about it.

    Actions and properties without an anchor are listed too; for code without a specification see `coverage`.
    """
    project = _open(repo, models, rev)
    if form == "json":
        click.echo(json.dumps(_as_json(project), indent=2))
    else:
        _print_list(project)
    return _standing(project)


@command.command("check")
@_options
@_revision
def check(models: tuple[Path, ...], repo: Path, rev: str | None) -> Exit:
    """Check that every anchor names exactly one place in the code.

    Exit status: 0 each does, 1 one does not, or there is none at all.
    """
    project = _open(repo, models, rev)
    _complain_unresolved(project)
    good = len(project.resolved)
    click.echo(f"{count(good, 'anchor')} of {good + len(project.unresolved)} resolved in {project.code.tree.label}")
    return _standing(project)


@command.command("lock")
@_options
@_lock_file
def lock(models: tuple[Path, ...], repo: Path, lock_file: Path | None) -> Exit:
    """Write down what the anchored code looks like now, as reviewed against the specifications."""
    from skipgate.base.output import deliver
    from skipgate.gate.locking import new_lock, read_lock
    from skipgate.gate.project import lock_path

    project = _open(repo, models, None)
    if (standing := _standing(project)) is not Exit.OK:
        _complain_unresolved(project)
        complain("nothing was locked: first every anchor must resolve")
        return standing
    path = lock_path(repo, lock_file)
    made = new_lock(project, read_lock(path))
    deliver(made.text(), path)
    commits = ", ".join(commit[:12] for commit in made.commits) or "no commit: they are not committed yet"
    click.echo(f"{count(len(made.locked), 'symbol')} locked, for {commits}")
    return Exit.OK


@command.command("diff")
@_options
@_lock_file
def diff(models: tuple[Path, ...], repo: Path, lock_file: Path | None) -> Exit:
    """Show which anchored symbols changed since the lock, next to what speaks about them.

    Exit status: 0 nothing changed or all of it is accepted, 1 something changed.
    """
    from skipgate.gate.locking import differences, read_lock
    from skipgate.gate.plain import line
    from skipgate.gate.project import lock_path

    project = _open(repo, models, None)
    path = lock_path(repo, lock_file)
    locked = read_lock(path)
    if locked is None:
        raise InputError(f"there is no {path}; write it with: skipgate anchors lock")
    found = differences(project, locked)
    for each in found:
        accepted = "" if each.acceptance is None else f", accepted by {each.acceptance.by}: {each.acceptance.reason}"
        click.echo(line(f"{each.key}: {each.kind}{accepted}"))
        followed = project.following.followed.get(each.key)
        if followed is not None:
            click.echo(line(f"  {followed.way}"))
        for element in followed.elements if followed is not None else project.elements_at(each.key):
            said = f": {element.description}" if element.description else ""
            click.echo(line(f"  {element.file}:{element.line}: {element.label}{said}"))
        if not each.lines and each.kind == "changed":
            click.echo("  (its text when it was locked is not in this clone)")
        for text in each.lines:
            click.echo(f"  | {line(text)}")
        click.echo()
    _complain_unresolved(project)
    open_ones = [each for each in found if each.acceptance is None]
    click.echo(f"{count(len(found), 'difference')}, {len(found) - len(open_ones)} accepted")
    return Exit.DIFFERS if open_ones or project.unresolved else Exit.OK


@command.command("accept")
@click.argument("name", metavar="NAME")
@_options
@_lock_file
@click.option("--reason", required=True, help="Why the difference is right.")
@click.option("--by", metavar="WHO", help="Who says so.  [default: the user git knows]")
def accept(
    name: str, models: tuple[Path, ...], repo: Path, lock_file: Path | None, reason: str, by: str | None
) -> Exit:
    """Record that the symbol NAME may differ from its specification, and why."""
    from skipgate.base.output import deliver
    from skipgate.gate.locking import accept as accepted
    from skipgate.gate.locking import new_lock, read_lock, whoami
    from skipgate.gate.project import lock_path

    project = _open(repo, models, None)
    path = lock_path(repo, lock_file)
    # A first lock has to have everything: what it lacks would count as never reviewed.
    locked = read_lock(path) or new_lock(project, None)
    made, acceptance = accepted(project, locked, name, reason, by or whoami())
    deliver(made.text(), path)
    click.echo(f"accepted: {acceptance.anchor} as it is now, by {acceptance.by}")
    return Exit.OK


@command.command("coverage")
@_options
@_revision
@click.option("--strict", is_flag=True, help="Exit with status 1 if anchored code calls what nothing speaks about.")
@click.option("--files", is_flag=True, help="Count the functions of each file.")
def coverage_(models: tuple[Path, ...], repo: Path, rev: str | None, strict: bool, files: bool) -> Exit:
    """List what anchored code calls and no specification speaks about, the most called first.

    Such a function can be anchored, followed (anchor "file" :: Symbol with callees), or left out on purpose:
    unmodelled "file" :: Symbol "reason". Calls that the text does not resolve are listed as well.
    """
    from skipgate.gate.coverage import coverage
    from skipgate.gate.plain import line

    project = _open(repo, models, rev)
    found = coverage(project)
    for gap in found.gaps:
        symbol = gap.symbol
        callers = ", ".join(caller.name or caller.path for caller in gap.callers)
        click.echo(line(f"{symbol.path}:{symbol.line}: {symbol.name}, called by {callers}"))
    for call in found.unknown:
        click.echo(line(f"{call.path}:{call.line}: {call.text} is not resolved: {call.why}"))
    for file in found.files if files else ():
        parts = [f"{file.anchored} anchored", f"{file.followed} followed", f"{file.unmodelled} unmodelled"]
        click.echo(line(f"{file.path}: {', '.join(parts)}, {count(file.others, 'other function')}"))
    for problem in found.problems:
        complain(line(problem))
    _complain_unresolved(project)
    followed = count(len(project.following.followed), "function")
    left_out = count(len(found.gaps), "function")
    click.echo(f"{left_out} left out, {followed} followed, {count(len(found.unknown), 'call')} not resolved")
    if found.problems:
        return Exit.DIFFERS
    return Exit.DIFFERS if strict and found.gaps else _standing(project)


@command.command("workflow")
@_options
@_revision
@click.option("--compare", "compared", metavar="FILE", type=PathType(), help="Compare a workflow with it.")
def workflow(models: tuple[Path, ...], repo: Path, rev: str | None, compared: Path | None) -> Exit:
    """Print the `paths:` filter for a workflow, or check that one covers everything anchored."""
    from skipgate.base.errors import reason
    from skipgate.gate.lock import NAME
    from skipgate.gate.plain import line
    from skipgate.gate.specs import relative_sources
    from skipgate.gate.workflow import WorkflowError, filter_text, gaps, github_pattern, needed_paths

    project = _open(repo, models, rev)
    sources = relative_sources(project.specs, repo)
    if compared is None:
        patterns = {github_pattern(anchor.path, project.code.has(anchor.path)) for anchor in project.specs.anchors}
        patterns |= {github_pattern(each.symbol.path, True) for each in project.following.followed.values()}
        models_too = [github_pattern(source, True) for source in sources]
        click.echo(filter_text(needed_paths(patterns, models_too, NAME)), nl=False)
        return _standing(project)
    try:
        text = compared.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"{compared} cannot be read: {why}") from None
    files = needed_paths({symbol.path for symbol in project.reviewed.values()}, sources, NAME)
    try:
        found = gaps(text, files)
    except WorkflowError as error:
        complain(f"{compared}: {error}")
        return Exit.DIFFERS
    for gap in found:
        for file in gap.missing:
            complain(f"{compared}: the path filter of {gap.event} leaves out {line(file)}")
    _complain_unresolved(project)
    if not found:
        click.echo(f"{compared} covers {count(len(files), 'file')}")
    return Exit.DIFFERS if found else _standing(project)


def _open(repo: Path, models: tuple[Path, ...], revision: str | None) -> Project:
    from skipgate.gate.git import GitError
    from skipgate.gate.project import open_project

    try:
        project = open_project(repo, models, revision)
    except GitError as error:
        raise InputError(str(error)) from None
    if project.git is not None:
        click.get_current_context().call_on_close(project.git.close)
    for fault in project.specs.faults:
        complain(f"{fault.path}:{fault.line or 1}: {fault.message}")
    return project


def _standing(project: Project) -> Exit:
    """Is there at least one anchor, and does each resolve?"""
    if project.specs.faults:
        return Exit.USAGE
    if not project.resolved and not project.unresolved:
        complain('no specification has an anchor; write one: anchor "file" :: Symbol')
        return Exit.DIFFERS
    return Exit.DIFFERS if project.unresolved else Exit.OK


def _complain_unresolved(project: Project) -> None:
    from skipgate.gate.plain import line

    for each in project.unresolved:
        element = each.anchor.element
        hint = f"; {each.hint}" if each.hint else ""
        place = f"{element.file}:{each.anchor.span.line}: {element.label}"
        complain(line(f"{place}: {each.message}{hint}"))


def _print_list(project: Project) -> None:
    from skipgate.gate.plain import line

    for key, symbol in sorted(project.symbols.items()):
        where = f"{symbol.path}:{symbol.line}" if symbol.name else symbol.path
        click.echo(line(f"{symbol.kind} {symbol.name or symbol.path} at {where}"))
        for element in project.elements_at(key):
            click.echo(line(f"  {element.label} ({element.file}:{element.line})"))
    followed = project.following.followed
    if followed:
        click.echo("\nfollowed:")
    for each in followed.values():
        click.echo(line(f"{each.symbol.kind} {each.symbol.name} at {each.symbol.path}:{each.symbol.line}: {each.way}"))
    _complain_unresolved(project)
    bare = _without_anchor(project)
    if bare:
        click.echo("\nwithout an anchor:")
    for what in bare:
        click.echo(f"  {line(what)}")


def _without_anchor(project: Project) -> list[str]:
    """The actions and properties that speak about no code."""
    from skipgate.gate.anchors import element_of
    from skipgate.spec.syntax import ActionDecl, LivenessDecl, PropertyDecl, RefinesDecl

    kinds = (ActionDecl, PropertyDecl, LivenessDecl, RefinesDecl)
    found: dict[str, None] = {}
    for spec in project.specs.specs:
        for file in spec.program.files:
            for declaration in file.declarations:
                if isinstance(declaration, kinds) and not declaration.anchors:
                    element = element_of(declaration)
                    found[f"{element.file}:{element.line}: {element.label}"] = None
    return list(found)


def _as_json(project: Project) -> dict[str, object]:
    return {
        "schema": "skipgate.anchors-list/1",
        "tree": project.code.tree.label,
        "anchors": [
            {
                "anchor": resolved.anchor.key,
                "element": resolved.anchor.element.label,
                "file": resolved.anchor.element.file,
                "line": resolved.anchor.element.line,
                "places": [
                    {"path": s.path, "symbol": s.name, "kind": s.kind, "line": s.line, "end_line": s.end_line}
                    for s in resolved.symbols
                ],
            }
            for resolved in project.resolved
        ],
        "followed": [
            {
                "path": each.symbol.path,
                "symbol": each.symbol.name,
                "way": each.way,
                "elements": [f"{element.file}:{element.line}: {element.label}" for element in each.elements],
            }
            for each in project.following.followed.values()
        ],
        "unresolved": [
            {"anchor": each.anchor.key, "element": each.anchor.element.label, "why": each.message, "hint": each.hint}
            for each in project.unresolved
        ],
        "without_anchor": _without_anchor(project),
    }
