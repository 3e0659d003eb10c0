import pytest

from fhirserver.outcome import FhirError
from fhirserver.store.database_url import parse


def test_a_file() -> None:
    target = parse("sqlite:////var/lib/fhir/fhir.db")
    assert (target.dialect, str(target.path)) == ("sqlite", "/var/lib/fhir/fhir.db")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_reached_through_psycopg_3(scheme: str) -> None:
    target = parse(f"{scheme}://anna@db:5433/fhir?sslmode=require")
    assert target.dialect == "postgresql"
    assert target.url.drivername == "postgresql+psycopg"
    assert target.url.query == {"sslmode": "require"}


def test_the_password_is_not_shown() -> None:
    assert "secret" not in parse("postgresql://anna:secret@db/fhir").shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fhir.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://anna:secret@db/fhir",
        "postgresql://anna:secret@db:port/x",
    ],
)
def test_what_is_no_database_of_ours_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(FhirError) as caught:
        parse(text)
    issue = caught.value.issues[0]
    assert issue.key == "store-bad-url"
    assert "secret" not in issue.text("both")
