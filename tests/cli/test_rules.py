"""``fhirserver rules``: what there is, what a pack makes of it, and what is wrong with a pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from fhirserver.cli import main
from fhirserver.exchange.table import RULES

PACK = """\
id: east
version: "1"
title: East
area: "3702"
rules:
  GEN-IFMATCH:
    mode: advise
"""


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "FHIRSERVER_RULE_PACKS"):
        monkeypatch.delenv(name, raising=False)


def test_list_shows_every_rule_and_what_packs_say(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "east.yaml").write_text(PACK)
    assert main(["rules", "list", "--rule-packs", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(rule.id for rule in RULES)
    (line,) = [line for line in lines if line.startswith("GEN-IFMATCH")]
    assert line.split()[1:4] == ["428", "default=enforce", "east=advise"]


@pytest.mark.parametrize("id", [rule.id for rule in RULES])
def test_explain_in_both_languages(
    id: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["rules", "explain", id]) == 0
    english = capsys.readouterr().out
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["rules", "explain", id.lower()]) == 0
    chinese = capsys.readouterr().out
    assert english.startswith(f"{id}  ") and english.splitlines()[0] != f"{id}  ", "the guide's CodeSystem has it"
    assert "依据" in chinese
    assert "law: " in english


def test_a_rule_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", "GEN-IFMACH"]) == 2
    assert "GEN-IFMATCH" in capsys.readouterr().err


def test_check_says_where_a_pack_is_wrong(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    good, wrong = tmp_path / "good.yaml", tmp_path / "wrong.yaml"
    good.write_text(PACK)
    wrong.write_text(PACK.replace("advise", "sometimes") + "  GEN-IFMACH:\n    mode: off\n")
    assert main(["rules", "check", str(good)]) == 0
    assert main(["rules", "check", str(good), str(wrong)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert any(f"{wrong}:7" in line and "sometimes" in line for line in said)
    assert any(f"{wrong}:8" in line and "GEN-IFMATCH" in line for line in said)


def test_check_needs_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check"]) == 2
    assert "FILE" in capsys.readouterr().err
