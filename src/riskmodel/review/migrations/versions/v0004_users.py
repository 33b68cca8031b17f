"""Version 0004: people who sign in, and their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables; nobody can sign in before a user was made."""
    op.create_table(
        "users",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("login", sa.String(60), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("area", sa.String(12), nullable=False),
        sa.Column("staff", sa.String(200), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.String(20)),
        sa.Column("created_at", sa.String(20), nullable=False),
        sa.Column("disabled_at", sa.String(20)),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("user_id", sa.String(12), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("csrf", sa.String(43), nullable=False),
        sa.Column("created_at", sa.String(20), nullable=False),
        sa.Column("seen_at", sa.String(20), nullable=False),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_index("ix_sessions_seen_at", "sessions", ["seen_at"])
