"""HL7's own files through both codecs: nothing is lost, nothing is respelled, and what is wrong is refused."""

from __future__ import annotations

import json as stdlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fhirserver.outcome import FhirError
from fhirserver.resource import json, xml
from fhirserver.spec.structures import RESOURCE_TYPES
from tests.support.suites import package_files, suite, suites

EXAMPLES = "packages/hl7.fhir.r4.examples-4.0.1.tgz"

pytestmark = [pytest.mark.official, pytest.mark.slow]

#: A resource as bytes that are equal when values, types and the spelling of numbers are; the order of names is free.
canonical = msgspec.json.Encoder(
    order="sorted", decimal_format="number", enc_hook=lambda number: msgspec.Raw(str(number).encode())
).encode


def spelled(body: bytes) -> Any:
    """The value of a JSON text, read by another reader, every number as it is written."""
    return stdlib.loads(body, parse_int=lambda text: ("number", text), parse_float=lambda text: ("number", text))


def faults(body: bytes, resource: dict[str, Any]) -> list[str]:
    """What the round trips of a resource change; `body` is the JSON it was decoded from."""
    found = []
    if spelled(json.encode(resource)) != spelled(body):
        found.append("JSON")
    if canonical(xml.decode(xml.encode(resource))) != canonical(resource):
        found.append("XML")
    return found


@pytest.fixture(scope="module")
def changed() -> dict[str, dict[str, list[str]]]:
    """Resource type -> file -> what its round trips change."""
    changed: dict[str, dict[str, list[str]]] = {type: {} for type in RESOURCE_TYPES}
    for name, body in package_files(EXAMPLES):
        resource = json.decode(body)
        changed[resource["resourceType"]][name] = faults(body, resource)
    return changed


@pytest.mark.parametrize("type", sorted(RESOURCE_TYPES))
def test_examples_survive_both_formats(type: str, changed: dict[str, dict[str, list[str]]]) -> None:
    assert {name: found for name, found in changed[type].items() if found} == {}


def test_no_example_is_left_out(changed: dict[str, dict[str, list[str]]]) -> None:
    assert sum(len(files) for files in changed.values()) == 5306


#: Files of the suites that are no FHIR XML, by the suites' own verdict or the rule named, and the issues they raise.
REFUSED_XML = {
    "fhirpath/observation-example.xml": ["xml-order"],  # status before extension
    "validator/files/Observation-ex-pain.xml": ["xml-unknown-attribute", "xml-unknown-element"],
    "validator/files/xml-bad-entities.xml": ["xml-entity"],
}
#: The same for JSON; what is well-formed and has unknown names is left to validation.
REFUSED_JSON = {
    "bad-json-close-2.json": ["json-expected-comma"],
    "bad-json-close-3.json": ["json-expected-comma"],
    "xml-bad-entities.json": ["byte-order-mark"],
}
#: The files that hold the cases, not a resource.
CASES = {"fhirpath/tests-fhir-r4.xml"}


def files(pattern: str) -> list[str]:
    """The files of the suites that match, as paths below the suites' folder."""
    root = suites()
    return sorted(
        str(path.relative_to(root)) for path in root.glob(pattern) if str(path.relative_to(root)) not in CASES
    )


XML = files("fhirpath/*.xml") + files("validator/files/**/*.xml")


def test_the_suites_hold_xml() -> None:
    suite("fhirpath")
    assert len(XML) > 100


@pytest.mark.parametrize("path", XML)
def test_xml_survives_both_formats(path: str) -> None:
    body = suite(path).read_bytes()
    if path in REFUSED_XML:
        with pytest.raises(FhirError) as caught:
            xml.decode(body)
        assert [issue.key for issue in caught.value.issues] == REFUSED_XML[path]
        return
    resource = xml.decode(body)
    for again in (
        xml.decode(xml.encode(resource)),
        xml.decode(xml.encode(resource, pretty=True)),
        json.decode(json.encode(resource)),
    ):
        assert canonical(again) == canonical(resource)


@pytest.mark.parametrize("path", files("validator/files/**/*.json"))
def test_json_survives(path: str) -> None:
    body = suite(path).read_bytes()
    name = Path(path).name
    if name in REFUSED_JSON:
        with pytest.raises(FhirError) as caught:
            json.decode(body)
        assert [issue.key for issue in caught.value.issues] == REFUSED_JSON[name]
        return
    assert spelled(json.encode(json.decode(body))) == spelled(body)


def test_both_forms_of_one_example_are_one_resource() -> None:
    """HL7 publishes Patient/example in both formats; the narrative is equal to the last space, too."""
    body = next(body for name, body in package_files(EXAMPLES) if name == "Patient-example.json")
    twin = xml.decode(suite("fhirpath/patient-example.xml").read_bytes())
    assert canonical(twin) == canonical(json.decode(body))
