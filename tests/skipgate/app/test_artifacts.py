from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.app.artifacts import Artifacts
from skipgate.checker.core.result import CheckResult
from skipgate.errors import InputError
from skipgate.traces.itf import load_itf
from skipgate.traces.render import RenderError

Check = Callable[..., CheckResult]


def test_every_violation_leaves_a_picture_and_a_trace(check: Check, tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path / "out")
    artifacts.prepare()
    result = check(violated={"Small": 3, "Other": 2})
    artifacts.write(result)
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [
        ".dot",
        ".dot",
        ".json",
        ".json",
        ".svg",
        ".svg",
    ]
    picture, trace = artifacts.picture(result, "Other"), artifacts.trace(result, "Other")
    assert picture is not None and trace is not None
    assert "<svg" in picture.read_text()
    assert len(load_itf(trace.read_text())) == 2


def test_without_a_folder_nothing_is_written(check: Check) -> None:
    artifacts = Artifacts()
    result = check(violated={"Small": 3})
    artifacts.prepare()
    artifacts.write(result)
    assert artifacts.picture(result, "Small") is None


def test_two_files_with_models_of_the_same_name_do_not_overwrite_each_other(check: Check, tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    results = [check(file=f"{folder}/m.gate", violated={"Small": 3}) for folder in "ab"]
    for result in results:
        artifacts.write(result)
    places = {artifacts.picture(result, "Small") for result in results}
    assert len(places) == 2
    assert all(place is not None and place.exists() for place in places)


def test_a_picture_that_cannot_be_drawn_costs_neither_the_trace_nor_the_run(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RenderError("A picture needs Graphviz.")

    monkeypatch.setattr("skipgate.traces.render.to_svg", fail)
    artifacts = Artifacts(tmp_path)
    result = check(violated={"Small": 3, "Other": 3})
    artifacts.write(result)
    assert artifacts.troubles == ["A picture needs Graphviz."]  # said once, not once a picture
    picture, trace = artifacts.picture(result, "Small"), artifacts.trace(result, "Small")
    assert picture is not None and picture.suffix == ".dot"
    assert trace is not None and trace.exists()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written to"):
        Artifacts(tmp_path / "file" / "out").prepare()
