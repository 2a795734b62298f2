"""Writes the table of docs/classics.md: how many states skipgate and TLC find in each classic, and in what time.

    python -m benchmarks.classics

Both are whole processes, one after the other, and the time is that of the processors. TLC is asked about what
`skipgate export tla` writes, and goes on behind violations as skipgate does.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tools import tlc_jar
from skipgate.checker.tla.tlc import sizes
from skipgate.spec import syntax as s
from skipgate.spec.passes import read
from skipgate.spec.specification import Specification

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "classics.md"
_HEAD = "| check | what is expected | states | TLC's states | seconds | TLC's seconds |\n|---|---|---|---|---|---|\n"


def classics() -> list[Path]:
    """The files in models/classic that have checks."""
    files = sorted((ROOT / "models" / "classic").rglob("*.gate"))
    return [path for path in files if re.search(r"^check ", path.read_text(encoding="utf-8"), re.MULTILINE)]


def main() -> None:
    """Measure all classics, and put the table between the marks of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split("<!-- measured -->\n")
    _, after = rest.split("<!-- end -->\n")
    rows = [_row(path, read(path), check) for path in classics() for check in read(path).checks if not check.tags]
    PAGE.write_text(f"{before}<!-- measured -->\n{_HEAD}{''.join(rows)}<!-- end -->\n{after}", encoding="utf-8")


def _row(path: Path, spec: Specification, check: s.CheckDecl) -> str:
    name = check.name.text
    pinned = next(pin.value for each in check.expectations for pin in each.pins if pin.kind == "states")
    own = _seconds([sys.executable, "-m", "skipgate", "check", str(path), "--check", name])[0]
    with TemporaryDirectory() as folder:
        export = ["export", "tla", str(path), "--check", name, "--out", folder]
        _seconds([sys.executable, "-m", "skipgate", *export])
        module = f"{spec.name}_{name}"
        # Liveness is decided at the end. If it is violated before, TLC ends with the states that it has seen by then.
        options = ["-continue", "-deadlock", "-lncheck", "final", "-workers", str(os.cpu_count())]
        call = ["java", "-cp", str(tlc_jar()), "tlc2.TLC", *options, "-metadir", f"{folder}/states", f"{module}.tla"]
        tlc, output = _seconds(call, folder)
    found = sizes(output)
    verdicts = [each for each in check.expectations if each.kind in ("holds", "violation")]
    expected = ", ".join(name.text for each in verdicts for name in each.names)
    told = f"violation of {expected}" if expected else "holds"
    link = f"[{path.stem}](../{path.relative_to(ROOT)})"
    theirs = f"{found[1]:_}" if found is not None and found[1] == pinned else "–"
    return f"| {link} `{name}` | {told} | {pinned:_} | {theirs} | {own:.1f} | {tlc:.1f} |\n"


def _seconds(call: list[str], folder: str | Path = ROOT) -> tuple[float, str]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


if __name__ == "__main__":
    main()
