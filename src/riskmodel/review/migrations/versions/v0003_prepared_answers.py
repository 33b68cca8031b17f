"""Version 0003: what is answered most often of the newest month lies ready."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; a month published before has nothing in it, and is answered from its rows."""
    op.create_table(
        "prepared_answers",
        sa.Column("household_id", sa.String(25), primary_key=True),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )
