"""docs/measures.md, written from the rules, the map of causes, the conditions and the scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from riskmodel.policy import EVIDENCE, MEASURE_RULES, REMEDIES, Cause, Measure, MeasureOption, Remedy
from riskmodel.scoring.measure_conditions import CONDITIONS
from riskmodel.scoring.scenarios import SCENARIOS


def measures_markdown() -> str:
    """The whole page, in Markdown, ending in a newline: `about_measures.md` with its tables filled in."""
    page = files("riskmodel.scoring").joinpath("about_measures.md").read_text(encoding="utf-8")
    for name, lines in (("rules", _rules()), ("map", _map()), ("scenarios", _scenarios())):
        page = page.replace(f"<!-- {name} -->", "\n".join(lines))
    return page


def _rules() -> list[str]:
    return _table(
        ("rule", "中文", "text", "numbers", "confirmed", "source"),
        (
            (
                f"`{rule.code}`",
                rule.zh,
                rule.text_en,
                ", ".join(f"`{kind}`" for kind in rule.policy) or "-",
                "yes" if rule.confirmed else "no",
                rule.source,
            )
            for rule in MEASURE_RULES.values()
        ),
    )


def _scenarios() -> list[str]:
    return _table(
        ("scenario", "中文", "parameters", "what it changes"),
        (
            (f"`{s.code}`", s.zh, ", ".join(f"`{name}`" for name in s.parameters) or "-", s.changes)
            for s in SCENARIOS.values()
        ),
    )


def _map() -> list[str]:
    rows = [(f"`{r.cause.value}` {r.cause.zh}", _named(r), _conditions(r.needs), _demand(r)) for r in REMEDIES]
    evidence = [(f"`{cause.value}` {cause.zh}", _conditions(EVIDENCE[cause])) for cause in Cause]
    return [
        *_table(("cause", "measure", "conditions (rule)", "a must"), rows),
        "",
        "Evidence of a cause; where none of it is in the data, the cause is questioned:",
        "",
        *_table(("cause", "evidence"), evidence),
    ]


def _named(remedy: Remedy) -> str:
    words: list[Measure | MeasureOption] = [remedy.measure, *([remedy.option] if remedy.option else [])]
    return " / ".join(f"`{word.value}` {word.zh}" for word in words)


def _conditions(names: Sequence[str]) -> str:
    return ", ".join(f"{name} ({CONDITIONS[name].rule})" for name in names) or "-"


def _demand(remedy: Remedy) -> str:
    return f"{remedy.must} where {remedy.when}" if remedy.must else "-"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [header, ("---",) * len(header), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
