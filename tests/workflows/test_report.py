from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.workflows.report import CARD, CARD_JSON, PAGE, report
from tested_county import Backtested
from trained_county import LABEL, NOW, SOON, Office


def test_a_report_is_written_at_once_and_logged_with_its_model(tested: Backtested, tmp_path: Path) -> None:
    place = tested.copied(tmp_path)
    done = report(place, NOW)
    folder = place.reports / "model" / f"{LABEL}-2026-01-05"
    assert Path(done.folder) == folder
    assert sorted(path.name for path in folder.iterdir()) == sorted([PAGE, CARD, CARD_JSON])
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    assert (done.horizons, done.kind, done.version, done.not_released) == ([12, 6], "lightgbm", 1, [])
    assert json.loads(Path(done.card_json).read_text("utf-8"))["model_details"]["version"] == 1
    for path in done.artifacts:
        assert Path(path).read_bytes() == (folder / Path(path).name).read_bytes()
    assert Path(done.artifacts[0]).is_relative_to(place.home / "mlflow")


def test_the_same_inputs_give_the_same_bytes_and_a_later_day_another_folder(tested: Backtested, tmp_path: Path) -> None:
    place = tested.copied(tmp_path)
    first = Path(report(place, NOW).page).read_bytes()
    assert Path(report(place, NOW).page).read_bytes() == first
    later = report(place, NOW + timedelta(days=1))
    assert Path(later.folder).name == f"{LABEL}-2026-01-06"
    assert len(list((place.reports / "model").iterdir())) == 2


def test_the_shorter_label_alone_has_a_report_of_its_own(tested: Backtested, tmp_path: Path) -> None:
    done = report(tested.copied(tmp_path), NOW, SOON)
    assert (done.label, done.horizons) == (SOON, [6])


def test_without_a_back_test_nothing_is_written(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    with pytest.raises(UsageError, match="riskmodel backtest"):
        report(place, NOW)
    assert not (place.reports / "model").exists()
