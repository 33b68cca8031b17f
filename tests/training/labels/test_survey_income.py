from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from riskmodel.errors import NothingInForce
from riskmodel.policy import Policy
from riskmodel.tables import View
from riskmodel.training.labels import LABELS
from riskmodel.training.labels.survey_income import below_line_of_year
from scenario import COUNTY, policy_of, rows_of
from told_outcomes import LATEST, D, Tables, Told, answers, end, lines

LABEL = LABELS["reference_income_below_line_12m"]
LAST_YEAR, THIS_YEAR = date(2024, 12, 31), date(2025, 12, 31)


def survey(
    period_end: date, net: float, reference: float | None = None, household: str = "H1", **cells: Any
) -> dict[str, Any]:
    """A survey, known 20 days after its window ended if nothing else is said; yuan per head."""
    known = {"known_at": period_end + timedelta(days=20)}
    facts = {"household_id": household, "period_end": period_end, "net_per_capita": net}
    return facts | {"reference_per_capita": reference} | known | cells


def fell(*surveys: dict[str, Any], policy: Policy | None = None, as_of: date = D, **tables: Any) -> Told:
    """Outcomes; the line is 6000 if no policy is given."""
    given: Tables = {"income_surveys": surveys, **tables}
    return answers(LABEL, given, policy, as_of)


GOOD, BAD = survey(LAST_YEAR, 7000), survey(THIS_YEAR, 5000)


@pytest.mark.parametrize(
    ("net", "reference", "event"),
    [
        (6000, None, False),  # on the line is not below it
        (5999.99, None, True),
        (9000, 6000, False),
        (9000, 5999.99, True),
        (5000, 9000, True),  # one of the two is enough
    ],
)
def test_net_or_reference_income_below_the_line_is_the_event(net: float, reference: float | None, event: bool) -> None:
    assert fell(GOOD, survey(THIS_YEAR, net, reference)) == {"H1": event}


@pytest.mark.parametrize(("net", "reference"), [(5999.99, None), (5999.99, 7000), (7000, 5999.99)])
def test_a_household_below_the_line_already_is_not_in_the_cohort(net: float, reference: float | None) -> None:
    assert fell(survey(LAST_YEAR, net, reference), BAD) == {}
    assert fell(survey(LAST_YEAR, 6000, 6000), BAD) == {"H1": True}


def test_a_household_without_a_known_survey_of_the_last_three_years_is_not_in_the_cohort() -> None:
    assert fell(BAD) == {}
    assert fell(survey(date(2022, 2, 28), 7000), BAD) == {}
    assert fell(survey(date(2022, 3, 31), 7000), BAD) == {"H1": True}


def test_without_a_survey_that_ends_in_the_horizon_the_household_is_left_out() -> None:
    assert fell(GOOD) == {}
    assert fell(GOOD, survey(THIS_YEAR, 7000, household="H2")) == {}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (date(2025, 3, 31), {"H1": True}),
        (date(2026, 2, 28), {"H1": True}),
        (date(2026, 3, 1), {}),  # after the horizon: nothing is told of it
        (date(2026, 3, 31), {}),
    ],
)
def test_the_window_of_the_survey_ends_within_the_horizon(ends: date, expected: Told) -> None:
    assert fell(GOOD, survey(ends, 5000)) == expected


@pytest.mark.parametrize(("ends", "expected"), [(date(2025, 3, 31), {}), (date(2025, 4, 30), {"H1": True})])
def test_at_the_end_of_a_month_the_horizon_begins_with_the_next(ends: date, expected: Told) -> None:
    assert fell(GOOD, survey(ends, 5000), as_of=date(2025, 3, 31)) == expected


def test_a_survey_below_the_line_that_was_on_its_way_leaves_the_household_out() -> None:
    late = survey(date(2025, 1, 31), 5000, known_at=date(2025, 3, 6), stage="identification")
    well = survey(THIS_YEAR, 7000)
    assert fell(GOOD, well) == {"H1": False}
    assert fell(GOOD, late, well) == {}
    assert fell(GOOD, late | {"period_end": LAST_YEAR}, well) == {}  # two windows that end on one day
    assert fell(GOOD, late | {"period_end": date(2024, 11, 30)}, well) == {"H1": False}  # older than the newest
    assert fell(GOOD, late | {"net_per_capita": 7000}, well) == {"H1": False}


def test_a_survey_known_by_the_as_of_date_tells_of_the_present_whenever_its_window_ends() -> None:
    early = survey(date(2025, 3, 31), 5000, known_at=D, stage="identification")
    assert fell(GOOD, early, survey(THIS_YEAR, 7000)) == {}  # below already, and known
    assert fell(GOOD, early | {"net_per_capita": 7000}) == {}  # nothing new is told in the horizon
    assert fell(GOOD, early | {"known_at": date(2025, 3, 6)}) == {"H1": True}


def test_one_survey_below_the_line_among_several_is_the_event() -> None:
    middle = survey(date(2025, 6, 30), 5000, stage="identification")
    assert fell(GOOD, middle, survey(THIS_YEAR, 9000)) == {"H1": True}


def test_the_line_in_force_on_the_last_day_of_each_window_counts() -> None:
    long_ago, both = date(2020, 1, 1), (survey(LAST_YEAR, 7000), survey(THIS_YEAR, 7000))
    assert fell(*both, policy=lines((long_ago, 6000.0), (THIS_YEAR, 8000.0))) == {"H1": True}
    assert fell(*both, policy=lines((long_ago, 6000.0), (date(2026, 1, 1), 8000.0))) == {"H1": False}
    assert fell(*both, policy=lines((long_ago, 8000.0), (date(2025, 1, 1), 6000.0))) == {}
    with pytest.raises(NothingInForce, match="monitoring_line"):
        fell(*both, policy=lines((date(2025, 1, 1), 6000.0)))


def test_a_corrected_survey_counts_as_it_is_known_when_the_label_is_made() -> None:
    corrected = BAD | {"net_per_capita": 6500, "known_at": date(2026, 3, 30)}
    assert fell(GOOD, BAD, corrected) == {"H1": False}
    assert fell(GOOD, BAD, BAD | {"known_at": date(2026, 3, 30), "retracted": True}) == {}


@pytest.mark.parametrize("status", ["merged", "moved_out", "dissolved", "split"])
@pytest.mark.parametrize(
    ("day", "net", "expected"),
    [
        (date(2026, 1, 1), 5000, {"H1": True}),  # the window ended before the household did
        (date(2025, 12, 31), 5000, {}),
        (date(2026, 1, 1), 7000, {}),
        (date(2026, 2, 28), 7000, {}),
        (date(2026, 3, 1), 7000, {"H1": False}),
    ],
)
def test_a_household_that_ended_counts_with_what_was_its_own(
    status: str, day: date, net: float, expected: Told
) -> None:
    states = [{"household_id": "H1"}, end(day, status)]
    assert fell(GOOD, survey(THIS_YEAR, net), households=states) == expected


def test_a_survey_of_the_household_at_the_new_place_is_not_one_of_the_household_that_moved() -> None:
    states = [
        {"household_id": "H1"},
        end(date(2025, 6, 1), "moved_out"),
        {"household_id": "H2", "valid_from": date(2025, 6, 1), "predecessor_id": "H1"},
    ]
    assert fell(GOOD, survey(THIS_YEAR, 5000, household="H2"), households=states) == {}


def test_the_surveys_after_a_split_count_for_the_household_that_they_name() -> None:
    states = [
        {"household_id": "H1"},
        {"household_id": "H2", "valid_from": date(2025, 1, 15), "predecessor_id": "H1"},
    ]
    own = survey(date(2025, 1, 31), 8000, household="H2")
    found = fell(GOOD, own, survey(THIS_YEAR, 7000), survey(THIS_YEAR, 5000, household="H2"), households=states)
    assert found == {"H1": False, "H2": True}


def test_the_line_is_that_of_the_village_on_the_day_on_which_the_window_ended() -> None:
    old, new = "990102001001", "990101001001"
    replaced = {"village_code": old, "valid_to": date(2025, 7, 1), "successor_code": new}
    given: dict[str, Any] = {"households": [{"household_id": "H1", "village_code": old}], "villages": [replaced]}
    (line,) = (e for e in policy_of(6000).entries if e.kind == "monitoring_line")
    raised = replace(line, area="990101", value=7200.0)
    both = (survey(LAST_YEAR, 7000), survey(THIS_YEAR, 7000))
    assert fell(*both, policy=Policy([[line, raised]]), **given) == {"H1": True}
    assert fell(*both, policy=Policy([[line, replace(raised, area="990102")]]), **given) == {}


def test_each_survey_is_judged_where_the_household_lived_when_its_window_ended() -> None:
    """Before its first state: where it lived first; a survey of a household that nobody knows is judged by no line."""
    (line,) = (e for e in policy_of(6000).entries if e.kind == "monitoring_line")
    policy = Policy([[line, replace(line, area="990102", value=9000.0)]])
    states = [
        {"household_id": "H1", "valid_from": date(2024, 6, 1), "village_code": "990102001001"},
        {"household_id": "H1", "valid_from": date(2025, 1, 1), "village_code": "990101001001"},
    ]
    surveys = [survey(date(y, 12, 31), 8000, year=y) for y in (2023, 2024, 2025)]
    rows = {
        "households": rows_of("households", *states),
        "income_surveys": rows_of("income_surveys", *surveys, survey(THIS_YEAR, 1, household="H2")),
    }
    view = View.of(rows, LATEST, COUNTY)
    found = below_line_of_year(view.table("income_surveys"), view, policy, LATEST).sort("period_end").collect()
    assert found["period_end"].dt.year().to_list() == [2023, 2024, 2025]
    assert found["below"].to_list() == [True, True, False]
