"""What `fhirserver load` reads: every form of file, in the order of names, one document at a time."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from fhirserver.cli.sources import Document, Source, UnreadableError, find, read

PATIENT = b'{"resourceType":"Patient","id":"1"}'


def archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return buffer.getvalue()


def documents(path: Path) -> list[Document]:
    sources, issues = find([path])
    assert issues == []
    return [document for source in sources for document in read(source)]


@pytest.mark.parametrize(
    ("name", "body", "count"),
    [
        ("patient.json", PATIENT, 1),
        ("patient.JSON", PATIENT, 1),
        ("patient.json.gz", gzip.compress(PATIENT), 1),
        ("bulk.ndjson", PATIENT + b"\n\n" + PATIENT + b"\n", 2),
        ("bulk.jsonl.gz", gzip.compress(PATIENT + b"\r\n" + PATIENT), 2),
        ("pack.tgz", archive({"a/p.json": PATIENT}), 1),
        ("pack.tar.gz", archive({"p.json.gz": gzip.compress(PATIENT), "q.ndjson": PATIENT, "readme.txt": b"x"}), 2),
    ],
    # the bytes hold the time they were packed at, and processes that share the tests must name them alike
    ids=["json", "JSON", "json.gz", "ndjson", "jsonl.gz", "tgz", "tar.gz"],
)
def test_every_form_gives_its_documents(tmp_path: Path, name: str, body: bytes, count: int) -> None:
    (tmp_path / name).write_bytes(body)
    assert [document.body.strip() for document in documents(tmp_path / name)] == [PATIENT] * count


def test_xml_is_told_from_json(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_bytes(b"<Patient/>")
    (tmp_path / "p.xml.gz").write_bytes(gzip.compress(b"<Patient/>"))
    assert [(document.format, document.name) for document in documents(tmp_path)] == [("xml", "p.xml")] * 2


def test_a_document_says_where_it_was_found(tmp_path: Path) -> None:
    (tmp_path / "bulk.ndjson").write_bytes(PATIENT + b"\n\n" + PATIENT)
    (tmp_path / "pack.tgz").write_bytes(archive({"package/Patient-1.json": PATIENT}))
    places = [document.where.removeprefix(f"{tmp_path}/") for document in documents(tmp_path)]
    assert places == ["bulk.ndjson:1", "bulk.ndjson:3", "pack.tgz/package/Patient-1.json"]


def test_the_files_that_describe_a_package_are_no_resources(tmp_path: Path) -> None:
    files = {"package/package.json": b"{}", "package/.index.json": b"{}", "package/Patient-1.json": PATIENT}
    (tmp_path / "pack.tgz").write_bytes(archive(files))
    assert [(document.name, document.packaged) for document in documents(tmp_path)] == [("Patient-1.json", True)]


def test_a_folder_with_package_json_is_a_package(tmp_path: Path) -> None:
    for folder in ("package", "plain"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Patient-1.json").write_bytes(PATIENT)
    (tmp_path / "package" / "package.json").write_bytes(b"{}")
    assert [source.packaged for source in find([tmp_path])[0]] == [True, False]


def test_a_file_named_twice_is_read_once_and_folders_go_by_name(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "ignored.txt"):
        (tmp_path / name).write_bytes(PATIENT)
    sources, issues = find([tmp_path / "b.json", tmp_path])
    assert [source.path.name for source in sources] == ["b.json", "a.json"]
    assert issues == []


def test_paths_that_bring_nothing_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    _, issues = find([tmp_path / "absent", tmp_path / "empty", tmp_path / "notes.txt"])
    assert [issue.key for issue in issues] == ["path-absent", "folder-empty", "suffix-unknown"]


@pytest.mark.parametrize("name", ["x.json.gz", "x.tgz", "x.ndjson.gz"])
@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(PATIENT * 100)[:40]], ids=["not gzip", "cut short"])
def test_a_broken_file_is_named_with_the_reason(tmp_path: Path, name: str, body: bytes) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(UnreadableError, match=name):
        list(read(Source(tmp_path / name)))


def test_progress_hears_how_far_the_file_has_been_read(tmp_path: Path) -> None:
    path = tmp_path / "bulk.ndjson"
    path.write_bytes((PATIENT + b"\n") * 2000)
    heard: list[int] = []
    list(read(Source(path), heard.append))
    assert heard == sorted(heard)
    assert heard[-1] == Source(path).size
