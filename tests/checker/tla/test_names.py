"""Names: whatever a specification calls its own things, no name that our modules use by themselves means two things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import bounded
from skipgate.checker.tla.module import export
from skipgate.checker.tla.question import Question
from skipgate.checker.tla.tlc import Tlc
from skipgate.spec import parsing
from skipgate.spec.passes import read
from skipgate.spec.symbols import FUNCTIONS
from tests.checker.tla.second_opinion import needs_tlc

# A model in which something of everything is exported.
LANGUAGE = (Path(__file__).parent / "golden" / "language.gate").read_text(encoding="utf-8")
GRAMMAR = Path(parsing.__file__).parent / "grammar.lark"
KEYWORDS = set(re.findall(r'"([a-z]+)"', GRAMMAR.read_text(encoding="utf-8")))
KINDS = (
    "var {0} : 0..1 = 0",
    "def {0} : 0..1 = 1",
    "action {0} when n > 5 then n' = n",
    "const {0} : 0..1 = 1",
    "def taken_{0}({0} : 0..1) : 0..1 = {0}  invariant with_{0} forall {0} in 0..1: taken_{0}({0}) == {0}",
)


def texts(path: Path) -> str:
    """The exported module, and the one that asks."""
    spec = read(path)
    exported = export(spec, bounded(spec, spec.checks[0]), every_test=True)
    return exported.text + Question.about(exported).module


def names(text: str) -> set[str]:
    """The names in modules that a specification can use as well."""
    plain = re.sub(r'\\\*.*|"[^"\n]*"', " ", text)
    return set(re.findall(r"(?<![\\\w])[A-Za-z]\w*", plain)) - KEYWORDS - set(FUNCTIONS)


def with_names(shift: int, path: Path) -> set[str]:
    """Write a specification that declares all names that are used in its own modules, each as some kind of thing."""
    declared: list[str] = []
    text = LANGUAGE
    for _ in range(2):  # the names that give way to those of the first round are declared in the second
        path.write_text(text, encoding="utf-8")
        declared += sorted(names(texts(path)) - set(re.findall(r"\w+", text)))
        lines = [KINDS[(i + shift) % len(KINDS)].format(name) for i, name in enumerate(declared)]
        text = "\n".join([LANGUAGE, *lines])
    path.write_text(text, encoding="utf-8")
    return set(declared)


def test_names_that_only_the_asking_module_uses_are_its_own(tmp_path: Path) -> None:
    path = tmp_path / "m.gate"
    assert {"AskedFirst", "AskedStep", "Asked4", "TypeOK", "Once", "vars", "chosen"} <= with_names(0, path)
    spec = read(path)
    exported = export(spec, bounded(spec, spec.checks[0]), every_test=True)
    asked = Question.about(exported).module
    bound = set(re.findall(r"(\w+) \\in|^(\w+)(?:\(\w+\))? ==|^\w+\((\w+)\) ==", asked, re.MULTILINE))
    assert {name for group in bound for name in group if name} & exported.names == set()


@pytest.mark.differential
@needs_tlc
# Each of the others takes four seconds, most of them to start TLC, for the same names in other places.
@pytest.mark.parametrize("shift", [0, *(pytest.param(shift, marks=pytest.mark.slow) for shift in range(1, len(KINDS)))])
def test_tlc_finds_the_same_whatever_things_are_called(shift: int, tlc: Tlc, tmp_path: Path) -> None:
    path = tmp_path / "m.gate"
    assert len(with_names(shift, path)) > 80
    (result,) = check_file(path, RunOptions(against_tlc=tlc)).checks
    assert [comparison.nothing for comparison in result.comparisons] == [None]


@pytest.mark.differential
@needs_tlc
@pytest.mark.parametrize(("variable", "constant", "action"), [("i", "k", "n"), ("k", "n", "i"), ("n", "i", "k")])
def test_short_names_and_a_refinement_whose_module_is_called_as_the_one_that_asks(
    variable: str, constant: str, action: str, tlc: Tlc, tmp_path: Path
) -> None:
    (tmp_path / "abstract.gate").write_text(
        f"const {constant} : map[0..1] of 0..1 = map a in 0..1: a\nvar {variable} : 0..2 = 0\n"
        f"action {action} when {variable} < 1 + {constant}[1] then {variable}' = {variable} + 1\n"
    )
    (tmp_path / "m.gate").write_text(
        f"const {constant} : map[0..1] of map[0..1] of 0..1 = map a in 0..1: map b in 0..1: b\n"
        f"var {variable} : 0..2 = 0\nterminal when {variable} == 2\n"
        f"action {action} when {variable} < 1 + {constant}[0][1] then {variable}' = {variable} + 1\n"
        'refines asked "abstract.gate"\n'
        f"  with {constant} = map a in 0..1: a\ncheck c expect holds\n"
    )
    (result,) = check_file(tmp_path / "m.gate", RunOptions(against_tlc=tlc)).checks
    assert [comparison.nothing for comparison in result.comparisons] == [None]
