"""``fhirserver validate`` and ``fhirserver schema``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fhirserver.cli import main
from tests.validation.profiles import BASE, profile


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("FHIRSERVER_PACKAGES", str(tmp_path / "packages"))


def write(path: Path, resource: object) -> str:
    path.write_text(json.dumps(resource), encoding="utf-8")
    return str(path)


def test_one_line_an_issue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path / "good.json", {"resourceType": "Patient", "active": True})
    bad = write(tmp_path / "bad.json", {"resourceType": "Patient", "active": "yes"})
    assert main(["validate", good]) == 0
    assert capsys.readouterr().out == "1 checked, 0 with errors\n"
    assert main(["validate", good, bad]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{bad}:1:29: error: ") and first.endswith("[invalid-boolean] at Patient.active")
    assert last == "2 checked, 1 with errors"


def test_a_profile_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    definition = write(tmp_path / "p.json", profile("p", "Patient", {"id": "Patient.birthDate", "min": 1}))
    patient = write(tmp_path / "patient.json", {"resourceType": "Patient", "active": True})
    words = ["validate", patient, "--profile", f"{BASE}p", "--definitions", definition]
    assert main(words) == 1
    assert "[profile-element-missing]" in capsys.readouterr().out


def test_what_is_no_resource(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"resourceType": ', encoding="utf-8")
    assert main(["validate", str(broken)]) == 1
    assert "broken.json:1:18: error: " in capsys.readouterr().out
    assert main(["validate", str(tmp_path / "nowhere.json")]) == 2


def test_what_is_not_known_stands_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patient = tmp_path / "patient.json"
    patient.write_text('{"resourceType": "Patient",\n  "brithDate": "1974"}')
    assert main(["validate", str(patient)]) == 1
    assert capsys.readouterr().out.startswith(f"{patient}:2:3: error: ")


def test_lines_of_ndjson_and_xml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "bulk.ndjson"
    lines.write_text('{"resourceType":"Patient","active":true}\n{"resourceType":"Patient","gender":"x"}\n')
    patient = tmp_path / "patient.xml"
    patient.write_text('<Patient xmlns="http://hl7.org/fhir">\n  <gender value="x"/>\n</Patient>')
    assert main(["validate", str(lines), str(patient)]) == 1
    first, second, _ = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{lines}:2:27: error: ") and second.startswith(f"{patient}:2:3: error: ")


def test_the_schema_of_a_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "http://hl7.org/fhir/StructureDefinition/Patient"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Patient"
    assert main(["schema", "urn:nowhere"]) == 2


def test_the_guide_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claimed = "https://medgroup.example.org/fhir/StructureDefinition/mg-patient"
    patient = write(tmp_path / "patient.json", {"resourceType": "Patient", "meta": {"profile": [claimed]}})
    assert main(["validate", "--quiet", patient]) == 1
    assert "[profile-element-missing]" in capsys.readouterr().out
    assert main(["schema", claimed]) == 0
    assert json.loads(capsys.readouterr().out)
