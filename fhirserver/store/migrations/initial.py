"""Writes `versions/0001_initial.py` from the tables: ``python -m fhirserver.store.migrations.initial``.

For as long as no version has been released, a change of the tables goes into the first revision. Its name changes with
it, so that a database from before is refused. From then on it stays as it is, and a change is a revision of its own.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import groupby
from pathlib import Path

from sqlalchemy import create_mock_engine

from fhirserver.store import index_tables  # noqa: F401 - they join METADATA
from fhirserver.store.tables import METADATA

_FILE = Path(__file__).parent / "versions" / "0001_initial.py"
_TEXT = '''"""Every table of version 0.1.0, written by `fhirserver.store.migrations.initial`."""

from alembic import op

revision = "{revision}"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
{sqlite})

_POSTGRESQL = (
{postgresql})


def upgrade() -> None:
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)
'''


def statements(dialect: str) -> list[str]:
    """What makes the tables in an empty database."""
    made: list[str] = []

    def take(statement: object, *_: object) -> None:
        text = str(statement.compile(dialect=engine.dialect))  # type: ignore[attr-defined]
        made.append("\n".join(line.rstrip().replace("\t", "    ") for line in text.strip().splitlines()))

    engine = create_mock_engine(f"{dialect}://", take)
    METADATA.create_all(engine, checkfirst=False)
    # a table's indexes come in no particular order; they all lie between two other statements
    runs = groupby(made, key=lambda text: text.startswith("CREATE INDEX"))
    return [text for is_index, run in runs for text in (sorted(run) if is_index else run)]


def revision() -> str:
    """The name of the first revision; :data:`fhirserver.store.schema.REVISIONS` has it too."""
    text = "".join(one for name in ("sqlite", "postgresql") for one in statements(name))
    return f"0001_{blake2b(text.encode(), digest_size=4).hexdigest()}"


def write() -> None:
    """Write the revision."""
    texts = {name: "".join(f'    """\n{one}\n""",\n' for one in statements(name)) for name in ("sqlite", "postgresql")}
    _FILE.write_text(_TEXT.format(**texts, revision=revision()), encoding="utf-8")


if __name__ == "__main__":
    write()
