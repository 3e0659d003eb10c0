"""The wheel holds all that the server needs: installed into an empty folder, it works from another one."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.suites import PROJECT

pytestmark = pytest.mark.slow

#: Asks the whole server for its CapabilityStatement, without the network.
_METADATA = """
import sys
from wsgiref.util import setup_testing_defaults
import fhirserver
from fhirserver.rest.wsgi import from_environment
environ = {"PATH_INFO": "/fhir/metadata"}
setup_testing_defaults(environ)
body = b"".join(from_environment()(environ, lambda *_: None))
print(fhirserver.__file__)
print(body.decode())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the project."""
    folder = tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = PROJECT / name
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            (folder / "source" / name).symlink_to(path.readlink())
        elif path.is_file():
            (folder / "source" / name).write_bytes(path.read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*pip, "wheel", *options, str(folder / "source")], check=True)
    (found,) = folder.glob("*.whl")
    return found


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tracked = subprocess.run(["git", "ls-files", "fhirserver"], cwd=PROJECT, capture_output=True, text=True, check=True)
    links = {name for name in tracked.stdout.split() if (PROJECT / name).is_symlink()}
    data = {name for name in tracked.stdout.split() if not name.endswith((".md", ".py")) and name not in links}
    data |= {f"{link}/{file.name}" for link in links for file in (PROJECT / link).iterdir()}
    assert "fhirserver/guide/StructureDefinition-mg-referral.json" in data
    code = {name for name in tracked.stdout.split() if name.endswith(".py")}
    assert sorted((data | code) - set(names)) == []
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"fhirserver"}


def test_it_works_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    target, folder = tmp_path / "installed", tmp_path / "elsewhere"
    folder.mkdir()
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-deps", "--target", str(target), str(wheel)], check=True)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FHIRSERVER_")}
    environ["PYTHONPATH"] = str(target)

    def run(*words: str) -> str:
        found = subprocess.run([sys.executable, *words], cwd=folder, env=environ, capture_output=True, text=True)
        assert found.returncode == 0, found.stderr
        return found.stdout

    where, _, body = run("-c", _METADATA).partition("\n")
    assert Path(where).is_relative_to(target)
    stated = json.loads(body)
    assert stated["fhirVersion"] == "4.0.1"
    assert stated["implementationGuide"] == ["https://medgroup.example.org/fhir/ImplementationGuide/medgroup.exchange"]
    (folder / "p.json").write_text('{"resourceType": "Patient", "id": "1"}')
    command = str(target / "bin" / "fhirserver")
    assert "1 created" in run(command, "load", "p.json")
    assert "schema" in run(command, "db", "check")
    assert (folder / "data" / "fhirserver.db").exists()
