"""Route that assesses many households from facts that are sent along, line by line."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from riskmodel.errors import UsageError
from riskmodel.review.access import Principal, Right
from riskmodel.serving.api.auth import Running, allowed
from riskmodel.serving.api.facts import Facts
from riskmodel.serving.api.problems import (
    RESPONSES,
    Problem,
    ProblemBody,
    fault,
    faults,
    invalid,
    told,
    too_large,
    too_slow,
)
from riskmodel.serving.api.refusals import refusal
from riskmodel.serving.api.routes.assessments import FreshAssessment, case_of, counted, no_model, not_active
from riskmodel.serving.api.routes.households import Explain, Language
from riskmodel.serving.api.sent_lines import SentLines
from riskmodel.serving.api.strict_request import StrictRoute, parsed
from riskmodel.serving.clock import now
from riskmodel.workflows.sent_case import Case

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.service import Service

PATH: Final = "/v1/assessments:batch"
MEDIA_TYPE: Final = "application/x-ndjson"
MOST_HOUSEHOLDS: Final = 10_000
MOST_BYTES: Final = 1_000_000_000
"""Of a body: so many households with the facts of years."""
MOST_KEPT: Final = 200_000_000
"""Bytes of a body in memory, where it lies compressed: facts take a tenth of their text."""
MOST_BYTES_OF_ONE: Final = 1_000_000
"""Of a household, as where it is sent alone."""
PORTION: Final = 200
"""Households that are worked on at once; their answers are sent before the next are read."""
PORTION_BYTES: Final = 8_000_000
"""No further household is added to a portion that has so many bytes."""
SECONDS: Final = 300
"""For sending the body."""

ROUTER = APIRouter(tags=["assessments"], route_class=StrictRoute, responses=RESPONSES)
Assessor = Annotated[Principal, Depends(allowed(Right.ASSESS))]


class Line(BaseModel):
    """One line of the answer."""

    index: int = Field(description="Place of the household among those that were sent, from 0")
    status: int = Field(description="200, or the status that the household alone would be answered with")
    assessment: FreshAssessment | None = Field(default=None, description="Where the status is 200")
    problem: ProblemBody | None = Field(default=None, description="Where it is another one")


_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": f"One household a line, at most {MOST_HOUSEHOLDS}, each as for POST /v1/assessments",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Facts"}}},
    }
}


class Lines(StreamingResponse):
    """The lines of the answer."""

    media_type = MEDIA_TYPE


_TOO_LARGE: Final = {"model": ProblemBody, "description": "More than is taken at once: send it in parts"}


@ROUTER.post(
    PATH,
    response_class=Lines,
    responses={
        200: {"model": Line, "description": "A line per household, in their order"},
        408: {"model": ProblemBody, "description": f"The body took longer than {SECONDS} s to arrive"},
        413: _TOO_LARGE,
    },
    openapi_extra=_BODY,
    max_body_size=MOST_BYTES,
)
async def assess_batch(
    request: Request, running: Running, who: Assessor, language: Language = "zh", explain: Explain = "short"
) -> Response:
    """Assess many households. Each line is answered as the household alone would be; a bad one stops no other."""
    models = running.models.current
    if models is None:
        raise no_model()
    lines = SentLines()
    try:
        async with asyncio.timeout(SECONDS):
            complete = await lines.receive(request.stream(), MOST_HOUSEHOLDS, MOST_KEPT)
    except TimeoutError:
        raise too_slow(SECONDS) from None
    except ClientDisconnect:
        return Response(status_code=499)  # nobody reads it
    if not complete:
        rule = f"at most {MOST_HOUSEHOLDS} households, and {MOST_KEPT:,} bytes when they are compressed"
        raise Problem(413, "too-large", "Too large", f"Send it in parts: {rule}.", [fault(["body"], "…", rule)])
    if not lines.lines:
        raise invalid([fault(["body"], "", "one household a line")])
    batch = _Batch(request, running, who, models, language, full=explain == "full")
    return Lines(_answers(batch, lines))


async def _answers(batch: _Batch, lines: SentLines) -> AsyncIterator[bytes]:
    """The lines of the answer, portion by portion; the next portion is begun when the one before was taken."""
    first = 0
    for portion in lines.portions(PORTION, PORTION_BYTES):
        yield await run_in_threadpool(batch.answered, first, portion)
        first += len(portion)


@dataclass(frozen=True)
class _Batch:
    """Who asks for what; every portion is answered with the same models."""

    request: Request
    running: Service
    who: Principal
    models: Loaded
    language: Language
    full: bool

    @property
    def request_id(self) -> str:
        return str(self.request.scope["state"]["request_id"])

    def answered(self, first: int, lines: Sequence[bytes]) -> bytes:
        """The answers to lines, of which the first is number `first`."""
        asked_at = now()
        found = [self._read(line, asked_at.date()) for line in lines]
        cases = {place: case for place, case in enumerate(found) if isinstance(case, Case)}
        outcomes = self.running.assess_together(
            self.who, list(cases.values()), self.models, self.language, full=self.full, now=asked_at
        )
        answers = dict(zip(cases, outcomes, strict=True))
        told = [self._told(case, answers.get(place, case)) for place, case in enumerate(found)]
        return b"".join(_line(first + place, answer) for place, answer in enumerate(told))

    def _read(self, line: bytes, today: date) -> Case | Problem:
        """The household of a line, or why it cannot be assessed."""
        try:
            if len(line) > MOST_BYTES_OF_ONE:
                raise too_large(MOST_BYTES_OF_ONE)
            facts = Facts.model_validate(parsed(line), from_attributes=True)  # as FastAPI does
            return case_of(facts, self.who, today)
        except ValidationError as error:
            return invalid(faults(error.errors(), ["body"]))
        except Problem as problem:
            return problem

    def _told(self, case: Case | Problem, outcome: Any) -> dict[str, Any]:
        if isinstance(outcome, UsageError) and isinstance(case, Case):
            outcome = not_active(case)
        if isinstance(outcome, Exception):
            return told(refusal(outcome, self.request_id), self.request_id)
        return counted(self.request, *outcome)


def _line(index: int, answer: dict[str, Any]) -> bytes:
    """A line of the answer; a problem has a status, an assessment has none."""
    status = answer.get("status", 200)
    what = "assessment" if status == 200 else "problem"
    text = json.dumps({"index": index, "status": status, what: answer}, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace") + b"\n"
