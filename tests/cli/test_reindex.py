"""`fhirserver reindex`: the index rows come back, from the beginning or from where an earlier run ended."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirserver.assembly import assemble
from fhirserver.cli import main
from fhirserver.interactions.context import Context
from fhirserver.settings import Settings


@pytest.fixture
def context(database_url: str, tmp_path: Path) -> Iterator[Context]:
    """A database with five patients whose index rows are gone."""
    rows = [json.dumps({"resourceType": "Patient", "id": str(number), "gender": "female"}) for number in range(5)]
    (tmp_path / "p.ndjson").write_text("\n".join(rows))
    assert main(["load", "--database-url", database_url, str(tmp_path / "p.ndjson")]) == 0
    context = assemble(Settings(database_url=database_url))
    identities = [("Patient", str(number)) for number in range(5)]
    context.store.write(
        lambda transaction: transaction.reindex([(version, {}) for version in transaction.current(identities).values()])
    )
    assert found(context) == 0
    yield context
    context.store.close()


def found(context: Context) -> int:
    """How many patients a search by gender finds."""
    assert context.search is not None
    return len(context.search.matches(context.store, "Patient", [("gender", "female")], now=0, limit=10))


def test_the_index_is_made_again(context: Context, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reindex", "--database-url", database_url]) == 0
    assert "5 resources" in capsys.readouterr().out
    assert found(context) == 5


def test_only_a_type(context: Context, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reindex", "--type", "Observation", "--database-url", database_url]) == 0
    assert "0 resources" in capsys.readouterr().out
    assert found(context) == 0


def test_from_where_an_earlier_run_ended(
    context: Context, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reindex", f"--from={2**63 - 1}", "--database-url", database_url]) == 0
    assert "0 resources" in capsys.readouterr().out
