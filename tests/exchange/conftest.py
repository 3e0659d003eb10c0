"""The whole server with the demo group of the guide, on each database."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.suites import PROJECT
from tests.support.whole import client, whole

__all__ = ["client", "database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]

GUIDE = PROJECT / "profiles" / "fsh-generated" / "resources"


def example(name: str) -> dict[str, Any]:
    """A resource of the guide, by the name of its file without the suffix."""
    found: dict[str, Any] = json.loads((GUIDE / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def group(client: Client) -> Client:
    """A client of a server that has the demo group."""
    reply = client.post("", example("Bundle-demo-setup"))
    assert reply.status == 200, reply.body.decode()
    return client
