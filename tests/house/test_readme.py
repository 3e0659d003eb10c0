"""What the README promises: its lines of curl work as they stand, and its table is the route table."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirserver.interactions.table import ROUTES
from fhirserver.outcome import STATUS
from tests.support.server import Server, running
from tests.support.suites import PROJECT

READMES = ("README.md", "README.zh-CN.md")
BASE = "http://127.0.0.1:8080/fhir"
#: A comment that ends with the status, and the line below it.
_EXAMPLE = re.compile(r"^# .*→ (\d{3})\n(curl .*)$", re.MULTILINE)


def text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def routes() -> str:
    """The route table as the READMEs show it."""
    rows = []
    for row in ROUTES:
        interactions = " ".join((row.interaction, *getattr(row, "also", ())))
        rows.append(f"| {interactions} | `{' '.join(row.methods)}` | `{f'[base]/{row.path}'.rstrip('/')}` |")
    return "\n".join(rows)


def with_routes(readme: str) -> str:
    """A README with the route table between its marks."""
    return re.sub(
        r"(<!-- routes -->\n\n.*\n\|---\|---\|---\|\n)(?:\|.*\n)*", lambda head: head[1] + routes() + "\n", readme
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("readme")
    with running(f"sqlite:///{folder / 'fhir.db'}", folder) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("name", READMES)
def test_every_line_of_curl_works(name: str, server: Server) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    examples = _EXAMPLE.findall(text(name))
    assert len(examples) >= 5
    server.client().delete("/Patient/liu")
    versions = 0
    for status, line in examples:
        # The second README begins where the first one ended, so its first version has another number.
        command = line.replace(BASE, server.base).replace('W/"1"', f'W/"{versions}"')
        found = subprocess.run(f"{command} --silent --include", shell=True, capture_output=True, text=True, check=True)
        assert found.stdout.split()[1] == status, found.stdout
        versions = versions or server.client().get("/Patient/liu").resource["meta"]["versionId"]
    assert json.loads(found.stdout.partition("\n\n")[2]) == json.loads(answer(name))


def answer(name: str) -> str:
    """The answer to the last line, as the README shows it."""
    match = re.search(r"```json\n(.*?)```", text(name), re.DOTALL)
    assert match
    return match[1]


@pytest.mark.parametrize("name", READMES)
def test_the_table_is_the_route_table(name: str) -> None:
    assert with_routes(text(name)) == text(name), "run: python -m tests.house.test_readme"


@pytest.mark.parametrize(
    "name", [*READMES, "CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in PROJECT.glob("docs/*.md"))]
)
def test_links_lead_somewhere(name: str) -> None:
    folder = (PROJECT / name).parent
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text(name))
    absent = [link for link in links if "://" not in link and not Path(folder / link).exists()]
    assert absent == []


def test_the_table_of_statuses_is_the_table_of_the_code() -> None:
    by_status: dict[int, list[str]] = {}
    for code, status in STATUS.items():
        by_status.setdefault(status, []).append(code)
    rows = [f"| {status} | {', '.join(by_status[status])} |" for status in sorted(by_status) if status >= 400]
    shown = re.findall(r"^(\| [45]\d\d \|.*?\|) .* \|$", text("docs/errors.md"), re.MULTILINE)
    assert shown == rows


if __name__ == "__main__":
    for each in READMES:
        (PROJECT / each).write_text(with_routes(text(each)), encoding="utf-8")
