"""One connection a thread, kept open: taking one from a pool for every read would cost more than the read."""

from __future__ import annotations

from collections.abc import Callable
from threading import local
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from sqlalchemy.engine import Engine

C = TypeVar("C")


class Held(Generic[C]):
    """A connection a thread has taken out of the engine's pool; it goes back there when the thread ends.

    `connection` is made of the driver's own once and stays with it. `depth` counts the snapshots the
    thread is in, `writing` says whether a piece of work runs on the connection.
    """

    def __init__(self, engine: Engine, make: Callable[[Any], C]) -> None:
        self._pooled = engine.raw_connection()
        memory = self._pooled.info
        if "connection" not in memory:
            memory["connection"] = make(self._pooled.driver_connection)
        self.connection: C = memory["connection"]
        self.depth = 0
        self.writing = False

    def close(self) -> None:
        self._pooled.close()

    def discard(self) -> None:
        """Close a connection that is broken."""
        self._pooled.invalidate()


class Connections(Generic[C]):
    """The connections of all threads to one database."""

    def __init__(self, engine: Engine, make: Callable[[Any], C]) -> None:
        self._engine = engine
        self._make = make
        self._thread = local()
        self._all: WeakSet[Held[C]] = WeakSet()

    @property
    def held(self) -> Held[C] | None:
        """This thread's connection, if it has one."""
        return getattr(self._thread, "held", None)

    def mine(self) -> Held[C]:
        """This thread's connection, made if it has none."""
        try:
            return self._thread.held  # type: ignore[no-any-return]
        except AttributeError:
            held = self._thread.held = Held(self._engine, self._make)
            self._all.add(held)
            return held

    def replace(self) -> Held[C]:
        """A new connection in place of this thread's, which is broken."""
        self._thread.held.discard()
        del self._thread.held
        return self.mine()

    def close(self) -> None:
        for held in list(self._all):
            held.close()
        self._engine.dispose()
