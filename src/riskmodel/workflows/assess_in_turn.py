"""Assessments of facts that single requests send: those that came while others were worked on are done together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from riskmodel.review.gathering import Gathering
from riskmodel.workflows.assess import fresh
from riskmodel.workflows.assess_together import assess_together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from riskmodel.rendering.messages import Language
    from riskmodel.workflows.assess import Assessed, Assessor
    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.sent_case import Case

    Answer = tuple[dict[str, Any], list[str]]

MOST: Final = 32
"""Households of one turn: more would save little more, and let the first of them wait."""


@dataclass(frozen=True)
class Request:
    """A household to be assessed, and how it is answered."""

    case: Case
    models: Loaded = field(repr=False)
    language: Language
    full: bool
    noted: Callable[[str, Answer], Future[Answer]] = field(repr=False)
    """Writes into the audit log that the household of an id was assessed; the answer is there when that is."""


class Turns:
    """A thread that assesses whoever waits, see `Gathering`. `close` does the rest and ends it."""

    def __init__(self, assessor: Assessor) -> None:
        self._assessor = assessor
        self._gathering: Gathering[Request, Answer] = Gathering("the assessments", MOST, self._answered)

    def ask(self, request: Request) -> Future[Answer]:
        """What `fresh` says of the household, once that is in the audit log; else what `assess_together` finds."""
        return self._gathering.ask(request)

    def close(self) -> None:
        """Assess who waits and stop."""
        self._gathering.close()

    def _answered(self, requests: Sequence[Request]) -> list[Answer | Exception]:
        """The answers. All entries are asked for before the first is waited for, so that they share a write."""
        outcomes: dict[int, Assessed | Exception] = {}
        for places in _alike(requests).values():
            found = self._outcomes([requests[place] for place in places])
            outcomes |= dict(zip(places, found, strict=True))
        return [_ended(done) for done in [_noted(one, outcomes[place]) for place, one in enumerate(requests)]]

    def _outcomes(self, requests: Sequence[Request]) -> list[Assessed | Exception]:
        """What is said of each; where one stops all of them, each is asked for itself."""
        first = requests[0]
        try:
            return assess_together(self._assessor, [one.case for one in requests], first.models, first.language)
        except Exception as error:  # whatever it is: it must not stop the others, and is told of the one alone
            if len(requests) == 1:
                return [error]
        return [outcome for one in requests for outcome in self._outcomes([one])]


def _alike(requests: Sequence[Request]) -> dict[tuple[int, str], list[int]]:
    """Places of the requests that are answered with the same models in the same language."""
    found: dict[tuple[int, str], list[int]] = {}
    for place, request in enumerate(requests):
        found.setdefault((id(request.models), request.language), []).append(place)
    return found


def _noted(request: Request, told: Assessed | Exception) -> Exception | Future[Answer]:
    """Why there is no answer, or the answer, which is there once the log has the entry."""
    if isinstance(told, Exception):
        return told
    return request.noted(told.explanation.household_id, fresh(told, request.models, full=request.full))


def _ended(done: Exception | Future[Answer]) -> Answer | Exception:
    if isinstance(done, Exception):
        return done
    try:
        return done.result()
    except Exception as error:  # it could not be written, and nobody is answered without
        return error
