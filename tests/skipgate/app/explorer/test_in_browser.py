"""The explorer in a real browser."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import browser, faults_of_access

MODEL = ["models/examples/mutual_exclusion.gate", "--check", "flags_only"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an explorer that runs as a user would start it, and that Ctrl-C ends."""
    import signal

    command = [sys.executable, "-m", "skipgate", "explore", *MODEL]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Exploring mutual_exclusion, check flags_only: http://127.0.0.1:")
        yield line.split()[-1]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=600) == 0


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    said: list[str] = []
    asked: list[str] = []
    with browser() as started:
        opened = started.new_page()
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(address)
        expect(opened.locator("#walk li")).to_have_count(1)
        yield opened
        assert said == []
        assert [each for each in asked if not each.startswith(address)] == []


def choose(page: Page, name: str) -> None:
    page.locator("#offers").get_by_role("button", name=name).click()


def test_a_walk_is_made_step_by_step_and_its_address_restores_it(page: Page) -> None:
    choose(page, "raise_flag(p = Process1)")
    expect(page.locator("#walk li")).to_have_count(2)
    expect(page.locator("#walk li").last).to_contain_text("place[Process1]: outside → arriving")
    page.keyboard.press("1")
    expect(page.locator("#walk li")).to_have_count(3)
    kept = page.url
    page.keyboard.press("Backspace")
    expect(page.locator("#walk li")).to_have_count(2)
    page.goto("about:blank")
    page.goto(kept)
    expect(page.locator("#walk li")).to_have_count(3)


def test_what_cannot_happen_says_why(page: Page) -> None:
    expect(page.locator(".unable", has_text="leave")).to_contain_text("place[p] == inside is false")


def test_on_to_the_nearest_violation_and_to_where_something_is_true(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("exists p in Process: place[p] == inside")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("inside")
    expect(page.locator("#walk li")).to_have_count(4)
    page.get_by_role("link", name="start again").click()
    expect(page.locator("#walk li")).to_have_count(1)
    page.keyboard.press("v")
    expect(page.locator("#walk li")).to_have_count(5)
    expect(page.locator("#message")).to_contain_text("a deadlock")


def test_an_expression_is_evaluated_along_the_walk(page: Page) -> None:
    choose(page, "raise_flag(p = Process1)")
    page.keyboard.press("e")
    page.keyboard.type("len({p for p in Process where flag(p)})")
    page.keyboard.press("Enter")
    expect(page.locator("#walk .asked")).to_have_text(
        ["len({p for p in Process where flag(p)}) = 0", "len({p for p in Process where flag(p)}) = 1"]
    )
    page.locator("#ask").fill("flagg")
    page.keyboard.press("Enter")
    expect(page.locator("#answers .reason")).to_contain_text("unknown name flagg")


def test_variables_are_chosen_by_name_and_the_address_keeps_them(page: Page) -> None:
    choose(page, "raise_flag(p = Process1)")
    expect(page.locator("#walk li")).to_have_count(2)
    page.locator("#only").fill("turn")
    expect(page.locator("#state tr:has(> th)")).to_have_text(["turnProcess1"])
    expect(page.locator("#walk .change")).to_have_count(0)
    kept = page.url
    assert "only=turn" in kept
    page.goto("about:blank")
    page.goto(kept)
    expect(page.locator("#only")).to_have_value("turn")
    expect(page.locator("#state tr")).to_have_count(1)
    page.locator("#only").fill("")
    expect(page.locator("#walk .change")).to_have_count(1)


def test_axe_finds_no_serious_fault(page: Page) -> None:
    choose(page, "raise_flag(p = Process1)")
    expect(page.locator("#walk li")).to_have_count(2)
    assert faults_of_access(page) == []
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def status(address: str, **headers: str) -> int:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code


def test_nobody_gets_in_without_the_token_or_by_another_name(address: str) -> None:
    root = address.rsplit("/", 2)[0]
    assert status(address) == 200
    assert status(f"{root}/") == 404
    assert status(f"{root}/guess/walk") == 404
    assert status(address, Host="elsewhere.example") == 400


@pytest.mark.parametrize("query", ["choices=x", "choices=99", "choices=0.0.9999", "choices=-1", "choices=0..1"])
def test_a_walk_that_is_not_there_is_refused(address: str, query: str) -> None:
    assert status(f"{address}walk?{query}") == 400
