"""Random checks over the whole language: files with a check called `c`, for engines of other people to search."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from skipgate.checker.core.datatypes import BOOL, SortType
from tests.checker.elaborate.test_refinement import random_pair
from tests.checker.liveness import random_models as small_graphs
from tests.checker.random_models import Generator, model_text
from tests.checker.search.random_initial import initial_text
from tests.checker.step_questions import with_questions
from tests.checker.symmetries import with_symmetry

Write = Callable[[Random, Path], Path]


def plain(rng: Random, folder: Path) -> Path:
    """Expressions of all kinds, in states that may lack a value; perhaps a constraint."""
    return _written(folder, model_text(rng, depth=rng.randint(1, 3)))


def scoped(rng: Random, folder: Path) -> Path:
    """A check that ignores deadlocks, or examines some properties alone."""
    text = model_text(rng, depth=rng.randint(1, 2))
    names = [*re.findall(r"^(?:invariant|transition|cover) (\w+)", text, re.MULTILINE), "deadlock"]
    scope = ["ignore deadlock", f"examine {', '.join(rng.sample(names, min(2, len(names))))}"][rng.randint(0, 1)]
    return _written(folder, text.replace("  expect holds", f"  {scope}\n  expect holds"))


def asking(rng: Random, folder: Path) -> Path:
    """Properties that ask whether actions are possible, or were taken."""
    return _written(folder, with_questions(model_text(rng, depth=rng.randint(1, 2))))


def branching(rng: Random, folder: Path) -> Path:
    """Actions with branches, choices and effects; perhaps with liveness under fairness of some."""
    generator = _generator(rng, branching=True)
    if rng.randint(0, 2) == 0:
        return _written(folder, "\n".join(_live(rng, generator)) + "\n")
    return _written(folder, "\n".join([*generator.world.lines, "check c", "  expect holds"]) + "\n")


def constrained(rng: Random, folder: Path) -> Path:
    """A model with a constraint that is true of some states."""
    generator = _generator(rng)
    inside = generator.predicate(generator.scope(), 1)
    lines = [*generator.world.lines, f"constraint Bounded {inside}", "check c", "  expect holds"]
    return _written(folder, "\n".join(lines) + "\n")


def symmetric(rng: Random, folder: Path) -> Path:
    """A model with symmetry over one sort or two."""
    sorts = [SortType("Node", rng.randint(2, 3)), *([SortType("Key", 2)] if rng.randint(0, 1) else [])]
    text = model_text(rng, depth=2, sorts=sorts)
    chosen = [sorts, sorts[:1], sorts[-1:]][rng.randint(0, 2)]
    return _written(folder, with_symmetry(text, *chosen))


def live(rng: Random, folder: Path) -> Path:
    """Liveness under fairness: of any graph, or of a model with expressions of all kinds."""
    if rng.randint(0, 1):
        return _written(folder, small_graphs.random_model(rng))
    return _written(folder, "\n".join(_live(rng, _generator(rng))) + "\n")


def _live(rng: Random, generator: Generator) -> list[str]:
    """The lines of a model with liveness under fairness of some of its actions."""
    lines = [_perhaps_fair(rng, line) for line in generator.world.lines]
    for i in range(rng.randint(1, 3)):
        kind = ["eventually", "always eventually", "eventually always", "leads to"][rng.randint(0, 3)]
        goal = generator.expression(BOOL, generator.scope(), 1)
        if kind == "leads to":
            lines.append(f"liveness Live{i} {generator.expression(BOOL, generator.scope(), 1)} leads to {goal}")
        else:
            lines.append(f"liveness Live{i} {kind} {goal}")
    return [*lines, "check c", "  expect holds"]


def begun(rng: Random, folder: Path) -> Path:
    """A model with conditions on its initial states."""
    return _written(folder, initial_text(rng))


def nested(rng: Random, folder: Path) -> Path:
    """Liveness that is said by formulas of any form that TLC can decide."""
    return _written(folder, small_graphs.random_model(rng, nested=True, for_tlc=True))


def refining(rng: Random, folder: Path) -> Path:
    """A model, and one that it may refine."""
    low, high = random_pair(rng)
    (folder / "high.gate").write_text(high, encoding="utf-8")
    return _written(folder, low)


def _generator(rng: Random, branching: bool = False) -> Generator:
    """Declarations of a small model, and one that can write expressions over them."""
    generator = Generator(rng)
    generator.branching = branching
    generator.declare_variables(generator.number(1, 3), 1)
    generator.declare_definitions(generator.number(0, 1), 1)
    for i in range(generator.number(1, 4)):
        generator.declare_action(i, generator.number(1, 2))
    generator.properties(1)
    return generator


def _perhaps_fair(rng: Random, line: str) -> str:
    if not line.startswith("action "):
        return line
    return ["", "fair ", "fair ", "strong fair "][rng.randint(0, 3)] + line


def _written(folder: Path, text: str) -> Path:
    path = folder / "low.gate"
    path.write_text(text, encoding="utf-8")
    return path
