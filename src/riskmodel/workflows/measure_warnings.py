"""What the rules of help have against measures that an official chose; they warn, and the official decides (M12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.policy import Cause
from riskmodel.scoring.measures import EXCLUDED
from riskmodel.workflows.assessed import COUNTY
from riskmodel.workflows.evidence import own_home
from riskmodel.workflows.identification import village_seen
from riskmodel.workflows.measures import MeasureEntry, measures_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from riskmodel.policy import Measure
    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service


def measure_warnings(
    service: Service, who: Principal, household_id: str, as_of: date, measures: Sequence[Measure]
) -> list[MeasureEntry] | None:
    """Those of the measures that the rules exclude for the household, with the fact that decided.

    A warning: an official may choose them all the same, with a reason. None where the facts of that day are not on this
    machine, or the household is not in the area of who asks.
    """
    village = village_seen(service, who, household_id)
    if village is None or village[:COUNTY] not in service.workspace.lake.counties():
        return None
    view = own_home(service.workspace, household_id, as_of, village[:COUNTY])
    told = measures_in(view, service.workspace.policy, household_id, Cause.codes())
    chosen = {measure.value for measure in measures}
    open_ways = {one.measure for one in told if one.measure is not None and one.standing != EXCLUDED}
    return [one for one in told if one.measure in chosen - open_ways]
