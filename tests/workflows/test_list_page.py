from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger_cases import ANN, CASE
from opened_service import NOW
from published_lists import BEFORE, NEWEST, A, B, household, service_of_lists, tell
from riskmodel.policy import Listing
from riskmodel.review.access import Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.ledger import add_entry
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.list_page import ROWS, AskedList, ListPage, list_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.service import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Of the household of the highest risk a risk was found, the second was not at home, the third has an entry."""
    with service_of_lists(tmp_path_factory.mktemp("lists")) as found:
        tell(found, 1, "risk")
        tell(found, 2, "not_home")
        with found.store.writing() as connection:
            add_entry(
                connection, type(CASE)(**vars(CASE) | {"household_id": household(3), "village_code": A}), ANN, NOW
            )
        yield found


def of(area: str) -> Principal:
    return Principal("u", "u", (Role.ANALYST,), area, "user")


def page(service: Service, area: str = "990301", **asked: object) -> ListPage:
    found = list_page(service, of(area), None, AskedList(**asked), NOW)  # type: ignore[arg-type]  # by name
    assert found is not None
    return found


def test_the_households_above_the_line_come_first_by_risk(service: Service) -> None:
    found = page(service)
    assert (found.total, found.planned, found.line_after, found.visits, found.pages) == (51, 8, 8, 8, 2)
    assert [row.planned for row in found.rows] == [True] * 8 + [False] * 42
    risks = [row.probability for row in found.rows]
    assert risks[:8] == sorted(risks[:8], reverse=True)
    assert {row.status for row in found.rows[:8]} == {Listing.LISTED, Listing.AUDIT}


def test_pages_follow_each_other_and_the_last_is_shown_for_one_beyond(service: Service) -> None:
    first, second, beyond = (page(service, page=number) for number in (1, 2, 99))
    ids = [row.household_id for row in (*first.rows, *second.rows)]
    assert (len(first.rows), len(ids), len(set(ids))) == (ROWS, 51, 51)
    assert (second.line_after, beyond.asked.page, beyond.rows) == (None, 2, second.rows)


def test_each_filter_narrows(service: Service) -> None:
    assert {row.tier for row in page(service, tier="high").rows} == {"high"}
    assert {row.cause for row in page(service, cause="").rows} == {""}
    assert {row.village_code for row in page(service, area=B, category="ordinary").rows} == {B}
    assert page(service, category="ex_poor_policy").rows == []
    assert {row.status for row in page(service, status="monitored").rows} == {"monitored"}


def test_visits_and_entries_are_told_and_filter(service: Service) -> None:
    rows = {row.household_id: row for row in page(service).rows}
    first, second, third = (rows[household(number)] for number in (1, 2, 3))
    assert first.met is not None
    assert (first.met.finding, second.met and second.met.finding, third.met) == ("risk", "not_home", None)
    assert [row.entry for row in (first, second, third)] == [False, False, True]
    assert [row.household_id for row in page(service, status="risk").rows] == [household(1)]
    assert {row.household_id for row in page(service, status="met").rows} == {household(1), household(2)}
    assert (page(service, status="waiting").total, page(service, status="planned").total) == (6, 8)
    before = list_page(service, of("990301"), BEFORE, AskedList(status="met"), NOW)
    assert before is not None
    assert all(row.known_later or row.met for row in before.rows)


def test_each_order_is_one(service: Service) -> None:
    risk = [row.probability for row in page(service, order="risk").rows]
    assert risk == sorted(risk, reverse=True)
    villages = [row.village_code for row in page(service, order="village").rows]
    assert villages == sorted(villages)
    seen = [row.days_since_visit for row in page(service, order="visited").rows]
    known = [days for days in seen if days is not None]
    assert seen[: seen.count(None)] == [None] * seen.count(None)
    assert known == sorted(known, reverse=True)


def test_a_household_is_found_only_in_ones_own_area(service: Service) -> None:
    assert [row.household_id for row in page(service, find=(household(3),)).rows] == [household(3)]
    assert page(service, "990302", find=(household(3),)).rows == []
    assert page(service, "990301001001", find=(household(2),)).rows == []


def test_a_larger_or_another_area_is_not_there(service: Service) -> None:
    for area in ("", "990301", "990302001"):
        asked = AskedList(area=area)
        found = list_page(service, of("990301001"), None, asked, NOW)
        assert found is None or {row.village_code[:9] for row in found.rows} == {"990301001"}
    assert list_page(service, of(""), NEWEST.replace(year=2024), AskedList(), NOW) is None


def test_that_the_rows_were_read_is_in_the_log(service: Service) -> None:
    found = page(service, area=A)
    entry = list(AuditLog(service.workspace.home / LOG).entries())[-1]
    assert entry is not None
    assert (entry.action, entry.purpose) == ("read", f"work list {NEWEST} {A}")
    assert list(entry.ids) == [row.household_id for row in found.rows]
