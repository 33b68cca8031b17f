from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Role
from riskmodel.workflows.model_pages import CHAPTERS
from signed_in import Person, person

if TYPE_CHECKING:
    from running_service import Running


@pytest.fixture(scope="module")
def analyst(service: Running) -> Person:
    return person(service, Role.ANALYST)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_without_a_report_a_page_says_what_is_lacking(analyst: Person, chapter: str) -> None:
    answer = analyst.get(f"/model/{chapter}".rstrip("/"))
    assert answer.status_code == 200
    assert ("暂无命中率" if chapter == "hit-rate" else "riskmodel report") in answer.text


def test_an_unknown_chapter_is_not_there(analyst: Person) -> None:
    assert analyst.get("/model/none").status_code == 404


def test_a_damaged_report_is_told_as_such(service: Running, analyst: Person) -> None:
    used = service.service.models.current
    assert used
    assert used.pointers[0]
    folder = used.pointers[0].path.with_name("report")
    folder.mkdir()
    (folder / "model-card.json").write_text(json.dumps({"format": 1}), encoding="utf-8")
    answer = analyst.get("/model/fairness")
    assert answer.status_code == 503
    assert "模型报告无法读取" in answer.text
    (folder / "model-card.json").unlink()
