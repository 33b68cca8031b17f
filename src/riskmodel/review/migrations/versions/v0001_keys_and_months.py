"""Version 0001: keys of case systems, published months."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("area", sa.String(12), nullable=False),
        sa.Column("per_minute", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String(20), nullable=False),
        sa.Column("expires_at", sa.String(20), nullable=False),
        sa.Column("revoked_at", sa.String(20)),
    )
    op.create_table(
        "published_months",
        sa.Column("as_of", sa.Date, primary_key=True),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("shorter_model", sa.String(64)),
        sa.Column("feature_set", sa.String(64), nullable=False),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("households", sa.Integer, nullable=False),
        sa.Column("published_at", sa.String(20), nullable=False),
    )
    op.create_table(
        "assessments",
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("household_id", sa.String(25), nullable=False),
        sa.Column("village_code", sa.String(12), nullable=False),
        sa.Column("category", sa.String(30)),
        sa.Column("probability", sa.Float(53), nullable=False),
        sa.Column("tier", sa.String(12), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("rank_county", sa.Integer, nullable=False),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("row", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("household_id", "as_of"),
    )
    op.create_table(
        "typical_places",
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("row", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("code", "as_of"),
    )
    op.create_index("assessments_by_risk", "assessments", ["as_of", "probability", "household_id"])
