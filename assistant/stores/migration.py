"""Brings a database to the tables that this version writes; several processes may try at once."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from assistant.errors import StoreUnavailable

HEAD = "0001"
SCRIPTS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 0x62616E  # PostgreSQL's advisory lock


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables, None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def migrate(connection: Connection) -> None:
    """Bring the tables to this version, in the caller's transaction. Raises StoreUnavailable when they are newer."""
    from alembic import command  # loaded only when there is something to do
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = revision_of(connection)
    if current is not None and current not in known:
        raise StoreUnavailable(
            f"数据库是更新的版本（{current}）写的，请换用新版程序，或用备份恢复：python -m assistant restore"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
