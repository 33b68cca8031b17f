from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import answer
from riskmodel.workflows.workspace import Workspace
from trained_county import Office


@pytest.fixture
def place(office: Office, tmp_path: Path) -> Workspace:
    return office.copied(tmp_path)


def test_a_list_of_a_month_and_area_is_one_json_object(place: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("worklist", "--month", "2024-04", "--area", "990301", "--capacity", 40)
    shown = answer(capsys, *words, "--json", home=place.home)
    assert shown.code == 0
    assert (shown.json["visits"], shown.json["as_of"], shown.json["created"]) == (40, "2024-05-05", True)
    assert shown.json["counts"]["audit"] == 2
    again = answer(capsys, *words, home=place.home)
    assert "40 visits 走访 of 2024-05-05, 990301, 1 places: 38 listed 优先走访, 2 drawn by lot 随机抽查" in again.out
    assert "issued before" in again.out
    assert "no installation key" in again.out


def test_another_list_for_the_month_needs_the_word_again(place: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "worklist", "--capacity", 40, home=place.home).code == 0
    refused = answer(capsys, "worklist", "--capacity", 41, "--json", home=place.home)
    assert refused.code == 2
    assert "--again" in refused.json["error"]["message"]
    more = answer(capsys, "worklist", "--capacity", 41, "--by", "person", "--again", "--json", home=place.home)
    assert (more.code, Path(more.json["folder"]).name) == (0, "all-2")


def test_without_an_audit_visit_the_evaluation_ends_with_exit_code_1(
    place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(capsys, "worklist", "--capacity", 40, home=place.home).code == 0
    shown = answer(capsys, "worklist-evaluate", home=place.home)
    assert shown.code == 1
    assert "recall 召回率: not known yet 尚无法估计" in shown.out
    assert "note: no audit visit is known" in shown.out
    assert "没有已知的抽查结果" in shown.out
    told = answer(capsys, "worklist-evaluate", "--month", "2024-04", "--since", "2024-01", "--json", home=place.home)
    assert told.json["numbers"]["recall"] == {"value": None, "low": 0.0, "high": 1.0}


def test_wrong_usage_and_a_damaged_list_have_their_exit_codes(
    place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(capsys, "worklist-evaluate", home=place.home).code == 2
    both = answer(capsys, "worklist", "--month", "2024-04", "--as-of", "2024-05-05", "--json", home=place.home)
    assert (both.code, both.json["error"]["message"]) == (
        2,
        "give --month or --as-of, not both. / --month 和 --as-of 只能给一个。",
    )
    unscored = answer(capsys, "worklist", "--month", "2023-04", "--json", home=place.home)
    assert "no scores of 2023-05-05" in unscored.json["error"]["message"]
    made = answer(capsys, "worklist", "--capacity", 40, "--json", home=place.home)
    (Path(made.json["folder"]) / "worklist.parquet").write_bytes(b"")
    assert answer(capsys, "worklist-evaluate", home=place.home).code == 3


def test_values_that_nobody_confirmed_and_places_out_of_reach_are_told(
    place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    made = answer(capsys, "worklist", "--capacity", 40, "--json", home=place.home)
    path = Path(made.json["folder"]) / "_manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(manifest | {"unconfirmed_policy": ["visits.audit_share (national)"], "out_of_reach": 7}))
    shown = answer(capsys, "worklist", "--capacity", 40, home=place.home)
    assert "unconfirmed policy values used: visits.audit_share (national)" in shown.out
    assert "7 of them live where there are no visits" in shown.out
