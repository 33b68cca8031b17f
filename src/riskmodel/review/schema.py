"""The tables of the database: keys of case systems, published months, findings of visits on their way to the lake.

Only what people and case systems write, and what they read at once, lies here; facts stay in the lake. Times are text
in UTC, `2026-11-28T01:02:03Z`, which sorts as it reads in SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

METADATA: Final = MetaData()

KEYS: Final = Table(
    "api_keys",
    METADATA,
    Column("id", String(12), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of the secret part, which is random and long
    Column("name", String(100), nullable=False),
    Column("roles", String(200), nullable=False),  # codes, separated by blanks
    Column("area", String(12), nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("created_at", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
    Column("revoked_at", String(20)),
)

MONTHS: Final = Table(
    "published_months",
    METADATA,
    Column("as_of", Date, primary_key=True),
    Column("label", String(60), nullable=False),
    Column("model", String(64), nullable=False),
    Column("shorter_model", String(64)),
    Column("feature_set", String(64), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("households", Integer, nullable=False),
    Column("published_at", String(20), nullable=False),
)

ASSESSMENTS: Final = Table(
    "assessments",
    METADATA,
    Column("as_of", Date, nullable=False),
    Column("household_id", String(25), nullable=False),
    Column("village_code", String(12), nullable=False),
    Column("category", String(30)),
    Column("probability", Float(53), nullable=False),
    Column("tier", String(12), nullable=False),
    Column("cause", String(20), nullable=False),  # the first one told; empty = none
    Column("rank_county", Integer, nullable=False),
    Column("listed", Boolean, nullable=False),  # neither monitored already nor too new to judge
    Column("row", LargeBinary, nullable=False),  # the result row as JSON, compressed
    PrimaryKeyConstraint("household_id", "as_of"),
)

PLACES: Final = Table(
    "typical_places",
    METADATA,
    Column("as_of", Date, nullable=False),
    Column("code", String(12), nullable=False),  # of a county or a village
    Column("row", LargeBinary, nullable=False),  # what is typical there, as JSON, compressed
    PrimaryKeyConstraint("code", "as_of"),
)

PARTS: Final = Table(
    "month_parts",
    METADATA,
    Column("as_of", Date, nullable=False),
    Column("name", String(20), nullable=False),
    Column("content", LargeBinary, nullable=False),  # what lists and counts are made of, for all households at once
    PrimaryKeyConstraint("as_of", "name"),
)

VISIT_BATCHES: Final = Table(
    "visit_batches",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("known_at", Date, nullable=False),  # day on which its findings were sent
    Column("carried", Boolean, nullable=False),  # whether the lake has it
)

VISITS: Final = Table(
    "visits",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("household_id", String(25), nullable=False, index=True),
    Column("visited_on", Date, nullable=False, index=True),
    Column("visitor_id", String(200), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("finding", String(20), nullable=False),
    Column("cause_1", String(20)),
    Column("cause_2", String(20)),
    Column("retracted", Boolean, nullable=False),
    Column("known_at", Date, nullable=False),
    Column("key_id", String(12), nullable=False),
    Column("batch_id", Integer, ForeignKey("visit_batches.id"), index=True),  # null: of no batch yet
)

ANSWERS: Final = Table(
    "answers",
    METADATA,
    Column("key_id", String(12), nullable=False),
    Column("idempotency_key", String(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of what was sent
    Column("answer", LargeBinary, nullable=False),
    Column("answered_at", String(20), nullable=False, index=True),
    PrimaryKeyConstraint("key_id", "idempotency_key"),
)

PREPARED: Final = Table(
    "prepared_answers",
    METADATA,
    Column("household_id", String(25), primary_key=True),
    Column("as_of", Date, nullable=False),  # of the newest month, which is asked for most
    Column("text", LargeBinary, nullable=False),  # compressed
)

USERS: Final = Table(
    "users",
    METADATA,
    Column("id", String(12), primary_key=True),
    Column("login", String(60), nullable=False, unique=True),  # lower case
    Column("name", String(100), nullable=False),
    Column("roles", String(200), nullable=False),  # codes, separated by blanks
    Column("area", String(12), nullable=False),
    Column("staff", String(200), nullable=False),  # staff code, the visitor_id of visits
    Column("password", String(200), nullable=False),  # argon2
    Column("must_change", Boolean, nullable=False),  # the password was given by somebody else
    Column("failures", Integer, nullable=False),  # wrong passwords since the last right one
    Column("locked_until", String(20)),
    Column("created_at", String(20), nullable=False),
    Column("disabled_at", String(20)),
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of the secret in the cookie
    Column("user_id", String(12), ForeignKey("users.id"), nullable=False, index=True),
    Column("csrf", String(43), nullable=False),
    Column("created_at", String(20), nullable=False),
    Column("seen_at", String(20), nullable=False, index=True),
)

Index("assessments_by_risk", ASSESSMENTS.c.as_of, ASSESSMENTS.c.probability, ASSESSMENTS.c.household_id)
