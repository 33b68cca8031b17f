from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_rows import batch
from riskmodel.errors import UsageError
from riskmodel.policy import Policy
from riskmodel.tables import Lake, View
from riskmodel.training.labels import LABELS, Question, below_line, interview_day, label_named, outcomes
from scenario import COUNTY, policy_of, rows_of
from worked_example import full_id

if TYPE_CHECKING:
    from pathlib import Path

D = date(2025, 3, 5)
SETTLED = date(2026, 4, 30)
"""D lies in M0 = March 2025; the horizon ends with February 2026, two months of delay with April."""
DELAY = {"label.reporting_delay_months": 2}
ENTRY, BELOW = LABELS["new_entry_12m"], LABELS["income_below_line_12m"]

Told = dict[str, bool]
"""Household, shortened -> event."""
Tables = dict[str, Sequence[Mapping[str, Any]]]
"""Rows by table, of each only the cells that matter."""


# --- declarations ---


def test_the_first_label_is_new_entry_and_every_label_says_what_it_is() -> None:
    assert next(iter(LABELS)) == "new_entry_12m"
    for name, label in LABELS.items():
        assert label.name == name == label_named(name).name
        assert all((label.title, label.english, label.cohort, label.event, label.settles_after))


def test_an_unknown_label_is_an_error_that_lists_the_labels() -> None:
    with pytest.raises(UsageError, match=r"no label 'new_entry'.*new_entry_12m, income_below_line_12m"):
        label_named("new_entry")


@pytest.mark.parametrize(
    ("as_of", "delay", "day"),
    [
        (date(2025, 3, 5), 2, date(2026, 4, 30)),
        (date(2025, 3, 5), 0, date(2026, 2, 28)),
        (date(2025, 3, 30), 2, date(2026, 4, 30)),
        (date(2025, 3, 31), 2, date(2026, 5, 31)),  # March is complete: M0 is April
        (date(2024, 2, 29), 0, date(2025, 2, 28)),
    ],
)
def test_a_label_matures_at_the_end_of_the_last_month_of_horizon_and_delay(as_of: date, delay: int, day: date) -> None:
    assert ENTRY.matures_on(as_of, delay) == day


def test_the_horizon_is_twelve_months_from_the_first_month_that_is_not_complete() -> None:
    view = View.of({"households": rows_of("households", {"household_id": "H1"})}, D)
    question = Question(view, view, 12, policy_of())
    assert (question.first, question.after_last) == (date(2025, 3, 1), date(2026, 3, 1))
    question = replace(question, view=replace(view, as_of=date(2025, 3, 31)))
    assert (question.first, question.after_last) == (date(2025, 4, 1), date(2026, 4, 1))


# --- new entry ---


def episode(month: str, known_at: date | None = None, household: str = "H1", **cells: Any) -> dict[str, Any]:
    """An episode identified in a month, known on the 10th of the next month if nothing else is said."""
    first = date.fromisoformat(f"{month}-01")
    if "eliminated_month" in cells:
        cells = {"elimination_mode": "natural"} | cells
    known = known_at or (first + timedelta(days=31)).replace(day=10)
    return {"household_id": household, "identified_month": first, "known_at": known, **cells}


def entries(folder: Path, *episodes: Mapping[str, Any], as_of: date = D, read_on: date = SETTLED) -> Told:
    """Outcomes of H1 to H9, as far as they appear in the episodes, told by a lake."""
    households = sorted({"H1", *(e["household_id"] for e in episodes)})
    lake = lake_of(folder, households=[{"household_id": h} for h in households], monitoring_episodes=episodes)
    return told(outcomes(ENTRY, lake, COUNTY, as_of, read_on, policy_of(**DELAY)))


def test_a_household_without_episode_is_a_negative(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2025-05", household="H2")) == {"H1": False, "H2": True}


@pytest.mark.parametrize(
    ("month", "event"), [("2025-03", True), ("2025-04", True), ("2026-02", True), ("2026-03", False)]
)
def test_the_horizon_runs_from_m0_to_m0_plus_11(tmp_path: Path, month: str, event: bool) -> None:
    assert entries(tmp_path, episode(month)) == {"H1": event}


@pytest.mark.parametrize(("month", "expected"), [("2025-03", {}), ("2025-04", {"H1": True}), ("2026-03", {"H1": True})])
def test_at_the_end_of_a_month_the_horizon_begins_with_the_next(tmp_path: Path, month: str, expected: Told) -> None:
    as_of, settled = date(2025, 3, 31), date(2026, 5, 31)
    assert entries(tmp_path, episode(month), as_of=as_of, read_on=settled) == expected  # 2025-03: in the pipeline


def test_a_household_with_an_open_episode_is_not_in_the_cohort(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2024-05")) == {}
    assert entries(tmp_path / "again", episode("2024-05"), episode("2025-06")) == {}


def test_a_household_in_the_pipeline_is_not_in_the_cohort(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2025-02", known_at=date(2025, 3, 6))) == {}


def test_an_episode_that_became_known_on_the_as_of_date_is_open_and_not_in_the_pipeline(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2025-02", known_at=D)) == {}


@pytest.mark.parametrize(("again", "expected"), [(None, False), ("2025-09", True), ("2026-03", False)])
def test_a_household_whose_risk_was_eliminated_can_enter_again(
    tmp_path: Path, again: str | None, expected: bool
) -> None:
    ended = episode("2023-05", known_at=date(2024, 12, 5), eliminated_month=date(2024, 11, 1))
    found = entries(tmp_path, episode("2023-05"), ended, *([episode(again)] if again else []))
    assert found == {"H1": expected}


def test_an_elimination_that_became_known_after_the_as_of_date_leaves_the_household_out(tmp_path: Path) -> None:
    ended = episode("2023-05", known_at=date(2025, 3, 10), eliminated_month=date(2025, 2, 1))
    assert entries(tmp_path, episode("2023-05"), ended) == {}


def test_a_retracted_identification_is_no_event(tmp_path: Path) -> None:
    cancelled = episode("2025-06", known_at=date(2025, 9, 1), retracted=True)
    assert entries(tmp_path, episode("2025-06"), cancelled) == {"H1": False}
    late = episode("2025-06", known_at=date(2026, 5, 1), retracted=True)
    assert entries(tmp_path / "late", episode("2025-06"), late) == {"H1": True}  # not known on the day of reading


def test_an_episode_retracted_after_the_as_of_date_still_kept_the_household_out_then(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2024-06"), episode("2024-06", date(2025, 9, 1), retracted=True)) == {}
    assert entries(tmp_path / "before", episode("2024-06"), episode("2024-06", date(2025, 3, 5), retracted=True)) == {
        "H1": False
    }


def test_an_episode_counts_when_it_is_known_on_the_day_of_reading(tmp_path: Path) -> None:
    late = episode("2026-02", known_at=date(2026, 5, 10))
    assert entries(tmp_path / "a", late, read_on=date(2026, 5, 9)) == {"H1": False}
    assert entries(tmp_path / "b", late, read_on=date(2026, 5, 10)) == {"H1": True}


def test_a_household_that_is_not_active_is_not_in_the_cohort(tmp_path: Path) -> None:
    moved = {"household_id": "H1", "valid_from": date(2025, 2, 1), "status": "moved_out", "size": 0}
    lake = lake_of(tmp_path, households=[{"household_id": "H1"}, moved, {"household_id": "H2"}])
    assert told(outcomes(ENTRY, lake, COUNTY, D, SETTLED, policy_of(**DELAY))) == {"H2": False}


# --- households that change ---


def changed(folder: Path, *states: Mapping[str, Any], episodes: Sequence[Mapping[str, Any]] = ()) -> Told:
    """Outcomes of H1, active since 2020, and of whoever else is named."""
    lake = lake_of(folder, households=[{"household_id": "H1"}, *states], monitoring_episodes=episodes)
    return told(outcomes(ENTRY, lake, COUNTY, D, SETTLED, policy_of(**DELAY)))


def end(day: date, status: str = "merged", household: str = "H1", **cells: Any) -> dict[str, Any]:
    """The state with which a household is no longer active."""
    return {"household_id": household, "valid_from": day, "status": status, "size": 0, **cells}


@pytest.mark.parametrize("status", ["merged", "moved_out", "dissolved", "split"])
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 28), {}),  # the last day of the horizon
        (date(2026, 3, 1), {"H1": False}),
        (date(2025, 3, 6), {}),
    ],
)
def test_a_household_that_ends_within_the_horizon_without_the_event_is_left_out(
    tmp_path: Path, status: str, day: date, expected: Told
) -> None:
    assert changed(tmp_path, end(day, status)) == expected


def test_an_end_that_lay_before_the_as_of_date_and_was_not_known_then_leaves_out_too(tmp_path: Path) -> None:
    assert changed(tmp_path, end(date(2025, 2, 1), known_at=date(2025, 6, 1))) == {}


def test_an_end_not_known_on_the_day_of_reading_leaves_nobody_out(tmp_path: Path) -> None:
    assert changed(tmp_path, end(date(2025, 9, 1), known_at=date(2026, 5, 1))) == {"H1": False}


def test_a_household_that_ended_and_came_back_is_followed_to_the_end_of_the_horizon(tmp_path: Path) -> None:
    back = {"household_id": "H1", "valid_from": date(2025, 11, 1)}
    assert changed(tmp_path, end(date(2025, 9, 1)), back) == {"H1": False}
    found = changed(tmp_path / "again", end(date(2025, 9, 1)), back, episodes=[episode("2026-01")])
    assert found == {"H1": True}


@pytest.mark.parametrize(
    ("day", "month", "expected"),
    [
        (date(2025, 9, 15), "2025-08", {"H1": True}),
        (date(2025, 9, 15), "2025-09", {"H1": True}),  # the month of the end began before it
        (date(2025, 9, 1), "2025-09", {}),
        (date(2025, 9, 15), "2025-10", {}),
    ],
)
def test_an_event_counts_when_its_month_began_before_the_end(
    tmp_path: Path, day: date, month: str, expected: Told
) -> None:
    assert changed(tmp_path, end(day), episodes=[episode(month)]) == expected


def test_who_entered_left_monitoring_and_entered_again_before_the_end_is_one_event(tmp_path: Path) -> None:
    over = episode("2025-04", known_at=date(2025, 12, 1), eliminated_month=date(2025, 11, 1))
    found = changed(tmp_path, end(date(2026, 2, 10)), episodes=[episode("2025-04"), over, episode("2026-01")])
    assert found == {"H1": True}


def test_an_episode_of_the_household_that_it_was_merged_with_is_not_its_own(tmp_path: Path) -> None:
    found = changed(
        tmp_path, {"household_id": "H2"}, end(date(2025, 6, 1)), episodes=[episode("2025-08", household="H2")]
    )
    assert found == {"H2": True}


def test_an_episode_at_the_new_place_is_not_one_of_the_household_that_moved(tmp_path: Path) -> None:
    there = {"household_id": "H2", "valid_from": date(2025, 6, 1), "predecessor_id": "H1"}
    moved = end(date(2025, 6, 1), "moved_out")
    assert changed(tmp_path, moved, there, episodes=[episode("2025-08", household="H2")]) == {}
    before = [episode("2025-05"), episode("2025-08", household="H2")]
    assert changed(tmp_path / "before", moved, there, episodes=before) == {"H1": True}


@pytest.mark.parametrize(("who", "expected"), [("H1", {"H1": True}), ("H2", {"H1": False})])
def test_an_episode_after_a_split_counts_for_the_household_that_it_names(
    tmp_path: Path, who: str, expected: Told
) -> None:
    part = {"household_id": "H2", "valid_from": date(2025, 6, 1), "predecessor_id": "H1"}
    assert changed(tmp_path, part, episodes=[episode("2025-08", household=who)]) == expected
    early = part | {"valid_from": date(2025, 1, 1)}  # both are in the cohort
    found = changed(tmp_path / "early", early, episodes=[episode("2025-08", household=who)])
    assert found == {"H1": who == "H1", "H2": who == "H2"}


# --- censoring ---


@pytest.fixture(scope="module")
def settled_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """H1 enters monitoring, H2 does not; H1 falls below the line."""
    folder = tmp_path_factory.mktemp("settled")
    fell = a_year_apart(500, 400, households=("H1", "H2"))
    lake = lake_of(folder, monitoring_episodes=[episode("2025-05")], **fell)
    receive_nothing_new(lake, [date(2026, month, 1) - timedelta(days=1) for month in range(2, 13)])
    return lake


@given(st.sampled_from(list(LABELS)), st.integers(0, 6), st.integers(-2, 400), st.sampled_from([5, 17, 31]))
def test_a_label_that_has_not_matured_gives_no_row_and_never_a_negative(
    settled_lake: Lake, name: str, delay: int, early: int, run_day: int
) -> None:
    as_of, label = date(2025, 3, run_day), LABELS[name]
    read_on = label.matures_on(as_of, delay) - timedelta(days=early)
    found = outcomes(
        label, settled_lake, COUNTY, as_of, read_on, policy_of(6000, **{"label.reporting_delay_months": delay})
    )
    assert found.schema == {"household_id": pl.String, "event": pl.Boolean}
    assert found.is_empty() == (early > 0)


def test_the_newest_delivery_is_the_day_of_reading(settled_lake: Lake) -> None:
    read_on = settled_lake.newest_delivery()
    assert ENTRY.matures_on(D, 2) <= read_on
    found = outcomes(ENTRY, settled_lake, COUNTY, D, read_on, policy_of(**DELAY))
    assert told(found) == {"H1": True, "H2": False}


# --- income below the line ---

NOW, THEN = date(2025, 1, 1), date(2026, 1, 1)
"""The newest complete month with incomes at D, and the same month a year later."""


def a_year_apart(
    now: float | None, then: float | None, households: Sequence[str] = ("H1",), **tables: Sequence[Mapping[str, Any]]
) -> Tables:
    """Households of one person with an income in January 2025 and in January 2026, yuan a month; None = no row."""
    amounts = [(NOW, now, date(2025, 2, 20)), (THEN, then, date(2026, 2, 20))]
    given: Tables = {
        "households": [{"household_id": h} for h in households],
        "members": [{"household_id": h, "person_id": f"P{h[1:]}"} for h in households],
        "incomes": [
            {"household_id": h, "month": month, "amount": amount, "known_at": known_at}
            for h in households
            for month, amount, known_at in amounts
            if amount is not None
        ],
    }
    return given | tables


def fell(tables: Tables, policy: Policy | None = None, as_of: date = D) -> Told:
    """Outcomes of the label in memory; a line of 6000 is 500 a month."""
    rows = {name: rows_of(name, *listed) for name, listed in tables.items()}
    view, later = View.of(rows, as_of, COUNTY), View.of(rows, SETTLED, COUNTY)
    found = BELOW.outcome(Question(view, later, 12, policy or policy_of(6000))).collect()
    return told(found.with_columns(household_id=view.ids.decode("H", found["household_id"])))


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (500, 500, {"H1": False}),
        (500, 499.99, {"H1": True}),
        (500, 500.01, {"H1": False}),
        (499.99, 400, {}),  # below the line already
        (900, -100, {"H1": True}),
    ],
)
def test_exactly_on_the_line_is_not_below_it(now: float, then: float, expected: Told) -> None:
    assert fell(a_year_apart(now, then)) == expected


@pytest.mark.parametrize(("now", "then"), [(500, None), (None, 400)])
def test_a_month_without_income_row_gives_no_row_of_training(now: float | None, then: float | None) -> None:
    with_other = a_year_apart(900, 900, households=("H2",))
    one = a_year_apart(now, then)
    both: Tables = {name: [*with_other[name], *one[name]] for name in one}
    assert fell(both) == {"H2": False}


def test_without_any_income_there_is_no_row() -> None:
    assert fell(a_year_apart(None, None)) == {}


def test_a_month_that_is_not_complete_is_not_looked_at() -> None:
    tables = a_year_apart(500, 400)
    started = {"household_id": "H1", "month": date(2025, 3, 1), "amount": 1, "known_at": date(2025, 3, 4)}
    assert fell(tables | {"incomes": [*tables["incomes"], started]}) == {"H1": True}
    # at the end of March it is complete: then March counts, and H1 is below the line already
    assert fell(tables | {"incomes": [*tables["incomes"], started]}, as_of=date(2025, 3, 31)) == {}


def test_an_income_that_became_known_after_the_as_of_date_does_not_choose_the_month() -> None:
    tables = a_year_apart(500, 400)
    late = {"household_id": "H1", "month": date(2025, 2, 1), "amount": 1, "known_at": date(2025, 3, 6)}
    assert fell(tables | {"incomes": [*tables["incomes"], late]}) == {"H1": True}


def test_the_line_in_force_in_each_of_the_two_months_counts() -> None:
    tables, long_ago = a_year_apart(550, 550), date(2020, 1, 1)
    assert fell(tables, lines((long_ago, 6000.0))) == {"H1": False}
    assert fell(tables, lines((long_ago, 6000.0), (THEN, 7200.0))) == {"H1": True}
    assert fell(tables, lines((long_ago, 7200.0), (THEN, 6000.0))) == {}  # below the line of 2025
    # a line that came into force after the month, before the day of reading or the as-of date
    assert fell(tables, lines((long_ago, 6000.0), (date(2026, 2, 1), 7200.0))) == {"H1": False}
    assert fell(tables, lines((long_ago, 6000.0), (date(2025, 2, 1), 7200.0))) == {"H1": True}


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2026, 2, 28), {"H1": True}),  # on the day of the interview of January 2026
        (date(2026, 3, 1), {"H1": False}),
        (date(2025, 2, 28), {}),  # on that of January 2025: below the line already
        (date(2025, 3, 1), {"H1": True}),
    ],
)
def test_the_size_on_the_day_of_each_of_the_two_interviews_counts(born: date, expected: Told) -> None:
    larger = {"household_id": "H1", "valid_from": born, "size": 2}
    assert fell(a_year_apart(900, 900)) == {"H1": False}
    assert fell(a_year_apart(900, 900) | {"households": [{"household_id": "H1"}, larger]}) == expected


def test_a_household_replaced_by_another_family_is_left_out() -> None:
    tables = a_year_apart(500, 400)
    stranger = {"person_id": "P1", "valid_from": date(2025, 12, 1), "birth_month": date(2001, 5, 1)}
    assert fell(tables | {"members": [*tables["members"], stranger]}) == {}


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2025, 12, 31), {}), (date(2026, 1, 1), {}), (date(2026, 1, 2), {"H1": True})]
)
def test_an_income_after_the_end_of_a_household_is_none_of_its_own(day: date, expected: Told) -> None:
    ended = {"household_id": "H1", "valid_from": day, "status": "merged"}
    assert fell(a_year_apart(500, 400) | {"households": [{"household_id": "H1"}, ended]}) == expected


def test_the_line_is_that_of_the_code_that_the_village_has_on_the_day_of_the_interview() -> None:
    old = "990102001001"
    replaced = {"village_code": old, "valid_to": date(2025, 7, 1), "successor_code": "990101001001"}
    tables = a_year_apart(550, 550, villages=[replaced]) | {"households": [{"household_id": "H1", "village_code": old}]}
    (line,) = (e for e in policy_of(6000).entries if e.kind == "monitoring_line")
    raised = replace(line, area="990101", value=7200.0)
    assert fell(tables, Policy([[line, raised]])) == {"H1": True}
    assert fell(tables, Policy([[line, replace(raised, area="990102")]])) == {}  # below the line already


@pytest.mark.parametrize(("replaced", "expected"), [((), True), (("P2",), True), (("P1", "P2"), None), (("P3",), True)])
def test_half_of_the_persons_listed_both_times_must_be_the_same(
    replaced: tuple[str, ...], expected: bool | None
) -> None:
    """P1 and P2 are listed both times, P3 only the second time."""
    born, since = date(1980, 1, 1), date(2025, 12, 1)
    members: list[dict[str, Any]] = [
        *({"person_id": p, "birth_month": born} for p in ("P1", "P2")),
        {"person_id": "P3", "valid_from": since, "birth_month": born},
        *({"person_id": p, "valid_from": since, "birth_month": date(2001, 5, 1)} for p in replaced if p != "P3"),
    ]
    assert fell(a_year_apart(500, 400, members=members)) == ({} if expected is None else {"H1": expected})


def test_the_day_of_the_interview_is_the_end_of_the_month_after() -> None:
    assert interview_day(date(2025, 1, 1)) == date(2025, 2, 28)
    assert interview_day(date(2024, 12, 1)) == date(2025, 1, 31)


def test_below_line_tells_every_household_with_an_income_in_the_month() -> None:
    rows = {name: rows_of(name, *listed) for name, listed in a_year_apart(500, 400, households=("H1", "H2")).items()}
    view = View.of(rows, SETTLED, COUNTY)
    policy = policy_of(6000)
    assert below_line(view, NOW, policy, SETTLED).collect()["below"].to_list() == [False, False]
    assert below_line(view, THEN, policy, SETTLED).collect()["below"].to_list() == [True, True]
    assert below_line(view, date(2024, 1, 1), policy, SETTLED).collect().is_empty()


def test_the_label_reads_a_lake_like_rows_in_memory(settled_lake: Lake) -> None:
    found = outcomes(BELOW, settled_lake, COUNTY, D, SETTLED, policy_of(6000, **DELAY))
    assert told(found) == {"H1": True, "H2": True}
    assert found["household_id"].is_sorted()


def lines(*since: tuple[date, float]) -> Policy:
    """A policy whose monitoring line changes on these days."""
    (line,) = (e for e in policy_of().entries if e.kind == "monitoring_line")
    return Policy([[replace(line, value=value, effective_from=day) for day, value in since]])


def lake_of(folder: Path, **tables: Sequence[Mapping[str, Any]]) -> Lake:
    """A lake that received these rows at the end of May 2026; the registers also came, with nothing new, in April."""
    lake = Lake(folder)
    lake.receive(batch(name, date(2026, 5, 31), rows_of(name, *listed)) for name, listed in tables.items() if listed)
    receive_nothing_new(lake, [date(2026, 4, 30), date(2026, 5, 31)])
    return lake


def receive_nothing_new(lake: Lake, days: Sequence[date]) -> None:
    """The registers as delivered on these days, each time without a new row."""
    registers = ("monitoring_episodes", "incomes")
    lake.receive(replace(batch(name, day, rows_of(name)), sha256="nothing new") for name in registers for day in days)


def test_the_silence_of_a_register_that_stopped_coming_is_no_negative(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.receive([batch("households", date(2026, 5, 31), rows_of("households", {"household_id": "H1"}))])
    policy = policy_of(**DELAY)
    assert outcomes(ENTRY, lake, COUNTY, D, SETTLED, policy).is_empty()
    for day, rows in ((date(2026, 4, 29), 0), (date(2026, 4, 30), 1)):
        lake.receive([replace(batch("monitoring_episodes", day, rows_of("monitoring_episodes")), sha256=f"{day}")])
        assert outcomes(ENTRY, lake, COUNTY, D, date(2026, 5, 31), policy).height == rows


def told(found: pl.DataFrame) -> Told:
    """Event by household, ids shortened."""
    short = {full_id(f"H{n}"): f"H{n}" for n in range(1, 10)}
    return {short[h]: event for h, event in found.select("household_id", "event").iter_rows()}
