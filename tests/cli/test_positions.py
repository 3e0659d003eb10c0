"""Line and column of an element, in JSON and in XML."""

from __future__ import annotations

import pytest

from fhirserver.cli.positions import of_expression

JSON = b"""{
  "resourceType": "Bundle",
  "entry": [
    {"fullUrl": "urn:a", "resource": {"resourceType": "Patient"}},
    {
      "resource": {
        "resourceType": "Observation",
        "valueQuantity": {"value": 1.50},
        "component": [{"code": {}}, {
          "code": {"text": "\\"x\\" [ } \xe4\xb8\xad"},
          "valueString": "y"
        }],
        "_status": {"id": "s"}
      }
    }
  ]
}"""

XML = b"""<?xml version="1.0"?>
<Bundle xmlns="http://hl7.org/fhir">
  <entry/>
  <entry>
    <resource>
      <Observation>
        <status value="x"/>
        <valueQuantity><value value="1"/></valueQuantity>
        <component/>
        <component>
          <code/>
        </component>
      </Observation>
    </resource>
  </entry>
</Bundle>"""


@pytest.mark.parametrize(
    ("expression", "json", "xml"),
    [
        ("Bundle", (1, 1), (2, 1)),
        ("Bundle.entry[1]", (5, 5), (4, 3)),
        ("Bundle.entry[1].resource.value", (8, 9), (8, 9)),
        ("Bundle.entry[1].resource.value.value", (8, 27), (8, 24)),
        ("Bundle.entry[1].resource.component[1].code", (10, 11), (11, 11)),
        ("Bundle.entry[1].resource.component[1].code.coding", (10, 11), (11, 11)),
        ("Bundle.entry[1].resource.status", (13, 9), (7, 9)),
        ("Bundle.entry[7].resource", (3, 3), (2, 1)),
    ],
)
def test_places(expression: str, json: tuple[int, int], xml: tuple[int, int]) -> None:
    assert of_expression(JSON, "json", expression) == json
    assert of_expression(XML, "xml", expression) == xml


def test_what_cannot_be_read_has_no_place() -> None:
    assert of_expression(b'{"a": ', "json", "Patient.a") is None
    assert of_expression(b"<a>", "xml", "Patient.a") is None
    assert of_expression(b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "xml", "Patient.a") is None
    assert of_expression(b'{"a":' + b"[" * 100_000, "json", "Patient.b") is None
