"""The map of the code shows every file, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

MAP = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
TOP = ("spec", "checker", "traces", "skipgate")
SENTENCES = {f"skipgate/{name}" for name in ("cli/commands", "app/jobs", "app/matrix")}  # are enough for these
TABLES = dict(re.findall(r"^#{2,4} ([a-z/]+)/: .*?\n(.*?)(?=^##|\Z)", MAP, re.MULTILINE | re.DOTALL))
ELSEWHERE = {ROOT / "skipgate/__main__.py"}


def test_every_package_has_a_table() -> None:
    packages = {path.parent.relative_to(ROOT).as_posix() for top in TOP for path in (ROOT / top).rglob("__init__.py")}
    assert packages - SENTENCES == {*TABLES}
    assert all(f"`{package}/`" in MAP for package in SENTENCES)


@pytest.mark.parametrize("folder", TABLES)
def test_a_table_lists_the_files_of_its_folder(folder: str) -> None:
    rows = [cell for line in TABLES[folder].splitlines() if line.startswith("| `") for cell in [line.split("|")[1]]]
    listed = [(ROOT / folder / name).resolve() for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert all(file.exists() for file in listed)
    assert len(listed) == len(set(listed))
    there = {file for kind in ("*.py", "*.lark") for file in (ROOT / folder).glob(kind) if file.name != "__init__.py"}
    assert there <= set(listed) | ELSEWHERE, "the tables of ARCHITECTURE.md leave out files"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, heading = link.partition("#")
        if "://" in file:
            continue
        target = page if not file else page.parent / file
        assert target.exists(), link
        if heading:
            titles = re.findall(r"^#+ (.*)", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]
            assert heading in anchors, link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    """A path in a sentence or a table, as `checker/core/terms.py`; `*` stands for any name."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for path in re.findall(r"`((?:spec|checker|traces|skipgate|tests|models|docs|benchmarks)/[\w/.*-]*)`", text):
        assert any(ROOT.glob(path.rstrip("/"))), path
