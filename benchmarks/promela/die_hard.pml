/* models/examples/die_hard.gate, for SPIN. See hlc.pml for the style. */

#define min(a, b) ((a) < (b) -> (a) : (b))

byte small;
byte big;

TEMPORARY byte poured;

inline small_to_big() {
    poured = min(small, 5 - big);
    small = small - poured;
    big = big + poured;
    poured = 0
}

inline big_to_small() {
    poured = min(big, 3 - small);
    big = big - poured;
    small = small + poured;
    poured = 0
}

#define not_solved assert(big != 4)

active proctype jugs() {
    do
    :: d_step { small = 3; not_solved }
    :: d_step { big = 5; not_solved }
    :: d_step { small = 0; not_solved }
    :: d_step { big = 0; not_solved }
    :: d_step { small_to_big(); not_solved }
    :: d_step { big_to_small(); not_solved }
    od
}
