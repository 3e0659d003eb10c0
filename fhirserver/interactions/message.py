"""Request and Response: what goes into an interaction and what comes out, over HTTP or from an entry of a Bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fhirserver.interactions.prefer import Preferences
from fhirserver.interactions.prefer import parse as parse_prefer
from fhirserver.outcome import Language


@dataclass(slots=True)
class Request:
    """One call of an interaction.

    `path` is what follows [base], in segments: ``("Patient", "1", "_history", "2")``; `query` the decoded pairs in the
    sender's order; `headers` have lower-case names; `base` is [base] as the sender knows it, without a final slash.
    `resource` is the decoded body where the route takes one; `body` the bytes where it takes something else.
    `native`: the sender named no FHIR media type, so a Binary goes out as the content it holds (binary.html#rest).
    `caller`: who is calling, as the sender says it (X-Caller). `retry_key`: what stands for Idempotency-Key where the
    request is a part of another one.
    """

    method: str
    path: tuple[str, ...]
    base: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    resource: dict[str, Any] | None = None
    body: bytes = b""
    language: Language = "en"
    native: bool = False
    caller: str = ""
    retry_key: str | None = None

    @property
    def type(self) -> str:
        """The resource type of every path that has one: ``Patient`` of ``Patient/1``."""
        return self.path[0]

    @property
    def id(self) -> str:
        return self.path[1]

    @property
    def vid(self) -> str:
        """The version of ``{type}/{id}/_history/{vid}``."""
        return self.path[3]

    @property
    def preferences(self) -> Preferences:
        """The Prefer header, parsed."""
        header = self.headers.get("prefer")
        return parse_prefer(header) if header else Preferences()


@dataclass(slots=True)
class Response:
    """The answer: `body` holds the JSON bytes of a resource, which a door turns into the format asked for.

    With `media` set, `body` is content of that media type and goes out as it is.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    media: str | None = None
