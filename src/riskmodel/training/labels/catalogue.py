"""Every declared label, and the matured outcomes of a label.

A row whose label has not matured is censored: it is left out, never counted as negative.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.training.labels.entry import NEW_ENTRY_6M, NEW_ENTRY_12M, RECURRENCE_12M
from riskmodel.training.labels.guarantees import GUARANTEE_FAILURE_12M
from riskmodel.training.labels.label import Label, Question
from riskmodel.training.labels.monthly_income import INCOME_BELOW_LINE_12M
from riskmodel.training.labels.spending import SPENDING_SHOCK_12M
from riskmodel.training.labels.survey_income import REFERENCE_INCOME_BELOW_LINE_12M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.policy import Policy
    from riskmodel.tables.lake import Lake

LABELS: Final[Mapping[str, Label]] = {
    label.name: label
    for label in (
        NEW_ENTRY_12M,
        NEW_ENTRY_6M,
        INCOME_BELOW_LINE_12M,
        REFERENCE_INCOME_BELOW_LINE_12M,
        SPENDING_SHOCK_12M,
        GUARANTEE_FAILURE_12M,
        RECURRENCE_12M,
    )
}
"""Every declared label by name; the first is the default."""


def label_named(name: str) -> Label:
    """The declared label of this name. Raises UsageError that lists the names."""
    if name not in LABELS:
        raise UsageError(f"no label {name!r}. Declared labels: {', '.join(LABELS)}.")
    return LABELS[name]


def outcomes(label: Label, lake: Lake, county: str, as_of: date, read_on: date, policy: Policy) -> pl.DataFrame:
    """Matured outcomes of a county's cohort at `as_of`, read in the view of `read_on`.

    Columns `household_id` (text), `event` (bool), sorted by household. Empty while the label has not matured: the
    county must have delivered each of the label's tables at the end of the horizon plus the policy's reporting delay
    (and what the label itself needs beyond it), or later. A register that stopped coming tells nothing, so its silence
    is no negative; nor does one tell anything of which no row could be used.
    """
    delay = int(policy.value("label.reporting_delay_months", county, on=as_of, known=read_on))
    later, matured = lake.view(county, read_on), label.matures_on(as_of, delay)
    since = [record for record in later.records if date.fromisoformat(record.received_on) >= matured]
    told = {record.table for record in since if not record.says_nothing}
    if not told.issuperset(label.tables):
        return pl.DataFrame(schema={"household_id": pl.String, "event": pl.Boolean})
    view = lake.view(county, as_of)
    found = label.outcome(Question(view, later, label.horizon, policy)).collect()
    ids = view.ids.decode("H", found["household_id"])
    return found.select(household_id=ids, event=pl.col("event")).sort("household_id")
