"""Published months with lists and counts: sixty households in four villages, drawn by the rules from made scores."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from opened_service import NOW
from riskmodel import __version__
from riskmodel.review.access import Principal, Role
from riskmodel.review.assessments import Month, packed, replace_month
from riskmodel.scoring.score import VALUE
from riskmodel.scoring.worklist import worklist
from riskmodel.settings import Settings
from riskmodel.workflows.delivery_ages import DeliveryAge
from riskmodel.workflows.month_list import MonthList
from riskmodel.workflows.month_parts import PROBLEMS, month_parts
from riskmodel.workflows.service import Service
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.review.store import Store

FIRST, BEFORE, NEWEST = date(2025, 8, 5), date(2025, 12, 5), date(2026, 1, 5)
A, B, C, D = "990301001001", "990301001002", "990301002001", "990302001001"
VILLAGES = (A, B, A, C, B, A, D, B, C, A)
"""Of the households in turn, the riskiest first."""
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}\u202e"
"""A name."""
VISITS = 4
"""Of a township; one of them is drawn by lot."""
AGES = (DeliveryAge("990301", "med_ins", "2026-01-04", 1, 2, judged=True, silent=["医保结算"]),)
_TIERS = ("very_high", *["high"] * 4, *["medium"] * 15, *["low"] * 40)


def household(number: int) -> str:
    """The household that stands at a place in the order of risk, from 1."""
    return f"H{number:024x}"


def scores(worse: float = 1.0) -> pl.DataFrame:
    """Sixty households; two are monitored, one is too new. `worse`: times that risk is larger in village A."""
    rows = []
    for number in range(60):
        village = VILLAGES[number % len(VILLAGES)]
        risk = 0.6 / (1 + number) * (worse if village == A else 1.0)
        known = number % 3 != 0
        rows.append(
            {
                **{"household_id": household(number + 1), "township": village[:9], "village_code": village},
                **{"category": "ordinary", "probability": risk, "tier": _TIERS[number]},
                **{"reason_1_group": ("ILL", "EDU", None)[number % 3]},
                **{"monitored": number in (10, 11), "too_new": number == 12},
                f"{VALUE}days_since_visit": float(number * 10) if known else None,
            }
            | {f"{VALUE}{name}": float(number % 5 == 0) if known else None for own in PROBLEMS.values() for name in own}
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def drawn(rows: pl.DataFrame, as_of: date) -> MonthList:
    """The list of these scores."""
    placed = rows.with_columns(place=pl.col("township"))
    places = placed["township"].unique().sort()
    quotas = pl.DataFrame({"place": places, "township": places}).with_columns(visits=VISITS, audit_share=0.25)
    told = worklist(placed, quotas, b"key", as_of.isoformat())
    return MonthList(told.select("household_id", "status", "rank_place"), dict.fromkeys(places, VISITS), issued=True)


def publish_list(store: Store, as_of: date, *, worse: float = 1.0, model: str = "m") -> Month:
    """Publish a date."""
    rows = scores(worse)
    month = Month(as_of, "x", model, None, "f", "p", rows.height, f"{as_of}T00:00:00Z")
    answer = packed(f'{__version__}\n{{"meaning": "一成"}}'.encode())
    row = {"cause": "ILL", "rank_county": 1, "listed": True, "answer": answer}
    told = rows.select("household_id", "village_code", "category", "probability", "tier").to_dicts()
    facts = [packed(json.dumps(one).encode()) for one in rows.select("tier", "monitored", "too_new").to_dicts()]
    stored = [row | one | {"row": text} for one, text in zip(told, facts, strict=True)]
    replace_month(store, month, [stored], [], month_parts(rows, drawn(rows, as_of), AGES))
    return month


@contextmanager
def service_of_lists(home: Path) -> Iterator[Service]:
    """A service of three months; risk in village A rose to twice what it was."""
    service = Service(Workspace(Settings(home)))
    publish_lists(service.store)
    yield service
    service.close()


def publish_lists(store: Store) -> None:
    """Publish the three months."""
    for as_of, worse in ((FIRST, 0.5), (BEFORE, 0.9), (NEWEST, 1.0)):
        publish_list(store, as_of, worse=worse)


def tell(service: Service, number: int, finding: str, day: date = NEWEST, visitor: str = "K1", **also: object) -> None:
    """Send a finding of a visit, as a case system does."""
    who = Principal("k", "k", (Role.CASE_SYSTEM,), "", "key")
    row = {"household_id": household(number), "visited_on": day, "visitor_id": visitor, "reason": "routine"}
    row |= {"finding": finding, "cause_1": "ILL" if finding == "risk" else None} | also
    assert service.visits(who, f"k{number}{finding}{day}{visitor}{also}", [row], {}, NOW) is not None
