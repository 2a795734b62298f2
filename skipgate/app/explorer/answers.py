"""What the explorer answers: each request names the whole walk, so the server remembers nothing.

A walk is the number of its initial state and of the steps that it takes, each among those that are offered. Two people
with the same model and the same numbers see the same walk.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TypedDict

from skipgate.checker.core import model as m
from skipgate.checker.core.trace import Part, Step
from skipgate.checker.walk.nearest import Nearest, nearest_answer, nearest_violation
from skipgate.checker.walk.questions import NoAnswer, Question, answers, ask
from skipgate.checker.walk.walks import NoSuchStep, Possible, Walks
from skipgate.errors import InputError
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.specification import Specification
from skipgate.traces.differences import state_changes
from skipgate.traces.plain import one_line, shown, visible
from skipgate.traces.viewer import ChangeView, TraceView, change_view, view
from skipgate.traces.wording import call, equals

MOST_STEPS = 10_000  # of a walk
_MOST_QUESTIONS = 20


class OfferView(TypedDict):
    """A step that can be taken, by its number among all of them."""

    number: int
    call: str
    said: str
    changes: list[ChangeView]


class PossibleView(TypedDict):
    """What an action can do, or why it can do nothing."""

    action: str
    offers: list[OfferView]
    more: bool
    obstacle: str
    place: str
    parts: list[tuple[str, str, str]]


class StandingView(TypedDict):
    """How a property stands."""

    name: str
    kind: str
    description: str
    value: str
    message: str
    parts: list[tuple[str, str, str]]


class AnswerView(TypedDict):
    """The answers to a question along the walk, or what is wrong with it."""

    text: str
    values: list[str]
    error: str


class WalkView(TypedDict):
    """All that the page shows of a walk."""

    choices: list[int]
    trace: TraceView
    starts: list[str]
    possible: list[PossibleView]
    standings: list[StandingView]
    answers: list[AnswerView]
    terminal: bool
    outside: str


class NearestView(TypedDict):
    """A walk that leads on, or why there is none."""

    choices: list[int] | None
    message: str


class Answers:
    """Answers about one check. One request at a time is worked on."""

    def __init__(self, spec: Specification, model: m.Model) -> None:
        self.spec = spec
        self.model = model
        self.walks = Walks(model)
        self._lock = Lock()
        self._questions: dict[str, Question] = {}

    def walk(self, choices: Sequence[int], asked: Sequence[str]) -> WalkView:
        """A walk with what can be done at its end.

        Raises:
            InputError: there is no such walk.
        """
        with self._lock:
            steps = self._steps(choices)
            state = steps[-1].state
            offered = 0
            possible: list[PossibleView] = []
            for each in self.walks.possible(state):
                possible.append(_possible(each, steps[-1], offered))
                offered += len(each.steps)
            return {
                "choices": list(choices),
                "trace": view(self.walks.trace(steps)),
                "starts": [_difference(start, self.walks.starts()[0]) for start in self.walks.starts()],
                "possible": possible,
                "standings": [
                    {
                        "name": visible(each.name),
                        "kind": each.kind,
                        "description": one_line(each.description or ""),
                        "value": each.value,
                        "message": one_line(each.message),
                        "parts": _parts(each.parts),
                    }
                    for each in self.walks.standings(steps)
                ],
                "answers": [self._answer(text, steps) for text in asked[:_MOST_QUESTIONS]],
                "terminal": self.walks.is_terminal(state),
                "outside": visible(self.walks.outside(state) or ""),
            }

    def nearest(self, choices: Sequence[int], condition: str | None) -> NearestView:
        """The walk that leads on to the nearest violation, or to where a condition is true.

        Raises:
            InputError: there is no such walk, or the condition is none.
        """
        with self._lock:
            steps = self._steps(choices)
            try:
                if condition is None:
                    found = nearest_violation(self.model, steps[-1].state)
                else:
                    question = self._question(condition)
                    if not question.is_condition:
                        raise InputError(f"`{question.text}` is neither true nor false")
                    found = nearest_answer(self.model, steps[-1].state, question)
            except SpecError as problem:
                raise InputError(_message(problem)) from None
            return self._way(choices, found, condition)

    def _way(self, choices: Sequence[int], found: Nearest, condition: str | None) -> NearestView:
        if not found.states:
            what = "no violation" if condition is None else "no state in which it is true"
            limit = "" if found.stopped is None else f", but not all were looked at: {found.stopped}"
            return {"choices": None, "message": f"{what} among {found.looked_at:,} states from here{limit}"}
        try:
            way = [*choices, *self.walks.way(found.states)]
        except NoSuchStep as problem:
            return {"choices": None, "message": str(problem)}
        here = len(found.states) == 1
        said = "it is true here" if here and condition is not None else ""
        if condition is None:
            said = f"{visible(found.property)}{' is violated here' if here else ''}"
        return {"choices": way, "message": said}

    def steps(self, choices: Sequence[int]) -> list[Step]:
        """The steps of a walk.

        Raises:
            InputError: there is no such walk.
        """
        with self._lock:
            return self._steps(choices)

    def _steps(self, choices: Sequence[int]) -> list[Step]:
        if len(choices) > MOST_STEPS:
            raise InputError(f"a walk has at most {MOST_STEPS:,} states")
        try:
            return self.walks.walk(choices or [0])
        except NoSuchStep as problem:
            raise InputError(str(problem)) from None

    def _answer(self, text: str, steps: Sequence[Step]) -> AnswerView:
        try:
            found = answers(self._question(text), [step.state for step in steps])
        except SpecError as problem:
            return {"text": visible(text), "values": [], "error": _message(problem)}
        values = [f"({each.reason})" if isinstance(each, NoAnswer) else shown(each) for each in found]
        return {"text": visible(text), "values": values, "error": ""}

    def _question(self, text: str) -> Question:
        if text not in self._questions:
            self._questions[text] = ask(self.spec, self.model, text)
        return self._questions[text]


def _possible(possible: Possible, last: Step, number: int) -> PossibleView:
    found: PossibleView = {
        "action": visible(possible.action),
        "offers": [
            {
                "number": number + index,
                "call": call(possible.action, step.arguments),
                "said": one_line(step.description or ""),
                "changes": [change_view(each, -1) for each in state_changes(last.state, step.state)],
            }
            for index, step in enumerate(possible.steps)
        ],
        "more": possible.more,
        "obstacle": "",
        "place": "",
        "parts": [],
    }
    if (obstacle := possible.obstacle) is not None:
        arguments = f"{call('', obstacle.arguments)}: " if obstacle.arguments else ""
        found["obstacle"] = one_line(
            f"{arguments}`{obstacle.text}` {obstacle.message}" if obstacle.text else obstacle.message
        )
        found["place"] = visible(obstacle.place)
        found["parts"] = _parts(obstacle.parts)
    return found


def _parts(parts: Sequence[Part]) -> list[tuple[str, str, str]]:
    return [(one_line(part.text), equals(part), shown(part.value)) for part in parts]


def _difference(state: object, first: object) -> str:
    assert isinstance(state, dict) and isinstance(first, dict)
    found = [f"{visible(name)} = {shown(value)}" for name, value in state.items() if value != first[name]]
    return ", ".join(found)


def _message(problem: SpecError) -> str:
    """The first thing that is wrong with an expression, as a sentence."""
    diagnostic = problem.diagnostics[0]
    hint = f" ({diagnostic.hint})" if diagnostic.hint else ""
    return one_line(f"{diagnostic.message}{hint}")
