"""Measures in words: what may be done for a household, by which rule, and the fact that decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from riskmodel.policy import EVIDENCE, Cause, HouseGrade, Measure, MeasureOption
from riskmodel.rendering.messages import Messages, Words, messages, same
from riskmodel.rendering.values import shown_date

Told = Mapping[str, Any]
"""One row of `scoring.measures.proposals` or `scoring.measure_statements.statements`, or what has the same fields."""

ANSWERS: Final = {
    **dict.fromkeys(("must", "allowed", "met", "open"), "yes"),
    **dict.fromkeys(("excluded", "questioned", "incomplete"), "no"),
    "to_check": "unknown",
}
ORDER: Final = ("must", "allowed", "to_check", "excluded", "running")
"""In which standings are told."""
SILENT: Final = "not_asked"
"""State of a rule that does not concern the household; nothing is said."""


def measure_title(measure: str, option: str | None = None) -> Words:
    """Title of a measure, with its option where there is one."""
    of = Measure(measure)
    if option is None:
        return Words(of.zh, of.en)
    what = MeasureOption(option)
    return _messages()("option", measure=Words(of.zh, of.en), option=Words(what.zh, what.en))


def cause_title(cause: str) -> Words:
    """Title of a cause."""
    return Words(Cause(cause).zh, Cause(cause).en)


def measure_sentences(told: Iterable[Told]) -> list[Words]:
    """Measures in sentences, the musts first; those of one standing, rule and fact are told together."""
    together: dict[tuple[str, str, str], list[Told]] = {}
    for one in sorted(told, key=lambda row: (ORDER.index(row["standing"]), not row["one_of"])):
        fact = "" if one["fact"] is None else _fact_of(one).zh
        together.setdefault((_key(one), one["rule"] or "", fact), []).append(one)
    return [_sentence(alike) for alike in together.values()]


def _sentence(alike: Sequence[Told]) -> Words:
    first = alike[0]
    named = [(measure_title(one["measure"], one["option"]), _in_force(one)) for one in alike]
    rule = _messages()("map") if first["rule"] == "MAP" else same(first["rule"] or "")
    listed = Words("、".join(w.zh + r.zh for w, r in named), ", ".join(w.en + r.en for w, r in named))
    fact = same("") if first["fact"] is None else _fact_of(first)
    key = "one_alone" if first["one_of"] and len(alike) == 1 else _key(first)
    return _messages()(key, measures=listed, rule=rule, fact=fact)


def _key(told: Told) -> str:
    return "one_of" if told["one_of"] else str(told["standing"])


def _fact_of(told: Told) -> Words:
    return fact_sentence(told, ANSWERS[told["standing"]])


def statement_sentence(told: Told) -> Words | None:
    """What a rule says of the household as a whole; None where the rule does not concern it."""
    if told["state"] == SILENT:
        return None
    if told["cause"] is not None:
        return _of_evidence(told)
    fields: dict[str, Any] = {"value": told["value"], "most": told["most"]}
    if told["option"] is not None:
        what = MeasureOption(told["option"])
        fields |= {"option": Words(what.zh, what.en), "fact": fact_sentence(told, ANSWERS[told["state"]])}
    return _messages()(f"{told['rule']}.{told['state']}", **fields)


def _of_evidence(told: Told) -> Words:
    """What the data lack for a cause; of a questioned one, every fact that would be evidence is denied."""
    names = EVIDENCE[Cause(told["cause"])] if told["state"] == "questioned" else [told["fact"]]
    facts = [fact_sentence({**told, "fact": name}, ANSWERS[told["state"]]) for name in names]
    key, own = f"{told['rule']}.{told['state']}", f"{told['rule']}.{told['state']}.{told['cause']}"
    listed = Words("；".join(fact.zh for fact in facts), "; ".join(fact.en for fact in facts))
    return _messages()(own if own in _messages() else key, cause=cause_title(told["cause"]), fact=listed)


def fact_sentence(told: Told, answer: str) -> Words:
    """The fact that decided; `answer`: yes, no or unknown (where two findings are there, they disagree)."""
    value = told["value"]
    graded = told["fact"] == "unsafe_house" and value is not None
    grade = _grade(round(value)) if graded else _messages()("not_graded")
    fields: dict[str, Any] = {name: told.get(name) for name in ("least", "most")}
    days = [told.get(name) for name in ("found_on", "checked_on")]
    if answer == "unknown" and all(days):
        answer, fields = "disputed", {"found_on": _day(days[0]), "checked_on": _day(days[1])}
    return _messages()(f"{told['fact']}.{answer}", value=value, grade=grade, **fields)


def heading() -> Words:
    """Title of the whole."""
    return _messages()("heading")


def group_heading(cause: str | None) -> Words:
    """Title above the measures of a cause; None: those that answer none of the causes."""
    return _messages()("others") if cause is None else _messages()("cause", cause=cause_title(cause))


def _in_force(told: Told) -> Words:
    if not told["running"]:
        return same("")
    if told["since"] is None:
        return _messages()("in_force")
    key = "in_force_since" if told["until"] is None else "in_force_until"
    return _messages()(key, since=_day(told["since"]), until=_day(told["until"]))


def _day(day: date | None) -> Words:
    """A date in each language."""
    return same("") if day is None else Words(shown_date(day, "day", "zh"), shown_date(day, "day", "en"))


def _grade(rank: int) -> Words:
    grade = list(HouseGrade)[rank - 1]
    return Words(grade.zh, grade.en)


def _messages() -> Messages:
    return messages("measures")
