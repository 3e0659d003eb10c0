"""Entity tags and HTTP dates: version-aware writes (http.html#concurrency) and conditional reads (http.html#cread).

RFC 9110 section 13 gives the rules. FHIR's tags are weak (``W/"3"``) and still compared on writes, so every comparison
here is the weak one: what counts is the text between the quotes, the versionId.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from fhirserver.interactions import messages

if TYPE_CHECKING:
    from fhirserver.store.rows import Version


def etag(version: int) -> str:
    """http.html#versioning: the versionId as a weak entity tag."""
    return f'W/"{version}"'


@lru_cache(maxsize=1024)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def last_modified(version: Version) -> str:
    """meta.lastUpdated as an HTTP date (whole seconds, rounded down)."""
    return _http_date(version.last_updated // 1_000_000)


@dataclass(frozen=True, slots=True)
class Tags:
    """A list of entity tags as sent, or ``*``: any version that is there."""

    sent: str
    versions: frozenset[str]
    any: bool = False

    def match(self, version: str) -> bool:
        """Whether they match the tag of a representation that is there."""
        return self.any or version in self.versions


@lru_cache(maxsize=256)
def _tags(header: str, sent: str) -> Tags:
    if sent.strip() == "*":
        return Tags(sent, frozenset(), any=True)
    versions = set()
    for tag in sent.split(","):
        opaque = tag.strip().removeprefix("W/")
        if len(opaque) < 2 or opaque[0] != '"' or opaque[-1] != '"' or '"' in opaque[1:-1]:
            raise messages.ETAG_FORM.error(header=header, found=sent)
        versions.add(opaque[1:-1])
    return Tags(sent, frozenset(versions))


def if_match(headers: Mapping[str, str]) -> Tags | None:
    """The tags of If-Match; None without it. Raises 400 when they are malformed: a write must not go unguarded."""
    sent = headers.get("if-match")
    return None if sent is None else _tags("If-Match", sent)


def if_none_match(headers: Mapping[str, str]) -> Tags | None:
    """The tags of If-None-Match; None without it."""
    sent = headers.get("if-none-match")
    return None if sent is None else _tags("If-None-Match", sent)


@dataclass(frozen=True, slots=True)
class Precondition:
    """What must hold of the current version for a write to go ahead."""

    if_match: Tags | None = None
    if_none_match: Tags | None = None

    def check(self, type: str, id: str, current: Version | None) -> None:
        """Raise 412 when it does not hold.

        The tag of a deletion matches If-Match (http.html#delete: "to allow version contention management when a
        resource is brought back to life"), while ``*`` asks for something to be there (RFC 9110 section 13.1.1).
        """
        there = current is not None and not current.deleted
        if self.if_match is not None:
            _check_match(self.if_match, type, id, current, there)
        if self.if_none_match is not None and there:
            assert current is not None
            if self.if_none_match.match(str(current.version)):
                asked = self.if_none_match.sent
                raise messages.ALREADY_THERE.error(asked=asked, type=type, id=id, version=current.version)


def _check_match(tags: Tags, type: str, id: str, current: Version | None, there: bool) -> None:
    if current is None or (tags.any and not there):
        raise messages.VERSION_ABSENT.error(asked=tags.sent, type=type, id=id)
    if not tags.match(str(current.version)):
        headers = {"ETag": etag(current.version)}
        raise messages.VERSION_CONFLICT.error(
            asked=tags.sent, type=type, id=id, version=current.version, headers=headers
        )


UNCONDITIONAL = Precondition()


def precondition(headers: Mapping[str, str]) -> Precondition:
    """The precondition a request's headers state."""
    if "if-match" not in headers and "if-none-match" not in headers:
        return UNCONDITIONAL
    return Precondition(if_match(headers), if_none_match(headers))


def not_modified(headers: Mapping[str, str], version: Version) -> bool:
    """http.html#cread: whether a read may be answered with 304.

    RFC 9110 section 13.1.3: If-Modified-Since is ignored beside If-None-Match and when it is no HTTP date.
    """
    tags = if_none_match(headers)
    if tags is not None:
        return tags.match(str(version.version))
    since = _date(headers.get("if-modified-since"))
    return since is not None and version.last_updated // 1_000_000 <= since


def _date(text: str | None) -> int | None:
    """The seconds since the epoch of an HTTP date in any of the three forms of RFC 9110 section 5.6.7, or None."""
    if text is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # Of the three forms only asctime's has no zone, and it means GMT.
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())
