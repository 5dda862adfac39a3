"""Alembic's entry: migrates over the connection that it is handed, and knows no other way in."""

from alembic import context

from assistant.stores.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
