/*
 * models/examples/two_phase_commit.gate, for SPIN. Needs the constant MANAGERS, and ignores TEMPORARY. See hlc.pml for
 * the style. Sets are bit masks.
 */

#define COUNT MANAGERS
#include "each.h"

#define WORKING   0
#define PREPARED  1
#define COMMITTED 2
#define ABORTED   3

#define UNDECIDED 0
#define COMMIT    1
#define ABORT     2

#define bit(m) (1 << (m))
#define ALL    (bit(MANAGERS) - 1)

byte progress[MANAGERS];
byte decision;
short ready;
short votes;
byte orders;

inline prepare(m) {
    d_step {
        progress[m] == WORKING ->
        progress[m] = PREPARED;
        votes = votes | bit(m)
    }
}

inline give_up(m) {
    d_step {
        progress[m] == WORKING ->
        progress[m] = ABORTED
    }
}

inline obey_commit(m) {
    d_step {
        orders & bit(COMMIT) ->
        progress[m] = COMMITTED
    }
}

inline obey_abort(m) {
    d_step {
        orders & bit(ABORT) ->
        progress[m] = ABORTED
    }
}

inline receive_vote(m) {
    d_step {
        decision == UNDECIDED && (votes & bit(m)) ->
        ready = ready | bit(m)
    }
}

inline decide_commit() {
    d_step {
        decision == UNDECIDED && ready == ALL ->
        decision = COMMIT;
        orders = orders | bit(COMMIT)
    }
}

inline decide_abort() {
    d_step {
        decision == UNDECIDED ->
        decision = ABORT;
        orders = orders | bit(ABORT)
    }
}

#define or_committed(m) || progress[m] == COMMITTED
#define or_aborted(m)   || progress[m] == ABORTED

#define manager(m) :: prepare(m) :: give_up(m) :: obey_commit(m) :: obey_abort(m) :: receive_vote(m)

active proctype system() {
    do
    each(manager)
    :: decide_commit()
    :: decide_abort()
    :: (false each(or_committed)) && (false each(or_aborted)) -> assert(false) /* Consistent; never a step */
    od
}
