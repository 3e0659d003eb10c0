"""Answers kept for retries. They are written with what they answer for, so one is there exactly when the other is."""

from __future__ import annotations

from typing import NamedTuple

from fhirserver.store.store import Reads, Transaction

_RECALL = "SELECT request, status, headers, body FROM answer WHERE key = ? AND expires > ?"
_KEEP = """
INSERT INTO answer (key, request, status, headers, body, expires) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET request = excluded.request, status = excluded.status, headers = excluded.headers,
body = excluded.body, expires = excluded.expires
RETURNING 1
"""
_PURGE = "DELETE FROM answer WHERE key IN (SELECT key FROM answer WHERE expires <= ? LIMIT ?) RETURNING 1"


class Answer(NamedTuple):
    """`request` is a digest of what was asked, `headers` the JSON of an object."""

    request: bytes
    status: int
    headers: str
    body: bytes | None


def recall(reads: Reads, key: str, now: int) -> Answer | None:
    """The answer kept under a key, None when there is none or its time is over; `now` in microseconds."""
    rows = reads.select(_RECALL, (key, now))
    return Answer(*rows[0]) if rows else None


def keep(transaction: Transaction, key: str, answer: Answer, expires: int) -> None:
    """Keep an answer; one whose time is over gives way. Hold a lock on the key."""
    transaction.select(_KEEP, (key, *answer, expires))


def purge(transaction: Transaction, now: int, most: int = 1000) -> int:
    """Delete answers whose time is over, at most so many; returns how many."""
    return len(transaction.select(_PURGE, (now, most)))
