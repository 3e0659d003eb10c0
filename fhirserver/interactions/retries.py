"""Retries that are safe: a write with a key is done once, and asked for again it is answered as it was then.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/. The answer is stored in the transaction of
the write, so it is there if and only if the write is, also when the server was killed before it could answer. What was
refused stored nothing: asked for again it is tried again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from fhirserver.interactions import messages
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.resource import json
from fhirserver.resource.dates import microseconds
from fhirserver.store import answers
from fhirserver.store.answers import Answer
from fhirserver.store.keys import value_key
from fhirserver.store.store import Reads, Transaction

HEADER = "Idempotency-Key"
REQUEST_ID = "X-Request-Id"
#: Tells a client that this answer was given before.
REPLAYED = "Idempotency-Replayed"

_KEY = re.compile(r"[!-~]{1,255}").fullmatch
#: Headers that are a part of what is asked. Prefer only says how to answer.
_ASKED = ("if-match", "if-none-match", "if-none-exist")
_SECOND = 1_000_000


class KeptError(Exception):
    """The write was done before; stops it here and carries its answer out."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True, slots=True)
class Retry:
    """A write with a key. `key` is a digest of caller and key, `request` of what is asked, `spelled` as it was sent."""

    header: str
    spelled: str
    key: str
    request: bytes
    now: int
    expires: int

    @property
    def lock(self) -> int:
        return value_key("retry", self.key)

    def recall(self, reads: Reads) -> Response | None:
        """The answer given before. Raises 409 when the key was used for something else."""
        answer = answers.recall(reads, self.key, self.now)
        if answer is None:
            return None
        if answer.request != self.request:
            raise messages.RETRY_KEY_REUSED.error(header=self.header, found=self.spelled)
        headers = {**json.parse(answer.headers.encode()), REPLAYED: "true"}
        return Response(answer.status, headers, answer.body)

    def check(self, transaction: Transaction) -> None:
        """Stop a write that has been done meanwhile; the transaction holds `lock`."""
        if (response := self.recall(transaction)) is not None:
            raise KeptError(response)

    def keep(self, transaction: Transaction, response: Response) -> None:
        headers = json.encode(response.headers).decode()
        answers.keep(transaction, self.key, Answer(self.request, response.status, headers, response.body), self.expires)


def key_of(context: Context, request: Request) -> Retry | None:
    """The key a write was sent with; None without one, and for a dry run, which uses none up.

    Raises 400 for a key of the wrong form: a client that believes itself safe must not be told so in silence.
    """
    if request.preferences.dry_run:
        return None
    header, found = HEADER, request.retry_key
    if found is None:
        found = request.headers.get("idempotency-key")
        if found is None and context.request_id_retries:
            header, found = REQUEST_ID, request.headers.get("x-request-id")
        if found is None:
            return None
        found = found.strip()
        if len(found) > 2 and found[0] == found[-1] == '"':  # the draft writes a key as a quoted string
            found = found[1:-1]
        if not _KEY(found):
            raise messages.RETRY_KEY_FORM.error(header=header, found=found[:300])
    now = microseconds(context.wall())
    key = sha256("\0".join((request.caller, found)).encode()).hexdigest()
    return Retry(header, found, key, _digest(request), now, now + context.retry_seconds * _SECOND)


def _digest(request: Request) -> bytes:
    parts = ["/".join((request.method, *request.path)), *(f"{name}={value}" for name, value in sorted(request.query))]
    parts += [f"{name}: {request.headers[name]}" for name in _ASKED if name in request.headers]
    body = json.encode(request.resource) if request.resource is not None else request.body
    return sha256("\n".join(parts).encode() + b"\n\n" + body).digest()
