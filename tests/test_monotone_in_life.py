"""What must hold of raw rows and risk: a dearer illness, a later payment, a worse house never look safer.

Rows of households are changed as they lie in the lake, everything is assembled anew, and only then a model looks. The
neighbours' figures are those published with the month, so nothing else moves.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import drawn
from riskmodel.features import Direction, assemble_view, declared
from riskmodel.features.windows import first_open_month, months_before
from riskmodel.policy import HouseGrade
from riskmodel.settings import Settings
from riskmodel.tables import View
from riskmodel.tables.freshness import first_known
from riskmodel.tables.own_facts import own_facts
from riskmodel.training.fit import Recipes
from riskmodel.training.labels import label_named
from riskmodel.training.rows import collect, schedule
from riskmodel.training.wires import wires_in_force
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.installation import init
from riskmodel.workflows.simulate import simulate
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.features.neighbours import Neighbours
    from riskmodel.models import RiskModel
    from riskmodel.policy import Policy

    Risk = Callable[[pl.DataFrame], NDArray[np.float64]]

HOUSEHOLDS = 120
TO_FEN = 100
some = drawn(10)
chances = st.tuples(st.integers(0, 999), st.sampled_from([0.02, 0.3, 1.0]))
"""Which rows are changed: a seed, and the share of those that may be."""


@dataclass(frozen=True)
class Life:
    """Some households of a county as they lie in the lake."""

    view: View
    rows: Mapping[str, pl.DataFrame]
    households: Sequence[str]
    policy: Policy
    neighbours: Neighbours

    def __repr__(self) -> str:
        return f"Life of {len(self.households)} households"

    @cached_property
    def before(self) -> pl.DataFrame:
        """Features of the households as they are."""
        return self.features()

    def features(self, **changed: pl.DataFrame) -> pl.DataFrame:
        """A row of features per household, with some tables changed."""
        view = View.of({**self.rows, **changed}, self.view.as_of, self.view.county)
        view = replace(view, records=self.view.records)
        return assemble_view(view, self.policy, self.households, neighbours=self.neighbours).rows

    def changed(self, table: str, chance: tuple[int, float], which: pl.Expr, **cells: pl.Expr) -> pl.DataFrame:
        """A table with cells changed in rows drawn from those for which something holds; in one at least."""
        seed, share = chance
        rows = self.rows[table].with_row_index("row")
        places = rows.filter(which)["row"]
        drawn = places.sample(max(1, round(share * len(places))), seed=seed)
        hit = pl.col("row").is_in(drawn.implode())
        return rows.with_columns(
            pl.when(hit).then(cell).otherwise(pl.col(column)).cast(rows.schema[column]).alias(column)
            for column, cell in cells.items()
        ).drop("row")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A simulated county: that one has bills and loans."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder / "county", 300, 5, seed=1)
    shutil.copytree(folder / "county" / "policy", folder / "home" / "policy")
    workspace = Workspace(Settings(folder / "home"))
    init(workspace)
    ingest(workspace, folder / "county" / "deliveries")
    return workspace


@pytest.fixture(scope="module")
def life(county: Workspace) -> Life:
    """Households with bills, loans or an unsafe house, and some others; half of the inspections do not say whether
    the house is occupied."""
    (code,), day = county.counties(), county.lake.newest_delivery()
    view = county.lake.view(code, day)
    whole = assemble_view(view, county.policy)
    assert whole.neighbours is not None
    told = (pl.col(name).is_not_null() for name in ("loan_days_past_due", "bills_to_line_12m", "house_grade"))
    known = whole.rows.with_columns(known=pl.sum_horizontal(told)).sort("known", "household_id", descending=True)
    households = known["household_id"].head(HOUSEHOLDS).sort().to_list()
    own = own_facts(view, households)
    rows = {n: own.canonical(n) for n in own.stored}
    occupied = pl.when(pl.int_range(pl.len()) % 2 == 0).then("occupied")
    rows["dwellings"] = rows["dwellings"].with_columns(occupied.alias("occupied"))
    return Life(view, rows, households, county.policy, whole.neighbours)


@pytest.fixture(scope="module")
def risks(county: Workspace) -> Mapping[str, Risk]:
    """The trees of the county, its rules, and trees that use whatever they may, for their outcome was drawn by lot."""
    (code,), newest, label = county.counties(), county.lake.newest_delivery(), label_named("new_entry_12m")
    days = schedule(label, county.policy, code, first_known(county.lake), newest)
    rows = collect(county.lake, county.policy, label, days, newest).rows
    noise = replace(rows, y=np.random.default_rng(3).integers(0, 2, len(rows)).astype(np.int8))
    recipes = Recipes("income_to_line", wires_in_force(county.policy, code, newest))
    return {
        "trees": risk_by(recipes.fit("lightgbm", rows, seed=0)),
        "rules": risk_by(recipes.fit("rules", rows, seed=0)),
        "trees on noise": risk_by(recipes.fit("lightgbm", noise, seed=0)),
    }


def risk_by(model: RiskModel) -> Risk:
    """The risk that a model sees in rows of features, in log-odds, of which every probability is a rising function."""
    names = [column.name for column in model.columns]
    return lambda features: model.margin(features.select(pl.col(names).fill_null(np.nan)).to_numpy())


def safer(before: pl.DataFrame, after: pl.DataFrame) -> set[str]:
    """Features with which somebody may look safer: moved against their direction, or free and moved at all.

    A value that becomes known or unknown may do either, whatever the direction.
    """
    found = set()
    for feature in declared():
        old, new = before[feature.name], after[feature.name]
        lower = (new - old) * int(feature.direction) < 0 if feature.direction is not Direction.FREE else old != new
        if (lower.fill_null(value=False) | (old.is_null() != new.is_null())).any():
            found.add(feature.name)
    return found


def lowered(risks: Mapping[str, Risk], before: pl.DataFrame, after: pl.DataFrame) -> dict[str, float]:
    """Models that see less risk in some household, and by how much in the worst case."""
    falls = {name: float((risk(before) - risk(after)).max()) for name, risk in risks.items()}
    return {name: fall for name, fall in falls.items() if fall > 0}


# --- what may change ---


def dearer(life: Life, chance: tuple[int, float], yuan: int, *, insured_less: bool) -> pl.DataFrame:
    """Bills of the last 12 complete months of which the household pays more.

    Either the insurance pays less of the same cost, down to nothing, or the cost is higher.
    """
    end = first_open_month(life.view.as_of)
    recent = pl.col("service_end").is_between(months_before(end, 12), end, closed="left")
    more = pl.min_horizontal(pl.lit(yuan * TO_FEN), pl.col("basic_paid")) if insured_less else pl.lit(yuan * TO_FEN)
    cells = {"self_pay": pl.col("self_pay") + more}
    other = {"basic_paid": pl.col("basic_paid") - more} if insured_less else {"total_cost": pl.col("total_cost") + more}
    return life.changed("medical_settlements", chance, recent, **cells, **other)


def later(life: Life, chance: tuple[int, float], days: int) -> pl.DataFrame:
    """Statements of loans with more days past due."""
    running = pl.col("status") != "settled"
    return life.changed("loan_statements", chance, running, days_past_due=pl.col("days_past_due") + days)


def worse(life: Life, chance: tuple[int, float], steps: int) -> pl.DataFrame:
    """Inspections of houses that found a worse grade."""
    grades = [grade.value for grade in HouseGrade]
    worse_by = {grade: grades[min(place + steps, len(grades) - 1)] for place, grade in enumerate(grades)}
    graded = pl.col("house_grade").is_not_null()
    return life.changed("dwellings", chance, graded, house_grade=pl.col("house_grade").replace(worse_by))


# --- what must hold ---


@some
@given(chances, st.integers(1, 50_000), st.booleans())
def test_a_dearer_bill_moves_no_feature_towards_safety(
    life: Life, chance: tuple[int, float], yuan: int, insured_less: bool
) -> None:
    after = life.features(medical_settlements=dearer(life, chance, yuan, insured_less=insured_less))
    assert safer(life.before, after) == set()


@some
@given(chances, st.integers(1, 2_000))
def test_a_later_payment_moves_no_feature_towards_safety(life: Life, chance: tuple[int, float], days: int) -> None:
    assert safer(life.before, life.features(loan_statements=later(life, chance, days))) == set()


@some
@given(chances, st.integers(1, 3))
def test_a_worse_house_moves_no_feature_towards_safety(life: Life, chance: tuple[int, float], steps: int) -> None:
    assert safer(life.before, life.features(dwellings=worse(life, chance, steps))) == set()


@some
@given(chances, st.integers(1, 50_000), st.booleans())
def test_a_dearer_bill_never_lowers_the_risk(
    risks: Mapping[str, Risk], life: Life, chance: tuple[int, float], yuan: int, insured_less: bool
) -> None:
    after = life.features(medical_settlements=dearer(life, chance, yuan, insured_less=insured_less))
    assert lowered(risks, life.before, after) == {}


@some
@given(chances, st.integers(1, 2_000))
def test_a_later_payment_never_lowers_the_risk(
    risks: Mapping[str, Risk], life: Life, chance: tuple[int, float], days: int
) -> None:
    assert lowered(risks, life.before, life.features(loan_statements=later(life, chance, days))) == {}


@some
@given(chances, st.integers(1, 3))
def test_a_worse_house_never_lowers_the_risk(
    risks: Mapping[str, Risk], life: Life, chance: tuple[int, float], steps: int
) -> None:
    assert lowered(risks, life.before, life.features(dwellings=worse(life, chance, steps))) == {}


# --- a test that cannot fail is a defect ---


def test_what_is_changed_reaches_the_features_of_many(life: Life) -> None:
    everybody = (0, 1.0)
    moved = {
        "bills_to_line_12m": life.features(medical_settlements=dearer(life, everybody, 9_000, insured_less=False)),
        "loan_days_past_due": life.features(loan_statements=later(life, everybody, 30)),
        "house_grade": life.features(dwellings=worse(life, everybody, 1)),
    }
    for name, after in moved.items():
        assert (after[name] > life.before[name]).sum() >= 20, name


def test_every_model_sees_the_change_of_somebody(risks: Mapping[str, Risk], life: Life) -> None:
    worst = life.features(
        medical_settlements=dearer(life, (0, 1.0), 50_000, insured_less=False),
        loan_statements=later(life, (0, 1.0), 400),
        dwellings=worse(life, (0, 1.0), 3),
    )
    assert {name for name, risk in risks.items() if (risk(worst) > risk(life.before)).any()} == set(risks)


def test_a_feature_that_falls_or_that_is_free_and_moves_is_found(life: Life) -> None:
    before, size = life.before, pl.col("bills_to_line_12m")
    assert safer(before, before.with_columns(size + 1)) == set()
    assert safer(before, before.with_columns(size - 1)) == {"bills_to_line_12m"}
    assert safer(before, before.with_columns(pl.col("months_since_stay") + 1)) == {"months_since_stay"}
