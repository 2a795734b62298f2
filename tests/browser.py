"""The Chromium of the system, for tests of what is looked at in a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

PATIENCE = 600_000  # milliseconds: on a busy machine a page takes long
expect.set_options(timeout=PATIENCE)

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


def chromium() -> str:
    """The program; skips the test where there is none, unless the environment says that there must be."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        assert not os.environ.get("SKIPGATE_BROWSER_REQUIRED"), "chromium is not installed"
        # Pages are tested as text, too; a browser of another kind may not be what was tried.
        pytest.skip("chromium is not installed")
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    program = chromium()
    with sync_playwright() as playwright:
        # Tests may run as root, in containers; what is opened is our own.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()


@dataclass
class Watched:
    """A page, what it wrote to the console, and what it asked for beyond itself."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def watched(
    browser: Browser, address: str, *, width: int = 1280, height: int = 900, dark: bool = False
) -> Iterator[Watched]:
    """Open an address; nothing may be written to the console, and nothing else be asked for, by the end."""
    size: ViewportSize = {"width": width, "height": height}
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
    found = Watched(context.new_page())
    found.page.on("console", lambda message: found.said.append(message.text))
    found.page.on("pageerror", lambda error: found.said.append(str(error)))
    found.page.on("request", lambda request: found.asked.append(request.url))
    found.page.set_default_timeout(PATIENCE)
    try:
        found.page.goto(address)
        yield found
        assert found.said == []
        assert [each for each in found.asked if each.split("#")[0] != address.split("#")[0] and each != "data:,"] == []
    finally:
        context.close()


def faults_of_access(page: Page) -> list[str]:
    """What axe finds that keeps people from using a page: the serious and the critical, each with its place."""
    if not AXE.is_file():
        # `make test` installs it; where there is no network, or pytest is called by itself, it may be missing.
        pytest.skip("npm packages are not installed (make npm): axe-core")
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]
