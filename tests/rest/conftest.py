"""A server in this process, on SQLite: its context, and a client that calls it without HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fhirserver.assembly import assemble
from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from fhirserver.rest.options import Options
from fhirserver.settings import Settings
from tests.support.client import Client, wsgi_client

BASE = "http://fhir.example.org/fhir"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = assemble(Settings(database_url=f"sqlite:///{tmp_path / 'fhir.db'}", base_url=BASE))
    yield made
    made.store.close()


@pytest.fixture
def door(context: Context) -> Callable[..., Client]:
    """A client of a server with these options; `context` fields can be given as well: ``door(base_url=...)``."""

    def make(**chosen: Any) -> Client:
        ours = {name: value for name, value in chosen.items() if name in Options.__dataclass_fields__}
        theirs = {name: value for name, value in chosen.items() if name not in ours}
        server = replace(context, **theirs)
        return wsgi_client(create_app(server, Options(**ours)).wsgi_app, server.base_url)

    return make


@pytest.fixture
def client(door: Callable[..., Client]) -> Client:
    return door()
