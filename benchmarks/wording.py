"""The sentences of the page."""

INTRODUCTION = """\
# Performance

How long skipgate, TLC and SPIN take for the same state spaces, measured in one run. `make bench` makes this page. It
needs Java, SPIN and a C compiler (on Debian: `apt-get install default-jre-headless spin gcc`) and installs TLC; `make
bench BENCH=--quick` takes a few minutes and writes to `out/bench`. Every engine has to find the same numbers of states
in every run, or the benchmark fails.

Times are medians over the rounds, with the lowest and the highest in brackets. In a round every engine searches every
model once. Ratios are taken within a round, and are medians of those.
"""

SEARCHING = """\
## Searching

*Whole* is everything from the command to its result: start-up, reading the model, compiling it, the search. *Search* is
the search alone as the engine itself reports it. The ratios say how many times as long TLC and SPIN take, TLC with the
number of workers that is fastest for the model. *Bytes a state* is what the operating system saw, less what the same
engine takes for the smallest model. A heading ends with the size of the state space: distinct states, generated states,
depth.

skipgate keeps what it has compiled: so each check is run once before it is measured, except as a *new model*, which is
compiled first.
"""

SMALL = """\
## Small models

A few hundred states are searched at once: what counts is how soon an engine can begin. SPIN's time includes the C
compiler's. In its *first run ever*, skipgate has not even the parse tables of its language.
"""

GROWTH = """\
## Growth

elastickv's HLC with growing bounds.
"""

LIMIT = """\
## What memory allows

Nearly every successor is looked up at a random place of a table that no cache can hold. So no search is faster than
memory can be read at random: at places that are known beforehand, of which a processor reads many at once, or at such
that the read before determines. A search at 100 % would do nothing but look its successors up, once each, in the
largest of these tables, at places known beforehand, with as many threads. Of each program, the fastest engine is shown.
"""

BEFORE = """\
## Before the search

Seconds that skipgate spends before a search can begin, for each shipped model: `import` and `read` once, the rest for
each check, of which the slowest counts here. `prove` is what comes before all that when a check is new: Z3 looks for
run-time tests that can never fail, and the result is kept. `compile` is the native engine's, where nothing is kept.
"""

INSTRUCTIONS = """\
## Instructions

Of the whole process in user mode, for SPIN of the search only. They vary less than time.
"""

LEFT_OUT = """\
## Left out

Judging by smaller models, or having tried.
"""

COMPARISON = """\
## What is compared

- The modules for TLC and the Promela models are in [benchmarks](../benchmarks), written for this purpose. Every engine
  checks the same properties, except that SPIN is spared those that hold by the form of a step, and compares a timestamp
  only with those before it. A model with a violated property is searched to the end all the same.
- TLC runs with the parallel garbage collector, as it recommends itself, and otherwise as it comes. Its depth is exact
  with one worker only, and is compared only then. Its memory is not, since Java takes what there is.
- SPIN runs without partial order reduction, which would leave out states if it found any to leave out, with a table
  that is large enough from the start, and with `gcc -O3`. Its models are one process that repeats atomic steps, so that
  its states and transitions are the model's. Depth first, it has no shortest counterexamples. BFS_PAR keeps hashes of
  states instead of states, so it may miss some.
"""
