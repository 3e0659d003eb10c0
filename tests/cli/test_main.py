"""The command line as a person meets it: help, version, mistakes."""

import pytest

import fhirserver
from fhirserver.cli import COMMANDS, main


def run(*words: str) -> int | str | None:
    """The exit code, whether the command returned it or argparse exited."""
    try:
        return main(words)
    except SystemExit as end:
        return end.code


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FHIRSERVER_PORT", "FHIRSERVER_DATABASE_URL", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"fhirserver {fhirserver.__version__}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    text = capsys.readouterr().out
    assert all(f"  {name}" in text for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(name, "--help") == 0
    assert capsys.readouterr().out.startswith(f"usage: fhirserver {name}")


def test_a_command_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("server") == 2
    assert "serve" in capsys.readouterr().err


def test_a_wrong_setting_stops_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "--port", "http") == 2
    assert capsys.readouterr().err == (
        "fhirserver: --port is 'http': expected a whole number from 1 to 65535, for example 8080\n"
    )


def test_the_terminal_decides_the_language(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert run("load", "nowhere") == 2
    assert "文件或文件夹不存在" in capsys.readouterr().err


def test_settings_shows_where_a_value_comes_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FHIRSERVER_PORT", "81")
    monkeypatch.setenv("FHIRSERVER_SECRET", "open sesame")
    monkeypatch.setenv("FHIRSERVER_DATABASE_URL", "postgresql://u:sesame@h/db")
    monkeypatch.setenv("FHIRSERVER_LOG_FORMT", "json")
    assert run("settings") == 0
    output = capsys.readouterr()
    lines = {line.split()[0]: line.split()[1:] for line in output.out.splitlines()}
    assert lines["FHIRSERVER_PORT"] == ["81", "environment"]
    assert lines["FHIRSERVER_WORKERS"] == ["0", "default"]
    assert "sesame" not in output.out
    assert "FHIRSERVER_LOG_FORMAT?" in output.err
