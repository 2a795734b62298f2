"""Small logs, and what comes of them as worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skipgate.checker.validate import frontier
from skipgate.checker.validate.log import Log
from skipgate.checker.validate.validate import ValidationOptions, validate
from skipgate.errors import InputError
from skipgate.spec.diagnostics import SpecError
from tests.checker.validate.logs import Entry, prepared, refused_at, validated
from tests.effort import at_most

LOCK = """
model lock
sort Node[2]
enum Phase { idle, waiting, inside }
var phase : map[Node] of Phase = map n in Node: idle
var owner : option of Node = none
action ask(n in Node)
  when phase[n] == idle
  then phase'[n] = waiting
action acquire(n in Node)
  when phase[n] == waiting
  when owner == none
  then phase'[n] = inside
       owner' = some(n)
action release(n in Node)
  when owner == some(n)
  then phase'[n] = idle
       owner' = none
"""
LOCK_EVENTS = """
events of lock
event "ask" (node : Node) is ask(node)
event "acquire" (node : Node) is acquire(node)
event "release" (node : Node) is release(node)
"""

# A counter whose parity alone is seen; it is `bumped` by one or two.
HIDDEN = """
model hidden
var n : 0..6 = 0
action one then n' = n + 1
action two then n' = n + 2
action reset when n > 0 then n' = 0
invariant Small n < 6
"""
HIDDEN_EVENTS = """
events of hidden
event "bump" (odd : bool) is one or two when (n' mod 2 == 1) == odd
event "exactly" (value : 0..6) when n == value
event "reset" is reset
"""


def entries(*texts: str) -> list[Entry]:
    """Entries such as `ask a`, for events of one node."""
    return [{"msg": event, "node": node} for event, node in (text.split() for text in texts)]


def test_a_behaviour_is_one_and_the_names_are_those_of_the_log() -> None:
    found = validated(LOCK, LOCK_EVENTS, entries("ask x", "ask y", "acquire y", "release y", "acquire x"))
    assert found.verdict == "behaviour"
    assert found.explained == {"log1": 5}
    assert found.widest == 1
    assert found.names == {"Node": ("x", "y")}
    assert found.trace is not None
    assert [str(dict(step.arguments)["n"]) for step in found.trace.steps[1:]] == ["x", "y", "y", "y", "x"]


def test_the_first_event_that_fits_nothing_is_refused_and_the_condition_is_said() -> None:
    found = validated(LOCK, LOCK_EVENTS, entries("ask x", "ask y", "acquire y", "acquire x", "release y"))
    assert found.verdict == "refused"
    assert found.explained == {"log1": 3}
    (refusal,) = found.refusals
    assert (refusal.place, refusal.event, refusal.states) == ("log1:4", "acquire", 1)
    (reason,) = refusal.reasons
    assert reason.action == "acquire(n = x)"
    assert reason.conjunct == "owner == none"
    assert reason.parts[0].text == "owner"


def test_what_is_hidden_may_be_anything_that_fits() -> None:
    # 0, then 1 or 2; the second is odd: so the first was 1. Then 1 -> 2 (even): one. Or 1 -> 3 is odd.
    found = validated(HIDDEN, HIDDEN_EVENTS, [{"msg": "bump", "odd": True}, {"msg": "bump", "odd": True}])
    assert found.verdict == "behaviour"
    assert found.widest == 1  # {1}, {3}
    # Even: 2; then odd: 3; then odd: 5; then even: 6, and nothing else.
    log = [{"msg": "bump", "odd": odd} for odd in (False, True, True, False)]
    assert validated(HIDDEN, HIDDEN_EVENTS, log).verdict == "behaviour"
    log.append({"msg": "bump", "odd": True})  # 7 is outside the type
    found = validated(HIDDEN, HIDDEN_EVENTS, log)
    assert refused_at(found) == ["log1:5"]
    assert any("is 7" in reason.message or "7" in reason.message for reason in found.refusals[0].reasons)


def test_an_event_without_an_action_only_looks() -> None:
    log: list[Entry] = [{"msg": "bump", "odd": True}, {"msg": "exactly", "value": 1}, {"msg": "exactly", "value": 1}]
    found = validated(HIDDEN, HIDDEN_EVENTS, log)
    assert found.verdict == "behaviour"
    assert found.trace is not None and len(found.trace) == 2  # looking is no step
    log.append({"msg": "exactly", "value": 2})
    found = validated(HIDDEN, HIDDEN_EVENTS, log)
    assert refused_at(found) == ["log1:4"]
    assert found.refusals[0].reasons[0].action == "the state as it is"


@pytest.mark.parametrize(("bound", "verdict"), [(2, "refused"), (3, "behaviour"), (4, "behaviour")])
def test_silent_steps_are_bounded(bound: int, verdict: str) -> None:
    # To be seen at 6, by steps of two that leave no event, takes exactly three.
    events = f'events of hidden\nevent "exactly" (value : 0..6) when n == value\nsilent two at most {bound}\n'
    found = validated(HIDDEN, events, [{"msg": "exactly", "value": 6}])
    assert found.verdict == verdict


def test_silent_others_are_the_actions_that_no_event_is() -> None:
    events = (
        'events of hidden\nevent "one" is one\nevent "at" (n_ : 0..6 from "n") when n == n_\nsilent others at most 1\n'
    )
    # one: 1; silent two: 3 (reset: 0); not 2, which would take another `one`.
    assert validated(HIDDEN, events, [{"msg": "one"}, {"msg": "at", "n": 3}]).verdict == "behaviour"
    assert validated(HIDDEN, events, [{"msg": "one"}, {"msg": "at", "n": 0}]).verdict == "behaviour"
    assert refused_at(validated(HIDDEN, events, [{"msg": "one"}, {"msg": "at", "n": 2}])) == ["log1:2"]


def test_a_property_that_every_explanation_violates_is_a_find() -> None:
    log: list[Entry] = [{"msg": "bump", "odd": odd} for odd in (False, False, False)]  # 2, 4, 6
    found = validated(HIDDEN, HIDDEN_EVENTS, log)
    assert found.verdict == "behaviour"
    assert found.violated == {"Small": "log1:3"}
    assert found.trace is not None and found.trace.failure.kind == "invariant"
    # A reset later does not make it good, and is explained.
    found = validated(HIDDEN, HIDDEN_EVENTS, [*log, {"msg": "reset"}])
    assert (found.verdict, found.violated, found.explained) == ("behaviour", {"Small": "log1:3"}, {"log1": 4})


def test_a_property_that_some_explanation_keeps_is_none() -> None:
    # Reset by silent steps is possible as well: what was seen is explained without coming to 6.
    events = HIDDEN_EVENTS.replace('event "reset" is reset', "silent reset at most 1")
    log: list[Entry] = [{"msg": "bump", "odd": odd} for odd in (False, False, False)]
    found = validated(HIDDEN, events, log)
    assert (found.verdict, found.violated) == ("behaviour", {})


def test_the_wrong_way_is_replaced_by_a_right_one_to_the_same_state() -> None:
    # To 0 again by way of 6, or not: the state is the same, and the second way violates nothing.
    events = """
events of hidden
event "at" (value : 0..6) when n == value
event "reset" is reset
silent one, two at most 6
"""
    found = validated(HIDDEN, events, [{"msg": "reset"}, {"msg": "at", "value": 0}])
    assert (found.verdict, found.violated) == ("behaviour", {})


def test_a_transition_property_is_looked_at() -> None:
    model = HIDDEN + "transition Slow n' <= n + 1\n"
    found = validated(model, HIDDEN_EVENTS, [{"msg": "bump", "odd": False}])  # 0 -> 2
    assert found.violated == {"Slow": "log1:1"}


def test_an_argument_that_is_left_open_is_chosen_and_shown() -> None:
    events = 'events of lock\nevent "somebody asks" is ask(_)\nevent "acquire" (node : Node) is acquire(node)\n'
    found = validated(LOCK, events, [{"msg": "somebody asks"}, {"msg": "acquire", "node": "x"}])
    assert found.verdict == "behaviour"
    assert found.widest == 2
    assert found.trace is not None
    assert [str(dict(step.arguments)["n"]) for step in found.trace.steps[1:]] == ["x", "x"]


def test_one_event_may_be_described_more_than_once() -> None:
    events = """
events of hidden
event "step" with "kind" = "big" is two
event "step" with "kind" = "small" is one
event "at" (value : 0..6) when n == value
"""
    log: list[Entry] = [{"msg": "step", "kind": "big"}, {"msg": "step", "kind": "small"}, {"msg": "at", "value": 3}]
    assert validated(HIDDEN, events, log).verdict == "behaviour"
    log[1]["kind"] = "big"
    assert refused_at(validated(HIDDEN, events, log)) == ["log1:3"]
    log[1]["kind"] = "huge"
    with pytest.raises(InputError, match=r'log1:2: no event "step" is described .* kind "big" or kind "small"'):
        validated(HIDDEN, events, log)


def test_a_description_fits_only_events_that_have_all_of_its_values() -> None:
    events = """
events of hidden
event "step" (to : 0..6 from "to") is one or two when n' == to
event "step" (by_ : 1..2 from "by") is one or two when n' == n + by_
""".replace("(to : 0..6", "(target : 0..6").replace("n' == to", "n' == target")
    assert validated(HIDDEN, events, [{"msg": "step", "to": 2}, {"msg": "step", "by": 1}]).verdict == "behaviour"
    with pytest.raises(InputError, match='log1:1: event "step": there is no to'):
        validated(HIDDEN, events, [{"msg": "step"}])


def test_a_number_outside_its_type_fits_nothing() -> None:
    found = validated(HIDDEN, HIDDEN_EVENTS, [{"msg": "exactly", "value": 7}])
    assert refused_at(found) == ["log1:1"]
    assert found.refusals[0].reasons[0].message == "`value` is 7, which is not in 0..6"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"msg": "exactly", "value": "1"}, r'log1:1: event "exactly": `value`: "1" is not a whole number'),
        ({"msg": "exactly", "value": True}, "`value`: true is not a whole number"),
        ({"msg": "exactly", "value": 1.5}, "`value`: 1.5 is not a whole number"),
        ({"msg": "exactly", "value": None}, "`value`: null is not a whole number"),
        ({"msg": "exactly"}, "there is no value"),
        ({"msg": "bump", "odd": 1}, "`odd`: 1 is not true or false"),
        ({"msg": "exactlz", "value": 1}, r'log1:1: unknown event "exactlz"; did you mean `exactly`'),
        ({"msg": 3}, "log1:1: 3 is no name of an event in `msg`"),
        ({"event": "bump"}, "log1:1: there is no `msg`"),
        ([], "log1:1: this is no JSON object"),
        (7, "log1:1: this is no JSON object"),
    ],
)
def test_what_is_no_such_event_is_refused_with_its_place(entry: Entry, message: str) -> None:
    with pytest.raises(InputError, match=message):
        validated(HIDDEN, HIDDEN_EVENTS, [entry])


def test_a_sort_has_so_many_names_and_no_more() -> None:
    with pytest.raises(InputError, match=r"log1:3: .*z is one more than the 2 values of sort Node: x, y"):
        validated(LOCK, LOCK_EVENTS, entries("ask x", "ask y", "ask z"))


def test_a_log_without_events_is_none() -> None:
    with pytest.raises(InputError, match="log1 has no events"):
        validated(HIDDEN, HIDDEN_EVENTS, [])
    with pytest.raises(InputError, match="log1 has no events"):
        validated(HIDDEN, HIDDEN_EVENTS + "ignore others\n", [{"msg": "tick"}])


def test_events_may_be_ignored() -> None:
    log = [{"msg": "tick"}, {"msg": "bump", "odd": True}]
    assert validated(HIDDEN, HIDDEN_EVENTS + 'ignore "tick"\n', log).explained == {"log1": 1}
    assert validated(HIDDEN, HIDDEN_EVENTS + "ignore others\n", [*log, {"other": 1}]).explained == {"log1": 1}
    with pytest.raises(InputError, match='log1:1: unknown event "tick"'):
        validated(HIDDEN, HIDDEN_EVENTS, log)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([1, 2.5, 2.5], None),
        ([1, 0.5], "log1:2: the time goes back, from 1 to 0.5"),
        (["2026-01-01T00:00:01Z", "2026-01-01T01:00:00+01:00"], "log1:2: the time goes back"),
        (["2026-01-01T00:00:01.123456789Z", "2026-01-01T00:00:02Z"], None),
        (["soon"], 'log1:1: "soon" is no time'),
        ([True], "log1:1: true is no time"),
        ([None], "log1:1: null is no time"),
    ],
)
def test_time_does_not_go_back(times: list[object], message: str | None) -> None:
    events = HIDDEN_EVENTS.replace("events of hidden", 'events of hidden named by "e"."name" clock "at"."ts"')
    log = [{"e": {"name": "exactly"}, "value": 0, "at": {"ts": time}} for time in times]
    if message is None:
        assert validated(HIDDEN, events, log).verdict == "behaviour"
        return
    with pytest.raises(InputError, match=message):
        validated(HIDDEN, events, log)


def test_limits_leave_it_unknown() -> None:
    events = "events of hidden\n" + 'event "at" (value : 0..6) when n == value\n' + "silent one, two at most 6\n"
    found = validated(HIDDEN, events, [{"msg": "at", "value": 5}], max_states=3)
    assert (found.verdict, found.stopped) == ("unknown", "more than 3 states were possible at once")
    assert validated(HIDDEN, events, [{"msg": "at", "value": 5}], max_states=7).verdict == "behaviour"


def test_a_limit_of_time_leaves_it_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    log = [{"msg": "exactly", "value": 0}] * 200
    found = validated(HIDDEN, HIDDEN_EVENTS, log, time_limit=1e-9)
    assert found.verdict == "unknown"
    assert found.stopped is not None and "time limit" in found.stopped
    assert found.explained == {"log1": 128}


def test_an_interrupt_leaves_what_was_found() -> None:
    def log() -> Iterator[Entry]:
        yield {"msg": "bump", "odd": True}
        raise KeyboardInterrupt

    found = validated(HIDDEN, HIDDEN_EVENTS, log())
    assert (found.verdict, found.stopped, found.explained) == ("unknown", "interrupted", {"log1": 1})


def test_values_of_all_types_are_read() -> None:
    model = """
model values
enum Kind { data, lease }
record Pair { a : 0..3, b : option of Kind }
variant Msg { Vote(term : 0..3), Ping }
var k : Kind = data
var p : Pair = Pair(0, none)
var v : Msg = Ping
var s : set of 0..3 = {}
var q : seq[2] of Kind = []
var m : map[Kind] of 0..3 = map x in Kind: 0
action go
  then k' = lease
       p' = Pair(1, some(lease))
       v' = Vote(2)
       s' = {1, 3}
       q' = [lease, data]
       m'[lease] = 3
"""
    events = """
events of values
names Kind { "LEASE" = lease }
event "go" (k_ : Kind from "k", p_ : Pair from "p", v_ : Msg from "v", s_ : set of 0..3 from "s",
            q_ : seq[2] of Kind from "q", m_ : map[Kind] of 0..3 from "m")
  is go
  when k' == k_ and p' == p_ and v' == v_ and s' == s_ and q' == q_ and m' == m_
"""
    right = {
        "msg": "go",
        "k": "LEASE",
        "p": {"a": 1, "b": "LEASE"},
        "v": {"tag": "Vote", "value": {"term": 2}},
        "s": [3, 1],
        "q": ["LEASE", "data"],
        "m": {"data": 0, "LEASE": 3},
    }
    assert validated(model, events, [right]).verdict == "behaviour"
    changes: dict[str, object] = {
        "k": "data",
        "p": {"a": 1},
        "v": "Ping",
        "s": [3],
        "q": ["LEASE"],
        "m": {"data": 0, "LEASE": 2},
    }
    for key, value in changes.items():
        found = validated(model, events, [{**right, key: value}])
        assert found.verdict == "refused", key
        assert f"{key}' == {key}_" in str(found.refusals[0].reasons[0].conjunct)
    for key, wrong in {
        "k": "lease",  # the log calls it LEASE
        "p": {"b": None},
        "v": {"tag": "Vote", "value": {}},
        "s": 3,
        "q": "LEASE",
        "m": [],
    }.items():
        with pytest.raises(InputError, match=f"`{key}`: "):
            validated(model, events, [{**right, key: wrong}])


def test_a_log_may_have_a_name_where_there_is_nothing() -> None:
    """As in Go, where a node that is not known is number 0."""
    model = """
model votes
sort Node[2]
enum Kind { data, lease }
var vote : option of Node = none
var kind : option of Kind = none
action cast(n in Node) then vote' = some(n)
action choose(k in Kind) then kind' = some(k)
action forget then vote' = none
"""
    events = """
events of votes
names Node { "0" = none }
names Kind { "L" = lease, "?" = none, }
event "cast" (n : Node, before : option of Node, kind_ : option of Kind from "kind") is cast(n)
  when vote == before and kind == kind_
event "choose" (k : Kind) is choose(k)
"""
    log: list[dict[str, object]] = [
        {"msg": "cast", "n": 7, "before": 0, "kind": "?"},
        {"msg": "choose", "k": "L"},
        {"msg": "cast", "n": "9", "before": "7", "kind": "L"},
    ]
    found = validated(model, events, log)
    assert (found.verdict, found.names) == ("behaviour", {"Node": ("7", "9")})
    assert refused_at(validated(model, events, [*log, {"msg": "cast", "n": 9, "before": 0, "kind": "L"}])) == ["log1:4"]
    with pytest.raises(InputError, match="0 is one more than the 2 values of sort Node"):
        validated(model, events, [*log, {"msg": "cast", "n": 0, "before": 9, "kind": "L"}])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ('names Node { "0" = data }', "the values of sort `Node` have no names"),
        ('names Knd { "0" = none }', "there is no enum or sort `Knd`"),
        ('names Kind { "0" = none, "0" = data }', "two members have the same name in the log"),
    ],
)
def test_names_that_mean_nothing_are_refused(names: str, message: str) -> None:
    model = "model m\nsort Node[2]\nenum Kind { data }\nvar n : option of Node = none\naction go then n' = none"
    with pytest.raises(SpecError) as refused:
        prepared(model, f'events of m\n{names}\nevent "go" is go')
    assert message in [each.message for each in refused.value.diagnostics]


MESSAGES = """
model messages
variant Msg { Ping, Vote(term : 0..3), Append(entries : seq[2] of 0..3) }
var last : Msg = Ping
var net  : set[3] of Msg = {Vote(1), Append([2]), Ping}
action receive(m in net)
  then match m {
         case Vote(t):
           when t > 0
           last' = m
         case Append(e): last' = Append(e + [0])
         case Ping: last' = m
       }
"""


def test_an_event_may_say_what_a_parameter_is_by_an_expression_of_a_narrower_type() -> None:
    """Its values have fewer components than those of the parameter: they are of one shape, and their sequence is
    shorter. Worked out by hand."""
    events = """
events of messages
event "vote" (t : 0..3) is receive(Vote(t))
event "append" (e : 0..3) is receive(Append([e])) when last' == Append([e, 0])
event "any" (t : 0..3, votes : bool) is receive(if votes then Vote(t) else Ping)
"""
    log: list[dict[str, object]] = [
        {"msg": "vote", "t": 1},
        {"msg": "append", "e": 2},
        {"msg": "any", "t": 1, "votes": False},
        {"msg": "any", "t": 1, "votes": True},
    ]
    assert validated(MESSAGES, events, log).verdict == "behaviour"
    for wrong in ({"msg": "vote", "t": 2}, {"msg": "append", "e": 1}, {"msg": "any", "t": 2, "votes": True}):
        assert refused_at(validated(MESSAGES, events, [*log, wrong])) == ["log1:5"]


def test_an_event_is_not_compared_with_paths_that_its_arguments_rule_out() -> None:
    events = """
events of messages
event "vote" (t : 0..3) is receive(Vote(t))
event "any" is receive(_)
"""
    _, rules = prepared(MESSAGES, events)
    # Ping has no fields, so its type does not tell that it is not meant.
    names = [candidate.step.name for candidate in rules.events["vote"][0].candidates]
    assert names == ["receive [case Vote(t)]", "receive [case Ping]"]
    assert len(rules.events["any"][0].candidates) == 3


def test_a_log_of_any_length_takes_the_same_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    trackers: list[frontier.Tracker] = []
    begin = frontier.Tracker.begin

    def kept(tracker: frontier.Tracker) -> None:
        trackers.append(tracker)
        begin(tracker)

    monkeypatch.setattr(frontier.Tracker, "begin", kept)
    kernels, rules = prepared(LOCK, LOCK_EVENTS)
    once = entries("ask x", "acquire x", "ask y", "release x", "acquire y", "release y")
    log = (entry for _ in range(5_000) for entry in once)
    with at_most(10):
        found = validate(kernels, rules, [Log("log", enumerate(log, 1))], ValidationOptions(most_steps=3))
    assert (found.verdict, found.explained) == ("behaviour", {"log": 30_000})
    (tracker,) = trackers
    assert len(tracker.frontier) == 1
    assert len(tracker.history.buffer) < 1 << 17  # the rest is in the file
    assert found.trace is not None and len(found.trace) == 3


# ------------------------------------------------------------------------------------------------------ several logs

MAIL = """
model mail
enum Node { a, b, c }
var sent : map[Node] of map[Node] of 0..9 = map x in Node: map y in Node: 0
var got  : map[Node] of map[Node] of 0..9 = map x in Node: map y in Node: 0
action send(x in Node, y in Node)
  when x != y
  then sent'[x][y] = sent[x][y] + 1
action receive(y in Node, x in Node)
  when got[y][x] < sent[x][y]
  then got'[y][x] = got[y][x] + 1
invariant Few
  forall x in Node, y in Node: sent[x][y] < 9
"""
MAIL_EVENTS = """
events of mail
event "send" (x : Node from "from", y : Node from "to") is send(x, y)
event "receive" (y : Node from "by", x : Node from "from") is receive(y, x)
"""


def mail(*texts: str) -> list[Entry]:
    """Entries such as `a>b` (a sends to b) and `b<a` (b receives from a)."""
    sent = [{"msg": "send", "from": t[0], "to": t[2]} if t[1] == ">" else None for t in texts]
    return [each or {"msg": "receive", "by": t[0], "from": t[2]} for each, t in zip(sent, texts, strict=True)]


def test_an_order_of_several_logs_is_found() -> None:
    # b receives before it sends, a the other way round: there is only one order.
    found = validated(MAIL, MAIL_EVENTS, mail("b<a", "b>a"), mail("a>b", "a<b"))
    assert found.verdict == "behaviour"
    assert found.explained == {"log1": 2, "log2": 2}
    assert found.trace is not None
    assert [str(step.action) for step in found.trace.steps[1:]] == ["send", "receive", "send", "receive"]


def test_an_effect_before_its_cause_is_found() -> None:
    # Each receives before it sends: nothing can be first.
    found = validated(MAIL, MAIL_EVENTS, mail("b<a", "b>a"), mail("a<b", "a>b"), mail("c>a"))
    assert found.verdict == "refused"
    assert found.explained == {"log1": 0, "log2": 0, "log3": 1}
    assert refused_at(found) == ["log1:1", "log2:1"]


def test_a_message_that_nobody_sent_is_found() -> None:
    found = validated(MAIL, MAIL_EVENTS, mail("a>b", "a>c"), mail("b<a", "b<a", "b>c"), mail("c<a", "c<b"))
    assert refused_at(found) == ["log2:2", "log3:2"]  # the second is late, since b comes no further
    assert found.explained == {"log1": 2, "log2": 1, "log3": 1}
    assert found.refusals[0].reasons[0].conjunct == "got[y][x] < sent[x][y]"


def test_logs_that_stand_in_each_others_way() -> None:
    # Each of the two can be explained to its end, but not both: there is one thing to take.
    model = """
model one
var there : bool = true
action take when there then there' = false
"""
    events = 'events of one\nevent "take" is take\n'
    found = validated(model, events, [{"msg": "take"}], [{"msg": "take"}])
    assert found.verdict == "refused"
    assert refused_at(found) == ["log2:1"]
    assert found.explained == {"log1": 1, "log2": 1}


def test_of_orders_one_without_a_violation_is_preferred() -> None:
    model = """
model order
var x : 0..3 = 0
action low then x' = 1
action high then x' = 2
transition Up x' > x
"""
    events = 'events of order\nevent "first" is low\nevent "second" is high\n'
    for logs in ([{"msg": "first"}], [{"msg": "second"}]), ([{"msg": "second"}], [{"msg": "first"}]):
        found = validated(model, events, *logs)
        assert (found.verdict, found.violated) == ("behaviour", {})
    found = validated(model, events, [{"msg": "second"}, {"msg": "first"}], [{"msg": "second"}])
    assert (found.verdict, [*found.violated]) == ("behaviour", ["Up"])


def test_several_logs_have_limits_as_well() -> None:
    log = mail(*["a>b"] * 8)
    other = mail(*["b<a"] * 8)
    assert validated(MAIL, MAIL_EVENTS, log, other).verdict == "behaviour"
    found = validated(MAIL, MAIL_EVENTS, log, other, max_states=5)
    assert found.verdict == "unknown"
    assert found.stopped is not None and "more than 5 states" in found.stopped


def test_what_has_nothing_to_do_with_each_other_is_tried_in_one_order() -> None:
    # Three senders that nobody listens to, then a message that was never sent: 9^3 positions, of which a line is seen.
    logs = [mail(*[f"{x}>{y}"] * 8) for x, y in ("ab", "bc", "ca")]
    logs[0] += mail("a<b")
    found = validated(MAIL, MAIL_EVENTS, *logs)
    assert refused_at(found) == ["log1:9"]
    assert found.widest < 100


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ('events of hiden\nevent "x" is one', "the model is called `hidden`, not `hiden`"),
        ("events of hidden", "no event is described here"),
        ('event "x" is one', "this file does not say which model it is about"),
        ('events of hidden\nevent "x" is on', "there is no action `on`"),
        ('events of hidden\nevent "x" is one(1)', "`one` has 0 parameters, not 1"),
        ('events of hidden\nevent "x" (v : bool) is one when n == v', "an integer and a boolean are never equal"),
        ('events of hidden\nevent "x" (n : bool) is one', "`n` already means a variable"),
        ('events of hidden\nevent "x" (v : nat) is one', "`v` has no bounds"),
        ('events of hidden\nevent "x" (v : option of option of bool) is one', "an option of an option"),
        ("events of hidden\nevent \"x\" is one when n'' == 1", "cannot stand here"),
        ('events of hidden\nevent "x" is one when m == 1', "unknown name `m`"),
        ("events of hidden\nevent x is one", "`x` cannot stand here"),
        ('events of hidden\nevent "x" (to : bool) is one', "`to` is a word of the language"),
        ('events of hidden\nevent "x" is one\nsilent tow', "there is no action `tow`"),
        ('events of hidden\nevent "x" is one\nsilent one\nsilent two', "a file has one `silent` line"),
        ('events of hidden\nevent "x" is one\nsilent one at most 1001', "at most 1000 silent steps"),
        ('events of hidden\nevent "x" is one\nignore "x"', 'event "x" is described, and ignored as well'),
        ('events of hidden\nevent "x" is one\nignore rest', "`rest` is no event"),
        ('events of hidden\nevent "x" is one\nnames Color { "r" = red }', "there is no enum or sort `Color`"),
        ('events of hidden\nevent "x', "this string is not closed"),
        ('events of hidden\nevent "x" is one\nevents of hidden', "a file has one `events of` line"),
        ('events of hidden\nevent "x" is', "the file ends here"),
    ],
)
def test_events_are_checked_before_any_log_is_read(events: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        prepared(HIDDEN, events)
    assert any(message in diagnostic.message for diagnostic in caught.value.diagnostics), str(caught.value)
    assert all(diagnostic.span is not None for diagnostic in caught.value.diagnostics)
