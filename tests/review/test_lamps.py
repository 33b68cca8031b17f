from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from ledger_cases import ANN, CASE, NOW, TODAY
from riskmodel.errors import NothingInForce
from riskmodel.policy import Lamp, Policy
from riskmodel.review.lamps import lamps
from riskmodel.review.ledger import add_entry, change_entry
from riskmodel.review.ledger_pages import AskedEntries, entry_page

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.review.store import Store

OWN = """
[[ledger.due_soon]]
area = "990301"
value = 2
unit = "days"
published_on = 2025-01-01
effective_from = 2025-01-01
source = "a rule of the county"
confirmed = true
"""


def test_a_lamp_is_yellow_some_days_before_the_deadline_and_red_after_it() -> None:
    light = lamps(Policy.load(), TODAY)
    shown = {days: light.of(TODAY + timedelta(days=days), "990302001001", done=False) for days in (-1, 0, 5, 6)}
    assert shown == {-1: Lamp.RED, 0: Lamp.YELLOW, 5: Lamp.YELLOW, 6: Lamp.GREEN}
    assert light.of(date(2000, 1, 1), "990302001001", done=True) is Lamp.OUT


def test_the_database_lights_the_lamps_that_the_program_lights_also_where_a_county_has_its_own_days(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text(OWN)
    light = lamps(Policy.load(tmp_path), TODAY)
    with store.writing() as connection:
        for number, days in enumerate([0, 2, 3, 5, 6, 9]):
            place = {"village_code": ["990301001001", "990302001001"][number % 2]}
            wanted = CASE.__class__(**vars(CASE) | place | {"deadline": TODAY + timedelta(days=days)})
            made = add_entry(connection, wanted, ANN, NOW)
            change_entry(connection, made, {"evidence": "x"}, "", ANN, NOW)
    late = lamps(Policy.load(tmp_path), TODAY + timedelta(days=1))
    for today in (light, late):
        for lamp in Lamp:
            found = entry_page(store, AskedEntries("", lamp=lamp), today).entries
            assert all(today.of(one.deadline, one.village_code, done=False) is lamp for one in found)
        assert sum(entry_page(store, AskedEntries("", lamp=lamp), today).total for lamp in Lamp) == 6
    assert light.of(TODAY + timedelta(days=3), "990301001001", done=False) is Lamp.GREEN
    assert light.of(TODAY + timedelta(days=3), "990302001001", done=False) is Lamp.YELLOW


def test_without_days_in_force_there_is_an_error_and_no_guess() -> None:
    with pytest.raises(NothingInForce, match="台账临期提醒天数"):
        lamps(Policy.load(), date(2009, 1, 1))
