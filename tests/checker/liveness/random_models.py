"""Random models with few states, fairness of all kinds, and liveness properties of all kinds."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


def random_model(rng: Random, nested: bool = False, for_tlc: bool = False) -> str:
    """The text of a model. Its states are the values of one variable, so any graph may come out.

    If `nested`, its properties are formulas of any form (`for_tlc`, of those that it can decide), and it is smaller.
    """
    count = rng.randint(2, 4 if nested else 6)
    lines = [f"var x : 0..{count} in {a_set(rng, count, 2)}", "var y : bool = false"]
    arities: list[int] = []
    for number in range(rng.randint(1, 5)):
        action, arity = random_action(rng, f"a{number}", count)
        lines += action
        arities.append(arity)
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        lines.append(random_fairness(rng, arities, count))
    if rng.random() < 0.2:
        lines.append(f"constraint Inside x != {rng.randrange(count)}")
    for number in range(4):
        name = f"L{number}"
        if nested:
            lines.append(nested_property(rng, name, count, arities, for_tlc))
        else:
            lines.append(random_property(rng, name, count))
    lines.append("check c expect holds")
    return "\n".join(lines) + "\n"


def a_set(rng: Random, count: int, most: int | None = None) -> str:
    chosen = rng.sample(range(count), rng.randint(1, min(count, most or count)))
    return "{" + ", ".join(map(str, sorted(chosen))) + "}"


def random_action(rng: Random, name: str, count: int) -> tuple[list[str], int]:
    """The lines of an action, and the number of its parameters."""
    fairness = rng.choice(["", "", "fair ", "fair ", "strong fair "])
    change = "\n       y' = not y" if rng.random() < 0.08 else ""
    match rng.randrange(3):
        case 0:  # one successor for each of some states
            targets = [rng.randrange(count) for _ in range(count)]
            value = " ".join(f"{'el' if k else ''}if x == {k} then {t}" for k, t in enumerate(targets))
            head = f"{fairness}action {name}"
            return [head, f"  when x in {a_set(rng, count)}", f"  then x' = {value} else 0{change}"], 0
        case 1:  # the parameter is the successor
            edges = [(s, t) for s in range(count) for t in range(count) if rng.random() < 1.3 / count]
            test = " or ".join(f"(x == {s} and t == {t})" for s, t in edges) or "false"
            # Of a type, not of a set, so that fairness may speak of any value.
            return [f"{fairness}action {name}(t in 0..{count - 1})", f"  when {test}", f"  then x' = t{change}"], 1
        case _:  # the parameter has little to do with it, and its domain depends on the state
            domain = f"if x == {rng.randrange(count)} then {{0, 2}} else {{1}}"
            shift = rng.randrange(1, count)
            head = f"{fairness}action {name}(k in {domain}, b in bool)"
            lines = [
                head,
                f"  when b or x in {a_set(rng, count)}",
                f"  then x' = (x + k * {shift}) mod {count}{change}",
            ]
            return lines, 2


def random_fairness(rng: Random, arities: list[int], count: int) -> str:
    """Fairness of several actions together, for each value of a name or not, under a condition or not."""
    each = rng.random() < 0.5
    steps = []
    for number in rng.sample(range(len(arities)), rng.randint(1, len(arities))):
        one = rng.choice(["_", "v", "v"]) if each else rng.choice(["_", "0", "1", "min(x, 1)"])
        flag = rng.choice(["_", "true"])
        steps.append(f"a{number}" + ["", f"({one})", f"({one}, {flag})"][arities[number]])
    head = rng.choice(["fair", "strong fair"]) + (f" for v in 0..{rng.randrange(min(count, 3))}:" if each else "")
    when = rng.choice(["", "", f" when x in {a_set(rng, count)}:", f" when x != {'v' if each else 0}:", " when y:"])
    return f"{head}{when} {' or '.join(steps)}"


def random_property(rng: Random, name: str, count: int) -> str:
    kind = rng.choice(["eventually", "always eventually", "eventually always", "leads to"])
    goal = f"x in {a_set(rng, count)}"
    if rng.random() < 0.1:
        goal += " or y"
    if rng.random() < 0.2:  # of each of some values
        values = a_set(rng, count, 2)
        if kind == "leads to":
            return f"liveness {name} for p in {values}: x == p leads to {goal} and x != p"
        return f"liveness {name} for p in {values}: {kind} x != p"
    if kind == "leads to":
        return f"liveness {name} x in {a_set(rng, count, 2)} leads to {goal}"
    return f"liveness {name} {kind} {goal}"


def nested_property(rng: Random, name: str, count: int, arities: list[int], for_tlc: bool = False) -> str:
    formulas = Formulas(rng, count, arities, for_tlc)
    if rng.random() < 0.15:
        return f"liveness {name} for p in {a_set(rng, count, 2)}: {formulas.formula(2, known='x == p')}"
    return f"liveness {name} {formulas.formula(3)}"


@dataclass
class Formulas:
    """Random formulas of any form; `for_tlc`, of those that it can decide."""

    rng: Random
    count: int
    arities: list[int]
    for_tlc: bool = False

    def formula(self, depth: int, alone: bool = True, known: str = "") -> str:
        """A formula with temporal operators in it, which stands in no other temporal operator if it is `alone`.

        `known` is a condition that it may use.
        """
        rng, count = self.rng, self.count

        def part(least: int = 0, alone: bool = False) -> str:
            if depth <= 1 or (not least and rng.random() < 0.25):
                return rng.choice([f"x in {a_set(rng, count)}", f"x != {rng.randrange(count)}", "y", known or "not y"])
            return f"({self.formula(depth - 1, alone, known)})"

        match rng.randrange(12):
            case 0 | 1:
                return f"always {part()}"
            case 2 | 3:
                return f"eventually {part()}"
            case 4:
                return f"{part()} leads to {part()}"
            case 5 | 6 if not self.for_tlc:
                return f"{part()} until {part()}"
            case 7 if not self.for_tlc:
                return f"{part()} unless {part()}"
            case 8 if not self.for_tlc:
                return f"{rng.choice(['always', 'eventually'])} {about_steps(rng, count, self.arities)}"
            case 8 if alone:
                operators = rng.choice(["always eventually", "eventually always"])
                return f"{operators} {about_steps(rng, count, self.arities)}"
            case 9 if depth > 1:
                name = f"v{depth}"
                inner = self.formula(depth - 1, alone, f"x != {name}")
                where = rng.choice(["", f" where x != {name}", f" where {name} > 0"])
                return f"{rng.choice(['forall', 'exists'])} {name} in {a_set(rng, count, 2)}{where}: ({inner})"
            case 10 if depth > 1:
                return f"not {part(1, alone)}"
            case _:
                temporal = rng.choice(["always", "eventually", "always eventually", "eventually always"])
                return f"{part(0, alone)} {rng.choice(['and', 'or', '=>', '<=>'])} ({temporal} {part()})"


def about_steps(rng: Random, count: int, arities: list[int]) -> str:
    number = rng.randrange(len(arities))
    call = f"a{number}" + ["", "(_)", "(_, true)"][arities[number]]
    step = rng.choice(
        [f"taken {call}", f"x' == {rng.randrange(count)}", "x' > x", f"x' != {rng.randrange(count)} or y"]
    )
    return f"({rng.choice(['', 'not '])}({step}))"
