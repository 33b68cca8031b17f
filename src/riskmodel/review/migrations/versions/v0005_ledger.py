"""Version 0005: verdicts, the ledger, and the steps of identifications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables; those that are there stay as they are."""
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("household_id", sa.String(25), nullable=False),
        sa.Column("village_code", sa.String(12), nullable=False),
        sa.Column("township", sa.String(9), nullable=False),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("visitor_id", sa.String(200), nullable=False),
        sa.Column("shown_date", sa.Date, nullable=False),
        sa.Column("tier", sa.String(12), nullable=False),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("finding", sa.String(20), nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("household_id", "visited_on", "visitor_id", name="verdict_of_visit"),
    )
    op.create_table(
        "verdict_versions",
        sa.Column("verdict_id", sa.Integer, sa.ForeignKey("verdicts.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("told", sa.LargeBinary, nullable=False),
        sa.Column("told_sha256", sa.String(64), nullable=False),
        sa.Column("shown", sa.LargeBinary),
        sa.Column("shown_sha256", sa.String(64), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("by_name", sa.String(100), nullable=False),
        sa.Column("at", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("verdict_id", "version"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("household_id", sa.String(25), nullable=False),
        sa.Column("village_code", sa.String(12), nullable=False),
        sa.Column("township", sa.String(9), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("track", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("deadline", sa.Date, nullable=False),
        sa.Column("responsible_id", sa.String(64), nullable=False),
        sa.Column("responsible_name", sa.String(100), nullable=False),
        sa.Column("measures", sa.String(300), nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("sent_by_id", sa.String(64), nullable=False),
        sa.Column("sent_by_name", sa.String(100), nullable=False),
        sa.Column("opened_at", sa.String(20), nullable=False),
        sa.Column("changed_at", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "ledger_history",
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("ledger_entries.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("by_name", sa.String(100), nullable=False),
        sa.Column("at", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "version"),
    )
    op.create_table(
        "identification_steps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("household_id", sa.String(25), nullable=False),
        sa.Column("clue_on", sa.Date, nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("done_on", sa.Date),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("by_name", sa.String(100), nullable=False),
        sa.Column("at", sa.String(20), nullable=False),
    )
    op.create_index("ix_ledger_entries_household_id", "ledger_entries", ["household_id"])
    op.create_index("ix_ledger_entries_responsible_id", "ledger_entries", ["responsible_id"])
    op.create_index("ix_identification_steps_household_id", "identification_steps", ["household_id"])
    counted = ["township", "visited_on", "household_id", "village_code", "listed", "tier", "finding", "withdrawn"]
    by_place = ["township", "state", "deadline", "done", "kind", "responsible_id", "village_code"]
    by_deadline = ["done", "deadline", "id", "township", "state", "kind", "responsible_id", "village_code"]
    op.create_index("verdicts_by_township", "verdicts", counted)
    op.create_index("entries_by_township", "ledger_entries", by_place)
    op.create_index("entries_by_deadline", "ledger_entries", by_deadline)
