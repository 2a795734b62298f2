"""The verdicts of TLC, where Java and the jar are there: on the models worked out by hand, and on random ones."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from benchmarks import tools
from checker.elaborate import elaborate
from checker.explore import Budget, explore
from checker.liveness.check import check_liveness
from checker.run import prepare
from checker.tla.module import export
from spec.specification import Specification, read
from tests.checker.liveness.random_models import random_model
from tests.checker.liveness.test_models import MODELS
from tests.checker.specs import specification

JARS = sorted(tools.folder().rglob("tla2tools.jar"))

pytestmark = [
    pytest.mark.differential,
    pytest.mark.slow,
    pytest.mark.skipif(not JARS or shutil.which("java") is None, reason="there is no TLC"),
]


def compare(spec: Specification, folder: Path) -> None:
    for number, check in enumerate(spec.checks):
        model = elaborate(spec, check)
        kernels = prepare(model)
        found = check_liveness(kernels, explore(kernels), Budget())
        made = export(spec, model)
        settings = [
            line for line in made.configuration().splitlines() if not line.startswith(("INVARIANT", "PROPERTY"))
        ]
        (folder / f"{made.name}.tla").write_text(made.text)
        for declared in model.liveness:
            lines = [*settings, *(f"PROPERTY {name}" for name in made.claims[declared.name].formulas)]
            (folder / f"{made.name}.cfg").write_text("\n".join(lines) + "\n")
            said = tlc(folder, made.name, f"{number}-{declared.name}")
            violated = re.search("Temporal properties were violated|violated by the initial state", said) is not None
            assert violated or "No error has been found" in said, said
            assert violated == (declared.name in found.traces), f"{check.name.text}, {declared.name}:\n{said}"


def tlc(folder: Path, module: str, run: str) -> str:
    """What TLC prints. Terminal states are told to it by a step to themselves, so it need not look for deadlocks."""
    command = ["java", "-XX:+UseSerialGC", f"-Djava.io.tmpdir={folder}", "-cp", JARS[-1], "tlc2.TLC", "-deadlock"]
    command += ["-workers", "1", "-metadir", folder / run, module]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False).stdout


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.gate")), ids=lambda path: path.stem)
def test_models_worked_out_by_hand(path: Path, tmp_path: Path) -> None:
    compare(read(path), tmp_path)


@pytest.mark.parametrize("seed", range(20))
def test_random_models(seed: int, tmp_path: Path) -> None:
    compare(specification(random_model(Random(seed))), tmp_path)
