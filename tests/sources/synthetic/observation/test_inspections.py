from __future__ import annotations

import polars as pl

from riskmodel.sources.synthetic.months import HISTORY_START, calendar_month
from riskmodel.sources.synthetic.observation.coded import ARRIVAL
from riskmodel.sources.synthetic.observation.inspections import dwellings, shocks
from sources.synthetic.simulated_county import failures_of, months_seen


def test_every_row_passes_the_checks_of_its_table() -> None:
    failures = failures_of(p for seen in months_seen().values() for p in (*dwellings(seen), *shocks(seen)))
    assert failures.is_empty(), failures


def test_everybody_is_inspected_once_and_some_every_summer() -> None:
    counts = {month: sum(p.rows.height for p in dwellings(seen)) for month, seen in months_seen().items()}
    everybody = counts.pop(HISTORY_START + 2)
    assert everybody > 1900
    assert all(count > 30 for month, count in counts.items() if calendar_month(month) in (6, 7, 8))
    assert all(count < 30 for month, count in counts.items() if calendar_month(month) in (1, 11, 12))


def test_claims_come_after_the_first_report_of_the_same_event() -> None:
    found = [posting for seen in months_seen().values() for posting in shocks(seen)]
    first = pl.concat([posting.rows for posting in found if posting.file != "shocks-4"])
    paid = pl.concat([posting.rows for posting in found if posting.file == "shocks-4"])
    both = paid.join(first, on=["household_id", "happened_on", "kind"], suffix="_first")
    assert both.height == paid.height > 5
    # arrivals are months: one reported 15 days after the event and paid 32 days after it may both fall into the next
    assert (both[ARRIVAL] >= both[f"{ARRIVAL}_first"]).all()
    assert (both[ARRIVAL] > both[f"{ARRIVAL}_first"]).any()
    assert both["claim_paid_first"].count() == 0


def test_a_house_that_became_unsafe_is_inspected_soon() -> None:
    for seen in months_seen().values():
        old = seen.before.homes.house_grade
        new = seen.state.homes.house_grade[: len(old)]
        worse = ((new > old) & (new >= 2) & seen.state.homes.active[: len(old)]).nonzero()[0].tolist()
        rows = pl.concat([p.rows for p in dwellings(seen) if p.file == "dwellings"])
        soon = rows.filter(pl.col(ARRIVAL) <= seen.number + 1)["household_id"].to_list()
        assert set(worse) <= set(soon)
