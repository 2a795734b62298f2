"""The counts in docs/symmetry.md are those that come out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.spec.confinement import allowed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "symmetry.md"
MODELS = {
    # What the first column says: the model, its sort, and the constants; `{}` is the number of values.
    "two_phase_commit": ("examples/two_phase_commit.gate", "Manager", "MANAGERS = {}"),
    "hlc": ("elastickv/hlc.gate", "Node", "enable_safety = true, NODES = {}"),
    "hlc, also": ("elastickv/hlc.gate", "Node", "enable_safety = true, OPS = 4, MAX_WALL = 4, NODES = {}"),
}
LARGE = 10_000  # states, from which on it is left to `make slow`


def rows() -> Iterator[tuple[str, int, int, int, int]]:
    """Model, values, states without and with symmetry, depth."""
    name = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace(",", "") for cell in line.strip("|").split("|")]
        if len(cells) == 8 and cells[1].isdigit():
            if cells[0]:
                name = re.sub(r"\[(\w+)\].*", r"\1", cells[0]).split(" `")[0]
                name = "hlc, also" if name == "hlc also" else name
            yield name, int(cells[1]), int(cells[2]), int(cells[4]), int(cells[7])


CASES = [
    pytest.param(name, values, states, symmetric, depth, marks=pytest.mark.slow if states > LARGE else ())
    for name, values, without, within, depth in rows()
    for states, symmetric in ((without, False), (within, True))
]


def test_the_page_has_a_table() -> None:
    assert {name for name, *_ in rows()} == set(MODELS)
    assert len(list(rows())) == 11


@pytest.mark.parametrize(("name", "values", "states", "symmetric", "depth"), CASES)
def test_states_and_depth(tmp_path: Path, name: str, values: int, states: int, symmetric: bool, depth: int) -> None:
    model, sort, constants = MODELS[name]
    file = tmp_path / "main.gate"
    file.write_text(
        f'import "{(ROOT / "models" / model).as_posix()}"\ncheck c\n  with {constants.format(values)}\n'
        f"{f'  symmetry {sort}' if symmetric else ''}\n  expect holds\n",
        encoding="utf-8",
    )
    with allowed(ROOT / "models"):
        (result,) = check_file(file).checks
    assert (result.verdict, result.distinct, result.depth) == ("holds", states, depth)
