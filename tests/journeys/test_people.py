"""People over HTTP: what the log keeps to itself, and $match in XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.client import FHIR_XML
from tests.support.server import running

CITIZEN = "urn:oid:2.16.156.10011.1.3"
NUMBER = "37020019680412022X"
WRONG = "370200196804120221"


@pytest.mark.slow
def test_no_number_gets_into_the_log(tmp_path: Path) -> None:
    with running(f"sqlite:///{tmp_path / 'fhir.db'}", tmp_path, {"log_format": "json"}) as server:
        client = server.client()
        patient = {"resourceType": "Patient", "identifier": [{"system": CITIZEN, "value": NUMBER}]}
        assert client.post("/Patient", patient).status == 201
        assert client.post("/Patient", patient).status == 409
        wrong = {"resourceType": "Patient", "identifier": [{"system": CITIZEN, "value": WRONG}]}
        assert client.post("/Patient", wrong).status == 422
        assert client.get(f"/Patient?identifier={CITIZEN}|{NUMBER}").resource["total"] == 1
        assert client.get(f"/Patient?identifer={CITIZEN}|{NUMBER}").status == 400
        found = client.post("/Patient/$match", patient, accept=FHIR_XML)
        assert found.status == 200
        assert b'<valueCode value="certain"/>' in found.body
        assert b'<score value="1' in found.body
    log = server.log.read_text()
    assert log.count('"method":"POST"') == 4
    assert NUMBER not in log
    assert WRONG not in log
