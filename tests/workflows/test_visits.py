from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from office_files import known
from riskmodel.errors import BusyError, UsageError
from riskmodel.workflows import visits as module
from riskmodel.workflows.database import FILE, database
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.sent_case import WrongFacts
from riskmodel.workflows.visits import checked_visits, keep_visits, letter_of, visits_to_carry
from trained_county import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

DAY = date(2025, 3, 20)
VISIT: dict[str, Any] = {"visited_on": date(2025, 3, 18), "visitor_id": "K017", "reason": "routine"}
VISIT |= {"finding": "risk", "cause_1": "ILL", "retracted": None}


def sent(place: Workspace, key: str, *changes: dict[str, Any], day: date = DAY) -> None:
    """Findings as the service keeps them."""
    home = known(place, "households")["household_id"][0]
    rows = checked_visits([VISIT | {"household_id": home} | change for change in changes or ({},)], day)
    with closing(database(place)) as store:
        letter = letter_of("a", key, rows)
        keep_visits(store, place.policy, letter, rows, b"{}", NOW + timedelta(days=1), lambda: None)


def visits(place: Workspace) -> pl.DataFrame:
    return known(place, "visits").filter(pl.col("source") == "app")


def batches(place: Workspace) -> int:
    lake = place.lake
    return sum(record.source == "app" for county in lake.counties() for record in lake.records(county))


def test_what_was_sent_is_in_the_lake_after_the_next_ingest_once(place: Workspace, delivered: Path) -> None:
    ingest(place, delivered)
    assert not (place.home / FILE).exists(), "an ingest makes no database"
    sent(place, "one")
    sent(place, "two", {"visitor_id": "K018", "finding": "not_home", "cause_1": None})
    done = ingest(place, delivered)
    (account,) = (one for one in done.accounts if one.source == "app")
    assert (account.rows_read, account.rows_loaded) == (2, 2)
    found = visits(place).sort("visitor_id")
    assert found.select("visitor_id", "finding", "known_at").rows() == [
        ("K017", "risk", DAY),
        ("K018", "not_home", DAY),
    ]
    assert found["batch_id"].unique().str.starts_with("r20250320-").all()
    ingest(place, delivered)
    assert (visits(place).height, batches(place)) == (2, 1)


def test_findings_are_taken_in_where_no_file_arrived(place: Workspace, delivered: Path, tmp_path: Path) -> None:
    ingest(place, delivered)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UsageError, match="holds no such folder"):
        ingest(place, empty)
    sent(place, "one")
    assert [account.source for account in ingest(place, empty).accounts] == ["app"]
    assert (visits(place).height, ingest(place, None).files) == (1, 0)


def test_a_later_finding_of_the_same_visit_takes_its_place_and_one_may_be_taken_back(
    place: Workspace, delivered: Path
) -> None:
    ingest(place, delivered)
    sent(place, "one")
    sent(place, "two", {"finding": "no_risk", "cause_1": None})
    ingest(place, delivered)
    assert visits(place)["finding"].to_list() == ["no_risk"]
    sent(place, "three", {"cause_1": "EDU"})
    ingest(place, delivered)
    assert visits(place)["cause_1"].to_list() == ["EDU"]
    sent(place, "four", {"retracted": True}, day=DAY + timedelta(days=1))
    ingest(place, delivered)
    assert visits(place).is_empty()


@pytest.mark.parametrize("killed", ["mark_carried", "write_receipt"])
def test_a_kill_between_lake_and_database_gives_no_row_twice_and_loses_none(
    place: Workspace, delivered: Path, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    ingest(place, delivered)
    sent(place, "one")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        where = "riskmodel.workflows.visits" if killed == "mark_carried" else "riskmodel.workflows.ingest"
        patch.setattr(f"{where}.{killed}", dies)
        with pytest.raises(KeyboardInterrupt):
            ingest(place, delivered)
    assert visits(place).height == 1, "the lake has it already"
    sent(place, "two", {"visitor_id": "K018"})
    ingest(place, delivered)
    assert (visits(place).height, batches(place)) == (2, 2)
    with visits_to_carry(place) as left:
        assert left == []


def test_nothing_is_marked_where_the_lake_did_not_take_it(place: Workspace, delivered: Path) -> None:
    ingest(place, delivered)
    sent(place, "one")

    def refused() -> None:
        with visits_to_carry(place) as found:
            assert len(found) == 1
            raise BusyError("somebody else writes")

    with pytest.raises(BusyError):
        refused()
    with visits_to_carry(place) as found:
        assert len(found) == 1


def test_findings_are_checked_as_a_delivery_is() -> None:
    row = VISIT | {"household_id": "H" + "0" * 24}
    for change, column in (
        ({"cause_1": None, "cause_2": "ILL"}, "cause_1"),
        ({"finding": "no_risk"}, "cause_1"),
        ({"visited_on": DAY + timedelta(days=1)}, "visited_on"),
        ({"reason": "curiosity"}, "reason"),
    ):
        with pytest.raises(WrongFacts) as refused:
            checked_visits([row, row | {"visitor_id": "K9"} | change], DAY)
        assert [(w.row, w.column) for w in refused.value.found] == [(1, column)]
    (kept,) = checked_visits([row], DAY)
    assert (kept["known_at"], kept["source"], kept["retracted"]) == (DAY, "app", False)


def test_how_long_answers_are_kept_is_policy(place: Workspace) -> None:
    assert place.policy.value(module.KEPT, "", on=DAY, known=DAY) == 30


def test_rows_of_one_visit_are_told_by_what_they_say_and_not_by_the_order_of_their_columns() -> None:
    row = VISIT | {"household_id": "H" + "0" * 24}
    assert letter_of("a", "k", [row]) == letter_of("a", "k", [dict(reversed(row.items()))])
    assert letter_of("a", "k", [row]) != letter_of("a", "k", [row | {"visitor_id": "K1"}])
