--------------------------- MODULE watch_too_short --------------------------

\* Two minutes make an hour
\* watch, check too_short: expects violation of Clock
\* Written by skipgate, and to be written anew when the model or the constants change.

EXTENDS Integers

CONSTANT None \* of an option without a value

\* TLC takes a condition that is true for two reasons for two steps. With this around it, for one.
Once(p) == p = TRUE

-----------------------------------------------------------------------------

CONSTANTS
    Owner,
    LAST

ASSUME LAST \in 0..5

-----------------------------------------------------------------------------

VARIABLES
    minute,
    on,
    wearer

vars == <<minute, on, wearer>>

TypeOK ==
    /\ minute \in 0..5
    /\ on \in BOOLEAN
    /\ wearer \in {None} \cup Owner

-----------------------------------------------------------------------------

Init ==
    /\ minute = 0
    /\ on = FALSE
    /\ wearer = None

next ==
    /\ minute' = IF minute = LAST THEN 0 ELSE minute + 1
    /\ UNCHANGED <<on, wearer>>

glow ==
    /\ on' = (~on)
    /\ UNCHANGED <<minute, wearer>>

take(o) ==
    /\ wearer = None
    /\ wearer' = o
    /\ UNCHANGED <<minute, on>>

Next ==
    \/ next
    \/ glow
    \/ \E o \in Owner : take(o)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------

\* the hours come one after the other
ClockModel == INSTANCE watch_too_short_Clock
    WITH None <- None,
         Owner <- Owner,
         HOURS <- 3,
         hour <- minute \div 2,
         light <- IF on THEN "lit" ELSE "dark",
         wearer <- wearer

ClockStarts == Once(ClockModel!Init)

Clock == [][ClockModel!Next]_(ClockModel!vars)
=============================================================================
