from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from lake_rows import batch
from riskmodel.features import declared
from riskmodel.tables import Lake, View
from riskmodel.training.groups import GROUPINGS, NAMES, UNKNOWN, groups, groups_of_rows
from scenario import COUNTY, rows_of
from worked_example import full_id

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.training.rows import Collected
    from riskmodel.workflows.workspace import Workspace

AS_OF = date(2025, 3, 5)
VALUES = {grouping.name: grouping.values for grouping in GROUPINGS}


def group_of(*members: dict[str, Any], as_of: date = AS_OF, **household: Any) -> dict[str, str]:
    """The groups of H1 with these members."""
    rows = {
        "households": rows_of("households", {"household_id": "H1"} | household),
        "members": rows_of("members", *({"person_id": f"P{n}"} | member for n, member in enumerate(members, 1))),
    }
    (found,) = groups(View.of(rows, as_of, COUNTY)).rows(named=True)
    return found


def test_a_household_is_in_one_group_of_each_grouping() -> None:
    found = group_of(
        {"relation": "head", "sex": "female", "birth_month": date(1960, 4, 1), "ethnicity": "01"},
        {"relation": "spouse", "sex": "male", "disability_type": "visual", "disability_grade": 3},
        category="ex_poor_policy",
        exit_year=2018,
    )
    assert found == {
        "household_id": full_id("H1"),
        "sex_of_head": "female",
        "age_of_head": "60_74",
        "ethnicity": "majority",
        "disability": "with",
        "category": "ex_poor_policy",
        "township": "990101001",
    }


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(2006, 3, 1), "under_45"),
        (date(1980, 4, 1), "under_45"),  # 45 next month
        (date(1980, 3, 1), "45_59"),
        (date(1965, 4, 1), "45_59"),
        (date(1965, 3, 1), "60_74"),
        (date(1950, 4, 1), "60_74"),
        (date(1950, 3, 1), "75_over"),
        (date(1920, 1, 1), "75_over"),
    ],
)
def test_ages_of_the_head_are_told_in_bands_without_a_gap(born: date, band: str) -> None:
    assert group_of({"relation": "head", "birth_month": born})["age_of_head"] == band


@pytest.mark.parametrize(
    ("codes", "group"),
    [
        (["01", "01"], "majority"),
        (["01", None], "majority"),
        (["01", "11"], "minority"),
        ([None, "97"], "minority"),
        ([None, None], UNKNOWN),
    ],
)
def test_one_member_of_a_minority_is_enough_and_nobody_known_is_unknown(codes: list[str | None], group: str) -> None:
    assert group_of(*({"ethnicity": code} for code in codes))["ethnicity"] == group


def test_a_household_of_which_nobody_is_known_is_kept_as_unknown() -> None:
    nothing = dict.fromkeys(("sex_of_head", "age_of_head", "ethnicity", "disability"), UNKNOWN)
    assert group_of() == {"household_id": full_id("H1"), **nothing, "category": "ordinary", "township": "990101001"}
    gone = group_of({"relation": "head", "disability_type": "mental", "disability_grade": 1, "leave_reason": "died"})
    assert {name: gone[name] for name in nothing} == nothing
    headless = group_of({"relation": "child"})
    assert (headless["sex_of_head"], headless["age_of_head"], headless["disability"]) == (UNKNOWN, UNKNOWN, "without")


def test_of_several_heads_the_choice_does_not_depend_on_the_order_of_rows() -> None:
    heads = [
        {"person_id": "P1", "relation": "head", "sex": "female", "birth_month": date(1940, 1, 1)},
        {"person_id": "P2", "relation": "head", "sex": "male", "birth_month": date(1990, 1, 1)},
    ]
    assert group_of(*heads) == group_of(*heads[::-1])
    assert (group_of(*heads)["sex_of_head"], group_of(*heads)["age_of_head"]) == ("male", "under_45")


def test_a_disability_known_later_is_not_seen() -> None:
    late = {"disability_type": "physical", "disability_grade": 2, "valid_from": date(2024, 6, 1)}
    members = ({"person_id": "P1"}, {"person_id": "P1", "known_at": date(2025, 3, 6), **late})
    assert group_of(*members)["disability"] == "without"
    assert group_of(*members, as_of=date(2025, 3, 6))["disability"] == "with"


def test_the_township_is_that_of_the_code_that_the_village_has_on_the_day() -> None:
    old, new = "990101001001", "990101007003"
    replaced = {"village_code": old, "valid_to": date(2025, 1, 1), "successor_code": new, "known_at": date(2024, 12, 1)}
    rows = {
        "households": rows_of("households", {"household_id": "H1"}),
        "villages": rows_of("villages", replaced, {"village_code": new, "valid_from": date(2025, 1, 1)}),
    }
    told = [groups(View.of(rows, day, COUNTY))["township"].item() for day in (date(2024, 12, 31), AS_OF)]
    assert told == ["990101001", "990101007"]


def test_households_come_sorted_and_those_that_ended_are_among_them() -> None:
    states = [{"household_id": h} for h in ("H3", "H1", "H2")]
    ended = {"household_id": "H2", "valid_from": date(2025, 1, 1), "status": "dissolved", "size": 0}
    found = groups(View.of({"households": rows_of("households", *states, ended)}, AS_OF, COUNTY))
    assert found["household_id"].to_list() == [full_id(h) for h in ("H1", "H2", "H3")]
    assert found.columns == ["household_id", *NAMES]


def test_a_row_has_the_groups_of_its_own_date_and_keeps_its_place(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    changed = {"household_id": "H1", "valid_from": date(2025, 2, 1), "category": "ex_poor_policy", "exit_year": 2019}
    rows = rows_of("households", {"household_id": "H1"}, changed, {"household_id": "H2"})
    lake.receive([batch("households", date(2025, 3, 1), rows)])
    keys = pl.DataFrame(
        [(full_id("H2"), AS_OF), (full_id("H9"), AS_OF), (full_id("H1"), AS_OF), (full_id("H1"), date(2025, 1, 5))],
        schema={"household_id": pl.String, "as_of": pl.Date},
        orient="row",
    )
    found = groups_of_rows(lake, keys)
    assert found["household_id"].to_list() == keys["household_id"].to_list()
    assert found["category"].to_list() == ["ordinary", UNKNOWN, "ex_poor_policy", "ordinary"]
    assert groups_of_rows(lake, keys.head(0)).columns == found.columns


def test_every_group_of_a_county_is_declared_with_its_titles(sample_workspace: Workspace) -> None:
    lake = sample_workspace.lake
    found = groups(lake.view(lake.counties()[0], lake.newest_delivery()))
    assert found.height > 100
    assert not any(found.null_count().row(0))
    for name, values in VALUES.items():
        told = set(found[name]) - {UNKNOWN}
        assert told <= values.keys() if values else all(len(code) == 9 for code in told), name
        assert told, name


def test_training_rows_find_their_groups_in_the_lake(sample_rows: Collected, sample_workspace: Workspace) -> None:
    keys = sample_rows.keys
    found = groups_of_rows(sample_workspace.lake, keys)
    assert found["household_id"].to_list() == keys["household_id"].to_list()
    assert found["township"].to_list() == keys["village_code"].str.head(9).to_list()
    assert (found["sex_of_head"] == UNKNOWN).sum() < 0.05 * found.height


def test_a_group_has_a_chinese_and_an_english_title() -> None:
    sex, *_, township = GROUPINGS
    assert sex.title("female") == ("女", "Female")
    assert sex.title(UNKNOWN) == ("未知", "Not known")
    assert township.title("990101001") == ("990101001", "990101001")


def test_sex_and_ethnicity_are_in_no_feature() -> None:
    assert not [feature.name for feature in declared() if "sex" in feature.name or "ethni" in feature.name]
