"""Traces written by hand, as a checker would find them, for all the tests of renderers."""

from __future__ import annotations

from collections.abc import Mapping

from skipgate.checker.core.datatypes import (
    BOOL,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
)
from skipgate.checker.core.trace import AbstractView, Failure, Loop, Part, Step, Trace, Variable
from skipgate.checker.core.values import NONE, EnumValue, MapValue, RecordValue, Some, SortValue, Value

Taken = tuple[str, tuple[tuple[str, Value], ...], str | None, Mapping[str, Value]]


def steps(initial: Mapping[str, Value], *taken: Taken) -> tuple[Step, ...]:
    """Steps from the first state and, for each action its name, arguments, description and changes."""
    state = dict(initial)
    found = [Step(dict(state))]
    for action, arguments, description, update in taken:
        changed = tuple(name for name in state if name in update and update[name] != state[name])
        state = {**state, **update}
        found.append(Step(dict(state), action, arguments, description, changed))
    return tuple(found)


# ---------------------------------------------------------------- die hard


def die_hard() -> Trace:
    def jugs(small: int, big: int) -> dict[str, Value]:
        return {"small": small, "big": big}

    return Trace(
        model="die_hard",
        check="puzzle",
        property="NotSolved",
        description="nobody has measured four gallons",
        constants=(),
        variables=(
            Variable("small", IntType(0, 3), "gallons in the 3-gallon jug"),
            Variable("big", IntType(0, 5), "gallons in the 5-gallon jug"),
        ),
        steps=steps(
            jugs(0, 0),
            ("fill_big", (), "fill the big jug", jugs(0, 5)),
            ("big_to_small", (), "pour 3 from big to small", jugs(3, 2)),
            ("empty_small", (), "empty the small jug", jugs(0, 2)),
            ("big_to_small", (), "pour 2 from big to small", jugs(2, 0)),
            ("fill_big", (), "fill the big jug", jugs(2, 5)),
            ("big_to_small", (), "pour 1 from big to small", jugs(3, 4)),
        ),
        failure=Failure(
            kind="invariant",
            message="NotSolved is false in this state.",
            conjunct="big != 4",
            place="models/examples/die_hard.gate:32:3",
            parts=(Part("big", 4),),
        ),
        reads=("big",),
    )


# ---------------------------------------------------------------- cold start

KIND = EnumType("Kind", ("data", "lease", "conf"))
DATA, LEASE, CONF = (EnumValue("Kind", i, name) for i, name in enumerate(KIND.members))
GATE = EnumType("Gate", ("skip", "execute"))
SKIP, EXECUTE = (EnumValue("Gate", i, name) for i, name in enumerate(GATE.members))
NODE = SortType("Node", 2)
NODE1, NODE2 = SortValue("Node", 0), SortValue("Node", 1)
SNAPSHOT = RecordType("Snapshot", (("index", IntType(0, 4)), ("ceiling", IntType(0, 99))), False)


def snapshot(index: int, ceiling: int) -> RecordValue:
    return RecordValue("Snapshot", (("index", index), ("ceiling", ceiling)))


def nodes(first: Value, second: Value) -> MapValue:
    return MapValue(((NODE1, first), (NODE2, second)))


COLD_START_VARIABLES = (
    Variable("log", SeqType(4, KIND), "entries in the write-ahead log"),
    Variable("committed", IntType(0, 4), "the commit index that the group has agreed on"),
    Variable("hs", IntType(0, 4), "hardState.Commit as read back from the log"),
    Variable("have", OptionType(IntType(0, 4)), "the durable applied index"),
    Variable("applied", IntType(0, 4)),
    Variable("snap", SNAPSHOT, "the snapshot that the node starts from"),
    Variable("ceiling", IntType(0, 99), "the lease ceiling in memory"),
    Variable("effects", SetType(IntType(1, 4)), "the entries whose effects are in memory or in the store"),
    Variable("votes", MapType(NODE, BOOL)),
    Variable("up", BOOL),
)


def cold_start() -> Trace:
    """The lost lease: the gate skips the restore, and drops the lease with the duplicates. 9 steps."""
    initial: dict[str, Value] = {
        "log": (),
        "committed": 0,
        "hs": 0,
        "have": NONE,
        "applied": 0,
        "snap": snapshot(0, 0),
        "ceiling": 0,
        "effects": frozenset(),
        "votes": nodes(False, False),
        "up": True,
    }
    return Trace(
        model="cold_start",
        check="gate_v3",
        property="VolatileComplete",
        description="every effect of an entry at or below the applied index is there, also the volatile ones",
        constants=(
            (Variable("MaxLog", IntType(0, None)), 4),
            (Variable("MaxCrashes", IntType(0, None)), 1),
            (Variable("DropLeases", BOOL, "v2 and v3 drop every duplicate"), True),
        ),
        variables=COLD_START_VARIABLES,
        steps=steps(
            initial,
            ("append", (("kind", DATA),), "append a data entry at 1", {"log": (DATA,)}),
            ("append", (("kind", LEASE),), "append a lease entry at 2", {"log": (DATA, LEASE)}),
            ("vote", (("n", NODE2),), "Node2 acknowledges the log", {"votes": nodes(False, True)}),
            (
                "commit",
                (("i", 2),),
                "the group commits up to 2; the commit index is not synced",
                {"committed": 2},
            ),
            (
                "apply_data",
                (("i", 1),),
                "apply entry 1 and write have = 1 in the same batch",
                {"have": Some(1), "applied": 1, "effects": frozenset({1})},
            ),
            (
                "apply_lease",
                (("i", 2),),
                "apply entry 2: the ceiling moves, have does not",
                {"applied": 2, "ceiling": 50, "effects": frozenset({1, 2})},
            ),
            (
                "crash",
                (),
                "the process is killed; what only memory held is gone",
                {
                    "applied": 0,
                    "ceiling": 0,
                    "effects": frozenset({1}),
                    "votes": nodes(False, False),
                    "up": False,
                },
            ),
            (
                "start",
                (("decision", SKIP),),
                "the gate finds have = 1 >= snapshot index 0 and skips the restore",
                {"applied": 1, "up": True},
            ),
            (
                "learn_commit",
                (("i", 2),),
                "the leader tells the commit index; entry 2 is taken for a duplicate and dropped",
                {"hs": 2, "applied": 2},
            ),
        ),
        failure=Failure(
            kind="invariant",
            message="VolatileComplete is false in this state.",
            conjunct="forall i in 1..applied: i in effects",
            place="models/cold_start/gate.gate:214:5",
            witnesses=(("i", 2),),
            parts=(Part("applied", 2), Part("effects", frozenset({1})), Part("log[i]", LEASE)),
        ),
        reads=("log", "applied", "effects", "up"),
    )


# ---------------------------------------------------------------- the other kinds of failure


def deadlock() -> Trace:
    free: Value = NONE
    return Trace(
        model="philosophers",
        check="two",
        property="deadlock",
        description=None,
        constants=(),
        variables=(
            Variable("fork", MapType(NODE, OptionType(NODE)), "who holds which fork"),
            Variable("eating", SetType(NODE)),
        ),
        steps=steps(
            {"fork": nodes(free, free), "eating": frozenset()},
            (
                "take_left",
                (("p", NODE1),),
                "Node1 takes the fork on its left",
                {"fork": nodes(Some(NODE1), free)},
            ),
            ("take_left", (("p", NODE2),), None, {"fork": nodes(Some(NODE1), Some(NODE2))}),
        ),
        failure=Failure(
            kind="deadlock", message="No action is enabled here, and the model does not say that it may end."
        ),
        reads=(),
    )


def evaluation() -> Trace:
    return Trace(
        model="ring",
        check="small",
        property="evaluation",
        description=None,
        constants=((Variable("N", IntType(1, None)), 3),),
        variables=(
            Variable("buffer", SeqType(3, IntType(0, 9))),
            Variable("next", IntType(0, 3)),
        ),
        steps=steps(
            {"buffer": (), "next": 0},
            ("push", (("x", 7),), "put 7 in", {"buffer": (7,)}),
            ("push", (("x", 7),), "put 7 in", {"buffer": (7, 7)}),
            ("turn", (), "go on to the next place", {"next": 3}),
        ),
        failure=Failure(
            kind="evaluation",
            message="The index 3 is out of range: the sequence has 2 elements.",
            conjunct="buffer[next]",
            place="models/ring.gate:19:14",
            parts=(Part("next", 3), Part("buffer", (7, 7))),
            action="pop",
            arguments=(("to", NODE1),),
        ),
        reads=("buffer", "next"),
    )


def transition() -> Trace:
    return Trace(
        model="clock",
        check="hlc",
        property="Monotonic",
        description="a timestamp never goes back",
        constants=(),
        variables=(Variable("last", RecordType("Stamp", (("wall", IntType(0, 9)), ("logical", IntType(0, 9))), True)),),
        steps=steps(
            {"last": RecordValue("Stamp", (("wall", 0), ("logical", 0)))},
            ("tick", (), None, {"last": RecordValue("Stamp", (("wall", 5), ("logical", 1)))}),
            ("issue", (), None, {"last": RecordValue("Stamp", (("wall", 5), ("logical", 0)))}),
        ),
        failure=Failure(
            kind="transition",
            message="Monotonic is false for the step into this state.",
            conjunct="last <= last'",
            place="models/clock.gate:30:3",
            parts=(
                Part("last", RecordValue("Stamp", (("wall", 5), ("logical", 1)))),
                Part("last'", RecordValue("Stamp", (("wall", 5), ("logical", 0)))),
            ),
        ),
        reads=("last",),
    )


def cover() -> Trace:
    """Reached in the initial state: a trace of a single state."""
    return Trace(
        model="clock",
        check="hlc",
        property="CanStart",
        description=None,
        constants=(),
        variables=(Variable("ready", BOOL),),
        steps=steps({"ready": True}),
        failure=Failure(kind="cover", message="CanStart is reached.", conjunct="ready", place="clock.gate:9:3"),
        reads=("ready",),
    )


def refinement() -> Trace:
    """Minutes as a clock of hours sees them: the third step is none of it."""
    return Trace(
        model="watch",
        check="too_short",
        property="Clock",
        description="the hours come one after the other",
        constants=(),
        variables=(Variable("minute", IntType(0, 5)),),
        steps=steps(
            {"minute": 1},
            ("next", (), None, {"minute": 2}),
            ("next", (), None, {"minute": 3}),
            ("back", (("to", 0),), "back to 0", {"minute": 0}),
        ),
        failure=Failure(
            kind="refinement",
            message="the last step changes what `clock` is about, and is no step of it",
            place="models/watch.gate:7:9",
            parts=(Part("hour", 1), Part("hour'", 0)),
        ),
        reads=("minute",),
        abstract=AbstractView(
            "clock",
            (Variable("hour", IntType(0, 2), "as shown"), Variable("lit", BOOL)),
            (
                Step({"hour": 0, "lit": True}),
                Step({"hour": 1, "lit": True}, "tick", (("by", 1),), "an hour later", ("hour",)),
                Step({"hour": 1, "lit": True}),
                Step({"hour": 0, "lit": True}, None, (), None, ("hour",)),
            ),
        ),
    )


def lasso() -> Trace:
    """One client comes and goes for ever, and the other one waits."""

    def places(first: str, second: str) -> dict[str, Value]:
        found = ((node, member(place)) for node, place in ((NODE1, first), (NODE2, second)))
        return {"place": MapValue(tuple(found))}

    def member(place: str) -> EnumValue:
        return EnumValue("Place", ("away", "waiting", "inside").index(place), place)

    def taken(action: str, node: Value, description: str | None, state: Mapping[str, Value]) -> Taken:
        return action, (("n", node),), description, state

    found = steps(
        places("away", "waiting"),
        taken("ask", NODE1, "Node1 asks", places("waiting", "waiting")),
        taken("enter", NODE1, "Node1 enters", places("inside", "waiting")),
    )
    back = steps(places("inside", "waiting"), taken("leave", NODE1, "Node1 leaves", places("away", "waiting")))[1]
    return Trace(
        model="lock",
        check="weak",
        property="Served",
        description="who waits gets in",
        constants=(),
        variables=(Variable("place", MapType(NODE, EnumType("Place", ("away", "waiting", "inside")))),),
        steps=found,
        failure=Failure(
            kind="liveness",
            message="`place[n] == waiting` is true in state 1, and `place[n] == inside` neither there nor ever after",
            conjunct="place[n] == inside",
            place="lock.gate:20:31",
            witnesses=(("n", NODE2),),
            parts=(Part("place[n]", EnumValue("Place", 1, "waiting")),),
        ),
        reads=("place",),
        loop=Loop(0, back, ("enter(n = Node2) is possible again and again here, but not always",)),
    )


def stuttering() -> Trace:
    return Trace(
        model="counter",
        check="c",
        property="Ends",
        description=None,
        constants=(),
        variables=(Variable("x", IntType(0, 3)),),
        steps=steps({"x": 0}, ("up", (), None, {"x": 1})),
        failure=Failure(
            kind="liveness", message="`x == 3` never becomes true", conjunct="x == 3", parts=(Part("x", 1),)
        ),
        reads=("x",),
        loop=Loop(1, None, ("up is always possible here, but it is not fair",)),
    )


def twelve_steps() -> Trace:
    """As long as a trace may be that has to fit on a page: 12 steps, two crashes, two restarts."""
    base = cold_start()
    state = dict(base.steps[0].state)
    taken: list[Taken] = [
        ("append", (("kind", DATA),), "append a data entry at 1", {"log": (DATA,)}),
        ("append", (("kind", CONF),), "append a configuration change at 2", {"log": (DATA, CONF)}),
        ("commit", (("i", 2),), "the group commits up to 2", {"committed": 2, "hs": 2}),
        (
            "apply_data",
            (("i", 1),),
            "apply entry 1 and write have = 1 in the same batch",
            {"have": Some(1), "applied": 1, "effects": frozenset({1})},
        ),
        (
            "persist_config",
            (("i", 2),),
            "write the snapshot file for the configuration at 2 and move have to 2 before the pointer",
            {"have": Some(2), "snap": snapshot(2, 0)},
        ),
        (
            "crash",
            (),
            "the process is killed; what only memory held is gone",
            {"applied": 0, "effects": frozenset(), "snap": snapshot(0, 0), "up": False},
        ),
        (
            "start",
            (("decision", SKIP),),
            "the gate finds have = 2 >= snapshot index 0 and skips the restore",
            {"applied": 2, "effects": frozenset({1}), "up": True},
        ),
        ("append", (("kind", LEASE),), "append a lease entry at 3", {"log": (DATA, CONF, LEASE)}),
        ("commit", (("i", 3),), "the group commits up to 3", {"committed": 3, "hs": 3}),
        (
            "apply_lease",
            (("i", 3),),
            "apply entry 3: the ceiling moves, have does not",
            {"applied": 3, "ceiling": 50, "effects": frozenset({1, 3})},
        ),
        (
            "crash",
            (),
            "the process is killed; what only memory held is gone",
            {"applied": 0, "ceiling": 0, "effects": frozenset({1}), "up": False},
        ),
        (
            "start",
            (("decision", SKIP),),
            "the gate finds have = 2 >= snapshot index 0 and skips the restore",
            {"applied": 2, "up": True},
        ),
    ]
    return Trace(
        model="cold_start",
        check="gate_head",
        property="ConfigApplied",
        description="a configuration change that counts as applied has been applied",
        constants=base.constants,
        variables=base.variables,
        steps=steps(state, *taken),
        failure=Failure(
            kind="invariant",
            message="ConfigApplied is false in this state.",
            conjunct="forall i in 1..applied where log[i] == conf: i in effects or i <= snap.index",
            place="models/cold_start/gate.gate:221:5",
            witnesses=(("i", 2),),
            parts=(
                Part("applied", 2),
                Part("log[i]", CONF),
                Part("i in effects", False),
                Part("effects", frozenset({1})),
                Part("snap.index", 0),
            ),
        ),
        reads=("log", "applied", "effects", "snap"),
    )


SAMPLES = {
    "die_hard": die_hard,
    "cold_start": cold_start,
    "deadlock": deadlock,
    "evaluation": evaluation,
    "transition": transition,
    "cover": cover,
    "refinement": refinement,
    "lasso": lasso,
    "stuttering": stuttering,
    "twelve_steps": twelve_steps,
}

# ---------------------------------------------------------------- text that wants to do harm

HOSTILE = (
    "quote \" apostrophe ' backslash \\",
    "\\",
    "\\N \\G \\E \\l \\\\N",
    "<b>bold</b> & &amp; &lt; &#65; ]]> <!-- --> <?xml ?>",
    "line\nbreak\r\ttab\x00nul\x1b[31mred\x07",
    "unicode é ∨ 中文 עברית 😀 e\u0301",
    "turn \u202e around \u2028 \ufeff \ufffe \ud800",
    'charset="latin1" ]; } digraph evil {',
    "%s %n {0} ${HOME}",
    "",
    "   ",
    "x" * 20000,
    "word " * 5000,
)


def hostile(text: str) -> Trace:
    """A trace in which every name, description and source text is `text`."""
    kind = EnumType(text, (text, "other"))
    member = EnumValue(text, 0, text)
    record = RecordType(text, ((text, kind),), False)
    value = RecordValue(text, ((text, member),))
    variables: tuple[tuple[str, Type, Value, Value], ...] = (
        (text, SeqType(2, kind), (), (member,)),
        (text + "2", record, value, RecordValue(text, ((text, EnumValue(text, 1, "other")),))),
        (text + "3", SetType(SortType(text, 2)), frozenset(), frozenset({SortValue(text, 0)})),
    )
    declared = tuple(Variable(name, type_, text) for name, type_, _, _ in variables)
    before = {name: old for name, _, old, _ in variables}
    after = {name: new for name, _, _, new in variables}
    taken = (
        Step(before),
        Step(after, "crash" + text, ((text, member),), text, tuple(after)),
        Step(before, text, (), text, tuple(after)),
    )
    return Trace(
        model=text,
        check=text,
        property=text,
        description=text,
        constants=((Variable(text + "4", kind, text), member),),
        variables=declared,
        steps=taken,
        failure=Failure(
            kind="invariant",
            message=text,
            conjunct=text,
            place=text,
            witnesses=((text, member),),
            parts=(Part(text, value), Part(text, (value, value))),
            action=text,
            arguments=((text, value),),
        ),
        reads=(text,),
        abstract=AbstractView(text, declared, taken),
    )


def in_lanes(text: str) -> Trace:
    """A trace with two lanes, in which every name is `text`."""
    sort = SortType(text, 2)
    first, second = SortValue(text, 0), SortValue(text, 1)
    before: dict[str, Value] = {text: MapValue(((first, 0), (second, 0))), "x": 0}
    after: dict[str, Value] = {text: MapValue(((first, 0), (second, 1))), "x": 1}
    return Trace(
        model=text,
        check=text,
        property=text,
        description=text,
        constants=(),
        variables=(Variable(text, MapType(sort, IntType(0, 1))), Variable("x", IntType(0, 1))),
        steps=(Step(before), Step(after, text, ((text, first), ("to", second)), text, (text, "x"))),
        failure=Failure("invariant", text),
        reads=(),
    )
