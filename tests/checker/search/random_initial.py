"""Random models with conditions on their initial states."""

from __future__ import annotations

from random import Random

from tests.checker.random_models import Generator

_SMALL = ["bool", "0..3", "0..2", "set of 0..1", "option of 0..1", "map[0..1] of bool"]


def initial_text(rng: Random) -> str:
    """A model whose variables can begin with many values, and conditions on these."""
    generator = Generator(rng)
    generator.declare_variables(1, 0)
    lines = generator.world.lines
    numbers = []
    for i in range(rng.randint(2, 4)):
        type_ = rng.choice(["0..3", "0..3", "0..3", *_SMALL])
        shared = f" where k != {rng.choice(numbers)}" if numbers and rng.random() < 0.5 else ""
        if type_ == "0..3" and (not numbers or rng.random() < 0.6):
            lines.append(f"var z{i} : 0..3 in {{k for k in 0..3{shared}}}")
            numbers.append(f"z{i}")
        elif type_ == "0..3" and numbers:
            before = numbers[-1]
            if rng.random() < 0.6:
                lines.append(f"var z{i} : 0..3 = 6 div {before} mod 4")
                # Where the value does not exist, the condition is false without it.
                lines.append(f"initially not ({before} == 0 or z{i} == 2)")
            else:
                lines.append(f"var z{i} : 0..3 = 3 - {before}")
            numbers.append(f"z{i}")
        else:
            lines.append(f"var z{i} : {type_} in {type_}")
    for _ in range(rng.randint(1, 3)):
        lines.append(f"initially {condition(rng, generator, numbers)}")
    lines += ["action stay", "terminal when true", f"invariant Some {generator.predicate(generator.scope(), 1)}"]
    return "\n".join([*lines, "check c expect holds"]) + "\n"


def condition(rng: Random, generator: Generator, numbers: list[str]) -> str:
    """A condition, with an `and` at its top now and then, one side of which may be what lets the other have a value."""
    parts = [generator.predicate(generator.scope(), 1)]
    if numbers:
        n, k = rng.choice(numbers), rng.choice(numbers)
        parts = [f"{n} <= {k}", f"{n} != 0 and 6 div {n} > 1", f"3 div {n} != 2", f"{n} > 0"]
        parts += [f"not ({n} == 0 or {k} == 2)", f"{n} == 0 or {n} + {k} == 3", rng.choice([*parts, "true"])]
    rng.shuffle(parts)
    return rng.choice([" and ", " or ", " or "]).join(f"({part})" for part in parts[: rng.randint(1, 3)])
