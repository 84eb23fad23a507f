"""Alembic's environment: it works on the connection that `migrate` hands over, and reads no file."""

from alembic import context

from adapters.sql.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, transactional_ddl=True)
context.run_migrations()
