"""Pictures: DOT to SVG and PNG, and a trace to files.

The Graphviz that the pygraphviz wheel carries does the work in this process, so nothing has to be installed
besides; where pygraphviz cannot be imported, the program `dot` does it.
"""

from __future__ import annotations

import functools
import html
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from skipgate.checker.core.contrast import Contrast
from skipgate.checker.core.trace import Trace
from skipgate.spec.files import write_atomically
from skipgate.traces.contrast_dot import contrast_to_dot
from skipgate.traces.contrast_text import render_contrast
from skipgate.traces.contrast_wording import sentences, title
from skipgate.traces.files import safe_name
from skipgate.traces.itf import dump_itf
from skipgate.traces.picture import picture_dot
from skipgate.traces.plain import one_line
from skipgate.traces.text import render_text
from skipgate.traces.wording import finding, subject

Picture = Literal["svg", "png"]
EXTENSIONS: Mapping[str, str] = {"itf": "itf.json", "txt": "txt", "dot": "dot", "svg": "svg", "png": "png"}

RESOLUTION = 144  # dots per inch of a PNG: twice that of a screen, so that small text stays clear
_SLACK = 0.97  # of the size of letters: whoever shows an SVG may draw them a little wider than Graphviz has measured


class RenderError(Exception):
    """A picture could not be made. The message is one sentence."""


# Graphviz keeps global state, and so does the diversion of its messages.
_lock = threading.Lock()


def to_svg(dot: str, *, title: str = "", description: str = "") -> str:
    """DOT text as an SVG document, with a newline at its end.

    `title` and `description` are what a screen reader says. The same input gives the same text, on one
    machine; elsewhere, other fonts may make for other widths. Raises RenderError.
    """
    svg = _render(dot, "svg").decode("utf-8")
    match = re.search(r"<svg\b[^>]*>", svg)
    if match is None:
        raise RenderError("Graphviz did not return an SVG document.")
    # What comes before the element says which Graphviz made it: of no use, and another in every version.
    start = match.group().replace("<svg", '<svg role="img"', 1)
    words = "".join(
        f"<{name}>{html.escape(one_line(text), quote=False)}</{name}>\n"
        for name, text in (("title", title), ("desc", description))
        if text
    )
    drawing = re.sub(r'(?<= font-size=")[\d.]+', lambda size: f"{_SLACK * float(size[0]):.2f}", svg[match.end() :])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{start}\n{words}{drawing.strip()}\n'


def to_png(dot: str) -> bytes:
    """DOT text as a PNG image. Raises RenderError, also if there is no font at all to write text with."""
    return _render(dot, "png")


def trace_svg(trace: Trace, *, lanes: str | None = None, full: bool = False) -> str:
    """The picture of a trace as an SVG document; see `picture_dot`. Raises RenderError."""
    return to_svg(
        picture_dot(trace, lanes=lanes, full=full),
        title=f"{subject(trace)}: {finding(trace)}",
        description="; ".join(filter(None, (trace.description, trace.failure.message))),
    )


def contrast_svg(contrast: Contrast) -> str:
    """The two lanes of a contrast as an SVG document. Raises RenderError."""
    return to_svg(contrast_to_dot(contrast), title=title(contrast), description=" ".join(sentences(contrast)))


def write_contrast(contrast: Contrast, folder: Path, form: Literal["txt", "svg"]) -> Path:
    """Write a contrast to a folder that is there, as a text or a picture, and return the path of the file.

    It is named `<model>.<check>.<property>.contrast.<form>`. Raises OSError, and RenderError if the picture cannot be
    made.
    """
    path = folder / f"{_stem(contrast.trace)}.contrast.{form}"
    write_atomically(path, render_contrast(contrast) if form == "txt" else contrast_svg(contrast))
    return path


def write_trace(trace: Trace, folder: Path, formats: Iterable[str]) -> dict[str, Path]:
    """Write the trace to `folder` (made if it is not there) and return, by format, the paths of the files.

    A format is one of the keys of EXTENSIONS; a file is named `<model>.<check>.<property>.<extension>`.
    Raises ValueError for another format, OSError if the folder cannot be written to, and RenderError if a
    picture cannot be made: the formats that are no pictures have been written then.
    """
    wanted = list(dict.fromkeys(formats))
    for name in wanted:
        if name not in EXTENSIONS:
            raise ValueError(f"{name!r} is not one of the formats {', '.join(EXTENSIONS)}")
    folder.mkdir(parents=True, exist_ok=True)
    stem = _stem(trace)
    paths = {name: folder / f"{stem}.{EXTENSIONS[name]}" for name in wanted}
    for name in sorted(wanted, key=lambda name: name in ("svg", "png")):
        write_atomically(paths[name], _content(trace, name))
    return paths


def _stem(trace: Trace) -> str:
    return ".".join(map(safe_name, (trace.model, trace.check, trace.property)))


def _content(trace: Trace, name: str) -> bytes | str:
    match name:
        case "itf":
            return dump_itf(trace)
        case "txt":
            return render_text(trace)
        case "dot":
            return picture_dot(trace)
        case "svg":
            return trace_svg(trace)
        case _:
            return to_png(picture_dot(trace))


# ---------------------------------------------------------------- Graphviz


def _render(dot: str, picture: Picture) -> bytes:
    try:
        import pygraphviz  # noqa: F401 - only to see whether it is there
    except ImportError:
        return _render_by_program(dot, picture)
    if picture == "png" and not _has_fonts():
        raise RenderError("A PNG cannot show text because no fonts are installed; an SVG can.")
    return _render_in_process(dot, picture)


def _render_in_process(dot: str, picture: Picture) -> bytes:
    import pygraphviz

    with _lock, _diverted_messages() as messages:
        try:
            graph = pygraphviz.AGraph(string=dot)
            if picture == "png":
                graph.graph_attr["dpi"] = str(RESOLUTION)
            data: bytes | None = graph.draw(format=picture, prog="dot")
        except (pygraphviz.DotError, ValueError, OSError) as error:
            raise RenderError(_failed(messages() or str(error))) from error
        said = messages()
    return _examined(data or b"", said)


def _render_by_program(dot: str, picture: Picture) -> bytes:
    """The same through the program `dot`, which the graphviz package finds and runs."""
    import graphviz

    if picture == "png":  # a statement before all others, as there is no option for it
        dot = dot.replace("{", f"{{ graph [dpi={RESOLUTION}];", 1)
    with _lock, _diverted_messages() as messages:
        try:
            data: bytes = graphviz.pipe("dot", picture, dot.encode(), quiet=True)
        except graphviz.ExecutableNotFound as error:
            raise RenderError(
                "A picture needs Graphviz: install the package pygraphviz, which brings it along, "
                "or put its program `dot` on the PATH."
            ) from error
        except subprocess.CalledProcessError as error:
            raise RenderError(_failed(error.stderr.decode("utf-8", "replace"))) from error
        except OSError as error:
            raise RenderError(f"The program `dot` could not be run: {error.strerror}.") from error
        said = messages()
    return _examined(data, said)


def _examined(data: bytes, messages: str) -> bytes:
    """The picture, if there is one and it is whole: a label that Graphviz cannot read, it leaves out."""
    if not data or "in label of" in messages:
        raise RenderError(_failed(messages))
    return data


def _failed(messages: str) -> str:
    """One sentence from what Graphviz says, of which the first error is the telling one."""
    errors = [line for line in messages.splitlines() if line.startswith("Error:")]
    reason = one_line((errors or messages.splitlines() or [""])[0]).removeprefix("Error: ").rstrip(".")
    return f"Graphviz could not draw the diagram: {reason}." if reason else "Graphviz could not draw the diagram."


@functools.cache
def _has_fonts() -> bool:
    """Do letters differ? Without fonts, Graphviz draws the same empty box for each in a PNG, and says nothing."""
    m, i = (_render_in_process(f'digraph {{ n [shape="plain", label="{letter}"]; }}', "png") for letter in "Mi")
    return m != i


@contextmanager
def _diverted_messages() -> Iterator[Callable[[], str]]:
    """Keep what C libraries write to stderr from the user: Fontconfig complains of its system's configuration
    there.

    Yields a function that returns what has been written.
    """
    with tempfile.TemporaryFile() as kept:

        def messages() -> str:
            kept.seek(0)
            return kept.read().decode("utf-8", "replace")

        try:
            stderr = os.dup(2)
        except OSError:  # a process without stderr
            yield messages
            return
        try:
            os.dup2(kept.fileno(), 2)
            yield messages
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
