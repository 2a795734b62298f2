----------------------------- MODULE language_c -----------------------------

\* Something of everything
\* language, check c: expects violation of Follows
\* Written by skipgate, and to be written anew when the model or the constants change.

EXTENDS FiniteSets, Integers, Sequences, TLC

CONSTANT None \* of an option without a value

\* The sequences of at most n elements of S, for TLC to tell what is one.
BoundedSeq(S, n) == {s \in Seq(S) : Len(s) <= n}

\* v, which must be an element of S.
Within(v, S) == IF v \in S THEN v ELSE Assert(FALSE, <<"out of bounds", v>>)

\* TLC takes a condition that is true for two reasons for two steps. With this around it, for one.
Once(p) == p = TRUE

\* Rounded down, whatever the sign of the divisor.
Quotient(a, b) == IF b < 0 THEN (-a) \div (-b) ELSE a \div b

\* It has the sign of the divisor.
Remainder(a, b) == a - (b * Quotient(a, b))

Abs(n) == IF n < 0 THEN -n ELSE n

Min(S) == CHOOSE a \in S : \A b \in S : a <= b

Max(S) == CHOOSE a \in S : \A b \in S : a >= b

\* The sequences that have each element of S once.
Orders(S) == {s \in [1..Cardinality(S) -> S] : \A x \in S : \E i \in 1..Cardinality(S) : s[i] = x}

RECURSIVE SumOver(_, _)
SumOver(f, S) == IF S = {} THEN 0 ELSE LET a == CHOOSE b \in S : TRUE IN f[a] + SumOver(f, S \ {a})

Sum(f) == SumOver(f, DOMAIN f)

ColorOrder == [red |-> 1, green |-> 2, blue |-> 3]

MaxColor(S) == CHOOSE a \in S : \A b \in S : ~(ColorOrder[a] < ColorOrder[b])

\* The sequences of at most n elements of S, for TLC to go through.
EverySeq(S, n) == UNION {[1..m -> S] : m \in 0..n}

Last(s) == s[Len(s)]

Elements(s) == {s[i] : i \in 1..Len(s)}

\* f[k] must be there.
ReplaceAt(f, k, v) == IF k \in DOMAIN f THEN [f EXCEPT ![k] = v] ELSE Assert(FALSE, <<"no element", k>>)

LessStamp(a, b) == IF a.wall # b.wall THEN a.wall < b.wall ELSE
                   a.logical < b.logical

LessOptionInt(a, b) == IF a = None THEN b # None ELSE b # None /\ a < b

MaxOptionInt(S) == CHOOSE a \in S : \A b \in S : ~LessOptionInt(a, b)

LessOptionNothing(a, b) == IF a = None THEN b # None ELSE b # None /\ a < b

LessOptionOptionNothing(a, b) == IF a = None THEN b # None ELSE b # None /\ LessOptionNothing(a[1], b[1])

LessOptionOptionInt(a, b) == IF a = None THEN b # None ELSE b # None /\ LessOptionInt(a[1], b[1])

Get(o) == IF o = None THEN Assert(FALSE, "get of none") ELSE o

GetOr(o, d) == IF o = None THEN d ELSE o

GetInner(o) == IF o = None THEN Assert(FALSE, "get of none") ELSE o[1]

GetInnerOr(o, d) == IF o = None THEN d ELSE o[1]

-----------------------------------------------------------------------------

CONSTANTS
    Node,
    TOP,    \* how far it goes
    FIRST,
    SOME,
    OFFSET,
    PLAN,
    TABLE

\* as seen by day
\*   "red": stop
Color == {"red", "green", "blue"}

Count == 0..TOP

\* when
Stamp == [wall : 0..9, logical : 0..3]

\*   seen: by whom it does not matter
Entry == [at : Stamp, seen : SUBSET Color, next : {None} \cup 0..2]

ASSUME /\ TOP \in Nat
       /\ FIRST \in Color
       /\ SOME \in SUBSET Color
       /\ OFFSET \in Int
       /\ PLAN \in BoundedSeq(Count, 3)
       /\ TABLE \in [Color -> Count]

\* otherwise there is nothing to see
ASSUME TOP > 1

OFFSET_given == -2

PLAN_given == <<1, 2>>

TABLE_given ==
    [k2 \in {"red", "green", "blue"} |-> CASE k2 = "red" -> 1 [] k2 = "green" -> 0 [] k2 = "blue" -> 0]

-----------------------------------------------------------------------------

VARIABLES
    n,
    o,
    oo,
    e,
    s,
    q,
    m,
    g,
    started

vars == <<n, o, oo, e, s, q, m, g, started>>

TypeOK ==
    /\ n \in Count
    /\ o \in {None} \cup Count
    /\ oo \in {None} \cup [1..1 -> {None} \cup Count]
    /\ e \in Entry
    /\ s \in SUBSET Count
    /\ q \in BoundedSeq(Color, 2)
    /\ m \in [Node -> {None} \cup Color]
    /\ g \in [1..2 -> BoundedSeq(BOOLEAN, 2)]
    /\ started \in BOOLEAN

-----------------------------------------------------------------------------

grown(by) == Within(n + by, Count)

-----------------------------------------------------------------------------

Init ==
    /\ n = 0
    /\ o = None
    /\ oo = <<None>>
    /\ e = [at |-> [wall |-> 0, logical |-> 0], seen |-> {}, next |-> None]
    /\ s = {0}
    /\ q = <<>>
    /\ m = [k \in Node |-> None]
    /\ g = [k \in 1..2 |-> <<k = 1>>]
    /\ started \in BOOLEAN

\* {k} more, in {c}
step(k, c) ==
    LET stamp == [wall |-> n + k, logical |-> k]
    IN  /\ n + k <= TOP
        /\ Once(k = 1 \/ started)
        /\ n' = grown(k)
        /\ o' = n
        /\ oo' = <<k>>
        /\ e' = [e EXCEPT !.at = stamp, !.next = IF k > 1 THEN k ELSE e.next]
        /\ s' = s \cup {n + k}
        /\ q' = IF Len(q) < 2 THEN Append(q, c) ELSE <<c>>
        /\ UNCHANGED <<m, g, started>>

mark(p, i) ==
    /\ m[p] = None
    /\ Once(\E x \in s : x = n)
    /\ m' = [m EXCEPT ![p] = "blue"]
    /\ g' = [g EXCEPT ![i] = <<i = 2>> \o SubSeq(g[i], 2, Len(g[i]))]
    /\ UNCHANGED <<n, o, oo, e, s, q, started>>

wait ==
    /\ n = TOP
    /\ UNCHANGED vars

\* of the two nodes one is not marked
Short == \E p \in Node : m[p] = None

Step ==
    \/ \E k \in 1..2, c \in Color \ SOME : step(k, c)
    \/ \E p \in Node, i \in 1..2 : mark(p, i)
    \/ wait

Terminal == n = TOP \/ ~started

\* Nothing needs to happen in a terminal state. A step to itself tells TLC so.
Terminating == Once(Terminal) /\ UNCHANGED vars

Next == Step \/ Terminating

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------

arithmetic ==
    /\ (-7) \div 2 = -4
    /\ (-7) % 2 = 1
    /\ Remainder(7, -2) = -1
    /\ Quotient(7, -2) = -4
    /\ (2 - 3) - 4 = -5
    /\ -(2 - 5) = 3
    /\ Abs(-3) = 3
    /\ Min({2, 1}) = 1
    /\ Max({1, 2, 0}) = 2
    /\ 2 * 3 + 1 = 7
    /\ 5 = 5

sets ==
    /\ ({1, 2} \cup {2, 3}) \ {1} = {2, 3}
    /\ {1, 2} \cap {2} = {2}
    /\ {1} \subseteq 1..2
    /\ 3 \notin 1..2
    /\ {x * x : x \in {x \in 1..3 : x # 2}} = {1, 9}
    /\ UNION {{x + y : y \in x..2} : x \in 1..2} = {2, 3, 4}
    /\ {x \in 1..4 : x % 2 = 0} = {2, 4}
    /\ Cardinality({1, 1}) = 1
    /\ Cardinality(SUBSET {1, 2}) = 4
    /\ Orders({1, 2}) = {<<1, 2>>, <<2, 1>>}
    /\ Cardinality({<<x, y>> \in (1..2) \X (1..3) : x < y /\ x + y > 3}) = 2
    /\ Sum([x \in 1..3 |-> x]) = 6
    /\ Sum([<<x, y>> \in UNION {{<<x, y>> : y \in x..2} : x \in 1..2} |-> x * y]) = 7
    /\ Min({-x : x \in {x \in 1..3 : x > 1}}) = -3
    /\ MaxColor(SOME) = "blue"
    /\ Cardinality(Stamp) = 40
    /\ Cardinality({t \in SUBSET Color : ("red" \in t)}) = 4
    /\ Cardinality({t \in {None} \cup BOOLEAN : t = None}) = 1
    /\ Cardinality({t \in EverySeq(BOOLEAN, 2) : Len(t) < 2}) = 3

sequences ==
    /\ Append(<<1>>, 2) = <<1, 2>>
    /\ <<1, 2>> \o <<3, 4>> = <<1, 2, 3, 4>>
    /\ Head(<<1, 2>>) = 1
    /\ Last(<<1, 2>>) = 2
    /\ SubSeq(<<5, 6, 7>>, 2, 3) = <<6, 7>>
    /\ SubSeq(<<5>>, 3, 2) = <<>>
    /\ Elements(<<1, 2, 1>>) = {1, 2}
    /\ (LET chosen == SelectSeq(<<1, 2, 3>>, LAMBDA x : x # 2)
        IN  [i2 \in 1..Len(chosen) |-> LET x == chosen[i2] IN x * x]) =
         <<1, 9>>
    /\ SelectSeq([i3 \in 1..4 - (2 - 1) |-> i3 + (2 - 1)], LAMBDA k : k # 3) = <<2, 4>>
    /\ [k \in 1..2 |-> k + 1] = <<2, 3>>
    /\ [i4 \in 1..1 - (2 - 1) |-> i4 + (2 - 1)] = <<>>
    /\ ReplaceAt(<<1, 2>>, 1, 3) = <<3, 2>>

orders ==
    /\ ColorOrder["red"] < ColorOrder["blue"]
    /\ MaxColor({"red", "green"}) = "green"
    /\ LessStamp([wall |-> 1, logical |-> 2], [wall |-> 2, logical |-> 0])
    /\ ~LessStamp([wall |-> 1, logical |-> 2], [wall |-> 1, logical |-> 2])
    /\ ~LessStamp([wall |-> 1, logical |-> 3], [wall |-> 1, logical |-> 2])
    /\ LessOptionInt(None, 0)
    /\ ~LessOptionInt(0, None)
    /\ LessOptionInt(1, 2)
    /\ ~LessOptionInt(1, 1)
    /\ ~LessOptionInt(1, 1)
    /\ MaxOptionInt({None, 1}) = 1
    /\ LessOptionOptionNothing(None, <<None>>)
    /\ LessOptionOptionInt(<<None>>, <<0>>)

options ==
    /\ Get(1) = 1
    /\ GetOr(None, 2) = 2
    /\ Get(GetInner(<<3>>)) = 3
    /\ GetInnerOr(<<None>>, 1) = None
    /\ (LET subject == 1 IN IF subject = None THEN 0 ELSE LET x == subject IN x + 1) = 2
    /\ LET subject2 == <<1>> IN IF subject2 = None THEN FALSE ELSE LET x == subject2[1] IN x = 1

choices ==
    /\ (CASE FIRST \in {"red", "blue"} -> 1 [] FIRST = "green" -> 2) = 2
    /\ (CASE FIRST = "red" -> 1 [] OTHER -> 2) = 2
    /\ (IF FIRST = "red" THEN 1 ELSE IF FIRST = "green" THEN 2 ELSE 3) = 2
    /\ (LET a == TOP b == a + OFFSET IN a * b) = 3

records ==
    /\ [at |-> [wall |-> 1, logical |-> 2], seen |-> {"red"}, next |-> 1].at.logical = 2
    /\ [[at |-> [wall |-> 1, logical |-> 2], seen |-> {}, next |-> None] EXCEPT !.at.wall = 5, !.next = 2] =
         [at |-> [wall |-> 5, logical |-> 2], seen |-> {}, next |-> 2]
    /\ [[c \in Color |-> 0] EXCEPT !["blue"] = 1]["blue"] = 1
    /\ PLAN[2] + TABLE["red"] = 3

\* what was worked out by hand
Values == arithmetic /\ sets /\ sequences /\ orders /\ options /\ choices /\ records

Reached == n > 0 => n \in s /\ o # None

\* it never goes down
Up == [][n' >= n]_vars

goes_on == n' > n

later(by) == n + by

later_next(by) == n' + by

\* from the same number on; not so where nothing changes
Follows == [][goes_on \/ (later_next(0) = later(0) /\ m' # m)]_vars

goes_on_still == n > n

\* The same of steps that change nothing, which the formula above leaves out.
FollowsWhenNothingChanges ==
    Short /\ ENABLED (Step /\ UNCHANGED vars) => goes_on_still \/ (later(0) = later(0) /\ m # m)

Full == n = TOP /\ q = <<"green", "green">>
NeverFull == ~(Full /\ Short)
=============================================================================
