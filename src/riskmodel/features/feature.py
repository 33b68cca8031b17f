"""The declaration of a feature, and the registry of all of them.

A feature is one function: its name is the column, its docstring the definition, its decorator everything else that the
system needs to know. From this one place come the column, the model's monotone constraint, the sentence for the
official, the documentation and the generic tests.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from riskmodel.policy import Background, Cause

if TYPE_CHECKING:
    import polars as pl

    from riskmodel.features.facts import Facts

Build = Callable[["Facts"], "pl.Expr"]


class Direction(IntEnum):
    """What raising the value may do to the risk, all else equal."""

    UP = 1
    DOWN = -1
    FREE = 0


@dataclass(frozen=True)
class Between:
    """Values above one bound and below another, both excluded."""

    above: float = -math.inf
    below: float = math.inf

    def __contains__(self, value: float) -> bool:
        return self.above < value < self.below

    def __str__(self) -> str:
        """In words of the documentation."""
        if self == NEVER:
            return "never"
        bounds = [f"above {self.above:g}"] * (self.above > -math.inf) + [f"below {self.below:g}"] * (
            self.below < math.inf
        )
        return " and ".join(bounds) or "any value"


NEVER = Between(above=math.inf)


@dataclass(frozen=True)
class Feature:
    """Everything the system knows about one feature."""

    name: str
    label: str
    """Chinese label."""
    english: str
    unit: str
    group: Cause | Background
    direction: Direction
    ratio: bool
    """A ratio of amounts: linear models see its logarithm."""
    actionable: bool
    """Something that help can change."""
    evidence: Between
    """Values that may be told as the reason of a raised risk. A house of grade A is no sign of unsafe housing, whatever
    a model makes of it; by default a value above 0, and any value where less is worse."""
    definition: str
    build: Build

    def __hash__(self) -> int:
        """That of its name: features are looked up by the thousand."""
        return hash(self.name)

    @property
    def module(self) -> str:
        """Subject file that declares it."""
        return self.build.__module__.rsplit(".", 1)[-1]


REGISTRY: dict[str, Feature] = {}
"""Every declared feature by name, in order of declaration; filled when `riskmodel.features` is imported."""


def feature(
    label: str,
    english: str,
    *,
    unit: str,
    group: Cause | Background,
    risk: Direction,
    ratio: bool = False,
    actionable: bool = False,
    evidence: Between | None = None,
) -> Callable[[Build], Build]:
    """Declare the decorated function as a feature. `risk` is a decision that every feature has to take.

    The function takes the facts of a household (`facts.Facts`) and returns a Polars expression of one number; null
    means not known. Raises ValueError for a second feature of the same name and for a function without definition.
    """

    def declare(build: Build) -> Build:
        name = build.__name__
        definition = inspect.cleandoc(build.__doc__ or "")
        if name in REGISTRY or not definition:
            raise ValueError(f"feature {name}: " + ("declared twice" if definition else "has no docstring"))
        direction = Direction(risk)
        telling = evidence or (Between() if direction is Direction.DOWN else Between(above=0))
        REGISTRY[name] = Feature(
            name, label, english, unit, group, direction, ratio, actionable, telling, definition, build
        )
        return build

    return declare


def declared() -> tuple[Feature, ...]:
    """Every declared feature, in order of declaration."""
    return tuple(REGISTRY.values())
