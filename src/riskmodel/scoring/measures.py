"""Which help the rules allow a household for the causes that raise its risk, which is a must, and what runs already.

Codes and numbers only; sentences are made by `rendering`. The software proposes, an official decides (rule M12).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.policy import REMEDIES, Background, Cause, Remedy
from riskmodel.scoring.measure_conditions import Answer, answers
from riskmodel.scoring.measure_facts import InForce, MeasureFacts, measure_facts
from riskmodel.scoring.measure_questions import number_in_force

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.tables import View

MUST, ALLOWED, TO_CHECK, EXCLUDED, RUNNING = "must", "allowed", "to_check", "excluded", "running"
"""Standings of a measure; `running` = in force and answering none of the causes asked for."""
HELD_BY_AID: Final = {"dibao": "on_dibao", "tekun": "on_tekun", "disability_subsidy": "on_allowance"}
"""Options that the lists of assistance tell of, beside the table of measures."""
HOUSES: Final = ("housing", "relocation")
_UNBOUND: Final = Answer("MAP", met=True)


@dataclass(frozen=True)
class Asked:
    """What is known of the household of which measures are asked."""

    causes: Sequence[Cause]
    """Those that raise its risk, once each; backgrounds are left out."""
    facts: MeasureFacts
    told: Mapping[str, Answer] = field(repr=False)
    """The answers to all conditions."""


@dataclass(frozen=True)
class MeasureEntry:
    """A measure (`measure` is set) or what a rule says of the household as a whole (`state` is set); codes only.

    A measure answers a cause, or is in force and answers none of those asked for (then `cause` is None). Amounts are in
    yuan.
    """

    rule: str | None
    """The rule that admits, demands or excludes it; None for one that only runs."""
    fact: str | None
    """The condition that decided."""
    cause: str | None = None
    measure: str | None = None
    option: str | None = None
    standing: str | None = None
    value: float | None = None
    least: float | None = None
    most: float | None = None
    """The number of the condition and its bounds; None where there is none."""
    found_on: date | None = None
    checked_on: date | None = None
    """Days of the inspection and of the village's check, None where it found nothing out."""
    one_of: bool = False
    """The must is one of several."""
    running: bool = False
    since: date | None = None
    until: date | None = None
    """None = open."""
    state: str | None = None
    """See `measure_statements`."""


def asked_facts(view: View, policy: Policy, household_id: str, causes: Sequence[str]) -> Asked | None:
    """The facts of a household, for `proposals` and `statements`; None where it is not active on the day of the view.

    view: as for `measure_facts`. causes: codes of those that raise the risk; backgrounds are passed over. Raises
    UsageError for a household that the view does not know, and for an unknown cause.
    """
    code = view.ids.of("H").index_of(household_id)
    if code is None:
        raise UsageError(
            f"household {household_id} is not known in county {view.county} on {view.as_of}. Check the id."
        )
    wrong = set(causes) - set(Cause.codes()) - set(Background.codes())
    if wrong:
        raise UsageError(f"there is no cause {min(wrong)!r}. Use one of: {', '.join(Cause.codes())}.")
    facts = measure_facts(view, policy, code)
    if facts is None:
        return None
    told = answers(facts, lambda kind: number_in_force(policy, view, kind))
    return Asked([Cause(cause) for cause in dict.fromkeys(causes) if cause in Cause.codes()], facts, told)


def proposals(asked: Asked) -> list[MeasureEntry]:
    """Every measure that answers the causes of the household, and those in force that answer none of them.

    A measure whose condition is not known is `to_check`, never allowed or excluded.
    """
    cases = [_Case.of(remedy, asked) for cause in asked.causes for remedy in REMEDIES if remedy.cause is cause]
    groups = {(case.remedy.cause, case.remedy.must) for case in cases if case.running}
    found = [_proposal(case, asked, (case.remedy.cause, case.remedy.must) in groups) for case in cases]
    answered = {case.remedy.measure.value for case in cases}
    rest = [one for one in asked.facts.running if one.measure not in answered]
    return found + [
        MeasureEntry(
            None,
            None,
            measure=one.measure,
            option=one.option,
            standing=RUNNING,
            running=True,
            since=one.since,
            until=one.until,
        )
        for one in rest
    ]


@dataclass(frozen=True)
class _Case:
    """A measure that answers a cause, and whether it is in force."""

    remedy: Remedy
    running: bool
    since: date | None
    until: date | None

    @classmethod
    def of(cls, remedy: Remedy, asked: Asked) -> _Case:
        """In force by the table of measures, or by the lists of assistance.

        A monthly list says that it runs, not since when: the months before the first one looked at are not known.
        """
        held = [one for one in asked.facts.running if one.measure == remedy.measure and _same(one, remedy)]
        listed = HELD_BY_AID.get(remedy.option or "")
        if not held:
            return cls(remedy, bool(listed and asked.facts.told[listed]), None, None)
        ends = [one.until for one in held if one.until is not None]
        return cls(remedy, True, min(one.since for one in held), max(ends) if len(ends) == len(held) else None)


def _same(one: InForce, remedy: Remedy) -> bool:
    """Without its option a measure may be each of them."""
    return None in (one.option, remedy.option) or one.option == remedy.option


def _proposal(case: _Case, asked: Asked, group_runs: bool) -> MeasureEntry:
    """A demanded measure that is allowed is a must, unless another one that fulfils the rule runs already."""
    remedy, (standing, fact, decided) = case.remedy, _decided(case.remedy, asked.told)
    behind = asked.told.get(remedy.when)
    fulfilled = _fulfilled(remedy, asked.facts, group_runs)
    demanded = behind is not None and behind.met is True
    must = demanded and standing == ALLOWED and (case.running or not fulfilled)
    number = behind if must and behind is not None else decided
    return MeasureEntry(
        cause=remedy.cause.value,
        measure=remedy.measure.value,
        option=None if remedy.option is None else remedy.option.value,
        standing=MUST if must else standing,
        rule=remedy.must if must else decided.rule,
        fact=remedy.when if must else fact,
        value=number.value,
        least=number.least,
        most=number.most,
        found_on=decided.found_on,
        checked_on=decided.checked_on,
        one_of=must and (remedy.must == "M01" or remedy.measure in HOUSES),
        running=case.running,
        since=case.since,
        until=case.until,
    )


def _decided(remedy: Remedy, told: Mapping[str, Answer]) -> tuple[str, str, Answer]:
    """The standing and the condition that decides it: the first that fails, else the first not known, else the last."""
    for standing, met in ((EXCLUDED, False), (TO_CHECK, None)):
        for name in remedy.needs:
            if told[name].met is met:
                return standing, name, told[name]
    return (ALLOWED, remedy.needs[-1], told[remedy.needs[-1]]) if remedy.needs else (ALLOWED, "usual", _UNBOUND)


def _fulfilled(remedy: Remedy, facts: MeasureFacts, group_runs: bool) -> bool:
    """Whether what runs already is what the rule of the measure wants."""
    if remedy.must == "M01":
        return bool(facts.told["development"])
    if remedy.measure in HOUSES:
        return any(one.measure in HOUSES for one in facts.running)
    return group_runs
