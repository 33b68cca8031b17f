from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from command_line import answer
from riskmodel.sources.sample import write_sample
from riskmodel.workflows.documentation import pages


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """Deliveries of five households, and a workspace `home` with the policy of their county."""
    write_sample(tmp_path / "out", households=5, months=24, seed=1)
    shutil.copytree(tmp_path / "out" / "policy", tmp_path / "home" / "policy")
    return tmp_path / "out" / "deliveries"


def test_ingest_accounts_for_the_rows(delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = answer(capsys, "ingest", delivered, "--json", home=tmp_path / "home")
    assert done.code == 0
    assert done.json["rows_read"] == done.json["rows_loaded"] > 0
    assert "checking deliveries" in done.err
    again = answer(capsys, "ingest", delivered, home=tmp_path / "home")
    assert (again.code, f"{done.json['rows_read']:,} known before" in again.out) == (0, True)


def test_ingest_ends_with_code_3_when_too_many_rows_are_bad(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    incomes = min(delivered.iterdir()) / "incomes.csv"
    incomes.write_text(incomes.read_text("utf-8").replace("wage_work", "hope"), "utf-8")
    done = answer(capsys, "ingest", delivered, "--json", home=tmp_path / "home")
    assert done.code == 3
    assert done.json["refused_share_exceeded"]
    assert Path(done.json["quarantine"]).is_file()
    shown = answer(capsys, "ingest", delivered, home=tmp_path / "home")
    assert "exceeds the policy limit" in shown.out


def test_the_demonstration_is_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a terminal's words it is shown by the tests of the workflow."""
    done = answer(capsys, "demo", "--households", 400, "--months", 36, "--json", home=tmp_path / "home")
    assert done.code == 0, done.err
    assert set(done.json) == {"notice", "ingested", "trained", "scored", "top", "places"}
    assert done.json["scored"]["households"] == 400
    assert len(done.json["top"]) == 10


@pytest.mark.parametrize("words", [["--households", "10"], ["--months", "6"]])
def test_a_demonstration_too_small_to_learn_from_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert answer(capsys, "demo", *words, home=tmp_path).code == 2


def test_docs_writes_the_generated_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = answer(capsys, "docs", "--to", tmp_path / "docs", "--json")
    assert [Path(page).name for page in json.loads(done.out)["pages"]] == list(pages())
    assert {path.name for path in (tmp_path / "docs").iterdir()} == set(pages())
