"""A model uses nothing but what is below its own folder, or below folders that are allowed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skipgate.spec.confinement import allowed, allowed_folders
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.loader import load

SECRET = "token = s3cret\n"
WIDER = "--root FOLDER (in Python: `root`) allows what is below another folder and not hidden"

needs_links = pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with models, below a folder with a secret; and a hidden one within."""
    monkeypatch.chdir(tmp_path)
    for folder in ("models/parts", "models/.git"):
        Path(folder).mkdir(parents=True)
    for secret in ("secret.gate", "models/.git/config", "models/.secret.gate"):
        Path(secret).write_text(SECRET)
    Path("models/base.gate").write_text("const c : nat = 3\n")
    return tmp_path


def refused(path: str) -> str:
    """The message, which has nothing of the secret."""
    with pytest.raises(SpecError) as caught:
        load(path)
    assert "s3cret" not in str(caught.value) and "token" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("how", ['import "{}"', 'var x : bool = true\naction a then x\' = x\nrefines R "{}"'])
@pytest.mark.parametrize(
    ("mentioned", "why"),
    [
        ("../secret.gate", "is not in the folder of the model, nor below it"),
        ("../nothing.gate", "is not in the folder of the model, nor below it"),
        ("/etc/passwd", "is not in the folder of the model, nor below it"),
        ("/dev/zero", "is not in the folder of the model, nor below it"),
        (".git/config", "is hidden, or in a hidden folder"),
        (".secret.gate", "is hidden, or in a hidden folder"),
        ("parts/../.secret.gate", "is hidden, or in a hidden folder"),
    ],
)
def test_what_is_out_of_reach_is_refused(tree: Path, how: str, mentioned: str, why: str) -> None:
    Path("models/main.gate").write_text(how.format(mentioned) + "\n")
    message = refused("models/main.gate")
    assert why in message
    assert WIDER in message
    assert message.startswith("models/main.gate:")


@needs_links
@pytest.mark.parametrize("target", ["../secret.gate", "/etc/passwd", "../nothing.gate"])
def test_links_that_lead_outside_are_refused(tree: Path, target: str) -> None:
    Path("models/link.gate").symlink_to(target)
    Path("models/main.gate").write_text('import "link.gate"\n')
    said = "is a link that leads out of the folder of the model"
    assert refused("models/link.gate") == f"error: `models/link.gate` {said}\n  hint: {WIDER}"
    assert f"the imported file `models/link.gate` {said}" in refused("models/main.gate")


@needs_links
def test_links_to_what_is_hidden_are_refused(tree: Path) -> None:
    Path("models/link.gate").symlink_to(".git/config")
    assert "is hidden, or in a hidden folder" in refused("models/link.gate")


@needs_links
def test_a_folder_that_is_a_link_leads_outside_as_well(tree: Path) -> None:
    Path("outside").mkdir()
    Path("outside/secret.gate").write_text(SECRET)
    Path("models/inside").symlink_to("../outside")
    Path("models/main.gate").write_text('import "inside/secret.gate"\n')
    assert "is a link that leads out of the folder of the model" in refused("models/main.gate")


@needs_links
def test_links_within_the_folder_are_followed(tree: Path) -> None:
    Path("models/link.gate").symlink_to("parts/one.gate")
    Path("models/parts/one.gate").write_text("const d : nat = c\n")
    Path("models/main.gate").write_text('import "link.gate"\nimport "base.gate"\n')
    assert len(load("models/main.gate").files) == 3
    assert len(load("models/link.gate").files) == 1


def test_imports_may_go_up_as_long_as_they_stay_in_the_folder(tree: Path) -> None:
    Path("models/parts/one.gate").write_text('import "../base.gate"\n')
    Path("models/main.gate").write_text('import "parts/one.gate"\n')
    assert len(load("models/main.gate").files) == 3
    assert "`models/base.gate` is not in the folder of the model" in refused("models/parts/one.gate")


def test_a_hidden_file_can_be_named(tree: Path) -> None:
    Path("models/.git/main.gate").write_text("const c : nat = 3\n")
    assert len(load("models/.git/main.gate").files) == 1


@pytest.mark.parametrize("folder", ["models", ".", "models/../models"])
def test_another_folder_can_be_allowed(tree: Path, folder: str) -> None:
    Path("models/parts/one.gate").write_text('import "../base.gate"\n')
    with allowed(Path(folder)):
        assert len(load("models/parts/one.gate").files) == 2
    assert "is not in the folder" in refused("models/parts/one.gate")


def test_what_is_hidden_is_not_allowed_with_its_folder(tree: Path) -> None:
    Path("models/parts/one.gate").write_text('import "../.git/config"\n')
    with allowed(Path("models")):
        assert "is hidden, or in a hidden folder" in refused("models/parts/one.gate")
    with allowed(Path("models/.git")), pytest.raises(SpecError, match="no declaration begins with"):
        load("models/parts/one.gate")


def test_allowing_ends_and_adds_up(tree: Path) -> None:
    with allowed(Path("models")):
        with allowed(tree):
            assert allowed_folders() == (tree / "models", tree)
        assert allowed_folders() == (tree / "models",)
    assert allowed_folders() == ()
