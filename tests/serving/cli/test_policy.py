from __future__ import annotations

from pathlib import Path

import pytest

from command_line import answer
from trained_county import Office


def test_the_areas_of_the_lake_are_checked(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "policy", "check", "--as-of", "2024-01-05", "--json", home=office.workspace.home)
    assert (shown.code, shown.json["findings"], shown.json["on"]) == (0, [], "2024-01-05")
    assert shown.json["version"] == office.workspace.policy.version


def test_what_is_missing_is_named_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["policy", "check", "--area", "520000", "--as-of", "1950-01-01"]
    told = answer(capsys, *words, home=tmp_path)
    found = answer(capsys, *words, "--json", home=tmp_path)
    assert (told.code, found.code) == (1, 1)
    missing = [f for f in found.json["findings"] if f["problem"] == "missing"]
    assert "monitoring_line" in {f["kind"] for f in missing}
    assert f"{len(missing)} missing" in told.out
    assert all(f["action"] for f in missing)


def test_an_empty_lake_has_no_area_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "policy", "check", home=tmp_path)
    assert (shown.code, "Name one: --area 520000" in shown.err) == (2, True)
