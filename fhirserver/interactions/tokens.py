"""Opaque tokens for page links: the client carries the place in the list, the signature keeps it ours.

A token is good only for the list it was made for, in every worker and after a restart, and needs no state here.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

import msgspec

_MAC = 16


def seal(secret: bytes, purpose: str, place: Sequence[int | str]) -> str:
    """The token for a place in the list that `purpose` names (its path and filters)."""
    return _sealed(secret, purpose, msgspec.json.encode(tuple(place)))


def unseal(secret: bytes, purpose: str, token: str) -> list[int | str] | None:
    """The place in a token; None when it was not sealed with this secret for this purpose."""
    try:
        payload = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))[_MAC:]
    except ValueError:
        return None
    # Comparing the whole text, not only the signature: base64 has several spellings of the same bytes.
    if not hmac.compare_digest(_sealed(secret, purpose, payload).encode(), token.encode()):
        return None
    return msgspec.json.decode(payload, type=list[int | str])


def _sealed(secret: bytes, purpose: str, payload: bytes) -> str:
    mac = hmac.digest(secret, purpose.encode() + b"\0" + payload, sha256)[:_MAC]
    return urlsafe_b64encode(mac + payload).rstrip(b"=").decode("ascii")
