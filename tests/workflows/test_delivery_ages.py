from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from riskmodel.workflows.delivery_ages import delivery_ages

if TYPE_CHECKING:
    from trained_county import Office


def test_each_department_is_told_with_its_newest_delivery(office: Office) -> None:
    place, day = office.workspace, office.as_of
    ages = delivery_ages(place, ["990301"], day)
    records = [one for one in place.lake.records("990301") if one.received_on <= day.isoformat()]
    assert {age.source for age in ages} == {one.source for one in records}
    for age in ages:
        own = [one for one in records if one.source == age.source]
        assert age.last == max(one.received_on for one in own)
        assert age.tables <= len({one.table for one in own})
        assert age.days >= 0
    assert [age.days for age in ages] == sorted((age.days for age in ages), reverse=True)


def test_a_department_that_stopped_is_missed(office: Office) -> None:
    later = delivery_ages(office.workspace, ["990301"], office.as_of + timedelta(days=400))
    assert any(age.silent for age in later)
    assert all(age.judged for age in later if age.silent)
    assert delivery_ages(office.workspace, ["990302"], office.as_of) == []
