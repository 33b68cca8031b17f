"""Assess many households from facts that were sent: features, scores and measures of all of them at once.

Each gets the bits that it gets alone. What stops one of them (a wrong fact, a day without a policy value) is its own
answer and stops no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.features import assemble_view
from riskmodel.features.assemble import not_active
from riskmodel.scoring.score import score
from riskmodel.tables import View
from riskmodel.workflows.apart import OneItem, apart, item_of
from riskmodel.workflows.assess import Assessed, missing_in
from riskmodel.workflows.assessed import COUNTY
from riskmodel.workflows.explain import causes_told, render
from riskmodel.workflows.measures import measures_in
from riskmodel.workflows.score_partition import with_facts
from riskmodel.workflows.sent_case import WrongFacts
from riskmodel.workflows.sent_facts import together
from riskmodel.workflows.told import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from riskmodel.rendering.messages import Language
    from riskmodel.workflows.assess import Assessor
    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.sent_case import Case
    from riskmodel.workflows.sent_facts import Together

    Answers = Mapping[int, Assessed | Exception]


def assess_together(
    assessor: Assessor, cases: Sequence[Case], models: Loaded, language: Language
) -> list[Assessed | Exception]:
    """What is said of each household, or why nothing can be: what `Assessor.assess` raises.

    Households of one county, day and kind of facts are worked on together, so memory grows with their number.
    """
    sent = together(cases)
    found: dict[int, Assessed | Exception] = {item: WrongFacts(faults) for item, faults in sent.wrong.items()}
    alike: dict[tuple[str, date, bool, str], list[int]] = {}
    for item, (_, village) in sent.homes.items():
        case = cases[item]
        if item not in found:  # facts about villages change where others live
            key = (village[:COUNTY], case.as_of, case.complete, repr(case.sent.get("villages") or ""))
            alike.setdefault(key, []).append(item)
    for (county, as_of, complete, _), items in alike.items():
        group = _Group(assessor, models, language, sent, county, as_of, complete)
        found |= _isolated(group.assessed, items)
    return [found[item] for item in range(len(cases))]


def _isolated(assessed: Callable[[Sequence[int]], Answers], items: Sequence[int]) -> Answers:
    """The answers; where one item stops all of them, they are asked half by half until it is alone."""
    try:
        return assessed(items)
    except Exception as error:  # whatever it is: it must not stop the others, and is told of the one alone
        if len(items) == 1:
            return {items[0]: error}
    half = len(items) // 2
    return {**_isolated(assessed, items[:half]), **_isolated(assessed, items[half:])}


@dataclass(frozen=True)
class _Group:
    """Households that can be worked on together."""

    assessor: Assessor
    models: Loaded
    language: Language
    sent: Together = field(repr=False)
    county: str
    as_of: date
    complete: bool

    def assessed(self, items: Sequence[int]) -> Answers:
        """Of each of these households what is said, or that it is not active on that day."""
        around, policy = self.assessor.around(self.county, self.as_of), self.assessor.workspace.policy
        parted = apart(self.sent.of(items))
        records = around.records if self.complete else ()
        view = replace(View.of(parted.tables, self.as_of, self.county), records=records, called=parted.called)
        table = assemble_view(view, policy, neighbours=around.neighbours, apart=True)
        found: dict[int, Assessed | Exception] = {item: not_active([self.sent.homes[item][0]], view) for item in items}
        if not table.rows.is_empty():
            scored = score(table, self.models.bundle, policy, self.models.shorter)
            asked = [new for new, old in parted.called.items() if self.sent.homes[item_of(new)][0] == old]
            if len(asked) < len(parted.called):  # the others are there for what is taken over from them
                scored = scored.filter(pl.col("household_id").is_in(asked))
            found |= self._told(with_facts(scored, view, policy), view)
        return found

    def _told(self, scored: pl.DataFrame, view: View) -> dict[int, Assessed]:
        """Scored households in words, with their measures."""
        around = self.assessor.around(self.county, self.as_of)
        rows = {row["household_id"]: row for row in scored.iter_rows(named=True)}
        causes = {name: causes_told(row) for name, row in rows.items()}
        policy = self.assessor.workspace.policy
        measures = {name: measures_in(OneItem.beside(view, name), policy, name, told) for name, told in causes.items()}
        homes = {name: self.sent.homes[item_of(name)] for name in rows}
        found = {}
        for name, row in rows.items():
            household, village = homes[name]
            own: dict[str, Any] = row | {"household_id": household}
            told = render(Row(own, self.assessor.typical(around, village)), [], self.language)
            found[item_of(name)] = Assessed(replace(told, measures=measures[name]), missing_in(row))
        return found
