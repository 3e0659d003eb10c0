"""Searches as a client sends them, in tables: what is asked, and which resources come back, in order."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from tests.search.conftest import BASE
from tests.support.client import Client, wsgi_client

LOINC, UCUM, CARD = "http://loinc.org", "http://unitsofmeasure.org", "http://example.org/card"


def _coded(code: str, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": LOINC, "code": code, **more}]}


def _amount(value: float, code: str) -> dict[str, Any]:
    return {"value": value, "unit": code, "system": UCUM, "code": code}


def _resources() -> list[dict[str, Any]]:
    weights = [
        {
            "resourceType": "Observation",
            "id": f"w{day}",
            "status": "final",
            "code": {**_coded("29463-7", display="Body weight"), "text": "体重测量"},
            "subject": {"reference": f"Patient/{'liu' if day % 2 else 'jo'}"},
            "effectiveDateTime": f"2024-01-0{day}",
            "valueQuantity": _amount(600 + day, "mg"),
            "performer": [{"reference": "Organization/main"}],
        }
        for day in range(1, 6)
    ]
    pressure = {
        "resourceType": "Observation",
        "id": "bp",
        "status": "amended",
        "code": _coded("85354-9"),
        "component": [
            {"code": _coded("8480-6"), "valueQuantity": _amount(120, "mm[Hg]")},
            {"code": _coded("8462-4"), "valueQuantity": _amount(80, "mm[Hg]")},
        ],
    }
    return [
        {"resourceType": "Organization", "id": "main", "name": "上海市第一人民医院"},
        {"resourceType": "Organization", "id": "branch", "name": "分院", "partOf": {"reference": "Organization/main"}},
        {
            "resourceType": "Patient",
            "id": "liu",
            "name": [{"family": "刘", "given": ["桂兰"]}],
            "gender": "female",
            "birthDate": "1980-01-02",
            "identifier": [{"system": CARD, "value": "11010519491231002X"}],
            "managingOrganization": {"reference": "Organization/branch"},
        },
        {
            "resourceType": "Patient",
            "id": "jo",
            "name": [{"family": "Müller", "given": ["Jörg"]}],
            "gender": "male",
            "birthDate": "1990",
            "identifier": [
                {
                    "system": CARD,
                    "value": "110105491231002",
                    "type": {"coding": [{"system": "urn:t", "code": "old"}]},
                }
            ],
        },
        *weights,
        pressure,
        {
            "resourceType": "Location",
            "id": "gate",
            "status": "active",
            "position": {"latitude": 31.23, "longitude": 121.47},
        },
        {
            "resourceType": "List",
            "id": "box",
            "status": "current",
            "mode": "working",
            "entry": [{"item": {"reference": "Patient/jo"}}],
        },
    ]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One server a database for all rows of the tables, which only read."""
    from fhirserver.assembly import assemble
    from fhirserver.settings import Settings

    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('search') / 'fhir.db'}"
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        url = cluster.url(cluster.create())
    context = assemble(Settings(database_url=url, base_url=BASE))
    client = wsgi_client(create_app(context).wsgi_app, BASE)
    for resource in _resources():
        reply = client.put(f"/{resource['resourceType']}/{resource['id']}", resource)
        assert reply.status == 201, reply.body
    yield client
    context.store.close()


NEWEST = "w5 w4 w3 w2 w1"
FOUND = [
    # strings, and Chinese names by pinyin
    ("Patient?name=liuguilan", "liu"),
    ("Patient?name=lgl", "liu"),
    ("Patient?name=刘桂", "liu"),
    ("Patient?name=guilan", "liu"),
    ("Patient?family=mull", "jo"),
    ("Patient?family:exact=Müller", "jo"),
    ("Patient?family:exact=muller", ""),
    ("Patient?family:exact=liu", ""),
    ("Patient?name:contains=rg", "jo"),
    ("Patient?name=%25", ""),
    ("Patient?name=_", ""),
    ("Patient?name=mul,liu", "jo liu"),
    ("Organization?name=shs", "main"),
    # tokens
    ("Patient?gender=male,female", "jo liu"),
    ("Patient?gender:not=male", "liu"),
    ("Patient?gender=http://hl7.org/fhir/administrative-gender|male", "jo"),
    ("Patient?gender=http://example.org|male", ""),
    ("Patient?identifier=11010519491231002x", "liu"),
    (f"Patient?identifier={CARD}|11010519491231002X", "liu"),
    (f"Patient?identifier={CARD}|", "jo liu"),
    ("Patient?identifier=110105491231002", "jo"),
    ("Patient?identifier=|11010519491231002X", ""),
    ("Patient?identifier:of-type=urn:t|old|110105491231002", "jo"),
    (f"Observation?code={LOINC}|29463-7", NEWEST),
    ("Observation?code:text=weight", NEWEST),
    ("Observation?code:text=体重", NEWEST),
    ("Observation?code:text=重体", ""),
    ("Patient?deceased=false", "jo liu"),
    # dates
    ("Patient?birthdate=1990", "jo"),
    ("Patient?birthdate=1990-01", ""),
    ("Patient?birthdate=ge1985", "jo"),
    ("Patient?birthdate=lt1985", "liu"),
    ("Observation?date=ge2024-01-04", "w5 w4"),
    ("Observation?date=2024-01", NEWEST),
    ("Observation?date=ne2024-01-05", "w4 w3 w2 w1"),
    ("Observation?date=sa2024-01-03", "w5 w4"),
    ("Observation?date=eb2024-01-03", "w2 w1"),
    ("Observation?date=ge2024-01-02&date=lt2024-01-04", "w3 w2"),
    ("Observation?date:missing=true", "bp"),
    # quantities
    (f"Observation?value-quantity=gt0.603|{UCUM}|g", "w5 w4"),
    (f"Observation?value-quantity=0.602|{UCUM}|g", "w2"),
    ("Observation?value-quantity=601||mg", "w1"),
    ("Observation?value-quantity=6e2", "w4 w3 w2 w1"),
    # composites
    (f"Observation?component-code-value-quantity={LOINC}|8480-6$gt100", "bp"),
    (f"Observation?component-code-value-quantity=8480-6$lt100|{UCUM}|mm[Hg]", ""),
    ("Observation?combo-code-value-quantity=8480-6$120,29463-7$601", "w1 bp"),
    ("Observation?code-value-quantity=29463-7$gt603", "w5 w4"),
    # references, chains, _has
    ("Observation?patient=liu", "w5 w3 w1"),
    ("Observation?subject=Patient/jo&_sort=date", "w2 w4"),
    ("Observation?subject:Patient=jo", "w4 w2"),
    (f"Observation?subject={BASE}/Patient/jo", "w4 w2"),
    ("Observation?subject.name=lgl", "w5 w3 w1"),
    ("Observation?subject:Patient.gender:not=male", "w5 w3 w1"),
    ("Observation?patient.organization.name=分", "w5 w3 w1"),
    ("Patient?_has:Observation:patient:code=29463-7", "jo liu"),
    ("Patient?_has:Observation:subject:performer.name=上海&gender=male", "jo"),
    ("Patient?_has:Observation:patient:date=2024-01-05", "liu"),
    ("Organization?_has:Patient:organization:_has:Observation:patient:status=final", "branch"),
    ("Patient?organization:below=Organization/main", "liu"),
    ("Organization?partof:above=Organization/branch", "branch"),
    # special, full text, lists, filters
    ("Location?near=31.2|121.4|10|km", "gate"),
    ("Location?near=31.2|121.4|1|km", ""),
    ("Location?near=31.2|121.4|6|[mi_i]", "gate"),
    ("Observation?_content=重测", NEWEST),
    ("Observation?_content=体重 weight", NEWEST),
    ("Observation?_content=体重 NOT weight", ""),
    ("Patient?_list=box", "jo"),
    ('Observation?_filter=code eq 29463-7 and (date ge 2024-01-04 or status eq "amended")', "w5 w4"),
    ('Patient?_filter=name co "uil" or not (gender eq female)', "jo liu"),
    # compartments, ids
    ("Patient/liu/Observation", "w5 w3 w1"),
    ("Patient/liu/Observation?code=8480-6", ""),
    ("Patient?_id=liu,nobody", "liu"),
    ("?_type=Patient&gender=male", "jo"),
    # order
    ("Patient?_sort=birthdate", "liu jo"),
    ("Patient?_sort=-birthdate,family", "jo liu"),
    ("Patient?_sort=gender", "liu jo"),
    ("Observation?_sort=date", "w1 w2 w3 w4 w5 bp"),
    ("Observation?_sort=-date", f"{NEWEST} bp"),
    ("Observation?_sort=status,-date", f"bp {NEWEST}"),
    ("Observation?_sort=-value-quantity", f"{NEWEST} bp"),
    ("Observation?_sort=_id", "bp w1 w2 w3 w4 w5"),
]


def _get(client: Client, text: str) -> Any:
    return client.get("/" + quote(text, safe="/?&=:|$,*%"))


def _ids(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    return [each["resource"].get("id", "") for each in bundle.get("entry", []) if each["search"]["mode"] == mode]


@pytest.mark.parametrize(("asked", "expected"), FOUND)
def test_finds(loaded: Client, asked: str, expected: str) -> None:
    reply = _get(loaded, asked)
    assert reply.status == 200, reply.body
    found = _ids(reply.resource)
    if asked.startswith(("Observation", "Patient/")) or "_sort" in asked:
        assert found == expected.split()
    else:
        assert sorted(found) == sorted(expected.split())
    assert reply.resource["total"] == len(found)


INCLUDED = [
    ("Observation?patient=liu&_include=Observation:patient", "liu"),
    ("Observation?_id=w1&_include=*", "liu main"),
    ("Observation?_id=w1&_include=Observation:subject:Group", ""),
    ("Patient?_id=liu&_revinclude=Observation:subject", "w1 w3 w5"),
    ("Observation?_id=w1&_include=Observation:patient&_include:iterate=Patient:organization", "branch liu"),
    (
        "Observation?_id=w1&_include=Observation:patient&_include:iterate=Patient:organization"
        "&_include:iterate=Organization:partof",
        "branch liu main",
    ),
]


@pytest.mark.parametrize(("asked", "expected"), INCLUDED)
def test_includes(loaded: Client, asked: str, expected: str) -> None:
    assert sorted(_ids(_get(loaded, asked).resource, "include")) == expected.split()


REFUSED = [
    ("Observation?patien=liu", "search-parameter-unknown-near"),
    ("Observation?zzz=1", "search-parameter-unknown"),
    ("Observation?code:nothing=1", "search-modifier-unknown"),
    ("Observation?subject:Medication=1", "search-modifier-unknown"),
    ("Observation?date=yesterday", "search-value-form"),
    ("Observation?date=2024-02-30", "search-value-form"),
    ("Observation?value-quantity=heavy", "search-value-form"),
    ("Observation?value-quantity=5|mg", "search-value-form"),
    ("Observation?code=a|b|c", "search-value-form"),
    ("Observation?date:missing=maybe", "search-value-form"),
    ("Observation?code.name=1", "search-chain-not-reference"),
    ("Observation?subject:Medication.name=1", "search-chain-type-impossible"),
    ("Observation?subject.zzz=1", "search-chain-nowhere"),
    ("Patient?_has:Nothing:x:y=1", "search-type-unknown"),
    ("Patient?_has:Observation:patient=1", "search-name-form"),
    ("Patient?_sort=zzz", "search-sort-unknown"),
    ("Patient?_count=-1", "search-option-value"),
    ("Patient?_total=all", "search-option-value"),
    ("Patient?_count=1&_count=2", "search-option-repeated"),
    ("Patient?_include=Patient", "search-include-form"),
    ("Patient?_filter=name is x", "search-filter-form"),
    ("Patient?_filter=(name eq x", "search-filter-form"),
    ("Patient?_page=forged", "page-unknown"),
    ("Location?near=100|200", "search-value-form"),
    ("Patient?_query=mine", "search-named-query"),
    ("?_type=Nothing", "search-type-unknown"),
    ("Nothing/1/Observation", "type-unknown"),
    ("Organization/1/Observation", "search-compartment-unknown"),
]


@pytest.mark.parametrize(("asked", "key"), REFUSED)
def test_refuses(loaded: Client, asked: str, key: str) -> None:
    reply = _get(loaded, asked)
    assert 400 <= reply.status < 500
    assert reply.keys == [key]


def test_pages_are_complete_and_without_repeats(loaded: Client) -> None:
    for sort in (
        "",
        "&_sort=-date",
        "&_sort=date",
        "&_sort=-_lastUpdated",
        "&_sort=code,-date",
        "&_sort=value-quantity",
    ):
        reply, seen = loaded.get(f"/Observation?_count=2{sort}"), []
        while True:
            bundle = reply.resource
            seen += _ids(bundle)
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            if not following:
                break
            reply = loaded.get(following[0])
        assert sorted(seen) == ["bp", "w1", "w2", "w3", "w4", "w5"], sort


def test_a_page_link_is_good_for_its_search_only(loaded: Client) -> None:
    links = loaded.get("/Observation?_count=2").resource["link"]
    token = next(link["url"] for link in links if link["relation"] == "next").rpartition("=")[2]
    assert loaded.get(f"/Observation?status=final&_count=2&_page={token}").keys == ["page-unknown"]


def test_lenient_handling_says_what_was_ignored(loaded: Client) -> None:
    reply = loaded.get("/Observation?patien=liu&status=amended", prefer="handling=lenient")
    assert _ids(reply.resource) == ["bp"]
    outcome = next(each["resource"] for each in reply.resource["entry"] if each["search"]["mode"] == "outcome")
    assert "patient" in outcome["issue"][0]["diagnostics"]
    assert "patien=" not in reply.resource["link"][0]["url"]


def test_totals_and_counts(loaded: Client) -> None:
    assert "total" not in loaded.get("/Observation?_count=2").resource
    assert loaded.get("/Observation?_count=2&_total=accurate").resource["total"] == 6
    assert loaded.get("/Observation?_count=2&_total=estimate&code=29463-7").resource["total"] == 5
    for asked in ("_count=0", "_summary=count"):
        bundle = loaded.get(f"/Observation?status=final&{asked}").resource
        assert bundle["total"] == 5
        assert "entry" not in bundle


def test_the_self_link_announces_the_cap(loaded: Client) -> None:
    assert loaded.get("/Patient?_count=5000").resource["link"][0]["url"].endswith("Patient?_count=1000")


def test_summaries_are_tagged(loaded: Client) -> None:
    for asked in ("_summary=true", "_elements=gender"):
        resource = loaded.get(f"/Patient?_id=jo&{asked}").resource["entry"][0]["resource"]
        assert resource["meta"]["tag"][-1]["code"] == "SUBSETTED"


def test_a_form_is_searched_like_a_url(loaded: Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = loaded.request("POST", "/Patient/_search", "name=m%C3%BCl&gender=male", form)
    assert _ids(reply.resource) == ["jo"]
    reply = loaded.request("POST", "/Patient/liu/Observation/_search?status=final", "date=2024-01-05", form)
    assert _ids(reply.resource) == ["w5"]


def test_an_explanation_shows_the_sql_and_the_plan(loaded: Client) -> None:
    found = loaded.get("/Observation?patient=liu&code=29463-7&patient.name=liu&_explain=true").resource
    statement = next(each for each in found["parameter"] if each["name"] == "statement")
    assert {part["name"] for part in statement["part"]} == {"type", "criterion", "sql", "values", "plan"}
    criteria = [
        {part["name"]: part.get("valueString", part.get("valueInteger")) for part in each["part"]}
        for each in statement["part"]
        if each["name"] == "criterion"
    ]
    assert [each["parameter"] for each in criteria] == ["patient=liu", "code=29463-7", "patient.name=liu"]
    assert criteria[0]["resources"] == 3
    assert criteria[1]["looks-at"].startswith("token: Observation.code")
    assert "Patient.name" in criteria[2]["looks-at"]
    plan = " ".join(part["valueString"] for part in statement["part"] if part["name"] == "plan")
    assert "steps of SQLite" in plan or "Buffers" in plan


def test_a_custom_parameter_counts_at_once(context: Context, client: Client) -> None:
    parameter = {
        "resourceType": "SearchParameter",
        "url": "http://example.org/SearchParameter/marital",
        "name": "marital",
        "status": "active",
        "description": "marital status",
        "code": "marital",
        "base": ["Patient"],
        "type": "token",
        "expression": "Patient.maritalStatus",
    }
    assert client.get("/Patient?marital=M").keys == ["search-parameter-unknown-near"]
    assert client.post("/SearchParameter", parameter).status == 201
    client.put("/Patient/wed", {"resourceType": "Patient", "id": "wed", "maritalStatus": {"coding": [{"code": "M"}]}})
    client.put("/Patient/free", {"resourceType": "Patient", "id": "free"})
    assert _ids(client.get("/Patient?marital=M").resource) == ["wed"]
    assert _ids(client.get("/Patient?marital:missing=true").resource) == ["free"]
