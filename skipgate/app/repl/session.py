"""The commands of a walk in a terminal. Nothing here reads or prints: a line goes in, and lines of text come out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from skipgate.app.repl import shown as text
from skipgate.base.errors import reason
from skipgate.checker.core import model as m
from skipgate.checker.core import places
from skipgate.checker.core.trace import Step
from skipgate.checker.core.values import Value
from skipgate.checker.walk.nearest import Nearest, nearest_answer, nearest_violation
from skipgate.checker.walk.questions import NoAnswer, Question, answer, answers, ask
from skipgate.checker.walk.walks import NoSuchStep, Walks
from skipgate.errors import InputError
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import did_you_mean
from skipgate.spec.files import write_atomically
from skipgate.spec.specification import Specification
from skipgate.traces.lines import Segment, Style, TextLine
from skipgate.traces.plain import shown, visible
from skipgate.traces.wording import call

_MOST_RANDOM = 1_000  # random steps at once
_MOST_OFFERED = 8  # choices that are named in a message


@dataclass(frozen=True)
class Command:
    """A command, and how it is explained."""

    name: str
    usage: str
    about: str
    run: Callable[[Session, str], Iterable[TextLine]]


class Session:
    """A walk that begins in the first of the initial states, and the commands that lead it on."""

    def __init__(self, spec: Specification, model: m.Model, random: Random | None = None) -> None:
        self.spec = spec
        self.model = model
        self.walks = Walks(model)
        self.random = random or Random()
        self.width = 80
        self.ended = False
        self._questions: dict[str, Question] = {}
        try:
            self.steps = self.walks.walk([0])
        except NoSuchStep as problem:
            raise InputError(str(problem)) from None

    @property
    def prompt(self) -> str:
        """What stands before a command: the number of the state that one is in."""
        return f"{len(self.steps)}> "

    def greeting(self) -> list[TextLine]:
        """What is said first."""
        starts = len(self.walks.starts())
        lines = [
            _line(f"{visible(self.model.name)}, check {visible(self.model.check.name.text)}; `help` lists commands")
        ]
        if starts > 1:
            lines.append(_line(f"this is the first of {starts} initial states; `start` lists them"))
        return [*lines, *self._here()]

    def run(self, line: str) -> list[TextLine]:
        """What comes of a command.

        Raises:
            InputError: it is none, or cannot be followed.
        """
        line = line.strip()
        if not line or line.startswith("#"):
            return []
        word, _, rest = line.partition(" ")
        if word in COMMANDS:
            return list(COMMANDS[word].run(self, rest.strip()))
        if (line.isascii() and line.isdigit()) or any(_is_call(line, name) for name in self._actions()):
            return self._take(line)
        hint = did_you_mean(word, [*COMMANDS, *self._actions()])
        raise InputError(f"`{visible(word)}` is neither a command nor an action; {hint or '`help` lists commands'}")

    def completions(self, line: str) -> list[tuple[str, int]]:
        """What the last word of a line may go on as, and how many characters of it that replaces."""
        command, blank, rest = line.partition(" ")
        if not blank:
            wanted = [*COMMANDS, *dict.fromkeys(self._calls())]
            return [(each, len(line)) for each in wanted if each.startswith(line)]
        if command in ("take", "actions"):
            wanted = self._calls() if command == "take" else self._actions()
            return [(each, len(rest)) for each in dict.fromkeys(wanted) if each.startswith(rest)]
        if command in ("eval", "along", "where"):
            match = re.search(r"\w*$", rest)
            word = match.group() if match else ""
            return [(each, len(word)) for each in self._names() if word and each.startswith(word)]
        return []

    # ------------------------------------------------------------ commands

    def show_help(self, _: str) -> Iterator[TextLine]:
        """List the commands."""
        for command in COMMANDS.values():
            yield TextLine(((f"  {command.usage:<17} ", "title"), (command.about, "plain")), 0, 20)
        yield TextLine((("  NUMBER            ", "title"), ("the same as `take NUMBER`", "plain")), 0, 20)

    def show_state(self, _: str) -> list[TextLine]:
        """The state in full."""
        return text.state(len(self.steps), self.steps[-1], self.width)

    def show_actions(self, name: str) -> list[TextLine]:
        """What can happen, and what cannot."""
        if name and name not in self._actions():
            hint = did_you_mean(name, self._actions()) or f"there are: {', '.join(self._actions())}"
            raise InputError(f"there is no action `{visible(name)}`; {hint}")
        found = list(text.actions(self.walks.possible(self.steps[-1].state), self.steps[-1], name or None))
        if not name and not self.walks.steps(self.steps[-1].state):
            ends = self.walks.is_terminal(self.steps[-1].state)
            found.insert(
                0, _line("nothing can happen, and that is right here" if ends else "nothing can happen", "bad")
            )
        return found

    def take(self, wanted: str) -> list[TextLine]:
        """Take a step, by its number or as an action with its arguments."""
        if not wanted:
            raise InputError("which one? `take 1`, or `take` with an action and its arguments; `actions` lists them")
        return self._take(wanted)

    def back(self, count: str) -> list[TextLine]:
        """Go back."""
        steps = _number(count, 1, len(self.steps))
        if len(self.steps) == 1:
            raise InputError("this is the first state")
        del self.steps[max(1, len(self.steps) - steps) :]
        return self._here()

    def start(self, wanted: str) -> list[TextLine]:
        """List the initial states, or begin again in one of them."""
        starts = self.walks.starts()
        if not wanted and len(starts) > 1:
            return [
                line
                for number, each in enumerate(starts, 1)
                for line in text.step(number, None, Step(each), self.width)
            ]
        number = _number(wanted, 1, len(starts))
        if number > len(starts):
            raise InputError(f"there is no initial state {number}; `start` lists them")
        self.steps = self.walks.walk([number - 1])
        return self._here()

    def random_steps(self, count: str) -> list[TextLine]:
        """Take steps at random."""
        found: list[TextLine] = []
        for _ in range(_number(count, 1, _MOST_RANDOM)):
            offered = self.walks.steps(self.steps[-1].state)
            if not offered:
                return [*found, _line("nothing can happen here", "bad")]
            found += self._go(self.random.choice(offered))
        return found

    def evaluate(self, expression: str) -> list[TextLine]:
        """The value of an expression here."""
        before = self.steps[-2].state if len(self.steps) > 1 else None
        return [_value("", answer(self._question(expression), before, self.steps[-1].state))]

    def along(self, expression: str) -> list[TextLine]:
        """The value of an expression in each state of the walk."""
        found = answers(self._question(expression), [each.state for each in self.steps])
        return [_value(f"{number:>4}  ", value) for number, value in enumerate(found, start=1)]

    def properties(self, _: str) -> list[TextLine]:
        """How the properties stand."""
        return [line for each in self.walks.standings(self.steps) for line in text.standing(each)]

    def violation(self, _: str) -> list[TextLine]:
        """Go to the nearest violation."""
        return self._way(nearest_violation(self.model, self.steps[-1].state), "violation")

    def where(self, condition: str) -> list[TextLine]:
        """Go to the nearest state in which an expression is true."""
        question = self._question(condition)
        if not question.is_condition:
            raise InputError(f"`{visible(question.text)}` is neither true nor false")
        return self._way(nearest_answer(self.model, self.steps[-1].state, question), "state in which it is true")

    def walk(self, _: str) -> list[TextLine]:
        """The walk so far."""
        befores: list[Step | None] = [None, *self.steps]
        pairs = enumerate(zip(befores, self.steps, strict=False), start=1)
        return [line for number, (before, each) in pairs for line in text.step(number, before, each, self.width)]

    def save(self, name: str) -> list[TextLine]:
        """Write the walk as ITF."""
        from skipgate.traces.itf import dump_itf

        if not name:
            raise InputError("where to? `save walk.itf.json`")
        try:
            write_atomically(Path(name), dump_itf(self.walks.trace(self.steps)))
        except OSError as error:
            raise InputError(f"{name} cannot be written: {reason(error)}") from None
        return [_line(f"Wrote {name}.")]

    def end(self, _: str) -> list[TextLine]:
        """End the session."""
        self.ended = True
        return []

    # ------------------------------------------------------------ how they are followed

    def _take(self, wanted: str) -> list[TextLine]:
        offered = self.walks.steps(self.steps[-1].state)
        if wanted.isascii() and wanted.isdigit():
            if not 1 <= int(wanted[:9]) <= len(offered):
                raise InputError(f"there is no step {wanted[:9]} here; `actions` lists them")
            return self._go(offered[int(wanted) - 1])
        found = [step for step in offered if wanted == step.action] or [
            step for step in offered if _compact(wanted) in map(_compact, _spellings(step))
        ]
        if len(found) == 1:
            return self._go(found[0])
        if not found:
            action = next((name for name in self._actions() if _is_call(wanted, name)), None)
            rest = "`actions` lists them" if action is None else f"`actions {visible(action)}` says more"
            raise InputError(f"`{visible(wanted)}` is not among the steps that are offered; {rest}")
        calls = [f"{offered.index(step) + 1} {call(step.action or '', step.arguments)}" for step in found]
        more = f", and {len(calls) - _MOST_OFFERED} more" if len(calls) > _MOST_OFFERED else ""
        raise InputError(f"which one? {', '.join(calls[:_MOST_OFFERED])}{more}")

    def _go(self, step: Step) -> list[TextLine]:
        self.steps.append(step)
        return self._here()

    def _here(self) -> list[TextLine]:
        """The last step, and what there is to say of where it leads."""
        before = self.steps[-2] if len(self.steps) > 1 else None
        found = text.step(len(self.steps), before, self.steps[-1], self.width)
        for each in self.walks.standings(self.steps):
            if each.kind == "cover" if each.value == "true" else each.value == "false" and each.kind != "cover":
                found += text.standing(each)
        if (constraint := self.walks.outside(self.steps[-1].state)) is not None:
            found.append(_line(f"      outside {visible(constraint)}: a search goes no further", "quiet"))
        return found

    def _way(self, found: Nearest, what: str) -> list[TextLine]:
        if not found.states:
            limit = "" if found.stopped is None else f", but not all were looked at: {found.stopped}"
            return [_line(f"no {what} among {found.looked_at:,} states from here{limit}")]
        if len(found.states) == 1:
            return [_line(f"here already: state {len(self.steps)}"), *self._here()]
        lines: list[TextLine] = []
        try:
            for before, number in zip(found.states, self.walks.way(found.states), strict=False):
                lines += self._go(self.walks.steps(before)[number])
        except NoSuchStep as problem:
            raise InputError(str(problem)) from None
        return lines

    def _question(self, expression: str) -> Question:
        if not expression:
            raise InputError("an expression is missing")
        if expression not in self._questions:
            self._questions[expression] = ask(self.spec, self.model, expression)
        return self._questions[expression]

    def _calls(self) -> list[str]:
        return [call(step.action or "", step.arguments) for step in self.walks.steps(self.steps[-1].state)]

    def _actions(self) -> list[str]:
        """The names of the actions, as declared."""
        return list(dict.fromkeys(action.declared for action in self.model.actions))

    def _names(self) -> list[str]:
        constants = (each.name.text for each in self.spec.all(s.ConstDecl))
        definitions = (each.name.text for each in self.spec.all(s.DefDecl))
        return sorted({*constants, *definitions, *(each.name for each in self.model.variables)})


def _is_call(line: str, action: str) -> bool:
    """Is a line an action, with arguments or without?"""
    name = re.escape(action).replace(re.escape(places.ANY), r"\[[^\]]*\]")
    return re.match(rf"{name}\s*(\(|$)", line) is not None


def _spellings(step: Step) -> Iterator[str]:
    """How a step may be asked for: with the names of its arguments, or without."""
    yield call(step.action or "", step.arguments)
    yield places.call(visible(step.action or ""), [shown(value) for _, value in step.arguments])


def _compact(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _number(text: str, default: int, most: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1):
        raise InputError(f"`{visible(text)}` is no number of steps")
    return min(int(text[:9]), most + 1)


def _line(said: str, style: Style = "plain") -> TextLine:
    return TextLine(((said, style),), 0, len(said) - len(said.lstrip()) + 2)


def _value(head: str, value: Value | NoAnswer) -> TextLine:
    said: Segment = (f"({value.reason})", "quiet") if isinstance(value, NoAnswer) else (shown(value), "new")
    return TextLine(((head, "quiet"), said), 0, len(head) + 2)


COMMANDS = {
    command.name: command
    for command in (
        Command(
            "actions",
            "actions [NAME]",
            "what can happen here, with numbers; what cannot, and why",
            Session.show_actions,
        ),
        Command("take", "take WHICH", "a step, by its number or as `name(argument)`", Session.take),
        Command("back", "back [N]", "one step back, or N", Session.back),
        Command("random", "random [N]", "a random step, or N", Session.random_steps),
        Command("state", "state", "the state in full", Session.show_state),
        Command("properties", "properties", "how each property stands here", Session.properties),
        Command("eval", "eval EXPR", "an expression of the model, here", Session.evaluate),
        Command("along", "along EXPR", "an expression in each state of the walk", Session.along),
        Command("violation", "violation", "on to the nearest violation", Session.violation),
        Command("where", "where EXPR", "on to the nearest state in which this is true", Session.where),
        Command("walk", "walk", "the walk so far", Session.walk),
        Command("start", "start [N]", "the initial states, or begin again in one", Session.start),
        Command("save", "save FILE", "write the walk as ITF", Session.save),
        Command("help", "help", "this list", Session.show_help),
        Command("quit", "quit", "end", Session.end),
    )
}
