"""Random models with up to some ten thousand states: counters with arithmetic conditions.

Those of `random_models` try the whole language and have few states. These try what a large search does: several words
a state, wide levels, constraints, violations of every kind far from the start, states that many steps lead to.
"""

from __future__ import annotations

from random import Random

# What random models seldom do.
SPECIAL = [
    # The terminal condition cannot be evaluated in the only state without a successor.
    "var x : 0..9 = 9\naction down when x > 0 then x' = x - 1\nterminal when 8 div x > 0\ncheck c expect holds\n",
    # A state outside the constraint violates an invariant, another cannot be checked.
    "var x : 0..9 = 0\nvar y : 0..9 = 9\naction up when x < 9 then x' = x + 1\n"
    "action down when y > 0 then y' = y - 1\nconstraint A x < 5\nconstraint B y > 0\n"
    "invariant I x != 5 or y > 3\ninvariant J 5 div y > 0\ncheck c expect holds\n",
    # The constraint cannot be evaluated in some state, a transition property in some step.
    "var x : 0..9 = 9\naction down when x > 0 then x' = x - 1\naction up when x < 9 then x' = x + 1\n"
    "constraint A 9 div x >= 0\ntransition T x' > x or 9 div (x - 3) < 20\ncheck c expect holds\n",
    # Violated at the start, and by every state.
    "var x : 0..3 in {1, 2}\naction more then x' = (x + 1) mod 4\ninvariant I x > 5\ncheck c expect holds\n",
]


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
        lines.append(f"action a{number}(p in 0..{rng.randint(0, 3)})\n  when {condition(rng.choice([0.2, 0.5, 0.9]))}")
        lines.append("  then " + "\n       ".join(changes))
    if rng.random() < 0.4:
        lines.append(f"constraint Inside\n  {condition(rng.choice([0.97, 0.8]))}")
    if rng.random() < 0.1:
        lines.append(f"constraint Odd\n  {linear()} mod (x0 + x1) < 40")  # has no value where both are 0
    if rng.random() < 0.3:
        lines.append(f"terminal when {condition(0.5)}")
    elif rng.random() < 0.3:
        lines.append(f"terminal when {linear()} div (x0 + x1) > 2")
    for number in range(rng.randint(0, 4)):
        lines.append(f"invariant I{number}\n  {condition(0.3)} => {linear()} mod {rng.randint(50, 4000)} > 0")
    if rng.random() < 0.4:
        lines.append(f"transition T\n  {condition(0.5)} => x0' * 7 + x1' * 3 != {rng.randint(0, 60)} + x1 * 2")
    lines.append(f"cover C\n  {linear()} mod 97 == {rng.randint(0, 96)}")
    lines.append("check c\n  expect holds")
    return "\n".join(lines) + "\n"
