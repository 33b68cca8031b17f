"""docs/features.md, written from the declarations."""

from __future__ import annotations

from datetime import date

from riskmodel.features.facts import LINE, Facts
from riskmodel.features.feature import Direction, Feature, declared
from riskmodel.features.windows import PREPARED, Moment
from riskmodel.policy import Background, Cause

_HEAD = """# Features (特征)

What the model sees of a household. This page is generated from `src/riskmodel/features/`; change it there.

Everything is read from what was known at the end of the as-of date. Words that the definitions use:

- **newest survey**: of the income surveys, of any stage, that ended in the month of the as-of date or in the 36 months
  before, the one that ended last.
- **the line**: monitoring line (监测线) in force, where the household lives, on the last day of its newest survey, as
  published by the as-of date. Without a survey there is no line, and what is measured by it is missing.
- **present member**: a person who belongs to the household at the as-of date and has not left it.
- **per head**: by the survey's own number of persons for figures of the survey, by the size in the household's state
  for the rest.
- **complete month**: a month whose last day is not after the as-of date. "The last 3" are the last 3 complete ones.
- **age**: full years from the month of birth to the month of the as-of date; ages of schooling count on 31 August.
- **full list**: a delivery that names everybody a department pays or registers, sent by the usual department of the
  table for whole months. Only where full lists cover a window is a household without a row known to have nothing.
- **running month**: the month of the as-of date while it is not complete.
- **missing**: not known. A ratio is also missing where its divisor is not above zero. Nothing is filled in; 0 means
  known to be zero, or, where the definition says so, that no record is known.

Risk: ↑ raising the value never lowers the risk that the model gives, ↓ never raises it, · free.
Sex and ethnicity are in no feature.
"""

_ARROWS = {Direction.UP: "↑", Direction.DOWN: "↓", Direction.FREE: "·"}
_HOUSEHOLD = "`households` (state at the as-of date)"


def features_markdown() -> str:
    """The whole page in Markdown: a list by group, then a section per feature."""
    features = declared()
    groups = [group for words in (Cause, Background) for group in words if any(f.group is group for f in features)]
    overview = [f"- {g.value} {g.zh}: " + ", ".join(_link(f) for f in features if f.group is g) for g in groups]
    count = f"{len(features)} features, by the cause or background that they speak for:"
    return "\n\n".join([_HEAD.rstrip(), count, "\n".join(overview), *(_section(f) for f in features)]) + "\n"


def _link(f: Feature) -> str:
    return f"[{f.name}](#{f.name})"


def _section(f: Feature) -> str:
    tables, policy = _sources(f)
    facts = [
        f"label: {f.label} / {f.english}",
        f"unit: {f.unit}" + ("; a ratio of amounts, linear models see its logarithm" if f.ratio else ""),
        f"group: {f.group.value} {f.group.zh}; risk: {_ARROWS[f.direction]}"
        + ("; help can change it" if f.actionable else ""),
        f"reads: {'; '.join(tables)}",
        *([f"policy: {', '.join(f'`{kind}`' for kind in policy)}"] if policy else []),
        f"declared in `features/{f.module}.py`",
    ]
    return "\n\n".join([f"## {f.name}", f.definition, "\n".join(f"- {fact}" for fact in facts)])


def _sources(f: Feature) -> tuple[list[str], list[str]]:
    """Tables with their windows, and kinds of policy values, that a feature asks for."""
    policy: list[str] = []

    def noted(kind: str) -> float:
        policy.append(kind)
        return 0.0

    # any day: only what is asked for counts
    facts = Facts(Moment(date(2000, 2, 1)), noted, lambda kind, _on: noted(kind))
    expressions = [f.build(facts), *facts.village_sums.values()]
    if any(LINE in expression.meta.root_names() for expression in expressions):
        policy.append("monitoring_line")
    asked = [PREPARED[name] for name in facts.wanted]
    tables = [f"{', '.join(f'`{table}`' for table in prepared.tables)} ({prepared.window})" for prepared in asked]
    of_others = [f"the other households of the village: {'; '.join(tables)}"] if facts.village_sums else tables
    return [*of_others, _HOUSEHOLD], sorted(set(policy))
