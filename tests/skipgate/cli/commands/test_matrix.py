"""`skipgate matrix` on a small model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate.app.matrix.markdown import BEGIN, END

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

MODEL = """\
model counter
const LAST : nat = 3
var x : 0..9 = 0
action up
  when x < LAST
  then x' = x + 1
terminal when x == LAST
invariant Small "x stays small"
  x < 3
check v0
  expect violation of Small
check v0_longer
  with LAST = 4
  expect violation of Small
check v1
  with LAST = 2
  expect holds
"""


@pytest.fixture(autouse=True)
def model(write: Write, run: Run) -> Path:
    return write("counter.gate", MODEL)


def test_a_table_on_standard_output(run: Run) -> None:
    result = run("matrix", "counter.gate", "--rows", "properties")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()[2:3]] == [["Small", "3", "✓"]]
    assert "3 checks: 3 as expected" in result.stdout


def test_a_picture_with_pictures_beside_it(run: Run) -> None:
    result = run("matrix", "counter.gate", "--format", "svg", "--out", "out")
    assert result.exit_code == 0
    assert result.stdout == ""
    # Of v0 and v0_longer, the trace is the same: the picture is of the first.
    assert sorted(path.name for path in Path("out").iterdir()) == ["counter.v0.Small.svg", "matrix.svg"]
    assert 'href="counter.v0.Small.svg"' in Path("out/matrix.svg").read_text()


def test_json_on_standard_output(run: Run) -> None:
    document = json.loads(run("matrix", "counter.gate", "--format", "json").stdout)
    assert [(cell["group"], cell["verdict"], cell["steps"]) for cell in document["cells"]] == [
        ("v0", "violation", 3),
        ("v1", "holds", None),
    ]


def test_a_picture_for_pages_that_show_no_svg(run: Run) -> None:
    result = run("matrix", "counter.gate", "--format", "png", "--out", "out")
    assert result.exit_code == 0, result.output
    assert Path("out/matrix.png").read_bytes().startswith(b"\x89PNG")


def test_into_a_page_with_links_from_there(run: Run, write: Write) -> None:
    write("docs/page.md", f"# History\n{BEGIN}\n{END}\n")
    result = run("matrix", "counter.gate", "--rows", "properties", "--into", "docs/page.md", "--out", "docs/images")
    assert result.exit_code == 0, result.output
    assert "| [**3**](images/counter.v0.Small.svg) | ✓ |" in Path("docs/page.md").read_text()
    assert [path.name for path in Path("docs/images").iterdir()] == ["counter.v0.Small.svg"]


def test_a_page_without_a_place_is_refused_before_the_search(run: Run, write: Write) -> None:
    write("page.md", "# History\n")
    result = run("matrix", "counter.gate", "--into", "page.md")
    assert result.exit_code == 2
    assert BEGIN in result.stderr


def test_what_differs_is_marked_and_said(run: Run, write: Write) -> None:
    write("counter.gate", MODEL.replace("with LAST = 2\n  expect holds", "expect holds"))
    result = run("matrix", "counter.gate")
    assert result.exit_code == 1
    assert "3!" in result.stdout
    assert "counter.gate, check v1: `Small` is violated, which is not expected" in result.stdout


def test_a_faulty_file_does_not_hide(run: Run, write: Write) -> None:
    write("wrong.gate", "check\n")
    result = run("matrix", "counter.gate", "wrong.gate")
    assert result.exit_code == 2
    assert "Small" in result.stdout
    assert "wrong.gate" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say what to check"),
        (("counter.gate", "--into", "x.md", "--format", "svg"), "leave out --format"),
        (("counter.gate", "--check", "w*"), "no check is called 'w*'"),
        (("none.gate",), "there is no file or folder none.gate"),
    ],
)
def test_wrong_calls(run: Run, arguments: tuple[str, ...], words: str) -> None:
    result = run("matrix", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
