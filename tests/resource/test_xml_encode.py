"""A resource to XML bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from fhirserver.outcome import FhirError
from fhirserver.resource import json, xml
from tests.resource.strategies import resources, same

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
FHIR = 'xmlns="http://hl7.org/fhir"'
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'


def encoded(**elements: Any) -> str:
    text = xml.encode({"resourceType": "Patient", **elements}).decode()
    assert text.startswith(f"{HEAD}<Patient {FHIR}>")
    assert text.endswith("</Patient>")
    return text[len(f"{HEAD}<Patient {FHIR}>") : -len("</Patient>")]


def test_elements_come_in_the_order_of_the_structure() -> None:
    text = encoded(
        birthDate="2024", active=True, id="a", name=[{"given": ["B"], "id": "n", "family": "A", "use": "usual"}]
    )
    assert text == (
        '<id value="a"/><active value="true"/>'
        '<name id="n"><use value="usual"/><family value="A"/><given value="B"/></name><birthDate value="2024"/>'
    )


def test_primitives_with_what_stands_beside_them() -> None:
    extension = {"url": "u", "valueDecimal": json.number("1.50e2")}
    text = encoded(
        _active={"extension": [extension]},
        name=[{"_given": [None, {"id": "g", "extension": [extension]}], "given": ["A", None, "C"]}],
        birthDate="2024",
        _birthDate={"id": "b"},
    )
    written = '<extension url="u"><valueDecimal value="1.50e2"/></extension>'
    assert text == (
        f'<active>{written}</active><name><given value="A"/><given id="g">{written}</given><given value="C"/></name>'
        '<birthDate value="2024" id="b"/>'
    )


def test_text_is_escaped_and_what_xml_cannot_carry_is_replaced() -> None:
    assert encoded(gender="a&b<c>\"d'\t\n\r é中\N{GRINNING FACE}") == (
        '<gender value="a&amp;b&lt;c&gt;&quot;d\'&#9;&#10;&#13; é中\N{GRINNING FACE}"/>'
    )
    assert encoded(gender="a\x00\x1b\ufffe\ud800") == '<gender value="a\ufffd\ufffd\ufffd\ufffd"/>'


@pytest.mark.parametrize(
    "div", [f"{DIV}\r\n<p title='\"'>a&#160;</p></div>", f"{DIV}a</div><!-- b -->\n", "<div xmlns='http://www.w3.org/1999/xhtml'/>"]
)  # fmt: skip
def test_a_narrative_goes_out_as_it_is_kept(div: str) -> None:
    assert encoded(text={"status": "generated", "div": div}) == f'<text><status value="generated"/>{div}</text>'


def test_a_narrative_with_a_declaration_of_its_own_is_written_anew() -> None:
    assert encoded(text={"div": f'<?xml version="1.0"?>{DIV}a</div>'}) == f"<text>{DIV}a</div></text>"


def test_resources_inside_resources() -> None:
    text = encoded(contained=[{"resourceType": "Basic", "id": "b"}])
    assert text == '<contained><Basic><id value="b"/></Basic></contained>'


def test_a_resource_of_nothing_but_its_type() -> None:
    assert xml.encode({"resourceType": "Patient"}) == f"{HEAD}<Patient {FHIR}/>".encode()


def test_pretty() -> None:
    resource = {
        "resourceType": "Patient",
        "text": {"div": f"{DIV}<p>a</p></div>"},
        "contained": [{"resourceType": "Basic", "id": "b"}],
        "name": [{"given": ["A", "B"]}],
    }
    body = xml.encode(resource, pretty=True)
    assert body.decode().splitlines() == [
        HEAD,
        f"<Patient {FHIR}>",
        "  <text>",
        f"    {DIV}<p>a</p></div>",
        "  </text>",
        "  <contained>",
        "    <Basic>",
        '      <id value="b"/>',
        "    </Basic>",
        "  </contained>",
        "  <name>",
        '    <given value="A"/>',
        '    <given value="B"/>',
        "  </name>",
        "</Patient>",
    ]
    assert xml.decode(body) == resource


@pytest.mark.parametrize(
    ("elements", "key", "path"),
    [
        ({"nme": "a"}, "no-xml-for-element", "Patient"),
        ({"_name": {}}, "no-xml-for-element", "Patient"),
        ({"name": [{}, {"x": 1}]}, "no-xml-for-element", "Patient.name[1]"),
        ({"name": [{"resourceType": "x"}]}, "no-xml-for-element", "Patient.name[0]"),
        ({"name": {}}, "no-xml-for-value", "Patient.name"),
        ({"name": ["a"]}, "no-xml-for-value", "Patient.name[0]"),
        ({"name": [None]}, "no-xml-for-value", "Patient.name[0]"),
        ({"name": [{"given": "a"}]}, "no-xml-for-value", "Patient.name[0].given"),
        ({"name": [{"given": ["a"], "_given": {}}]}, "no-xml-for-value", "Patient.name[0].given"),
        ({"name": [{"given": [["a"]]}]}, "no-xml-for-value", "Patient.name[0].given[0]"),
        ({"name": [{"given": ["a"], "_given": ["b"]}]}, "no-xml-for-value", "Patient.name[0].given[0]"),
        ({"maritalStatus": []}, "no-xml-for-value", "Patient.maritalStatus"),
        ({"active": {}}, "no-xml-for-value", "Patient.active"),
        ({"deceasedBoolean": []}, "no-xml-for-value", "Patient.deceased"),
        ({"_active": 1}, "no-xml-for-value", "Patient.active"),
        ({"active": b"true"}, "no-xml-for-value", "Patient.active"),
        ({"name": [{"id": {}}]}, "no-xml-for-value", "Patient.name[0].id"),
        ({"contained": [1]}, "no-xml-for-value", "Patient.contained[0]"),
        ({"contained": [{}]}, "no-xml-for-type", "Patient.contained[0]"),
        ({"contained": [{"resourceType": []}]}, "no-xml-for-type", "Patient.contained[0]"),
        ({"contained": [{"resourceType": "Resource"}]}, "no-xml-for-type", "Patient.contained[0]"),
        ({"text": {"div": f"{DIV}a</div>", "_div": {"id": "a"}}}, "no-xml-for-element", "Patient.text"),
        ({"text": {"div": 1}}, "no-xml-for-value", "Patient.text.div"),
        ({"text": {"div": "<div>a</div>"}}, "no-xml-for-value", "Patient.text.div"),
        ({"text": {"div": f"{DIV}&nbsp;</div>"}}, "xml-entity", "Patient.text.div"),
        ({"text": {"div": f"{DIV}a</div>{DIV}b</div>"}}, "xml-syntax", "Patient.text.div"),
        ({"text": {"div": f"{DIV}\ud800</div>"}}, "xml-syntax", "Patient.text.div"),
        ({"text": {"div": f"<!DOCTYPE div>{DIV}a</div>"}}, "xml-doctype", "Patient.text.div"),
    ],
)
def test_what_r4_has_no_xml_for_is_named_by_its_path(elements: dict[str, Any], key: str, path: str) -> None:
    with pytest.raises(FhirError) as caught:
        xml.encode({"resourceType": "Patient", **elements})
    (issue,) = caught.value.issues
    assert (issue.key, issue.expression) == (key, path)
    assert issue.text("both")


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(resources())
def test_any_resource_survives_both_formats(resource: dict[str, Any]) -> None:
    body = json.encode(resource)
    assert same(json.decode(body), resource)
    for pretty in (False, True):
        again = xml.decode(xml.encode(resource, pretty=pretty))
        assert same(again, resource)
