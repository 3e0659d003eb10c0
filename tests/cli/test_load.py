"""`fhirserver load`, into a database and into a server: what gets in, what is refused, what a second run does."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fhirserver.assembly import open_database
from fhirserver.cli import main
from fhirserver.settings import Settings
from fhirserver.store.store import Store
from tests.support.server import Server, running
from tests.support.suites import suite

SYNTHEA = ("0-hospitalInformation1625911868739", "0-practitionerInformation1625911868739")
SYNTHEA_PATIENT = "0ef7a3b5-53ee-e765-10e2-c63a904ad0fd"


def patient(id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, **more}


def lines(*resources: dict[str, Any]) -> str:
    return "\n".join(map(json.dumps, resources))


@pytest.fixture
def load(database_url: str, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: object) -> tuple[int, str, str]:
        code = main(["load", "--database-url", database_url, *map(str, words)])
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


@pytest.fixture
def stored(database_url: str) -> Iterator[Callable[[str, str], Any]]:
    """Reads what is in the database."""
    opened: list[Store] = []

    def read(type: str, id: str) -> Any:
        if not opened:
            opened.append(open_database(Settings(database_url=database_url)))
        version = opened[0].read(type, id)
        return version and version.body and json.loads(version.body)

    yield read
    for store in opened:
        store.close()


Load = Callable[..., tuple[int, str, str]]
Stored = Callable[[str, str], Any]


def test_what_is_loaded_is_there(tmp_path: Path, load: Load, stored: Stored) -> None:
    (tmp_path / "a.json").write_text(lines(patient("1", active=True)))
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(lines(patient("2"), patient("3")).encode()))
    (tmp_path / "c.xml").write_text('<Patient xmlns="http://hl7.org/fhir"><id value="4"/></Patient>')
    code, out, _ = load(tmp_path)
    assert code == 0
    assert out.startswith("4 resources in ")
    assert "4 created, 0 updated, 0 unchanged, 0 refused" in out
    assert stored("Patient", "1")["active"] is True
    assert [stored("Patient", id)["id"] for id in "234"] == ["2", "3", "4"]


def test_a_second_run_changes_only_what_changed(tmp_path: Path, load: Load, stored: Stored) -> None:
    file = tmp_path / "p.ndjson"
    file.write_text(lines(patient("1"), patient("2", active=True)))
    load(file)
    file.write_text(lines(patient("1", meta={"versionId": "77"}), patient("2", active=False), patient("3")))
    code, out, _ = load(file)
    assert code == 0
    assert "1 created, 1 updated, 1 unchanged, 0 refused" in out
    assert [stored("Patient", id)["meta"]["versionId"] for id in "123"] == ["1", "2", "1"]


def test_of_two_with_one_address_the_later_wins(tmp_path: Path, load: Load, stored: Stored) -> None:
    (tmp_path / "p.ndjson").write_text(lines(patient("1"), patient("1", active=True)))
    code, out, _ = load(tmp_path / "p.ndjson")
    assert (code, "1 created, 1 updated" in out) == (0, True)
    assert stored("Patient", "1")["active"] is True


def test_what_is_refused_is_named_and_the_rest_is_loaded(tmp_path: Path, load: Load, stored: Stored) -> None:
    file = tmp_path / "p.ndjson"
    wrong = [patient("1", birthDate="2023-02-30"), patient("2", nickname="x"), patient("4", birthDate="gestern")]
    file.write_text(lines(*wrong, patient("3")) + '\n{"resourceType":"Ptient","id":"5"}\n{"id":"6"}\nnot json')
    code, out, _ = load(file, "--report", tmp_path / "report")
    assert code == 1
    assert "1 created, 0 updated, 0 unchanged, 6 refused" in out
    assert f"{file}:1 Patient.birthDate" in out
    assert f"{file}:5" in out
    assert stored("Patient", "3") is not None
    assert stored("Patient", "1") is None
    report = [json.loads(line) for line in (tmp_path / "report").read_text().splitlines()]
    assert sorted(row["where"] for row in report) == sorted(f"{file}:{number}" for number in (1, 2, 3, 5, 6, 7))
    assert {row["resource"] for row in report} >= {"Patient/1", "Patient/2"}


def test_reasons_are_counted_and_the_first_places_named(tmp_path: Path, load: Load) -> None:
    file = tmp_path / "p.ndjson"
    file.write_text(lines(*(patient(f"p{number}", nickname="x") for number in range(5))))
    _, out, _ = load(file)
    (counted,) = [line for line in out.splitlines() if line.startswith("  5 x ")]
    after = out.splitlines()[out.splitlines().index(counted) + 1 :]
    assert [line.split()[0] for line in after] == [f"{file}:1", f"{file}:2", f"{file}:3", "and"]


def test_a_broken_file_does_not_keep_the_others_out(tmp_path: Path, load: Load) -> None:
    (tmp_path / "a.json.gz").write_bytes(b"no gzip")
    (tmp_path / "b.json").write_text(lines(patient("1")))
    code, out, err = load(tmp_path)
    assert (code, "1 created" in out, "a.json.gz: cannot be read to its end" in err) == (1, True, True)


def test_a_path_that_is_absent_is_said_and_the_others_are_loaded(tmp_path: Path, load: Load) -> None:
    (tmp_path / "b.json").write_text(lines(patient("1")))
    code, out, err = load(tmp_path / "absent", tmp_path / "b.json")
    assert (code, "1 created" in out, "no such file" in err) == (1, True, True)
    assert load(tmp_path / "absent")[0] == 2


def entry(resource: dict[str, Any]) -> dict[str, Any]:
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource, "request": {"method": "POST", "url": "x"}}


PRACTITIONER = {"resourceType": "Practitioner", "id": "p", "identifier": [{"system": "urn:npi", "value": "1"}]}


def encounter(number: str = "1") -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "urn:uuid:x"},
        "participant": [{"individual": {"reference": f"Practitioner?identifier=urn:npi|{number}"}}],
    }


def write_bundles(folder: Path, number: str = "1") -> tuple[Path, Path]:
    """The file that refers, and the file it refers to."""
    refers, referred = folder / "1.json", folder / "2.json"
    held = [entry(patient("x")), entry(encounter(number))]
    refers.write_text(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": held}))
    referred.write_text(json.dumps({"resourceType": "Bundle", "type": "batch", "entry": [entry(PRACTITIONER)]}))
    return refers, referred


def test_references_lead_to_what_the_same_run_brings_later(tmp_path: Path, load: Load, stored: Stored) -> None:
    code, out, _ = load(*write_bundles(tmp_path))
    assert (code, "3 created" in out) == (0, True)
    assert stored("Encounter", "e")["subject"]["reference"] == "Patient/x"
    assert stored("Encounter", "e")["participant"][0]["individual"]["reference"] == "Practitioner/p"


def test_references_lead_to_what_an_earlier_run_brought(tmp_path: Path, load: Load, stored: Stored) -> None:
    refers, referred = write_bundles(tmp_path)
    load(referred)
    assert load(refers)[0] == 0
    assert stored("Encounter", "e")["participant"][0]["individual"]["reference"] == "Practitioner/p"


def test_a_reference_to_nothing_is_refused(tmp_path: Path, load: Load, stored: Stored) -> None:
    code, out, _ = load(*write_bundles(tmp_path, "9"))
    assert (code, "2 created" in out, "1 x reference-unresolved" in out) == (1, True, True)
    assert stored("Encounter", "e") is None


@pytest.mark.slow
def test_a_synthea_patient_with_its_hospitals(load: Load, stored: Stored) -> None:
    files = [suite(f"synthea/{name}.json.gz") for name in (SYNTHEA_PATIENT, *SYNTHEA)]
    code, out, _ = load(*files)
    assert (code, "1,213 created, 0 updated, 0 unchanged, 0 refused" in out) == (0, True), out
    assert "?" not in json.dumps(stored("Patient", SYNTHEA_PATIENT)["name"])
    code, out, _ = load(*files)
    assert (code, "0 created, 0 updated, 1,213 unchanged" in out) == (0, True), out


def test_a_database_that_does_not_answer_stops_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.json").write_text(lines(patient("1")))
    assert main(["load", "--database-url", "postgresql://x@127.0.0.1:1/x", str(tmp_path)]) == 2
    assert "database" in capsys.readouterr().err


# ---- over HTTP -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with running(f"sqlite:///{folder / 'fhir.db'}", folder, {"max_body": "100 KB"}) as found:
        yield found


@pytest.mark.slow
def test_loading_into_a_server(tmp_path: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.ndjson"
    wrong = [patient("b", birthDate="2023-02-30"), patient("not an id"), {"resourceType": "Ptient", "id": "1"}]
    large = patient("l", name=[{"text": "x" * 200_000}])
    file.write_text(lines(patient("a"), *wrong, large))
    assert main(["load", "--server", server.base, str(file)]) == 1
    out = capsys.readouterr().out
    assert "1 created, 0 updated, 0 unchanged, 4 refused" in out
    assert f"{file}:2 Patient.birthDate" in out
    assert main(["load", "--server", server.base + "/", str(file)]) == 1
    assert "0 created, 0 updated, 1 unchanged, 4 refused" in capsys.readouterr().out
    reply = server.client().get("/Patient/a")
    assert reply.resource["meta"]["versionId"] == "1"


def test_a_server_that_is_away_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fhirserver.cli.targets.ServerTarget.patience", 0.0)
    (tmp_path / "b.json").write_text(lines(patient("1")))
    assert main(["load", "--server", "http://127.0.0.1:1/fhir", str(tmp_path)]) == 2
    output = capsys.readouterr()
    assert "does not answer" in output.err
    assert "run the same command again" in output.err
