"""What is answered where a workflow refuses, whose message was written for people, and where the program fails."""

from __future__ import annotations

import structlog

from riskmodel.errors import BusyError, DatabaseAway, RiskModelError, UsageError
from riskmodel.serving.api.problems import Problem, busy, failed, fault, invalid
from riskmodel.workflows.sent_case import WrongFacts
from riskmodel.workflows.whatif_questions import NotSupposed

LOG = structlog.get_logger("riskmodel.api")


def refusal(error: Exception, request_id: str) -> Problem:
    """The problem that an error is answered with; what nobody asked for is logged, and nothing of it is told."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, WrongFacts):
        faults = [fault(["body", "tables", w.table, w.row, w.column], w.value, w.rule) for w in error.found]
        return invalid(faults, "Facts do not keep the contract of the tables.")
    if isinstance(error, BusyError | DatabaseAway):
        LOG.warning("busy", id=request_id, kind=type(error).__name__, why=str(error))
        return busy(5, "The data of the service cannot be reached now. Try again later.")
    if isinstance(error, NotSupposed):
        return invalid([fault(["body", error.kind, error.place], error.text, str(error))], str(error))
    if isinstance(error, UsageError):
        return invalid([fault(["request"], "", str(error))], str(error))
    if isinstance(error, RiskModelError):
        LOG.error("refused", id=request_id, kind=type(error).__name__, why=str(error))
        return failed()
    LOG.error("fault", id=request_id, kind=type(error).__name__, exc_info=error)
    return failed("The service failed; the log says where.")
