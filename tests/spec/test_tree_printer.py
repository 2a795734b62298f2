from __future__ import annotations

from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source
from skipgate.spec.tree_printer import tree_text


def test_each_node_has_a_line_with_its_place_and_its_plain_values() -> None:
    tree = parse(Source("m.gate", 'model m\n\nvar x : 0..3 = 1 "a counter"'))
    assert tree_text(tree) == (
        "File\n"
        "  declarations:\n"
        "    ModelDecl [1:1]\n"
        "      name: Identifier [1:7] text='m'\n"
        "    VarDecl [3:1] choice=False\n"
        "      name: Identifier [3:5] text='x'\n"
        "      type: RangeType [3:9]\n"
        "        low: Number [3:9] value=0\n"
        "        high: Number [3:12] value=3\n"
        "      initial: Number [3:16] value=1\n"
        "      description: Description [3:18]\n"
        "        parts:\n"
        "          'a counter'\n"
    )


def test_pairs_are_set_off_from_each_other() -> None:
    tree = parse(Source("m.gate", "invariant I if true then 1 elif false then 2 else 3"))
    branches = tree_text(tree).split("branches:\n")[1].splitlines()
    assert [line.strip() for line in branches[:4]] == [
        "-: Boolean [1:16] value=True",
        "-: Number [1:26] value=1",
        "-: Boolean [1:33] value=False",
        "-: Number [1:44] value=2",
    ]
