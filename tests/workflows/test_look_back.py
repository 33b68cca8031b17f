from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from published_lists import BEFORE, FIRST, NEWEST, A, B, publish_list
from riskmodel.review.access import Principal, Role
from riskmodel.review.store import open_store
from riskmodel.workflows.look_back import LookBack, look_back
from riskmodel.workflows.month_sheet import Sheets

if TYPE_CHECKING:
    from pathlib import Path

EVERYBODY = Principal("u", "u", (Role.ANALYST,), "", "user")


def told(folder: Path, worse: dict[date, float], who: Principal = EVERYBODY, area: str = "") -> LookBack:
    with closing(open_store(f"sqlite:///{folder / 'a.sqlite'}", migrate=True)) as store:
        months = [publish_list(store, day, worse=factor) for day, factor in worse.items()]
        return look_back(Sheets(store), tuple(reversed(months)), months[-1], who, area, 9)


def test_a_village_is_told_where_its_mean_risk_rose_by_a_fifth(tmp_path: Path) -> None:
    found = told(tmp_path, {FIRST: 0.5, BEFORE: 0.9, NEWEST: 1.0})
    assert found.dates == [FIRST, BEFORE, NEWEST]
    assert [(one.code, round(one.now / one.then, 3)) for one in found.rising] == [(A, 2.0)]
    assert (found.risen, found.same_model) == (1, True)


def test_villages_of_few_households_have_no_mean(tmp_path: Path) -> None:
    found = told(tmp_path, {FIRST: 0.5, NEWEST: 1.0})
    assert found.villages == 3  # the fourth has six households


def test_only_half_a_year_is_looked_back_and_a_risk_that_fell_is_not_told(tmp_path: Path) -> None:
    found = told(tmp_path, {date(2025, 5, 5): 0.1, BEFORE: 1.5, NEWEST: 1.0})
    assert (found.dates, found.rising) == ([BEFORE, NEWEST], [])


def test_a_first_month_has_nothing_to_compare_with_and_still_tells_failures_and_visits(tmp_path: Path) -> None:
    found = told(tmp_path, {NEWEST: 1.0}, area="990301")
    assert (found.dates, found.villages, found.rising) == ([NEWEST], 0, [])
    own = found.places[A[:9]]
    assert (own.households, own.visited) == (42, 9)
    assert (own.failures["housing"].now, own.failures["housing"].known, own.failures["housing"].before) == (8, 28, None)


def test_one_sees_no_village_of_another_area(tmp_path: Path) -> None:
    found = told(tmp_path, {FIRST: 0.5, NEWEST: 1.0}, replace(EVERYBODY, area=B))
    assert (found.rising, list(found.places)) == ([], [B[:9]])


@pytest.mark.parametrize("model", ["m", "another"])
def test_another_model_meanwhile_is_said(tmp_path: Path, model: str) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'a.sqlite'}", migrate=True)) as store:
        first, newest = publish_list(store, FIRST, model=model), publish_list(store, NEWEST)
        found = look_back(Sheets(store), (newest, first), newest, EVERYBODY, "", 9)
    assert found.same_model == (model == "m")
