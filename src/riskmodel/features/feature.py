"""The declaration of a feature, and the registry of all of them.

A feature is one function: its name is the column, its docstring the definition, its decorator everything else that the
system needs to know. From this one place come the column, the model's monotone constraint, the sentence for the
official, the documentation and the generic tests.
"""

from __future__ import annotations

import inspect
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
    definition: str
    build: Build

    @property
    def zero_tells(self) -> bool:
        """Whether a value of 0 can stand behind a raised risk: where less is worse.

        Business is left out: a household without business income has not failed in business.
        """
        return self.direction is Direction.DOWN and self.group is not Cause.IND

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
        REGISTRY[name] = Feature(
            name, label, english, unit, group, Direction(risk), ratio, actionable, definition, build
        )
        return build

    return declare


def declared() -> tuple[Feature, ...]:
    """Every declared feature, in order of declaration."""
    return tuple(REGISTRY.values())
