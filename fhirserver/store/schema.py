"""Which schema a database has, told without importing Alembic, so that a normal start does not pay for it."""

from __future__ import annotations

from collections.abc import Iterable

from fhirserver.outcome import FhirError
from fhirserver.store.messages import FOREIGN_SCHEMA, NEW_SCHEMA, OLD_SCHEMA

#: The revisions of `migrations/versions`, oldest first. A server needs the last one.
REVISIONS = ("0001_f2c5db8d",)
HEAD = REVISIONS[-1]
REVISION_TABLE = "alembic_version"
READ_REVISION = f"SELECT version_num FROM {REVISION_TABLE}"

#: Names that are ours in a database without a revision: something else made them.
_OWN_NAMES = frozenset({"resource", "history", "type_count"})


def refusal(revision: str | None) -> FhirError | None:
    """Why a database with this revision cannot be opened, or `None` when it is the one needed."""
    if revision == HEAD:
        return None
    message = OLD_SCHEMA if revision in (None, *REVISIONS) else NEW_SCHEMA
    return message.error(found=revision or "none", needed=HEAD)


def refuse_foreign(tables: Iterable[str]) -> None:
    """Raise a FhirError when tables of a database that has no revision bear our names."""
    if clash := sorted(_OWN_NAMES.intersection(tables)):
        raise FOREIGN_SCHEMA.error(table=clash[0])
