"""Promises of the whole project that no room could keep alone."""

import importlib
import pkgutil
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

import fhirserver
from fhirserver.outcome import RULE_SYSTEM, STATUS, Message
from tests.support.suites import PROJECT

ROOMS = sorted(path.parent for path in (PROJECT / "fhirserver").glob("*/__init__.py"))
#: What every room's README says, under a heading or in bold.
PARTS = ("Knows", "Does not know", "Entry point", "Decisions")


def messages() -> Iterator[tuple[str, Message]]:
    """Every message row of the project and the module it stands in."""
    for info in pkgutil.walk_packages(fhirserver.__path__, "fhirserver."):
        if ".migrations" in info.name or info.name.endswith("__main__"):
            continue
        source = Path(getattr(info.module_finder, "path", "")) / (info.name.rpartition(".")[2] + ".py")
        if source.exists() and "essage(" not in source.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, Message):
                yield info.name, value


MESSAGES = list(messages())
#: A rule says several things under its one id.
RULES = {message.key for _, message in MESSAGES if message.system == RULE_SYSTEM}


def test_a_key_means_one_thing() -> None:
    places: dict[str, dict[int, str]] = defaultdict(dict)
    for module, message in MESSAGES:
        places[message.key].setdefault(id(message), module)
    twice = {key: list(found.values()) for key, found in places.items() if len(found) > 1}
    assert {key: found for key, found in twice.items() if key not in RULES} == {}
    assert [message.key for _, message in MESSAGES if message.key in RULES and message.system != RULE_SYSTEM] == []


def test_keys_are_kebab_case_and_codes_are_of_fhir() -> None:
    for _, message in MESSAGES:
        form = r"[A-Z]+(-[A-Z]+)+" if message.key in RULES else r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
        assert re.fullmatch(form, message.key), message.key
        assert message.code in STATUS, message.key


def test_both_languages_fill_in_the_same_values() -> None:
    assert [message.key for _, message in MESSAGES if message.fields()[0] != message.fields()[1]] == []


def test_both_languages_say_something_of_their_own() -> None:
    assert [message.key for _, message in MESSAGES if not re.search(r"[\u4e00-\u9fff]", message.zh)] == []
    assert [message.key for _, message in MESSAGES if re.search(r"[\u4e00-\u9fff]", message.en)] == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_says_what_it_knows(room: Path) -> None:
    readme = room / "README.md"
    assert readme.exists(), f"{room.name}/README.md"
    text = readme.read_text(encoding="utf-8")
    assert [part for part in PARTS if not re.search(rf"^## {part}|\*\*{part}", text, re.MULTILINE)] == []


def test_the_guides_leave_nothing_out() -> None:
    guide = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [room.name for room in ROOMS if f"`{room.name}/`" not in guide] == []
    index = (PROJECT / "docs" / "README.md").read_text(encoding="utf-8")
    documents = {path.name for path in (PROJECT / "docs").glob("*.md")} - {"README.md"}
    assert [name for name in sorted(documents) if f"({name})" not in index] == []


def tracked() -> list[Path]:
    """The files of the repository, or of the folder where git is absent."""
    found = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    names = [name for name in found.stdout.decode().split("\0") if name]
    return [path for name in names if (path := PROJECT / name).is_file()]


def test_no_file_names_a_place_of_one_machine() -> None:
    wrong = re.compile(rb"(?<![\w.])/(?:root|home|Users|work)/\w|[A-Z]:\\\\Users")
    here = Path(__file__)
    assert [str(path) for path in tracked() if path != here and wrong.search(path.read_bytes())] == []


#: Packages whose module has another name.
MODULES = {"prometheus-client": "prometheus_client", "pyyaml": "yaml"}
#: What zoneinfo reads where the system has no time zones.
INDIRECT = {"tzdata"}


def test_what_is_imported_is_what_is_installed() -> None:
    setup = ConfigParser()
    setup.read(PROJECT / "setup.cfg")
    named = re.findall(r"^([\w.-]+)", setup["options"]["install_requires"], re.MULTILINE)
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "fhirserver").rglob("*.py"))
    roots = re.findall(r"^\s*(?:from|import) ([a-z]\w*)[ .\n]", source, re.MULTILINE)
    imported = set(roots) - sys.stdlib_module_names - {"fhirserver"}
    installed = {MODULES.get(name, name).partition(".")[0] for name in named} - INDIRECT
    assert sorted(installed - imported) == [], "named in setup.cfg, imported nowhere"
    brought = {"werkzeug"}  # Flask's own, by its documentation
    assert sorted(imported - installed - brought) == [], "imported, but not named in setup.cfg"


def test_structs_are_decoded_by_decoders_made_at_import() -> None:
    """msgspec learns a Struct when it first decodes one; two threads that do so at once crash the process."""
    inline = re.compile(r"msgspec\.(?:json\.decode|convert)\([^\n]*type=(?:list\[|tuple\[|dict\[str, )?_?[A-Z]")
    inside = re.compile(r"^[ \t]+.*\bDecoder\((?:list\[|tuple\[|dict\[str, )?_?[A-Z]", re.MULTILINE)
    sources = {path: path.read_text(encoding="utf-8") for path in (PROJECT / "fhirserver").rglob("*.py")}
    wrong = [path.name for path, text in sources.items() if inline.search(text) or inside.search(text)]
    assert wrong == []


def test_threads_may_be_the_first_to_ask_for_facts() -> None:
    """Eight threads at once in a fresh process, as when a server's first requests arrive together."""
    script = (
        "import sys, threading; from fhirserver.spec.structures import structure; sys.setswitchinterval(1e-6);"
        "start = threading.Barrier(8);"
        "names = 'Patient Observation Encounter Bundle Claim Task HumanName Organization'.split();"
        "threads = [threading.Thread(target=lambda name: (start.wait(), structure(name)), args=(n,)) for n in names];"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]"
    )
    for _ in range(5):
        subprocess.run([sys.executable, "-c", script], check=True, cwd=PROJECT)
