"""XML bytes to a resource."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirserver.outcome import FhirError
from fhirserver.resource import json, xml
from tests.resource.strategies import same

FHIR = 'xmlns="http://hl7.org/fhir"'
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'


def decoded(inner: str, type: str = "Patient") -> dict[str, object]:
    resource = xml.decode(f"<{type} {FHIR}>{inner}</{type}>".encode())
    assert resource.pop("resourceType") == type
    return resource


def refusal(body: str | bytes) -> FhirError:
    with pytest.raises(FhirError) as caught:
        xml.decode(body.encode() if isinstance(body, str) else body)
    assert caught.value.status in (400, 413)
    for issue in caught.value.issues:
        assert issue.text("en") and issue.text("zh")
    return caught.value


def wrong(inner: str, type: str = "Patient") -> list[tuple[str, str]]:
    """Key and FHIRPath of every issue."""
    issues = refusal(f"<{type} {FHIR}>{inner}</{type}>").issues
    return [(issue.key, issue.expression) for issue in issues]


def test_primitives_become_json_values() -> None:
    resource = decoded(
        '<contained><Patient><id value="p"/><active value="true"/></Patient></contained>'
        '<item><linkId value="1"/><answer><valueDecimal value="1.00"/></answer>'
        '<answer><valueDecimal value="1e2"/></answer>'
        '<answer><valueInteger value="-7"/></answer><answer><valueDecimal value="12"/></answer>'
        '<answer><valueString value=" a&#10;b&amp;&lt;&quot;&#x4E2D; "/></answer></item>',
        "QuestionnaireResponse",
    )
    assert same(
        resource,
        {
            "contained": [{"resourceType": "Patient", "id": "p", "active": True}],
            "item": [
                {
                    "linkId": "1",
                    "answer": [
                        {"valueDecimal": Decimal("1.00")},
                        {"valueDecimal": json.number("1e2")},
                        {"valueInteger": -7},
                        {"valueDecimal": 12},
                        {"valueString": ' a\nb&<"中 '},
                    ],
                }
            ],
        },
    )


def test_ids_and_extensions_of_primitives_stand_beside_them() -> None:
    url = "http://example.org/e"
    assert decoded(
        f'<name id="n"><family id="f" value="A"/><given value="B"/><given><extension url="{url}">'
        '<valueCode value="c"/></extension></given><given id="g" value="D"/></name>'
        f'<birthDate><extension url="{url}"><extension url="x"><valueBoolean value="false"/></extension></extension>'
        "</birthDate>"
    ) == {
        "name": [
            {
                "id": "n",
                "family": "A",
                "_family": {"id": "f"},
                "given": ["B", None, "D"],
                "_given": [None, {"extension": [{"url": url, "valueCode": "c"}]}, {"id": "g"}],
            }
        ],
        "_birthDate": {"extension": [{"url": url, "extension": [{"url": "x", "valueBoolean": False}]}]},
    }


def test_values_that_are_all_absent_leave_only_what_is_beside() -> None:
    given_names = '<given id="a"/><given id="b"/>'
    assert decoded(f"<name>{given_names}</name>") == {"name": [{"_given": [{"id": "a"}, {"id": "b"}]}]}
    assert decoded(f'<name>{given_names}<given value="c"/></name>') == {
        "name": [{"given": [None, None, "c"], "_given": [{"id": "a"}, {"id": "b"}, None]}]
    }


def test_resources_in_bundles_and_parameters() -> None:
    bundle = decoded(
        '<type value="batch"/><entry><resource><Basic><id value="1"/></Basic></resource></entry>', "Bundle"
    )
    assert bundle == {"type": "batch", "entry": [{"resource": {"resourceType": "Basic", "id": "1"}}]}
    inner = '<parameter><name value="a"/><part><name value="b"/><valueUri value="u:v"/></part></parameter>'
    assert decoded(inner, "Parameters") == {
        "parameter": [{"name": "a", "part": [{"name": "b", "valueUri": "u:v"}]}],
    }


def test_what_is_no_content_is_passed_over() -> None:
    body = (
        '\ufeff<?xml version="1.0" encoding="utf-8"?>\n<?xml-stylesheet href="a.xsl"?><!-- <!DOCTYPE x> -->\n'
        '<f:Patient xmlns:f="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
        ' xsi:schemaLocation="http://hl7.org/fhir patient.xsd"><!-- who --><?x y?>\r\n'
        ' <f:active value="true"/>\n</f:Patient>\n'
    )
    assert xml.decode(body.encode()) == {"resourceType": "Patient", "active": True}


@pytest.mark.parametrize(
    "div",
    [
        f"{DIV}a</div>",
        f"{DIV}\r\n <p>a<br></br>b</p>\t</div>",
        "<div xmlns='http://www.w3.org/1999/xhtml' title='\"'>&#160;&lt;é</div>",
        f'{DIV}<div>a</div><!-- <div> --><![CDATA[</div><div>]]><?x <div> ?><p title="<div>">b</p></div>'.replace(
            '"<', '"&lt;'
        ),
        f'{DIV}<div/><a title="/>" href="#x"/>a</div >',
        '<div\nxmlns="http://www.w3.org/1999/xhtml"\nxml:lang="zh">中</div>',
    ],
)
def test_a_narrative_is_kept_verbatim(div: str) -> None:
    text = f'<!-- <div> --><text><status value="generated"/>{div}</text>'
    assert decoded(text) == {"text": {"status": "generated", "div": div}}
    twice = f"<contained><Basic>{text}</Basic></contained>"
    assert decoded(text + twice) == {
        "text": {"status": "generated", "div": div},
        "contained": [{"resourceType": "Basic", "text": {"status": "generated", "div": div}}],
    }


def test_a_narrative_that_needs_its_document_is_written_anew() -> None:
    body = (
        '<Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:xsi="http://x/">'
        '<text><status value="generated"/><h:div class="c">a <h:b>b</h:b> &amp; c</h:div></text>'
        f"<contained><Basic><text>{DIV}d</div></text></Basic></contained></Patient>"
    )
    resource = xml.decode(body.encode())
    assert resource["text"]["div"] == f'{DIV[:-1]} class="c">a <b>b</b> &amp; c</div>'
    assert resource["contained"][0]["text"]["div"] == f"{DIV}d</div>"


@pytest.mark.parametrize(
    ("inner", "issues"),
    [
        ('<nme><family value="A"/></nme>', [("xml-unknown-element", "Patient.nme")]),
        ('<name><first value="A"/></name>', [("xml-unknown-element", "Patient.name[0].first")]),
        ('<name use="usual"/>', [("xml-unknown-attribute", "Patient.name[0]")]),
        ('<active value="true" x="1"/>', [("xml-unknown-attribute", "Patient.active")]),
        ('<gender value="male"/><active value="true"/>', [("xml-order", "Patient.active")]),
        ('<gender value="male"/><gender value="male"/>', [("xml-repeated", "Patient.gender")]),
        ('<deceasedBoolean value="true"/><deceasedDateTime value="2024"/>', [("xml-repeated", "Patient.deceased")]),
        ('<name id="a"/><active value="true"/><name id="b"/>', [("xml-order", "Patient.active")]),
        ("<name>Ann</name>", [("xml-text", "Patient.name[0]")]),
        ('Ann<active value="true"/>', [("xml-text", "Patient")]),
        ('<active value="true"/>Ann', [("xml-text", "Patient")]),
        ('<active value="true">yes</active>', [("xml-text", "Patient.active")]),
        ("<name/>", [("xml-empty", "Patient.name[0]")]),
        ("<birthDate/>", [("xml-empty", "Patient.birthDate")]),
        ('<name><given value="A"/><given/></name>', [("xml-empty", "Patient.name[0].given[1]")]),
        ('<active value="TRUE"/>', [("invalid-boolean", "Patient.active")]),
        ('<multipleBirthInteger value="1.0"/>', [("invalid-integer", "Patient.multipleBirth")]),
        ('<multipleBirthInteger value="01"/>', [("invalid-integer", "Patient.multipleBirth")]),
        (f'<multipleBirthInteger value="{"9" * 5000}"/>', [("invalid-integer", "Patient.multipleBirth")]),
        ("<contained/>", [("xml-one-resource", "Patient.contained[0]")]),
        ('<contained><Basic/><Basic/></contained>', [("xml-one-resource", "Patient.contained[0]")]),
        ("<contained><Basic/>a</contained>", [("xml-text", "Patient.contained[0]")]),
        ('<contained id="c"><Basic/></contained>', [("xml-unknown-attribute", "Patient.contained[0]")]),
        ("<contained><Bsic/></contained>", [("xml-unknown-resource", "Patient.contained[0]")]),
        ('<contained><Basic><id id="b"/><x/></Basic></contained>', [("xml-unknown-element", "Patient.contained[0].x")]),
        ('<text><div>a</div></text>', [("xml-namespace", "Patient.text.div")]),
        ('<x xmlns="http://example.org"/>', [("xml-namespace", "Patient.x")]),
        ('<active xmlns="" value="true"/>', [("xml-namespace", "Patient.active")]),
        ('<extension><url value="u"/></extension>', [("xml-unknown-element", "Patient.extension[0].url")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_path(inner: str, issues: list[tuple[str, str]]) -> None:
    assert wrong(inner) == issues


def test_decimals_have_the_form_of_json_numbers() -> None:
    for text in ("1.", ".5", "+1", "01", "1e", "NaN", "0x1", "１", "1_0"):
        assert wrong(
            f'<component><valueQuantity><value value="{text}"/></valueQuantity></component>', "Observation"
        ) == [("invalid-decimal", "Observation.component[0].value.value")]
    assert wrong('<valueQuantity><value value="1e999999999"/></valueQuantity>', "Observation") == [
        ("number-too-large", "")
    ]


def test_everything_wrong_is_told_at_once_with_lines() -> None:
    body = f'<Patient {FHIR}>\n <x/>\n <active\n  value="no"/>\n <name>\n  <y/></name>\n</Patient>'
    issues = refusal(body).issues
    assert [issue.key for issue in issues] == [
        "xml-unknown-element",
        "invalid-boolean",
        "xml-unknown-element",
    ]
    assert [issue.values["line"] for issue in issues] == [2, 4, 6]
    assert "Line 6: HumanName has no element" in issues[2].text("en")
    assert len(refusal(f"<Patient {FHIR}>{'<x/>' * 1000}</Patient>").issues) == 50


def test_an_endless_name_is_not_repeated_whole() -> None:
    for issue in refusal(f"<Patient {FHIR}><{'x' * 100_000}/></Patient>").issues:
        assert len(issue.text("both")) + len(issue.expression) < 1000


@pytest.mark.parametrize(
    ("body", "key", "said"),
    [
        ("", "empty-body", ""),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><Patient/>', "wrong-encoding", "ISO-8859-1"),
        (f"<Patient {FHIR}/>".encode("utf-16"), "wrong-encoding", "UTF-16"),
        (b"<Patient>\n\xff</Patient>", "not-utf8", "0xFF at line 2, column 1"),
        ('{"resourceType":"Patient"}', "xml-is-json", "application/fhir+json"),
        ('<!DOCTYPE Patient><Patient/>', "xml-doctype", "DOCTYPE"),
        ('<?xml version="1.0"?>\n<!-- <Patient> --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml-doctype", ""),
        (f'<Patient {FHIR}><text>{DIV}&nbsp;</div></text></Patient>', "xml-entity", "&nbsp;"),
        (f"<Patient {FHIR}>\n<name></Patient>", "xml-tags", "line 2"),
        (f"<Patient {FHIR}>", "xml-tags", ""),
        (f'<Patient {FHIR}><id value="a<b"/></Patient>', "xml-escape", ""),
        (f'<Patient {FHIR}><id value="a & b"/></Patient>', "xml-escape", "&amp;"),
        (f'<Patient {FHIR}><id value="&#1;"/></Patient>', "xml-character", ""),
        ("<f:Patient/>", "xml-syntax", "prefix f"),
        (f'<Patient {FHIR}/><Patient {FHIR}/>', "xml-syntax", ""),
        ("Patient", "xml-syntax", ""),
        ("<a>" * 300 + "</a>" * 300, "too-deep", ""),
        (f'<Binary {FHIR}><data value="{"A" * 10_000_001}"/></Binary>', "xml-too-large", "JSON"),
        ("<Patient/>", "xml-namespace", 'in namespace ""; it has to be in "http://hl7.org/fhir"'),
        ('<Patient xmlns="urn:hl7-org:v3"/>', "xml-namespace", "urn:hl7-org:v3"),
        (f"<Patiet {FHIR}/>", "xml-unknown-resource", "nearest: Patient"),
        (f"<Resource {FHIR}/>", "xml-unknown-resource", ""),
        (f"<HumanName {FHIR}/>", "xml-unknown-resource", ""),
        (f'<Patient {FHIR} id="a"/>', "xml-unknown-attribute", "id"),
    ],
)  # fmt: skip
def test_what_is_no_fhir_xml_is_refused(body: str | bytes, key: str, said: str) -> None:
    (issue,) = refusal(body).issues
    assert issue.key == key
    assert said in issue.text("en")


def test_no_entity_is_ever_resolved(tmp_path: object) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for dtd in (
        f'[<!ENTITY l0 "ha">{laughs}]',
        '[<!ENTITY l9 SYSTEM "file:///etc/hostname">]',
        'SYSTEM "http://127.0.0.1:9/x"',
    ):
        body = f'<!DOCTYPE Patient {dtd}><Patient {FHIR}><id value="&l9;"/></Patient>'
        assert [issue.key for issue in refusal(body).issues] == ["xml-doctype"]


def test_depth_is_bounded_as_in_json() -> None:
    def nested(levels: int) -> str:
        return '<item id="a">' * levels + "</item>" * levels

    resource = decoded(nested(63), "Questionnaire")
    assert json.decode(json.encode({"resourceType": "Questionnaire", **resource}))
    for levels in (64, 100, 200):
        assert wrong(nested(levels), "Questionnaire") == [("too-deep", "")]


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(body: bytes) -> None:
    refusal(body)


_SEED = (
    f'<?xml version="1.0"?><Patient {FHIR}><id value="a"/><text><status value="generated"/>{DIV}<p>a</p></div></text>'
    '<active value="true"/><name><given value="A&amp;"/><given id="b"><extension url="u"><valueDecimal value="1.0"/>'
    "</extension></given></name></Patient>"
).encode()


@given(st.lists(st.tuples(st.integers(0, len(_SEED)), st.binary(max_size=3)), min_size=1, max_size=4))
def test_damaged_bodies_are_refused_or_read(damage: list[tuple[int, bytes]]) -> None:
    body = _SEED
    for position, replacement in damage:
        body = body[:position] + replacement + body[position + len(replacement) + 1 :]
    try:
        resource = xml.decode(body)
    except FhirError as error:
        assert error.status == 400
        assert all(issue.text("both") for issue in error.issues)
    else:
        assert same(xml.decode(xml.encode(resource)), resource)


_PARTS = st.sampled_from(
    ['<div>', '</div>', DIV, '<text>', '</text>', '<name>', '</name>', '<given value="a"/>', 'a', '<!-- ', ' -->',
     '<![CDATA[', ']]>', '<h:div xmlns:h="http://www.w3.org/1999/xhtml">', '</h:div>', '<div/>', '&lt;', '<?a ', '?>',
     '<contained>', '</contained>', f'<Basic {FHIR}>', '</Basic>']
)  # fmt: skip


@given(st.lists(_PARTS, max_size=14))
def test_shuffled_parts_are_refused_or_read(parts: list[str]) -> None:
    try:
        resource = xml.decode(f"<Patient {FHIR}>{''.join(parts)}</Patient>".encode())
    except FhirError as error:
        assert all(issue.text("both") for issue in error.issues)
    else:
        assert same(xml.decode(xml.encode(resource)), resource)
