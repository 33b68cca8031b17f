"""Which groups a household belonged to, as known on a day: what audits of fairness and calibration are told by.

These are attributes of audits. None of them is a feature because it is here, and sex and ethnicity are in none at all
(PIPL art. 28): a model that never saw them can still miss a group, and only this comparison shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.facts import of_head
from riskmodel.features.windows import Moment, Seen
from riskmodel.policy import Category, Sex
from riskmodel.tables.homes import homes

if TYPE_CHECKING:
    from riskmodel.tables import Lake, View

UNKNOWN: Final = "unknown"
"""What is not known is a group of its own; nobody is left out of an audit because a department is silent."""
HAN: Final = "01"
AGES: Final[Mapping[str, tuple[int, int]]] = {
    "under_45": (0, 44),
    "45_59": (45, 59),
    "60_74": (60, 74),
    "75_over": (75, 200),
}
"""First and last age of each band, in full years."""

Titles = tuple[str, str]
"""The Chinese title and the English one."""


@dataclass(frozen=True)
class Grouping:
    """One way of telling households apart: its column, its titles, and the titles of its groups.

    `values` is empty where the groups are codes of areas, which are their own titles.
    """

    name: str
    zh: str
    en: str
    values: Mapping[str, Titles] = field(default_factory=dict)

    def title(self, group: str) -> Titles:
        """Titles of a group; a code of an area stays as it is."""
        return {UNKNOWN: ("未知", "Not known"), **self.values}.get(group, (group, group))


GROUPINGS: Final = (
    Grouping("sex_of_head", "户主性别", "Sex of the head", {sex.value: (sex.zh, sex.en) for sex in Sex}),
    Grouping(
        "age_of_head",
        "户主年龄段",
        "Age of the head",
        {
            "under_45": ("45岁以下", "Under 45"),
            "45_59": ("45至59岁", "45 to 59"),
            "60_74": ("60至74岁", "60 to 74"),
            "75_over": ("75岁及以上", "75 or older"),
        },
    ),
    Grouping(
        "ethnicity",
        "民族",
        "Ethnicity",
        {"majority": ("汉族家庭", "Han only"), "minority": ("有少数民族成员", "A member of a minority")},
    ),
    Grouping(
        "disability",
        "残疾",
        "Disability",
        {"with": ("有持证残疾成员", "A member with a certificate"), "without": ("无持证残疾成员", "No such member")},
    ),
    Grouping("category", "户类型", "Category", {kind.value: (kind.zh, kind.en) for kind in Category}),
    Grouping("township", "乡镇", "Township"),
)
NAMES: Final = tuple(grouping.name for grouping in GROUPINGS)


def groups(view: View) -> pl.DataFrame:
    """`household_id` (text) and one column of text per grouping: every household that the view knows, sorted by id.

    Everything is read as known at the as-of date of the view. Of several heads, the youngest tells the age, and the
    first in the order of the vocabulary the sex. A household is of the minority where any present member is known not
    to be Han, and of the majority where somebody is known to be Han and nobody known not to be. A disability is a
    certificate of any present member. The township is the first nine digits of today's code of the village. Where no
    member, or no head, or nobody's ethnicity is known, the group is `unknown`.
    """
    states = homes(view).select("household_id", "category", "village_code")
    members = Seen(view, Moment(view.as_of)).present.group_by("household_id").agg(**_of_members())
    table = view.collect(states.join(members, on="household_id", how="left"))
    told = {
        "age_of_head": _band(pl.col("age_of_head")),
        "category": pl.col("category").cast(pl.String),
        "township": pl.col("village_code").cast(pl.String).str.zfill(12).str.head(9),
    }
    named = table.with_columns(view.ids.decode("H", table["household_id"]), **told)
    return named.select("household_id", pl.col(NAMES).fill_null(UNKNOWN)).sort("household_id")


def groups_of_rows(lake: Lake, keys: pl.DataFrame) -> pl.DataFrame:
    """Groups of training rows, each as known at its own as-of date, in the order of the rows.

    keys: `household_id` (text) and `as_of`, among others. A row that no view knows has `unknown` everywhere. Columns as
    in `groups`.
    """
    dates = keys["as_of"].unique().sort().to_list()
    parts = [
        groups(lake.view(county, as_of)).with_columns(as_of=pl.lit(as_of))
        for as_of in dates
        for county in lake.counties()
    ]
    schema = {"household_id": pl.String, **dict.fromkeys(NAMES, pl.String), "as_of": pl.Date}
    on = ["household_id", "as_of"]
    known = pl.concat([pl.DataFrame(schema=schema), *parts]).unique(on, keep="first", maintain_order=True)
    rows = keys.select(on).join(known, on=on, how="left", maintain_order="left")
    return rows.select("household_id", pl.col(NAMES).fill_null(UNKNOWN))


def _of_members() -> dict[str, pl.Expr]:
    """Aggregates over the present members of a household."""
    minority, known = (pl.col("ethnicity") != HAN).any(), pl.col("ethnicity").is_not_null().any()
    ethnicity = pl.when(minority).then(pl.lit("minority")).when(known).then(pl.lit("majority"))
    certificate = pl.col("disability_type").is_not_null().any()
    return {
        "sex_of_head": of_head(pl.col("sex")).cast(pl.String),
        "age_of_head": of_head(pl.col("age")),
        "ethnicity": ethnicity,
        "disability": pl.when(certificate).then(pl.lit("with")).otherwise(pl.lit("without")),
    }


def _band(age: pl.Expr) -> pl.Expr:
    """The band of an age; null where the age is."""
    return pl.coalesce(pl.when(age.is_between(first, last)).then(pl.lit(name)) for name, (first, last) in AGES.items())
