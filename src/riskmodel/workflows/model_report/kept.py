"""The report of a model read again from its card, for somebody of an area: without the lake, and reckoned once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import DataError
from riskmodel.workflows.model_report.card import FORMAT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskmodel.review.access import Principal

    Test = dict[str, Any]

TOWNSHIP: Final = "township"
OTHER: Final = "其他辖区"
"""In place of the code of a township that is not theirs."""
_IN_TEXT: Final = rf"{TOWNSHIP}=(\d+)"


@dataclass(frozen=True)
class Kept:
    """What a report told."""

    card: dict[str, Any] = field(repr=False)
    kind: str
    """Of the reported model."""
    tests: list[Test] = field(repr=False)
    """The back-tests as the chapters of a report take them, with small counts left out."""
    bound: float
    """The largest gap of recall that the gate allows to a group."""


def kept(path: Path, who: Principal, names: Mapping[str, str]) -> Kept:
    """The report of a card; townships outside of the area of who asks are left out, or not named.

    names: of counties and townships by code, each another one; where it has none, the code stays.
    Raises DataError for a file that is damaged or of another version.
    """
    try:
        card = json.loads(path.read_bytes())
        if card["format"] != FORMAT:
            raise ValueError(f"format {card['format']}")
        analyses, details = card["quantitative_analyses"], card["model_details"]
        tests = [_of_area(_test(told), who, names) for told in analyses["horizons"]]
        evaluation = card["evaluation_data"]
        evaluation["counties"] = [
            names.get(code, code) for code in evaluation["counties"] if who.sees(code) or who.area.startswith(code)
        ]
        return Kept(card, str(details["kind"]), tests, float(analyses["group_recall_gap"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} cannot be read: {error}. Make it again: riskmodel report") from error


def _test(told: Test) -> Test:
    """A back-test as in its result, as far as a card keeps it."""
    return {name: value for name, value in told.items() if name != "schemes"} | {"pooled": told["schemes"]}


def _of_area(test: Test, who: Principal, names: Mapping[str, str]) -> Test:
    """A back-test without the numbers of townships that somebody does not see, the others by name."""

    def hidden(found: re.Match[str]) -> str:
        return f"{TOWNSHIP}={names.get(found[1], found[1]) if who.sees(found[1]) else OTHER}"

    checks = [check | {"found": re.sub(_IN_TEXT, hidden, check["found"])} for check in test["gate"]["checks"]]
    pooled = {name: _scheme(told, who, names) for name, told in test["pooled"].items()}
    return test | {"gate": test["gate"] | {"checks": checks}, "pooled": pooled}


def _scheme(told: Test, who: Principal, names: Mapping[str, str]) -> Test:
    tables = {
        name: {kind: _rows(rows, who, names) for kind, rows in told[name].items()}
        for name in ("groups", "months")
        if name in told
    }
    calibration = {
        kind: curves | {"by_group": _rows(curves["by_group"], who, names)}
        for kind, curves in told["calibration"].items()
    }
    return told | tables | {"calibration": calibration}


def _rows(rows: list[dict[str, Any]], who: Principal, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        row | {"group": names.get(row["group"], row["group"])} if row["grouping"] == TOWNSHIP else row
        for row in rows
        if row["grouping"] != TOWNSHIP or who.sees(row["group"])
    ]
