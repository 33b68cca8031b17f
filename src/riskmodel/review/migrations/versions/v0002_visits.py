"""Version 0002: findings of visits, and the answers that they got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables; those that are there stay as they are."""
    op.create_table(
        "visit_batches",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("known_at", sa.Date, nullable=False),
        sa.Column("carried", sa.Boolean, nullable=False),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("household_id", sa.String(25), nullable=False),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("visitor_id", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("finding", sa.String(20), nullable=False),
        sa.Column("cause_1", sa.String(20)),
        sa.Column("cause_2", sa.String(20)),
        sa.Column("retracted", sa.Boolean, nullable=False),
        sa.Column("known_at", sa.Date, nullable=False),
        sa.Column("key_id", sa.String(12), nullable=False),
        sa.Column("batch_id", sa.Integer, sa.ForeignKey("visit_batches.id")),
    )
    op.create_index("ix_visits_batch_id", "visits", ["batch_id"])
    op.create_table(
        "answers",
        sa.Column("key_id", sa.String(12), nullable=False),
        sa.Column("idempotency_key", sa.String(100), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("answered_at", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "idempotency_key"),
    )
    op.create_index("ix_answers_answered_at", "answers", ["answered_at"])
