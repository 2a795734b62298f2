"""The language by example: expressions that are true, and some that have no value, in one state worked out by hand."""

from __future__ import annotations

from functools import cache

from skipgate.spec.loader import Program
from skipgate.spec.parsing.parser import parse
from skipgate.spec.passes import examine
from skipgate.spec.source import Source
from skipgate.spec.specification import Specification
from skipgate.spec.syntax import File

DECLARATIONS = """
enum Color { red, green, blue }
sort Node[2]
ordered record Stamp { term : 0..3, index : 0..3 }
record Box { color : Color, room : option of 0..3 }
variant Msg { Vote(term : 1..3), Append(term : 5..7, to : Node, log : seq[2] of 0..1), Ping }

var x     : 0..3            = 2
var y     : -3..3           = -3
var zero  : 0..1            = 0
var yes   : bool            = true
var no    : bool            = false
var color : Color           = green
var node  : Node            in Node
var now   : Stamp           = Stamp(1, 3)
var box   : Box             = Box(color = blue, room = some(3))
var msg   : Msg             = Vote(term = 2)
var sent  : set of Msg      = {Ping, Vote(1), Append(7, node, [1]), Append(to = node, term = 5, log = [])}
var none_ : option of 0..3  = none
var some_ : option of 0..3  = some(2)
var log   : seq[3] of 0..3  = [3, 1]
var high  : seq[2] of 5..7  = []
var odd   : set of 0..3     = {1, 3}
var pairs : set of Stamp    = {Stamp(0, 1), Stamp(2, 2)}
var many  : set of 0..130   = {0, 62, 63, 64, 126, 130}
var price : map[Color] of 0..3 = map c in Color: if c == green then 2 else 0
var grid  : map[bool] of seq[2] of bool = map b in bool: [b]

def twice(n : int)       = n + n
def below(n : 0..3)      = n < x
def ignored(n : 0..3)    = yes
def spread : 0..2        = x + y
"""

TRUE = """
# numbers
x + y == -1
x - y == 5
x * y == -6
-y == 3
abs(y) == 3 and abs(x) == 2
y div x == -2
y mod x == 1
x div y == -1
x mod y == -1
(x + 2) div 2 == 2
min(x, y, 1) == -3
max(x, y, 1) == 2
x < 3 and x <= 2 and x > y and x >= 2
not (x < 2) and not (x > 2)
twice(y) == -6

# booleans, from left to right
yes and not no
no or yes
no => log[3] == 0
no == (yes and no)
not (no and log[3] == 0)
yes or 1 div zero == 1
(yes <=> yes) and not (yes <=> no)
(if yes then 1 else 1 div zero) == 1
(if no then 1 elif yes then 2 else 3) == 2
(if no then 1 elif no then 2 else 3) == 3

# enums, sorts
color == green
red < color and color < blue
max(red, color) == green
node in Node
len(Node) == 2
exists other in Node: other != node
(match color case red: 1 case green, blue: 2) == 2
(match color case red: 1 case _: 2) == 2

# options
none_ == none
some_ == some(2)
none < some(0) and some(0) < some_
none_ < some_
get(some_) == 2
get(none_, 7) == 7
get(some_, 1 div zero) == 2
(match msg case Vote(t): t + 1 case Append, Ping: 0) == 3
(match msg case Append(t, _, log_): t + len(log_) case _: 9) == 9
(match Append(6, node, [1, 0]) case Append(t, a, log_): a == node and t + log_[1] + log_[2] == 7 case _: no)
msg == Vote(2) and msg != Vote(1) and msg != Ping and Ping == Ping
some(msg) != none and [msg, Ping][2] == Ping
Vote(1) in sent and Vote(3) not in sent and Append(7, node, [1]) in sent and Append(7, node, []) not in sent
len(sent) == 4 and len(sent | {msg}) == 5 and len(sent - {Ping, Ping}) == 3
(sum m in sent: match m case Vote(t): t case Append(t, _, _): t case Ping: 100) == 113
(count m in sent: match m case Append: yes case _: no) == 2
(forall m in {Vote(k) for k in 1..3}: match m case Vote(t): 6 mod t == 0 case _: no)
len({m for m in Msg where match m case Vote, Ping: yes case Append: no}) == 4
len(Msg) == 46
(map m in Msg: match m case Ping: 1 case _: 0)[Ping] == 1
(match some_ case none: 0 case some(n): n + 1) == 3
(match none_ case none: 0 case some(n): n + 1) == 0
(match some_ case some(n): n case _: 9) == 2

# records
now.term == 1 and now.index == 3
now < Stamp(2, 0) and Stamp(1, 2) < now
Stamp(index = 3, term = 1) == now
{now with term = 3} == Stamp(3, 3)
{now with term = 2, index = 1, term = 0} == Stamp(0, 1)
{box with room = none}.room == none
{box with room = none}.color == blue
max(now, Stamp(1, 2)) == now

# sequences
log[1] == 3 and log[2] == 1
len(log) == 2
first(log) == 3 and last(log) == 1
log + [2] == [3, 1, 2]
[] + log == log and log + [] == log
log[1..1] == [3] and log[2..2] == [1] and log[1..2] == log
log[2..1] == [] and log[9..3] == []
[n + 1 for n in log] == [4, 2]
[n for n in log where n > 1] == [3]
[n * n for n in 1..x] == [1, 4]
[n for n in x..1] == []
elems(log) == {1, 3}
elems(log + log) == {1, 3}
{log with [2] = 0} == [3, 0]
log != [3] and log != [1, 3]
elems(high) == {}

# sets
1 in odd and 2 not in odd
9 not in odd and -1 not in odd
odd == {3, 1, 3}
odd | {2} == {1, 2, 3}
odd & {2, 3, 9} == {3}
odd - {3, 4} == {1}
{1} subset odd and not ({1, 2} subset odd)
{} subset odd and {} != odd
1..3 == {1, 2, 3} and 3..1 == {}
len(odd) == 2 and len({}) == 0
{n + 1 for n in odd} == {2, 4}
{n for n in odd where n > 1} == {3}
{a + b for a in odd, b in odd} == {2, 4, 6}
subsets(odd) == {{}, {1}, {3}, {1, 3}}
{1} in subsets(odd) and {2} not in subsets(odd)
len(subsets(0..2)) == 8
yes in bool and bool - {yes} == {no} and len(bool) == 2 and {no} subset bool and bool == {no, yes}
bag {1, 1} in {bag {}, bag {1, 1}} and bag {1} not in {bag {}, bag {1, 1}} and bag {1} in bag {bag {1}}
permutations(odd) == {[1, 3], [3, 1]} and permutations(odd & (2..2)) == {[]} and permutations({x}) == {[2]}
permutations({red, blue}) == {[red, blue], [blue, red]} and [blue, red, green] in permutations(Color)
len(permutations(Node)) == 2 and forall p in permutations(Node): elems(p) == Node
len(permutations(0..4)) == 120 and [4, 0, 3, 1, 2] in permutations(0..4)
Stamp(2, 2) in pairs and now not in pairs
{p.index for p in pairs} == {1, 2}
len(many) == 6
63 in many and 65 not in many and 130 in many
many - (0..63) == {64, 126, 130}
many & (63..64) == {63, 64}
{n in odd for n in many} == {false}
(sum n in many: n) == 445
{n - 62 for n in many where n > 61} == {0, 1, 2, 64, 68}
{0, 62, 63} subset many

# quantifiers and folds
forall n in odd: n > 0
exists n in odd: n > 2
not (forall n in odd: n > 1)
forall n in {}: false
not (exists n in 3..1: true)
forall a, b in odd where a < b: a == 1 and b == 3
exists a in odd, b in 1..a: b == 2
forall n in 0..70: n >= 0
exists n in 0..200: n == 130 and n in many
(count n in 0..3: n in odd) == 2
(count a in odd, b in odd where a <= b: true) == 3
(sum n in odd: n * 10) == 40
(sum n in {}: 1) == 0
(min n in odd: n) == 1 and (max n in odd: -n) == -1
(max p in pairs: p) == Stamp(2, 2)
(min c in Color where c != red: c) == green
exists n in 1..3: n == 1 or 1 div (n - 2) == 5
exists n in Node where n == node or 1 div x == 1: n == node
exists n in 1..3, m in Node: n == 1 or 1 div (n - 2) == 5 and m == node
(forall s in subsets({0, 1}): s == {} or 0 in s) == false
forall s in subsets(odd) where s != {}: exists n in s: n in odd

# maps
price[green] == 2 and price[red] == 0
{price with [red] = 3}[red] == 3
{price with [red] = 3}[green] == 2
(map c in Color: price[c]) == price
(map b in bool: not b)[true] == false
{grid with [true] = [no, no]}[true] == [no, no]
{grid with [true][1] = no}[true] == [no]
grid[false][1] == false
(map n in -1..1: n * n)[-1] == 1

# let and definitions are by name: what is not used cannot fail
(let a = x + 1, b = a * 2: b - a) == 3
let wrong = log[3]: yes
let wrong = 1 div zero: yes or wrong == 1
ignored(9)
below(1) and not below(3)
"""

FAILING = {
    "log[1 - 1] == 0": "index 0 is outside 1..2",
    "log[3] == 0": "index 3 is outside 1..2",
    "high[1] == 5": "index 1 in an empty sequence",
    "{high[1]} == {5}": "index 1 in an empty sequence",
    "first(high) == 5": "index 1 in an empty sequence",
    "last(high) == 5": "index 0 in an empty sequence",
    "log[1..3] == log": "slice 1..3 reaches outside 1..2",
    "log[0..1] == log": "slice 0..1 reaches outside 1..2",
    "{log with [3] = 1} == log": "index 3 is outside 1..2",
    "(map n in 0..1: n)[x] == 0": "key 2 is not in 0..1",
    "{(map n in 0..1: n) with [x] = 1} == (map n in 0..1: n)": "key 2 is not in 0..1",
    "get(none_) == 0": "`get` of none",
    "x div zero == 0": "division by zero",
    "x mod zero == 0": "division by zero",
    "(min n in 3..1: n) == 0": "`min` of nothing",
    "(max n in odd where n > 3: n) == 0": "`max` of nothing",
    "below(x + 2)": "`n` of `below` would be 4, which is not in 0..3",
    "spread == -1": "the value of `spread` would be -1, which is not in 0..2",
    "Stamp(x + 2, 0) == now": "field `term` of `Stamp` would be 4, which is not in 0..3",
    "no or log[3] == 0": "index 3 is outside 1..2",
    "yes => log[3] == 0": "index 3 is outside 1..2",
    "yes and 1 div zero == 1": "division by zero",
    "exists n in 1..3: 1 div (n - 2) == 5": "division by zero",
    # No value of a sort comes first, so none decides before the others.
    "exists n in Node: n == node or get(none_) == 0": "`get` of none",
    "not (forall n in Node: n != node and get(none_) == 0)": "`get` of none",
    "exists t in set of Node: t == {} or 1 div zero == 1": "division by zero",
    "exists n in 1..3, m in Node: n == 1 and (m == node or 1 div zero == 1)": "division by zero",
    "forall n in {get(none_)}: yes": "`get` of none",
    "9 in {get(none_)}": "`get` of none",
    "let wrong = log[3]: wrong == 1": "index 3 is outside 1..2",
    "(match [red, color][x + 1] case red, green, blue: yes)": "index 3 is outside 1..2",
    "Box(color, get(some(some(get(none_))))).color == green": "`get` of none",
    "len({1 div zero}) == 1": "division by zero",
}


def true_expressions() -> list[str]:
    return [line for line in TRUE.splitlines() if line and not line.startswith("#")]


@cache
def claim(expression: str) -> Specification:
    """The invariant that an expression is true. The declarations are parsed once: they are longer than most claims."""
    main = parse(Source("claim.gate", f"invariant Claim {expression}\ncheck c expect holds\n"))
    return examine(Program(main, (_declared(), main)))


@cache
def _declared() -> File:
    return parse(Source("language.gate", DECLARATIONS))
