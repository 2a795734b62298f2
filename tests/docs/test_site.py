"""The site: each page is in its menu, and each link leads to a page of it. `make site` builds it, and is strict."""

from __future__ import annotations

import doctest
import importlib.util
import posixpath
import re
from types import ModuleType

import pytest
import yaml

from tests.docs.pages import PAGES, ROOT


@pytest.fixture(scope="module")
def stage() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stage", ROOT / "docs/site/stage.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(stage: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The staged pages by their places."""
    folder = tmp_path_factory.mktemp("site")
    stage.main(folder)
    found = folder / "pages"
    return {path.relative_to(found).as_posix(): path.read_text(encoding="utf-8") for path in found.rglob("*.md")}


def menu(entry: object) -> list[str]:
    """The pages that a part of the menu names."""
    if isinstance(entry, dict):
        return [page for part in entry.values() for page in menu(part)]
    return [page for part in entry for page in menu(part)] if isinstance(entry, list) else [str(entry)]


def test_every_page_is_in_the_menu(stage: ModuleType, pages: dict[str, str]) -> None:
    text = (ROOT / "docs/site/mkdocs.yml").read_text(encoding="utf-8")
    named = menu(yaml.safe_load(text[text.index("\nnav:") :])["nav"])
    written = {stage.page_of(page.relative_to(ROOT)).as_posix() for page in PAGES}
    reference = {name for name in pages if name.startswith("docs/language/")}
    assert len(reference) > 5 and set(named) <= set(pages)
    decisions = {page for page in written if page.startswith("docs/decisions/") and "index" not in page}
    missing = {*written, *reference} - set(named) - decisions
    assert not missing, f"docs/site/mkdocs.yml does not name {missing}"


def test_every_link_leads_to_a_heading_of_a_page(stage: ModuleType, pages: dict[str, str]) -> None:
    count = 0
    for name, text in pages.items():
        prose = re.sub(r"(?ms)^```.*?^```$", "", text)
        for link, heading in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", prose):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link)) if link else name
            if not target.endswith(".md"):
                continue
            count += 1
            assert target in pages, f"{name}: {link}"
            headings = [stage.slug(title) for title in re.findall(r"(?m)^#+ (.*)$", pages[target])]
            assert not heading or heading in headings, f"{name}: {link}#{heading}"
    assert count > 100


def test_fences_name_a_language_alone(pages: dict[str, str]) -> None:
    fences = [fence for text in pages.values() for fence in re.findall(r"(?m)^```(.+)$", text)]
    assert fences and not [fence for fence in fences if " " in fence]


def test_its_examples(stage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctest.testmod(stage).attempted > 0
    assert doctest.testmod(stage).failed == 0
