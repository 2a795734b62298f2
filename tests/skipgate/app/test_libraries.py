from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.app.libraries import libraries
from skipgate.spec.confinement import allowed

Write = Callable[[str, str], Path]


@pytest.fixture
def files(write: Write) -> dict[str, Path]:
    """main imports middle, which imports base."""
    return {
        "base": write("base.gate", "type Small = 0..3"),
        "middle": write("lib/middle.gate", 'import "../base.gate"\ntype Pair = map[bool] of Small'),
        "main": write("main.gate", 'import "lib/middle.gate"\nmodel main\ncheck c expect holds'),
        "lost": write("lost.gate", "type Big = 0..9"),
        "faulty": write("faulty.gate", 'import "lost.gate"\nmodel model'),
    }


def test_what_is_imported_is_a_library_also_by_way_of_another(files: dict[str, Path]) -> None:
    with allowed(files["main"].parent):
        assert libraries(files.values(), files.values()) == {files["base"], files["middle"]}


def test_what_is_refined_is_a_library(write: Write) -> None:
    high, low = write("high.gate", "var x : 0..3 = 0"), write("low.gate", 'var x : 0..3 = 0 refines High "high.gate"')
    assert libraries([high], [high, low]) == {high}


def test_only_imports_by_files_of_the_run_count(files: dict[str, Path]) -> None:
    assert libraries([files["base"]], [files["base"], files["lost"]]) == set()


def test_a_file_with_checks_is_no_library_whoever_imports_it(write: Write) -> None:
    shared = write("shared.gate", "model shared\ncheck c expect holds")
    user = write("user.gate", 'import "shared.gate"')
    assert libraries([shared], [shared, user]) == set()
