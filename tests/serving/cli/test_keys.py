from __future__ import annotations

from typing import TYPE_CHECKING

from command_line import answer
from riskmodel.review.store import newest_version
from riskmodel.settings import Settings
from riskmodel.workflows.database import make_key
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no key yet" in answer(capsys, "keys", "list", home=tmp_path).out
    made = answer(capsys, "keys", "make", "县防返贫系统", "--area", "990301", "--json", home=tmp_path)
    key_id, secret = made.json["key"]["id"], made.json["text"].split("_", 2)[2]
    told = answer(capsys, "keys", "make", "other", "--area", "", "--days", 7, home=tmp_path)
    assert "仅显示一次" in told.out
    listed = answer(capsys, "keys", "list", home=tmp_path)
    assert secret not in listed.out
    assert "990301" in listed.out
    assert "everywhere" in listed.out
    assert answer(capsys, "keys", "revoke", key_id, home=tmp_path).code == 0
    assert f"{key_id}  990301        case_system" in answer(capsys, "keys", "list", home=tmp_path).out
    assert "void since" in answer(capsys, "keys", "list", home=tmp_path).out


def test_a_key_whose_time_is_over_is_listed_as_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_key(Workspace(Settings(tmp_path)), "old", ["analyst"], "", 1, NOW.replace(year=2020), 60)
    assert "ended 已到期 2020-01-06" in answer(capsys, "keys", "list", home=tmp_path).out


def test_wrong_usage_has_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "keys", "revoke", "zz", "--json", home=tmp_path).code == 2
    assert answer(capsys, "keys", "make", "x", "--area", "99x", "--json", home=tmp_path).code == 2


def test_the_tables_are_brought_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "database", "upgrade", "--json", home=tmp_path).json == {
        "embedded": True,
        "version": newest_version(),
    }
