"""The REST API of R4 (http.html) over real HTTP, as tables: each row is one request to a real server.

http.html's anchors stand beside the tables. `<once>`, `<thrice>`, `<deleted>` and `<new>` are ids of
:class:`tests.journeys.checks.Given`.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.checks import Check, Given
from tests.support.client import FHIR_JSON, FHIR_XML, Client

JSON = f"{FHIR_JSON.replace('+', '[+]')}; charset=utf-8"
XML = f"{FHIR_XML.replace('+', '[+]')}; charset=utf-8"
UUID = "[0-9a-f-]{36}"
LOCATION = f"<base>/Patient/{UUID}/_history/1"
HTTP_DATE = "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"

PATIENT = {"resourceType": "Patient", "active": True, "name": [{"family": "刘"}]}
WITH_ID = {**PATIENT, "id": "<new>"}
CHANGED = {**PATIENT, "id": "<once>", "gender": "female"}
PATIENT_XML = '<Patient xmlns="http://hl7.org/fhir"><active value="true"/><name><family value="刘"/></name></Patient>'
LONG = "x" * 65


def born(date: str) -> Any:
    return lambda resource: resource["birthDate"] == date


def entries(count: int) -> Any:
    return lambda bundle: len(bundle.get("entry", ())) == count


# http.html#styleguide, http.html#root
ADDRESSES = [
    Check("unknown type", "GET", "/Patinet/1", 404, "type-unknown-near", text="Patient"),
    Check("unknown type, nothing near", "GET", "/Foo/1", 404, "type-unknown"),
    Check("types are case-sensitive", "GET", "/patient/1", 404, "type-unknown-near", text="Patient"),
    Check("abstract types are no types", "GET", "/DomainResource/1", 404),
    Check("data types are no resource types", "GET", "/HumanName/1", 404),
    Check("unknown type on create", "POST", "/Foo", 404, "type-unknown", body={"resourceType": "Foo"}),
    Check("unknown type on history", "GET", "/Foo/_history", 404, "type-unknown"),
    Check("unknown address below a resource", "GET", "/Patient/1/_foo", 404, "route-unknown"),
    Check("unknown address of the system", "GET", "/_foo", 404, "route-unknown"),
    Check("unknown operation", "GET", "/$foo", 404, "route-unknown"),
    Check("too many segments", "GET", "/Patient/1/_history/1/2/3", 404, "route-unknown"),
    Check("empty segment", "GET", "//Patient/1", 404),
    Check("below metadata", "GET", "/metadata/1", 404),
    Check("id too long", "GET", f"/Patient/{LONG}", 400, "id-form"),
    Check("id with a space", "GET", "/Patient/a%20b", 400, "id-form"),
    Check("id with a slash in it", "GET", "/Patient/a%2Fb", 404),
    Check("id in Chinese", "GET", "/Patient/%E5%88%98", 400, "id-form"),
    Check("id with an underscore", "GET", "/Patient/a_b", 400, "id-form"),
    Check("id of a quote", "GET", "/Patient/1'--", 400, "id-form"),
    Check("path that is no UTF-8", "GET", "/Patient/%FF%FE", 400, "url-encoding"),
    Check("path with a broken escape", "GET", "/Patient/%zz", 400, "url-encoding"),
    Check("path with NUL", "GET", "/Patient/a%00", 400, "id-form"),
    Check("dots do not climb", "GET", "/Patient/../metadata", 404),
    Check("encoded dots do not climb", "GET", "/Patient/%2e%2e/%2e%2e/etc/passwd", 404),
    Check("a slash at the end is not counted", "GET", "/Patient/<once>/", 200),
    Check("an encoded letter is the letter", "GET", "/%50atient/<once>", 200),
    Check("query that is no UTF-8", "GET", "/metadata?mode=%FF", 400, "url-encoding"),
    Check("query with a broken escape", "GET", "/metadata?mode=%zz", 400, "url-encoding"),
    Check("half an escape", "GET", "/metadata?mode=%4", 400, "url-encoding"),
]

ON_TYPE = "PUT, PATCH, DELETE, POST, GET, HEAD, OPTIONS"
ON_INSTANCE = "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"

METHODS = [
    Check("type: invented method", "BREW", "/Patient", 405, "method-not-allowed", headers={"Allow": ON_TYPE}),
    Check("type: delete all of it", "DELETE", "/Patient", 400, "criteria-missing"),
    Check("instance: post", "POST", "/Patient/1", 405, headers={"Allow": ON_INSTANCE}, body="{}"),
    Check("instance: TRACE", "TRACE", "/Patient/1", 405),
    Check("instance: invented method", "BREW", "/Patient/1", 405, "method-not-allowed"),
    Check("version: put", "PUT", "/Patient/1/_history/1", 405, headers={"Allow": "GET, HEAD, OPTIONS"}, body=WITH_ID),
    Check("version: delete", "DELETE", "/Patient/1/_history/1", 405),
    Check("history: post", "POST", "/Patient/1/_history", 405, body=PATIENT),
    Check("metadata: post", "POST", "/metadata", 405, body="{}"),
    Check("metadata: delete", "DELETE", "/metadata", 405, headers={"Allow": "GET, HEAD, OPTIONS"}),
    Check("no method override", "POST", "/Patient/<once>", 405, sent={"X-HTTP-Method-Override": "DELETE"}),
    Check("no override by GET", "GET", "/Patient/<once>", 200, sent={"X-HTTP-Method-Override": "DELETE"}),
    Check(
        "options", "OPTIONS", "/Patient/1", 204, headers={"Allow": ON_INSTANCE, "Accept-Patch": "application/json-p.*"}
    ),
    Check("options of a version", "OPTIONS", "/Patient/1/_history/1", 204, absent=("Accept-Patch",)),
    Check("options of a type", "OPTIONS", "/Patient", 204, headers={"Allow": ON_TYPE}),
    Check("options of nothing", "OPTIONS", "/Foo", 404),
    Check("options of [base]", "OPTIONS", "", 204, headers={"Allow": "GET, HEAD, POST, OPTIONS"}),
]

# http.html#mime-type, http.html#version-parameter, http.html#parameters
NEGOTIATION = [
    Check("nothing said: JSON", "GET", "/Patient/<once>", 200, headers={"Content-Type": JSON}),
    *(
        Check(
            f"Accept: {accept}", "GET", "/Patient/<once>", 200, sent={"Accept": accept}, headers={"Content-Type": said}
        )
        for accept, said in (
            ("*/*", JSON),
            (FHIR_JSON, JSON),
            (FHIR_XML, XML),
            ("application/json", "application/json; charset=utf-8"),
            ("text/json", "text/json; charset=utf-8"),
            ("application/xml", "application/xml; charset=utf-8"),
            ("text/xml", "text/xml; charset=utf-8"),
            ("application/json+fhir", "application/json[+]fhir; charset=utf-8"),
            ("application/xml+fhir", "application/xml[+]fhir; charset=utf-8"),
            (f"{FHIR_JSON};q=0.2, {FHIR_XML};q=0.8", XML),
            (f"{FHIR_JSON};q=0.8, {FHIR_XML};q=0.2", JSON),
            (f"image/png, {FHIR_XML};q=0.1", XML),
            (f"{FHIR_JSON};q=0, {FHIR_XML};q=0.1", XML),
            (f"{FHIR_JSON}; fhirVersion=4.0", JSON),
            (f"{FHIR_XML}; fhirVersion=4.0.1", XML),
            (f"{FHIR_JSON}; fhirVersion=5.0, {FHIR_XML}; fhirVersion=4.0", XML),
            ("application/*", JSON),
            ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "application/xml; charset=utf-8"),
        )
    ),
    *(
        Check(f"Accept: {accept}: 406", "GET", "/Patient/<once>", 406, key, sent={"Accept": accept})
        for accept, key in (
            ("text/html", "not-acceptable"),
            ("text/turtle", "not-acceptable"),
            ("application/pdf", "not-acceptable"),
            (f"{FHIR_JSON};q=0", "not-acceptable"),
            ("complete nonsense", "not-acceptable"),
            (f"{FHIR_JSON}; fhirVersion=3.0", "fhir-version-not-acceptable"),
            (f"{FHIR_JSON}; fhirVersion=5.0", "fhir-version-not-acceptable"),
            (f"{FHIR_JSON}; fhirVersion=1.0", "fhir-version-not-acceptable"),
        )
    ),
    *(
        Check(
            f"_format={value}",
            "GET",
            f"/Patient/<once>?_format={value}",
            200,
            sent={"Accept": accept},
            headers={"Content-Type": said},
        )
        for value, accept, said in (
            ("json", FHIR_XML, JSON),
            ("xml", FHIR_JSON, XML),
            ("xml", "text/html", XML),
            ("application/fhir%2Bxml", "*/*", XML),
            ("application/fhir+xml", "*/*", XML),
            ("application/fhir%20json", FHIR_XML, JSON),
            ("text/xml", "*/*", "text/xml; charset=utf-8"),
            ("application/xml", "*/*", "application/xml; charset=utf-8"),
            ("application/json", FHIR_XML, "application/json; charset=utf-8"),
            ("application/fhir%2Bxml;%20fhirVersion=4.0", "*/*", XML),
        )
    ),
    *(
        Check(f"_format={value}: 406", "GET", f"/Patient/<once>?_format={value}", 406, key)
        for value, key in (
            ("ttl", "not-acceptable"),
            ("html", "not-acceptable"),
            ("yaml", "not-acceptable"),
            ("", "not-acceptable"),
            ("application/fhir%2Bjson;fhirVersion=3.0", "fhir-version-not-acceptable"),
        )
    ),
    Check("_format twice", "GET", "/Patient/<once>?_format=json&_format=xml", 400, "parameter-repeated"),
    Check("_format on create", "POST", "/Patient?_format=xml", 201, body=PATIENT, headers={"Content-Type": XML}),
    Check(
        "errors in XML",
        "GET",
        "/Patient/<new>",
        404,
        sent={"Accept": FHIR_XML},
        headers={"Content-Type": XML},
        text="<OperationOutcome xmlns",
    ),
    Check("errors by _format", "GET", "/Foo/1?_format=xml", 404, headers={"Content-Type": XML}),
    Check("405 in XML", "DELETE", "/metadata", 405, sent={"Accept": FHIR_XML}, text="<OperationOutcome"),
    Check("unknown route in XML", "GET", "/_foo", 404, sent={"Accept": FHIR_XML}, text="<OperationOutcome"),
    Check(
        "415 in XML",
        "POST",
        "/Patient",
        415,
        sent={"Accept": FHIR_XML, "Content-Type": "text/plain"},
        body="x",
        text="<OperationOutcome",
    ),
    Check(
        "406 goes out as JSON", "GET", "/Patient/1", 406, sent={"Accept": "text/html"}, headers={"Content-Type": JSON}
    ),
    Check("404 for an unknown route with an Accept that cannot be met", "GET", "/_foo", 404, sent={"Accept": "a/b"}),
    Check("_pretty", "GET", "/Patient/<once>?_pretty=true", 200, text='\n  "resourceType": "Patient"'),
    Check("_pretty XML", "GET", "/Patient/<once>?_pretty=true&_format=xml", 200, text="\n  <id value="),
    Check("_pretty=false", "GET", "/Patient/<once>?_pretty=false", 200, text='{"resourceType":"Patient"'),
    Check("_pretty=maybe", "GET", "/Patient/<once>?_pretty=maybe", 400, "parameter-value"),
    Check("_pretty of an error", "GET", "/Patient/<new>?_pretty=true", 404, text='\n  "issue"'),
    Check(
        "messages in Chinese",
        "GET",
        "/Patient/<new>",
        404,
        sent={"Accept-Language": "zh-CN,zh;q=0.9"},
        text="本服务器上没有",
    ),
    Check(
        "messages in English",
        "GET",
        "/Patient/<new>",
        404,
        sent={"Accept-Language": "en-GB, zh;q=0.1"},
        text="There is no",
    ),
    Check(
        "another language: the default",
        "GET",
        "/Patient/<new>",
        404,
        sent={"Accept-Language": "fr"},
        text="There is no",
    ),
]

# http.html#mime-type; RFC 9110
BODIES = [
    *(
        Check(f"create: {content_type}", "POST", "/Patient", 201, sent={"Content-Type": content_type}, body=body)
        for content_type, body in (
            (FHIR_JSON, '{"resourceType":"Patient"}'),
            ("application/json", '{"resourceType":"Patient"}'),
            ("text/json; charset=UTF-8", '{"resourceType":"Patient"}'),
            (f"{FHIR_JSON};charset=utf-8;fhirVersion=4.0", '{"resourceType":"Patient"}'),
            (FHIR_XML, PATIENT_XML),
            ("application/xml", PATIENT_XML),
            ("text/xml; charset=utf-8", PATIENT_XML),
            (FHIR_XML, f'<?xml version="1.0" encoding="UTF-8"?>\n{PATIENT_XML}'),
        )
    ),
    *(
        Check(
            f"create: {content_type}: 415", "POST", "/Patient", 415, key, sent={"Content-Type": content_type}, body="{}"
        )
        for content_type, key in (
            ("text/plain", "content-type-unsupported"),
            ("application/x-www-form-urlencoded", "content-type-unsupported"),
            ("multipart/form-data; boundary=x", "content-type-unsupported"),
            ("application/fhir+turtle", "content-type-unsupported"),
            ("application/pdf", "content-type-unsupported"),
            (f"{FHIR_JSON}; charset=iso-8859-1", "charset-unsupported"),
            (f"{FHIR_JSON}; charset=gbk", "charset-unsupported"),
            (f"{FHIR_JSON}; fhirVersion=3.0", "fhir-version-unsupported"),
            (f"{FHIR_JSON}; fhirVersion=5.0", "fhir-version-unsupported"),
        )
    ),
    Check("no Content-Type", "POST", "/Patient", 415, "content-type-missing", body='{"resourceType":"Patient"}'),
    Check("no body", "POST", "/Patient", 400, "body-missing", sent={"Content-Type": FHIR_JSON}, body=""),
    Check("no body and no Content-Type", "POST", "/Patient", 400, "body-missing", body=""),
    Check("a body of spaces", "POST", "/Patient", 400, "body-missing", sent={"Content-Type": FHIR_JSON}, body=" \n "),
    Check("no JSON", "POST", "/Patient", 400, sent={"Content-Type": FHIR_JSON}, body="{"),
    Check("no XML", "POST", "/Patient", 400, sent={"Content-Type": FHIR_XML}, body="<Patient"),
    Check("XML sent as JSON", "POST", "/Patient", 400, sent={"Content-Type": FHIR_JSON}, body=PATIENT_XML),
    Check(
        "JSON sent as XML", "POST", "/Patient", 400, sent={"Content-Type": FHIR_XML}, body='{"resourceType":"Patient"}'
    ),
    Check("an array", "POST", "/Patient", 400, sent={"Content-Type": FHIR_JSON}, body="[]"),
    Check("a text", "POST", "/Patient", 400, sent={"Content-Type": FHIR_JSON}, body='"Patient"'),
    Check("no resourceType", "POST", "/Patient", 400, sent={"Content-Type": FHIR_JSON}, body="{}"),
    Check(
        "bad UTF-8",
        "POST",
        "/Patient",
        400,
        sent={"Content-Type": FHIR_JSON},
        body=b'{"resourceType":"Patient","name":[{"family":"\xff"}]}',
    ),
    Check(
        "a name twice",
        "POST",
        "/Patient",
        400,
        sent={"Content-Type": FHIR_JSON},
        body='{"resourceType":"Patient","active":true,"active":false}',
    ),
    Check(
        "NaN",
        "POST",
        "/Observation",
        400,
        sent={"Content-Type": FHIR_JSON},
        body='{"resourceType":"Observation","valueQuantity":{"value":NaN}}',
    ),
    Check(
        "too deep",
        "POST",
        "/Patient",
        400,
        sent={"Content-Type": FHIR_JSON},
        body='{"resourceType":"Patient","extension":' + "[" * 5000 + "]" * 5000 + "}",
    ),
    Check(
        "entities in XML",
        "POST",
        "/Patient",
        400,
        sent={"Content-Type": FHIR_XML},
        body='<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + PATIENT_XML.replace("刘", "&e;"),
    ),
    Check(
        "another type than the URL says",
        "POST",
        "/Patient",
        400,
        "body-type-differs",
        body={"resourceType": "Observation"},
    ),
    Check("an unknown type in the body", "POST", "/Patient", 400, body={"resourceType": "Foo"}),
    Check("an unknown element", "POST", "/Patient", 400, body={**PATIENT, "nmae": 1}, text="nmae"),
    Check("a wrong code", "POST", "/Patient", 422, "code-not-in-value-set", body={**PATIENT, "gender": "femal"}),
    Check("a day that is not in the calendar", "POST", "/Patient", 400, body={**PATIENT, "birthDate": "2021-02-30"}),
    Check(
        "several errors at once",
        "POST",
        "/Patient",
        400,
        body={**PATIENT, "birthDate": "x", "active": "y"},
        holds=lambda outcome: len(outcome["issue"]) == 2,
    ),
    Check(
        "errors name the element",
        "POST",
        "/Patient",
        400,
        body={**PATIENT, "name": [{"text": "x"}, {"given": [1]}]},
        text="Patient.name[1].given[0]",
    ),
    Check(
        "unknown Content-Encoding",
        "POST",
        "/Patient",
        415,
        "content-encoding-unsupported",
        sent={"Content-Type": FHIR_JSON, "Content-Encoding": "br"},
        body="x",
    ),
    Check(
        "broken gzip",
        "POST",
        "/Patient",
        400,
        "body-not-gzip",
        sent={"Content-Type": FHIR_JSON, "Content-Encoding": "gzip"},
        body="not gzip",
    ),
    Check(
        "too large", "POST", "/Patient", 413, "body-too-large", body={**PATIENT, "name": [{"text": "x" * 1_100_000}]}
    ),
    Check("large but not too large", "POST", "/Patient", 201, body={**PATIENT, "name": [{"text": "x" * 1_000_000}]}),
    Check("a body with GET is not read", "GET", "/Patient/<once>", 200, body="x", sent={"Content-Type": "text/plain"}),
]

# http.html#read, http.html#vread, http.html#cread, http.html#head
READ = [
    Check(
        "read",
        "GET",
        "/Patient/<thrice>",
        200,
        holds=born("1950-03-01"),
        headers={
            "ETag": 'W/"3"',
            "Last-Modified": HTTP_DATE,
            "Content-Location": "<base>/Patient/<thrice>/_history/3",
            "Cache-Control": "private, no-cache",
        },
    ),
    Check(
        "read: id and meta",
        "GET",
        "/Patient/<once>",
        200,
        holds=lambda patient: (
            list(patient)[:3] == ["resourceType", "id", "meta"] and patient["meta"]["versionId"] == "1"
        ),
    ),
    Check("read of what never was", "GET", "/Patient/<new>", 404, "resource-unknown", absent=("ETag",)),
    Check("read of another type with this id", "GET", "/Observation/<once>", 404, "resource-unknown"),
    Check("read of what was deleted", "GET", "/Patient/<deleted>", 410, "resource-deleted", headers={"ETag": 'W/"2"'}),
    Check(
        "head",
        "HEAD",
        "/Patient/<once>",
        200,
        headers={"ETag": 'W/"1"', "Content-Length": "[1-9][0-9]+", "Content-Type": JSON},
    ),
    Check("head of what never was", "HEAD", "/Patient/<new>", 404),
    Check("head of what was deleted", "HEAD", "/Patient/<deleted>", 410),
    Check("head of a version", "HEAD", "/Patient/<thrice>/_history/2", 200, headers={"ETag": 'W/"2"'}),
    Check("head of a history", "HEAD", "/Patient/<thrice>/_history", 200),
    Check("head of metadata", "HEAD", "/metadata", 200),
    Check(
        "vread of the first",
        "GET",
        "/Patient/<thrice>/_history/1",
        200,
        holds=born("1950-01-01"),
        headers={"ETag": 'W/"1"', "Content-Location": "<base>/Patient/<thrice>/_history/1"},
    ),
    Check("vread of the second", "GET", "/Patient/<thrice>/_history/2", 200, holds=born("1950-02-01")),
    Check("vread of the current", "GET", "/Patient/<thrice>/_history/3", 200, holds=born("1950-03-01")),
    Check("vread of one that is not there", "GET", "/Patient/<thrice>/_history/4", 404, "version-unknown"),
    *(
        Check(f"vread of {vid}", "GET", f"/Patient/<thrice>/_history/{vid}", 404, "version-unknown")
        for vid in ("0", "01", "-1", "1.0", "x", "%E4%B8%80", "%C2%B2", "9" * 40, "+1", "%201")
    ),
    Check("vread before the deletion", "GET", "/Patient/<deleted>/_history/1", 200, holds=born("1950-01-01")),
    Check("vread of the deletion", "GET", "/Patient/<deleted>/_history/2", 410, "version-deleted"),
    Check("vread of what never was", "GET", "/Patient/<new>/_history/1", 404),
    Check(
        "vread in XML",
        "GET",
        "/Patient/<thrice>/_history/2",
        200,
        sent={"Accept": FHIR_XML},
        text='<versionId value="2"/>',
    ),
    Check(
        "If-None-Match that matches",
        "GET",
        "/Patient/<thrice>",
        304,
        sent={"If-None-Match": 'W/"3"'},
        headers={"ETag": 'W/"3"', "Last-Modified": HTTP_DATE},
        absent=("Content-Type", "Content-Length"),
    ),
    Check("If-None-Match, strong", "GET", "/Patient/<thrice>", 304, sent={"If-None-Match": '"3"'}),
    Check("If-None-Match, list", "GET", "/Patient/<thrice>", 304, sent={"If-None-Match": 'W/"1", W/"3"'}),
    Check("If-None-Match, any", "GET", "/Patient/<thrice>", 304, sent={"If-None-Match": "*"}),
    Check("If-None-Match of another version", "GET", "/Patient/<thrice>", 200, sent={"If-None-Match": 'W/"2"'}),
    Check("If-None-Match of a deletion", "GET", "/Patient/<deleted>", 410, sent={"If-None-Match": 'W/"2"'}),
    Check("If-None-Match, malformed", "GET", "/Patient/<thrice>", 400, "etag-form", sent={"If-None-Match": "3"}),
    Check("If-None-Match with HEAD", "HEAD", "/Patient/<thrice>", 304, sent={"If-None-Match": 'W/"3"'}),
    Check("If-None-Match on vread", "GET", "/Patient/<thrice>/_history/2", 304, sent={"If-None-Match": 'W/"2"'}),
    Check("If-None-Match in XML", "GET", "/Patient/<thrice>", 304, sent={"If-None-Match": 'W/"3"', "Accept": FHIR_XML}),
    Check("If-Modified-Since its time", "GET", "/Patient/<once>", 304, sent={"If-Modified-Since": "<modified>"}),
    Check(
        "If-Modified-Since long ago",
        "GET",
        "/Patient/<once>",
        200,
        sent={"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
    ),
    Check(
        "If-Modified-Since in the old form",
        "GET",
        "/Patient/<once>",
        200,
        sent={"If-Modified-Since": "Saturday, 01-Jan-00 00:00:00 GMT"},
    ),
    Check("If-Modified-Since that is no date", "GET", "/Patient/<once>", 200, sent={"If-Modified-Since": "now"}),
    Check(
        "If-None-Match goes before If-Modified-Since",
        "GET",
        "/Patient/<once>",
        200,
        sent={"If-None-Match": 'W/"9"', "If-Modified-Since": "<modified>"},
    ),
    Check(
        "_summary=true",
        "GET",
        "/Patient/<once>?_summary=true",
        200,
        holds=lambda patient: patient["meta"]["tag"][0]["code"] == "SUBSETTED" and "birthDate" in patient,
    ),
    Check(
        "_summary=text", "GET", "/Patient/<once>?_summary=text", 200, holds=lambda patient: "birthDate" not in patient
    ),
    Check("_summary=data", "GET", "/Patient/<once>?_summary=data", 200, holds=born("1950-01-01")),
    Check(
        "_summary=false",
        "GET",
        "/Patient/<once>?_summary=false",
        200,
        holds=lambda patient: "tag" not in patient["meta"],
    ),
    Check("_summary=count is for Bundles", "GET", "/Patient/<once>?_summary=count", 400, "parameter-value"),
    Check("_summary=some", "GET", "/Patient/<once>?_summary=some", 400, "parameter-value"),
    Check(
        "_elements",
        "GET",
        "/Patient/<once>?_elements=birthDate",
        200,
        holds=lambda patient: "birthDate" in patient and "name" not in patient and "id" in patient,
    ),
    Check(
        "_elements of two",
        "GET",
        "/Patient/<once>?_elements=birthDate,name",
        200,
        holds=lambda patient: {"birthDate", "name"} <= patient.keys(),
    ),
    Check("_elements there are not", "GET", "/Patient/<once>?_elements=birthDat", 400, text="birthDate"),
    Check("_elements in XML", "GET", "/Patient/<once>?_elements=birthDate&_format=xml", 200, text="SUBSETTED"),
    Check(
        "_elements on vread",
        "GET",
        "/Patient/<thrice>/_history/1?_elements=birthDate",
        200,
        holds=lambda patient: "name" not in patient,
    ),
    Check("unknown parameter", "GET", "/Patient/<once>?_sumary=true", 400, "parameter-unknown-near", text="_summary"),
    Check("unknown parameter, nothing near", "GET", "/Patient/<once>?x=1", 400, "parameter-unknown", text="_elements"),
    Check("unknown parameter, lenient", "GET", "/Patient/<once>?x=1", 200, sent={"Prefer": "handling=lenient"}),
    Check("unknown parameter, strict", "GET", "/Patient/<once>?x=1", 400, sent={"Prefer": "handling=strict"}),
    Check("history's parameters are not read's", "GET", "/Patient/<once>?_since=2020-01-01T00:00:00Z", 400),
    Check("a parameter twice", "GET", "/Patient/<once>?_summary=true&_summary=text", 400, "parameter-repeated"),
]

# http.html#create, http.html#prefer
CREATE = [
    Check(
        "create",
        "POST",
        "/Patient",
        201,
        body=PATIENT,
        headers={
            "Location": LOCATION,
            "Content-Location": LOCATION,
            "ETag": 'W/"1"',
            "Last-Modified": HTTP_DATE,
            "Content-Type": JSON,
        },
        holds=lambda patient: patient["meta"]["versionId"] == "1",
    ),
    Check(
        "an id is ignored",
        "POST",
        "/Patient",
        201,
        body={**PATIENT, "id": "mine"},
        headers={"Location": LOCATION},
        holds=lambda patient: patient["id"] != "mine",
    ),
    Check(
        "versionId and lastUpdated are ignored",
        "POST",
        "/Patient",
        201,
        body={**PATIENT, "meta": {"versionId": "7", "lastUpdated": "1999-01-01T00:00:00Z"}},
        holds=lambda patient: patient["meta"]["versionId"] == "1" and patient["meta"]["lastUpdated"][:4] != "1999",
    ),
    Check(
        "even when they are malformed",
        "POST",
        "/Patient",
        201,
        body={**PATIENT, "meta": {"versionId": 7, "lastUpdated": "long ago"}},
    ),
    Check(
        "the rest of meta is kept",
        "POST",
        "/Patient",
        201,
        body={
            **PATIENT,
            "meta": {
                "versionId": "7",
                "source": "urn:x",
                "tag": [{"code": "t"}],
                "security": [{"code": "R"}],
                "profile": ["http://example.org/p"],
            },
        },
        holds=lambda patient: (
            patient["meta"]["source"] == "urn:x"
            and patient["meta"]["tag"] == [{"code": "t"}]
            and patient["meta"]["security"] == [{"code": "R"}]
            and patient["meta"]["profile"] == ["http://example.org/p"]
        ),
    ),
    Check(
        "Prefer: minimal",
        "POST",
        "/Patient",
        201,
        body=PATIENT,
        sent={"Prefer": "return=minimal"},
        headers={"Location": LOCATION, "ETag": 'W/"1"', "Preference-Applied": "return=minimal", "Content-Length": "0"},
        absent=("Content-Type", "Content-Location"),
    ),
    Check(
        "Prefer: representation",
        "POST",
        "/Patient",
        201,
        body=PATIENT,
        sent={"Prefer": "return=representation"},
        headers={"Preference-Applied": "return=representation"},
        holds=lambda patient: patient["active"],
    ),
    Check(
        "Prefer: OperationOutcome",
        "POST",
        "/Patient",
        201,
        "created",
        body=PATIENT,
        sent={"Prefer": "return=OperationOutcome"},
        headers={"Location": LOCATION},
    ),
    Check(
        "Prefer: something else",
        "POST",
        "/Patient",
        201,
        body=PATIENT,
        sent={"Prefer": "return=half"},
        absent=("Preference-Applied",),
        holds=lambda patient: patient["active"],
    ),
    Check("answered in XML", "POST", "/Patient", 201, body=PATIENT, sent={"Accept": FHIR_XML}, text="<Patient xmlns"),
    Check(
        "If-None-Exist must be understood",
        "POST",
        "/Patient",
        400,
        "search-parameter-unknown-near",
        body=PATIENT,
        sent={"If-None-Exist": "identifer=1"},
    ),
    Check("unknown parameter", "POST", "/Patient?x=1", 400, "parameter-unknown", body=PATIENT),
    Check(
        "_elements of the answer",
        "POST",
        "/Patient?_elements=active",
        201,
        body=PATIENT,
        holds=lambda patient: "name" not in patient and patient["active"],
    ),
    Check("empty meta is an error of the sender's", "POST", "/Patient", 422, body={**PATIENT, "meta": {}}),
    Check("meta that is no object", "POST", "/Patient", 400, body={**PATIENT, "meta": "x"}),
    Check("an id that is no text", "POST", "/Patient", 201, body={**PATIENT, "id": 5}),
    Check("other resources", "POST", "/Basic", 201, body={"resourceType": "Basic", "code": {"text": "x"}}),
    Check("Bundles to be kept", "POST", "/Bundle", 201, body={"resourceType": "Bundle", "type": "collection"}),
    Check("wrong Accept: nothing is created", "POST", "/Patient", 406, body=PATIENT, sent={"Accept": "text/html"}),
]

# http.html#update, http.html#upsert, http.html#concurrency
UPDATE = [
    Check(
        "update",
        "PUT",
        "/Patient/<once>",
        200,
        body=CHANGED,
        headers={"ETag": 'W/"2"', "Content-Location": "<base>/Patient/<once>/_history/2"},
        absent=("Location",),
        holds=lambda patient: patient["gender"] == "female" and patient["meta"]["versionId"] == "2",
    ),
    Check(
        "update as create",
        "PUT",
        "/Patient/<new>",
        201,
        body=WITH_ID,
        headers={"ETag": 'W/"1"', "Location": "<base>/Patient/<new>/_history/1"},
    ),
    Check(
        "bringing back what was deleted",
        "PUT",
        "/Patient/<deleted>",
        201,
        body={**PATIENT, "id": "<deleted>"},
        headers={"ETag": 'W/"3"', "Location": "<base>/Patient/<deleted>/_history/3"},
    ),
    Check("without an id", "PUT", "/Patient/<new>", 400, "body-id-missing", body=PATIENT, text="Patient.id"),
    Check("with another id", "PUT", "/Patient/<new>", 400, "body-id-differs", body={**PATIENT, "id": "other"}),
    Check("with an id that is no text", "PUT", "/Patient/1", 400, "body-id-differs", body={**PATIENT, "id": 1}),
    Check(
        "with another type",
        "PUT",
        "/Patient/<new>",
        400,
        "body-type-differs",
        body={"resourceType": "Basic", "id": "<new>"},
    ),
    Check("an id too long", "PUT", f"/Patient/{LONG}", 400, "id-form", body={**PATIENT, "id": LONG}),
    Check(
        "ids with dots and dashes",
        "PUT",
        "/Basic/A-1.<new>",
        201,
        body={"resourceType": "Basic", "id": "A-1.<new>", "code": {"text": "x"}},
    ),
    Check(
        "meta: server's own are ignored",
        "PUT",
        "/Patient/<new>",
        201,
        body={**WITH_ID, "meta": {"versionId": "9", "lastUpdated": "1999-01-01T00:00:00Z"}},
        holds=lambda patient: patient["meta"]["versionId"] == "1",
    ),
    Check(
        "a part of a resource",
        "PUT",
        "/Patient/<once>",
        422,
        "body-subsetted",
        body={
            **CHANGED,
            "meta": {
                "tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}]
            },
        },
    ),
    Check("If-Match that holds", "PUT", "/Patient/<once>", 200, body=CHANGED, sent={"If-Match": 'W/"1"'}),
    Check("If-Match, strong", "PUT", "/Patient/<once>", 200, body=CHANGED, sent={"If-Match": '"1"'}),
    Check("If-Match, list", "PUT", "/Patient/<once>", 200, body=CHANGED, sent={"If-Match": 'W/"5", W/"1"'}),
    Check("If-Match, any", "PUT", "/Patient/<once>", 200, body=CHANGED, sent={"If-Match": "*"}),
    Check(
        "If-Match, stale",
        "PUT",
        "/Patient/<thrice>",
        412,
        "version-conflict",
        body={**PATIENT, "id": "<thrice>"},
        sent={"If-Match": 'W/"2"'},
        headers={"ETag": 'W/"3"'},
    ),
    Check("If-Match of the future", "PUT", "/Patient/<once>", 412, body=CHANGED, sent={"If-Match": 'W/"2"'}),
    Check(
        "If-Match on nothing", "PUT", "/Patient/<new>", 412, "version-absent", body=WITH_ID, sent={"If-Match": 'W/"1"'}
    ),
    Check("If-Match any on nothing", "PUT", "/Patient/<new>", 412, body=WITH_ID, sent={"If-Match": "*"}),
    Check(
        "If-Match of the deletion",
        "PUT",
        "/Patient/<deleted>",
        201,
        body={**PATIENT, "id": "<deleted>"},
        sent={"If-Match": 'W/"2"'},
    ),
    Check(
        "If-Match from before the deletion",
        "PUT",
        "/Patient/<deleted>",
        412,
        body={**PATIENT, "id": "<deleted>"},
        sent={"If-Match": 'W/"1"'},
    ),
    Check("If-Match, malformed", "PUT", "/Patient/<once>", 400, "etag-form", body=CHANGED, sent={"If-Match": "1"}),
    Check("If-None-Match: * on nothing", "PUT", "/Patient/<new>", 201, body=WITH_ID, sent={"If-None-Match": "*"}),
    Check(
        "If-None-Match: * on something",
        "PUT",
        "/Patient/<once>",
        412,
        "already-there",
        body=CHANGED,
        sent={"If-None-Match": "*"},
    ),
    Check(
        "Prefer: minimal",
        "PUT",
        "/Patient/<once>",
        200,
        body=CHANGED,
        sent={"Prefer": "return=minimal"},
        headers={"Content-Length": "0", "ETag": 'W/"2"'},
    ),
    Check(
        "Prefer: OperationOutcome",
        "PUT",
        "/Patient/<once>",
        200,
        "updated",
        body=CHANGED,
        sent={"Prefer": "return=OperationOutcome"},
    ),
    Check(
        "Prefer: OperationOutcome of a creation",
        "PUT",
        "/Patient/<new>",
        201,
        "created",
        body=WITH_ID,
        sent={"Prefer": "return=OperationOutcome"},
    ),
    Check(
        "in XML",
        "PUT",
        "/Patient/x<new>",
        201,
        sent={"Content-Type": FHIR_XML, "Accept": FHIR_XML},
        body=PATIENT_XML.replace("<active", '<id value="x<new>"/><active'),
        text='<family value="刘"/>',
    ),
    Check("invalid: nothing is stored", "PUT", "/Patient/<new>", 400, body={**WITH_ID, "active": "yes"}),
]

# http.html#delete
DELETE = [
    Check(
        "delete", "DELETE", "/Patient/<once>", 204, headers={"ETag": 'W/"2"'}, absent=("Content-Type", "Content-Length")
    ),
    Check(
        "delete with an outcome",
        "DELETE",
        "/Patient/<once>",
        200,
        "deleted",
        sent={"Prefer": "return=OperationOutcome"},
    ),
    Check("delete again", "DELETE", "/Patient/<deleted>", 204, headers={"ETag": 'W/"2"'}),
    Check(
        "delete again with an outcome",
        "DELETE",
        "/Patient/<deleted>",
        200,
        "nothing-to-delete",
        sent={"Prefer": "return=OperationOutcome"},
    ),
    Check("delete what never was", "DELETE", "/Patient/<new>", 204, absent=("ETag",)),
    Check(
        "delete what never was, with an outcome",
        "DELETE",
        "/Patient/<new>",
        200,
        "nothing-to-delete",
        sent={"Prefer": "return=OperationOutcome"},
    ),
    Check("If-Match that holds", "DELETE", "/Patient/<once>", 204, sent={"If-Match": 'W/"1"'}),
    Check("If-Match, stale", "DELETE", "/Patient/<thrice>", 412, "version-conflict", sent={"If-Match": 'W/"1"'}),
    Check("If-Match on nothing", "DELETE", "/Patient/<new>", 412, sent={"If-Match": 'W/"1"'}),
    Check("an id that cannot be", "DELETE", f"/Patient/{LONG}", 400),
    Check("unknown parameter", "DELETE", "/Patient/<once>?_cascade=delete", 400, "parameter-unknown"),
]

# http.html#history
HISTORY = [
    Check(
        "history",
        "GET",
        "/Patient/<thrice>/_history",
        200,
        headers={"Content-Type": JSON, "Cache-Control": "no-store"},
        holds=lambda bundle: (
            bundle["type"] == "history"
            and bundle["total"] == 3
            and [entry["resource"]["meta"]["versionId"] for entry in bundle["entry"]] == ["3", "2", "1"]
            and [entry["request"]["method"] for entry in bundle["entry"]] == ["PUT", "PUT", "PUT"]
            and [entry["response"]["status"] for entry in bundle["entry"]] == ["200", "200", "201"]
            and [entry["response"]["etag"] for entry in bundle["entry"]] == ['W/"3"', 'W/"2"', 'W/"1"']
            and all(
                entry["response"]["lastModified"] == entry["resource"]["meta"]["lastUpdated"]
                for entry in bundle["entry"]
            )
        ),
    ),
    Check(
        "history of what was deleted",
        "GET",
        "/Patient/<deleted>/_history",
        200,
        holds=lambda bundle: (
            bundle["total"] == 2
            and "resource" not in bundle["entry"][0]
            and bundle["entry"][0]["request"]["method"] == "DELETE"
            and bundle["entry"][0]["response"]["status"] == "204"
        ),
    ),
    Check("history of what never was", "GET", "/Patient/<new>/_history", 404, "resource-unknown"),
    Check(
        "history in XML",
        "GET",
        "/Patient/<thrice>/_history",
        200,
        sent={"Accept": FHIR_XML},
        text='<type value="history"/>',
    ),
    Check(
        "_count",
        "GET",
        "/Patient/<thrice>/_history?_count=2",
        200,
        holds=lambda bundle: (
            len(bundle["entry"]) == 2
            and bundle["total"] == 3
            and [link["relation"] for link in bundle["link"]] == ["self", "next"]
        ),
    ),
    Check(
        "_count as many as there are",
        "GET",
        "/Patient/<thrice>/_history?_count=3",
        200,
        holds=lambda bundle: [link["relation"] for link in bundle["link"]] == ["self"],
    ),
    Check(
        "_count=0",
        "GET",
        "/Patient/<thrice>/_history?_count=0",
        200,
        holds=lambda bundle: bundle["total"] == 3 and "entry" not in bundle,
    ),
    Check(
        "_count beyond the limit",
        "GET",
        "/Patient/<thrice>/_history?_count=99999999999999999999",
        200,
        holds=lambda bundle: "_count=1000" in bundle["link"][0]["url"],
    ),
    *(
        Check(f"_count={value}", "GET", f"/Patient/<thrice>/_history?_count={value}", 400, "parameter-value")
        for value in ("-1", "x", "", "1.5", "%D9%A1", "1e3")
    ),
    Check("_since long ago", "GET", "/Patient/<thrice>/_history?_since=2000-01-01T00:00:00Z", 200, holds=entries(3)),
    Check(
        "_since in the future", "GET", "/Patient/<thrice>/_history?_since=2100-01-01T00:00:00Z", 200, holds=entries(0)
    ),
    Check(
        "_since with an escaped zone",
        "GET",
        "/Patient/<thrice>/_history?_since=2000-01-01T00:00:00%2B08:00",
        200,
        holds=entries(3),
    ),
    Check(
        "_since with an unescaped zone",
        "GET",
        "/Patient/<thrice>/_history?_since=2000-01-01T00:00:00+08:00",
        200,
        holds=entries(3),
    ),
    Check(
        "_since in the west",
        "GET",
        "/Patient/<thrice>/_history?_since=2000-01-01T00:00:00.123-05:00",
        200,
        holds=entries(3),
    ),
    *(
        Check(f"_since={value}", "GET", f"/Patient/<thrice>/_history?_since={value}", 400, "parameter-value")
        for value in ("2020", "2020-01-01", "2020-01-01T00:00:00", "yesterday", "", "2020-02-30T00:00:00Z", "gt2020")
    ),
    Check("_at long ago", "GET", "/Patient/<thrice>/_history?_at=2000", 200, holds=entries(0)),
    Check(
        "_at now",
        "GET",
        "/Patient/<thrice>/_history?_at=2100-01-01T00:00:00Z",
        200,
        holds=lambda bundle: [entry["resource"]["meta"]["versionId"] for entry in bundle["entry"]] == ["3"],
    ),
    Check("_at a century", "GET", "/Patient/<thrice>/_history?_at=2100-01", 200, holds=entries(1)),
    *(
        Check(f"_at={value}", "GET", f"/Patient/<thrice>/_history?_at={value}", 400, "parameter-value")
        for value in ("now", "", "2020-13", "20")
    ),
    Check("_since twice", "GET", "/Patient/<once>/_history?_count=1&_count=2", 400, "parameter-repeated"),
    Check("_sort is not of R4", "GET", "/Patient/<once>/_history?_sort=_lastUpdated", 400, "parameter-unknown-near"),
    Check("near match", "GET", "/Patient/<once>/_history?_cuont=1", 400, "parameter-unknown-near", text="_count"),
    Check(
        "lenient",
        "GET",
        "/Patient/<once>/_history?foo=1",
        200,
        sent={"Prefer": "handling=lenient"},
        holds=lambda bundle: "foo" not in bundle["link"][0]["url"],
    ),
    Check(
        "_summary=true",
        "GET",
        "/Patient/<once>/_history?_summary=true",
        200,
        holds=lambda bundle: bundle["entry"][0]["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED",
    ),
    Check(
        "_summary=count",
        "GET",
        "/Patient/<thrice>/_history?_summary=count",
        200,
        holds=lambda bundle: bundle["total"] == 3 and "entry" not in bundle,
    ),
    Check(
        "_elements",
        "GET",
        "/Patient/<once>/_history?_elements=birthDate",
        200,
        holds=lambda bundle: "name" not in bundle["entry"][0]["resource"],
    ),
    Check("a page link of nobody's", "GET", "/Patient/<once>/_history?_page=abc", 400, "page-unknown"),
    Check("history of a type", "GET", "/Patient/_history?_count=1", 200, holds=entries(1)),
    Check(
        "history of a type without any",
        "GET",
        "/VisionPrescription/_history",
        200,
        holds=lambda bundle: bundle["total"] == 0 and "entry" not in bundle,
    ),
    Check("history of the system", "GET", "/_history?_count=1", 200, holds=entries(1)),
    Check(
        "history of the system since",
        "GET",
        "/_history?_since=2100-01-01T00:00:00Z",
        200,
        holds=lambda bundle: bundle["total"] == 0,
    ),
]

# http.html#capabilities
METADATA = [
    Check(
        "metadata",
        "GET",
        "/metadata",
        200,
        headers={"Content-Type": JSON, "ETag": 'W/"[0-9a-f]+"'},
        holds=lambda statement: (
            statement["resourceType"] == "CapabilityStatement"
            and statement["fhirVersion"] == "4.0.1"
            and statement["kind"] == "instance"
        ),
    ),
    Check("metadata in XML", "GET", "/metadata", 200, sent={"Accept": FHIR_XML}, text="<CapabilityStatement xmlns"),
    Check("metadata by _format", "GET", "/metadata?_format=xml", 200, headers={"Content-Type": XML}),
    Check("mode=full", "GET", "/metadata?mode=full", 200),
    Check(
        "mode=normative",
        "GET",
        "/metadata?mode=normative",
        200,
        holds=lambda statement: "updateCreate" not in statement["rest"][0]["resource"][0],
    ),
    Check(
        "mode=terminology", "GET", "/metadata?mode=terminology", 200, text='"resourceType":"TerminologyCapabilities"'
    ),
    Check("mode=other", "GET", "/metadata?mode=other", 400, "mode-unsupported"),
    Check("_summary", "GET", "/metadata?_summary=true", 200, holds=lambda statement: "fhirVersion" in statement),
    Check("_elements", "GET", "/metadata?_elements=fhirVersion", 200, holds=lambda statement: "rest" not in statement),
    Check("unknown parameter", "GET", "/metadata?x=1", 400),
    Check("another version of FHIR", "GET", "/metadata", 406, sent={"Accept": f"{FHIR_JSON}; fhirVersion=3.0"}),
]

# security.html#cors and the hygiene of a public server
HYGIENE = [
    Check("no sniffing", "GET", "/Patient/<once>", 200, headers={"X-Content-Type-Options": "nosniff"}),
    Check(
        "no sniffing of errors",
        "GET",
        "/Foo/1",
        404,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    ),
    Check(
        "variants", "GET", "/Patient/<once>", 200, headers={"Vary": "Accept, Accept-Encoding, Accept-Language, Origin"}
    ),
    Check(
        "no version of the server",
        "GET",
        "/Patient/<once>",
        200,
        absent=("X-Powered-By",),
        headers={"Server": "[a-z]*"},
    ),
    Check(
        "a request id is echoed",
        "GET",
        "/Patient/<once>",
        200,
        sent={"X-Request-Id": "abc-1.2_3"},
        headers={"X-Request-Id": "abc-1.2_3"},
    ),
    Check("a request id is made", "GET", "/Patient/<once>", 200, headers={"X-Request-Id": "[A-Za-z0-9-]{8,}"}),
    Check(
        "a bad request id is replaced",
        "GET",
        "/Patient/<once>",
        200,
        sent={"X-Request-Id": "a b<i>"},
        headers={"X-Request-Id": "[A-Za-z0-9-]{8,}"},
    ),
    Check(
        "a long request id is replaced",
        "GET",
        "/Patient/<once>",
        200,
        sent={"X-Request-Id": "a" * 200},
        headers={"X-Request-Id": "[A-Za-z0-9-]{8,64}"},
    ),
    Check("a request id on errors", "GET", "/Foo", 404, sent={"X-Request-Id": "abc"}, headers={"X-Request-Id": "abc"}),
    Check(
        "CORS: an origin that may",
        "GET",
        "/Patient/<once>",
        200,
        sent={"Origin": "https://app.example.org"},
        headers={
            "Access-Control-Allow-Origin": "https://app.example.org",
            "Access-Control-Expose-Headers": ".*ETag.*Location.*",
        },
    ),
    Check(
        "CORS: another that may",
        "GET",
        "/Patient/<once>",
        200,
        sent={"Origin": "https://portal.example.org"},
        headers={"Access-Control-Allow-Origin": "https://portal.example.org"},
    ),
    Check(
        "CORS: an origin that may not",
        "GET",
        "/Patient/<once>",
        200,
        sent={"Origin": "https://evil.example.org"},
        absent=("Access-Control-Allow-Origin",),
    ),
    Check(
        "CORS: null", "GET", "/Patient/<once>", 200, sent={"Origin": "null"}, absent=("Access-Control-Allow-Origin",)
    ),
    Check(
        "CORS: errors can be read",
        "GET",
        "/Patient/<new>",
        404,
        sent={"Origin": "https://app.example.org"},
        headers={"Access-Control-Allow-Origin": "https://app.example.org"},
    ),
    Check(
        "CORS: preflight",
        "OPTIONS",
        "/Patient/1",
        204,
        sent={
            "Origin": "https://app.example.org",
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type,if-match",
        },
        headers={
            "Access-Control-Allow-Origin": "https://app.example.org",
            "Access-Control-Allow-Methods": ON_INSTANCE,
            "Access-Control-Allow-Headers": ".*Content-Type.*If-Match.*",
            "Access-Control-Max-Age": "[0-9]+",
        },
    ),
    Check(
        "CORS: preflight of an origin that may not",
        "OPTIONS",
        "/Patient/1",
        204,
        sent={"Origin": "https://evil.example.org", "Access-Control-Request-Method": "PUT"},
        absent=("Access-Control-Allow-Origin", "Access-Control-Allow-Methods"),
    ),
    Check(
        "forwarded headers are not believed",
        "POST",
        "/Patient",
        201,
        body=PATIENT,
        sent={"X-Forwarded-Host": "evil.example.org", "Forwarded": "host=evil.example.org"},
        headers={"Location": LOCATION},
    ),
    Check(
        "what is echoed is data, not markup",
        "GET",
        "/Patient/<once>?%3Cscript%3E=1",
        400,
        headers={"Content-Type": JSON, "X-Content-Type-Options": "nosniff"},
    ),
]

TABLES = {
    "addresses": ADDRESSES,
    "methods": METHODS,
    "negotiation": NEGOTIATION,
    "bodies": BODIES,
    "read": READ,
    "create": CREATE,
    "update": UPDATE,
    "delete": DELETE,
    "history": HISTORY,
    "metadata": METADATA,
    "hygiene": HYGIENE,
}


@pytest.mark.parametrize(
    "check",
    [pytest.param(check, id=f"{name}: {check.title}") for name, table in TABLES.items() for check in table],
)
def test_black_box(client: Client, check: Check) -> None:
    check.run(client, Given(client))
