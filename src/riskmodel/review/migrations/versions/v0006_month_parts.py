"""Version 0006: what lists and counts of a month are made of; visits are found by household and by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table; a month published before has nothing in it until it is published again."""
    op.create_table(
        "month_parts",
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("as_of", "name"),
    )
    op.create_index("ix_visits_household_id", "visits", ["household_id"])
    op.create_index("ix_visits_visited_on", "visits", ["visited_on"])
