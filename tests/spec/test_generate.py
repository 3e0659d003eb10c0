"""The committed tables are what the generator makes of the official packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from fhirserver.spec.generate import Package, generate
from fhirserver.spec.provenance import sources
from fhirserver.spec.rows import TABLES, write
from tests.support.suites import suite

CORE = "packages/hl7.fhir.r4.core-4.0.1.tgz"
EXPANSIONS = "packages/hl7.fhir.r4.expansions-4.0.1.tgz"


@pytest.fixture(scope="module")
def generated() -> dict[str, bytes]:
    return generate(Package(suite(CORE)), Package(suite(EXPANSIONS)))


@pytest.mark.official
def test_committed_tables_equal_a_regeneration(generated: dict[str, bytes]) -> None:
    committed = {file.relative_to(TABLES).as_posix(): file for file in TABLES.rglob("*.json")}
    assert sorted(committed) == sorted(generated)
    different = [name for name, content in generated.items() if committed[name].read_bytes() != content]
    assert not different


@pytest.mark.official
def test_nothing_of_the_prose_is_kept(generated: dict[str, bytes]) -> None:
    names = ("description", "definition", "short", "human", "comment", "requirements", "purpose", "copyright", "div")
    prose = [f'"{name}":"'.encode() for name in names]
    assert not [(name, word) for name, content in generated.items() for word in prose if word in content]


def test_writing_replaces_tables_and_removes_those_no_longer_made(tmp_path: Path) -> None:
    write({"a.json": b"[\n1\n]\n", "deep/b.json": b"[\n2\n]\n"}, tmp_path)
    write({"deep/b.json": b"[\n3\n]\n"}, tmp_path)
    assert [file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.json")] == ["deep/b.json"]
    assert (tmp_path / "deep" / "b.json").read_bytes() == b"[\n3\n]\n"


def test_provenance_names_the_packages() -> None:
    assert [(row.package, row.version) for row in sources()] == [
        ("hl7.fhir.r4.core", "4.0.1"),
        ("hl7.fhir.r4.expansions", "4.0.1"),
    ]
    assert all(len(row.sha256) == 64 for row in sources())
