/*
 * models/elastickv/hlc.gate with enable_safety = true, for SPIN. Needs the constants NODES, SKEW, WINDOW, TERMS, OPS,
 * MAX_WALL and LOGICAL_MAX, and TEMPORARY, which is `hidden` where SPIN allows that and nothing elsewhere.
 *
 * One process repeats steps that are atomic, so SPIN's states and transitions are those of the model. A timestamp is
 * one number, ordered as timestamps are. What a step needs for itself takes no part in the state: it is hidden, or 0
 * again at the end of the step.
 */

#define COUNT NODES
#include "each.h"

#define stamp(wall, logical) ((wall) * (LOGICAL_MAX + 1) + (logical))
#define wall(at)             ((at) / (LOGICAL_MAX + 1))

byte active_term;
byte leader_of[TERMS];
byte wall_now[NODES];
byte physical_ceiling[NODES];
byte hlc_last[NODES];
byte max_applied_hlc;
byte op_count;
byte committed_at[OPS];
byte committed_term[OPS];
byte committed_node[OPS];

TEMPORARY byte at;
TEMPORARY byte i;

#define is_leader(n) (active_term > 0 && leader_of[active_term - 1] == n)

/* The clock of node m is near what the clock of the node `ticking` is about to show. */
#define near(m) && (m == ticking || (wall_now[ticking] + 1 <= wall_now[m] + SKEW \
                                     && wall_now[m] <= wall_now[ticking] + 1 + SKEW))

inline become_leader(n) {
    d_step {
        active_term < TERMS ->
        leader_of[active_term] = n;
        active_term++;
        if
        :: hlc_last[n] < max_applied_hlc -> hlc_last[n] = max_applied_hlc /* HLC1_Action: so it does not go back */
        :: else
        fi
    }
}

inline apply_ceiling(n) {
    d_step {
        is_leader(n) ->
        at = wall_now[n] + WINDOW;
        i = 0;
        do
        :: i < NODES ->
            if
            :: physical_ceiling[i] < at -> physical_ceiling[i] = at /* HLC2_Action: so it does not go back */
            :: else
            fi;
            i++
        :: else -> break
        od;
        at = 0;
        i = 0
    }
}

inline issue_timestamp(n) {
    d_step {
        is_leader(n) && op_count < OPS && wall_now[n] < physical_ceiling[n] ->
        /* The ceiling is ahead of the wall clock, so it is the time. */
        if
        :: physical_ceiling[n] > wall(hlc_last[n]) -> at = stamp(physical_ceiling[n], 0)
        :: else -> at = hlc_last[n] + 1 /* carries over from the counter to the physical part */
        fi;
        /* What is committed only grows: each timestamp is compared with those before it, when it is issued. */
        assert(hlc_last[n] < at);                                               /* HLC1_Action */
        assert(leader_of[active_term - 1] == n);                                /* HLC3_LeaderOnly */
        i = 0;
        do
        :: i < op_count ->
            assert(committed_node[i] != n || committed_at[i] < at);             /* HLC1_PerNodeMonotonic */
            assert(committed_term[i] >= active_term || committed_at[i] < at);   /* HLC4_NoRegressionAcrossTerms */
            i++
        :: else -> break
        od;
        if
        :: wall(at) <= MAX_WALL + WINDOW ->
            hlc_last[n] = at;
            if
            :: max_applied_hlc < at -> max_applied_hlc = at
            :: else
            fi;
            committed_at[op_count] = at;
            committed_term[op_count] = active_term;
            committed_node[op_count] = n;
            op_count++
        :: else /* outside the constraint: counted as a step, and leading nowhere */
        fi;
        at = 0;
        i = 0
    }
}

inline tick_wall(ticking) {
    d_step {
        wall_now[ticking] < MAX_WALL each(near) ->
        wall_now[ticking]++
    }
}

#define node(n) :: become_leader(n) :: apply_ceiling(n) :: issue_timestamp(n) :: tick_wall(n)

active proctype elastickv() {
    do
    each(node)
    od
}
