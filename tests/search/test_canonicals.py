"""`_include` and `_revinclude` along canonicals: by url, with and without a version."""

from __future__ import annotations

from typing import Any

import pytest

from tests.search.conftest import BASE
from tests.support.client import Client

URL = "http://example.org/Questionnaire/q"


def _questionnaire(id: str, version: str | None) -> dict[str, Any]:
    made = {"resourceType": "Questionnaire", "id": id, "url": URL, "status": "active"}
    return {**made, "version": version} if version else made


def _answers(id: str, named: str) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "id": id, "status": "completed", "questionnaire": named}


@pytest.fixture
def filled(client: Client) -> Client:
    for resource in (
        _questionnaire("nine", "9"),
        _questionnaire("ten", "10"),
        _answers("newest", URL),
        _answers("pinned", f"{URL}|9"),
        _answers("missing", f"{URL}|8"),
        _answers("local", f"{BASE}/Questionnaire/nine"),
    ):
        reply = client.put(f"/{resource['resourceType']}/{resource['id']}", resource)
        assert reply.status == 201, reply.body
    return client


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("QuestionnaireResponse?_id=newest&_include=QuestionnaireResponse:questionnaire", "ten"),
        ("QuestionnaireResponse?_id=pinned&_include=QuestionnaireResponse:questionnaire", "nine"),
        ("QuestionnaireResponse?_id=missing&_include=QuestionnaireResponse:questionnaire", ""),
        ("QuestionnaireResponse?_id=local&_include=QuestionnaireResponse:questionnaire", "nine"),
        ("QuestionnaireResponse?_id=newest&_include=QuestionnaireResponse:questionnaire:Questionnaire", "ten"),
        ("QuestionnaireResponse?_id=newest&_include=QuestionnaireResponse:author", ""),
        ("QuestionnaireResponse?_id=newest&_include=*", "ten"),
        ("QuestionnaireResponse?_id=newest&_include=QuestionnaireResponse:*", "ten"),
        ("Questionnaire?_id=nine&_revinclude=QuestionnaireResponse:questionnaire", "local newest pinned"),
        ("Questionnaire?_id=ten&_revinclude=QuestionnaireResponse:questionnaire", "newest"),
        ("Questionnaire?_id=ten&_revinclude=*", "newest"),
    ],
)
def test_by_url(filled: Client, asked: str, expected: str) -> None:
    reply = filled.get("/" + asked)
    assert reply.status == 200, reply.body
    entries = reply.resource.get("entry", ())
    assert (
        " ".join(sorted(each["resource"]["id"] for each in entries if each["search"]["mode"] == "include")) == expected
    )
