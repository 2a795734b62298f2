"""What is printed fits 80 columns, where it is not text of a user or a path, also if it goes to a file."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate.base.console import sentence
from skipgate.cli.main import cli
from tests.docs.test_commands import commands

Run = Callable[..., Result]

_PATH = r"[\w./*-]+\.(svg|gate|json|html|dot|txt)\b"
MODELS = Path("models").resolve()
# What is slow prints more of the same: it has more models in a table.
CALLS = [
    "check models/examples models/classic/simple_allocator.gate --out out",
    "check models/examples/mutual_exclusion.gate --cross-check --coverage",
    "check models/elastickv/lease_reads.gate --check without_restarted_nodes_wait --out out",
    "check models/cold_start/leader.gate models/cold_start/batches.gate --check v0",
    "matrix models/examples",
    "matrix models/elastickv/route_fence.gate --check 'today_re*'",
    pytest.param("matrix models/examples models/cold_start/batches.gate", marks=pytest.mark.slow),
    "explain models/examples/mutual_exclusion.gate --check flags_only",
    "simulate models/elastickv/lease_reads.gate --check without_own_term_first --seed 1 --walks 200",
    "lint models/examples",
    pytest.param("lint models/examples models/cold_start/observer.gate", marks=pytest.mark.slow),
    "tests models/examples/mutual_exclusion.gate --check peterson",
]
TRACES = [("", ""), ("--fold", ""), ("--full", ""), ("--lanes", "Node"), ("--only", "log,applied")]


def too_wide(result: Result) -> list[str]:
    """The lines of more than 80 columns that could be broken: a path, and a command to be copied, cannot.

    A diagnostic stands on one line behind its place, for editors and the like; so does a note or a hint below it.
    """
    return [
        line
        for line in result.stdout.splitlines()
        if len(line) > 80 and not re.search(_PATH, line) and not line.startswith(("  skipgate ", "     = "))
    ]


@pytest.fixture
def models(run: Run) -> Run:
    Path("models").symlink_to(MODELS)
    return run


@pytest.mark.parametrize("call", CALLS)
def test_what_a_command_prints(models: Run, call: str) -> None:
    result = models(*shlex.split(call))
    assert result.exit_code in (0, 1, 3), result.output
    assert result.stdout and too_wide(result) == []


def test_traces(models: Run) -> None:
    call = "check models/elastickv/lease_reads.gate --check without_own_term_first --out out"
    assert models(*shlex.split(call)).exit_code == 0
    (stored,) = Path("out").glob("*.itf.json")
    for option, value in TRACES:
        result = models("trace", stored, *filter(None, (option, value)))
        assert result.exit_code == 0 and too_wide(result) == [], option


@pytest.mark.parametrize(("model", "check"), [("elastickv/lease_reads", "today"), ("classic/raft", "elections")])
def test_a_walk_by_commands(models: Run, model: str, check: str) -> None:
    typed = "help\nactions\nrandom 5\nactions\nproperties\nstate\nwalk\n"
    result = models("repl", f"models/{model}.gate", "--check", check, "--seed", "1", input=typed)
    assert result.exit_code == 0 and too_wide(result) == []


HELPS = [("skipgate", cli), *commands(cli, "skipgate")]


@pytest.mark.parametrize("path", [path for path, _ in HELPS])
def test_helps(run: Run, path: str) -> None:
    result = run(*path.split()[1:], "--help")
    assert [line for line in result.stdout.splitlines() if len(line) > 80] == []


def test_a_sentence_is_broken_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert sentence("one two three four five six") == "one two three four\n  five six"
    assert sentence("a/very/long/path/that/stays.gate: is wrong") == "a/very/long/path/that/stays.gate:\n  is wrong"
    assert sentence(": two three four five", first=9) == ": two three\n  four five"
    assert sentence("  skipgate check lock.gate --check two_steps") == "  skipgate check lock.gate --check two_steps"
    assert sentence("say so by `x in y or z`") == "say so by\n  `x in y or z`"
    assert sentence("`this is too long for a line`") == "`this is too long\n  for a line`"
    assert sentence("a well-known name") == "a well-known name"
