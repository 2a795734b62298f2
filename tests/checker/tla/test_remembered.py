"""An answer that is kept is to the same question, and to no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.checker.tla.tlc import Tlc, TlcError, TlcReport
from tests.checker.tla import remembered
from tests.checker.tla.remembered import RememberedTlc, question

FOUND = TlcReport("complete", generated=5, distinct=4, depth=3, printed=(("skipgate", "0"), ("skipgate", "1")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "M.tla").write_text("---- MODULE M ----\n====\n")
    (tmp_path / "M.cfg").write_text("INIT Init\n")
    (tmp_path / "other.jar").write_text("another")
    (tmp_path / "tlc.jar").write_text("one")
    return tmp_path


class Asked(Tlc):
    """Says what a test wants it to, and how often it was asked."""

    def __init__(self, *said: TlcReport | Exception) -> None:
        super().__init__(Path("tlc.jar"))
        object.__setattr__(self, "said", list(said))

    said: list[TlcReport | Exception]

    def run(self, folder: Path, name: str, *, seconds: float | None = None) -> TlcReport:
        report = self.said.pop(0)
        if isinstance(report, Exception):
            raise report
        return report


def remembering(folder: Path, asked: Tlc, *, anew: bool = False) -> Tlc:
    remembered._read.cache_clear()
    return RememberedTlc(
        folder / "tlc.jar", start=lambda: asked, answers=folder / "answers.jsonl", anew=anew, write=True
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "M.tla").write_text("---- MODULE M ----\n\n===="),
        lambda folder: (folder / "M.cfg").write_text("INIT Init\nNEXT Next\n"),
        lambda folder: (folder / "N.tla").write_text("---- MODULE N ----\n===="),
        lambda folder: (folder / "other.jar").rename(folder / "tlc.jar"),
    ],
    ids=["module", "configuration", "another module", "TLC"],
)
def test_what_has_changed_is_asked_again(change: Callable[[Path], None], folder: Path) -> None:
    asked = Asked(FOUND, TlcReport("deadlock"))
    assert remembering(folder, asked).run(folder, "M") == FOUND
    assert remembering(folder, asked).run(folder, "M") == FOUND
    remembered._digest.cache_clear()
    change(folder)
    assert remembering(folder, asked).run(folder, "M").outcome == "deadlock"
    assert not asked.said


def test_a_module_is_not_another_one(folder: Path) -> None:
    assert question(folder / "tlc.jar", folder, "M") != question(folder / "tlc.jar", folder, "N")


def test_no_answer_is_not_kept(folder: Path) -> None:
    asked = Asked(TlcError("it has not finished in time"), FOUND)
    with pytest.raises(TlcError):
        remembering(folder, asked).run(folder, "M")
    assert remembering(folder, asked).run(folder, "M") == FOUND


@pytest.mark.parametrize(
    "other", [TlcReport("temporal"), TlcReport("complete", generated=6, distinct=4, depth=3, printed=FOUND.printed)]
)
def test_asked_anew_it_has_to_say_the_same(other: TlcReport, folder: Path) -> None:
    asked = Asked(FOUND, FOUND, other)
    remembering(folder, asked).run(folder, "M")
    assert remembering(folder, asked, anew=True).run(folder, "M") == FOUND
    with pytest.raises(AssertionError, match="not the one that was kept"):
        remembering(folder, asked, anew=True).run(folder, "M")
