"""A what-if in words, Chinese or English: what was supposed, what it would mean, what moved it, and what it is not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from riskmodel.features import REGISTRY
from riskmodel.policy import KINDS, group
from riskmodel.rendering.measure_text import ANSWERS, fact_sentence
from riskmodel.rendering.messages import Words, messages, same
from riskmodel.rendering.sentences import in_households, in_words, of_households
from riskmodel.rendering.values import CODED, TELL, shown_amount, shown_date, shown_value
from riskmodel.scoring.household_rows import FEN
from riskmodel.scoring.measures import EXCLUDED
from riskmodel.scoring.placed_correction import EXAMPLE
from riskmodel.scoring.scenarios import SCENARIOS, Scenario
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.training.labels import label_named
from riskmodel.workflows.about import label_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskmodel.rendering.messages import Language
    from riskmodel.rendering.values import Dated
    from riskmodel.scoring.household_rows import Change
    from riskmodel.scoring.whatif import Horizon, Moved
    from riskmodel.workflows.whatif import Step, WhatIf
    from riskmodel.workflows.whatif_questions import Choice

MONITORING: Final = "monitoring_episodes"
"""Table that tells the event of labels which do not concern a monitored household."""
SHOWN: Final = 10
"""Changed cells that are listed at most."""
GROUPS: Final = 6
"""Groups that are told at most."""
HASH: Final = 25
"""Length of an id; only its beginning is shown."""
SHORT: Final = 9

LANGUAGES: Final[tuple[Language, Language]] = ("zh", "en")

say = messages("whatif")


def whatif_lines(found: WhatIf, language: Language) -> Iterator[str]:
    """The result for people."""
    told = _told(found, language)
    yield from (words.of(language) for words in told)


def scenario_lines(offered: Sequence[Choice], language: Language) -> Iterator[str]:
    """What can be asked, with usual values and ranges."""
    yield say("list.title").of(language)
    for choice in offered:
        yield f"  {choice.scenario:<16} {Words(choice.zh, choice.en).of(language)}"
        for name, limits in choice.parameters.items():
            usual = _with_unit(choice.scenario, name, limits.usual)
            least, most = (_with_unit(choice.scenario, name, bound) for bound in (limits.least, limits.most))
            fields = {"name": name, "usual": usual, "least": least, "most": most}
            yield f"  {'':<16}   {say('list.parameter', **fields).of(language)}"
    yield "  " + say("list.correction", example=EXAMPLE).of(language)


def _told(found: WhatIf, language: Language) -> Iterator[Words]:
    yield say(
        "title", household=found.household_id, village=found.village_code, as_of=_day(date.fromisoformat(found.as_of))
    )
    for step in found.steps:
        yield from (_indented(words) for words in _step(step))
    if found.outcome == "changed":
        label = label_named(found.label)
        yield from (_indented(_horizon(h, Words(label.title, label.english))) for h in found.horizons)
        yield from (_indented(words) for words in _lifted(found))
        yield _indented(say("margin", before=found.margin.before, after=found.margin.after))
        yield from (_indented(words) for words in _moved(found, language))
    else:
        yield _indented(say(found.outcome))
    yield from (_indented(words) for words in _changes(found.changes))
    yield from (_indented(words) for words in _notes(found))


def _step(step: Step) -> Iterator[Words]:
    if step.scenario:
        scenario = SCENARIOS[step.scenario]
        parts = [_with_unit(step.scenario, name, value) for name, value in step.parameters.items()]
        title = say("step.with", title=_title(scenario), parameters=_listed(parts)) if parts else _title(scenario)
        yield say("step", title=title)
        yield from (_indented(words) for words in _already(step))
    elif step.correction is not None:
        stood = step.correction.before == step.correction.after
        yield say("correction.same" if stood else "correction", **_fields(step.correction))
        yield from (_indented(say("follows", **_fields(change))) for change in step.follows)
    if step.bound is not None:
        bound = {
            name: getattr(step.bound, name) for name in ("fact", "value", "least", "most", "found_on", "checked_on")
        }
        rule = say("map") if step.bound.rule == "MAP" else say("rule", rule=step.bound.rule)
        fact = fact_sentence(bound, ANSWERS[str(step.bound.standing)])
        key = (
            f"{step.bound.standing}.unchanged"
            if step.bound.standing == EXCLUDED and not step.cells
            else str(step.bound.standing)
        )
        yield _indented(say(key, rule=rule, fact=fact))
    yield from (_indented(say("odd", reason=_both(reason))) for reason in step.odd)
    if step.cells:
        yield _indented(say("cells", count=step.cells))


def _already(step: Step) -> Iterator[Words]:
    """What of it is there already, and why nothing is left to change."""
    if step.why:
        yield say(f"{step.why}.{step.scenario}")
    elif step.already and f"partly.{step.scenario}" in say:
        yield say(f"partly.{step.scenario}", count=step.already)


def _horizon(h: Horizon, label: Words) -> Words:
    """Both probabilities in households, as an explanation tells one."""
    of = of_households(h.before, h.after)
    before, after = (in_households(value, of) for value in (h.before, h.after))
    fields = {"months": h.months, "of": of, "before": before, "after": after, "label": label}
    return say("horizon.same" if before == after else "horizon", p_before=h.before, p_after=h.after, **fields)


def _lifted(found: WhatIf) -> Iterator[Words]:
    """Which of the probabilities is that of the shorter horizon, and which model the changes below are of."""
    told = [
        say(f"own.{key}", own=alone)
        for key, alone in zip(("now", "then"), found.lifted, strict=True)
        if alone is not None
    ]
    if told:
        yield say("lifted", own=_listed(told))


def _moved(found: WhatIf, language: Language) -> Iterator[Words]:
    if found.groups:
        named = [(group(moved.code), moved.change) for moved in found.groups[:GROUPS]]
        zh, en = ([f"{getattr(g, word)} {change:+.3f}" for g, change in named] for word in ("zh", "en"))
        yield say("groups", listed=Words("，".join(zh), ", ".join(en)))
    if found.features:
        yield say("features")
        day = date.fromisoformat(found.as_of)
        yield from (_indented(_feature(moved, found.values[moved.code], day, language)) for moved in found.features)


def _feature(moved: Moved, values: tuple[float | None, float | None], as_of: date, language: Language) -> Words:
    declared = REGISTRY[moved.code]
    pairs = (values, values[::-1])
    before, after = (_shown(moved.code, value, declared.unit, language, beside) for value, beside in pairs)
    label = label_of(moved.code, as_of)
    return say("feature", label=label, before=before, after=after, change=moved.change)


def _shown(feature: str, value: float | None, unit: str, language: Language, beside: float | None) -> str:
    if value is not None and unit in CODED:
        return in_words(feature, value, language)
    return shown_value(value, unit, language, beside)


def _changes(changes: list[Change]) -> Iterator[Words]:
    """The changed cells; rows in which the same happened are told together."""
    alike: dict[tuple[Any, ...], list[Change]] = {}
    for change in changes:
        alike.setdefault((change.table, change.column, change.before, change.after, change.added), []).append(change)
    if changes:
        yield say("changes")
    for group_ in list(alike.values())[:SHOWN]:
        yield _indented(say("change.added" if group_[0].added else "change", **_fields(group_[0], len(group_))))
    if len(alike) > SHOWN:
        yield _indented(say("more", count=sum(map(len, list(alike.values())[SHOWN:]))))


def _notes(found: WhatIf) -> Iterator[Words]:
    label = label_named(found.label)
    if found.monitored and MONITORING in label.tables:
        yield say("note.monitored", label=Words(label.title, label.english))
    if found.too_new:
        yield Words(*(TELL.text("note.too_new", language) for language in LANGUAGES))
    if any(step.scenario for step in found.steps):
        yield say("note.definition")
    yield say("note.association")
    if found.other_model:
        yield say("note.model", as_of=_day(date.fromisoformat(found.as_of)))
    if not found.ranges_confirmed:
        yield say("note.range")
    yield say("note.stored")


def _fields(change: Change, rows: int = 1) -> dict[str, Words]:
    """A changed cell with Chinese and English names; `rows`: in how many rows the same happened."""
    table = TABLES[change.table]
    keys = [_value(change.table, name, value) for name, value in change.key.items() if name != "household_id"]
    row = _listed(keys)
    return {
        "table": Words(table.title, table.name),
        "row": say("rows", row=row, count=rows) if rows > 1 else row,
        "column": Words(table.facts[change.column].title, change.column),
        "before": _value(change.table, change.column, change.before),
        "after": _value(change.table, change.column, change.after),
    }


def _value(table: str, column: str, value: Any) -> Words:
    fact = TABLES[table].facts[column]
    if value is None:
        return say("unknown")
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if fact.vocabulary is not None:
        return Words(fact.vocabulary(value).zh, fact.vocabulary(value).en)
    if fact.type is Type.YUAN:
        return Words(*(shown_amount(round(value * FEN), language) for language in LANGUAGES))
    if isinstance(value, date):
        return _day(value, "term" if column == "term" else "month" if fact.type is Type.MONTH else "day")
    text = str(value)
    return same(f"{text[:SHORT]}…" if len(text) == HASH else text)


def _day(day: date, dated: Dated = "day") -> Words:
    return Words(*(shown_date(day, dated, language) for language in LANGUAGES))


def _with_unit(scenario: str, name: str, value: float) -> Words:
    unit = KINDS[f"whatif.{scenario}.{name}.usual"].unit
    return say(f"unit.{unit}", value=value, percent=value * 100)


def _title(scenario: Scenario) -> Words:
    return Words(scenario.zh, scenario.en)


def _listed(parts: Sequence[Words]) -> Words:
    return Words("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _both(reason: str) -> Words:
    """A reason of the tables, which stands in English and Chinese."""
    english, _, chinese = reason.rpartition(" / ")
    return Words(chinese, english)


def _indented(words: Words) -> Words:
    return Words(f"  {words.zh}", f"  {words.en}")
