"""docs/checks.md, written from the declarations."""

from __future__ import annotations

from riskmodel.tables.quality.declaration import Check, Severity, Use, declared

_HEAD = """# Content checks (数据质量核查)

What `riskmodel check` looks for in what a county knows. This page is generated from `src/riskmodel/tables/quality/`;
change it there.

A check runs on the active households of a view: only rows known at the as-of date, and nothing dated after it. A
missing value is no breach. Words that the readings use:

- **open**: an episode that is not eliminated. **Eliminated**: one with a month and a mode of elimination; an episode
  that only ended because a newer one began is neither.
- **the line**: monitoring line (监测线) in force, where the household lives, on the last day of a survey's window, as
  published by the as-of date. Other numbers are those in force on the as-of date, those of eliminations in the month
  of elimination.
- **complete month**: a month whose last day is not after the as-of date. The day of an identification is not known, so
  a household is open for one complete month when the month after its identification is over.
- **newest survey**: of the income surveys whose window has ended, of any stage, the one that ended last.
- **belongs to an episode**: dated after the elimination of the episode before and not after the episode's own end.
- **has labour**: one present member of working age with labour skilled, ordinary or weak.

A check that lacks a policy number, or a table of which the county never received a row, is reported as not run, with
what to do; it is never guessed. Where a missing row is the finding, it counts from the county's first row of that kind
on.
"""


def checks_markdown() -> str:
    """The whole page, in Markdown, ending in a newline."""
    checks = declared()
    words = [f"- **{word.value}** {word.zh}: {word.en}" for word in (*Severity, *Use)]
    lines = ["| code | 中文 | meaning | sev. | use |", "|---|---|---|---|---|"]
    lines += [f"| [{c.code}](#{c.code}) | {c.title} | {c.english} | {c.severity} | {c.use} |" for c in checks]
    overview = f"{len(checks)} checks. Severity E or W, use D, C or R:\n\n" + "\n".join(words)
    return "\n\n".join([_HEAD.rstrip(), overview, "\n".join(lines), *(_section(c) for c in checks)]) + "\n"


def _section(c: Check) -> str:
    policy = ", ".join(f"`{kind}`" for kind in c.policy)
    facts = [
        f"{c.title}: {c.rule}",
        f"{c.severity.value} {c.severity.en}; {c.use.value} {c.use.en}",
        f"reads: {', '.join(f'`{table}`' for table in c.tables)}",
        *([f"policy: {policy}"] if policy else []),
        f"source: {c.source}",
        f"a finding says: {c.english_detail}",
        f"declared in `tables/quality/{c.find.__module__.rsplit('.', 1)[-1]}.py`",
    ]
    return "\n\n".join([f"## {c.code}", f"**{c.english}.** {c.reading}", "\n".join(f"- {fact}" for fact in facts)])
