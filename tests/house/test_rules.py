"""The rules as vendors read them: the guide's code system and the tables of the documents are those of the code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from fhirserver.cli.rules import title
from fhirserver.conformance import guide
from fhirserver.exchange.rules import Rule
from fhirserver.exchange.table import RULES
from tests.support.suites import PROJECT

_PAGES = "profiles/input/pagecontent"
_HEADS = {
    "en": "| rule | what | HTTP | default | law |\n|---|---|---|---|---|\n",
    "zh": "| 规则 | 内容 | HTTP | 缺省 | 依据 |\n|---|---|---|---|---|\n",
    "en zh": "| rule | what | | HTTP | default | law |\n|---|---|---|---|---|---|\n",
}
#: Documents with a table between the mark ``<!-- rules LANGUAGES -->`` and the next empty line.
DOCUMENTS = ("docs/rules.md", f"{_PAGES}/errors.md", f"{_PAGES}/errors-en.md")
_TABLE = re.compile(r"(<!-- rules ([a-z ]+) -->\n\n?)(?:\|.*\n)*")


def row(rule: Rule, languages: str) -> str:
    """One rule as a row of a table."""
    titles = " | ".join(title(rule.id, language) for language in languages.split())
    status = str(rule.status) if rule.status >= 400 else ""
    return f"| `{rule.id}` | {titles} | {status} | {rule.default} | {rule.law} |\n"


def with_rules(text: str) -> str:
    """A document with the table of the rules."""

    def table(found: re.Match[str]) -> str:
        rows = "".join(row(rule, found[2]) for rule in sorted(RULES, key=lambda rule: rule.id))
        return f"<!-- rules {found[2]} -->\n\n{_HEADS[found[2]]}{rows}"

    return _TABLE.sub(table, text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_table_is_that_of_the_code(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert "<!-- rules " in text
    assert with_rules(text) == text, "run: python -m tests.house.test_rules"


def test_the_code_system_lists_the_rules_that_are_built() -> None:
    stated = {
        concept["code"]: concept["property"][0]["valueInteger"]
        for concept in guide.read("CodeSystem", "rule")["concept"]
    }
    assert stated == {rule.id: rule.status for rule in RULES}


_FAULTS: Mapping[str, Callable[[Rule], bool]] = {
    "a law that stands in a book of our own": lambda rule: bool(re.search(r"exchange\.md|\b[MG]\d\d\b", rule.law)),
    "a message under another id": lambda rule: any(each.key != rule.id for each in rule.messages),
    "a default that no pack may choose": lambda rule: rule.default not in rule.modes,
    "no message": lambda rule: not rule.messages,
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_no_rule_has(fault: str) -> None:
    assert [rule.id for rule in RULES if _FAULTS[fault](rule)] == []


def test_an_id_is_one_rule() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


if __name__ == "__main__":
    for each in DOCUMENTS:
        path = PROJECT / each
        path.write_text(with_rules(path.read_text(encoding="utf-8")), encoding="utf-8")
