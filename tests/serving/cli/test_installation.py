from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from command_line import answer
from riskmodel.review.identities import IdentityStore
from riskmodel.settings import Settings
from riskmodel.sources.identities import IDENTITY_SCHEMA
from riskmodel.workflows.installation import identity_key, identity_store_path, init
from riskmodel.workflows.operators import operator
from riskmodel.workflows.workspace import Workspace

MAN = "990101197403050014"
UNKNOWN = f"H{9:024x}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with a key."""
    init(Workspace(Settings(tmp_path / "home")))
    return tmp_path / "home"


def put(home: Path, **told: str) -> None:
    """Let the store know one identity."""
    workspace = Workspace(Settings(home))
    frame = pl.DataFrame([told], schema=IDENTITY_SCHEMA)
    IdentityStore(identity_store_path(workspace), identity_key(workspace)).put(frame, date(2025, 7, 1))


def entries(home: Path) -> list[dict[str, str]]:
    """Lines of the audit log."""
    return [json.loads(line) for line in (home / "audit.jsonl").read_text("utf-8").splitlines()]


def test_init_makes_a_key_and_says_to_keep_a_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = answer(capsys, "init", home=tmp_path / "new")
    key = (tmp_path / "new" / "installation.key").read_text("ascii").strip()
    assert first.code == 0
    assert "installation.key" in first.out
    assert "Keep a copy" in first.out
    again = answer(capsys, "init", home=tmp_path / "new")
    assert (again.code, "nothing was changed" in again.out) == (0, True)
    shown = answer(capsys, "init", "--json", home=tmp_path / "new")
    assert shown.json["created"] is False
    assert key not in first.out + first.err + again.out + shown.out


def test_a_number_leads_to_an_id_and_the_id_to_its_household(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "find", "12", "--json", home=home).json["id"]
    put(home, id=found, kind="household", number="12", head_name="张三", address="示例村", phone="139")
    shown = answer(capsys, "identify", found, UNKNOWN, "--purpose", "visit", "--who", "ann", home=home)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines() == [
        f"{found}  户编号 12  户主 张三  住址 示例村  电话 139",
        f"{UNKNOWN}  not known / 无此记录",
    ]
    assert [entry["who"] for entry in entries(home)] == [operator(), f"{operator()} for ann"]


def test_identities_are_one_json_object(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(home, id=f"P{1:024x}", kind="person", name="李四")
    shown = answer(capsys, "identify", f"P{1:024x}", UNKNOWN, "--purpose", "visit", "--json", home=home)
    (person,) = shown.json["identities"]
    assert (person["name"], person["number"], shown.json["unknown"]) == ("李四", None, [UNKNOWN])


def test_a_person_is_found_by_the_identity_number(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "find", "--person", MAN, home=home)
    assert shown.out.startswith("P")
    assert len(shown.out.splitlines()) == 1
    mistyped = answer(capsys, "find", "--person", MAN[:-1] + "5", home=home)
    assert "check digit" in mistyped.out
    assert MAN not in (home / "audit.jsonl").read_text("utf-8")


def test_without_a_purpose_nothing_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "identify", UNKNOWN, home=home).code == 2
    assert answer(capsys, "identify", UNKNOWN, "--purpose", " ", home=home).code == 2
    assert not (home / "audit.jsonl").exists()


def test_without_a_key_it_is_said_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("find", "12"), ("identify", UNKNOWN, "--purpose", "visit")):
        shown = answer(capsys, *words, home=tmp_path)
        assert (shown.code, "riskmodel init" in shown.err) == (2, True)
