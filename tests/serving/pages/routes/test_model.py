from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from riskmodel.review.access import Role
from riskmodel.review.ledger_schema import VERDICTS
from riskmodel.workflows.model_pages import CHAPTERS
from sent_forms import written_verdict
from signed_in import Person, person

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office


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


def test_hit_rates_are_counted_from_verdicts(service: Running, analyst: Person, office: Office) -> None:
    today = datetime.now(UTC).date()  # noqa: TID251 - the service reads the clock itself
    for visitor in range(10):
        written_verdict(service.service, office.riskiest, office.as_of, f"rate{visitor}", visited_on=today)
    with service.service.store.writing() as connection:  # as if the list of then had asked for these visits
        connection.execute(update(VERDICTS).values(listed=True, tier="high"))
    page = analyst.get("/model/hit-rate").text
    assert '<td class="n">10</td><td class="n">10</td><td class="n">100.0%</td>' in page
