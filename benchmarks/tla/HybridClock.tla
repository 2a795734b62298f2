----------------------------- MODULE HybridClock -----------------------------
\* models/elastickv/hlc.gate with enable_safety = true, for TLC.

EXTENDS Naturals, Sequences

CONSTANTS Node, SKEW, WINDOW, TERMS, OPS, MAX_WALL, LOGICAL_MAX

ASSUME SKEW < WINDOW

VARIABLES leader_of, wall_now, physical_ceiling, hlc_last, max_applied_hlc, committed

vars == <<leader_of, wall_now, physical_ceiling, hlc_last, max_applied_hlc, committed>>

Timestamp(wall, logical) == [wall |-> wall, logical |-> logical]

Less(a, b) == a.wall < b.wall \/ (a.wall = b.wall /\ a.logical < b.logical)

Later(a, b) == IF Less(a, b) THEN b ELSE a

Max(a, b) == IF a < b THEN b ELSE a

ActiveTerm == Len(leader_of)

IsLeader(n) == ActiveTerm > 0 /\ leader_of[ActiveTerm] = n

Init ==
    /\ leader_of = <<>>
    /\ wall_now = [n \in Node |-> 0]
    /\ physical_ceiling = [n \in Node |-> 0]
    /\ hlc_last = [n \in Node |-> Timestamp(0, 0)]
    /\ max_applied_hlc = Timestamp(0, 0)
    /\ committed = <<>>

StateConstraint == \A n \in Node : hlc_last[n].wall <= MAX_WALL + WINDOW

-----------------------------------------------------------------------------

BecomeLeader(n) ==
    /\ ActiveTerm < TERMS
    /\ leader_of' = Append(leader_of, n)
    /\ hlc_last' = [hlc_last EXCEPT ![n] = Later(@, max_applied_hlc)]
    /\ UNCHANGED <<wall_now, physical_ceiling, max_applied_hlc, committed>>

ApplyCeiling(n) ==
    /\ IsLeader(n)
    /\ physical_ceiling' = [m \in Node |-> Max(physical_ceiling[m], wall_now[n] + WINDOW)]
    /\ UNCHANGED <<leader_of, wall_now, hlc_last, max_applied_hlc, committed>>

NextHlc(previous, now) ==
    IF now > previous.wall THEN Timestamp(now, 0)
    ELSE IF previous.logical < LOGICAL_MAX THEN Timestamp(previous.wall, previous.logical + 1)
    ELSE Timestamp(previous.wall + 1, 0)

IssueTimestamp(n) ==
    /\ IsLeader(n)
    /\ Len(committed) < OPS
    /\ wall_now[n] < physical_ceiling[n]
    /\ LET at == NextHlc(hlc_last[n], Max(wall_now[n], physical_ceiling[n]))
       IN  /\ hlc_last' = [hlc_last EXCEPT ![n] = at]
           /\ max_applied_hlc' = Later(max_applied_hlc, at)
           /\ committed' = Append(committed, [at |-> at, term |-> ActiveTerm, node |-> n])
    /\ UNCHANGED <<leader_of, wall_now, physical_ceiling>>

TickWall(n) ==
    /\ wall_now[n] < MAX_WALL
    /\ \A m \in Node \ {n} :
        /\ wall_now[n] + 1 <= wall_now[m] + SKEW
        /\ wall_now[m] <= wall_now[n] + 1 + SKEW
    /\ wall_now' = [wall_now EXCEPT ![n] = @ + 1]
    /\ UNCHANGED <<leader_of, physical_ceiling, hlc_last, max_applied_hlc, committed>>

Next == \E n \in Node : BecomeLeader(n) \/ ApplyCeiling(n) \/ IssueTimestamp(n) \/ TickWall(n)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------

HLC1_PerNodeMonotonic ==
    \A i, j \in 1..Len(committed) :
        i < j /\ committed[i].node = committed[j].node => Less(committed[i].at, committed[j].at)

HLC1_Action == [][\A n \in Node : ~Less(hlc_last'[n], hlc_last[n])]_vars

HLC2_Action == [][\A n \in Node : physical_ceiling[n] <= physical_ceiling'[n]]_vars

HLC3_LeaderOnly == \A i \in 1..Len(committed) : leader_of[committed[i].term] = committed[i].node

HLC4_NoRegressionAcrossTerms ==
    \A i, j \in 1..Len(committed) :
        committed[i].term < committed[j].term => Less(committed[i].at, committed[j].at)
=============================================================================
