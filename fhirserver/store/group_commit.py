"""Group commit: writes of several threads that wait share one transaction, and so one sync of the disk.

A thread that finds no one writing leads: it takes the writer's turn and runs its own piece of work, then the small ones
that have queued up meanwhile, each in a savepoint, and commits once. Then it wakes the others and passes the lead on.
A thread on its own never waits for anyone.

A large piece (a Bundle) takes as long as hundreds of small ones. So it leads by itself, first lets those that wait go,
with a commit of their own, and is the first that the lead is passed on to: neither kind ever waits for more than one
large piece of its own process.
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
#: A leader takes no more work after this many seconds, so that it does not gather a crowd behind it.
_GATHER = 0.02
#: A piece of work that writes more resources is a large one.
_LARGE = 20


class Pending:
    """A piece of work in the queue. `gate` is opened when it is settled, or when its thread is to lead."""

    __slots__ = ("_context", "error", "gate", "large", "result", "settled", "work")

    def __init__(self, work: Callable[[Any], Any], size: int) -> None:
        self.work = work
        self.large = size > _LARGE
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
        self._small: deque[Pending] = deque()
        self._large: deque[Pending] = deque()
        self._leader: int | None = None

    def run(self, work: Callable[[Any], T], size: int) -> T:
        """Run `work`, which writes `size` resources; its result when it is committed, or what it raised."""
        pending = Pending(work, size)
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
            self._queue(pending).append(pending)
            return True

    def _queue(self, pending: Pending) -> deque[Pending]:
        return self._large if pending.large else self._small

    def _wait(self, pending: Pending) -> None:
        try:
            pending.gate.acquire()
        except BaseException:  # a signal's exception, in the main thread
            self._leave(pending)
            raise

    def _leave(self, pending: Pending) -> None:
        """Take back a piece of work whose thread gives up, or see it through when it has been taken already."""
        with self._mutex:
            if pending in (queue := self._queue(pending)):
                queue.remove(pending)
                return
        pending.gate.acquire()
        if not pending.settled:
            self._pass_on()

    def _lead(self, own: Pending) -> None:
        with self._mutex:
            self._leader = get_ident()
        try:
            with self._turn:
                if own.large and (small := self._next()) is not None:
                    self._share(small, own)
                self._share(own, own)
        except Exception as error:
            own.error = own.error or error
        finally:
            own.settled = True
            self._pass_on()

    def _share(self, first: Pending, own: Pending) -> None:
        """Run a piece of work and the small ones that wait, commit, and wake their threads; `own` is the leader's."""
        taken = [first]
        try:
            self._run_batch(taken)
        except Exception as error:
            for pending in taken:
                pending.error = pending.error or error
        except BaseException:  # a signal's exception is for this thread alone, and it may have come after the commit
            for pending in taken:
                pending.error = pending.error or OUTCOME_UNKNOWN.error()
            raise
        finally:
            for pending in taken:
                pending.settled = True
                if pending is not own:
                    pending.gate.release()

    def _run_batch(self, taken: list[Pending]) -> None:
        batch = self._batch()
        try:
            last = time.monotonic() + _GATHER
            batch.attempt(taken[0])
            while len(taken) < self._limit and time.monotonic() < last and (more := self._next()) is not None:
                taken.append(more)
                batch.attempt(more)
            batch.commit()
        except BaseException:
            batch.abandon()
            raise

    def _next(self) -> Pending | None:
        """The next of those that need but a moment: nobody waits for a large piece in the same commit."""
        with self._mutex:
            return self._small.popleft() if self._small else None

    def _pass_on(self) -> None:
        with self._mutex:
            if queue := self._large or self._small:
                self._leader = _PROMOTED
                queue.popleft().gate.release()
            else:
                self._leader = None
