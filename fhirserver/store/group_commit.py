"""Group commit: writes of several threads that wait share one transaction, and so one sync of the disk.

A thread that finds no one writing leads: it takes the writer's turn and runs its own piece of work, then those that
have queued up meanwhile, each in a savepoint, and commits once. Then it wakes the others and passes the lead on to the
first who came too late. A thread on its own never waits for anyone.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from threading import Lock, get_ident
from typing import Any, Protocol, TypeVar

from fhirserver.store.messages import OUTCOME_UNKNOWN

T = TypeVar("T")
#: Stands for the thread that has been asked to lead and has not begun.
_PROMOTED = 0
#: A leader takes no more work after this many seconds, so that one large write does not gather a crowd behind it.
_GATHER = 0.02


class Pending:
    """A piece of work in the queue. `gate` is opened when it is settled, or when its thread is to lead."""

    __slots__ = ("_context", "error", "gate", "result", "settled", "work")

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.settled = False
        self.gate = Lock()
        self.gate.acquire()
        self._context = copy_context()

    def run(self, transaction: Any) -> None:
        self.result = self._context.run(self.work, transaction)

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result


class Batch(Protocol):
    """One database transaction for several pieces of work."""

    def attempt(self, pending: Pending) -> None:
        """Run one piece; if it fails, undo it alone and set its `error`. What is raised here fails the whole batch."""

    def commit(self) -> None: ...

    def abandon(self) -> None:
        """Undo everything."""


class GroupCommit:
    """`batch` begins a transaction inside the writer's turn; `limit` is the largest number of pieces in one."""

    def __init__(self, turn: Any, batch: Callable[[], Batch], limit: int) -> None:
        self._turn = turn
        self._batch = batch
        self._limit = limit
        self._mutex = Lock()
        self._waiting: deque[Pending] = deque()
        self._leader: int | None = None

    def run(self, work: Callable[[Any], T]) -> T:
        """Run `work` and return its result when it is committed, or raise what it raised."""
        pending = Pending(work)
        if self._enqueue(pending):
            self._wait(pending)
        if not pending.settled:
            self._lead(pending)
        return pending.outcome()  # type: ignore[no-any-return]

    def _enqueue(self, pending: Pending) -> bool:
        """Whether there is a leader to wait for; otherwise the caller leads."""
        with self._mutex:
            if self._leader == get_ident():
                raise RuntimeError("write() inside write(): a piece of work must use its own transaction")
            if self._leader is None:
                self._leader = get_ident()
                return False
            self._waiting.append(pending)
            return True

    def _wait(self, pending: Pending) -> None:
        try:
            pending.gate.acquire()
        except BaseException:  # a signal's exception, in the main thread
            self._leave(pending)
            raise

    def _leave(self, pending: Pending) -> None:
        """Take back a piece of work whose thread gives up, or see it through when it has been taken already."""
        with self._mutex:
            if pending in self._waiting:
                self._waiting.remove(pending)
                return
        pending.gate.acquire()
        if not pending.settled:
            self._pass_on()

    def _lead(self, first: Pending) -> None:
        with self._mutex:
            self._leader = get_ident()
        taken: list[Pending] = []
        try:
            self._run_batch(first, taken)
        except Exception as error:
            for pending in taken or [first]:
                pending.error = pending.error or error
        except BaseException:  # a signal's exception is for this thread alone, and it may have come after the commit
            for pending in taken:
                pending.error = pending.error or OUTCOME_UNKNOWN.error()
            raise
        finally:
            for pending in taken:
                pending.settled = True
                if pending is not first:
                    pending.gate.release()
            self._pass_on()

    def _run_batch(self, first: Pending, taken: list[Pending]) -> None:
        with self._turn:
            batch = self._batch()
            try:
                last = time.monotonic() + _GATHER
                pending: Pending | None = first
                while pending is not None:
                    taken.append(pending)
                    batch.attempt(pending)
                    pending = self._next() if len(taken) < self._limit and time.monotonic() < last else None
                batch.commit()
            except BaseException:
                batch.abandon()
                raise

    def _next(self) -> Pending | None:
        with self._mutex:
            return self._waiting.popleft() if self._waiting else None

    def _pass_on(self) -> None:
        with self._mutex:
            if self._waiting:
                self._leader = _PROMOTED
                self._waiting.popleft().gate.release()
            else:
                self._leader = None
