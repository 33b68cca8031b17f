from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from riskmodel.policy import Lamp, LedgerState
from riskmodel.review.access import Principal, Role
from riskmodel.review.ledger_pages import AskedEntries
from riskmodel.serving.pages.ledger_address import asked_entries, filters, page_number
from riskmodel.serving.pages.refused import Refused

if TYPE_CHECKING:
    from riskmodel.serving.pages.visitor import Visitor


class Someone:
    who = Principal("u", "u", (Role.OFFICER,), "990301")


def asked(**fields: str) -> AskedEntries:
    chosen = filters(lambda name: fields.get(name, ""))
    return asked_entries(cast("Visitor", Someone()), chosen, first=0, most=50)


def test_a_village_of_the_township_narrows_it_and_another_one_does_not() -> None:
    assert asked(area="990301001", village="990301001002").area == "990301001002"
    assert asked(area="990301001", village="990301002001").area == "990301001"
    assert asked(state="open", lamp="red").area == "990301"
    assert (asked(state="open").state, asked(lamp="red").lamp) == (LedgerState.OPEN, Lamp.RED)
    assert asked(state="<b>").state is None


def test_entries_of_a_household_are_all_of_them_within_ones_area() -> None:
    one = f"H{1:024x}"
    assert asked(area="990301001", state="open", household=one) == AskedEntries("990301", households=(one,))


@pytest.mark.parametrize("fields", [{"area": "x"}, {"area": "9" * 13}, {"household": "H1"}, {"village": "<b>"}])
def test_what_is_no_area_and_no_id_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(Refused):
        asked(**fields)


def test_a_page_is_a_small_number() -> None:
    assert [page_number(text) for text in ("7", "", "-1", "x", "9" * 20)] == [7, 1, 1, 1, 1]
