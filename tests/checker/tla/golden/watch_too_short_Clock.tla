------------------------ MODULE watch_too_short_Clock -----------------------

\* Three hours, and then the first again
\* clock, as watch_too_short refines it
\* Written by skipgate, and to be written anew when the model or the constants change.

EXTENDS Integers

CONSTANT None \* of an option without a value

-----------------------------------------------------------------------------

CONSTANTS
    Owner,
    HOURS

Light == {"dark", "lit"}

ASSUME HOURS \in Nat

-----------------------------------------------------------------------------

VARIABLES
    hour,
    light,
    wearer

vars == <<hour, light, wearer>>

TypeOK ==
    /\ hour \in 0..HOURS - 1
    /\ light \in Light
    /\ wearer \in {None} \cup Owner

-----------------------------------------------------------------------------

Init ==
    /\ hour = 0
    /\ light = "dark"
    /\ wearer = None

\* an hour has gone by
tick ==
    /\ hour' = (hour + 1) % HOURS
    /\ UNCHANGED <<light, wearer>>

press ==
    /\ light' = IF light = "dark" THEN "lit" ELSE "dark"
    /\ UNCHANGED <<hour, wearer>>

take(o) ==
    /\ wearer = None
    /\ wearer' = o
    /\ UNCHANGED <<hour, light>>

Next ==
    \/ tick
    \/ press
    \/ \E o \in Owner : take(o)

Spec == Init /\ [][Next]_vars
=============================================================================
