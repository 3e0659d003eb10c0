"""Who X-Caller names, and who is as good as unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhirserver.access.callers import ADMINISTRATOR, ROLES, Caller, caller_of, holds
from fhirserver.interactions.context import Context
from fhirserver.interactions.write import Change, write
from fhirserver.outcome import FhirError
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.whole import whole

__all__ = ["database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]

NOW = datetime(2025, 3, 10, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def known(whole: Context) -> Iterator[Context]:
    """A server with an organisation and some roles in it."""
    organization = {"resourceType": "Organization", "name": "x"}
    role = {
        "resourceType": "PractitionerRole",
        "organization": {"reference": "Organization/x"},
        "code": [
            {"coding": [{"system": ROLES, "code": "doctor"}, {"system": "urn:other", "code": "ignored"}]},
            {"coding": [{"system": ROLES, "code": "referral-office"}]},
        ],
    }
    roles: dict[str, dict[str, Any]] = {
        "office": {},
        "ended": {"period": {"end": "2025-03-09"}},
        "to-come": {"period": {"start": "2025-03-11"}},
        "inactive": {"active": False},
        "elsewhere": {"organization": {"reference": "http://other.example.org/Organization/x"}},
        "nowhere": {"organization": {"reference": "Organization/absent"}},
    }
    write(whole, [Change("PUT", "Organization", "x", organization)])
    for id, more in roles.items():
        write(whole, [Change("PUT", "PractitionerRole", id, {**role, **more})])
    yield whole


def of(context: Context, header: str) -> Caller:
    return caller_of(context.store, header, NOW, ZONE)


def test_nobody_is_an_administrator(known: Context) -> None:
    assert of(known, "") is ADMINISTRATOR


def test_a_role_calls_for_its_organisation(known: Context) -> None:
    caller = of(known, "PractitionerRole/office")
    assert caller.organization == ("Organization", "x")
    assert caller.codes == {"doctor", "referral-office"}
    assert caller.references == {"PractitionerRole/office", "Organization/x"}
    assert not caller.administrator


def test_an_organisation_calls_without_a_role(known: Context) -> None:
    assert of(known, "Organization/x") == Caller(None, ("Organization", "x"), frozenset())


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Patient/x", "caller-form"),
        ("PractitionerRole/x/_history/1", "caller-form"),
        ("Organization/" + "x" * 65, "caller-form"),
        ("PractitionerRole/absent", "caller-unknown"),
        ("Organization/absent", "caller-unknown"),
        ("PractitionerRole/ended", "caller-inactive"),
        ("PractitionerRole/to-come", "caller-inactive"),
        ("PractitionerRole/inactive", "caller-inactive"),
        ("PractitionerRole/elsewhere", "caller-without-organization"),
        ("PractitionerRole/nowhere", "caller-without-organization"),
    ],
)
def test_who_is_not_known_is_refused(known: Context, header: str, key: str) -> None:
    with pytest.raises(FhirError) as refused:
        of(known, header)
    assert (refused.value.status, refused.value.issues[0].key) == (401, key)
    assert "WWW-Authenticate" in refused.value.headers


@pytest.mark.parametrize(
    ("period", "expected"),
    [({}, True), ({"start": "2025-03-10"}, True), ({"end": "2025-03-10"}, True), ({"end": "2025-03"}, True)],
)
def test_an_end_that_is_not_told_is_open(period: dict[str, str], expected: bool) -> None:
    assert holds(period, NOW, ZONE) is expected
