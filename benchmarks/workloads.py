"""What is measured: models with the sizes of their state spaces, and the same models for TLC and SPIN.

The sizes of the models that have peers are those that TLC finds; here they are pinned, and every engine must find them
in every run. The modules and Promela models lie beside this file, written for this purpose to the same states.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.counts import Counts

HERE = Path(__file__).parent
MODELS = HERE.parent / "models"


@dataclass(frozen=True)
class TlaModule:
    """A module for TLC and what its configuration says. Its text is in `tla/`, unless other files are named."""

    name: str
    constants: Mapping[str, str] = field(default_factory=dict)
    invariants: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    constraint: str | None = None
    elsewhere: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the module."""
        return self.elsewhere or (HERE / "tla" / f"{self.name}.tla",)

    def configuration(self) -> str:
        """The text of TLC's configuration file."""
        lines = ["SPECIFICATION Spec"]
        lines += [f"CONSTANT {name} = {value}" for name, value in self.constants.items()]
        lines += [f"INVARIANT {name}" for name in self.invariants]
        lines += [f"PROPERTY {name}" for name in self.properties]
        lines += [] if self.constraint is None else [f"CONSTRAINT {self.constraint}"]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class ExportedModule:
    """The module that skipgate itself writes for a check.

    It is asked about all properties but the covers, which take skipgate time as well.
    """

    model: Path
    check: str

    def write(self, folder: Path) -> str:
        """Write the module and its configuration; the result is its name.

        What the module does to keep TLC from calling terminal states deadlocks is left out, as it would count as steps;
        so TLC must not look for deadlocks.
        """
        from skipgate.checker.checks.preparation import bounded
        from skipgate.checker.tla.module import export
        from skipgate.spec.passes import read

        spec = read(self.model)
        check = next(check for check in spec.checks if check.name.text == self.check)
        exported = export(spec, bounded(spec, check))
        claims = [claim for parts in exported.claims.values() for claim in parts]
        configuration = exported.searching(exported.step, [claim.setting for claim in claims])
        (folder / f"{exported.name}.tla").write_text(exported.text, encoding="utf-8")
        (folder / f"{exported.name}.cfg").write_text(configuration, encoding="ascii")
        return exported.name


@dataclass(frozen=True)
class Promela:
    """A model for SPIN in `promela/`, and the macros it is read with."""

    name: str
    constants: Mapping[str, int] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The Promela model."""
        return HERE / "promela" / f"{self.name}.pml"


@dataclass(frozen=True, eq=False)
class Workload:
    """A state space to be searched in full.

    The check is one of the model's own, unless `constants` are given: then it is one made of them. `counts` is None if
    the check's own pins are enough, since nobody else searches it.
    """

    name: str
    title: str
    model: Path
    check: str = "measured"
    constants: Mapping[str, str] = field(default_factory=dict)
    counts: Counts | None = None
    violated: bool = False  # some property is, and the search goes on past that
    tla: TlaModule | ExportedModule | None = None
    promela: Promela | None = None

    def specification(self) -> str:
        """A file whose only check has these constants."""
        values = ", ".join(f"{name} = {value}" for name, value in self.constants.items())
        return f'import "{self.model}"\n\ncheck {self.check}\n  with {values}\n  expect holds\n'


def identities(letter: str, count: int) -> str:
    """A set of so many model values, for TLC."""
    return "{" + ", ".join(f"{letter}{number}" for number in range(1, count + 1)) + "}"


def die_hard() -> Workload:
    """Die Hard's jugs."""
    return Workload(
        name="die_hard",
        title="Die Hard's jugs",
        model=MODELS / "examples" / "die_hard.gate",
        check="puzzle",
        counts=Counts(16, 97, 8),
        violated=True,
        tla=TlaModule("DieHard", invariants=("NotSolved",)),
        promela=Promela("die_hard"),
    )


def two_phase_commit(managers: int, counts: Counts) -> Workload:
    """Two-phase commit with so many resource managers."""
    return Workload(
        name=f"two_phase_commit_{managers}",
        title=f"two-phase commit, {managers} resource managers",
        model=MODELS / "examples" / "two_phase_commit.gate",
        constants={"MANAGERS": str(managers)},
        counts=counts,
        tla=TlaModule("TwoPhaseCommit", {"Manager": identities("m", managers)}, ("Consistent",)),
        promela=Promela("two_phase_commit", {"MANAGERS": managers}),
    )


def hlc(terms: int, ops: int, wall: int, counts: Counts) -> Workload:
    """elastickv's hybrid logical clock, in a size."""
    sizes = {"TERMS": terms, "OPS": ops, "MAX_WALL": wall}
    fixed = {"SKEW": 1, "WINDOW": 2, "LOGICAL_MAX": 1}
    return Workload(
        name=f"hlc_{terms}_{ops}_{wall}",
        title=f"elastickv's HLC, terms {terms}, ops {ops}, wall {wall}",
        model=MODELS / "elastickv" / "hlc.gate",
        constants={"enable_safety": "true", **{name: str(value) for name, value in sizes.items()}},
        counts=counts,
        tla=TlaModule(
            "HybridClock",
            {"Node": identities("n", 3), **{name: str(value) for name, value in (fixed | sizes).items()}},
            ("HLC1_PerNodeMonotonic", "HLC3_LeaderOnly", "HLC4_NoRegressionAcrossTerms"),
            ("HLC1_Action", "HLC2_Action"),
            "StateConstraint",
        ),
        promela=Promela("hlc", {"NODES": 3, **fixed, **sizes}),
    )


def deep_cold_start() -> Workload:
    """The repaired cold start, under larger bounds; TLC gets it from the exporter."""
    model, check = MODELS / "cold_start" / "repaired.gate", "repaired_follower_nosync_deep"
    return Workload(
        name="cold_start_deep",
        title="elastickv's cold start, repaired, a follower without syncs",
        model=model,
        check=check,
        counts=Counts(2_713_023, 6_668_457, 24),
        tla=ExportedModule(model, check),
    )


def cold_starts(number: int) -> tuple[Workload, ...]:
    """The checks of elastickv's cold start with the most states, the larger first."""
    found = []
    for model in sorted({*MODELS.glob("cold_start*.gate"), *MODELS.glob("cold_start/*.gate")}):
        for check, states in pinned_states(model.read_text(encoding="utf-8")):
            name = f"{model.stem}/{check}"
            found.append((states, name, Workload(name, f"elastickv's cold start, {name}", model, check)))
    return tuple(workload for _, _, workload in sorted(found, key=lambda each: each[:2])[: -number - 1 : -1])


def pinned_states(text: str) -> list[tuple[str, int]]:
    """The checks of a specification that say how many states they have, and these; but not those with a tag."""
    blocks = [b for b in re.split(r"^check +", text, flags=re.MULTILINE)[1:] if not re.search(r"^ +tag ", b, re.M)]
    found = [(re.match(r"\w+", block), re.search(r"\bstates +([\d_]+)", block)) for block in blocks]
    return [(name[0], int(states[1])) for name, states in found if name and states]
