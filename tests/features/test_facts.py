from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.features.facts import Facts
from riskmodel.features.windows import Moment
from riskmodel.policy import IncomeComponent


def facts() -> Facts:
    return Facts(Moment(date(2025, 3, 5)), lambda _kind: 16.0)


def test_the_same_question_is_answered_by_one_column() -> None:
    h = facts()
    answers = [h.members("old", pl.col("age").max()) for _ in range(2)]
    assert [a.meta.output_name() for a in answers] == ["members.old", "members.old"]
    assert list(h.wanted["members"]) == ["members.old"]


def test_two_questions_under_one_name_are_refused() -> None:
    h = facts()
    h.members("old", pl.col("age").max())
    with pytest.raises(ValueError, match=r"two features ask for members\.old and mean different things"):
        h.members("old", pl.col("age").min())
    h.neighbours("all", pl.col("size"))
    with pytest.raises(ValueError, match=r"village\.all"):
        h.neighbours("all", pl.col("size") * 2)


def test_lists_of_codes_tell_questions_apart() -> None:
    h = facts()
    h.pupils("out", pl.col("status").is_in(["dropout"]).sum())
    with pytest.raises(ValueError, match=r"pupils\.out"):
        h.pupils("out", pl.col("status").is_in(["graduated"]).sum())


def test_income_beyond_the_months_that_are_read_is_refused() -> None:
    with pytest.raises(ValueError, match="16 months ago is asked for, but only 15 months are read"):
        facts().received("net", IncomeComponent, 1, 16)


def test_the_line_asks_for_the_survey_that_it_belongs_to() -> None:
    h = facts()
    assert h.line().meta.output_name() == "line"
    assert list(h.wanted["surveys"]) == ["surveys.period_end"]


def test_a_window_is_covered_only_by_full_lists_of_all_its_months() -> None:
    months = frozenset({date(2024, 12, 1), date(2025, 1, 1)})
    h = Facts(Moment(date(2025, 3, 5)), lambda _kind: 16.0, listed={"shocks": months})
    assert [h.covered("shocks", *window) for window in ((2, 3), (1, 3), (2, 4), (3, 3))] == [True, False, False, True]
    assert not h.covered("incomes", 2, 3)
    assert (h.newest_listed("shocks"), h.newest_listed("shocks", oldest=1)) == (2, None)


def test_a_threshold_in_yuan_is_asked_for_on_the_as_of_date_and_given_in_fen() -> None:
    asked: list[tuple[str, date]] = []

    def optional(kind: str, on: date) -> float | None:
        asked.append((kind, on))
        return 500.0 if kind == "tripwire.TW_MED_OUT" else None

    h = Facts(Moment(date(2025, 1, 5)), lambda _kind: 16.0, optional)
    made = pl.DataFrame({"household": [1]}).select(
        set=h.warning("TW_MED_OUT"), unset=h.warning("TW_EDU_FEE"), income=h.rural_income()
    )
    assert made.row(0) == (50000.0, None, None)
    # the last complete month is of 2024, the year before it 2023
    assert asked == [
        ("tripwire.TW_MED_OUT", date(2025, 1, 5)),
        ("tripwire.TW_EDU_FEE", date(2025, 1, 5)),
        ("rural_disposable_income", date(2023, 12, 31)),
    ]
