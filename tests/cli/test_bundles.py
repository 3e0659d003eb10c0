"""Bundles unwrapped: which are kept, which ids their entries get, where links lead."""

from typing import Any

import pytest

from fhirserver.cli.bundles import Entry, Identifiers, entries, resolve
from fhirserver.cli.sources import Document
from fhirserver.outcome import FhirError

URN = "urn:uuid:0ef7a3b5-53ee-e765-10e2-c63a904ad0fd"
ID = URN.removeprefix("urn:uuid:")


def document(name: str = "x.json", *, packaged: bool = False) -> Document:
    return Document(name, name, b"", "json", packaged)


def unwrapped(bundle: dict[str, Any], source: Document | None = None) -> list[Entry]:
    return list(entries(bundle, source or document()))


def bundle(*held: dict[str, Any], type: str = "transaction", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": type, "entry": list(held), **more}


def patient(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **more}


def test_a_resource_is_itself() -> None:
    assert unwrapped(patient(id="1")) == [Entry("x.json", patient(id="1"))]


@pytest.mark.parametrize("type", ["transaction", "batch", "collection", "searchset"])
def test_a_bundle_that_carries_is_unwrapped(type: str) -> None:
    found = unwrapped(bundle({"resource": patient(id="1")}, {"resource": patient(id="2")}, type=type, id="b"))
    assert [(entry.where, entry.resource["id"]) for entry in found] == [
        ("x.json entry[0]", "1"),
        ("x.json entry[1]", "2"),
    ]


@pytest.mark.parametrize(
    ("whole", "source"),
    [
        (bundle(type="document"), document()),
        (bundle(type="message", id="m"), document()),
        (bundle(id="b"), document("Bundle-b.json")),
        (bundle(id="b"), document("anything.json", packaged=True)),
    ],
)
def test_a_bundle_that_is_meant_itself_is_kept(whole: dict[str, Any], source: Document) -> None:
    (entry,) = unwrapped(whole, source)
    assert entry.resource | {"id": "any"} == whole | {"id": "any"}


@pytest.mark.parametrize("source", [document("Bundle-other.json"), document("b.json")])
def test_a_bundle_in_a_file_of_another_name_is_unwrapped(source: Document) -> None:
    assert unwrapped(bundle(id="b"), source) == []


def test_entries_without_a_resource_bring_nothing() -> None:
    asking = {"request": {"method": "DELETE", "url": "Patient/1"}}
    assert unwrapped(bundle(asking, {"resource": None}, {"resource": patient(id="1")}))[0].where == "x.json entry[2]"
    assert unwrapped({"resourceType": "Bundle", "type": "batch", "entry": "none"}) == []


def test_the_newest_version_of_a_history_comes_last() -> None:
    history = bundle({"resource": patient(id="1", active=True)}, {"resource": patient(id="1")}, type="history")
    assert [entry.resource for entry in unwrapped(history)] == [patient(id="1"), patient(id="1", active=True)]


@pytest.mark.parametrize(
    ("entry", "id"),
    [
        ({"fullUrl": URN, "resource": patient(id="own")}, "own"),
        ({"fullUrl": URN, "resource": patient()}, ID),
        ({"fullUrl": "http://a.example/fhir/Patient/7", "resource": patient()}, "7"),
        ({"request": {"method": "PUT", "url": "Patient/8"}, "resource": patient()}, "8"),
    ],
)
def test_an_entry_gets_its_id_from_what_is_known_of_it(entry: dict[str, Any], id: str) -> None:
    assert unwrapped(bundle(entry))[0].resource["id"] == id


def test_an_id_made_of_the_content_is_the_same_every_time() -> None:
    posted = {"request": {"method": "POST", "url": "Patient"}, "resource": patient(active=True)}
    other = {"resource": patient(active=False)}
    first, second, third = unwrapped(bundle(posted, posted, other))
    assert first.resource["id"] == second.resource["id"] != third.resource["id"]
    assert unwrapped(patient(active=True))[0].resource["id"] == first.resource["id"]


def test_links_to_a_fullurl_lead_to_the_resource() -> None:
    linking = {
        "resourceType": "DocumentReference",
        "id": "d",
        "text": {"status": "generated", "div": f'<div><a href="{URN}">{URN}</a></div>'},
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": URN}],
        "subject": {"reference": URN},
        "content": [{"attachment": {"url": URN}}],
        "extension": [{"url": "http://a.example/x", "valueUri": URN}],
        "context": {"related": [{"reference": "urn:uuid:of-no-entry"}]},
    }
    found = unwrapped(bundle({"fullUrl": URN, "resource": patient()}, {"resource": linking}))[1].resource
    target = f"Patient/{ID}"
    assert found["subject"]["reference"] == target
    assert found["content"][0]["attachment"]["url"] == target
    assert found["extension"][0]["valueUri"] == target
    assert found["text"]["div"] == f'<div><a href="{target}">{URN}</a></div>'
    assert found["identifier"][0]["value"] == URN
    assert found["context"]["related"][0]["reference"] == "urn:uuid:of-no-entry"


def practitioner(id: str, value: str, system: str | None = "http://a.example/npi") -> dict[str, Any]:
    identifier = {"value": value} if system is None else {"system": system, "value": value}
    return {"resourceType": "Practitioner", "id": id, "identifier": [identifier]}


def encounter(reference: str) -> dict[str, Any]:
    return {"resourceType": "Encounter", "participant": [{"individual": {"reference": reference}}]}


def resolved(known: Identifiers, reference: str) -> str:
    resource = encounter(reference)
    resolve(resource, known.find)
    return str(resource["participant"][0]["individual"]["reference"])


def test_a_conditional_reference_finds_what_was_loaded() -> None:
    known = Identifiers()
    known.note(practitioner("p", "1"))
    known.note(practitioner("q", "2", system=None))
    assert resolved(known, "Practitioner?identifier=http://a.example/npi|1") == "Practitioner/p"
    assert resolved(known, "Practitioner?identifier=http%3A%2F%2Fa.example%2Fnpi%7C1") == "Practitioner/p"
    assert resolved(known, "Practitioner?identifier=1") == "Practitioner/p"
    assert resolved(known, "Practitioner?identifier=|2") == "Practitioner/q"
    assert resolved(known, "Practitioner/x") == "Practitioner/x"


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("Practitioner?identifier=http://a.example/npi|9", "reference-unresolved"),
        ("Patient?identifier=http://a.example/npi|1", "reference-unresolved"),
        ("Practitioner?identifier=|1", "reference-unresolved"),
        ("Practitioner?identifier=http://a.example/npi|2", "reference-ambiguous"),
        ("Practitioner?name=Liu", "reference-unresolved"),
        ("Practitioner?identifier=1&active=true", "reference-unresolved"),
        ("Practitioner?", "reference-unresolved"),
    ],
)
def test_a_conditional_reference_without_one_answer_is_refused_at_its_place(reference: str, key: str) -> None:
    known = Identifiers()
    for id, value in (("p", "1"), ("q", "2"), ("r", "2"), ("r", "2")):
        known.note(practitioner(id, value))
    with pytest.raises(FhirError) as caught:
        resolved(known, reference)
    assert [issue.key for issue in caught.value.issues] == [key]
    assert caught.value.issues[0].expression == "Encounter.participant[0].individual.reference"


def test_noting_a_resource_again_does_not_make_it_ambiguous() -> None:
    known = Identifiers()
    known.note(practitioner("p", "1"))
    known.note(practitioner("p", "1"))
    assert resolved(known, "Practitioner?identifier=1") == "Practitioner/p"
