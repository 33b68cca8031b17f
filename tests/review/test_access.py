from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import UsageError
from riskmodel.review.access import AREA_DIGITS, Principal, Right, Role, checked_area

CODES = st.text("0123456789", min_size=12, max_size=12)


@given(CODES, CODES, st.sampled_from(AREA_DIGITS))
def test_somebody_sees_a_place_when_its_code_begins_with_their_area(mine: str, place: str, digits: int) -> None:
    asker = Principal("k", "a county", (Role.CASE_SYSTEM,), mine[:digits])
    assert asker.sees(mine)
    assert asker.sees(place) == (place[:digits] == mine[:digits])


def test_a_larger_area_than_ones_own_is_not_seen() -> None:
    assert not Principal("k", "a county", (), "990301").sees("9903")
    assert Principal("k", "the country", (), "").sees("")


def test_rights_come_from_any_of_the_roles() -> None:
    asker = Principal("k", "x", (Role.ANALYST, Role.OFFICER), "")
    alone = [Principal("k", "x", (role,), "") for role in asker.roles]
    assert all(asker.may(right) == any(one.may(right) for one in alone) for right in Right)
    assert not Principal("k", "x", (Role.ANALYST,), "").may(Right.NAMES)
    assert not Principal("k", "x", (), "").may(Right.READ)


@pytest.mark.parametrize("text", ["9", "990", "99030", "9903011", "99030a", "９９", " 99", "990301001001 "])
def test_what_is_no_area_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no area"):
        checked_area(text)


def test_areas_from_the_country_to_a_village() -> None:
    for digits in AREA_DIGITS:
        assert checked_area("990301001001"[:digits]) == "990301001001"[:digits]
