"""The invented policy of the simulated county: lines by year, and every other number that a run asks for."""

from __future__ import annotations

from datetime import date
from typing import Final

from riskmodel.policy import KINDS, Policy, toml_text
from riskmodel.sources.synthetic.months import FIRST, year_of
from riskmodel.sources.synthetic.parameters import Parameters

COUNTY: Final = "990301"
AREA: Final = "99"
SOURCE: Final = "Invented for the simulated county"

_YEARLY: Final = ("monitoring_line", "exit_line", "dibao_standard", "rural_disposable_income")
_WIRES: Final = {
    "tripwire.TW_MED_YTD.registered": "wires.inpatient_ex_poor",
    "tripwire.TW_MED_YTD.other": "wires.inpatient_other",
    "tripwire.TW_EDU_FEE": "wires.school_fees",
}
"""Thresholds that the offices of the simulation really use."""


def line(kind: str, year: int, parameters: Parameters) -> float:
    """Yuan per person of a kind that changes every year."""
    return float(round(parameters[f"lines.{kind}"] * (1 + parameters["lines.growth"]) ** (year - 2020), -2))


def policy_text(last: int, parameters: Parameters) -> str:
    """The policy file: every kind of number for area 99, lines from the first year to the one after month `last`.

    A line is published before its year begins, the disposable income of a year after it. Kinds that do not change
    have the number that is shipped, if any area has one, and are confirmed: in the simulated county they hold.
    """
    years = range(year_of(FIRST), year_of(last) + 2)
    entries: dict[str, list[dict[str, object]]] = {
        kind: [_of_year(kind, year, parameters) for year in years] for kind in _YEARLY
    }
    shipped = {entry.kind: entry.value for entry in Policy.load().entries}
    for kind, value in shipped.items():
        if kind not in _YEARLY:
            own = parameters[_WIRES[kind]] if kind in _WIRES else value
            day = date(year_of(FIRST) - 1, 12, 20)
            entries[kind] = [_entry(kind, own, day, date(year_of(FIRST), 1, 1))]
    return "# Invented values of the simulated county. They hold nowhere.\n\n" + toml_text(entries)


def _of_year(kind: str, year: int, parameters: Parameters) -> dict[str, object]:
    published = date(year + 1, 1, 20) if kind == "rural_disposable_income" else date(year - 1, 12, 20)
    entry = _entry(kind, line(kind, year, parameters), published, date(year, 1, 1))
    return entry | {"effective_to": date(year + 1, 1, 1)}


def _entry(kind: str, value: float, published: date, since: date) -> dict[str, object]:
    return {
        "area": AREA,
        "value": value,
        "unit": KINDS[kind].unit,
        "published_on": published,
        "effective_from": since,
        "source": SOURCE,
        "confirmed": True,
    }
