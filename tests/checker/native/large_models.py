"""Random models with up to some ten thousand states: counters with arithmetic conditions.

Those of `random_models` try the whole language and have few states. These try what a large search does: several words
a state, wide levels, constraints, violations of every kind far from the start, states that many steps lead to.
"""

from __future__ import annotations

from random import Random


def large_model(rng: Random) -> str:
    """A model with a check called `c`."""
    count = rng.randint(2, 6)
    high = [rng.choice([1, 2, 3, 4, 6, 9]) for _ in range(count)]
    wide = rng.random() < 0.5
    lines = [f"var x{i} : 0..{top} = {rng.randint(0, top)}" for i, top in enumerate(high)]
    if wide:  # more than a word a state
        lines += [f"var w{i} : 0..{2**40} = {rng.choice([0, 2**39])}" for i in range(rng.randint(1, 3))]
        wides = sum(line.startswith("var w") for line in lines)
    if rng.random() < 0.3:
        lines.append(f"var y : 0..5 in {{{', '.join(str(rng.randint(0, 5)) for _ in range(3))}}}")

    def linear() -> str:
        parts = [f"{rng.randint(1, 9)} * x{i}" for i in rng.sample(range(count), rng.randint(1, count))]
        return f"({' + '.join(parts)} + {rng.randint(0, 9)})"

    def condition(share: float) -> str:
        modulus = rng.randint(2, 60)
        return f"{linear()} mod {modulus} {rng.choice(['<', '<='])} {int(modulus * share)}"

    for number in range(rng.randint(3, 7)):
        changes = []
        for i in rng.sample(range(count), rng.randint(1, min(2, count))):
            if rng.random() < 0.06:
                changes.append(f"x{i}' = x{i} + 1")  # has no value at the top
            else:
                changes.append(f"x{i}' = ({linear()} + p) mod {high[i] + 1}")
        if wide and rng.random() < 0.5:
            i = rng.randrange(wides)
            changes.append(f"w{i}' = (w{i} * {rng.choice([3, 5])} + x0) mod {rng.choice([7, 2**40 + 1])}")
        lines.append(f"action a{number}(p in 0..{rng.randint(0, 3)})\n  when {condition(rng.choice([0.3, 0.6, 0.9]))}")
        lines.append("  then " + "\n       ".join(changes))
    if rng.random() < 0.4:
        lines.append(f"constraint Inside\n  {condition(0.97)}")
    if rng.random() < 0.2:
        lines.append(f"terminal when {condition(0.5)}")
    for number in range(rng.randint(0, 4)):
        lines.append(f"invariant I{number}\n  {condition(0.3)} => {linear()} mod {rng.randint(50, 4000)} > 0")
    if rng.random() < 0.4:
        lines.append(f"transition T\n  {condition(0.5)} => x0' * 7 + x1' * 3 != {rng.randint(0, 60)} + x1 * 2")
    lines.append(f"cover C\n  {linear()} mod 97 == {rng.randint(0, 96)}")
    lines.append("check c\n  expect holds")
    return "\n".join(lines) + "\n"
