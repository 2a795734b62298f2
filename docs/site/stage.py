"""Lay the documentation out for a generator of sites: `python docs/site/stage.py FOLDER`.

The pages are written to be read in the repository. So the site has the repository's shape, and links between pages
stay as they are. What a page links to that is no page, a model or a folder, becomes one. The reference, which is long,
becomes many.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs/language.md"
_LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")
_MADE = {"out", "build", "dist", "node_modules", "__pycache__"}
_PICTURES = {".svg", ".png"}
_LANGUAGES = {".gate": "gate", ".events": "text", ".py": "python", ".html": "html", ".json": "json", ".go": "go"}


def main(folder: Path) -> None:
    """Write all pages, and what they link to, below `folder/pages`, and the configuration beside that."""
    shutil.rmtree(folder / "pages", ignore_errors=True)
    waiting = [path for path in _kept_files() if path.suffix == ".md" or path.is_relative_to(ROOT / "models")]
    seen = set(waiting)
    while waiting:
        source = waiting.pop()
        place = page_of(source.relative_to(ROOT))
        target = folder / "pages" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in _PICTURES:
            shutil.copy(source, target)
            continue
        text = page_text(source)
        for page, part in reference_pages(text).items() if source == REFERENCE else [(place, text)]:
            (folder / "pages" / page).parent.mkdir(exist_ok=True)
            (folder / "pages" / page).write_text(staged(part, source, page), encoding="utf-8")
        linked = {path for match in _LINK.finditer(text) if (path := _linked(match[1], source)) is not None}
        waiting += linked - seen
        seen |= linked
    shutil.copy(Path(__file__).with_name("mkdocs.yml"), folder)


def reference_pages(text: str) -> dict[Path, str]:
    """The reference in pages, one for each of its sections: the title and what is before the first section leads."""
    lead, *sections = re.split(r"(?m)^(?=## )", text)
    pages = {Path("docs/language.md"): lead}
    for section in sections:
        heading = section[3 : section.index("\n")]
        pages[Path("docs/language") / f"{slug(heading)}.md"] = re.sub(r"(?m)^#(#+ )", r"\1", section)
    return pages


def slug(heading: str) -> str:
    """What a link to a heading ends in.

    >>> slug("For readers of TLA+")
    'for-readers-of-tla'
    """
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@cache
def _reference_places() -> dict[str, Path]:
    """The page on which each heading of the reference stands."""
    pages = reference_pages(REFERENCE.read_text(encoding="utf-8"))
    return {slug(title): page for page, text in pages.items() for title in re.findall(r"(?m)^#+ (.*)$", text)}


def page_of(path: Path) -> Path:
    """Where something of the repository stands on the site: the source of its page, or the picture itself.

    >>> page_of(Path("README.md")), page_of(Path("models/lock.gate"))
    (PosixPath('index.md'), PosixPath('models/lock.gate.md'))
    """
    if path.name == "README.md":
        return path.with_name("index.md")
    if path.suffix == ".md" or path.suffix in _PICTURES:
        return path
    return path / "index.md" if (ROOT / path).is_dir() else path.with_name(path.name + ".md")


def page_text(source: Path) -> str:
    """The Markdown of a page, of a file that is shown as one, or of the list of what is in a folder."""
    if source.suffix == ".md":
        return source.read_text(encoding="utf-8")
    title = f"# {source.relative_to(ROOT)}\n\n"
    if not source.is_dir():
        return (
            f"{title}```{_LANGUAGES.get(source.suffix, 'text')}\n{source.read_text(encoding='utf-8').rstrip()}\n```\n"
        )
    kept = [path for path in _kept_files() if path.is_relative_to(source)]
    if (readme := source / "README.md") in kept:
        return readme.read_text(encoding="utf-8")
    shown = sorted(path for path in kept if path.suffix in {*_LANGUAGES, ".md"} and "__init__" not in path.name)
    names = [path.relative_to(source).as_posix() for path in shown]
    return title + "".join(f"- [{name}]({name})\n" for name in names)


def staged(text: str, source: Path, page: Path) -> str:
    """What a page says, as the generator wants it: fences name a language alone, links lead to sources of pages."""

    def link(match: re.Match[str]) -> str:
        target = _linked(match[1], source)
        if target is None:
            return match[0]
        place, heading = page_of(target.relative_to(ROOT)), match[2] or ""
        if target == REFERENCE and heading:
            place = _reference_places()[heading[1:]]
        return posixpath.relpath(place, page.parent) + heading

    if source == REFERENCE:
        text = re.sub(r"\]\((?=#)", f"]({REFERENCE.name}", text)
    return _LINK.sub(link, re.sub(r"(?m)^```(\w+) .*$", r"```\1", text))


def _linked(link: str, source: Path) -> Path | None:
    """What a page links to, or None if nothing of that name is there: then it is code that looks like a link."""
    target = ((source if source.is_dir() else source.parent) / link).resolve()
    return target if target.exists() and target.is_relative_to(ROOT) else None


@cache
def _kept_files() -> tuple[Path, ...]:
    """The files of the repository, apart from what is made of them. (There need be no git, so it is not asked.)"""
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _MADE)
        found += [Path(folder, name) for name in sorted(names)]
    return tuple(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
