"""What TLC's messages mean, on short outputs in its form; and what is said when it cannot be asked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from skipgate.checker.tla.tlc import Tlc, TlcError, TlcRefusal, TlcReport, read_report


def message(number: int, text: str, kind: int = 0) -> str:
    """A message of TLC with `-tool`; of the kinds, 1 is an error and 4 a state."""
    return f"@!@!@STARTMSG {number}:{kind} @!@!@\n{text}\n@!@!@ENDMSG {number} @!@!@\n"


def states(count: int) -> str:
    """A trace of so many states."""
    shown = (
        message(2217, f"{i + 1}: <step line 5, col 1 to line 9, col 3 of module m>\nx = {i}\n", 4) for i in range(count)
    )
    return message(2121, "The behavior up to this point is:", 1) + "".join(shown)


BEGIN = message(2262, "TLC2 Version 2.15 of Day Month 20??") + message(2185, "Starting... (2026-01-01 00:00:00)")
INITIAL = message(2189, "Computing initial states...")
BEGUN = INITIAL + message(2190, "Finished computing initial states: 1 distinct state generated at 2026-01-01 00:00:00.")
COUNTS = message(2199, "56836 states generated, 18277 distinct states found, 0 states left on queue.")
DEPTH = message(2194, "The depth of the complete state graph search is 19.")
END = message(2186, "Finished in 1523ms at (2026-01-01 00:00:01)")
DONE = message(2193, "Model checking completed. No error has been found.") + COUNTS + DEPTH + END


def test_a_complete_search() -> None:
    report = read_report(BEGIN + BEGUN + DONE)
    assert report == TlcReport("complete", generated=56836, distinct=18277, depth=19)


def test_what_the_module_prints() -> None:
    printed = '<<"skipgate", 3, 7>>\n<< "other" >>\n'
    assert read_report(BEGIN + BEGUN + printed + DONE).printed == (("skipgate", "3", "7"), ("other",))


@pytest.mark.parametrize(
    ("number", "text", "length", "wanted"),
    [
        (2110, "Invariant Small is violated.", 3, TlcReport("violation", "Small", 3)),
        (2107, "Invariant Small is violated by the initial state:\nx = 9\n", 0, TlcReport("violation", "Small", 1)),
        (2112, "Action property Up is violated.", 2, TlcReport("violation", "Up", 2)),
        (2108, "Property Starts is violated by the initial state:\nx = 9\n", 0, TlcReport("violation", "Starts", 1)),
        (2114, "Deadlock reached.", 4, TlcReport("deadlock", None, 4)),
        (2116, "Temporal properties were violated.\n", 5, TlcReport("temporal", None, 5)),
    ],
)
def test_violations(number: int, text: str, length: int, wanted: TlcReport) -> None:
    report = read_report(BEGIN + BEGUN + message(number, text, 1) + (states(length) if length else "") + COUNTS + END)
    assert (report.outcome, report.named, report.length) == (wanted.outcome, wanted.named, wanted.length)


def test_an_expression_without_a_value() -> None:
    error = message(1000, 'TLC threw an unexpected exception.\nThe error was: "get of none"', 1)
    report = read_report(BEGIN + BEGUN + error + states(2) + COUNTS + END)
    assert (report.outcome, report.length) == ("error", 2)
    assert read_report(BEGIN + BEGUN + error + END).length is None
    assert read_report(BEGIN + INITIAL + error + END).length == 0  # no initial state is known


def test_a_message_within_a_message() -> None:
    inner = message(2103, "Attempted to apply Head to the empty sequence.", 1)
    report = read_report(
        BEGIN + BEGUN + message(1000, f"TLC threw an unexpected exception.\n{inner}", 1) + states(1) + END
    )
    assert report.outcome == "error"
    assert "Attempted to apply Head" in report.text and "MSG" not in report.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            BEGIN + BEGUN + message(2000, "Overflow when computing 2000000000+2000000000", 1) + END,
            "its numbers have 32 bits",
        ),
        (BEGIN + BEGUN + "java.lang.OutOfMemoryError: Java heap space\n", "it ran out of memory"),
        ("Exception in thread main java.lang.StackOverflowError\n", "an expression is nested too deeply for it"),
        (BEGIN + BEGUN + COUNTS.replace("0 states left", "3 states left") + DEPTH, "states left on queue"),
        (BEGIN + BEGUN + COUNTS, "distinct states found"),
        ("Error: could not find or load main class\n", "could not find or load main class"),
        ("", "it ends without a word"),
    ],
)
def test_no_answer(text: str, said: str) -> None:
    with pytest.raises(TlcError, match=said):
        read_report(text)


def test_what_tlc_does_not_take() -> None:
    parse = '***Parse Error***\nWas expecting "==== or more Module body"\nEncountered "+" at line 3\n\n'
    with pytest.raises(TlcRefusal, match="Was expecting"):
        read_report(BEGIN + parse + message(3002, "Parsing or semantic analysis failed.", 1) + END)
    with pytest.raises(TlcRefusal, match="Inv is not defined"):
        read_report(BEGIN + message(2171, "The invariant Inv is not defined in the specification.", 1) + END)


# -------------------------------------------------------------------------------------------- before it is started


def jar(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return path


def trouble(tlc: Tlc) -> str:
    with pytest.raises(TlcError) as raised:
        tlc.look()
    return str(raised.value)


def test_what_is_missing_is_said_before(tmp_path: Path) -> None:
    whole = jar(tmp_path / "tla2tools.jar", "tlc2/TLC.class")
    Tlc(whole, java="true").look()
    assert (
        trouble(Tlc(whole, java="no-such-program"))
        == "there is no program `no-such-program`: TLC needs Java 11 or newer"
    )
    other = jar(tmp_path / "other.jar", "Main.class")
    assert trouble(Tlc(other, java="true")) == f"{other} does not contain TLC: it should be a tla2tools.jar"
    broken = tmp_path / "broken.jar"
    broken.write_bytes(whole.read_bytes()[:-30])
    assert trouble(Tlc(broken, java="true")).startswith(f"{broken} does not contain TLC")
    assert (
        trouble(Tlc(tmp_path / "none.jar", java="true"))
        == f"{tmp_path / 'none.jar'} cannot be read: no such file or directory"
    )
