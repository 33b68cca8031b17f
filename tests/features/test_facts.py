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
