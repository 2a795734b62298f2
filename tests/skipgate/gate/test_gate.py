"""The gate over changes of the module, each with the verdict it must get."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.app.options import BatchOptions
from skipgate.base.exits import Exit
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.search.limits import Budget
from skipgate.gate.gate import Request, run_gate
from skipgate.gate.git import GitError
from skipgate.gate.lock import Acceptance, Lock
from skipgate.gate.outcome import Outcome
from skipgate.gate.specs import local_specs
from tests.effort import at_most
from tests.skipgate.gate.conftest import MODEL, RESTART, STORE, Repository, rules

NewRepository = Callable[[str], Repository]


def drifts(outcome: Outcome) -> dict[str, str]:
    return {each.drift.key: f"{each.drift.kind}: {each.standing}" for each in outcome.judged}


def accept(repo: Repository, key: str, fingerprint: str) -> None:
    """Write an acceptance, and nothing else, into the lock."""
    lock = Lock({}, (Acceptance(key, fingerprint, "it is the same to the model", "A", "2026-01-01"),))
    repo.write("anchors.lock", lock.text())


# ------------------------------------------------------------------------------------- nothing, and next to nothing


def test_what_is_not_anchored_passes_without_running_a_check(repo: Repository) -> None:
    repo.write("README", "text")
    repo.replace(RESTART, "engine at %d", "engine now at %d")
    repo.commit()
    with at_most(1):
        outcome = repo.gate()
    assert outcome.exit_code is Exit.OK
    assert (outcome.judged, outcome.suite, outcome.checked) == ([], None, [])
    assert "no anchored code" in outcome.summary


def test_comments_and_layout_of_an_anchored_function_are_no_drift(repo: Repository) -> None:
    repo.replace(RESTART, "// Without knowledge the snapshot is restored.", "/* else */\n\n")
    repo.replace(RESTART, "have uint64, known bool, index uint64)", "\n\thave uint64, known bool,\n\tindex uint64,\n)")
    repo.commit()
    outcome = repo.gate()
    assert outcome.passed and outcome.judged == []


def test_one_token_of_an_anchored_function_closes_the_gate(repo: Repository) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    outcome = repo.gate()
    assert outcome.exit_code is Exit.DIFFERS
    assert drifts(outcome) == {f"{RESTART} :: decideSkip": "changed: open"}
    assert rules(outcome) == ["drift"]
    assert outcome.suite is None  # no model was changed, so every verdict is what it was
    outcome = repo.gate(every_check=True)
    assert [check.check for check in outcome.suite.checks] == ["now", "floor_at_snapshot"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "old", "new", "symbol"),
    [
        (RESTART, "Margin = 1", "Margin = 2", "Margin"),
        (RESTART, "phaseIdle = iota", "phaseNone = iota\n\tphaseIdle", "phaseLive"),
        (RESTART, "phase   int", "phase   int8", "Engine"),
        (RESTART, "e.applied = have", "e.applied = index", "Engine.Restart"),
        (STORE, "s.index = index\n\treturn nil\n}\n\n// Restore", "return nil\n}\n\n// Restore", "Store.Set"),
    ],
)
def test_types_constants_and_methods_count(repo: Repository, path: str, old: str, new: str, symbol: str) -> None:
    repo.replace(path, old, new)
    repo.commit()
    assert drifts(repo.gate()) == {f"{path} :: {symbol}": "changed: open"}


# ------------------------------------------------------------------------------------------ what opens it again


RECONSIDERED = ("if floor_is_have then have else 0", "if not floor_is_have then 0 else have")


def test_a_changed_specification_that_holds_opens_the_gate(repo: Repository) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.replace(MODEL, *RECONSIDERED)
    repo.commit()
    outcome = repo.gate()
    assert outcome.passed
    assert drifts(outcome) == {f"{RESTART} :: decideSkip": "changed: specification changed"}
    assert outcome.changed_specs == [MODEL]


def test_a_changed_specification_that_does_not_hold_closes_it(repo: Repository) -> None:
    repo.replace(MODEL, "if floor_is_have then", "if not floor_is_have then")
    repo.commit()
    outcome = repo.gate()
    assert outcome.exit_code is Exit.DIFFERS
    assert rules(outcome) == ["check"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# An engine", "# The engine"),
        ('"the process starts again"', '"the process begins again"'),
        ("Engine.Restart, phaseLive", "Engine.Restart, phaseLive, Reader"),
        ("Engine.Restart, phaseLive", "Engine.Restart"),
        ("decideSkip, Engine.Restart, phaseLive", "Engine.Restart, phaseLive"),
        ("check now\n", "\n\ncheck now\n"),
        ("check now\n  expect holds\n", "check now\n  expect holds states 3\n"),
        ('"it only writes a line for people"', '"it is for people"'),
    ],
)
def test_words_comments_and_anchors_are_no_change_of_a_specification(repo: Repository, old: str, new: str) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.replace(MODEL, old, new)
    repo.commit()
    outcome = repo.gate()
    assert drifts(outcome) == {f"{RESTART} :: decideSkip": "changed: open"}
    assert not outcome.passed


def test_a_deleted_specification_was_not_reconsidered(repo: Repository) -> None:
    repo.write("models/other.gate", repo.read(MODEL).replace("model restart", "model other"))
    repo.commit()
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.git("rm", "-q", MODEL)
    repo.commit()
    assert "drift" in rules(repo.gate())


def test_every_model_that_speaks_of_the_code_must_have_changed(repo: Repository) -> None:
    repo.write("models/other.gate", repo.read(MODEL).replace("model restart", "model other"))
    repo.commit()
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.replace(MODEL, *RECONSIDERED)
    repo.commit()
    assert drifts(repo.gate()) == {f"{RESTART} :: decideSkip": "changed: open"}


def test_an_acceptance_opens_the_gate_for_exactly_that_code(repo: Repository) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    drift = repo.gate().judged[0].drift
    accept(repo, drift.key, drift.fingerprint)
    repo.commit()
    outcome = repo.gate("HEAD~2")
    assert drifts(outcome) == {drift.key: "changed: accepted"}
    assert "drift" not in rules(outcome)
    repo.replace(RESTART, "have+Margin >= index", "have >= index")
    repo.commit()
    assert drifts(repo.gate("HEAD~3")) == {drift.key: "changed: open"}


def test_a_stale_lock_closes_the_gate_whatever_the_change_is(repo: Repository) -> None:
    from skipgate.gate.locking import new_lock
    from skipgate.gate.project import open_project

    project = open_project(repo.root, [repo.root / MODEL])
    assert project.git is not None
    repo.write("anchors.lock", new_lock(project, None).text())
    project.git.close()
    repo.commit()
    repo.write("README", "text")
    repo.commit()
    assert repo.gate().passed
    repo.replace(STORE, "index < s.index", "index <= s.index")
    repo.commit()
    assert rules(repo.gate()) == ["drift"]
    repo.write("README", "more")
    repo.commit()
    outcome = repo.gate()
    assert rules(outcome) == ["stale-lock"]
    assert [finding.subject for finding in outcome.errors] == [f"{STORE} :: Store.Set"]


def test_a_lock_that_is_none_closes_the_gate(repo: Repository) -> None:
    repo.write("anchors.lock", "{}")
    repo.commit()
    assert rules(repo.gate()) == ["stale-lock"]


# ------------------------------------------------------------------------------------------- names that change


def test_a_renamed_function_is_reported_as_such(repo: Repository) -> None:
    repo.write(RESTART, repo.read(RESTART).replace("decideSkip", "maySkip"))
    repo.commit()
    outcome = repo.gate()
    found = {each.drift.key: each.drift for each in outcome.judged}
    drift = found[f"{RESTART} :: decideSkip"]
    assert drift.kind == "renamed"
    assert drift.after is not None and drift.after.name == "maySkip"
    assert "unresolved-anchor" in rules(outcome)  # the model still has the old name


def test_a_renamed_function_whose_anchor_follows_is_no_drift(repo: Repository) -> None:
    repo.replace(RESTART, "func (e *Engine) Apply(", "func (e *Engine) Enact(")
    repo.write(MODEL, repo.read(MODEL).replace("Engine.Apply", "Engine.Enact"))
    repo.commit()
    outcome = repo.gate()
    assert outcome.passed, outcome.errors
    assert drifts(outcome) == {f"{RESTART} :: Engine.Apply": "renamed: same code"}
    assert outcome.findings == []


def test_renamed_and_changed_is_drift(repo: Repository) -> None:
    repo.replace(RESTART, "func (e *Engine) Apply(", "func (e *Engine) Enact(")
    repo.replace(RESTART, "index <= e.applied", "index < e.applied")
    repo.write(MODEL, repo.read(MODEL).replace("Engine.Apply", "Engine.Enact"))
    repo.commit()
    assert drifts(repo.gate()) == {f"{RESTART} :: Engine.Apply": "renamed and changed: open"}


def test_a_moved_file_is_followed(repo: Repository) -> None:
    repo.git("mv", RESTART, "engine/start.go")
    repo.write(MODEL, repo.read(MODEL).replace(RESTART, "engine/start.go"))
    repo.commit()
    outcome = repo.gate()
    assert outcome.passed, outcome.errors
    assert {each.drift.kind for each in outcome.judged} == {"renamed"}
    assert outcome.findings == []


def test_a_moved_file_with_a_change_is_drift(repo: Repository) -> None:
    repo.git("mv", RESTART, "engine/start.go")
    repo.replace("engine/start.go", "have+Margin > index", "have+Margin >= index")
    repo.write(MODEL, repo.read(MODEL).replace(RESTART, "engine/start.go"))
    repo.commit()
    outcome = repo.gate()
    assert rules(outcome) == ["drift"]
    assert drifts(outcome)[f"{RESTART} :: decideSkip"] == "renamed and changed: open"


def test_a_moved_file_whose_anchors_do_not_follow_is_named(repo: Repository) -> None:
    repo.git("mv", RESTART, "engine/start.go")
    repo.commit()
    outcome = repo.gate()
    assert "unresolved-anchor" in rules(outcome)
    assert any(
        "engine/start.go" in (drift.after.key if drift.after else "") for drift in (j.drift for j in outcome.judged)
    )


def test_a_function_moved_to_another_file_is_found(repo: Repository) -> None:
    text = repo.read(RESTART)
    start = text.index("// decideSkip")
    end = text.index("// Restart begins")
    repo.write(RESTART, text[:start] + text[end:])
    repo.write("engine/decide.go", "package engine\n\n" + text[start:end])
    repo.write(
        MODEL,
        repo.read(MODEL)
        .replace("decideSkip, ", "")
        .replace(
            '  anchor "engine/restart.go" :: Engine.Restart',
            '  anchor "engine/decide.go" :: decideSkip\n  anchor "engine/restart.go" :: Engine.Restart',
        ),
    )
    repo.commit()
    outcome = repo.gate()
    assert outcome.passed, outcome.errors
    assert drifts(outcome) == {f"{RESTART} :: decideSkip": "renamed: same code"}
    assert outcome.findings == []


def test_a_deleted_file_closes_the_gate(repo: Repository) -> None:
    repo.git("rm", "-q", STORE)
    repo.commit()
    outcome = repo.gate()
    assert drifts(outcome)[f"{STORE} :: Store.Set"] == "removed: open"
    assert rules(outcome) == ["drift", "unresolved-anchor"]


def test_dropping_an_anchor_is_said(repo: Repository) -> None:
    repo.replace(MODEL, "Engine.Restart, phaseLive", "Engine.Restart")
    repo.commit()
    outcome = repo.gate()
    assert outcome.passed
    assert [(f.rule, f.subject) for f in outcome.findings] == [("dropped-anchor", f"{RESTART} :: phaseLive")]


# --------------------------------------------------------------------------------------------- files and globs


def test_a_glob_notices_changed_new_and_deleted_files(repo: Repository) -> None:
    repo.write(MODEL, repo.read(MODEL).replace('anchor "store/store.go" :: Store.AppliedIndex', 'anchor "store/*.go"'))
    repo.write("store/disk.go", "package store\n\nvar disk = 1\n")
    repo.commit()
    assert repo.gate().passed is True  # a new anchor is no drift
    repo.replace("store/disk.go", "disk = 1", "disk = 2 // two")
    repo.write("store/new.go", "package store\n")
    repo.write("store/deep/new.go", "package deep\n")
    repo.commit()
    assert drifts(repo.gate()) == {"store/disk.go": "changed: open", "store/new.go": "added: open"}
    repo.git("rm", "-q", "store/disk.go")
    repo.commit()
    assert drifts(repo.gate()) == {"store/disk.go": "removed: open"}


def test_a_file_in_an_unknown_language_is_compared_as_it_is(repo: Repository) -> None:
    repo.write(MODEL, repo.read(MODEL).replace('"store/store.go" :: Store.AppliedIndex', '"store/names.txt"'))
    repo.commit()
    repo.write("store/names.txt", "restart \n")
    repo.commit()
    assert drifts(repo.gate()) == {"store/names.txt": "changed: open"}


# ------------------------------------------------------------------------------------------- it fails closed


def test_without_anchors_it_fails(repo: Repository) -> None:
    text = "\n".join(
        each for each in repo.read(MODEL).splitlines() if "anchor" not in each and "unmodelled" not in each
    )
    repo.write(MODEL, text + "\n")
    repo.commit()
    repo.write("README", "text")
    repo.commit()
    assert rules(repo.gate()) == ["no-anchors"]


def test_without_models_it_fails(repo: Repository) -> None:
    repo.git("rm", "-q", MODEL)
    repo.commit()
    repo.write("README", "text")
    repo.commit()
    assert rules(repo.gate()) == ["no-anchors"]
    assert rules(repo.gate(models=("models",))) == ["faulty-spec", "no-anchors"]


def test_an_anchor_that_names_nothing_fails_and_says_what_it_may_mean(repo: Repository) -> None:
    repo.replace(MODEL, "Engine.Restart, phaseLive", "Restart, phaseLve")
    repo.commit()
    repo.write("README", "text")
    repo.commit()
    outcome = repo.gate()
    assert rules(outcome) == ["unresolved-anchor"]
    assert [finding.hint for finding in outcome.errors] == [
        "did you mean Engine.Restart?",
        "did you mean phaseLive or Engine.phase?",
    ]


def test_a_specification_that_does_not_parse_fails(repo: Repository) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.write(MODEL, repo.read(MODEL) + "\nvar\n")
    repo.commit()
    outcome = repo.gate()
    assert {"faulty-spec", "no-anchors"} <= set(rules(outcome))
    repo.write(MODEL, repo.read(MODEL).removesuffix("\nvar\n"))
    repo.commit()
    assert repo.gate("HEAD~2").passed is False


def test_an_unfinished_search_is_no_pass(repo: Repository) -> None:
    repo.replace(MODEL, "when applied < 2\n", "when applied <= 1\n")
    repo.commit()
    outcome = run_gate(Request(repo.root, "HEAD^", "HEAD"), BatchOptions(run=RunOptions(budget=Budget(1))))
    assert outcome.exit_code in (Exit.UNKNOWN, Exit.DIFFERS)
    assert not outcome.passed


@pytest.mark.parametrize("mention", ["import", "refines Secret"])
def test_nothing_leads_out_of_the_repository(repo: Repository, tmp_path: Path, mention: str) -> None:
    (tmp_path / "secret.gate").write_text("TOP SECRET\n")
    for path in ("../../../../secret.gate", str(tmp_path / "secret.gate"), "../../secret.gate"):
        repo.write("models/evil.gate", f'model evil\n{mention} "{path}"\ncheck c expect holds\n')
        repo.write("models/more.gate", 'model more\nimport "evil.gate"\ncheck c expect holds\n')
        repo.commit()
        outcome = repo.gate()
        assert "faulty-spec" in rules(outcome)
        assert not any("SECRET" in f"{finding.message} {finding.hint}" for finding in outcome.findings)


def test_a_model_that_is_refined_is_part_of_the_meaning(repo: Repository) -> None:
    """A comment in it means nothing, a number does; and what is only there to be refined is no model by itself."""
    repo.write("models/low.gate", 'var x : 0..1 = 0 action stay refines High "high.gate" check c expect holds\n')
    meanings = []
    for high in ("var x : 0..3 = 0", "# a comment\nvar x : 0..3 = 0", "var x : 0..4 = 0"):
        repo.write("models/high.gate", f"{high}\n")
        specs = local_specs([repo.root / "models"])
        assert not specs.faults
        (low,) = (spec for spec in specs.specs if spec.name == "low")
        assert not any(spec.name == "high" for spec in specs.specs)
        assert {Path(source).name for source in low.sources} == {"low.gate", "high.gate"}
        meanings.append(low.meanings.whole)
    assert meanings[0] == meanings[1] != meanings[2]
    repo.commit()
    assert "faulty-spec" not in rules(repo.gate())


@pytest.mark.parametrize(
    "mention", ['import "../parts/high.gate" invariant I x < TOP', 'action stay refines High "../parts/high.gate"']
)
def test_a_change_in_another_folder_is_one_of_the_models_that_rest_on_it(repo: Repository, mention: str) -> None:
    """Such a file has no check of its own, so that it is only noticed as a part of others."""
    repo.write(
        "models/parts/high.gate", "const TOP : nat = 2\n" + ("" if "import" in mention else "var x : 0..1 = 0\n")
    )
    repo.write("models/low/low.gate", f"var x : 0..1 = 0 action go then x' = 1 - x {mention} check c expect holds\n")
    repo.commit()
    change = ("= 2", "= 1") if "import" in mention else ("= 0", "= 1")
    repo.replace("models/parts/high.gate", *change)
    repo.commit()
    outcome = repo.gate()
    assert outcome.changed_specs == ["models/parts/high.gate"]
    assert rules(outcome) == ["check"]


# ----------------------------------------------------------------------------------------------------- history


def test_only_what_the_branch_did_counts(repo: Repository) -> None:
    repo.git("checkout", "-q", "-b", "topic")
    repo.write("README", "text")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    outcome = repo.gate("main", "topic")
    assert outcome.passed and outcome.judged == []


def test_a_merge_that_changes_code_on_the_way_is_seen(repo: Repository) -> None:
    repo.git("checkout", "-q", "-b", "topic")
    repo.write("README", "text")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("OTHER", "text")
    repo.commit()
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "--no-commit", "main")
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit("merge main")
    assert drifts(repo.gate("main", "topic")) == {f"{RESTART} :: decideSkip": "changed: open"}


def test_criss_cross_merges_are_compared_with_every_merge_base(repo: Repository) -> None:
    repo.git("checkout", "-q", "-b", "topic")
    repo.write("README", "text")
    one = repo.commit()
    repo.git("checkout", "-q", "main")
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    two = repo.commit()
    repo.git("merge", "-q", "--no-ff", "-m", "m", one)
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "--no-ff", "-m", "m", two)
    outcome = repo.gate("main", "topic")
    assert len(outcome.merge_bases) == 2
    assert drifts(outcome) == {f"{RESTART} :: decideSkip": "changed: open"}


def test_a_shallow_clone_is_said_to_be_one(repo: Repository, tmp_path: Path) -> None:
    first = repo.git("rev-parse", "HEAD")
    for number in range(3):
        repo.write("README", str(number))
        repo.commit()
    repo.git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "shallow"))
    with pytest.raises(GitError, match="fetch-depth: 0"):
        run_gate(Request(tmp_path / "shallow", first, "HEAD"), BatchOptions())


def test_unrelated_histories_are_said_to_be_so(repo: Repository) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit()
    with pytest.raises(GitError, match="unrelated"):
        repo.gate("main", "other")


@pytest.mark.parametrize("revision", ["nowhere", "--all", "-x", "", "main..main", "a\nb", "HEAD:go.mod"])
def test_a_revision_that_is_none(repo: Repository, revision: str) -> None:
    with pytest.raises(GitError):
        repo.gate(revision)


def test_the_base_of_a_new_branch(repo: Repository) -> None:
    with pytest.raises(GitError, match="new"):
        repo.gate("0" * 40)


def test_a_head_that_is_merged_already_is_not_waved_through(repo: Repository) -> None:
    with pytest.raises(GitError, match="nothing to compare"):
        repo.gate("HEAD", "HEAD")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        run_gate(Request(tmp_path, "a", "b"), BatchOptions())


def test_submodules_and_links_cannot_be_anchored(repo: Repository, new_repository: NewRepository) -> None:
    library = new_repository("library")
    library.write("lib.go", "package lib\n")
    library.commit()
    repo.git("submodule", "--quiet", "add", str(library.root), "lib")
    (repo.root / "link.go").symlink_to("engine/restart.go")
    repo.replace(
        MODEL,
        'anchor "store/store.go" :: Store.AppliedIndex',
        'anchor "lib/lib.go"\n  anchor "lib"\n  anchor "link.go"',
    )
    repo.commit()
    outcome = repo.gate()
    assert [finding.message for finding in outcome.errors] == [
        "lib/lib.go lies in the submodule lib, whose files this repository does not hold",
        "lib is a submodule: anchor a file of this repository",
        "link.go is a symbolic link: anchor a file of this repository",
    ]


def test_models_on_disk_can_speak_of_another_repository(repo: Repository, tmp_path: Path) -> None:
    model = tmp_path / "outside.gate"
    model.write_text(repo.read(MODEL))
    repo.git("rm", "-q", MODEL)
    repo.commit()
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    outcome = repo.gate(external=(model,))
    assert drifts(outcome) == {f"{RESTART} :: decideSkip": "changed: open"}


def test_a_bare_repository_is_enough(repo: Repository, tmp_path: Path) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    repo.git("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare"))
    assert rules(run_gate(Request(tmp_path / "bare", "main^", "main"), BatchOptions())) == ["drift"]
