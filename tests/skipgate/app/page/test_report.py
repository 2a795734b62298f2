"""The page of a run as a text: nothing in a model can act in it, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from skipgate.app.artifacts import Artifacts
from skipgate.app.options import BatchOptions
from skipgate.app.page.report import publish
from skipgate.app.suite import run
from skipgate.base.paths import ModelFile
from skipgate.checker.checks.options import RunOptions

HARM = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
MODEL = f"""\
model jugs

var level : 0..3 = 0 "{HARM}"

action pour "{HARM}"
  when level < 3
  then level' = level + 1

invariant NotFull "{HARM}"
  level < 3

check harm "{HARM}"
  expect violation of NotFull, deadlock
"""


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def page(tmp_path: Path) -> str:
    (tmp_path / "jugs.gate").write_text(MODEL)
    artifacts = Artifacts(tmp_path / "out")
    artifacts.prepare()
    options = BatchOptions(run=RunOptions(coverage=True, witnesses=True))
    report = run([ModelFile(tmp_path / "jugs.gate", True)], options, artifacts=artifacts)
    publish(report, artifacts)
    assert artifacts.troubles == []
    return (tmp_path / "out" / "index.html").read_text("utf-8")


def elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(page)
    return parser.found


def test_a_model_cannot_add_an_element(page: str) -> None:
    tags = [tag for tag, _ in elements(page)]
    assert "img" not in tags
    assert tags.count("script") == 1 + 1 + 2  # the script, the sources, and two violations


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    loaded = [
        (tag, attributes) for tag, attributes in elements(page) if "src" in attributes or tag in ("iframe", "object")
    ]
    links = [attributes["href"] for tag, attributes in elements(page) if tag == "link"]
    assert loaded == []
    assert links == ["data:,"]
    assert "url(" not in page and "@import" not in page


def test_the_policy_names_the_style_and_the_script_that_are_there(page: str) -> None:
    policy = next(a["content"] for tag, a in elements(page) if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None and policy.startswith("default-src 'none'")
    assert len(re.findall(r"'sha256-[\w+/]{43}='", policy)) == 2
    assert "unsafe" not in policy


def test_every_violation_has_its_picture(page: str, tmp_path: Path) -> None:
    pictures = [a["href"] for tag, a in elements(page) if a.get("class") == "picture"]
    assert pictures == ["jugs.harm.NotFull.svg", "jugs.harm.deadlock.svg"]
    assert all((tmp_path / "out" / (name or "")).is_file() for name in pictures)
