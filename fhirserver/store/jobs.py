"""Jobs: requests that are answered later, kept in the database so that they outlive the process that took them.

A worker takes a job for a while, its lease, and renews it as long as it works. When the worker dies the lease runs out
and another one takes the job. Times are in microseconds since the epoch.
"""

from __future__ import annotations

from typing import NamedTuple

from fhirserver.store.store import Reads, Transaction

WAITING, RUNNING, DONE = 0, 1, 2

_SUBMIT = """
INSERT INTO job (id, state, created, lease, attempts, expires, request) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING 1
"""
_FIND = "SELECT state, created, attempts, expires, answer FROM job WHERE id = ?"
_FREE = f"(state = {WAITING} OR (state = {RUNNING} AND lease <= ?))"
_WAITING = f"SELECT 1 FROM job WHERE {_FREE} LIMIT 1"
_CLAIM = f"""
UPDATE job SET state = {RUNNING}, lease = ?, attempts = attempts + 1
WHERE id = (SELECT id FROM job WHERE {_FREE} ORDER BY created LIMIT 1{{alone}}) RETURNING id, attempts, request
"""
_RENEW = f"UPDATE job SET lease = ? WHERE id = ? AND attempts = ? AND state = {RUNNING} RETURNING 1"
_FINISH = f"""
UPDATE job SET state = {DONE}, answer = ?, expires = ? WHERE id = ? AND attempts = ? AND state = {RUNNING} RETURNING 1
"""
_CANCEL = "DELETE FROM job WHERE id = ? RETURNING 1"
_PURGE = "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE expires <= ? AND state <> 1 LIMIT ?) RETURNING 1"


class Job(NamedTuple):
    """`answer` is packed by who ran it, None until then."""

    state: int
    created: int
    attempts: int
    expires: int
    answer: bytes | None


class Claim(NamedTuple):
    """A job a worker has taken; `attempts` counts this time too."""

    id: str
    attempts: int
    request: bytes


def submit(transaction: Transaction, id: str, request: bytes, now: int, expires: int) -> None:
    """Put a job at the end of the queue; it is given up when nobody has run it by `expires`."""
    transaction.select(_SUBMIT, (id, WAITING, now, 0, 0, expires, request))


def find(reads: Reads, id: str) -> Job | None:
    rows = reads.select(_FIND, (id,))
    return Job(*rows[0]) if rows else None


def waiting(reads: Reads, now: int) -> bool:
    """Whether there is a job to take."""
    return bool(reads.select(_WAITING, (now,)))


def claim(transaction: Transaction, now: int, lease: int) -> Claim | None:
    """Take the job that has waited longest, until `lease`; None when there is none."""
    alone = " FOR UPDATE SKIP LOCKED" if transaction.dialect == "postgresql" else ""
    rows = transaction.select(_CLAIM.format(alone=alone), (lease, now))
    return Claim(*rows[0]) if rows else None


def renew(transaction: Transaction, taken: Claim, lease: int) -> bool:
    """Whether the job is still this worker's."""
    return bool(transaction.select(_RENEW, (lease, taken.id, taken.attempts)))


def finish(transaction: Transaction, taken: Claim, answer: bytes, expires: int) -> bool:
    """Keep the answer until `expires`; False when the job is no longer this worker's."""
    return bool(transaction.select(_FINISH, (answer, expires, taken.id, taken.attempts)))


def cancel(transaction: Transaction, id: str) -> bool:
    """Whether there was such a job."""
    return bool(transaction.select(_CANCEL, (id,)))


def purge(transaction: Transaction, now: int, most: int = 1000) -> int:
    """Delete jobs whose time is over, at most so many; returns how many."""
    return len(transaction.select(_PURGE, (now, most)))
