--------------------------- MODULE TwoPhaseCommit ---------------------------
\* models/examples/two_phase_commit.gate, for TLC.

EXTENDS Naturals

CONSTANT Manager

VARIABLES progress, decision, ready, votes, orders

vars == <<progress, decision, ready, votes, orders>>

Init ==
    /\ progress = [m \in Manager |-> "working"]
    /\ decision = "undecided"
    /\ ready = {}
    /\ votes = {}
    /\ orders = {}

Prepare(m) ==
    /\ progress[m] = "working"
    /\ progress' = [progress EXCEPT ![m] = "prepared"]
    /\ votes' = votes \cup {m}
    /\ UNCHANGED <<decision, ready, orders>>

GiveUp(m) ==
    /\ progress[m] = "working"
    /\ progress' = [progress EXCEPT ![m] = "aborted"]
    /\ UNCHANGED <<decision, ready, votes, orders>>

ObeyCommit(m) ==
    /\ "commit" \in orders
    /\ progress' = [progress EXCEPT ![m] = "committed"]
    /\ UNCHANGED <<decision, ready, votes, orders>>

ObeyAbort(m) ==
    /\ "abort" \in orders
    /\ progress' = [progress EXCEPT ![m] = "aborted"]
    /\ UNCHANGED <<decision, ready, votes, orders>>

ReceiveVote(m) ==
    /\ decision = "undecided"
    /\ m \in votes
    /\ ready' = ready \cup {m}
    /\ UNCHANGED <<progress, decision, votes, orders>>

DecideCommit ==
    /\ decision = "undecided"
    /\ ready = Manager
    /\ decision' = "commit"
    /\ orders' = orders \cup {"commit"}
    /\ UNCHANGED <<progress, ready, votes>>

DecideAbort ==
    /\ decision = "undecided"
    /\ decision' = "abort"
    /\ orders' = orders \cup {"abort"}
    /\ UNCHANGED <<progress, ready, votes>>

Next ==
    \/ DecideCommit
    \/ DecideAbort
    \/ \E m \in Manager :
        Prepare(m) \/ GiveUp(m) \/ ObeyCommit(m) \/ ObeyAbort(m) \/ ReceiveVote(m)

Spec == Init /\ [][Next]_vars

Consistent == \A m, n \in Manager : ~(progress[m] = "committed" /\ progress[n] = "aborted")
=============================================================================
