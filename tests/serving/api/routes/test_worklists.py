from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from riskmodel.review.audit import AuditLog
from riskmodel.workflows.installation import LOG
from running_service import Running
from trained_county import Office

ON_EVERY_DATABASE = True


def listed(service: Running, key: str = "", month: str = "2024-05", **query: Any) -> Any:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return service.get(f"/v1/worklists/{month}?{words}", key or service.key())


def pages(service: Running, **query: Any) -> list[dict[str, Any]]:
    """Every household of the list, page by page."""
    found: list[dict[str, Any]] = []
    more: str | None = ""
    while more is not None:
        answer = listed(service, **query, **({"cursor": more} if more else {})).json()
        found += answer["households"]
        more = answer["next"]
    return found


def expected(office: Office) -> pl.DataFrame:
    scores = pl.read_parquet(f"{office.results}/*.parquet").filter(~pl.col("monitored") & ~pl.col("too_new"))
    return scores.sort(["probability", "household_id"], descending=[True, False])


def test_the_pages_hold_every_household_once_riskiest_first(service: Running, office: Office) -> None:
    found = pages(service, limit=170)
    assert [one["household_id"] for one in found] == expected(office)["household_id"].to_list()
    assert [one["probability"] for one in found] == expected(office)["probability"].to_list()


def test_area_tier_and_cause_narrow_it(service: Running, office: Office) -> None:
    rows = expected(office)
    village, tier, cause = rows["village_code"][0], rows["tier"][0], rows["reason_1_group"][0]
    for query, wanted in (
        ({"area": village}, pl.col("village_code") == village),
        ({"area": village[:9]}, pl.col("village_code").str.starts_with(village[:9])),
        ({"tier": tier}, pl.col("tier") == tier),
        ({"cause": cause}, pl.col("reason_1_group") == cause),
    ):
        found = pages(service, limit=500, **query)
        assert [one["household_id"] for one in found] == rows.filter(wanted)["household_id"].to_list(), query


def test_a_month_is_the_newest_date_published_in_it(service: Running, office: Office) -> None:
    by_month, by_day = listed(service).json(), listed(service, month=office.scored.as_of).json()
    assert by_month == by_day
    assert by_month["as_of"] == office.scored.as_of


def test_a_month_of_which_nothing_was_published_tells_the_months_there_are(service: Running, office: Office) -> None:
    for area in ("", "99", "990301", "990301101"):
        for month in ("2001-01", "2001-01-05"):
            found = listed(service, service.key(area=area), month=month)
            assert found.status_code == 404
            assert office.scored.as_of[:7] in found.json()["detail"]
    elsewhere = listed(service, service.key(area="990302"))
    assert elsewhere.status_code == 404
    assert office.scored.as_of[:7] not in elsewhere.json()["detail"].replace("Nothing was published for 2024-05", "")


def test_a_key_sees_its_area_by_default_and_no_other(service: Running, office: Office) -> None:
    village = expected(office)["village_code"][0]
    key = service.key(area=village)
    assert {one["village_code"] for one in listed(service, key).json()["households"]} == {village}
    assert listed(service, key, area="").json()["area"] == village
    for elsewhere in (village[:6], "98", "990302"):
        found = listed(service, key, area=elsewhere)
        assert found.status_code == 404
        assert found.json()["detail"] == f"The area {elsewhere} is not within the area of the key, {village}."
        assert found.json()["errors"][0]["field"] == "query.area"
    assert listed(service, service.key(area="98")).json().get("households", []) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [({"month": "2001-01"}, 404), ({"month": "2024-13"}, 422), ({"month": "2024-02-30"}, 422), ({"month": "2024"}, 422),
     ({"area": "9"}, 422), ({"tier": "huge"}, 422), ({"cause": "XXX"}, 422), ({"limit": 501}, 422),
     ({"cursor": "abc"}, 422), ({"cursor": "W10="}, 422), ({"cursor": "W05hTiwieCJd"}, 422),
     ({"cursor": "Wy1JbmZpbml0eSwieCJd"}, 422)],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(service: Running, query: dict[str, Any], status: int) -> None:
    assert listed(service, **query).status_code == status


def test_every_household_of_a_page_is_in_the_audit_log(service: Running) -> None:
    found = listed(service, limit=7).json()["households"]
    *_, last = (entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry)
    assert last.ids == tuple(one["household_id"] for one in found)
    assert last.purpose.startswith("work list")
