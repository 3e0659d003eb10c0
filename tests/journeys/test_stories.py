"""Stories over real HTTP: what a client lives through from the first write to the last deletion."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.client import FHIR_JSON, FHIR_XML, Client, Reply, send_bytes
from tests.support.server import Server, running

PATIENT = {"resourceType": "Patient", "name": [{"family": "刘", "given": ["桂兰"]}], "birthDate": "1950-03-01"}


def test_the_life_of_a_patient(client: Client) -> None:
    created = client.post("/Patient", PATIENT)
    assert created.status == 201
    path = created.location.partition("/_history")[0]

    # read, change with the ETag in hand, lose a race, read again
    read = client.get(path)
    assert read.body == created.body
    moved = {**read.resource, "address": [{"city": "上海"}]}
    updated = client.put(path, moved, If_Match=read.headers["ETag"])
    assert (updated.status, updated.headers["ETag"]) == (200, 'W/"2"')
    late = client.put(path, {**read.resource, "gender": "female"}, If_Match=read.headers["ETag"])
    assert late.status == 412
    assert client.get(path).resource["address"] == [{"city": "上海"}]

    # the same content again is no new version
    same = client.put(path, updated.resource)
    assert (same.status, same.headers["ETag"], same.body) == (200, 'W/"2"', updated.body)

    # every version stays readable, as it was
    assert client.get(f"{path}/_history/1").body == created.body
    assert client.get(f"{path}/_history/2").body == updated.body

    # gone, and back
    assert client.delete(path).status == 204
    assert client.get(path).status == 410
    assert client.get(f"{path}/_history/2").body == updated.body
    assert client.get(f"{path}/_history/3").status == 410
    back = client.put(path, updated.resource)
    assert (back.status, back.headers["ETag"]) == (201, 'W/"4"')
    assert client.get(path).resource["address"] == [{"city": "上海"}]

    history = client.get(f"{path}/_history").resource
    assert history["total"] == 4
    assert [entry["request"]["method"] for entry in history["entry"]] == ["PUT", "DELETE", "PUT", "POST"]
    for entry in history["entry"]:
        version = client.get(entry["response"]["location"])
        assert version.status == (200 if "resource" in entry else 410)
        assert "resource" not in entry or version.resource == entry["resource"]


def test_json_and_xml_are_one_resource(client: Client) -> None:
    xml = (
        '<Observation xmlns="http://hl7.org/fhir"><status value="final"/><code><text value="体重"/></code>'
        '<valueQuantity><value value="70.50"/><unit value="kg"/></valueQuantity></Observation>'
    )
    created = client.post("/Observation", xml, Content_Type=FHIR_XML, Accept=FHIR_JSON)
    assert created.status == 201
    assert b'"value":70.50' in created.body
    path = created.location.partition("/_history")[0]
    as_xml = client.get(path, accept=FHIR_XML).body.decode()
    assert '<value value="70.50"/>' in as_xml
    assert client.put(path, as_xml, Content_Type=FHIR_XML).headers["ETag"] == 'W/"1"', "no change"
    assert client.get(f"{path}/_history", accept=FHIR_XML).body.count(b"<Observation") == 1


def test_a_client_that_polls_for_changes(client: Client) -> None:
    """http.html#history: _since is how another system stays in step."""
    first = client.post("/Basic", {"resourceType": "Basic", "code": {"text": "1"}})
    since = first.resource["meta"]["lastUpdated"]
    made = {first.resource["id"]}
    for number in range(5):
        made.add(client.post("/Basic", {"resourceType": "Basic", "code": {"text": str(number)}}).resource["id"])
    found: set[str] = set()
    url: str | None = f"/Basic/_history?_since={since}&_count=2"
    while url is not None:
        bundle = client.get(url).resource
        found |= {entry["resource"]["id"] for entry in bundle["entry"] if "resource" in entry}
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    assert made <= found


def test_every_worker_knows_what_another_wrote(server: Server) -> None:
    """Read your writes, on any connection."""
    clients = [server.client() for _ in range(8)]
    for turn in range(20):
        created = clients[turn % 8].post("/Patient", {**PATIENT, "id": "x"})
        path = created.location.partition("/_history")[0]
        for client in clients:
            assert client.get(path).body == created.body


def in_parallel(server: Server, work: Any, threads: int = 16) -> list[Reply]:
    def run(number: int) -> Reply:
        reply: Reply = work(server.client(), number)
        return reply

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def test_of_parallel_updates_with_if_match_exactly_one_wins(server: Server) -> None:
    client = server.client()
    path = client.post("/Patient", PATIENT).location.partition("/_history")[0]
    id = path.rpartition("/")[2]
    for round in range(5):
        tag = client.get(path).headers["ETag"]
        replies = in_parallel(
            server,
            lambda each, number, tag=tag, round=round: each.put(
                path, {**PATIENT, "id": id, "implicitRules": f"urn:n{round}-{number}"}, If_Match=tag
            ),
        )
        assert sorted(reply.status for reply in replies) == [200] + [412] * 15
        winner = next(reply for reply in replies if reply.status == 200)
        assert client.get(path).body == winner.body


def test_parallel_updates_lose_no_version(server: Server) -> None:
    client = server.client()
    path = client.post("/Patient", PATIENT).location.partition("/_history")[0]
    id = path.rpartition("/")[2]
    replies = in_parallel(
        server, lambda each, number: each.put(path, {**PATIENT, "id": id, "implicitRules": f"urn:n{number}"})
    )
    assert {reply.status for reply in replies} == {200}
    entries = client.get(f"{path}/_history").resource["entry"]
    assert [entry["resource"]["meta"]["versionId"] for entry in entries] == [str(n) for n in range(17, 0, -1)]
    assert {reply.body for reply in replies} == {
        client.get(f"{path}/_history/{version}").body for version in range(2, 18)
    }


def test_parallel_updates_as_create_make_one_resource(server: Server) -> None:
    id = server.client().post("/Patient", PATIENT).resource["id"] + "-new"
    replies = in_parallel(
        server,
        lambda each, number: each.put(f"/Patient/{id}", {**PATIENT, "id": id, "implicitRules": f"urn:n{number}"}),
    )
    assert sorted(reply.status for reply in replies) == [200] * 15 + [201]


def test_if_none_match_creates_once(server: Server) -> None:
    id = server.client().post("/Patient", PATIENT).resource["id"] + "-once"
    replies = in_parallel(
        server, lambda each, number: each.put(f"/Patient/{id}", {**PATIENT, "id": id}, If_None_Match="*")
    )
    assert sorted(reply.status for reply in replies) == [201] + [412] * 15


# ---- the wire --------------------------------------------------------------------------------------------------------


def request_bytes(server: Server, lines: str, body: bytes = b"") -> bytes:
    base = urlsplit(server.base)
    head = lines.replace("{base}", base.path).replace("{host}", base.netloc)
    return send_bytes(server.base, head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body, timeout=3)


def test_a_chunked_body(server: Server) -> None:
    body = json.dumps(PATIENT).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\n\r\n"
    lines = (
        "POST {base}/Patient HTTP/1.1\nHost: {host}\nContent-Type: application/fhir+json\nTransfer-Encoding: chunked"
    )
    answer = request_bytes(server, lines + "\nConnection: close", chunks)
    assert answer.startswith(b"HTTP/1.1 201"), answer[:300]


def test_a_chunked_body_beyond_the_limit(server: Server) -> None:
    chunk = b"%x\r\n%s\r\n" % (1 << 16, b" " * (1 << 16))
    lines = (
        "POST {base}/Patient HTTP/1.1\nHost: {host}\nContent-Type: application/fhir+json\nTransfer-Encoding: chunked"
    )
    answer = request_bytes(server, lines + "\nConnection: close", chunk * 20 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413"), answer[:300]
    assert b"body-too-large" in answer


def test_a_connection_survives_errors(client: Client) -> None:
    """Refused bodies are read to their end, or the next request on the connection would be garbled."""
    for _ in range(3):
        assert client.post("/Patient", "x" * 300_000, Content_Type="text/plain").status == 415
        assert client.post("/Foo", "x" * 300_000, Content_Type=FHIR_JSON).status == 404
        assert client.post("/Patient", {**PATIENT, "name": [{"text": "x" * 1_200_000}]}).status == 413
        assert client.post("/Patient", PATIENT).status == 201


def test_no_body_where_there_must_be_none(server: Server) -> None:
    client = server.client()
    path = urlsplit(client.post("/Patient", PATIENT).location.partition("/_history")[0]).path
    one = f'GET {path} HTTP/1.1\nHost: {{host}}\nIf-None-Match: W/"1"'
    for lines, status in (
        (f"HEAD {path} HTTP/1.1\nHost: {{host}}", b"200"),
        (one, b"304"),
        (f"OPTIONS {path} HTTP/1.1\nHost: {{host}}", b"204"),
        (f"DELETE {path} HTTP/1.1\nHost: {{host}}", b"204"),
    ):
        head, _, rest = request_bytes(server, lines + "\nConnection: close").partition(b"\r\n\r\n")
        assert head.split(b" ")[1] == status
        assert rest == b""
        assert (b"\r\ncontent-type:" in head.lower()) == (status == b"200")


@pytest.mark.parametrize(
    "lines",
    [
        "GET {base}/Patient/1 HTTP/1.1\nHost: {host}\nAccept: " + "a" * 200_000,
        "GET {base}/Patient/" + "1" * 200_000 + " HTTP/1.1\nHost: {host}",
        "GET {base}/Patient/1 HTTP/1.1\nHost: {host}\nBad Header: x",
        "GET {base}/Patient/1 HTTP/9.9\nHost: {host}",
        "GET {base}/Patient/a b HTTP/1.1\nHost: {host}",
        "\x00\x01\x02",
        "POST {base}/Patient HTTP/1.1\nHost: {host}\nContent-Length: -1",
        "POST {base}/Patient HTTP/1.1\nHost: {host}\nContent-Length: 5\nContent-Length: 6",
        "POST {base}/Patient HTTP/1.1\nHost: {host}\nTransfer-Encoding: chunked\nContent-Length: 5",
    ],
    ids=["long header", "long path", "bad header", "bad version", "space", "no HTTP", "length -1", "lengths", "both"],
)
@pytest.mark.slow
def test_broken_http_is_refused_and_harms_nobody(server: Server, lines: str) -> None:
    answer = request_bytes(server, lines + "\nConnection: close")
    assert answer == b"" or answer.split(b" ")[1][:1] == b"4", answer[:200]
    assert server.client().get("/metadata").status == 200


def test_a_compressed_exchange(client: Client) -> None:
    body = gzip.compress(json.dumps({**PATIENT, "text": None} | {"text": {"status": "generated", "div": DIV}}).encode())
    created = client.post("/Patient", body, Content_Type=FHIR_JSON, Content_Encoding="gzip", Accept_Encoding="gzip")
    assert (created.status, created.headers["Content-Encoding"]) == (201, "gzip")
    assert json.loads(gzip.decompress(created.body))["birthDate"] == "1950-03-01"


DIV = '<div xmlns="http://www.w3.org/1999/xhtml">' + "<p>刘桂兰</p>" * 200 + "</div>"


# ---- the end and the beginning ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_acknowledged_writes_survive_a_power_cut(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("cut")
    acknowledged: list[Reply] = []

    def write_until_the_end(number: int) -> None:
        client = server.client()
        try:
            while True:
                reply = client.post("/Patient", {**PATIENT, "implicitRules": f"urn:n{number}"})
                assert reply.status == 201
                acknowledged.append(reply)
                if len(acknowledged) > 200:
                    server.kill()
        except (OSError, ConnectionError):
            return
        except Exception as error:
            if type(error).__module__ != "http.client":
                raise

    with running(database_url, folder) as server, ThreadPoolExecutor(4) as pool:
        list(pool.map(write_until_the_end, range(4)))
    assert len(acknowledged) > 200
    with running(database_url, folder) as server:
        client = server.client()
        for reply in acknowledged:
            assert client.get("/" + reply.location.partition("/fhir/")[2]).body == reply.body


@pytest.mark.slow
def test_page_links_outlive_a_restart(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("restart")
    settings = {"secret": "x" * 40, "base_url": "http://fhir.example.org/fhir"}
    with running(database_url, folder, settings) as server:
        local = f"http://127.0.0.1:{server.port}/fhir"
        client = server.client(local)
        for number in range(3):
            client.put(f"/Patient/p{number}", {**PATIENT, "id": f"p{number}"})
        link = client.get("/_history?_count=2").resource["link"][1]
        assert link["relation"] == "next"
        assert link["url"].startswith("http://fhir.example.org/fhir/_history?")
        assert server.stop() == 0
    with running(database_url, folder, settings) as server:
        client = server.client(f"http://127.0.0.1:{server.port}/fhir")
        rest = client.get(link["url"].removeprefix("http://fhir.example.org/fhir")).resource
        assert [entry["resource"]["id"] for entry in rest["entry"]] == ["p0"]
