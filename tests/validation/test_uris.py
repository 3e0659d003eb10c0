"""OIDs and UUIDs in URIs, systems of identifiers."""

from __future__ import annotations

import pytest

from fhirserver.validation import Validator

UUID = "c757873d-ec9a-4326-a141-556f43239520"


@pytest.mark.parametrize(
    ("system", "severity", "key"),
    [
        (f"urn:uuid:{UUID}", None, None),
        ("urn:oid:2.16.156.10011", None, None),
        (f"urn:uuid:{UUID.upper()}", "warning", "uuid-capitals"),
        ("urn:uuid:1", "error", "uuid-malformed"),
        ("urn:oid:2.16.a", "error", "oid-malformed"),
        ("urn:oid:2.016", "error", "oid-malformed"),
        ("oid:2.16.156", "error", "urn-expected"),
        (f"uuid:{UUID}", "error", "urn-expected"),
        ("his/patients", "error", "identifier-system-relative"),
    ],
)
def test_systems(system: str, severity: str | None, key: str | None) -> None:
    patient = {"resourceType": "Patient", "identifier": [{"system": system, "value": "1"}]}
    found = [(issue.severity, issue.key, issue.expression) for issue in Validator().check(patient)]
    assert found == ([(severity, key, "Patient.identifier[0].system")] if key else [])


def test_a_uri_as_an_identifier_is_whole() -> None:
    identifier = {"system": "urn:ietf:rfc:3986", "value": "1.2.3"}
    found = list(Validator().check({"resourceType": "Patient", "identifier": [identifier]}))
    assert [(issue.severity, issue.key) for issue in found] == [("warning", "identifier-value-no-uri")]
