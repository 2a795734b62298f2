from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from skipgate.traces.dot import to_dot
from skipgate.traces.itf import load_itf
from skipgate.traces.render import EXTENSIONS, RESOLUTION, RenderError, to_png, to_svg, trace_svg, write_trace
from tests.traces.samples import HOSTILE, SAMPLES, cold_start, die_hard, hostile
from tests.traces.svg import element, parsed, size

PNG = b"\x89PNG\r\n\x1a\n"
BAD = "digraph { a [label=<<TABLE>] }"
BAD_LABEL = "digraph { a [label=<<B></B>>] }"  # which Graphviz draws, without the label


@pytest.mark.parametrize("name", SAMPLES)
def test_pictures_of_the_samples(name: str) -> None:
    trace = SAMPLES[name]()
    svg = trace_svg(trace)
    assert svg == trace_svg(trace)
    assert parsed(svg).attrib["role"] == "img"
    png = to_png(to_dot(trace))
    assert png.startswith(PNG)
    width, height = struct.unpack(">II", png[16:24])
    points = size(svg)
    assert (width, height) == pytest.approx([side * RESOLUTION / 72 for side in points], abs=4)


def test_an_svg_says_what_it_shows() -> None:
    svg = trace_svg(die_hard())
    assert element(svg, "title") == "die_hard, check puzzle: invariant NotSolved is violated in state 7"
    assert element(svg, "desc") == "nobody has measured four gallons; NotSolved is false in this state."


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles(text: str) -> None:
    svg = to_svg("digraph {}", title=text, description=text)
    assert [child.tag.rpartition("}")[2] for child in parsed(svg)].count("g") == 1


def test_an_svg_tells_nothing_of_where_it_was_made() -> None:
    svg = trace_svg(cold_start())
    assert "graphviz" not in svg.lower() and "<!DOCTYPE" not in svg
    for place in (sys.prefix, str(Path.cwd()), str(Path.home())):
        assert place == "/" or place not in svg


def test_a_picture_leaves_stderr_alone(capfd: pytest.CaptureFixture[str]) -> None:
    to_svg("digraph { a -> b }")
    with pytest.raises(RenderError):
        to_svg(BAD)
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"


def test_without_stderr() -> None:
    code = (
        "import os; os.close(2); from skipgate.traces.render import to_svg; print(len(to_svg('digraph { a }')) > 300)"
    )
    assert _run(code) == "True"


@pytest.mark.parametrize("dot", [BAD, BAD_LABEL, "", "graph", "digraph { a -> }"])
def test_bad_dot_is_one_sentence(dot: str) -> None:
    with pytest.raises(RenderError, match=r"^Graphviz could not draw the diagram: [^\n]+\.$"):
        to_svg(dot)


def test_a_png_without_fonts_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text(f'<?xml version="1.0"?><fontconfig><dir>{tmp_path}/none</dir></fontconfig>')
    code = """
from skipgate.traces.render import RenderError, to_png, to_svg
print(len(to_svg("digraph { a }")) > 300)
try:
    to_png("digraph { a }")
except RenderError as error:
    print(error)
"""
    assert _run(code, FONTCONFIG_FILE=str(config)).splitlines() == [
        "True",
        "A PNG cannot show text because no fonts are installed; an SVG can.",
    ]


def _run(code: str, **environment: str) -> str:
    """What a Python process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout.strip()


# ---------------------------------------------------------------- without pygraphviz


@pytest.fixture
def no_pygraphviz(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Pygraphviz cannot be imported, and PATH is an empty folder, which is returned."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, text: str) -> None:
    """Put a program `dot` there."""
    path = folder / "dot"
    path.write_text(f"#!{sys.executable}\nimport sys\n{text}\n")
    path.chmod(0o755)


def test_no_graphviz_at_all(no_pygraphviz: Path) -> None:
    with pytest.raises(RenderError, match=r"^A picture needs Graphviz: .*PATH\.$"):
        to_svg("digraph {}")


def test_the_program_dot_is_used(no_pygraphviz: Path) -> None:
    # It is given the DOT text and the format, and the resolution for a PNG alone.
    program(no_pygraphviz, 'print("<svg>" + " ".join(sys.argv[1:]) + " " + sys.stdin.read() + "</svg>")')
    assert "-Kdot -Tsvg digraph {}</svg>" in to_svg("digraph {}")
    assert to_png("digraph {}") == b"<svg>-Kdot -Tpng digraph { graph [dpi=144];}</svg>\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('sys.exit("Error: no fun")', "Graphviz could not draw the diagram: no fun."),
        ("sys.exit(3)", "Graphviz could not draw the diagram."),
        ("", "Graphviz could not draw the diagram."),
        ('print("hello")', "Graphviz did not return an SVG document."),
    ],
)
def test_the_program_dot_fails(no_pygraphviz: Path, text: str, message: str) -> None:
    program(no_pygraphviz, text)
    with pytest.raises(RenderError) as caught:
        to_svg("digraph {}")
    assert str(caught.value) == message


def test_the_program_dot_cannot_be_run(no_pygraphviz: Path) -> None:
    (no_pygraphviz / "dot").write_text("not a program")
    with pytest.raises(RenderError, match=r"^The program `dot` could not be run: .*\.$"):
        to_svg("digraph {}")


# ---------------------------------------------------------------- files


def test_write_trace(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "deep"
    written = write_trace(die_hard(), folder, EXTENSIONS)
    assert written == {
        name: folder / f"die_hard.puzzle.NotSolved.{extension}" for name, extension in EXTENSIONS.items()
    }
    assert sorted(folder.iterdir()) == sorted(written.values())
    assert load_itf(written["itf"].read_bytes()) == die_hard()
    assert written["png"].read_bytes().startswith(PNG)
    parsed(written["svg"].read_text(encoding="utf-8"))
    assert written["dot"].read_text(encoding="utf-8") == to_dot(die_hard())
    assert written["txt"].read_text(encoding="utf-8").startswith("die_hard, check puzzle\n")


def test_write_trace_writes_what_is_asked_for(tmp_path: Path) -> None:
    assert list(write_trace(die_hard(), tmp_path, ["svg", "txt", "svg"])) == ["svg", "txt"]
    assert len(list(tmp_path.iterdir())) == 2


def test_write_trace_refuses_other_formats(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'gif' is not one of the formats itf, txt, dot, svg, png"):
        write_trace(die_hard(), tmp_path / "out", ["txt", "gif"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", HOSTILE)
def test_write_trace_of_hostile_names(tmp_path: Path, text: str) -> None:
    written = write_trace(hostile(text), tmp_path, ["itf", "txt", "dot", "svg"])
    assert sorted(tmp_path.iterdir()) == sorted(written.values())


def test_an_unwritable_folder_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        write_trace(die_hard(), tmp_path / "file" / "out", ["txt"])


def test_what_needs_no_graphviz_is_written_without_it(no_pygraphviz: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError):
        write_trace(die_hard(), tmp_path / "out", ["svg", "itf", "dot"])
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".dot", ".json"]


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    code = """
import sys
from skipgate.traces import render, state_graph
from tests.traces.samples import die_hard
render.render_text(die_hard()), render.picture_dot(die_hard()), render.dump_itf(die_hard())
print(sorted({"pygraphviz", "rich", "graphviz", "numpy"} & set(sys.modules)))
"""
    assert _run(code) == "[]"


def test_letters_have_some_slack_for_other_fonts() -> None:
    svg = to_svg('digraph { n [label="text", fontsize="20"] }')
    assert 'font-size="19.40"' in svg
