"""The page in a real browser: sorted, searched, stepped through by keys, folded, laid out in lanes, printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from skipgate.app.artifacts import Artifacts
from skipgate.app.options import BatchOptions
from skipgate.app.page.report import publish
from skipgate.app.suite import RunReport, run
from skipgate.base.paths import ModelFile
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.result import CheckResult, Expectation, FileResult, PropertyResult
from tests.browser import browser, faults_of_access, watched
from tests.traces.long_walks import LONG, long_walk

MODELS = (Path(__file__).parent / "rounds.gate", Path("models/examples/mutual_exclusion.gate"))
DEFECT = "rounds.gate/hurried/NotOver"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a run over two files."""
    artifacts = Artifacts(tmp_path_factory.mktemp("out"))
    artifacts.prepare()
    report = run([ModelFile(path, True) for path in MODELS], BatchOptions(), artifacts=artifacts)
    publish(report, artifacts)
    assert artifacts.page is not None and artifacts.troubles == []
    return artifacts.page.as_uri()


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a run with coverage and witnesses."""
    artifacts = Artifacts(tmp_path_factory.mktemp("out"))
    artifacts.prepare()
    options = BatchOptions(run=RunOptions(coverage=True, witnesses=True))
    report = run([ModelFile(path, True) for path in MODELS], options, artifacts=artifacts)
    publish(report, artifacts)
    assert artifacts.page is not None and artifacts.troubles == []
    return artifacts.page.as_uri()


def violation(name: str, file: Path = MODELS[0]) -> str:
    return f"#/{quote(f'{file}/{name}')}"


def test_checks_are_searched_filtered_and_sorted(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as shown:
        page = shown.page
        rows = page.locator("#checks tbody tr:visible")
        expect(rows).to_have_count(5)
        page.keyboard.press("/")
        page.keyboard.type("entrance flags")
        expect(rows).to_have_count(1)
        expect(page.locator("#shown")).to_have_text("1 of 5 checks")
        page.locator("#search").fill("")
        page.locator("#standing").select_option("violated")
        expect(rows).to_have_count(4)
        page.locator("#standing").select_option("")
        page.get_by_role("button", name="States").click()
        states = [
            int(each)
            for each in page.locator("#checks tbody tr").evaluate_all("rows => rows.map(row => row.dataset.states)")
        ]
        assert states == sorted(states)
        page.get_by_role("button", name="States").click()
        expect(page.locator("#checks th[aria-sort=descending]")).to_have_count(1)


def test_the_picture_of_the_first_violation_is_one_click_away(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as shown:
        link = shown.page.get_by_role("link", name="picture").first
        picture = Path(address.removeprefix("file://")).parent / (link.get_attribute("href") or "")
        assert "<svg" in picture.read_text("utf-8")


def test_a_trace_is_walked_by_keys_and_its_address_restores_it(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as shown:
        page = shown.page
        page.get_by_role("link", name="NotOver").first.click()
        expect(page.locator("#viewer h2")).to_contain_text("invariant NotOver is violated in state 10")
        chosen = page.locator(".steps [aria-current=step] .count")
        expect(chosen).to_have_text("10")
        page.keyboard.press("ArrowUp")
        expect(chosen).to_have_text("9")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
        expect(chosen).to_have_text("2")
        expect(page.locator(".side")).to_contain_text("State 2")
        expect(page.locator(".side tr.changed")).to_contain_text("ticks")
        kept = page.url
        page.keyboard.press("Escape")
        expect(page.locator("#checks")).to_be_visible()
    with watched(chromium, kept) as again:
        expect(again.page.locator(".steps [aria-current=step] .count")).to_have_text("2")


def test_runs_of_one_action_are_folded(chromium: Browser, address: str) -> None:
    with watched(chromium, address + violation("hurried/NotOver")) as shown:
        page = shown.page
        expect(page.locator(".steps .step")).to_have_count(10)
        page.keyboard.press("f")
        expect(page.locator(".steps .step")).to_have_count(3)
        folded = page.locator(".steps .step").nth(1)
        expect(folded).to_contain_text("tick")
        expect(folded).to_contain_text("× 8")
        expect(folded.locator(".change")).to_have_text("ticks: 0 → 8")


def test_lanes_have_a_column_for_each_node(chromium: Browser, address: str) -> None:
    with watched(chromium, address + violation("hurried/Together")) as shown:
        page = shown.page
        page.keyboard.press("l")
        expect(page.locator(".lanes thead th")).to_have_text(["#", "Node1", "Node2", "others"])
        cells = page.locator(".lanes tbody tr").last.locator("td")
        expect(cells.nth(1)).to_contain_text("advance")
        expect(cells.nth(1)).to_contain_text("at: 0 → 1")
        expect(cells.nth(2)).to_have_text("")


def test_a_contrast_stands_beside_the_trace(chromium: Browser, address: str) -> None:
    with watched(chromium, address + violation("hurried/Together")) as shown:
        page = shown.page
        page.keyboard.press("c")
        expect(page.locator(".beside thead th")).to_have_text(["#", "hurried", "steady"])
        expect(page.locator(".beside tr.parting")).to_contain_text("cannot")


def test_variables_are_chosen_by_name(chromium: Browser, address: str) -> None:
    with watched(chromium, address + violation("hurried/Even")) as shown:
        page = shown.page
        expect(page.locator(".rule").first).to_be_visible()
        page.keyboard.press("/")
        page.keyboard.type("ticks")
        expect(page.locator(".side tr:visible th")).to_have_text(["ticks"])
        expect(page.locator(".steps .change", has_text="at[")).to_have_count(0)
        assert "only=ticks" in page.url


def test_keys_are_listed(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as shown:
        shown.page.keyboard.press("?")
        expect(shown.page.get_by_role("dialog")).to_be_visible()
        assert faults_of_access(shown.page) == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize(
    "where",
    [
        "",
        violation("hurried/Together"),
        violation("hurried/Even") + "?lanes=Node",
        violation("hurried/Together") + "?beside",
    ],
)
def test_axe_finds_no_serious_fault_and_nothing_is_wider_than_the_window(
    chromium: Browser, address: str, where: str, width: int, dark: bool
) -> None:
    with watched(chromium, address + where, width=width, dark=dark) as shown:
        assert faults_of_access(shown.page) == []
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_coverage_is_unfolded(chromium: Browser, covered: str) -> None:
    with watched(chromium, covered) as shown:
        page = shown.page
        section = page.locator(".coverage details", has_text="mutual_exclusion/peterson")
        expect(section.locator("table").first).to_be_hidden()
        section.locator("summary").click()
        enter = section.locator("tr.action", has_text="enter")
        expect(enter.locator("td")).to_have_text(["4", "4", "2", "36"])
        expect(section.locator("tr.obstacle", has_text="not place[p] == outside").locator("td")).to_have_text(["28"])
        expect(section.locator("table").nth(1).locator("tbody th")).to_have_text(["place", "turn"])
        expect(section.locator("table").nth(2).locator("tbody tr")).to_have_count(6)


def test_a_witness_is_looked_at_like_a_violation(chromium: Browser, covered: str) -> None:
    with watched(chromium, covered) as shown:
        page = shown.page
        row = page.locator("#checks tbody tr", has_text="mutual_exclusion/peterson")
        expect(row.locator("li")).to_have_text(["reached: Contention 5 states picture of Contention in peterson",
                                                "reached: Entry 5 states picture of Entry in peterson"])  # fmt: skip
        row.get_by_role("link", name="Entry", exact=True).click()
        expect(page.locator("#viewer h2")).to_have_text("cover Entry is reached in state 5")
        expect(page.locator(".why.reached")).to_contain_text("the last state reaches Entry")
        page.keyboard.press("ArrowUp")
        expect(page.locator(".steps [aria-current=step] .count")).to_have_text("4")
        page.get_by_role("link", name="all checks").click()
        expect(page.locator(".coverage")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_no_serious_fault_in_coverage(chromium: Browser, covered: str, width: int, dark: bool) -> None:
    with watched(chromium, covered, width=width, dark=dark) as shown:
        for summary in shown.page.locator(".coverage summary").all():
            summary.click()
        assert faults_of_access(shown.page) == []
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints(chromium: Browser, address: str) -> None:
    with watched(chromium, address + violation("hurried/Together")) as shown:
        assert shown.page.pdf().startswith(b"%PDF")
        shown.page.emulate_media(media="print")
        expect(shown.page.locator(".tools")).to_be_hidden()
        expect(shown.page.locator(".steps")).to_be_visible()


@pytest.fixture(scope="module")
def long_traces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of violations of 50 states with three nodes, by the type of the nodes."""
    artifacts = Artifacts(tmp_path_factory.mktemp("long"), formats=("svg",))
    artifacts.prepare()
    report, places = RunReport(), {}
    for type, (file, check) in LONG.items():
        trace = long_walk(file, check)
        found = PropertyResult(trace.property, "invariant", "violation", None, trace)
        result = CheckResult(
            file=file,
            model=trace.model,
            check=check,
            description=None,
            verdict="violation",
            expected=Expectation((trace.property,)),
            properties={trace.property: found},
            distinct=1,
            generated=1,
            depth=1,
            seconds=0.1,
            engine="bfs",
        )
        report.results.append(FileResult(file, (result,)))
        artifacts.write(result)
        places[type] = f"#/{quote(f'{file}/{check}/{trace.property}')}"
    publish(report, artifacts)
    assert artifacts.page is not None and artifacts.troubles == []
    return {type: artifacts.page.as_uri() + place for type, place in places.items()}


@pytest.mark.parametrize("type", LONG)
@pytest.mark.parametrize("dark", [False, True])
def test_fifty_states_with_three_nodes_fit_two_screens(
    chromium: Browser, long_traces: dict[str, str], type: str, dark: bool
) -> None:
    for query, most in (("", 2.0), ("?fold", 2.0), (f"?fold&lanes={type}", 2.3)):
        with watched(chromium, long_traces[type] + query, width=1280, height=800, dark=dark) as shown:
            shown.page.wait_for_selector("[data-last='49']")
            height = shown.page.evaluate("document.documentElement.scrollHeight")
            wide = shown.page.evaluate("document.documentElement.scrollWidth")
            assert height / 800 <= most, query
            assert wide <= 1280
    folder, model = Path(unquote(urlsplit(long_traces[type]).path)).parent, Path(LONG[type][0]).stem
    (picture,) = (each for each in folder.glob(f"{model}.*.svg") if ".contrast." not in each.name)
    with watched(chromium, picture.as_uri(), width=1280, height=800, dark=dark) as shown:
        size = "(({width, height}) => [width, height])(document.documentElement.getBoundingClientRect())"
        width, height = shown.page.evaluate(size)
        assert width <= 1280 and height <= 2 * 800
