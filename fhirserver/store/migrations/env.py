"""Alembic's entry: runs the revisions on the connection that `fhirserver.store.migrate` has opened."""

from alembic import context

from fhirserver.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
