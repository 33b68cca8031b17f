"""docs/features.md, written from the declarations."""

from __future__ import annotations

from riskmodel.features.dating import Dating, dating
from riskmodel.features.feature import Direction, Feature, declared
from riskmodel.features.reading import most_read, windows_in_words
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
  table for whole months. Only where full lists cover a window is a household without a row known to have nothing. A
  household named by a row of a list that was refused is in doubt: it may be on the list, and for it everything is as
  without the lists of that table, until the whole list, corrected and sent again, or until the months looked at are
  over; `on_dibao` and its like are then 1 or missing. A list of which more than 5 rows in 1,000 could not be used and
  do not say whom they are about counts for nobody. Of several lists of a month the newest decides. Lists of `shocks`
  tell of natural disasters only: accidents and failed business are reported by other departments.
- **which households**: those whose state in `households` is active at the as-of date, in the village that it names.
- **village**: the table `villages` is read for codes that changed, and so for the figures of the village, which are
  those of all households whose village has the same code today.
- **running month**: the month of the as-of date while it is not complete.
- **missing**: not known. A ratio is also missing where its divisor is not above zero. Nothing is filled in; 0 means
  known to be zero, or, where the definition says so, that no record is known.

Risk: ↑ raising the value never lowers the risk that the model gives, ↓ never raises it, · free.
Sex and ethnicity are in no feature.
"""

_DATES = {
    Dating.ROW: "of the row that it is read from",
    Dating.NEWEST: "newest information",
    Dating.AS_OF: "the as-of date",
    Dating.DAYS_AGO: "of the event",
    Dating.MONTHS_AGO: "month of the event",
    Dating.MONTHS_AHEAD: "month of the end",
    Dating.YEAR_ENDED: "the year",
}
_ARROWS = {Direction.UP: "↑", Direction.DOWN: "↓", Direction.FREE: "·"}


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
    kinds = most_read(f).kinds
    facts = [
        f"label: {f.label} / {f.english}",
        f"unit: {f.unit}" + ("; a ratio of amounts, linear models see its logarithm" if f.ratio else ""),
        f"cause or background: {f.group.value} {f.group.zh}",
        f"risk: {_ARROWS[f.direction]}" + ("; help can change it" if f.actionable else ""),
        f"told as a reason: {f.evidence}",
        f"reads: {'; '.join(tables_read(f))}",
        *([f"policy: {', '.join(f'`{kind}`' for kind in kinds)}"] if kinds else []),
        f"declared in `features/{f.module}.py`",
        f"date told beside it: {_DATES[dating(f)]}",
    ]
    return "\n\n".join([f"## {f.name}", f.definition, "\n".join(f"- {fact}" for fact in facts)])


def tables_read(f: Feature) -> list[str]:
    """The tables that a feature reads, each with its window."""
    tables = [
        f"{', '.join(f'`{table}`' for table in asked.tables)} ({window})" for asked, window in windows_in_words(f)
    ]
    read = most_read(f)
    own = [f"`households` ({', '.join(read.state)} at the as-of date)"] if read.state else []
    together = "; ".join([*tables, *own])
    return [f"of the other households of the village: {together}"] if read.of_others else [*tables, *own]
