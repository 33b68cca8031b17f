"""What is declared about features: all of them, or one with the tables, windows and policy values that it reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from riskmodel.errors import UsageError
from riskmodel.features import REGISTRY, declared
from riskmodel.features.reading import most_read, windows_in_words
from riskmodel.policy import Background, Cause

if TYPE_CHECKING:
    from riskmodel.features import Feature


@dataclass(frozen=True)
class Read:
    """Rows that a feature reads."""

    tables: list[str]
    window: str
    columns: list[str]
    """Columns of the tables, and columns that are made from them (`net`, `months_ago`, `age` ...)."""


@dataclass(frozen=True)
class Described:
    """Everything that is declared about one feature."""

    name: str
    label: str
    english: str
    unit: str
    group: str
    group_zh: str
    group_en: str
    risk: str
    """up: raising the value never lowers the risk; down: never raises it; free."""
    ratio: bool
    actionable: bool
    definition: str
    declared_in: str
    reads: list[Read] = field(repr=False)
    policy: list[str]
    """Kinds of policy values."""
    of_other_households: bool
    """It tells of the neighbours: what it reads are their rows."""


def listing(group: str | None = None) -> list[Described]:
    """Every feature in order of declaration, or those of a cause or background. UsageError for an unknown one."""
    codes = {member.value for words in (Cause, Background) for member in words}
    if group is not None and group not in codes:
        raise UsageError(f"there is no group {group!r}. Choose one of: {', '.join(sorted(codes))}.")
    return [described(f) for f in declared() if group in (None, f.group.value)]


def shown(name: str) -> Described:
    """One feature. UsageError for an unknown name."""
    return described(feature_named(name))


def feature_named(name: str) -> Feature:
    """The declaration of this name. UsageError where there is none."""
    found = REGISTRY.get(name)
    if found is None:
        near = get_close_matches(name, REGISTRY, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "List them: riskmodel features list"
        raise UsageError(f"there is no feature {name!r}. {hint}")
    return found


def described(f: Feature) -> Described:
    """A declaration in plain values."""
    most = most_read(f)
    reads = [Read(list(asked.tables), window, sorted(asked.columns)) for asked, window in windows_in_words(f)]
    own = [Read(["households"], "state at the as-of date", list(most.state))] if most.state else []
    return Described(
        name=f.name,
        label=f.label,
        english=f.english,
        unit=f.unit,
        group=f.group.value,
        group_zh=f.group.zh,
        group_en=f.group.en,
        risk=f.direction.name.lower(),
        ratio=f.ratio,
        actionable=f.actionable,
        definition=f.definition,
        declared_in=f"features/{f.module}.py",
        reads=[*reads, *own],
        policy=list(most.kinds),
        of_other_households=most.of_others,
    )
