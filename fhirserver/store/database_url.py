"""The URL of a database, in the forms people write it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from fhirserver.store.messages import BAD_URL

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class DatabaseUrl(NamedTuple):
    """A URL taken apart. `shown` is without password."""

    dialect: Literal["sqlite", "postgresql"]
    url: URL
    shown: str

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.url.database or "").absolute()


def parse(text: str) -> DatabaseUrl:
    """Take a URL apart; FhirError when it names no database this server knows."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BAD_URL.error(url=_without_password(text), reason="not a URL") from None
    shown = url.render_as_string(hide_password=True)
    driver = _DRIVERS.get(url.drivername.partition("+")[0])
    if driver is None:
        raise BAD_URL.error(url=shown, reason=f"unknown database {url.drivername}")
    if driver != "sqlite":
        return DatabaseUrl("postgresql", url.set(drivername=driver), shown)
    if url.database in (None, "", ":memory:") or str(url.database).startswith("file:"):
        raise BAD_URL.error(url=shown, reason="a database needs a file")
    return DatabaseUrl("sqlite", url.set(drivername=driver), shown)


def _without_password(text: str) -> str:
    head, at, tail = text.rpartition("@")
    return f"***@{tail}" if at and head else text
