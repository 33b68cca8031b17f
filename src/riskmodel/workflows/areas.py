"""The areas of an installation by code and name: provinces, prefectures, counties, townships, villages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.workflows.workspace import Workspace

LEVELS: Final = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}
"""Level -> digits of its code."""


@dataclass(frozen=True)
class Area:
    """One area."""

    code: str
    name: str
    level: str


def titles(names: Mapping[str, str]) -> dict[str, str]:
    """Code -> name; where several places of a level have the same name, with that of the place around them."""
    digits = list(LEVELS.values())
    often = Counter((len(code), name) for code, name in names.items())
    told = {}
    for code, name in names.items():
        around = names.get(code[: digits[max(digits.index(len(code)) - 1, 0)]], "")
        told[code] = f"{around}{name}" if often[len(code), name] > 1 and around != name else name
    return told


def areas(workspace: Workspace) -> list[Area]:
    """Every area of the register as it is known today, by code: an area before those inside it."""
    found: dict[str, Area] = {}
    for county in workspace.lake.counties():
        view = workspace.lake.view(county, workspace.lake.newest_delivery())
        names = [f"{level}_name" for level in LEVELS]
        rows = view.collect(view.states("villages").select("village_code", *names))
        codes = rows["village_code"].cast(pl.String).str.zfill(LEVELS["village"])
        for code, *named in zip(codes, *(rows[name] for name in names), strict=True):
            for (level, digits), name in zip(LEVELS.items(), named, strict=True):
                found[code[:digits]] = Area(code[:digits], name or "", level)
    return [found[code] for code in sorted(found)]
