"""Sentences about a household: what a probability means, one reason, what is missing, what changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from riskmodel.rendering.values import (
    CODED,
    TELL,
    in_times,
    percent,
    shown_amount,
    shown_date,
    shown_source,
    shown_value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskmodel.rendering.messages import Language, Words
    from riskmodel.rendering.values import Absent, Dated, When

Place = Literal["village", "county"]
_COMPARED = {
    "zh": re.compile(r"(?P<what>.+)(?:与(?P<of>.+)之比|占(?P<whole>.+)比)"),
    "en": re.compile(r"(?P<what>.+?) over (?P<of>.+)(?P<whole>$)"),
}
"""Labels that name two amounts: they are told as one being so much of the other."""
_COUNTED = re.compile(r"(?P<what>.+)(?P<unit>[人次天月笔])数")
"""Labels that end with what is counted, which the unit says again."""


@dataclass(frozen=True)
class Fact:
    """What a sentence tells of one feature of a household."""

    feature: str
    label: Words
    unit: str
    group: str
    """Code of its cause or background."""
    title: Words
    """The official title of that."""
    value: float | None
    typical: float | None = None
    """Median where the household lives."""
    typical_of: Place = "village"
    source: str | None = None
    """Department of the newest row behind it."""
    day: date | None = None
    """The date that is told; `when` says what it is."""
    dated: Dated = "day"
    when: When = "newest"
    amount: int | None = None
    """Amount behind the feature, fen; None where there is none or it is not known."""
    amount_label: Words | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    """Counts behind a ratio of people, by their names in its sentence."""


NEARLY_ALL: Final = 0.95


def meaning(probability: float, months: int, label: str, language: Language) -> str:
    """What a calibrated probability means in households: so many of 100 (of 1000 when rare) such households.

    From 0.95 on they are told together: no calibration has enough such households to say whether it is 96 or 99.
    """
    if probability >= NEARLY_ALL:
        return TELL.text("meaning.nearly_all", language, share=round(NEARLY_ALL * 100), months=months, label=label)
    of = of_households(probability)
    share = in_households(probability, of)
    return TELL.text("meaning" if of == 100 else "meaning.rare", language, share=share, months=months, label=label)


def meaning_when_monitored(months: int, label: str, language: Language) -> str:
    """What the probability of entering monitoring means for a household that is monitored already: an order only."""
    return TELL.text("meaning.monitored", language, months=months, label=label)


def of_households(*probabilities: float) -> int:
    """Of how many households probabilities are told: 1000 where one of them is next to nothing or to all."""
    return 1000 if min(probabilities) < 0.01 or max(probabilities) >= 0.995 else 100


def in_households(probability: float, of: int) -> int:
    """How many of so many such households."""
    return max(1, round(probability * of))


def reason(fact: Fact, *, raises: bool, language: Language) -> str:
    """One reason: cause, what is so, how it is elsewhere, who says so as of when, and which way it moves the risk."""
    key, group = "reason.raises", fact.title.of(language)
    if not raises:
        key, group = "reason.lowers", TELL.text(f"aspect.{fact.group}", language)
    return TELL.text(key, language, group=group, fact=told(fact, language), behind=behind(fact, language))


def told(fact: Fact, language: Language) -> str:
    """What is so, without group and source: a label with its value, or words for a value that is a code."""
    label, beside = fact.label.of(language), fact.typical
    if fact.value is None:
        return _labelled(label, TELL.text("missing", language), language)
    if fact.unit in CODED:
        return in_words(fact.feature, fact.value, language)
    value = shown_value(fact.value, fact.unit, language, beside)
    if (key := f"told.{fact.feature}") in TELL:
        return TELL.text(key, language, value=value)
    if fact.counts and (key := f"counted.{fact.feature}") in TELL:
        return TELL.text(key, language, value=value, **fact.counts)
    found = _COMPARED[language].fullmatch(label)
    if found and fact.unit in ("倍", "比例"):
        of = found["of"] or found["whole"]
        key = _comparison(fact, share=bool(found["whole"]))
        return TELL.text(key, language, what=found["what"], of=of, value=value)
    return _labelled(_bare(label, fact.unit), value, language)


def _comparison(fact: Fact, *, share: bool) -> str:
    """Key of the words for one amount being so much of the other."""
    value = fact.value or 0.0
    if value < 0:
        explained = f"fact.negative.{fact.feature}"
        return explained if explained in TELL else "fact.negative"
    if in_times(value, fact.unit, fact.typical):
        return "fact.times"
    return "fact.share" if share else "fact.percent"


def in_words(feature: str, value: float, language: Language) -> str:
    """A value that is a code in words."""
    return TELL.text(f"is.{feature}.{round(value)}", language)


def behind(fact: Fact, language: Language) -> str:
    """In brackets: amount, median where the household lives, department and date; empty without any of them.

    A median that reads as the value does is left out: it would look like the reason of something unusual.
    """
    return _behind(fact, _amount(fact, language), language, compared=True)


def _behind(fact: Fact, amount: str | None, language: Language, *, compared: bool) -> str:
    details = [] if amount is None else [amount]
    if compared and fact.typical is not None and fact.value is not None and fact.unit not in CODED:
        value = shown_value(fact.typical, fact.unit, language, fact.value)
        if value != shown_value(fact.value, fact.unit, language, fact.typical):
            details.append(TELL.text(f"typical.{fact.typical_of}", language, value=value))
    if fact.source:
        details.append(_from(fact.source, fact, language))
    joined = ("；" if language == "zh" else "; ").join(details)
    return TELL.text("behind", language, details=joined) if details else ""


def missing(what: str, table: str, source: str, share: float, place: Place, language: Language) -> str:
    """What is not known of the household, for want of which table, who delivers it, and of how many it is known."""
    department = shown_source(source, language)
    return TELL.text(f"missing.{place}", language, what=what, table=table, source=department, share=percent(share))


def moved(
    fact: Fact,
    was: float | None,
    *,
    raises: bool,
    language: Language,
    amount_was: int | None = None,
    absent: Absent | None = None,
) -> str:
    """How a feature changed and which way that moved the risk; `fact` has the new value, and the new amount.

    `absent`: where one of the two values is missing, why.
    """
    amount = _amount(fact, language, amount_was)
    label = _bare(fact.label.of(language), fact.unit)
    fields = {
        "group": TELL.text(f"aspect.{fact.group}", language),
        "behind": _behind(fact, amount, language, compared=False),
        "effect": TELL.text("effect.raises" if raises else "effect.lowers", language),
    }
    if was is None or fact.value is None:
        return _moved_missing(fact, was, label, absent, language, fields)
    before, after = shown_change(fact, was, language)
    if fact.unit in CODED:
        return TELL.text("change.became", language, was=before, is_now=after, **fields)
    values = {"was": _spaced(before, language), "is_now": _spaced(after, language, ends=True)}
    return TELL.text("change.moved", language, label=label, **values, **fields)


def moved_together(group: str, *, raises: bool, language: Language) -> str:
    """That a group moved the risk although no value of it tells why."""
    effect = TELL.text("effect.raises" if raises else "effect.lowers", language)
    return TELL.text("change.together", language, group=TELL.text(f"aspect.{group}", language), effect=effect)


def _moved_missing(
    fact: Fact, was: float | None, label: str, absent: Absent | None, language: Language, fields: dict[str, str]
) -> str:
    """How a value came or went. Without a reason it is not known which of the two it is."""
    key = "change.appeared" if was is None else "change.disappeared"
    before, after = shown_change(fact, was, language)
    coded = "“{}”" if fact.unit in CODED else "{}"
    values = {
        "was": coded.format(_spaced(before, language, ends=True)),
        "is_now": coded.format(_spaced(after, language, ends=True)),
    }
    side = "before" if was is None else "now"
    why = TELL.text(f"absence.{side}.{absent or 'either'}", language)
    return TELL.text(key, language, label=label, absent=why, **values, **fields)


def shown_change(fact: Fact, was: float | None, language: Language) -> tuple[str, str]:
    """The value before and now as they are written; the same text for values that differ too little to be told."""
    return _of_change(fact, was, fact.value, language), _of_change(fact, fact.value, was, language)


def _of_change(fact: Fact, value: float | None, other: float | None, language: Language) -> str:
    if fact.unit in CODED and value is not None:
        return in_words(fact.feature, value, language)
    return shown_value(value, fact.unit, language, other)


def _amount(fact: Fact, language: Language, was: int | None = None) -> str | None:
    """The amount in words, with the one before where it was another; None where there is none to tell."""
    if fact.amount is None or fact.amount_label is None or not (fact.amount or was):
        return None
    label, value = fact.amount_label.of(language), shown_amount(fact.amount, language)
    if was is None or was == fact.amount:
        return f"{label} {value}"
    return TELL.text("amount.moved", language, label=label, was=shown_amount(was, language), value=value)


def _from(source: str, fact: Fact, language: Language) -> str:
    department = shown_source(source, language)
    if fact.day is None:
        return department
    date = shown_date(fact.day, fact.dated, language)
    when = date if fact.when == "event" else TELL.text(f"when.{fact.when}", language, date=date)
    return TELL.text("from", language, source=department, when=when)


def _spaced(value: str, language: Language, *, ends: bool = False) -> str:
    """A number stands apart from the Chinese words around it; `ends`: a mark follows, which needs no space."""
    if language == "en":
        return value
    before = " " if value[0].isdigit() or value[0] == "-" else ""
    after = " " if not ends and (value[-1].isdigit() or value[-1] == "%") else ""
    return f"{before}{value}{after}"


def _labelled(label: str, value: str, language: Language) -> str:
    return f"{label} {value}" if language == "zh" else f"{label}: {value}"


def _bare(label: str, unit: str) -> str:
    """The label without what the unit says again."""
    found = _COUNTED.fullmatch(label)
    return found["what"] if found and found["unit"] == unit else label
