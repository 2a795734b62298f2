"""Every model in the documentation is checked, every command is run. tests/docs/pages.py says what stands where."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from skipgate.checker.checks.files import check_file
from skipgate.cli.main import cli
from skipgate.spec.confinement import allowed
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.passes import read
from tests.docs.pages import GATE, OTHER, PAGES, ROOT, Block, answer_to, blocks, labelled
from tests.skipgate.gate.conftest import MODULE, RESTART, Repository

Place = Callable[[Block], str]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Writes a block to a file beside the files of its page, and goes to its folder."""

    def write(block: Block) -> str:
        for file in labelled("gate", "file", page=block.page):
            (tmp_path / file.label[2]).write_text(file.text, encoding="utf-8")
        (tmp_path / "model.gate").write_text(block.text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return "model.gate"

    return write


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_what_it_is(page: Path) -> None:
    for block in blocks(page):
        assert block.label, f"{page.name}:{block.line}"
        known = block.label[:1] in {(name,) for name in OTHER} or block.label[:2] in {("gate", name) for name in GATE}
        assert known, f"{page.name}:{block.line}: {' '.join(block.label)}"


# --------------------------------------------------------------------------------------------------------- models


def outcome(path: str) -> str:
    """What the checks of a file come to: a line each, and a line for all that differs from what is expected."""
    result = check_file(path)
    lines: list[str] = []
    for check in result.checks:
        verdict = ", ".join([check.verdict, *check.violated])
        counts = f"{check.distinct} states, {check.generated} generated, depth {check.depth}"
        lines.append(f"{check.check}: {verdict} ({counts})")
        lines += [f"  {problem}" for problem in check.problems]
        for found in check.properties.values():
            if found.name in ("evaluation", "deadlock") and found.trace is not None:
                lines.append(f"  {found.trace.failure.message}")
    return "".join(f"{line}\n" for line in [*lines, *result.problems])


@pytest.mark.parametrize("block", labelled("gate", "model"), ids=str)
def test_a_model_checks_as_it_expects(block: Block, place: Place) -> None:
    result = check_file(place(block))
    assert result.checks
    assert result.as_expected, outcome("model.gate")


@pytest.mark.parametrize("block", labelled("gate", "outcome"), ids=str)
def test_an_outcome_is_what_the_page_says(block: Block, place: Place) -> None:
    assert outcome(place(block)) == answer_to(block)


@pytest.mark.parametrize("block", labelled("gate", "error"), ids=str)
def test_an_error_is_what_the_page_says(block: Block, place: Place) -> None:
    path = place(block)
    with pytest.raises(SpecError) as caught:
        check_file(path)
    assert str(caught.value) + "\n" == answer_to(block)


@pytest.mark.parametrize("block", labelled("gate", "part"), ids=str)
def test_a_part_of_a_file_is_in_it(block: Block) -> None:
    """Lines of a model that is not shown in full. `…` stands for what is left out."""
    files = {file.label[2]: file.text for file in labelled("gate", "file", page=block.page)}
    name = block.label[2]
    text = files[name] if name in files else (ROOT / "models" / name).read_text(encoding="utf-8")
    position = 0
    for piece in re.split(r"^ *…\n", block.text, flags=re.MULTILINE):
        assert piece in text[position:], piece
        position = text.index(piece, position) + len(piece)


@pytest.mark.parametrize("block", labelled("gate", "added"), ids=str)
def test_what_is_added_to_a_model_can_be(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "model.gate"
    file.write_text(f'import "{(ROOT / "models" / block.label[2]).as_posix()}"\n{block.text}', encoding="utf-8")
    with allowed(ROOT / "models"):
        read(str(file))


# ------------------------------------------------------------------------------------------- commands and programs


def run_on(page: Path) -> list[Block]:
    """What is done on a page: commands, programs, and changes of files."""
    return [block for block in blocks(page) if block.label in (("console",), ("python",)) or "changed" in block.label]


def printed_by_git(arguments: list[str]) -> str:
    """What git prints in the current folder."""
    who = {f"GIT_{role}_{what}": "reader@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(["git", *arguments], env=environment, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def printed_by_go(arguments: list[str]) -> str:
    """What go prints in the current folder. It uses what is installed and loads nothing."""
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOFLAGS": "", "GOWORK": "off"}
    done = subprocess.run(["go", *arguments], env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def commands(block: Block) -> list[tuple[str, str]]:
    """The commands of a console block, and what is printed under each."""
    pieces = re.split(r"^\$ (.*)\n", block.text, flags=re.MULTILINE)
    assert pieces[0] == "", f"{block}: a console block begins with a command"
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


def words(text: str) -> list[str]:
    """A text without times, and without the lines and blanks whose number depends on them."""
    return re.sub(r"\d+\.\d+ ?s\b|─", "", text).split()


def agrees(printed: str, shown: str) -> bool:
    """Is what a page shows what was printed? A line `…` stands for any lines."""
    got, (first, *others) = words(printed), [words(piece) for piece in re.split(r"^ *…\n", shown, flags=re.MULTILINE)]
    if got[: len(first)] != first or (others and len(got) < len(first) + len(others[-1])):
        return False
    if not others:
        return got == first
    position = len(first)
    for piece in others[:-1]:
        places = (i for i in range(position, len(got)) if got[i : i + len(piece)] == piece)
        found = next(places, None)
        if found is None:
            return False
        position = found + len(piece)
    rest = got[position:]
    return rest[len(rest) - len(others[-1]) :] == others[-1]


def printed_by(program: str, names: dict[str, object]) -> str:
    """What a program in Python prints, which knows what those before it on the page have defined."""
    with redirect_stdout(StringIO()) as output:
        exec(program, names)
    return output.getvalue()


def changed_code(folder: Path) -> None:
    """The repository of docs/gate.md: a branch changes code, and not its model."""
    repo = Repository(folder)
    shutil.copytree(MODULE, folder, dirs_exist_ok=True)
    repo.commit()
    assert CliRunner().invoke(cli, ["anchors", "lock"], prog_name="skipgate").exit_code == 0
    repo.commit()
    repo.git("checkout", "-q", "-b", "change")
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()


@pytest.mark.parametrize("page", [page for page in PAGES if run_on(page)], ids=lambda page: page.name)
def test_what_is_run_prints_what_the_page_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and programs are run in their order, in one folder, beside the files that the page gives."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "SKIPGATE_DEBUG", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    if page.name == "gate.md":
        changed_code(tmp_path)
    elif "$ git init" not in page.read_text(encoding="utf-8"):
        Path("models").symlink_to(ROOT / "models")
    for file in [block for block in blocks(page) if "file" in block.label]:
        Path(file.label[-1]).write_text(file.text, encoding="utf-8")
    names: dict[str, object] = {}
    for block in run_on(page):
        if block.label == ("python",):
            assert printed_by(block.text, names) == answer_to(block), block
            continue
        if "changed" in block.label:
            Path(block.label[-1]).write_text(block.text, encoding="utf-8")
            continue
        for line, shown in commands(block):
            program, *arguments = shlex.split(line)
            if program == "git":
                printed = printed_by_git(arguments)
            elif program == "go":
                if shutil.which("go") is None:
                    continue  # the rest of the page does not depend on it
                printed = printed_by_go(arguments)
            else:
                assert program == "skipgate", line
                given = None
                if "<" in arguments:
                    *arguments, _, source = arguments
                    given = Path(source).read_text(encoding="utf-8")
                printed = CliRunner().invoke(cli, arguments, prog_name="skipgate", input=given).output
            assert agrees(printed, shown), f"{block}\n$ {line}\n{printed}"


def test_what_differs_is_noticed() -> None:
    assert agrees("a\nb 0.1s\nc\nd\n", "a\nb 7.25s\nc\nd\n")
    assert agrees("a\nb\nc\nd\n", "a\n…\nd\n")
    assert agrees("a\nb\nc\nd\n", "…\nc\n…\n")
    for wrong in ("a\nb\n", "b\n…\n", "a\n…\nc\n", "a\n…\ne\n…\n", "a\nb\nc\nd\n…\nd\n"):
        assert not agrees("a\nb\nc\nd\n", wrong), wrong


@pytest.mark.parametrize("block", labelled("yaml"), ids=str)
def test_a_workflow_is_one(block: Block) -> None:
    workflow = yaml.safe_load(block.text)
    assert {True, "jobs"} <= set(workflow)  # `on` is a boolean to YAML
    for job in workflow["jobs"].values():
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])
