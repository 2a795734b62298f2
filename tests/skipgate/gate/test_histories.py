"""Random histories: whatever is done to the module, an anchored symbol that changed unaccepted closes the gate.

The oracle knows nothing of syntax trees, drift or git: it compares what the edits did, each of which is known to change
the meaning of certain symbols or to change none.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from skipgate.gate.lock import Acceptance, Lock
from skipgate.gate.outcome import Outcome
from tests.skipgate.gate.conftest import MODEL, MODULE, RESTART, STORE, Repository

# Edits of a place between two texts: the file, both texts, and the anchored symbol whose meaning differs with them.
SWITCHES = [
    (RESTART, "have+Margin > index", "have+Margin >= index", "decideSkip"),
    (RESTART, "Margin = 1", "Margin = 2", "Margin"),
    (RESTART, "e.applied = have\n", "e.applied = index\n", "Engine.Restart"),
    (RESTART, "if index <= e.applied", "if index < e.applied", "Engine.Apply"),
    (RESTART, "applied uint64 //", "applied uint32 //", "Engine"),
    (RESTART, "phaseReplay\n\tphaseLive", "phaseOther\n\tphaseReplay\n\tphaseLive", "phaseLive"),
    (STORE, "if index < s.index", "if index > s.index", "Store.Set"),
    (STORE, "s.data != nil", "true", "Store.AppliedIndex"),
    # Those that change nothing that is anchored.
    (RESTART, "// decideSkip tells", "// decideSkip says", None),
    (RESTART, "engine at %d", "engine is at %d", None),
    (RESTART, "return have+Margin", "return  have + Margin", None),
    (STORE, '"store: behind"', '"store: late"', None),
    (STORE, "// Set applies", "//go away\n// Set applies", None),
    (MODEL, "# An engine", "# The engine", None),
    (MODEL, '"the process starts again"', '"it starts again"', None),
]
LOCATIONS = {RESTART: "engine/start.go", STORE: "store/map.go"}


@dataclass
class World:
    """The state of the module, as far as the oracle is concerned."""

    switched: frozenset[int] = frozenset()
    moved: frozenset[str] = frozenset()
    extra: int = 0

    def meaning(self) -> frozenset[str]:
        """The anchored symbols that are not as they were at first."""
        return frozenset(SWITCHES[i][3] for i in self.switched if SWITCHES[i][3] is not None)  # type: ignore[misc]


@dataclass
class Branch:
    """A line of history: its worlds, by commit."""

    name: str
    commits: list[tuple[str, World]] = field(default_factory=list)


def materialise(repo: Repository, world: World) -> None:
    """Write the files of a world."""
    for path in (RESTART, STORE, MODEL):
        text = (MODULE / path).read_text()
        for number, (file, old, new, _) in enumerate(SWITCHES):
            if file == path and number in world.switched:
                assert old in text
                text = text.replace(old, new, 1)
        if path == MODEL:
            for old, new in LOCATIONS.items():
                if old in world.moved:
                    text = text.replace(old, new)
        for place in {path, LOCATIONS.get(path, path)}:
            (repo.root / place).unlink(missing_ok=True)
        repo.write(LOCATIONS[path] if path in world.moved else path, text)
    repo.write("NOTES", f"{world.extra}\n")


step = st.one_of(
    st.tuples(st.just("switch"), st.sets(st.integers(0, len(SWITCHES) - 1), min_size=1, max_size=3)),
    st.tuples(st.just("move"), st.sampled_from(sorted(LOCATIONS))),
    st.tuples(st.just("note"), st.integers(0, 9)),
    st.tuples(st.just("branch"), st.integers(0, 2)),
    st.tuples(st.just("merge"), st.integers(0, 2)),
    st.tuples(st.just("revert"), st.integers(0, 3)),
)


histories = given(st.lists(step, min_size=1, max_size=9), st.integers(0, 9), st.booleans())


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@histories
def test_an_anchored_change_never_passes(steps: list[tuple[str, object]], pick: int, accepted: bool) -> None:
    _in_a_folder(steps, pick, accepted)


# Minutes, for histories of git that are too rare for the few above.
@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@histories
def test_an_anchored_change_never_passes_in_many_histories(
    steps: list[tuple[str, object]], pick: int, accepted: bool
) -> None:
    _in_a_folder(steps, pick, accepted)


def _in_a_folder(steps: list[tuple[str, object]], pick: int, accepted: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="history-"))
    try:
        _check(folder, steps, pick, accepted)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check(folder: Path, steps: list[tuple[str, object]], pick: int, accepted: bool) -> None:
    repo = Repository(folder / "repo")
    shutil.copytree(MODULE, repo.root, dirs_exist_ok=True)
    worlds = {repo.commit("first"): World()}
    branches = {0: repo.git("rev-parse", "HEAD")}
    current = 0
    for number, (kind, value) in enumerate(steps):
        at = branches[current]
        world = worlds[at]
        parents = [at]
        match kind, value:
            case "switch", set(which):
                world = World(world.switched ^ which, world.moved, world.extra)
            case "move", str(path):
                world = World(world.switched, world.moved ^ {path}, world.extra)
            case "note", int(extra):
                world = World(world.switched, world.moved, extra)
            case "branch", int(name):
                branches.setdefault(name, at)
                current = name
                continue
            case "merge", int(name):
                other = branches.get(name, at)
                if other == at:
                    continue
                # Whatever a merge is said to do, its tree is what counts: here, that of the other side.
                world = worlds[other] if number % 2 else world
                parents.append(other)
            case "revert", int(back):
                chain = repo.git("rev-list", "--first-parent", at).split()
                world = worlds[chain[min(back, len(chain) - 1)]]
        materialise(repo, world)
        repo.git("add", "-A")
        tree = repo.git("write-tree")
        commit = repo.git("commit-tree", tree, *(part for p in parents for part in ("-p", p)), "-m", f"{number} {kind}")
        worlds[commit] = world
        branches[current] = commit
    head = branches[current]
    commits = sorted(worlds)
    base = commits[pick % len(commits)]
    bases = repo.git("merge-base", "--all", base, head).split()
    if bases == [head]:
        return
    outcome = repo.gate(base, head)
    changed = frozenset().union(*(worlds[each].meaning() ^ worlds[head].meaning() for each in bases))
    note(f"{bases} -> {head}: {sorted(changed)}; {[(j.drift.key, j.drift.kind, j.standing) for j in outcome.judged]}")
    open_symbols = {judged.drift.key.partition(" :: ")[2] for judged in outcome.judged if judged.standing == "open"}
    assert changed <= open_symbols
    assert outcome.passed == (not changed), [finding.message for finding in outcome.findings]
    if accepted and outcome.judged and changed:
        _accept_one(repo, base, head, outcome)


def _accept_one(repo: Repository, base: str, head: str, outcome: Outcome) -> None:
    """An acceptance opens the gate for the symbol it names, and for no other."""
    judged = [each for each in outcome.judged if each.standing == "open"]
    drift = judged[0].drift
    lock = Lock(None, {}, (Acceptance(drift.keys[-1], drift.fingerprint, "why not", "A", "2026-01-01"),))
    repo.git("read-tree", head)
    repo.write("anchors.lock", lock.text())
    repo.git("add", "anchors.lock")
    after = repo.git("commit-tree", repo.git("write-tree"), "-p", head, "-m", "accept")
    again = repo.gate(base, after)
    left = {each.drift.key for each in again.judged if each.standing == "open"}
    assert left == {each.drift.key for each in judged} - {drift.key}
    assert not again.passed  # the lock knows none of the other symbols


def test_the_oracle_is_not_always_silent(repo: Repository) -> None:
    for number, (_, _, _, symbol) in enumerate(SWITCHES):
        base = repo.git("rev-parse", "HEAD")
        materialise(repo, World(frozenset({number})))
        repo.commit()
        outcome = repo.gate(base)
        found = {each.drift.key.partition(" :: ")[2] for each in outcome.judged}
        assert found == ({symbol} if symbol else set()), SWITCHES[number]
        materialise(repo, World())
        repo.commit()
