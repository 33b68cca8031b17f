"""Findings of visits that case systems send: checked as a delivery is, kept, and carried into the lake by an ingest."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.policy import Source
from riskmodel.review.once import Letter, answered
from riskmodel.review.visits import ROW, VisitBatch, keep, mark_carried, open_batches
from riskmodel.sources.source import Received
from riskmodel.tables import table
from riskmodel.workflows.database import FILE, database
from riskmodel.workflows.sent_facts import checked_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from riskmodel.policy import Policy
    from riskmodel.review.store import Store
    from riskmodel.sources.identifiers import Hasher
    from riskmodel.workflows.workspace import Workspace

TABLE: Final = "visits"
KEPT: Final = "service.answer_days"
"""Policy kind: how long answers are kept."""


@dataclass(frozen=True)
class SentVisits:
    """Findings of a day as an ingest takes in a file."""

    batch: VisitBatch = field(repr=False)
    canonical: bool = True
    problem: str | None = None
    table: str = TABLE
    source: str = Source.APP.value
    mode: str = "r"

    @property
    def received_on(self) -> date:
        """Day on which they were sent."""
        return self.batch.known_at

    @property
    def name(self) -> str:
        """What reports call it."""
        return f"{self.received_on}/app-{self.batch.id}"

    @property
    def sha256(self) -> str:
        """Hash of what it says."""
        return self.batch.sha256

    def read(self, _hasher: Hasher | None) -> Received:
        """The rows under canonical names, ready for `check`."""
        kinds = {name: table(TABLE).dtypes[name] for name in ROW}
        return Received(
            file=self.name,
            table=TABLE,
            rows=pl.DataFrame(self.batch.rows, schema=kinds),
            received_on=self.received_on,
            source=self.source,
            sha256=self.sha256,
        )


def letter_of(sender: str, key: str, rows: Sequence[Mapping[str, Any]]) -> Letter:
    """What tells a request that brings these rows from others; the order of the columns says nothing."""
    text = json.dumps([dict(row) for row in rows], default=str, sort_keys=True, ensure_ascii=False)
    return Letter(sender, key, hashlib.sha256(text.encode()).digest())


def answered_before(store: Store, letter: Letter) -> bytes | None:
    """The answer that the same request got; None for a new one. Raises KeyUsedBefore for a key that was used."""
    return answered(store, letter)


def checked_visits(rows: Sequence[Mapping[str, Any]], known_at: date) -> list[dict[str, Any]]:
    """Findings that became known on a day, as the table has them. Raises WrongFacts with everything wrong."""
    return checked_rows(table(TABLE), rows, known_at).to_dicts()


def keep_visits(
    store: Store,
    policy: Policy,
    letter: Letter,
    rows: Sequence[Mapping[str, Any]],
    answer: bytes,
    now: datetime,
    noted: Callable[[], None],
) -> bytes:
    """Keep checked findings and the answer, see `review.visits.keep`; for as long as the policy says."""
    return keep(store, letter, rows, answer, now, forget_before(policy, now), noted)


def forget_before(policy: Policy, now: datetime) -> datetime:
    """Answers older than this are given up."""
    today = now.date()
    return now - timedelta(days=int(policy.value(KEPT, "", on=today, known=today)))


@contextmanager
def visits_to_carry(workspace: Workspace) -> Iterator[list[SentVisits]]:
    """What was sent and is not in the lake yet; when the block ends without an error, the lake has it.

    Raises DataError where the database does not answer. Without a database there is nothing.
    """
    if not workspace.settings.database_url and not (workspace.home / FILE).exists():
        yield []
        return
    with closing(database(workspace)) as store:
        batches = open_batches(store)
        yield [SentVisits(batch) for batch in batches]
        if batches:
            mark_carried(store, batches)
