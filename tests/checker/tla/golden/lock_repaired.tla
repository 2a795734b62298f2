---------------------------- MODULE lock_repaired ---------------------------

\* Two clients and a lock
\* lock, check repaired: expects holds
\* a release that is not the owner's is ignored
\* Written by skipgate, and to be written anew when the model or the constants change.

EXTENDS Integers

CONSTANT None \* of an option without a value

-----------------------------------------------------------------------------

CONSTANTS
    Client,
    check_owner  \* a release counts only if it comes from the owner

Place == {"away", "waiting", "inside"}

ASSUME check_owner \in BOOLEAN

-----------------------------------------------------------------------------

VARIABLES
    place,
    owner  \* who holds the lock, as far as the server knows

vars == <<place, owner>>

TypeOK ==
    /\ place \in [Client -> Place]
    /\ owner \in {None} \cup Client

-----------------------------------------------------------------------------

Init ==
    /\ place = [c \in Client |-> "away"]
    /\ owner = None

\* {c} asks for the lock
ask(c) ==
    /\ place[c] = "away"
    /\ place' = [place EXCEPT ![c] = "waiting"]
    /\ UNCHANGED owner

\* the server gives the lock to {c}
grant(c) ==
    /\ place[c] = "waiting"
    /\ owner = None
    /\ place' = [place EXCEPT ![c] = "inside"]
    /\ owner' = c

\* {c} releases the lock
leave(c) ==
    /\ place[c] = "inside"
    /\ place' = [place EXCEPT ![c] = "away"]
    /\ owner' = None

\* {c} is tired of waiting, and sends a release to be sure
give_up(c) ==
    /\ place[c] = "waiting"
    /\ place' = [place EXCEPT ![c] = "away"]
    /\ owner' = IF check_owner /\ owner # c THEN owner ELSE None

Next ==
    \/ \E c \in Client : ask(c)
    \/ \E c \in Client : grant(c)
    \/ \E c \in Client : leave(c)
    \/ \E c \in Client : give_up(c)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------

\* no two clients are inside at once
Exclusive == \A a, b \in Client : place[a] = "inside" /\ place[b] = "inside" => a = b

\* the lock is free before another one gets it
Handover == [][owner # None /\ owner' # None => owner' = owner]_vars

\* one waits while the other one is inside
Contention == \E a, b \in Client : place[a] = "inside" /\ place[b] = "waiting"
NeverContention == ~Contention
=============================================================================
