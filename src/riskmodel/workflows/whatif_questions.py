"""The what-if questions: which can be asked, and how one is written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from riskmodel.errors import UsageError
from riskmodel.scoring.scenarios import SCENARIOS, Range, Scenario, range_of, scenario_named

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from riskmodel.workflows.workspace import Workspace

Asked = TypeVar("Asked")

PERCENT: Final = 100


class NotSupposed(UsageError):
    """A scenario or correction that cannot be supposed."""

    def __init__(self, why: str, kind: str, place: int, text: str) -> None:
        """Which one: `kind`, scenarios or corrections, its place among them, and how it is written."""
        super().__init__(why)
        self.kind, self.place, self.text = kind, place, text


@dataclass(frozen=True)
class Choice:
    """One scenario that can be asked, with the ranges of its parameters."""

    scenario: str
    zh: str
    en: str
    changes: str
    """What facts it changes."""
    parameters: dict[str, Range]


def choices(workspace: Workspace, day: date) -> list[Choice]:
    """Every scenario with the ranges in force on a day in the first county of the lake, else everywhere."""
    area = next(iter(workspace.lake.counties()), "")
    return [
        Choice(s.code, s.zh, s.en, s.changes, {n: range_of(s, n, workspace.policy, area, day) for n in s.parameters})
        for s in SCENARIOS.values()
    ]


def read_asked(kind: str, place: int, text: str, read: Callable[[str], Asked]) -> Asked:
    """What a text asks. Raises NotSupposed for one that cannot be read."""
    try:
        return read(text)
    except UsageError as error:
        raise NotSupposed(str(error), kind, place, text) from None


def parsed_scenario(text: str) -> tuple[Scenario, dict[str, float]]:
    """A scenario from CODE or CODE:PARAMETER=VALUE,...; a share may be written 60%. UsageError for another form."""
    code, _, listed = text.partition(":")
    pairs = [pair.partition("=") for pair in listed.split(",") if pair.strip()]
    return scenario_named(code.strip()), {name.strip(): _number(text, value) for name, _, value in pairs}


def _number(text: str, value: str) -> float:
    plain = value.strip()
    try:
        number = float(plain.removesuffix("%"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(
            f"{text!r}: {value!r} is no number. Write a what-if as public_post:wage=800,months=12. / "
            f"“{text}”：“{value}”不是数字。试算请写作 public_post:wage=800,months=12。"
        )
    return number / PERCENT if plain.endswith("%") else number
