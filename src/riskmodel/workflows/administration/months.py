"""The months that are published, and those that were scored and are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskmodel.review.published import published_months

if TYPE_CHECKING:
    from riskmodel.review.assessments import Month
    from riskmodel.workflows.service import Service


@dataclass(frozen=True)
class Months:
    """Published months, the newest first, and the dates of scores that nobody published."""

    published: list[Month]
    waiting: list[str]


def months(service: Service) -> Months:
    """What there is of both."""
    told = published_months(service.store)
    known = {month.as_of.isoformat() for month in told}
    scored = sorted((folder.name for folder in service.workspace.results.glob("????-??-??")), reverse=True)
    return Months(told, [name for name in scored if name not in known])
