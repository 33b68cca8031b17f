"""What the filters of the work list offer, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskmodel.policy import Background, Category, Cause, Finding, Listing, Tier
from riskmodel.workflows.assessed import COUNTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TOWNSHIP: Final = 9
_MOST_VILLAGES: Final = 600
"""In one list to choose from."""
_CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "tier": {"": "全部", **{one.value: one.zh for one in Tier}},
    "cause": {
        "": "全部",
        **{one.value: one.zh for words in (Cause, Background) for one in words},
        "none": "无单独原因",
    },
    "category": {"": "全部", **{one.value: one.zh for one in Category}},
    "status": {
        "": "可列入的全部农户",
        "planned": "走访户（线上）",
        "waiting": "走访户中未走访",
        "met": "本期已走访",
        **{one.value: f"走访结果：{one.zh}" for one in Finding},
        **{one.value: one.zh for one in Listing},
    },
    "order": {"": "名单次序", "risk": "风险从高到低", "village": "按村", "visited": "最久未走访在前"},
}
_BLIND: Final = (Listing.LISTED.value, Listing.AUDIT.value)
"""Told apart only to those who do not visit: who goes to a household must not know that it was drawn by lot."""


def choices(*, blind: bool) -> dict[str, dict[str, str]]:
    """Filter -> code -> words of what somebody may choose; `blind`: who must not learn who was drawn by lot."""
    hidden = _BLIND if blind else ()
    return {name: {code: zh for code, zh in own.items() if code not in hidden} for name, own in _CHOICES.items()}


def place_choices(townships: Sequence[str], area: str, names: Mapping[str, str]) -> dict[str, str]:
    """Areas to choose from: the townships of the county of `area`, and of several counties these too."""
    counties = sorted({code[:COUNTY] for code in townships})
    here = area[:COUNTY] if len(counties) > 1 else counties[0] if counties else ""
    inside = [code for code in townships if here and code.startswith(here)]
    codes = sorted([*(counties if len(counties) > 1 else ()), *inside])
    return {"": "全部辖区", **{code: names.get(code, code) for code in codes}}


def village_choices(villages: Sequence[str], names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Villages to choose from under the names of their townships; where they are too many, townships alone."""
    if len(villages) > _MOST_VILLAGES:
        townships = sorted({code[:_TOWNSHIP] for code in villages})
        return {names.get(county, county): _named(townships, county, names) for county in _starts(townships, COUNTY)}
    return {names.get(place, place): _named(villages, place, names) for place in _starts(villages, _TOWNSHIP)}


def _named(codes: Sequence[str], inside: str, names: Mapping[str, str]) -> dict[str, str]:
    return {code: names.get(code, code) for code in codes if code.startswith(inside)}


def _starts(codes: Sequence[str], digits: int) -> list[str]:
    return sorted({code[:digits] for code in codes})
