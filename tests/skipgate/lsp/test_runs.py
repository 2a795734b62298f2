"""Runs of checks from a lens, and what is found by looking closer, in other processes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from lsprotocol import types as lsp

from tests.skipgate.lsp.session import Session

pytestmark = pytest.mark.process

TEXT = """const N : 1..3 = 2
var x : 0..N = 0
action up when x < N then x' = x + 1
action back when x == N and x > 0 then x' = 0
invariant Below x < N
check two expect violation of Below
check three examine deadlock with N = 3 expect holds
"""
ENDLESS = """var x : 0..1_000_000 = 0
var y : 0..1_000_000 = 0
action a then x' = (x + 1) mod 1_000_000
action b then y' = (y + 1) mod 1_000_000
check c expect holds
"""


@pytest.fixture(autouse=True)
def closed(session: Session) -> Iterator[None]:
    yield
    for name in [*session.versions]:
        session.close(name)
    session.versions.clear()


def lenses(session: Session, name: str) -> list[str]:
    found = session.wait(session.client.text_document_code_lens_async(lsp.CodeLensParams(session.document(name))))
    return [f"{lens.range.start.line + 1}: {lens.command.title}" for lens in found]


def run(session: Session, name: str, check: str) -> object:
    call = lsp.ExecuteCommandParams("skipgate.check", [session.uri(name), check])
    return session.wait(session.client.workspace_execute_command_async(call))


def test_a_lens_runs_a_check_and_shows_what_came_of_it(session: Session) -> None:
    session.open("m.gate", TEXT)  # it is nowhere on the disk
    assert lenses(session, "m.gate") == ["6: ▶ run", "7: ▶ run"]
    session.shown.clear()
    run(session, "m.gate", "two")
    session.until(lambda: bool(session.shown))
    (picture,) = session.shown
    assert Path(unquote(urlparse(picture).path)).read_text(encoding="utf-8").startswith("<?xml")
    verdict = "6: ✓ violation, expected, Below (3), 3 states"
    assert lenses(session, "m.gate") == ["6: ▶ run", verdict, "6: picture of Below", "7: ▶ run"]
    run(session, "m.gate", "three")
    assert "7: ✓ holds, 4 states" in lenses(session, "m.gate")
    session.change("m.gate", TEXT + "# more\n")
    assert f"{verdict} (before the last edit)" in lenses(session, "m.gate")
    kinds = [type(each).__name__ for each in session.progress]
    assert kinds.count("str") == 2  # a token for each of the two


def test_a_run_can_be_cancelled(session: Session) -> None:
    session.open("endless.gate", ENDLESS)
    session.progress.clear()
    call = lsp.ExecuteCommandParams("skipgate.check", [session.uri("endless.gate"), "c"])
    running = session.loop.create_task(session.client.workspace_execute_command_async(call))
    session.until(lambda: len(session.progress) > 2)  # it has begun, and says how far it has come
    assert "1: …" not in lenses(session, "endless.gate") and "5: … running" in lenses(session, "endless.gate")
    token = next(each for each in session.progress if isinstance(each, str))
    session.client.window_work_done_progress_cancel(lsp.WorkDoneProgressCancelParams(token))
    assert session.wait(running) is None
    assert lenses(session, "endless.gate") == ["5: ▶ run"]


def test_what_cannot_be_run_is_said(session: Session) -> None:
    session.open("w.gate", "var x : 0..3 = y\ncheck c expect holds\n")
    run(session, "w.gate", "c")
    assert any("unknown name `y`" in line for line in lenses(session, "w.gate"))


def test_lint_and_the_bounds_in_each_check_come_a_little_later(session: Session) -> None:
    session.open("l.gate", TEXT)
    uri = session.uri("l.gate")
    session.until(lambda: uri in session.published and bool(session.published[uri].diagnostics))
    (finding,) = session.published[uri].diagnostics
    assert finding.severity == lsp.DiagnosticSeverity.Warning
    assert finding.message.startswith("this condition of action `back` says nothing new")
    assert finding.range.start == lsp.Position(3, 28)
    params = lsp.HoverParams(session.document("l.gate"), lsp.Position(1, 4))
    hover = session.wait(session.client.text_document_hover_async(params))
    assert hover.contents.value.endswith("in the checks:\n- two: `0..2`\n- three: `0..3`")


def test_what_is_wrong_with_a_check_is_found_when_it_is_elaborated(session: Session) -> None:
    session.open("e.gate", "const N : 1..3\nassume N < 3\nvar x : 0..N = 0\ncheck c with N = 3 expect holds\n")
    uri = session.uri("e.gate")
    session.until(lambda: uri in session.published and bool(session.published[uri].diagnostics))
    (found,) = session.published[uri].diagnostics
    assert (found.severity, found.range.start.line) == (lsp.DiagnosticSeverity.Error, 1)


@pytest.mark.parametrize("pause", [pytest.param(0.0, marks=pytest.mark.slow), 1.0])
def test_an_editor_that_is_gone_leaves_nothing_behind(tmp_path: Path, pause: float) -> None:
    """It may go while another process looks closer, or is being started."""
    editor = Session(tmp_path)
    editor.open("m.gate", TEXT)
    editor.diagnostics("m.gate")
    editor.wait(asyncio.sleep(pause))
    server = editor.client._server
    assert server is not None and server.stdin is not None
    server.stdin.close()
    assert editor.wait(server.wait()) == 0
    editor.wait(editor.client.stop())
    editor.wait(editor._reading)
    editor.loop.close()
