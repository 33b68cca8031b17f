from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from published_households import publish_households
from published_lists import BEFORE, NEWEST, A, B, C, household, publish_list
from riskmodel.review.access import Principal, Role
from riskmodel.review.month_parts import NotPrepared
from riskmodel.review.store import Store, open_store
from riskmodel.workflows.month_sheet import Sheets, among, summed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path / 'a.sqlite'}", migrate=True)) as found:
        yield found


def of(area: str) -> Principal:
    return Principal("u", "u", (Role.ANALYST,), area, "user")


def test_villages_of_others_are_no_ground(store: Store) -> None:
    sheet = Sheets(store).sheet(publish_list(store, NEWEST))
    assert sheet.ground(of("990301"), "").codes == [A, B, C]
    assert sheet.ground(of("990301"), "", 9).codes == [A[:9], C[:9]]
    assert sheet.ground(of("990301"), "990302").codes == []
    assert sheet.inside(of(A), A[:9]).tolist() == [True, False, False, False]


def test_households_are_found_by_id_and_others_are_not(store: Store) -> None:
    sheet = Sheets(store).sheet(publish_list(store, NEWEST))
    assert sheet.places([household(60), household(1), "H" + "f" * 24]).tolist() == [59, 0, -1]
    assert sheet.ids([0, 59]) == [household(1), household(60)]
    assert among(sheet, "tier", "very_high", "high").tolist() == [True] * 5 + [False] * 55


def test_counts_add_up_by_place(store: Store) -> None:
    sheet = Sheets(store).sheet(publish_list(store, NEWEST))
    by_township = summed(sheet, of(""), "990301", 9)
    assert {code: own["households"] for code, own in by_township.items()} == {A[:9]: 42, C[:9]: 12}
    assert summed(sheet, of("990302"), "990301", 9) == {}


def test_a_month_that_is_published_again_is_read_anew(store: Store) -> None:
    sheets, told = Sheets(store), []

    def make(sheet: object) -> object:
        told.append(sheet)
        if len(told) == 1:
            publish_list(store, NEWEST)
        return sheets.sheet(told[-1].month).counts("villages").sum()  # type: ignore[attr-defined]  # a Sheet

    publish_list(store, NEWEST)
    assert sheets.told(None, make) is not None
    assert len(told) == 2
    assert sheets.told(BEFORE, make) is None


def test_months_of_an_older_version_are_passed_over_or_told(store: Store) -> None:
    publish_households(store, {household(1): A}, BEFORE)
    newest, sheets = publish_list(store, NEWEST), Sheets(store)
    with pytest.raises(NotPrepared):
        sheets.told(BEFORE, lambda sheet: sheet)
    older = replace(newest, as_of=BEFORE, published_at=f"{BEFORE}T00:00:00Z")
    found = sheets.first_of([older, newest])
    assert found is not None
    assert found.month == newest
