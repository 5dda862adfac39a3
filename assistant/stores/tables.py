"""What is kept, table by table. Times are UTC; text of citizens is masked before it comes here."""

from datetime import UTC, datetime

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, Integer, MetaData, String, Table, Text, TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A moment with its zone; SQLite keeps none, so it is written and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; without its zone where the database keeps none."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

sessions = Table(
    "sessions", metadata,
    Column("session_id", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("touched", Moment, nullable=False),
    Index("sessions_by_touch", "touched"),
)  # fmt: skip

gaps = Table(
    "gaps", metadata,
    Column("key", String(64), primary_key=True),
    Column("question", Text, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("nearest", JSON, nullable=False),
    Column("place", String(12), nullable=False),
    Column("generation", String(40), nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
)  # fmt: skip

feedback = Table(
    "feedback", metadata,
    Column("trace_id", String(64), primary_key=True),
    Column("verdict", String(20), nullable=False),
    Column("complaints", JSON, nullable=False),
    Column("question", Text, nullable=False),
    Column("reply", Text, nullable=False),
    Column("guides", JSON, nullable=False),
    Column("place", String(12), nullable=False),
    Column("generation", String(40), nullable=False),
    Column("at", Moment, nullable=False),
)  # fmt: skip

worklist = Table(
    "worklist", metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("assignee", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 …: a missing one is a dropped row
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # over this row and the digest before it
)  # fmt: skip
