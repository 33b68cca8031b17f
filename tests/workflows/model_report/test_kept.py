from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import DataError
from riskmodel.review.access import Principal
from riskmodel.workflows.model_report.card import card
from riskmodel.workflows.model_report.kept import OTHER, TOWNSHIP, Kept, kept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tested_county import Backtested


@pytest.fixture(scope="module")
def path(tested: Backtested, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("card") / "model-card.json"
    written.write_text(json.dumps(card(tested.material)), encoding="utf-8")
    return written


def of(path: Path, area: str, names: Mapping[str, str] | None = None) -> Kept:
    return kept(path, Principal("", "", (), area), names or {})


def townships(found: Kept) -> set[str]:
    """Those in any table of groups."""
    schemes = [told for test in found.tests for told in test["pooled"].values()]
    tables = [rows for told in schemes for name in ("groups", "months") for rows in told.get(name, {}).values()]
    tables += [curves["by_group"] for told in schemes for curves in told["calibration"].values()]
    return {row["group"] for rows in tables for row in rows if row["grouping"] == TOWNSHIP}


def test_who_answers_for_everywhere_is_told_what_the_report_told(tested: Backtested, path: Path) -> None:
    found = of(path, "")
    assert found.kind == tested.material.kind
    assert len(found.tests) == len(tested.material.tests)
    assert townships(found)
    assert found.card["evaluation_data"]["counties"] == ["990301"]


def test_of_other_townships_nothing_is_told(path: Path) -> None:
    one = min(townships(of(path, "")))
    assert townships(of(path, one)) == {one}
    assert townships(of(path, "990301199")) == set()
    assert of(path, one).card["evaluation_data"]["counties"] == ["990301"]
    stranger = of(path, "88")
    assert townships(stranger) == set()
    assert stranger.card["evaluation_data"]["counties"] == []
    found = [check["found"] for test in stranger.tests for check in test["gate"]["checks"]]
    assert not any("=9903" in text for text in found)
    raw = [check["found"] for test in of(path, "").tests for check in test["gate"]["checks"]]
    assert any("=9903" in text for text in raw) == any(OTHER in text for text in found)


def test_places_are_told_by_name_where_they_have_one(path: Path) -> None:
    one, *others = sorted(townships(of(path, "")))
    named = of(path, "", {one: "白水镇", "990301": "某县"})
    assert townships(named) == {"白水镇", *others}
    assert named.card["evaluation_data"]["counties"] == ["某县"]
    assert not any(one in check["found"] for test in named.tests for check in test["gate"]["checks"])


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "quantitative_analyses": {}}', "\x00"]
)
def test_a_damaged_card_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="Make it again"):
        of(tmp_path / "card.json", "")
