"""`fhirserver explain`: how a search is understood and carried out, for people without the code."""

import json
from pathlib import Path

import pytest

from fhirserver.cli import main


@pytest.fixture
def filled(database_url: str, tmp_path: Path) -> str:
    rows = [json.dumps({"resourceType": "Patient", "id": str(number), "gender": "female"}) for number in range(5)]
    (tmp_path / "p.ndjson").write_text("\n".join(rows))
    assert main(["load", "--database-url", database_url, str(tmp_path / "p.ndjson")]) == 0
    return database_url


def test_a_search_is_explained(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["explain", "--database-url", filled, "Patient?gender=female&_has:Observation:patient:code=x"]) == 0
    told = capsys.readouterr().out
    assert "gender=female: token: Patient.gender (5 resources)" in told
    assert "_has:Observation:patient:code=x: reference: Observation.subject" in told
    assert "SELECT r.type, r.id" in told
    assert "steps of SQLite" in told or "Buffers: shared" in told
