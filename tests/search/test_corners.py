"""Corners of search.html a conformance suite looks into: escapes, depth, `:missing`, counts, forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fhirserver.assembly import assemble
from fhirserver.rest.app import create_app
from fhirserver.settings import Settings
from tests.search.conftest import BASE
from tests.support.client import Client, wsgi_client

RESOURCES: list[dict[str, Any]] = [
    {"resourceType": "Organization", "id": "o", "name": "A,B|C$D\\E"},
    {"resourceType": "Organization", "id": "o2", "name": "sub", "partOf": {"reference": "Organization/o"}},
    {
        "resourceType": "Patient",
        "id": "p",
        "meta": {"tag": [{"system": "urn:t", "code": "a|b"}], "source": "http://s.org/a"},
        "name": [{"family": "Li"}],
        "managingOrganization": {"reference": "Organization/o2"},
    },
    {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"},
    },
    {
        "resourceType": "Observation",
        "id": "b",
        "status": "final",
        "code": {"coding": [{"system": "urn:c", "code": "x,y"}]},
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/e"},
        "effectiveDateTime": "2024-01-01",
        "valueQuantity": {"value": 5},
    },
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    url = f"sqlite:///{tmp_path_factory.mktemp('corners') / 'fhir.db'}"
    context = assemble(Settings(database_url=url, base_url=BASE))
    client = wsgi_client(create_app(context).wsgi_app, BASE)
    for resource in RESOURCES:
        reply = client.put(f"/{resource['resourceType']}/{resource['id']}", resource)
        assert reply.status == 201, reply.body
    yield client
    context.store.close()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (r"Organization?name=A\,B", "o"),
        (r"Organization?name=A\,B\|C\$D\\E", "o"),
        ("Organization?name=B,sub", "o2"),
        (r"Observation?code=urn:c|x\,y", "b"),
        (r"Patient?_tag=urn:t|a\|b", "p"),
        ("Patient?_source=http://s.org/a", "p"),
        ("Observation?encounter.patient.organization.name=sub", "b"),
        ("Observation?patient.organization.partof.name:contains=c$d", "b"),
        ("Observation?patient.organization.partof=o", "b"),
        ("Organization?_has:Patient:organization:_has:Observation:patient:code:missing=false", "o2"),
        ("Organization?_has:Patient:organization:_has:Observation:patient:encounter.status=finished", "o2"),
        (
            "Observation?_include=Observation:patient&_include:iterate=Patient:organization"
            "&_include:iterate=Organization:partof",
            "b o o2 p",
        ),
        ("Observation?value-quantity:missing=false", "b"),
        ("Observation?value-quantity:missing=true", ""),
        ("Observation?combo-code-value-quantity:missing=true", ""),
        ("Patient?name:missing=true", ""),
        ("Patient?gender:missing=true", "p"),
        ("Patient?organization:missing=false", "p"),
        ("Patient?_tag:missing=false", "p"),
        ("Patient?_id:missing=true", ""),
        ("Observation?value-quantity=ne5", ""),
        ("Observation?value-quantity=ap5.2", "b"),
        ("Observation?value-quantity=sa4", "b"),
        ("Observation?value-quantity=eb6", "b"),
        ("Observation?value-quantity=ge5&value-quantity=le5", "b"),
        ("Patient?_lastUpdated=gt2020", "p"),
        ("Patient?_lastUpdated=eb2020-01-01", ""),
        ("Patient?gender:not=male,female", "p"),
        ("?_type=Patient,Observation&_lastUpdated=gt2020", "b p"),
        ("Patient?_format=json&_pretty=true&_count=0", ""),
    ],
)
def test_finds(small: Client, asked: str, expected: str) -> None:
    reply = small.get("/" + asked)
    assert reply.status == 200, reply.body
    assert " ".join(sorted(each["resource"]["id"] for each in reply.resource.get("entry", ()))) == expected


@pytest.mark.parametrize(
    "asked",
    [
        "Patient?:missing=true",
        "Patient?_sort=-",
        "Patient?_sort=_text",
        "Patient?_contained=true",
        "Patient?_score=1",
        "?name=li",
        "Patient?name:contains=" + ",".join(map(str, range(700))),
        "Patient?gender=" + ",".join(map(str, range(6000))),
    ],
)
def test_refuses(small: Client, asked: str) -> None:
    assert small.get("/" + asked).status == 400


def test_a_form_and_its_url_count_together(small: Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = small.request("POST", "/Patient/_search?name=li", "_id=p&_count=5", form)
    assert reply.resource["total"] == 1
    assert reply.resource["link"][0]["url"] == f"{BASE}/Patient?name=li&_id=p&_count=5"
    assert small.request("POST", "/Patient/_search?name=wang", "_id=p", form).resource["total"] == 0
