"""What the page of a household shows: what was said of it, why, what changed, and how it went in the months before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from riskmodel.rendering.chart_frame import upper
from riskmodel.rendering.line_chart import Axis, Line, Panel, line_chart
from riskmodel.rendering.messages import Words, same
from riskmodel.rendering.values import shown_date, shown_source, shown_value
from riskmodel.review.assessments import month
from riskmodel.workflows.assessed import dated
from riskmodel.workflows.changed import changed_rows
from riskmodel.workflows.explain import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from markupsafe import Markup

    from riskmodel.review.access import Principal
    from riskmodel.review.assessments import Brief, Month, Stored
    from riskmodel.workflows.changed import Changed
    from riskmodel.workflows.explain import Explanation
    from riskmodel.workflows.service import Service
    from riskmodel.workflows.told import Row

MOST_MONTHS: Final = 24
_TITLE: Final = Words("各期评估的概率", "Probability of each assessment")
_DESCRIPTION: Final = Words("按评估日先后；数值见右表", "By as-of date; the table has the numbers")


@dataclass(frozen=True)
class Factor:
    """A value that raises or lowers the risk, as it is shown."""

    group: str
    title: str
    feature: str
    label: str
    value: str
    typical: str
    """What is usual where the household lives; empty where nothing is compared."""
    day: str
    department: str
    table: str
    """In which the newest row behind it stands; empty where it is of no table."""
    sentence: str


@dataclass(frozen=True)
class HouseholdPage:
    """All of the page; the months before are those that who asks saw."""

    told: Explanation
    month: Month
    raising: Sequence[Factor]
    lowering: Sequence[Factor]
    history: Sequence[Brief] = field(repr=False)
    """Newest first, at most two years of them."""
    chart: Markup | None = field(repr=False)


def household_page(
    service: Service, who: Principal, household_id: str, as_of: date | None, now: datetime
) -> HouseholdPage | None:
    """The page of a household on a published date (default: the newest); None outside of the area of who asks.

    That it was read is in the audit log before.
    """
    found = service.assessments.row(household_id, as_of, who.sees)
    published = month(service.store, found[0].as_of) if found else None
    if found is None or published is None:
        return None
    stored, row = found
    history = service.history(who, household_id, now) or []
    earlier = [brief for brief in history if brief.as_of < stored.as_of]
    told = render(row, [], "zh", _change(service, who, household_id, row, published, earlier))
    return HouseholdPage(
        told=told,
        month=published,
        raising=[factor(one) for one in told.reasons],
        lowering=[factor(one) for one in told.protections],
        history=[brief for brief in history if brief.as_of <= stored.as_of][:MOST_MONTHS],
        chart=_chart([brief for brief in history if brief.as_of <= stored.as_of][:MOST_MONTHS]),
    )


def factor(told: Mapping[str, Any]) -> Factor:
    """A reason of an explanation, ready to be shown."""
    unit, typical, day = told["unit"], told["typical"], told["date"]
    place = {"village": "本村中位数", "county": "本县中位数", None: ""}[told["typical_of"]]
    return Factor(
        group=told["group"],
        title=told["group_title"],
        feature=told["feature"],
        label=told["label"],
        value=shown_value(told["value"], unit, "zh", typical),
        typical="" if typical is None else f"{place} {shown_value(typical, unit, 'zh', told['value'])}",
        day="" if day is None else shown_date(date.fromisoformat(day), told["dated"], "zh"),
        department="" if told["source"] is None else shown_source(told["source"], "zh"),
        table=told["table"] or "",
        sentence=told["sentence"],
    )


def _change(
    service: Service, who: Principal, household_id: str, row: Row, now_is: Month, earlier: Sequence[Brief]
) -> Changed | None:
    """What changed since the published date before; None where there is none."""
    before = service.assessments.row(household_id, earlier[0].as_of, who.sees) if earlier else None
    month_before = month(service.store, earlier[0].as_of) if earlier else None
    if before is None or month_before is None:
        return None
    alike = month_before.feature_set == now_is.feature_set
    return changed_rows(row, _values(before[0]), same_features=alike, language="zh")


def _values(stored: Stored) -> dict[str, Any]:
    return dated(stored.row)


def _chart(history: Sequence[Brief]) -> Markup | None:
    """The probabilities over time; None for a single one."""
    if len(history) < 2:
        return None
    told = history[::-1]
    points: list[tuple[float, float | None]] = [(float(x), brief.probability) for x, brief in enumerate(told)]
    x = Axis(Words("评估日", "As-of date"), 0.0, float(len(told) - 1), names=[f"{b.as_of:%y-%m}" for b in told])
    y = Axis(Words("概率", "Probability"), 0.0, upper([b.probability for b in told], 0.02), percent=True)
    return line_chart([Panel(same(""), [Line(Words("本户", "Household"), points, 0)], x, y)], _TITLE, _DESCRIPTION)
