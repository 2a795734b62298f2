from __future__ import annotations

from skipgate.checker.core.values import RecordValue
from skipgate.traces.differences import Edited, Replaced, Spliced
from skipgate.traces.flow import GAP, Item, binding, changed, flow, reminder


def point(x: int, y: int) -> RecordValue:
    return RecordValue("Point", (("x", x), ("y", y)))


def test_items_stand_beside_each_other_while_they_fit() -> None:
    items = [Item(["aaa"], 3), Item(["bbb"], 3), Item(["ccc"], 3)]
    assert flow(items, 17) == [f"aaa{GAP}bbb{GAP}ccc"]
    assert flow(items, 16) == [f"aaa{GAP}bbb", "ccc"]
    assert flow(items, 2) == ["aaa", "bbb", "ccc"]
    assert flow([], 10) == []


def test_an_item_of_several_lines_stands_alone() -> None:
    items = [Item(["a"], 1), Item(["b", "c"], 1), Item(["d"], 1), Item(["e"], 1)]
    assert flow(items, 100) == ["a", "b", "c", f"d{GAP}e"]


def test_names_of_fields_go_if_they_do_not_fit() -> None:
    grey = '<FONT COLOR="#555555">{}</FONT>'
    change = Replaced("p", point(1, 2), point(3, 4))
    assert changed(change, 60).lines == [f"p: {grey.format('Point(x = 1, y = 2)')} → Point(x = 3, y = 4)"]
    assert changed(change, 40).lines == [f"p: {grey.format('Point(1, 2)')} → Point(3, 4)"]
    assert changed(change, 24).lines == [grey.format("p: Point(1, 2)"), f"{GAP}→ Point(3, 4)"]
    assert binding("p", point(1, 2), 30).lines == ["p = Point(x = 1, y = 2)"]
    assert binding("p", point(1, 2), 20).lines == ["p = Point(1, 2)"]


def test_sets_and_sequences() -> None:
    assert changed(Edited("s", (1,), (2, 3)), 40, strong=True).lines == ["<B>s</B>: + 2, 3  − 1"]
    assert changed(Spliced("q[1..2]", (point(1, 2), point(3, 4)), ()), 40).lines == [
        "q[1..2]: − Point(1, 2), Point(3, 4)"
    ]


def test_what_does_not_fit_at_all_takes_three_lines() -> None:
    item = binding("q", tuple(range(100)), 30, strong=True)
    assert len(item.lines) == 3 and item.lines[0].startswith("<B>q</B> = [0, 1")
    assert item.lines[2].endswith("…")


def test_a_reminder_is_short() -> None:
    assert reminder("q", (1, 2)).lines == ["q = [1, 2]"]
    item = reminder("q", tuple(range(100)))
    assert 55 < item.columns == len(item.lines[0]) <= len("q = ") + 60
