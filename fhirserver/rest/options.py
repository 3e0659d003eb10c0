"""What the operator decides about the HTTP door."""

from __future__ import annotations

from dataclasses import dataclass

from fhirserver.outcome import Language


@dataclass(frozen=True, slots=True)
class Options:
    """`max_body`: bytes of a request's body after decompression. `cors_origins`: origins whose pages may call, "*" any.

    `language`: of messages when Accept-Language names neither Chinese nor English. `trust_forwarded`: whether
    Forwarded and X-Forwarded-* say what [base] the client sees; only behind a proxy that sets them.
    """

    max_body: int = 64 << 20
    cors_origins: tuple[str, ...] = ("*",)
    language: Language = "en"
    trust_forwarded: bool = False
