"""What is wrong with the files that are open, as the command line says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from skipgate.spec.confinement import real
from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.source import Source, Span

if TYPE_CHECKING:
    from skipgate.lsp.desk import Desk
    from skipgate.lsp.places import Places
    from skipgate.spec.live.buffers import Examined

SOURCE = "skipgate"
CLOSER = "lint"  # the code of what is found a little later
_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "note": lsp.DiagnosticSeverity.Information,
}


def message(diagnostic: Diagnostic) -> str:
    """The text of a diagnostic: its message, the instance that it is about, and its hint."""
    lines = [diagnostic.message]
    if diagnostic.span is not None and diagnostic.span.source.instance is not None:
        lines.append(diagnostic.span.source.instance)
    if diagnostic.hint is not None:
        lines.append(f"hint: {diagnostic.hint}")
    return "\n".join(lines)


def of_level(diagnostic: Diagnostic, level: str, name: str, places: Places) -> tuple[str, lsp.Diagnostic]:
    """A diagnostic of the protocol, with the file that it stands in. One without a place stands where `name` begins."""
    span = diagnostic.span or Span(Source(name, ""), 0, 0)
    hint = {} if diagnostic.hint is None else {"hint": diagnostic.hint}
    return span.source.name, lsp.Diagnostic(
        places.range(span), message(diagnostic), _SEVERITIES[level], source=SOURCE, data=hint
    )


def received(found: Mapping[str, Any], name: str, desk: Desk) -> tuple[str, lsp.Diagnostic]:
    """What another process found, as a diagnostic."""
    span = None
    if (place := found["place"]) is not None:
        span = Span(Source(place["file"], desk.text(place["file"])), place["start"], place["end"])
    file, diagnostic = of_level(Diagnostic(found["message"], span, found["hint"]), found["level"], name, desk.places)
    diagnostic.code = CLOSER
    return file, diagnostic


class Published:
    """What is said of each file, and who says it: a file that is open speaks of itself and of those that it uses."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._said: dict[tuple[str, str], list[tuple[str, lsp.Diagnostic]]] = {}  # by speaker, and how it was found
        self._shown: dict[Path, list[lsp.Diagnostic]] = {}
        self.files: dict[str, frozenset[Path]] = {}  # those that each one that is open is made of

    def examined(self, name: str, found: Examined) -> None:
        """The outcome of the static checks of a file. What was found by looking closer is out of date."""
        self.files[name] = found.files
        self._said.pop((name, "closer"), None)
        self.say(name, "static", [of_level(each, "error", name, self._places) for each in found.diagnostics])

    def say(self, name: str, how: str, found: Sequence[tuple[str, lsp.Diagnostic]]) -> None:
        """What was found in one way, in place of what was found in that way before."""
        self._said[name, how] = list(found)

    def is_wrong(self, name: str) -> bool:
        """Did the static checks of a file find anything?"""
        return bool(self._said.get((name, "static")))

    def close(self, name: str) -> None:
        """A file is closed, and says nothing any more."""
        self._said = {key: said for key, said in self._said.items() if key[0] != name}
        self.files.pop(name, None)

    def dependants(self, name: str) -> list[str]:
        """The other files that are open and made of this one."""
        return [other for other, files in self.files.items() if other != name and real(Path(name)) in files]

    def changes(self, examined: Iterable[str] = ()) -> Iterable[tuple[str, list[lsp.Diagnostic]]]:
        """The files that were examined, or of which something else is said than before; and what is said now."""
        now: dict[Path, list[lsp.Diagnostic]] = {path: [] for path in self._shown}
        names: dict[Path, str] = {path: str(path) for path in self._shown}
        for found in self._said.values():
            for name, diagnostic in found:
                path = real(Path(name))
                names.setdefault(path, name)
                said = now.setdefault(path, [])
                if diagnostic not in said:
                    said.append(diagnostic)
        for name in examined:
            names[real(Path(name))] = name
            now.setdefault(real(Path(name)), [])
        again = {real(Path(name)) for name in examined}
        before, self._shown = self._shown, {path: said for path, said in now.items() if said}
        return [(names[path], said) for path, said in now.items() if path in again or said != before.get(path, [])]
