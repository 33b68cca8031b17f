"""The tables of verdicts, of the ledger and of the steps of an identification.

What is counted and searched stands in the row of a verdict or an entry; what people wrote, and who changed what, in
rows that are only added. `township` is the first nine digits of the village, and stands beside it so that areas are
found by index. No column is called `as_of`: rows with one are erased with the assessments of their date.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from riskmodel.review.schema import METADATA

VERDICTS: Final = Table(
    "verdicts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("household_id", String(25), nullable=False),
    Column("village_code", String(12), nullable=False),
    Column("township", String(9), nullable=False),
    Column("visited_on", Date, nullable=False),
    Column("visitor_id", String(200), nullable=False),
    Column("shown_date", Date, nullable=False),  # as-of date of the explanation that was shown
    Column("tier", String(12), nullable=False),
    Column("listed", Boolean, nullable=False),  # as in `assessments`
    Column("finding", String(20), nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("version", Integer, nullable=False),  # the newest
    UniqueConstraint("household_id", "visited_on", "visitor_id", name="verdict_of_visit"),
)

VERDICT_VERSIONS: Final = Table(
    "verdict_versions",
    METADATA,
    Column("verdict_id", Integer, ForeignKey("verdicts.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("told", LargeBinary, nullable=False),  # what was decided, as JSON, compressed; its text may be erased
    Column("told_sha256", String(64), nullable=False),
    Column("shown", LargeBinary),  # the explanation as it was shown, compressed; null = erased
    Column("shown_sha256", String(64), nullable=False),
    Column("by_id", String(64), nullable=False),
    Column("by_name", String(100), nullable=False),
    Column("at", String(20), nullable=False),
    PrimaryKeyConstraint("verdict_id", "version"),
)

ENTRIES: Final = Table(
    "ledger_entries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("household_id", String(25), nullable=False, index=True),
    Column("village_code", String(12), nullable=False),
    Column("township", String(9), nullable=False),
    Column("kind", String(20), nullable=False),  # of LedgerClass
    Column("track", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("done", Boolean, nullable=False),  # whether it is closed
    Column("deadline", Date, nullable=False),
    Column("responsible_id", String(64), nullable=False, index=True),
    Column("responsible_name", String(100), nullable=False),
    Column("measures", String(300), nullable=False),  # codes, separated by blanks
    Column("problem", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("sent_by_id", String(64), nullable=False),  # who sent it to be verified; empty = nobody yet
    Column("sent_by_name", String(100), nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("changed_at", String(20), nullable=False),
    Column("version", Integer, nullable=False),
)

HISTORY: Final = Table(
    "ledger_history",
    METADATA,
    Column("entry_id", Integer, ForeignKey("ledger_entries.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("changes", Text, nullable=False),  # JSON: field -> [before, after]
    Column("reason", Text, nullable=False),
    Column("by_id", String(64), nullable=False),
    Column("by_name", String(100), nullable=False),
    Column("at", String(20), nullable=False),
    PrimaryKeyConstraint("entry_id", "version"),
)

STEPS: Final = Table(
    "identification_steps",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("household_id", String(25), nullable=False, index=True),
    Column("clue_on", Date, nullable=False),  # day of the clue: which identification of the household it is
    Column("step", String(20), nullable=False),
    Column("done_on", Date),  # null = it was written down by mistake
    Column("by_id", String(64), nullable=False),
    Column("by_name", String(100), nullable=False),
    Column("at", String(20), nullable=False),
)

# Each holds all that its questions ask: rows, which are long, are read for those of one page alone.
_COUNTED: Final = ("township", "visited_on", "household_id", "village_code", "listed", "tier", "finding", "withdrawn")
_BY_PLACE: Final = ("township", "state", "deadline", "done", "kind", "responsible_id", "village_code")
_BY_DEADLINE: Final = ("done", "deadline", "id", "township", "state", "kind", "responsible_id", "village_code")
Index("verdicts_by_township", *(VERDICTS.c[name] for name in _COUNTED))
Index("entries_by_township", *(ENTRIES.c[name] for name in _BY_PLACE))
Index("entries_by_deadline", *(ENTRIES.c[name] for name in _BY_DEADLINE))
