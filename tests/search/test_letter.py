"""search.html by the letter: each modifier, prefix and form on values with edges, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from fhirserver.assembly import assemble
from fhirserver.rest.app import create_app
from fhirserver.settings import Settings
from tests.search.conftest import BASE
from tests.search.letter import LOCAL, LOINC, RESIDENT, RESOURCES, UCUM, V2_0203
from tests.support.client import Client, wsgi_client

P1 = "day midnight pinned"
EVERY = "away bare case child day g leaf less mg midnight month next nosystem panel pinned root said ten undated zulu"
VS = "http://example.org/fhir/ValueSet/some/letters"


def _but(names: str) -> str:
    return " ".join(sorted(set(EVERY.split()) - set(names.split())))


STRINGS = [
    ("Patient?name=peter", "p1"),
    ("Patient?name=Jam", "p1"),
    ("Patient?name=eter", ""),
    ("Patient?name:contains=ETER", "p1"),
    ("Patient?given:exact=Peter", "p1"),
    ("Patient?given:exact=peter", ""),
    ("Patient?family=o'connor", "p2"),
    ("Patient?name=renee", "p2"),
    ("Patient?name=RENÉE", "p2"),
    ("Patient?given:exact=Renée", "p2"),
    ("Patient?given:exact=Renee", ""),
    ("Patient?name=peter&name=jim", "p1"),
    ("Patient?given=peter,renee", "p1 p2"),
    ("Patient?address-city=pleasant", "p1"),
    ("Patient?address=3999", "p1"),
    ("Patient?address:contains=LLE", "p1"),
    ("Patient?address-country:exact=AU", "p1"),
    ("Patient?address-country:exact=au", ""),
    ("Patient?name=欧阳", "p3"),
    ("Patient?name=ouyang", "p3"),
    ("Patient?name=ouyangxiu", "p3"),
    ("Patient?name=oyx", "p3"),
    ("Patient?name:exact=ouyangxiu", ""),
    ("Patient?name=chongqing", "p4"),
    ("Organization?name=ward 100%_", "oc"),
    ("Organization?name:contains=%_", "oc"),
    ("Organization?name=ward _", ""),
    ("Organization?name=Ｗａｒｄ", "ob oc"),
    ("Organization?name=日出", "oa"),
    ("Organization?name=richu", "oa"),
    ("Organization?name:exact=日出医院", "oa"),
    ("Organization?name:missing=false", "oa ob oc"),
    ("Patient?address:missing=true", "p2 p3 p4 p5"),
]

TOKENS = [
    ("Patient?active=true", "p1"),
    ("Patient?active=false", "p2"),
    ("Patient?active:missing=true", "p3 p4 p5"),
    ("Patient?active:not=true", "p2 p3 p4 p5"),
    ("Patient?identifier=12345", "p1 p2"),
    ("Patient?identifier=urn:oid:1.2.36|12345", "p1"),
    ("Patient?identifier=|12345", "p2"),
    ("Patient?identifier=urn:oid:1.2.36|", "p1"),
    (r"Patient?identifier=urn:oid:1.2.37|x\|y", "p2"),
    (r"Patient?identifier=x\|y", "p2"),
    ("Patient?identifier=1234", ""),
    (f"Patient?identifier:of-type={V2_0203}|MR|12345", "p1"),
    (f"Patient?identifier:of-type={V2_0203}|SS|12345", ""),
    ("Patient?identifier:not=12345", "p3 p4 p5"),
    ("Patient?identifier=11010519491231002x", "p4"),
    (f"Patient?identifier={RESIDENT}|11010519491231002X", "p4"),
    (f"Patient?identifier={RESIDENT}|11010519491231002x", "p4"),
    ("Patient?identifier=110105491231002", "p5"),
    ("Patient?identifier=11010549123100", ""),
    ("Patient?identifier=110105194912310020", ""),
    (f"Patient?identifier={RESIDENT}|", "p4 p5"),
    ("Patient?phone=(03) 5555 6473", "p1"),
    ("Patient?telecom=phone|(03) 5555 6473", "p1"),
    ("Patient?telecom=fax|(03) 5555 6473", ""),
    ("Practitioner?email=dr.chen@example.org", "dr"),
    ("Practitioner?telecom=email|DR.CHEN@EXAMPLE.ORG", "dr"),
    ("Practitioner?phone=dr.chen@example.org", ""),
    ("Patient?language=zh-CN", "p1"),
    ("Patient?language=urn:ietf:bcp:47|zh-CN", "p1"),
    ("Patient?deceased=true", "p2"),
    ("Patient?deceased=false", "p1 p3 p4 p5"),
    ("Patient?gender:not=male", "p2 p3 p4 p5"),
    ("Patient?gender:missing=true", "p3 p4 p5"),
    ("Patient?gender=http://hl7.org/fhir/administrative-gender|female", "p2"),
    ("Patient?_tag=http://example.org/tag|vip", "p1"),
    ("Patient?_tag:not=vip", "p2 p3 p4 p5"),
    ("Patient?_security=R", "p1"),
    ("Patient?_profile=http://example.org/StructureDefinition/p", "p1"),
    ("Patient?_profile:below=http://example.org/StructureDefinition", "p1"),
    ("Patient?_source=http://example.org/his#42", "p1"),
    ("Observation?code=a", "nosystem root"),
    (f"Observation?code={LOCAL}|a", "root"),
    ("Observation?code=|a", "nosystem"),
    ("Observation?code=A", "case"),
    (f"Observation?code={LOCAL}|", "bare case child g leaf less mg root said"),
    (f"Observation?code:in={VS}", "leaf root"),
    ("Observation?code:in=ValueSet/vs", "leaf root"),
    (f"Observation?code:not-in={VS}", _but("leaf root")),
    (f"Observation?code:below={LOCAL}|a", "child leaf root"),
    (f"Observation?code:below={LOCAL}|b", "child leaf"),
    (f"Observation?code:above={LOCAL}|c", "child leaf root"),
    (f"Observation?code:above={LOCAL}|b", "child root"),
    ("Observation?code:text=blood", "panel"),
    ("Observation?code:text=Blood pressure", "panel"),
    ("Observation?status:not=final", "leaf nosystem"),
    ("Observation?status:not=final,amended", "nosystem"),
    ("Observation?status:not=final&status:not=amended", "nosystem"),
    ("Observation?value-concept=b", "root"),
    ("Observation?value-concept:text=bee", "root"),
    ("Observation?value-concept:text=free", "child"),
    ("Observation?value-concept:missing=false", "child root"),
    ("Encounter?class=AMB", "e1"),
    ("Encounter?class:not=AMB", "e2 e3 e4"),
]

DATES = [
    ("Observation?date=2013-01-14", "day midnight ten"),
    ("Observation?date=eq2013-01-14", "day midnight ten"),
    ("Observation?date=2013-01-15", "next zulu"),
    ("Observation?date=ne2013-01-14", "month next zulu"),
    ("Observation?date=lt2013-01-14T10:00", "day midnight month"),
    ("Observation?date=gt2013-01-14T10:00", "day month next zulu"),
    ("Observation?date=ge2013-01-14T10:00", "day month next ten zulu"),
    ("Observation?date=le2013-01-14T10:00", "day midnight month ten"),
    ("Observation?date=sa2013-01-14", "next zulu"),
    ("Observation?date=eb2013-01-15", "day midnight ten"),
    ("Observation?date=2013-01", "day midnight next ten zulu"),
    ("Observation?date=2013", "day midnight month next ten zulu"),
    ("Observation?date=2013-01-14T10:00:00+08:00", "ten"),
    ("Observation?date=2013-01-14T02:00:00Z", "ten"),
    ("Observation?date=2013-01-14T02:00Z", "ten"),
    ("Observation?date=2013-01-14T10:00:00.000+08:00", ""),
    ("Observation?date=ge2013-01-14&date=lt2013-01-15", "day midnight month ten"),
    ("Observation?date=2013-01-14,2013-01-15", "day midnight next ten zulu"),
    ("Observation?date:missing=false", "day midnight month next ten zulu"),
    ("Encounter?date=ge2013-03-14", "e2 e4"),
    ("Encounter?date=le2013-03-14", "e1 e2 e3"),
    ("Encounter?date=sa2013-03-14", "e4"),
    ("Encounter?date=eb2013-03-14", "e1 e3"),
    ("Encounter?date=2013-01-14", "e1"),
    ("Encounter?date=gt2013-01-21", "e2 e4"),
    ("Encounter?date=lt2013-01-21", "e1 e3"),
    ("Encounter?date=ne2013-01-14", "e2 e3 e4"),
    ("Patient?birthdate=1980", "p2"),
    ("Patient?birthdate=1980-05-01", ""),
    ("Patient?birthdate=gt1980-05-01", "p2 p3"),
    ("Patient?birthdate=lt1980", "p1"),
    ("Patient?birthdate=ge1980-05&birthdate=le1980-05", "p2"),
    ("Patient?death-date=2020-02-02", "p2"),
    ("Patient?death-date:missing=true", "p1 p3 p4 p5"),
    ("Patient?_lastUpdated=gt2020-01-01", "p1 p2 p3 p4 p5"),
    ("Patient?_lastUpdated=lt2020-01-01T00:00:00Z", ""),
    ("Observation?patient.birthdate=lt1975", P1),
]

NUMBERS = [
    ("RiskAssessment?probability=0.4", "r40 r400 r41"),
    ("RiskAssessment?probability=0.40", "r40 r400"),
    ("RiskAssessment?probability=gt0.4", "r1 r41 r5"),
    ("RiskAssessment?probability=lt0.41", "r40 r400"),
    ("RiskAssessment?probability=ge0.41", "r1 r41 r5"),
    ("RiskAssessment?probability=le0.4", "r40 r400"),
    ("RiskAssessment?probability=ne0.4", "r1 r5"),
    ("RiskAssessment?probability=ap0.5", "r5"),
    ("RiskAssessment?probability=sa0.41", "r1 r5"),
    ("RiskAssessment?probability=eb0.41", "r40 r400"),
    ("RiskAssessment?probability=1", "r1 r5"),
    ("RiskAssessment?probability=1.0", "r1"),
    ("RiskAssessment?probability=4e-1", "r40 r400 r41"),
    ("RiskAssessment?probability=0.4,1.0", "r1 r40 r400 r41"),
    (f"Observation?value-quantity=5.4|{UCUM}|mg", "g mg"),
    (f"Observation?value-quantity=0.0054|{UCUM}|g", "g mg"),
    (f"Observation?value-quantity=5.4e-3|{UCUM}|g", "g mg"),
    ("Observation?value-quantity=5.4", "bare mg said"),
    ("Observation?value-quantity=5.4||mg", "mg said"),
    (f"Observation?value-quantity=5|{UCUM}|mg", "g mg"),
    (f"Observation?value-quantity=5.40|{UCUM}|ug", ""),
    (f"Observation?value-quantity=gt5.3|{UCUM}|mg", "g mg"),
    (f"Observation?value-quantity=ap5|{UCUM}|mg", "g mg"),
    (f"Observation?value-quantity=lt5|{UCUM}|mg", "less"),
    ("Observation?value-quantity=ne5.4", "g less"),
    ("Observation?value-quantity:missing=false", "bare g less mg said"),
    ("Observation?component-value-quantity=gt140", "panel"),
    ("Observation?value-quantity=gt140", ""),
    ("Observation?combo-value-quantity=gt140", "panel"),
    ("Observation?component-code-value-quantity=8480-6$gt140", "panel"),
    ("Observation?component-code-value-quantity=8462-4$gt140", ""),
    (f"Observation?component-code-value-quantity={LOINC}|8462-4$90|{UCUM}|mm[Hg]", "panel"),
    (f"Observation?code-value-quantity={LOCAL}|dose$5.4|{UCUM}|mg", "g mg"),
    (f"Observation?combo-code-value-quantity={LOCAL}|dose$lt3|{UCUM}|mg,8480-6$gt140", "less panel"),
    (f"Observation?code-value-concept={LOCAL}|a${LOCAL}|b", "root"),
    (f"Observation?code-value-concept={LOCAL}|b${LOCAL}|b", ""),
]

REFERENCES = [
    ("Observation?subject=Patient/p1", P1),
    ("Observation?subject=p1", P1),
    ("Observation?patient=p1", P1),
    ("Observation?patient=Patient/p1", P1),
    ("Observation?subject:Patient=p1", P1),
    (f"Observation?subject={BASE}/Patient/p1", P1),
    ("Observation?subject=http://other.example.org/fhir/Patient/p1", "away"),
    ("Observation?subject=Patient/p1/_history/1", "pinned"),
    ("Observation?subject=Group/g", "leaf"),
    ("Observation?subject:Group=g", "leaf"),
    ("Observation?subject:Group=p1", ""),
    ("Observation?patient=g", ""),
    ("Observation?subject=Patient/p1,Group/g", f"{P1} leaf"),
    ("Observation?subject:identifier=urn:oid:1.2.36|12345", "undated"),
    ("Observation?subject:identifier=12345", "undated"),
    ("Observation?subject:missing=true", _but(f"{P1} ten next undated leaf away")),
    ("Observation?has-member=Observation/mg", "panel"),
    ("Task?owner=Organization/ob&status=requested&focus=Observation/panel", "t"),
    ("Organization?partof:below=Organization/oa", "ob oc"),
    ("Patient?organization:below=Organization/oa", "p1 p2"),
    ("Patient?organization:below=Organization/oc", "p2"),
    ("Observation?subject:Patient.name=peter", P1),
    ("Observation?subject.name=peter", P1),
    ("Observation?patient.organization.partof.name=sunrise", P1),
    ("Observation?patient.organization.name=ward", f"{P1} next ten"),
    ("Observation?subject:Group.member:Patient.name=renee", "leaf"),
    ("Observation?patient._id=p1", P1),
    ("Observation?patient._tag=vip", P1),
    ("Observation?patient.gender:not=male", "next ten"),
    ("Observation?patient.gender:missing=true", ""),
    ("Observation?patient.identifier=urn:oid:1.2.36|12345", P1),
    ("Observation?patient.name=peter,renee", f"{P1} next ten"),
    ("Patient?general-practitioner.name=chenwei", "p1"),
    ("Patient?general-practitioner:Practitioner.email=dr.chen@example.org", "p1"),
    ("Patient?_has:Observation:patient:date=2013-01-15", "p2"),
    ("Patient?_has:Encounter:patient:class=AMB", "p1"),
    ("Practitioner?_has:Patient:general-practitioner:_has:Encounter:patient:class=AMB", "dr"),
    ("Organization?_has:Patient:organization:name=peter", "ob"),
    ("Patient?_has:Group:member:_id=g", "p2"),
    ("Observation?_has:DiagnosticReport:result:status=final", "panel"),
    ("Observation?_has:Observation:has-member:code=85354-9", "mg"),
    ("Medication?_has:MedicationRequest:medication:patient=p1", "m"),
    ("MedicationRequest?medication.code=dose", "mr"),
    ("Patient?_has:Observation:patient:status:not=final", ""),
    ("Patient?_has:Observation:patient:date=2013-01-14&_has:Encounter:patient:class=EMER", "p2"),
    ("Patient?_list=l", "p1"),
    ("Observation?_list=List/l", "mg"),
    ("Patient?_id=p1,p2,nobody", "p1 p2"),
    ("Patient/p1/Observation", P1),
    ("Patient/p1/Observation?date=2013-01-14", "day midnight"),
    ("Patient/p1/Encounter?class=IMP", "e2"),
    ("Patient/p2/Group", "g"),
    ("?_type=Patient,Practitioner&_id=p1,dr", "dr p1"),
    ("?_id=p1&_type=Patient", "p1"),
]

OTHERS = [
    (f"ValueSet?url={VS}", "vs"),
    ("ValueSet?url=http://example.org/fhir/ValueSet/some", ""),
    ("ValueSet?url:below=http://example.org/fhir/ValueSet/some", "vs"),
    ("ValueSet?url:below=http://example.org/fhir/", "vs vs2"),
    (f"ValueSet?url:above={VS}/_history/5", "vs"),
    ("ValueSet?url=urn:oid:1.2.3.4", "vs3"),
    ("ValueSet?url=URN:OID:1.2.3.4", ""),
    ("ValueSet?reference=" + LOCAL, "vs"),
    ("Location?near=31.24|121.49|1|km", "bund"),
    ("Location?near=31.24|121.49|10|m", ""),
    ("Location?near=0|179.99|5|km", "west"),
    ("Location?near=-31.24|121.49|100|km", ""),
    ("DiagnosticReport?_text=血糖", "rep"),
    ("DiagnosticReport?_text=糖升", "rep"),
    ("DiagnosticReport?_text=升糖", ""),
    ("DiagnosticReport?_text=glucose", "rep"),
    ("DiagnosticReport?_text=复查", ""),
    ("DiagnosticReport?_content=复查", "rep"),
    ("DiagnosticReport?_content=化验", "rep"),
    ("DiagnosticReport?_content=血糖 OR 胰岛素", "rep"),
    ("DiagnosticReport?_content=血糖 胰岛素", ""),
    ('Patient?_filter=given eq "peter"', "p1"),
    ("Patient?_filter=gender eq male or gender eq female", "p1 p2"),
    ('Patient?_filter=name sw "chal" and birthdate lt 1980', "p1"),
    ("Patient?_filter=not (gender eq male)", "p2 p3 p4 p5"),
    ("Patient?_filter=active pr true", "p1 p2"),
    ("Patient?_filter=active pr false", "p3 p4 p5"),
    ("Patient?_filter=identifier eq urn:oid:1.2.36|12345", "p1"),
    ('Patient?_filter=organization.name co "ard"', "p1 p2"),
    ("Patient?_filter=organization eq Organization/ob or organization eq Organization/oc", "p1 p2"),
    ("Patient?_filter=gender ne male", "p2"),
    ("Observation?_filter=date ge 2013-01-14 and date lt 2013-01-15 and status eq final", "day midnight month ten"),
    (f"Observation?_filter=code ss {LOCAL}|a", "child leaf root"),
    (f"Observation?_filter=code sb {LOCAL}|c", "child leaf root"),
    (f"Observation?_filter=code in {VS}", "leaf root"),
    (f"Observation?_filter=code ni {VS} and status eq amended", ""),
    ('Patient?_filter=given ne "peter"', "p1 p2 p4"),
    ('Patient?_filter=family ne "chalmers"', "p2 p4"),
    ("Patient?_filter=identifier ne 12345", "p4 p5"),
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('letter') / 'fhir.db'}"
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        url = cluster.url(cluster.create())
    context = assemble(Settings(database_url=url, base_url=BASE))
    client = wsgi_client(create_app(context).wsgi_app, BASE)
    for resource in RESOURCES:
        reply = client.put(f"/{resource['resourceType']}/{resource['id']}", resource)
        assert reply.status == 201, reply.body
    yield client
    context.store.close()


@pytest.mark.parametrize(("asked", "expected"), [*STRINGS, *TOKENS, *DATES, *NUMBERS, *REFERENCES, *OTHERS])
def test_finds(world: Client, asked: str, expected: str) -> None:
    reply = world.get("/" + quote(asked, safe="/?&=:|$,*"))
    assert reply.status == 200, reply.body
    entries = reply.resource.get("entry", [])
    assert all(each["search"]["mode"] == "match" for each in entries), reply.body
    assert sorted(each["resource"]["id"] for each in entries) == sorted(expected.split())
    assert reply.resource["total"] == len(entries)


REFUSED = [
    ("Patient?active=yes", "search-value-form"),
    ("Patient?_sort:asc=name", "search-option-modifier"),
    ("Patient?_count:max=3", "search-option-modifier"),
    ("Patient?_elements=nothing", "unknown-elements"),
    ("Patient?_explain=maybe", "search-option-value"),
    ("Patient?_sort=deceased", "search-sort-unknown"),
    ("Patient?_type=Observation&_sort=name,gender", "search-option-value"),
    ("Patient?organization=Organization/", "search-value-form"),
    ("Patient?organization=a/b/c", "search-value-form"),
    ("Patient?_include=Patient:organization:Practitioner", "search-chain-type-impossible"),
    ("Patient?_include=Patient:organization&_summary=text", "search-include-of-texts"),
    ("Patient?_include:bad=Patient:organization", "search-modifier-unknown"),
    ("Patient?_include=Patient:organisation", "search-parameter-unknown-near"),
    ("Patient?name=a\0b", "search-value-form"),
    ("Patient?identifier=|", "search-value-form"),
    ("Patient?birthdate=1980-5", "search-value-form"),
    ("Patient?birthdate=ge", "search-value-form"),
    ("Patient?birthdate=1980-05-01T25:00", "search-value-form"),
    ("Patient?name:text=x", "search-modifier-unknown"),
    ("Patient?gender:in=http://example.org/nowhere", "search-terminology-absent"),
    ("Patient?gender:below=male", "search-value-form"),
    ("Observation?code:below=http://snomed.info/sct|1", "code-system-without-hierarchy"),
    (f"Observation?value-quantity=5.4|{UCUM}", "search-value-form"),
    ("Observation?value-quantity=NaN", "search-value-form"),
    ("RiskAssessment?probability=gt", "search-value-form"),
    ("Location?near=31.24|121.49|1|xx", "search-value-form"),
    ("Location?near=31.24|121.49|-1|km", "search-value-form"),
    ("Patient?_has:Observation:code:code=1", "search-chain-not-reference"),
    ("Patient?_list=$current-problems", "search-current-list"),
    ("Patient/p1/Organization", "search-compartment-type"),
    ("Patient?_filter=gender eq male and", "search-filter-form"),
    ("Patient?_filter=name zz x", "search-filter-form"),
    ("?_type=Patient,Observation&name=x", "search-parameter-unknown"),
    ("?_type=patient", "search-type-unknown"),
]


@pytest.mark.parametrize(("asked", "key"), REFUSED)
def test_refuses(world: Client, asked: str, key: str) -> None:
    reply = world.get("/" + quote(asked, safe="/?&=:|$,*"))
    assert 400 <= reply.status < 500
    assert reply.keys == [key]


ORDERED = [
    ("Patient?_sort=gender&_sort=-birthdate", "p2 p1 p3"),
    ("Patient?_sort=gender,-birthdate", "p2 p1 p3"),
    ("Patient?_sort=-gender", "p1 p2"),
    ("Patient?_sort=family", "p4 p1 p2"),
    ("Patient?_sort=-birthdate", "p3 p2 p1"),
    ("Patient?_sort=organization", "p1 p2"),
    ("Patient?_sort=-_id", "p5 p4 p3 p2 p1"),
    ("Patient?_sort=_lastUpdated", "p1 p2 p3 p4 p5"),
    ("Patient?_sort=identifier", "p4 p5"),
    ("Encounter?_sort=date&date:missing=false", "e3 e1 e2 e4"),
    ("RiskAssessment?_sort=-probability,_id", "r1 r5 r41 r40 r400"),
    ("Observation?value-quantity:missing=false&_sort=value-quantity,_id", "less g bare mg said"),
    ("Observation?_sort=status,-_id", "leaf nosystem zulu"),
]


@pytest.mark.parametrize(("asked", "expected"), ORDERED)
def test_sorts(world: Client, asked: str, expected: str) -> None:
    """The first ones, in order: after them come those without a value, or equal ones."""
    found = [each["resource"]["id"] for each in world.get("/" + asked).resource["entry"]]
    assert found[: len(expected.split())] == expected.split()


INCLUDED = [
    ("Patient?_id=p1&_include=Patient:organization", "ob"),
    ("Patient?_id=p1&_include=Patient:organization:Organization", "ob"),
    ("Patient?_id=p1&_include=*", "dr ob"),
    ("Patient?_id=p1&_include=Patient:*", "dr ob"),
    ("Patient?_id=p1&_include=Patient:organization&_include:iterate=Organization:partof", "oa ob"),
    ("Patient?_id=p2&_revinclude=Observation:patient", "next ten"),
    ("Patient?_id=p2&_revinclude=Observation:subject&_revinclude=Encounter:patient", "e3 e4 next ten"),
    ("Patient?_id=p2&_revinclude=Group:member", "g"),
    ("Observation?_id=pinned&_include=Observation:subject", "p1"),
    (
        "Observation?_id=mg&_revinclude:iterate=Observation:has-member&_revinclude:iterate=DiagnosticReport:result",
        "panel rep",
    ),
    ("Task?_include=Task:focus&_include=Task:owner", "ob panel"),
    ("Task?_include=Task:focus:Observation", "panel"),
    ("MedicationRequest?_include=MedicationRequest:medication&_include=MedicationRequest:patient", "m p1"),
    ("Observation?_id=away&_include=Observation:subject", ""),
    ("Patient?_id=p1,p2&_include=Patient:organization&_include=Patient:organization", "ob oc"),
]


@pytest.mark.parametrize(("asked", "expected"), INCLUDED)
def test_includes(world: Client, asked: str, expected: str) -> None:
    bundle = world.get("/" + asked).resource
    found = [each["resource"]["id"] for each in bundle["entry"] if each["search"]["mode"] == "include"]
    assert sorted(found) == expected.split()
    assert bundle["total"] == sum(each["search"]["mode"] == "match" for each in bundle["entry"])


SUMMARIES = [
    ("true", {"status", "code", "subject"}),
    ("text", {"status", "code", "text"}),
    ("data", {"status", "code", "subject", "result", "conclusion"}),
    ("false", {"status", "code", "subject", "result", "conclusion", "text"}),
]


@pytest.mark.parametrize(("summary", "members"), SUMMARIES)
def test_summaries(world: Client, summary: str, members: set[str]) -> None:
    (entry,) = world.get(f"/DiagnosticReport?_id=rep&_summary={summary}").resource["entry"]
    assert set(entry["resource"]) == {"resourceType", "id", "meta", *members}
    tags = [each["code"] for each in entry["resource"]["meta"].get("tag", ())]
    assert tags == ([] if summary == "false" else ["SUBSETTED"])


def test_a_summary_of_counts(world: Client) -> None:
    bundle = world.get("/Observation?_summary=count").resource
    assert bundle["total"] == len(EVERY.split())
    assert "entry" not in bundle
    assert world.get("/Observation?_count=0").resource["total"] == len(EVERY.split())


def test_elements_are_of_any_type_asked_for(world: Client) -> None:
    bundle = world.get("/?_type=Patient,Organization&_id=p1,ob&_elements=birthDate,partOf").resource
    found = {each["resource"]["id"]: set(each["resource"]) for each in bundle["entry"]}
    assert found == {
        "p1": {"resourceType", "id", "meta", "birthDate", "active", "deceasedBoolean"},
        "ob": {"resourceType", "id", "meta", "partOf"},
    }


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_body_that_is_no_form_is_refused(world: Client) -> None:
    """Or its criteria would be lost and everything found."""
    reply = world.request("POST", "/Patient/_search", '{"name":"peter"}', {"Content-Type": "application/json"})
    assert (reply.status, reply.keys) == (415, ["search-form-type"])
    assert world.request("POST", "/Patient/_search", "name=%ff", FORM).status == 400
    assert world.request("POST", "/Patient/_search?gender=male", "name=peter", FORM).resource["total"] == 1
    assert world.request("POST", "/Patient/_search?gender=female", "name=peter", FORM).resource["total"] == 0
    assert world.request("POST", "/_search", "_type=Patient&_id=p1", FORM).resource["total"] == 1


LENIENT = [
    "nothing=1",
    "_sort=nothing",
    "_include=Patient:nothing",
    "organization.nothing=1",
    "_has:Task:nothing:code=1",
]


@pytest.mark.parametrize("asked", LENIENT)
def test_lenient_handling_ignores_what_is_unknown_and_says_so(world: Client, asked: str) -> None:
    assert world.get(f"/Patient?gender=male&{asked}").status == 400
    assert world.get(f"/Patient?gender=male&{asked}", prefer="handling=strict").status == 400
    bundle = world.get(f"/Patient?gender=male&{asked}", prefer="handling=lenient").resource
    assert [each["search"]["mode"] for each in bundle["entry"]] == ["match", "outcome"]
    assert bundle["entry"][1]["resource"]["issue"][0]["severity"] == "warning"
    assert bundle["link"][0]["url"] == f"{BASE}/Patient?gender=male&_count=50"


@pytest.mark.parametrize("asked", ["name:nothing=1", "birthdate=soon", "_count=many", "_filter=nothing eq 1"])
def test_lenient_handling_covers_nothing_else(world: Client, asked: str) -> None:
    assert world.get(quote(f"/Patient?{asked}", safe="/?=:"), prefer="handling=lenient").status == 400


def test_page_links_are_tamper_proof(world: Client) -> None:
    links = world.get("/Observation?_count=3").resource["link"]
    following = next(link["url"] for link in links if link["relation"] == "next")
    assert world.get(following).status == 200
    altered = [
        following + "A",
        following[:-1],
        following.replace("_page=", "_page=A"),
        following.replace("/Observation?", "/Encounter?"),
        following + "&status=final",
        following.replace("_page=", "_sort=date&_page="),
    ]
    for each in altered:
        reply = world.get(each)
        assert (reply.status, reply.keys) == (400, ["page-unknown"]), each


@pytest.mark.parametrize(
    "sort", ["", "status,-date", "-subject,_id", "value-quantity", "-_lastUpdated", "code,-status,date"]
)
def test_pages_hold_everything_once(world: Client, sort: str) -> None:
    whole = [each["resource"]["id"] for each in world.get(f"/Observation?_sort={sort}").resource["entry"]]
    url: str | None = f"/Observation?_sort={sort}&_count=3&_total=accurate"
    seen: list[str] = []
    while url is not None:
        bundle = world.get(url).resource
        assert bundle["total"] == len(EVERY.split())
        seen += [each["resource"]["id"] for each in bundle["entry"]]
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    assert sorted(seen) == EVERY.split()
    assert seen == whole
