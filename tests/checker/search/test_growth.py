"""A search that grows without end in sight says so; one that ends soon does not, and neither does a shipped model."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import ready_file
from skipgate.checker.native import tiers
from skipgate.checker.search import explore as explore_module
from skipgate.checker.search import growth
from skipgate.checker.search.explore import Search, conclude
from skipgate.checker.search.growth import Growth, growing
from skipgate.checker.search.limits import Budget, Progress
from skipgate.checker.search.options import SearchOptions
from tests.checker.specs import kernels_of
from tests.planted import Mutant, applied

MODELS = Path(__file__).parents[3] / "models"

CLOCK = """
var t : 0..1_000_000 = 0
var b : 0..3 = 0
action tick when t < 1_000_000 then t' = t + 1
action flip then b' in 0..3
"""


SHRINKING = """
var t : 0..1_000_000 = 0
var b : 0..60 in 0..60
action tick when t < 20 + b then t' = t + 1
"""


def grown(text: str, most: int = 500) -> Growth | None:
    """What is said to grow when so many states were found."""
    search = Search(kernels_of(text), SearchOptions(budget=Budget(max_states=most)))
    conclude(search)
    return search.growth()


def test_a_number_that_rises() -> None:
    found = grown(CLOCK)
    assert found == Growth("t", False, (63, 62), (125, 124), 1_000_000)
    assert str(found) == (
        "the search grows without end in sight: no level is smaller than the one before, and `t` rises with the depth, "
        "from 62 at 63 to 124 at 125, and may reach 1,000,000; give it a smaller type, or bound it by a `constraint`"
    )


def test_a_collection_that_fills() -> None:
    found = grown("var q : seq[500] of 0..2 = [] action put(x in 0..0) when len(q) < 500 then q' = q + [x]", 40)
    assert found is not None
    assert (found.variable, found.elements, found.limit) == ("q", True, 500)
    assert "the size of `q` rises" in str(found)


def test_a_number_within_a_map_of_records() -> None:
    text = """
    record Item { at : 0..90_000, kind : bool }
    var m : map[bool] of Item = map k in bool: Item(at = 0, kind = false)
    action up when m[true].at < 90_000 then m'[true].at = m[true].at + 1
    """
    found = grown(text, 40)
    assert found is not None
    assert (found.variable, found.limit) == ("m", 90_000)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("the end is near", CLOCK.replace("1_000_000", "600")),
        ("a constraint bounds it", CLOCK + "constraint Soon t <= 400"),
        ("it does not rise", "var t : 0..999_982 = 0 action hop then t' = (t * 7 + 3) mod 999_983"),
        ("levels get smaller", SHRINKING),
    ],
)
def test_what_is_not_said_to_grow(what: str, text: str) -> None:
    assert grown(text, 2000) is None, what


def test_of_a_few_levels_nothing_is_told() -> None:
    assert grown(CLOCK, 40) is None


@pytest.mark.parametrize("engine", ["python", "native"])
@pytest.mark.parametrize("threads", [1, 2])
def test_it_is_said_at_the_end_if_a_limit_ended_the_search(engine: str, threads: int) -> None:
    options = SearchOptions(budget=Budget(max_states=9000), engine=engine, threads=threads)  # type: ignore[arg-type]
    (note,) = tiers.explore(kernels_of(CLOCK), options).notes
    assert note.startswith("the search grows without end in sight: no level is smaller") and "`t` rises" in note


def test_a_search_to_the_end_says_nothing() -> None:
    assert tiers.explore(kernels_of(CLOCK.replace("1_000_000", "300")), SearchOptions()).notes == []


def test_it_is_said_while_the_search_goes_on() -> None:
    seen: list[Progress] = []
    with patch.object(explore_module, "_BEFORE_GROWTH", 0.0):
        search = Search(kernels_of(CLOCK), SearchOptions(budget=Budget(max_states=20_000)), seen.append)
        conclude(search)
    assert seen[-1].growing == "`t` grows without end"


def test_a_short_search_is_not_looked_at() -> None:
    """What takes less than some seconds spends no time on this."""
    with patch.object(explore_module, "growing", side_effect=AssertionError):
        conclude(Search(kernels_of(CLOCK.replace("1_000_000", "900")), SearchOptions(), lambda _: None))


class _First:
    """The first levels of a search."""

    def __init__(self, search: Search, count: int) -> None:
        self.search, self.count = search, count

    def level_sizes(self) -> list[int]:
        return self.search.level_sizes()[: self.count]

    def sample(self, level: int, most: int) -> list[tuple[int, ...]]:
        return self.search.sample(level, most)


@pytest.mark.parametrize(
    "file", ["classic/raft.gate", "classic/ewd998.gate", "elastickv/hlc.gate", "cold_start.gate", "elastickv/occ.gate"]
)
def test_no_shipped_model_is_said_to_grow_wherever_it_is_stopped(file: str) -> None:
    for check in ready_file(MODELS / file, RunOptions(discharge=False)).checks:
        if check.kernels is not None:
            search = Search(check.kernels, SearchOptions(budget=Budget(max_states=4000)))
            conclude(search)
            for count in range(len(search.level_sizes()) + 1):
                assert growing(check.model, check.kernels.layout, _First(search, count)) is None, (check.name, count)


def test_planted_faults_are_noticed() -> None:
    faults = [
        ("later < earlier for", "later > earlier for"),
        ("> depth * (row[-1] - row[0])", "> 0"),
        ("if variable.name not in bounded", "if variable.name"),
    ]
    for old, new in faults:
        mutant = Mutant(old, growth.growing, old, new, lambda _: None)
        with applied(mutant):
            wrong = [grown(CLOCK) is None]
            wrong.append(grown(CLOCK.replace("1_000_000", "200")) is not None)
            wrong.append(grown(SHRINKING, 2000) is not None)
            wrong.append(grown(CLOCK + "constraint Soon t <= 400") is not None)
        assert any(wrong), old
