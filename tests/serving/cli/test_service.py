from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from command_line import answer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from trained_county import Office


def test_a_database_of_another_version_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMODEL_DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite'}")
    shown = answer(capsys, "serve", home=tmp_path)
    assert shown.code == 2
    assert "riskmodel database upgrade" in shown.err


def test_a_port_that_is_none_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "serve", "--port", 0, home=tmp_path).code == 2


def test_a_month_is_published_by_its_name_or_by_its_date(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, month = office.copied(tmp_path).home, office.as_of.replace(day=1) - timedelta(days=1)
    done = answer(capsys, "publish", "--month", f"{month:%Y-%m}", "--json", home=home)
    assert (done.code, done.json["as_of"]) == (0, office.scored.as_of)
    assert answer(capsys, "publish", "--month", f"{month:%Y-%m}", "--as-of", office.as_of, home=home).code == 2
