from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from command_line import answer
from riskmodel.serving.cli.month import last_month

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from trained_county import Office


def test_a_month_is_run_and_run_again_without_doing_anything(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = office.copied(tmp_path).home
    shown = answer(capsys, "run-month", "2024-04", "--who", "ann", home=home)
    assert (shown.code, shown.out.splitlines()[0].split(";")[0]) == (0, "run of 2024-04, as of 2024-05-05")
    assert f"report: {home / 'runs' / '2024-04.json'}" in shown.out
    again = answer(capsys, "run-month", "2024-04", "--who", "ann", "--json", home=home)
    assert (again.code, again.json["done"], again.json["report"]["month"]) == (0, [], "2024-04")


def test_without_a_month_it_is_the_last_one() -> None:
    assert last_month(date(2026, 1, 6)) == date(2025, 12, 1)
    assert last_month(date(2026, 3, 31)) == date(2026, 2, 1)


def test_what_cannot_be_run_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["2024-13"], ["2024-04", "--engine", "dask"], ["2024-04", "--master", "local[2]"], ["2024-04"]):
        assert answer(capsys, "run-month", *words, home=tmp_path).code == 2
