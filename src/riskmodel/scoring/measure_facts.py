"""What the rules of help ask of one household; None where the fact is not known.

Measures are only ever told of one household at a time, so all of it is worked out in plain Python.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from riskmodel.features.lists import lists_of
from riskmodel.features.plain_plan import Given
from riskmodel.policy import Measure, MeasureOption
from riskmodel.scoring.measure_questions import questions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskmodel.features.plain_plan import PlainPlan
    from riskmodel.policy import Policy
    from riskmodel.tables import View


@dataclass(frozen=True)
class InForce:
    """Measures of one kind that run on the day."""

    measure: str
    option: str | None
    """None where it is not said."""
    since: date
    until: date | None
    """The last day; None = open, as where one of several has no end."""

    def may_be(self, *options: MeasureOption) -> bool:
        """Whether it is of one of these options, or of none that is told."""
        return self.option is None or self.option in options


@dataclass(frozen=True)
class MeasureFacts:
    """The facts of a household that is active on the day."""

    told: Mapping[str, Any]
    """By name: amounts in yuan, counts, days, and yes or no; None = not known."""
    running: Sequence[InForce] = field(repr=False)


def measure_facts(view: View, policy: Policy, code: int) -> MeasureFacts | None:
    """The facts of a household; None where it is not active on the day of the view.

    view: what `own_facts` leaves of one, or the like: in memory, and of that household alone. code: its id as coded
    there. Raises NothingInForce where a policy number is missing without which no month is run.
    """
    listed = frozenset(lists_of(view).of(str(view.ids.of("H")[code])).items())
    asked, given = questions(policy, view.county, view.as_of, listed), Given(view, code)
    state, *parts = asked.parts
    if not state.plan.rows(given).height:
        return None
    running = _in_force(asked.measures, given)
    told = {name: value for part in (state, *parts) for name, value in part.told(given)}
    return MeasureFacts(told | _of_measures(running), running)


def _in_force(measures: PlainPlan, given: Given) -> list[InForce]:
    """The measures in force by kind, in the order of their names, those without an option last."""
    rows, kinds = measures.rows(given), dict[tuple[str, str | None], list[tuple[date, date | None]]]()
    columns = [rows[name] for name in ("household_id", "measure", "option", "started_on", "ended_on")]
    for household, measure, option, since, until in zip(*columns, strict=True):
        if household == given.household:
            kinds.setdefault((measure, option), []).append((since, until))
    found = []
    for (measure, option), spans in kinds.items():
        ends = [until for _, until in spans]
        known = [until for until in ends if until is not None]
        # a measure that runs twice, once without an end, has none
        until = max(known) if len(known) == len(ends) else None
        found.append(InForce(measure, option, min(since for since, _ in spans), until))
    return sorted(found, key=lambda one: (one.measure, one.option is None, one.option or ""))


def _of_measures(running: Sequence[InForce]) -> dict[str, Any]:
    """What the measures in force tell together."""
    social = [one for one in running if one.measure == Measure.SOCIAL_SECURITY]
    return {
        "measures_running": len(running),
        "development": sum(Measure(one.measure).development for one in running),
        "assets": sum(one.measure == Measure.INDUSTRY and one.may_be(MeasureOption.ASSET_INCOME) for one in running),
        "social_only": bool(running) and len(social) == len(running),
        "secured": any(one.may_be(MeasureOption.DIBAO, MeasureOption.TEKUN) for one in social),
    }
