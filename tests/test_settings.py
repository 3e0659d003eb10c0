"""Settings come from options, then the environment, then defaults; what is wrong is said by name, value and example."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fhirserver import settings
from fhirserver.outcome import FhirError
from fhirserver.settings import ROWS, TABLE, Settings, read


def refused(environ: dict[str, str], options: dict[str, str | None] | None = None) -> list[str]:
    with pytest.raises(FhirError) as caught:
        read(environ, options)
    return [issue.text() for issue in caught.value.issues]


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read({}) == Settings()
    assert Settings().timezone == ZoneInfo("Asia/Shanghai")
    assert Settings().max_body == 64 * 1024 * 1024


def test_an_option_wins_over_the_environment() -> None:
    environ = {"FHIRSERVER_PORT": "1", "FHIRSERVER_HOST": "::1"}
    found = read(environ, {"port": "2", "host": None})
    assert (found.port, found.host) == (2, "::1")


def test_an_empty_variable_is_not_set_but_an_empty_option_is_wrong() -> None:
    assert read({"FHIRSERVER_PORT": " "}).port == 8080
    assert refused({}, {"port": ""})[0].startswith("--port is ''")


def test_every_wrong_value_is_named_at_once() -> None:
    texts = refused({"FHIRSERVER_PORT": "70000", "FHIRSERVER_TIMEZONE": "Mars/Base"}, {"language": "fr"})
    assert texts == [
        "FHIRSERVER_PORT is '70000': expected a whole number from 1 to 65535, for example 8080",
        "FHIRSERVER_TIMEZONE is 'Mars/Base': expected a time zone of the IANA database, for example Europe/Berlin",
        "--language is 'fr': expected one of en, zh, both, for example both",
    ]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("max_body", "10", 10),
        ("max_body", "2kb", 2048),
        ("max_body", "1 GB", 1 << 30),
        ("base_url", "https://a.example/fhir/", "https://a.example/fhir"),
        ("base_url", "http://a.example", "http://a.example"),
        ("cors_origins", "https://a.example, http://b.example:81/", ("https://a.example", "http://b.example:81")),
        ("cors_origins", "*", ("*",)),
        ("cors_origins", ",", ()),
        ("sqlite_synchronous", "normal", "NORMAL"),
        ("database_url", "sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("database_url", "postgresql://u:p@h:5433/db?sslmode=require", "postgresql://u:p@h:5433/db?sslmode=require"),
        ("database_url", "postgresql:///db?host=/run/postgresql", "postgresql:///db?host=/run/postgresql"),
    ],
)
def test_what_is_read(name: str, text: str, value: object) -> None:
    assert getattr(read({ROWS[name].variable: text}), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("max_body", "0"),
        ("max_body", "5 TB"),
        ("max_body", "many"),
        ("workers", "-1"),
        ("threads", "0"),
        ("base_url", "fhir.example.org/fhir"),
        ("base_url", "https://a.example/fhir?x=1"),
        ("base_url", "https://u:p@a.example/fhir"),
        ("cors_origins", "app.example.org"),
        ("cors_origins", "https://app.example.org/page"),
        ("database_url", "mysql://h/db"),
        ("database_url", "sqlite://"),
        ("database_url", "sqlite://relative.db"),
        ("database_url", "postgresql://h"),
        ("database_url", "postgresql://h:port/db"),
        ("timezone", ".."),
        ("timezone", "Europe"),
    ],
)
def test_what_is_refused(name: str, text: str) -> None:
    assert len(refused({ROWS[name].variable: text})) == 1


def test_the_example_and_the_default_of_every_row_are_of_its_kind() -> None:
    for row in TABLE:
        row.kind.read(row.example)
        if row.default:
            assert row.kind.read(row.default) == getattr(Settings(), row.name)


def test_a_password_is_never_shown() -> None:
    assert settings.without_password("postgresql://u:secret@h/db") == "postgresql://u:***@h/db"
    assert settings.without_password("sqlite:///x.db") == "sqlite:///x.db"
    assert "secret" not in refused({"FHIRSERVER_DATABASE_URL": "mysql://u:secret@h/db"})[0]


def test_a_variable_that_is_nearly_a_setting_is_warned_of() -> None:
    environ = dict.fromkeys(("FHIRSERVER_DATABSE_URL", "FHIRSERVER_PORT", "FHIRSERVER_PORT_8080_TCP", "HOST"), "1")
    texts = [issue.text() for issue in settings.unknown(environ)]
    assert texts == ["FHIRSERVER_DATABSE_URL is set but nothing reads it: did you mean FHIRSERVER_DATABASE_URL?"]


def test_base_is_made_of_host_and_port_when_it_is_not_given() -> None:
    assert read({}).base == "http://127.0.0.1:8080/fhir"
    assert read({"FHIRSERVER_HOST": "0.0.0.0", "FHIRSERVER_PORT": "81"}).base == "http://localhost:81/fhir"
    assert read({"FHIRSERVER_HOST": "::1"}).base == "http://[::1]:8080/fhir"


def test_workers_zero_means_the_cores() -> None:
    assert read({}).processes >= 1
    assert read({"FHIRSERVER_WORKERS": "3"}).processes == 3


def test_the_document_is_the_table() -> None:
    document = Path(__file__).parent.parent / "docs" / "settings.md"
    written = document.read_text(encoding="utf-8")
    assert written == settings.markdown(), "run: python -m fhirserver.settings > docs/settings.md"
