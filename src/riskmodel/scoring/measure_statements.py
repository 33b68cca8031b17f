"""What the rules of help say of a household as a whole, and which of its causes have no evidence in the data.

Codes and numbers only; sentences are made by `rendering`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.policy import EVIDENCE, TOGETHER, MeasureOption
from riskmodel.scoring.measures import TO_CHECK, Asked, MeasureEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.policy import Cause

MET, OPEN, NOT_ASKED, GENERAL = "met", "open", "not_asked", "general"
QUESTIONED, INCOMPLETE = "questioned", "incomplete"
"""States of a statement, beside `to_check`: the rule is kept, broken, does not concern the household, always holds; the
cause has no evidence in the data, or only a part of what a registered cause should have."""


def statements(asked: Asked) -> list[MeasureEntry]:
    """What the rules say of the household as a whole, and which causes have no evidence in the data.

    Each has a rule (M01, M02, M09, M10, M11, M03, M12, or MAP for evidence) and a `state`. `value` is of M01 the
    measures of development in force, of M02 those in force, of M09 the incomes from assets in force, of M10 the net
    income in yuan per person, of M11 the changes of the responsible person in 365 days; `option` of M10 is dibao or
    tekun.

    M10 concerns every household, whatever raises its risk. M11, M09, and M01 where no measure of development is in
    force, concern ex-poor and monitored households, M09 also those below the dibao standard; M02 concerns those with a
    measure in force.
    """
    lacking = (_evidence(cause, asked) for cause in sorted(asked.causes))
    return [
        *_of_labour(asked),
        *_of_entitlement(asked),
        _of_responsible(asked),
        MeasureEntry("M03", None, state=GENERAL),
        MeasureEntry("M12", None, state=GENERAL),
        *(one for one in lacking if one is not None),
    ]


def _of_labour(asked: Asked) -> Iterator[MeasureEntry]:
    """M01 and M02 of who can work, M09 of who cannot; M01 tells where that is not known."""
    facts, labour, concerned = asked.facts.told, asked.told["labour"].met, _concerned(asked)
    poor = asked.told["below_dibao"].met
    developed, running, assets = facts["development"], facts["measures_running"], facts["assets"]
    yield _state(
        "M01",
        "labour",
        developed,
        (developed > 0 and labour is True, MET),
        (labour is False, NOT_ASKED),
        (concerned is False, NOT_ASKED),
        (labour is True, OPEN),
    )
    yield _state(
        "M02",
        "social_only",
        running,
        (labour is False, NOT_ASKED),
        (running == 0, NOT_ASKED),
        (not facts["social_only"], MET),
        (labour is True, OPEN),
    )
    yield _state(
        "M09",
        "no_labour",
        assets,
        (labour is not False, NOT_ASKED),
        (concerned is False and poor is not True, NOT_ASKED),
        (assets > 0, MET),
        (True, OPEN),
    )


def _of_entitlement(asked: Asked) -> Iterator[MeasureEntry]:
    """M10: who has less than the standard belongs into dibao, or into tekun where nobody can work."""
    facts, poor = asked.facts.told, asked.told["below_dibao"].met
    income, standard = facts["net_per_capita"], asked.told["below_dibao"].most
    secured = facts["on_dibao"] or facts["on_tekun"] or facts["secured"]
    yield _state(
        "M10",
        "below_dibao",
        income,
        (poor is False, NOT_ASKED),
        (poor is True, MET if secured else OPEN),
        (secured or _concerned(asked) is False, NOT_ASKED),
        most=standard,
        option=MeasureOption.DIBAO,
    )
    # nobody tells who would have to support whom, so tekun is never more than to be checked
    unable = asked.told["labour"].met is False
    entitled = poor is True and unable and not secured
    yield _state("M10", "no_supporter", income, (not entitled, NOT_ASKED), option=MeasureOption.TEKUN)


def _of_responsible(asked: Asked) -> MeasureEntry:
    facts, concerned = asked.facts.told, _concerned(asked)
    named = facts["responsible_id"] is not None
    changes = facts["responsible_changes"]
    return _state("M11", "responsible", changes, (named, GENERAL), (concerned is False, NOT_ASKED))


def _concerned(asked: Asked) -> bool | None:
    """Whether it is ex-poor or monitored."""
    return asked.told["borrower_entitled"].met


def _state(
    rule: str,
    fact: str,
    value: float | None,
    *states: tuple[bool, str],
    most: float | None = None,
    option: MeasureOption | None = None,
) -> MeasureEntry:
    """The first state that holds; what is not known is to be checked."""
    state = next((state for holds, state in states if holds), TO_CHECK)
    number = None if value is None else float(value)
    chosen = None if option is None else option.value
    return MeasureEntry(rule, fact, option=chosen, value=number, most=most, state=state)


def _evidence(cause: Cause, asked: Asked) -> MeasureEntry | None:
    """Of a cause for which no fact of its evidence holds: to be checked where one is not known, else questioned.

    `fact` is the first one that is not known; of a questioned cause, all of whose facts are denied, the first. A cause
    for which one holds, and one of those that should be there together is denied, is incomplete; `fact` is that one.
    """
    wanted, met = EVIDENCE[cause], {name: answer.met for name, answer in asked.told.items()}
    if any(met[name] for name in wanted):
        return next((_lacking(cause, INCOMPLETE, name, asked) for name in TOGETHER[cause] if met[name] is False), None)
    unknown = next((name for name in wanted if met[name] is None), None)
    if unknown is not None:
        return _lacking(cause, TO_CHECK, unknown, asked)
    return _lacking(cause, QUESTIONED, wanted[0], asked) if wanted else None


def _lacking(cause: Cause, state: str, fact: str, asked: Asked) -> MeasureEntry:
    told = asked.told[fact]
    return MeasureEntry(
        "MAP",
        fact,
        cause=cause.value,
        value=told.value,
        least=told.least,
        most=told.most,
        found_on=told.found_on,
        checked_on=told.checked_on,
        state=state,
    )
