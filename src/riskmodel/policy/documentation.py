"""docs/parameters.md: every kind of policy number and every shipped value, generated."""

from __future__ import annotations

import math
from collections.abc import Iterable

from riskmodel.policy.entries import Parameter
from riskmodel.policy.kinds import KINDS, UNITS
from riskmodel.policy.parameters import Policy

_INTRODUCTION = """\
# Policy parameters

Generated from `src/riskmodel/policy/kinds.toml` and `src/riskmodel/policy/values/*.toml`; do not edit by hand.

Every line, threshold, age and deadline is an entry with an area, a day of publication, days of effect and a source.
For an area, a day of effect and a day of knowledge, the entries count that were published by the day of knowledge and
have effect on the day of effect, and whose area is a prefix of the area. The longest area wins, then the latest
`effective_from`, then the latest `published_on`, then the later folder. Nothing in force is an error: no older value
steps in.

An office completes these values in `policy/*.toml` of its workspace, one entry like this:

```toml
[[monitoring_line]]
area = "990101"                  # "" = everywhere, else 2, 4, 6, 9 or 12 digits
value = 8000
unit = "yuan/person/year"
published_on = 2024-03-01
effective_from = 2024-01-01
effective_to = 2025-01-01        # first day without effect; leave out while open
source = "document number, title, page"
confirmed = true                 # compared with the document
note = "free text, may be left out"
```

An office's entry for its own county beats every entry for a larger area. `riskmodel policy check` lists what is
missing or unconfirmed. `confirmed = no` below means that nobody has compared the value with an official document yet.
"""


def parameters_markdown(policy: Policy) -> str:
    """The page in Markdown: introduction, kinds, units, values with their sources."""
    return "\n".join([_INTRODUCTION, *_kinds(policy), *_units(), *_values(policy)])


def _kinds(policy: Policy) -> list[str]:
    present = set(policy.kinds())
    rows = (
        (
            f"`{kind.name}`",
            kind.zh,
            kind.unit,
            "yes" if kind.required else "no",
            "yes" if kind.name in present else "no",
            kind.meaning,
        )
        for kind in KINDS.values()
    )
    return ["## Kinds", "", *_table(("kind", "中文", "unit", "required to run", "value shipped", "meaning"), rows), ""]


def _units() -> list[str]:
    rows = (
        (
            unit.code,
            unit.zh,
            "whole number" if unit.whole else "number",
            f"{unit.least:g} or more" if math.isinf(unit.most) else f"{unit.least:g} to {unit.most:g}",
        )
        for unit in UNITS.values()
    )
    return ["## Units", "", *_table(("unit", "中文", "written as", "range"), rows), ""]


def _values(policy: Policy) -> list[str]:
    header = ("kind", "area", "value", "published", "from", "until before", "confirmed", "source", "note")
    return ["## Values", "", *_table(header, map(_row, policy.entries)), ""]


def _row(entry: Parameter) -> tuple[str, ...]:
    return (
        f"`{entry.kind}`",
        entry.area or "everywhere",
        f"{entry.value:.10g}",
        entry.published_on.isoformat(),
        entry.effective_from.isoformat(),
        entry.effective_to.isoformat() if entry.effective_to else "open",
        "yes" if entry.confirmed else "no",
        entry.source,
        entry.note,
    )


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_line(header), _line(("---",) * len(header)), *map(_line, rows)]


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
