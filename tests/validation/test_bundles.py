"""What belongs into documents and messages, and by what entries are known."""

from __future__ import annotations

from fhirserver.validation import Validator
from tests.validation.profiles import Resource

BASE = "http://example.org/fhir"
validator = Validator()


def entry(resource: Resource) -> Resource:
    return {"fullUrl": f"{BASE}/{resource['resourceType']}/{resource['id']}", "resource": resource}


def document(*resources: Resource) -> Resource:
    composition = {
        "resourceType": "Composition",
        "id": "c",
        "status": "final",
        "type": {"text": "x"},
        "date": "2025",
        "author": [{"reference": "Organization/a"}],
        "title": "t",
    }
    return {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": "urn:oid:1.2.3", "value": "1"},
        "timestamp": "2025-01-01T00:00:00Z",
        "entry": [entry(each) for each in (composition, *resources)],
    }


def organization(id: str, **parts: object) -> Resource:
    return {"resourceType": "Organization", "id": id, "name": id, **parts}


def said(resource: Resource) -> list[tuple[str, str]]:
    return [(issue.key, issue.expression) for issue in validator.check(resource)]


def test_a_document_has_what_its_composition_is_connected_to() -> None:
    part_of = {"partOf": {"reference": "Organization/b"}}
    assert said(document(organization("a", **part_of), organization("b"))) == []
    # forwards or backwards: the department of an author, and what is said of it
    assert said(document(organization("a"), organization("b", partOf={"reference": "Organization/a"}))) == []
    assert said(document(organization("a"), organization("b"))) == [("document-unconnected", "Bundle.entry[2]")]


def test_a_message_has_its_focus() -> None:
    header = {
        "resourceType": "MessageHeader",
        "id": "h",
        "eventUri": "http://example.org/admit",
        "source": {"endpoint": "http://example.org"},
        "focus": [{"reference": "Organization/a"}],
    }
    message = {"resourceType": "Bundle", "type": "message", "entry": [entry(header), entry(organization("a"))]}
    assert said(message) == []
    message["entry"].pop()  # type: ignore[attr-defined]
    assert said(message) == [("message-incomplete", "Bundle.entry[0]")]


def test_entries_have_a_full_url() -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": organization("a")}]}
    assert said(bundle) == [("full-url-missing", "Bundle.entry[0]")]
    found = {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "value"}]}}
    assert (
        said({"resourceType": "Bundle", "type": "searchset", "entry": [{**found, "search": {"mode": "outcome"}}]}) == []
    )
