"""The route table."""

from __future__ import annotations

import pytest

from fhirserver.interactions.table import ROUTES, Route, Routes, shape
from fhirserver.outcome import FhirError

BASE = "http://fhir.example.org/fhir"
TABLE = Routes(ROUTES)


@pytest.mark.parametrize(
    ("method", "path", "interaction"),
    [
        ("GET", "metadata", "capabilities"),
        ("GET", "Patient/1", "read"),
        ("HEAD", "Patient/1", "read"),
        ("GET", "Patient/1/_history/2", "vread"),
        ("PUT", "Patient/1", "update"),
        ("DELETE", "Patient/1", "delete"),
        ("POST", "Patient", "create"),
        ("GET", "Patient/1/_history", "history-instance"),
        ("GET", "Patient/_history", "history-type"),
        ("GET", "_history", "history-system"),
        ("GET", "Patient", "search-type"),
        ("POST", "Patient/_search", "search-type"),
        ("GET", "Patient/1/Observation", "search-type"),
        ("GET", "Patient/1/*", "search-type"),
        ("HEAD", "_history", "history-system"),
        ("GET", "Patient/metadata", "read"),
    ],
)
def test_matches(method: str, path: str, interaction: str) -> None:
    assert TABLE.match(method, tuple(path.split("/")), BASE).interaction == interaction


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "Patient/1/Observation/2", "route-unknown"),
        ("GET", "Patient/1/$everything", "route-unknown"),
        ("GET", "$export", "route-unknown"),
        ("GET", "", "type-unknown"),
        ("GET", "Patient/", "id-form"),
        ("GET", "_search", "method-not-allowed"),
        ("GET", "Patients/1", "type-unknown-near"),
        ("GET", "patient/1", "type-unknown-near"),
        ("GET", "Q/1", "type-unknown"),
        ("PATCH", "Patient/1/_history/1", "method-not-allowed"),
        ("get", "Patient/1", "method-not-allowed"),
        ("PUT", "_history", "method-not-allowed"),
        ("GET", "Patient/1_", "id-form"),
        ("GET", "Patient/1\n", "id-form"),
        ("GET", "Patient/１", "id-form"),
        ("DELETE", "Patient/" + "1" * 65, "id-form"),
    ],
)
def test_does_not_match(method: str, path: str, key: str) -> None:
    with pytest.raises(FhirError) as caught:
        TABLE.match(method, tuple(path.split("/")), BASE)
    assert caught.value.issues[0].key == key


def test_base_itself_is_an_address() -> None:
    assert TABLE.match("GET", (), BASE).interaction == "search-system"


def test_a_long_unknown_type_is_looked_at_briefly() -> None:
    with pytest.raises(FhirError) as caught:
        TABLE.match("GET", ("P" * 100_000, "1"), BASE)
    assert len(caught.value.issues[0].text("en")) < 500


def test_allow_is_computed() -> None:
    with pytest.raises(FhirError) as caught:
        TABLE.match("POST", ("Patient", "1"), BASE)
    assert caught.value.headers == {"Allow": "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"}
    assert set(TABLE.allowed(("Patient",), BASE)) == {"POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}


def test_two_rows_for_one_request_are_refused() -> None:
    row = next(row for row in ROUTES if row.interaction == "read")
    with pytest.raises(ValueError, match="two rows"):
        Routes((*ROUTES, row))


def test_rows_to_come() -> None:
    """Operations are rows like these."""
    handler = ROUTES[0].handler
    rows = [
        Route("operation", ("GET", "POST"), "{type}/{id}/$everything", handler),
        Route("operation", ("GET", "POST"), "{type}/$validate", handler),
        Route("operation", ("GET",), "$export", handler),
    ]
    table = Routes((*ROUTES, *rows))
    assert table.match("POST", (), BASE).interaction == "transaction"
    assert table.match("PUT", ("Patient",), BASE).interaction == "update"
    assert table.match("POST", ("Patient", "1", "$everything"), BASE).interaction == "operation"
    assert table.match("GET", ("Patient", "1", "_history"), BASE).interaction == "history-instance"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), ()),
        (("metadata",), ("metadata",)),
        (("metadata", "1"), ("{type}", "{id}")),
        (("Patient", "1", "_history", "2"), ("{type}", "{id}", "_history", "{vid}")),
        (("a", "b", "c", "d", "e"), ("{type}", "{id}", "{compartment}", "{vid}", "e")),
    ],
)
def test_shape(path: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert shape(path) == expected
