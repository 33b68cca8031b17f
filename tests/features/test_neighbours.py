from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import drawn
from properties import differing
from riskmodel.errors import DataError, UsageError
from riskmodel.features import assemble_view
from riskmodel.features.assemble import FeatureTable
from riskmodel.features.neighbours import Neighbours
from riskmodel.tables import View
from riskmodel.tables.own_facts import own_facts
from scenario import COUNTY, Rows, policy_of, rows_of
from strategies import AS_OF_DATES, histories
from worked_example import full_id

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace

AS_OF, LATER = date(2025, 3, 5), date(2025, 3, 20)
OTHER_VILLAGE = "990101001002"
HOMES = [{"household_id": f"H{n}"} for n in (1, 2, 3)] + [{"household_id": "H4", "village_code": OTHER_VILLAGE}]
SURVEYS = [{"household_id": f"H{n}", "period_end": date(2024, 9, 30), "net_per_capita": 4000 * n} for n in (1, 2, 3, 4)]
ROWS = {"households": rows_of("households", *HOMES), "income_surveys": rows_of("income_surveys", *SURVEYS)}


def batch(rows: Rows = ROWS, as_of: date = AS_OF) -> FeatureTable:
    return assemble_view(View.of(rows, as_of, COUNTY), policy_of())


def published(rows: Rows = ROWS) -> Neighbours:
    """The publication, written and read again."""
    made = batch(rows).neighbours
    assert made is not None
    return Neighbours.read(made.frame("set"), "set")


def alone(short: str, rows: Rows, as_of: date = AS_OF, county: str = COUNTY) -> dict[str, float | None]:
    """Features of a household, of which these are all facts, with the neighbours of the publication."""
    made = assemble_view(View.of(rows, as_of, county), policy_of(), [full_id(short)], neighbours=published())
    return dict(made.rows.row(0, named=True))


# --- households of several case files ---


def test_households_that_are_apart_have_no_neighbours_without_a_publication() -> None:
    together = assemble_view(View.of(ROWS, AS_OF, COUNTY), policy_of(), apart=True).rows
    for household in together["household_id"]:
        own = {name: rows.filter(household_id=household) for name, rows in ROWS.items()}
        one = assemble_view(View.of(own, AS_OF, COUNTY), policy_of(), [household]).rows
        assert together.filter(household_id=household).equals(one)
    assert not together.equals(batch().rows)


def test_a_household_that_goes_by_another_id_is_not_its_own_neighbour() -> None:
    rows = {name: own.filter(household_id=full_id("H1")) for name, own in ROWS.items()}
    named = {name: own.with_columns(household_id=pl.lit(full_id("H9"))) for name, own in rows.items()}
    renamed = replace(View.of(named, AS_OF, COUNTY), called={full_id("H9"): full_id("H1")})
    found = assemble_view(renamed, policy_of(), neighbours=published()).rows
    assert found.drop("household_id").row(0, named=True) == {
        name: value for name, value in alone("H1", rows).items() if name != "household_id"
    }
    stranger = assemble_view(View.of(named, AS_OF, COUNTY), policy_of(), neighbours=published()).rows
    assert not stranger.equals(found)


# --- a household of the publication ---


@drawn(6)
@given(histories(), st.sampled_from(AS_OF_DATES))
def test_a_household_alone_has_the_bits_of_the_batch(rows: Rows, as_of: date) -> None:
    view = View.of(rows, as_of, COUNTY)
    whole = assemble_view(view, policy_of())
    assert whole.neighbours is not None
    given_out = Neighbours.read(whole.neighbours.frame("set"), "set")
    for household in whole.rows["household_id"]:
        facts = own_facts(view, [household])
        kept = View.of({name: facts.canonical(name) for name in facts.stored}, as_of, COUNTY)
        for own in (facts, kept):
            made = assemble_view(own, policy_of(), [household], neighbours=given_out).rows
            assert differing(made, whole.rows.filter(pl.col("household_id") == household)) == []


def test_households_of_the_sample_county_alone_have_the_bits_of_the_batch(sample_workspace: Workspace) -> None:
    (county,), policy = sample_workspace.counties(), sample_workspace.policy
    view = sample_workspace.lake.view(county, sample_workspace.lake.newest_delivery())
    whole = assemble_view(view, policy)
    assert whole.neighbours is not None
    some = whole.rows.sample(30, seed=1)["household_id"].sort()
    for household in some:
        made = assemble_view(own_facts(view, [household]), policy, [household], neighbours=whole.neighbours).rows
        assert differing(made, whole.rows.filter(pl.col("household_id") == household)) == []
    together = assemble_view(own_facts(view, list(some)), policy, list(some), neighbours=whole.neighbours).rows
    assert differing(together, whole.rows.filter(pl.col("household_id").is_in(some.implode()))) == []


def test_what_is_asked_about_a_household_since_does_not_move_its_neighbours() -> None:
    poor = rows_of("income_surveys", SURVEYS[1] | {"net_per_capita": 10})
    made = alone("H2", ROWS | {"income_surveys": poor})
    assert made["income_to_line"] == 10 / 8000
    assert (made["village_income_to_line"], made["village_below_line_share"]) == (1.0, 0.5)


def test_a_household_that_moved_away_since_has_all_of_its_new_village_as_neighbours() -> None:
    moved = rows_of("households", {"household_id": "H1", "village_code": OTHER_VILLAGE})
    assert alone("H1", {"households": moved})["village_income_to_line"] == 2.0


# --- a household that was not in it ---


def test_a_new_household_has_the_whole_village_as_neighbours() -> None:
    made = alone("H9", {"households": rows_of("households", {"household_id": "H9"})})
    assert (made["village_income_to_line"], made["village_below_line_share"]) == (1.0, 1 / 3)


@pytest.mark.parametrize("code", ["990101001009", "990101000001", "990109999999"])
def test_a_village_of_which_nobody_was_in_it_has_no_figures(code: str) -> None:
    made = alone("H9", {"households": rows_of("households", {"household_id": "H9", "village_code": code})})
    assert (made["village_income_to_line"], made["village_shock_share_12m"]) == (None, None)


def test_a_publication_of_nobody_has_no_figures() -> None:
    empty = batch({"households": ROWS["households"].clear()}).neighbours
    assert empty is not None
    view = View.of({"households": rows_of("households", {"household_id": "H1"})}, AS_OF, COUNTY)
    made = assemble_view(view, policy_of(), neighbours=empty).rows
    assert made["village_monitored_share"].to_list() == [None]


# --- the publication ---


def test_it_has_a_row_for_each_household_and_says_what_it_is() -> None:
    made = batch().neighbours
    assert made is not None
    frame = made.frame("set")
    assert frame["household_id"].to_list() == [full_id(f"H{n}") for n in (1, 2, 3, 4)]
    assert frame.select("as_of", "county", "feature_set").unique().rows() == [(AS_OF, COUNTY, "set")]
    assert frame["village.below"].to_list() == [1, 0, 0, 0]
    assert set(frame.select(made.columns).dtypes) == {pl.Int64()}


def test_only_the_features_of_a_whole_county_can_be_published() -> None:
    view = View.of(ROWS, AS_OF, COUNTY)
    assert assemble_view(view, policy_of(), [full_id("H1")]).neighbours is None
    assert assemble_view(view, policy_of(), neighbours=published()).neighbours is None


def test_the_fingerprint_is_that_of_what_was_summed() -> None:
    def fingerprint(rows: Rows, features: str = "set", as_of: date = AS_OF) -> str:
        made = batch(rows, as_of).neighbours
        assert made is not None
        return str(made.frame(features)["fingerprint"][0])

    same = ROWS | {"income_surveys": ROWS["income_surveys"].reverse()}
    other = ROWS | {"income_surveys": rows_of("income_surveys", *SURVEYS[:3])}
    assert fingerprint(same) == fingerprint(ROWS)
    assert len({fingerprint(ROWS), fingerprint(other), fingerprint(ROWS, "x"), fingerprint(ROWS, as_of=LATER)}) == 4


@pytest.mark.parametrize(
    "change",
    [
        pl.col("village.below") + 1,
        pl.lit("990102").alias("county"),
        pl.lit(date(2025, 3, 4)).alias("as_of"),
        pl.col("village_code") + 1,
    ],
)
def test_one_that_was_changed_is_refused(change: pl.Expr) -> None:
    made = batch().neighbours
    assert made is not None
    with pytest.raises(DataError, match=r"were changed\. Score that day again"):
        Neighbours.read(made.frame("set").with_columns(change), "set")


def test_something_else_and_one_of_other_features_are_refused() -> None:
    made = batch().neighbours
    assert made is not None
    for other in (batch().rows, made.frame("set").clear()):
        with pytest.raises(DataError, match="no neighbours' figures"):
            Neighbours.read(other, "set")
    with pytest.raises(UsageError, match="are of feature set old, asked for is new"):
        Neighbours.read(made.frame("old"), "new")


def test_one_of_another_county_or_of_a_later_day_is_refused() -> None:
    with pytest.raises(UsageError, match="990101 on 2025-03-05 are not for county 990102 on 2025-03-05"):
        alone("H1", ROWS, county="990102")
    with pytest.raises(UsageError, match="on 2025-03-05 are not for county 990101 on 2025-03-04"):
        alone("H1", ROWS, date(2025, 3, 4))
    assert alone("H1", ROWS, LATER)["village_income_to_line"] == 1.25


def test_it_survives_a_file(tmp_path: Path) -> None:
    made = batch().neighbours
    assert made is not None
    made.frame("set").write_parquet(tmp_path / "county.parquet")
    read = Neighbours.read(pl.read_parquet(tmp_path / "county.parquet"), "set")
    assert (read.as_of, read.county) == (made.as_of, made.county)
    assert read.amounts.equals(made.amounts)
