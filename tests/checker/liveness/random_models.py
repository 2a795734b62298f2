"""Random models with few states, fairness of all kinds, and liveness properties of all kinds."""

from __future__ import annotations

from random import Random


def random_model(rng: Random) -> str:
    """The text of a model. Its states are the values of one variable, so any graph may come out."""
    count = rng.randint(2, 6)
    lines = [f"var x : 0..{count} in {a_set(rng, count, 2)}", "var y : bool = false"]
    for number in range(rng.randint(1, 5)):
        lines += random_action(rng, f"a{number}", count)
    if rng.random() < 0.2:
        lines.append(f"constraint Inside x != {rng.randrange(count)}")
    for number in range(4):
        lines.append(random_property(rng, f"L{number}", count))
    lines.append("check c expect holds")
    return "\n".join(lines) + "\n"


def a_set(rng: Random, count: int, most: int | None = None) -> str:
    chosen = rng.sample(range(count), rng.randint(1, min(count, most or count)))
    return "{" + ", ".join(map(str, sorted(chosen))) + "}"


def random_action(rng: Random, name: str, count: int) -> list[str]:
    fairness = rng.choice(["", "", "fair ", "fair ", "strong fair "])
    change = "\n       y' = not y" if rng.random() < 0.08 else ""
    match rng.randrange(3):
        case 0:  # one successor for each of some states
            targets = [rng.randrange(count) for _ in range(count)]
            value = " ".join(f"{'el' if k else ''}if x == {k} then {t}" for k, t in enumerate(targets))
            head = f"{fairness}action {name}"
            return [head, f"  when x in {a_set(rng, count)}", f"  then x' = {value} else 0{change}"]
        case 1:  # the parameter is the successor
            edges = [(s, t) for s in range(count) for t in range(count) if rng.random() < 1.3 / count]
            test = " or ".join(f"(x == {s} and t == {t})" for s, t in edges) or "false"
            return [f"{fairness}action {name}(t in {a_set(rng, count)})", f"  when {test}", f"  then x' = t{change}"]
        case _:  # the parameter has little to do with it, and its domain depends on the state
            domain = f"if x == {rng.randrange(count)} then {{0, 2}} else {{1}}"
            shift = rng.randrange(1, count)
            head = f"{fairness}action {name}(k in {domain}, b in bool)"
            return [head, f"  when b or x in {a_set(rng, count)}", f"  then x' = (x + k * {shift}) mod {count}{change}"]


def random_property(rng: Random, name: str, count: int) -> str:
    kind = rng.choice(["eventually", "always eventually", "eventually always", "leads to"])
    goal = f"x in {a_set(rng, count)}"
    if rng.random() < 0.1:
        goal += " or y"
    if kind == "leads to":
        return f"liveness {name} x in {a_set(rng, count, 2)} leads to {goal}"
    return f"liveness {name} {kind} {goal}"
