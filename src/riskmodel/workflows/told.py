"""Features of a scored household as they are told: value, unit, what is typical, department and date, in one place.

Everything comes from the row of the result table and from what is typical of the village, both published with the
scores: no fact of a later day can get into a sentence, and the same month reads the same each time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from riskmodel.features import REGISTRY
from riskmodel.features.amounts import AMOUNTS
from riskmodel.features.origins import NEWEST, SOURCE
from riskmodel.policy import Background
from riskmodel.rendering.messages import Words
from riskmodel.rendering.sentences import Fact, meaning, meaning_when_monitored, missing, moved, reason
from riskmodel.rendering.values import CODED, TELL, shown_unit
from riskmodel.scoring.reasons import LEAST, Reason
from riskmodel.scoring.score import CONTRIBUTION, VALUE
from riskmodel.tables.catalogue import TABLES
from riskmodel.training.labels import label_named
from riskmodel.workflows.about import (
    date_beside,
    known_feature,
    label_of,
    mainly_read,
    of_others,
    prepared_alike,
    stored_table,
    tables_needed,
    why_missing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskmodel.rendering.messages import Language
    from riskmodel.scoring.typical import Place, Typical

MOSTLY: Final = 0.8
"""What is known of fewer households than this is not missed."""
FEN: Final = 100
MISSING: Final = 2
"""Most missing things told."""
_BESIDE: Final = {name: amount for amount in AMOUNTS for name in amount.beside}


@dataclass(frozen=True)
class Told:
    """One feature of a household, with its sentence in one language; null = not known."""

    group: str
    group_title: str
    feature: str
    label: str
    value: float | None
    unit: str
    contribution: float
    """Log-odds."""
    table: str
    """Table that the date and the department are of."""
    date: str | None
    """ISO; the first day of what `dated` names. What it is of, says `date_of`."""
    dated: str
    """day, month, term or year."""
    date_of: str
    """row: of the one row that the value is read from; newest: of the newest row of the table, not of the value; as_of:
    the as-of date; event: of the event that the value counts from; ahead: of one to come."""
    source: str | None
    typical: float | None
    typical_of: str | None
    """village or county: whose median it is."""
    amount: float | None
    """Yuan behind the feature, where it is a ratio or a number of an amount."""
    sentence: str


@dataclass(frozen=True)
class Row:
    """A row of a result table with what is typical where the household lives."""

    values: Mapping[str, Any]
    typical: Typical

    def fact(self, name: str, before: date | None = None) -> Fact:
        """A feature as sentences tell it; `before`: day of an earlier value that it is told beside."""
        declared, amount = known_feature(name), _BESIDE.get(name)
        value, (newest, source) = self.values[f"{VALUE}{name}"], self._origin(name)
        day, dated, when = date_beside(name, value, newest, self.values["as_of"])
        typical, typical_of = self._typical(name)
        return Fact(
            feature=name,
            label=label_of(name, self.values["as_of"], before),
            unit=declared.unit,
            group=declared.group.value,
            title=Words(declared.group.zh, declared.group.en),
            value=value,
            typical=typical,
            typical_of=typical_of,
            source=source,
            day=day,
            dated=dated,
            when=when,
            amount=self.values.get(amount.column) if amount else None,
            amount_label=Words(amount.label, amount.english) if amount else None,
            counts=self._counts(name),
        )

    def told(self, found: Reason, *, raises: bool, language: Language) -> Told:
        """A reason, or what protects."""
        fact = self.fact(found.feature)
        return self._entry(fact, found.contribution, reason(fact, raises=raises, language=language), language)

    def moved(self, name: str, before: Mapping[str, Any], by: float, language: Language) -> Told:
        """A feature that changed since the row `before`, with what its change did to the margin."""
        fact, amount = self.fact(name, before["as_of"]), _BESIDE.get(name)
        was, amount_was = before[f"{VALUE}{name}"], before.get(amount.column) if amount else None
        known = was is not None and fact.value is not None
        absent = None if known else why_missing(name, self.values if fact.value is None else before)
        sentence = moved(fact, was, raises=by > 0, language=language, amount_was=amount_was, absent=absent)
        return self._entry(fact, by, sentence, language)

    def meaning(self, language: Language) -> str:
        """What the probability means in households; for one that its label leaves out, that it only orders."""
        label, months = label_named(self.values["label"]), int(self.values["horizon_months"])
        title = Words(label.title, label.english).of(language)
        if self.only_orders:
            return meaning_when_monitored(months, title, language)
        return meaning(self.values["probability"], months, title, language)

    @property
    def only_orders(self) -> bool:
        """Whether the event cannot happen to the household, because it is monitored already."""
        return bool(self.values.get("monitored")) and label_named(self.values["label"]).of_unmonitored

    def missing(self, language: Language) -> list[Told]:
        """What matters most of what a table would tell that has no row of the household, one per table, at most two.

        Told is only what is known of most others there. A value that is missing although the tables have rows, or
        because there is nothing to know, is not told: a share of wages, say, is missing where there are none.
        """
        found: dict[str, Told] = {}
        for name in self._not_known():
            table, share = self._lacking(name), self.typical.known(name)
            if table is None or share is None or share[0] < MOSTLY or stored_table(table) in found:
                continue
            if why_missing(name, self.values) != "not_applicable":
                found[stored_table(table)] = self._missed(name, table, share, language)
            if len(found) == MISSING:
                break
        return list(found.values())

    def _typical(self, name: str) -> tuple[float | None, Place]:
        """Median where the household lives, and of which place; None for codes, which are not compared."""
        if known_feature(name).unit in CODED:
            return None, "village"
        return self.typical.median(name, of_village=not of_others(name)) or (None, "village")

    def _counts(self, name: str) -> dict[str, int]:
        """The counts that a ratio of people is made of, by their names in its sentence."""
        value, able = self.values[f"{VALUE}{name}"], self.values.get(f"{VALUE}able_members")
        if name != "care_load" or value is None or able is None:
            return {}
        return {"able": round(able), "cared_for": round(value * (able + 1))}

    def _missed(self, name: str, table: str, share: tuple[float, Place], language: Language) -> Told:
        """That a feature is not known for want of a prepared table; the entry is about that table, not the main one."""
        fact, usual = self.fact(name), self._usual(table)
        sentence = missing(fact.label.of(language), self._title(table, language), usual, *share, language)
        told = self._entry(fact, self.values[f"{CONTRIBUTION}{name}"], sentence, language)
        return replace(told, table=stored_table(table), source=usual, date=None)

    def _title(self, table: str, language: Language) -> str:
        """What there is no row of: the table, or its part where the household has rows of the other part."""
        if any(self.values.get(f"{NEWEST}{other}") for other in prepared_alike(table)):
            return TELL.text(f"part.{table}", language)
        spec = TABLES[stored_table(table)]
        return spec.title if language == "zh" else spec.name

    def _not_known(self) -> list[str]:
        """The missing features by what their being missing does, those without weight left out."""
        unknown = [name for name, column in _own_values() if self.values.get(column, 0.0) is None]
        weights = {name: abs(self.values[f"{CONTRIBUTION}{name}"]) for name in unknown}
        return sorted((n for n in unknown if weights[n] >= LEAST), key=lambda name: (-weights[name], name))

    def _lacking(self, name: str) -> str | None:
        """The prepared table for want of which a feature is missing: the surest that has no row of the household."""
        return next((table for table in tables_needed(name) if self.values.get(f"{NEWEST}{table}") is None), None)

    def _entry(self, fact: Fact, contribution: float, sentence: str, language: Language) -> Told:
        return Told(
            group=fact.group,
            group_title=fact.title.of(language),
            feature=fact.feature,
            label=fact.label.of(language),
            value=fact.value,
            unit=shown_unit(fact.unit, language),
            contribution=contribution,
            table=stored_table(mainly_read(fact.feature)),
            date=fact.day.isoformat() if fact.day else None,
            dated=fact.dated,
            date_of=fact.when,
            source=fact.source,
            typical=fact.typical,
            typical_of=fact.typical_of if fact.typical is not None else None,
            amount=None if fact.amount is None else fact.amount / FEN,
            sentence=sentence,
        )

    def _origin(self, name: str) -> tuple[date | None, str | None]:
        """Date and department of the newest row behind a feature; without a row the usual department alone."""
        main = mainly_read(name)
        if of_others(name):
            day, source = self.typical.origin(main)
        else:
            day, source = self.values.get(f"{NEWEST}{main}"), self.values.get(f"{SOURCE}{main}")
        return day, source or self._usual(main)

    def _usual(self, prepared: str) -> str:
        """Department that delivers a table here: the last to have done so, else the first that the table names."""
        return self.typical.origin(prepared)[1] or TABLES[stored_table(prepared)].sources[0].value


@cache
def _own_values() -> list[tuple[str, str]]:
    """Features of a household's own, each with the column of its value."""
    names = [f.name for f in REGISTRY.values() if f.group is not Background.DATA and not of_others(f.name)]
    return [(name, f"{VALUE}{name}") for name in names]
