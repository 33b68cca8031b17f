from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from riskmodel.features.facts import Facts, rows_seen
from riskmodel.features.windows import Moment, Seen
from riskmodel.policy import IncomeComponent
from riskmodel.tables import View
from scenario import rows_of
from worked_example import full_id


def facts() -> Facts:
    return Facts(Moment(date(2025, 3, 5)), lambda _kind: 16.0)


def test_the_same_question_is_answered_by_one_column() -> None:
    h = facts()
    answers = [h.members("old", pl.col("age").max()) for _ in range(2)]
    assert [a.meta.output_name() for a in answers] == ["members.old", "members.old"]
    assert list(h.wanted["members"]) == ["members.old"]


def test_a_divisor_and_a_window_are_worked_out_once_whatever_is_made_of_them() -> None:
    h = facts()
    for amount in ("wage", "property"):
        h.over(h.survey(amount), pl.col("size") * h.line())
        h.bills(amount, lambda inside: inside.sum(), 1, 12)
    assert [len(columns) for columns in h.steps.rounds] == [1, 1]
    assert [len(columns) for columns in h.rows["bills"].rounds] == [1]
    assert h.once(pl.col("size")).meta.output_name() == "size"


def test_what_is_made_of_sums_over_the_neighbours_waits_for_them() -> None:
    h = facts()
    h.over(h.neighbours("poor", pl.col("size")), h.neighbours("all", pl.col("size")) * 1000)
    assert (h.steps.rounds, [len(columns) for columns in h.village_steps.rounds]) == ([], [1, 1])


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


def test_the_window_of_each_question_is_noted() -> None:
    h = facts()
    h.received("net", IncomeComponent, 1, 3)
    h.months_with_income(4, 6)
    h.month_of_income(2)
    h.bills("paid", lambda inside: inside.sum(), 1, 12)
    h.shocks("all", lambda inside: inside.sum(), 12)
    h.newest("incomes", "month")
    assert h.windows == {
        "incomes.net_1_3": (1, 3),
        "incomes.months_4_6": (4, 6),
        "incomes.net_2": (2, 2),
        "bills.paid_1_12": (1, 12),
        "shocks.all_0_12": (0, 12),
    }


def test_the_rows_seen_are_those_of_the_household_and_those_that_it_inherits() -> None:
    old, own = date(2023, 1, 1), date(2025, 1, 1)
    households: list[dict[str, Any]] = [
        {"household_id": "H1"},
        {"household_id": "H2", "valid_from": own, "predecessor_id": "H1"},
    ]
    found = [{"household_id": "H1", "identified_month": old}, {"household_id": "H2", "identified_month": own}]
    visits = [{"household_id": "H1", "visited_on": date(2024, 12, 1)}]
    rows: dict[str, list[dict[str, Any]]] = {"households": households, "monitoring_episodes": found, "visits": visits}
    view = View.of({name: rows_of(name, *given) for name, given in rows.items()}, date(2025, 3, 5))
    seen = Seen(view, Moment(view.as_of))
    mine = pl.col("household_id") == view.ids.find("H", pl.Series([full_id("H2")])).item()
    assert rows_seen("episodes", seen).filter(mine).collect()["identified_month"].sort().to_list() == [old, own]
    assert rows_seen("visits", seen).filter(mine).collect().is_empty()
    assert rows_seen("visits", seen).collect()["days_ago"].to_list() == [94]


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
