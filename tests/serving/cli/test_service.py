from __future__ import annotations

from typing import TYPE_CHECKING

from command_line import answer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_database_of_another_version_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMODEL_DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite'}")
    shown = answer(capsys, "serve", home=tmp_path)
    assert shown.code == 2
    assert "riskmodel database upgrade" in shown.err


def test_a_port_that_is_none_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "serve", "--port", 0, home=tmp_path).code == 2
