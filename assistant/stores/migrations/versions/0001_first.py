"""The first tables: sessions, gaps, feedback, worklist, audit."""

import sqlalchemy as sa
from alembic import op

from assistant.stores.tables import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(64), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("touched", Moment, nullable=False),
    )
    op.create_index("sessions_by_touch", "sessions", ["touched"])
    op.create_table(
        "gaps",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("nearest", sa.JSON, nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("generation", sa.String(40), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("first_seen", Moment, nullable=False),
        sa.Column("last_seen", Moment, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("trace_id", sa.String(64), primary_key=True),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("complaints", sa.JSON, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("guides", sa.JSON, nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("generation", sa.String(40), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_table(
        "worklist",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("assignee", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("audit", "worklist", "feedback", "gaps", "sessions"):
        op.drop_table(name)
