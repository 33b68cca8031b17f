"""Numbers, kinds, groups and demands of a back-test in words of both languages."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from riskmodel.policy import KINDS as POLICY_KINDS
from riskmodel.rendering.document import Measured
from riskmodel.rendering.messages import Words, messages, same
from riskmodel.training.cells import ALL
from riskmodel.training.groups import GROUPINGS

TELL: Final = messages("report")
"""The catalogue of this page."""
ORDER: Final = ("lightgbm", "logistic", "rule_pack", "naive", "rules", "champion")
"""How kinds are listed; the place is also their style in charts."""
SHARES: Final = {"recall_at_capacity", "precision_at_capacity", "recall_at_wires"}
"""Numbers that are written as percentages."""
DASH: Final = "–"


def kinds(told: dict[str, Any]) -> list[str]:
    """The kinds of a table by kind, as they are listed."""
    return [kind for kind in ORDER if kind in told] + sorted(set(told) - set(ORDER))


def style_of(kind: str) -> int:
    """Which style of charts a kind has, the same in all of them."""
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def kind_title(kind: str) -> Words:
    """The title of a kind of model; an unknown one stays as it is."""
    return TELL(f"kind.{kind}") if f"kind.{kind}" in TELL else same(kind)


def number(value: float | None, name: str = "") -> str:
    """A number as it is written: shares in percent, Brier score and ECE with four decimals, the others with three."""
    if value is None or not math.isfinite(value):
        return DASH
    if name in SHARES:
        return f"{value:.1%}"
    return f"{value:.4f}" if name in ("brier", "ece") else f"{value:.3f}"


def limits(found: dict[str, Any] | None, name: str = "") -> str:
    """The limits of an interval in brackets; empty where they are not known."""
    if not found or found["low"] is None or found["high"] is None:
        return ""
    return f"[{number(found['low'], name)}, {number(found['high'], name)}]"


def interval(found: dict[str, Any], name: str = "") -> Measured:
    """A number with its limits below it."""
    return Measured(number(found["value"], name), limits(found, name))


def percent(value: float | None, digits: int = 1) -> str:
    """A share in percent."""
    return DASH if value is None or not math.isfinite(value) else f"{value:.{digits}%}"


def of_hundred(share: float | None) -> Words:
    """A share in households: so many of 100, with a decimal or two where they are few."""
    if share is None or not math.isfinite(share):
        return same(DASH)
    return TELL("calibration.of100", share=f"{100 * share:.{0 if share >= 0.1 else 1 if share >= 0.001 else 2}f}")


def group_title(grouping: str, group: str) -> Words:
    """The title of a group; the code of an area stays as it is."""
    if grouping == ALL:
        return TELL("fairness.all")
    found = {item.name: item for item in GROUPINGS}.get(grouping)
    return Words(*found.title(group)) if found else same(group)


def grouping_title(grouping: str) -> Words:
    """The title of a grouping."""
    found = {item.name: item for item in GROUPINGS}.get(grouping)
    return TELL("fairness.all") if grouping == ALL else Words(found.zh, found.en) if found else same(grouping)


def demand(text: str) -> Words:
    """A demand of the gate in both languages; one that is not known here stays as the gate wrote it."""
    for pattern, key in _DEMANDS.items():
        if match := re.fullmatch(pattern, text):
            fields: dict[str, object] = dict(match.groupdict())
            if "metric" in fields:
                fields["metric"] = TELL(f"metric.{fields['metric']}")
            if "other" in fields:
                fields["other"] = kind_title(str(fields["other"]))
            return TELL(key, **fields)
    return same(text)


def found(text: str) -> Words:
    """What a check of the gate found, in both languages; a number stays a number."""
    text = text.replace(" [nan, nan]", "")  # limits that are not known
    if text == "none":
        return TELL("none")
    if match := re.fullmatch(r"difference (.+)", text):
        return TELL("found.difference", value=match[1])
    gaps = [_gap(match) for match in re.finditer(_GAP, text)]
    return Words("；".join(g.zh for g in gaps), "; ".join(g.en for g in gaps)) if gaps else same(text)


def policy_title(kind: str) -> Words:
    """What a policy number is called."""
    known = POLICY_KINDS.get(kind)
    return Words(known.zh, known.meaning) if known else same(kind)


_DEMANDS: Final = {
    r"at least (?P<least>\d+) events": "demand.events",
    r"(?P<metric>\w+) above that of (?P<other>\w+)": "demand.above",
    r"(?P<metric>\w+) not below that of (?P<other>\w+)": "demand.not_below",
    r"calibration slope within the bounds": "demand.slope",
    r"observed over expected events of the top tenth within the bounds": "demand.top",
    r"no group's recall more than (?P<bound>[\d.]+) below the overall one": "demand.groups",
    r"ROC AUC at most (?P<most>[\d.]+): .*": "demand.leak",
}
_GAP: Final = r"(\w+)=([^:,]+): recall (\S+ \[[^\]]*\]) to all, shrunk ([-+.\w]+)"


def _gap(match: re.Match[str]) -> Words:
    grouping, group, value, shrunk = match.groups()
    told = {"grouping": grouping_title(grouping), "group": group_title(grouping, group)}
    return TELL("found.group", **told, value=value, shrunk=shrunk)
