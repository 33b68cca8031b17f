"""Route that takes what was found on visits."""

from __future__ import annotations

from types import GenericAlias
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from riskmodel.review.access import Principal, Right
from riskmodel.review.once import KeyUsedBefore
from riskmodel.serving.api.auth import Running, allowed
from riskmodel.serving.api.facts import row_type, whole
from riskmodel.serving.api.problems import RESPONSES, Problem, ProblemBody, fault, invalid, unknown_household
from riskmodel.serving.api.strict_request import StrictRoute
from riskmodel.serving.clock import now
from riskmodel.tables.catalogue import TABLES
from riskmodel.workflows.sent_case import WrongFacts

ROUTER = APIRouter(prefix="/v1", tags=["visits"], route_class=StrictRoute, responses=RESPONSES)
Visitor = Annotated[Principal, Depends(allowed(Right.VISIT))]

MOST_VISITS: Final = 500
_ROW: Any = row_type(TABLES["visits"], "Finding", left_out=("retracted",), not_sent=("batch_id", "known_at", "source"))
_ROWS: Any = GenericAlias(list, (_ROW,))


class Findings(BaseModel):
    """What was found on visits: all of them are kept, or none."""

    model_config = ConfigDict(extra="forbid")

    visits: Annotated[_ROWS, Field(min_length=1, max_length=MOST_VISITS)]

    def sent(self) -> list[dict[str, Any]]:
        """The rows."""
        return whole(self.visits, _ROW)


class Kept(BaseModel):
    """Findings are kept, and will be in the lake after the next ingest."""

    visits: int
    known_at: str = Field(description="Day on which they became known")
    request_id: str = Field(description="Of the request that brought them first")


IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern="^[A-Za-z0-9._:-]{8,100}$",
        description="Its own for every request, and the same when it is sent again: then it counts once",
    ),
]


def used_before(key: str) -> Problem:
    """The key came with something else; to people it is told otherwise."""
    rule = "a key of its own for every request, and the same only where the same findings are sent again"
    detail = "This Idempotency-Key came with other findings before; nothing was kept of these."
    return Problem(409, "key-used-before", "Conflict", detail, [fault(["header", "Idempotency-Key"], key, rule)])


@ROUTER.post(
    "/visits",
    status_code=201,
    response_model=Kept,
    responses={409: {"model": ProblemBody, "description": "The Idempotency-Key came with other findings before"}},
)
def visits(request: Request, findings: Findings, key: IdempotencyKey, running: Running, who: Visitor) -> Response:
    """Keep findings. They and the entry of the audit log are on the disk before it is answered."""
    about = {"request_id": request.scope["state"]["request_id"]}
    if len(request.headers.getlist("Idempotency-Key")) > 1:
        raise invalid([fault(["header", "Idempotency-Key"], key, "given once")])
    try:
        kept = running.visits(who, key, findings.sent(), about, now())
    except KeyUsedBefore:
        raise used_before(key) from None
    except WrongFacts as error:
        faults = [fault(["body", "visits", w.row, w.column], w.value, w.rule) for w in error.found]
        raise invalid(faults, "Findings do not keep the contract of the table visits.") from None
    if kept is None:
        raise unknown_household()
    return Response(kept, 201, media_type="application/json")
