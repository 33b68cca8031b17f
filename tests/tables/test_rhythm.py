from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from riskmodel.tables.batches import BatchRecord
from riskmodel.tables.rhythm import Feed, feeds

START = date(2024, 1, 4)


def record(day: date, source: str = "med_ins", mode: str = "r", written: int = 5, unmatched: int = 0) -> BatchRecord:
    return BatchRecord(
        batch_id=f"{mode}{day:%Y%m%d}-0001",
        county="990101",
        table="medical_settlements",
        source=source,
        received_on=day.isoformat(),
        mode=mode,
        period_from=None,
        period_to=None,
        full_list=False,
        rows_read=5,
        rows_written=written,
        rows_unmatched=unmatched,
        sha256="00",
        sequence=1,
    )


def days(*pauses: int, start: date = START) -> list[date]:
    """Days with these pauses between them."""
    return [start + timedelta(days=sum(pauses[:n])) for n in range(len(pauses) + 1)]


def only(records: Iterable[BatchRecord], as_of: date) -> Feed:
    (found,) = feeds(records, as_of)
    return found


def test_a_monthly_feed_is_missed_after_its_longest_pause_and_half_of_a_usual_one() -> None:
    received = days(31, 31, 29, 33)
    records = [record(day) for day in received]
    in_time, late = (only(records, received[-1] + timedelta(days=n)) for n in (33 + 15, 33 + 16))
    assert (in_time.silent, late.silent) == (False, True)
    assert (late.usual_days, late.most_days, late.days_since) == (31, 48, 49)
    assert (late.deliveries, late.last) == (5, received[-1].isoformat())


def test_the_grace_of_a_yearly_feed_is_a_month() -> None:
    received = days(30, 335, 30, 335)
    records = [record(day) for day in received]
    assert only(records, received[-1] + timedelta(days=335 + 15)).most_days == 335 + 15
    yearly = days(365, 365, 365)
    assert only([record(day) for day in yearly], yearly[-1]).most_days == 365 + 31


def test_a_feed_that_came_too_seldom_has_no_rhythm_and_is_not_missed() -> None:
    records = [record(day) for day in days(31, 31)]
    found = only(records, START + timedelta(days=900))
    assert (found.usual_days, found.most_days, found.silent) == (None, None, False)
    assert found.days_since == 900 - 62


def test_a_load_of_the_past_is_no_pause() -> None:
    loaded = [record(START - timedelta(days=400), mode="h")]
    assert only([*loaded, *(record(day) for day in days(30, 30, 30))], START + timedelta(days=90)).most_days == 45


def test_a_pause_three_years_before_the_last_delivery_is_forgotten() -> None:
    outage = days(30, 300, *[30] * 37)
    records = [record(day) for day in outage]
    assert only(records[:5], outage[4]).most_days == 315
    assert only(records, outage[-1]).most_days == 45


def test_however_long_a_feed_is_silent_its_alarm_goes_on_until_the_feed_is_forgotten() -> None:
    received = days(200, 200, 200)
    records = [record(day) for day in received]
    for silence in (301, 579, 1096):
        assert only(records, received[-1] + timedelta(days=silence)).silent is True
    assert only(records, received[-1] + timedelta(days=1097)).silent is False


def test_what_arrives_and_says_nothing_new_for_too_long_is_stale_not_silent() -> None:
    received = days(*[30] * 8)
    news = [record(day) for day in received[:5]]
    repeated = [record(day, written=0) for day in received[5:]]
    found = only([*news, *repeated], received[-1])
    assert (found.silent, found.stale) == (False, True)
    assert (found.last, found.last_news) == (received[-1].isoformat(), received[4].isoformat())
    assert only([*news, *repeated[:1]], received[5]).stale is False
    waiting = [record(day, written=0, unmatched=3) for day in received[5:]]
    assert only([*news, *waiting], received[-1]).stale is False


def test_a_silent_feed_is_not_called_stale_too() -> None:
    received = days(30, 30, 30)
    found = only([record(day) for day in received], received[-1] + timedelta(days=200))
    assert (found.silent, found.stale) == (True, False)


@pytest.mark.parametrize("order", [1, -1])
def test_departments_are_told_apart_and_the_order_of_records_does_not_matter(order: int) -> None:
    received = days(30, 30, 30, 30)
    records = [record(day) for day in received] + [record(day, "civil") for day in received[:4]]
    found = feeds(records[::order], received[-1] + timedelta(days=20))
    assert [(feed.source, feed.silent) for feed in found] == [("civil", True), ("med_ins", False)]


def test_what_was_received_later_is_not_known_yet() -> None:
    received = days(30, 30, 30, 30)
    found = only([record(day) for day in received], received[2])
    assert (found.deliveries, found.last) == (3, received[2].isoformat())
    assert feeds([record(received[1])], START) == []
