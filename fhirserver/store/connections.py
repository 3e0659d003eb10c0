"""One connection a thread, kept open: taking one from a pool for every read would cost more than the read."""

from __future__ import annotations

from threading import local
from typing import Generic, TypeVar
from weakref import WeakSet

from sqlalchemy.engine import Engine

D = TypeVar("D")


class Held(Generic[D]):
    """A connection a thread has taken out of the engine's pool; it goes back there when the thread ends.

    `driver` is the driver's own connection. `depth` counts the snapshots the thread is in, `seconds` is the time limit
    that is set on the connection, `writing` whether a piece of work runs on it.
    """

    def __init__(self, engine: Engine) -> None:
        self._pooled = engine.raw_connection()
        self.driver: D = self._pooled.driver_connection  # type: ignore[assignment]
        self.depth = 0
        self.seconds: float | None = None
        self.writing = False

    def close(self) -> None:
        self._pooled.close()

    def discard(self) -> None:
        """Close a connection that is broken."""
        self._pooled.invalidate()


class Connections(Generic[D]):
    """The connections of all threads to one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = local()
        self._all: WeakSet[Held[D]] = WeakSet()

    def mine(self) -> Held[D]:
        """This thread's connection."""
        try:
            return self._thread.held  # type: ignore[no-any-return]
        except AttributeError:
            held = self._thread.held = Held[D](self._engine)
            self._all.add(held)
            return held

    def replace(self) -> Held[D]:
        """A new connection in place of this thread's, which is broken."""
        self._thread.held.discard()
        del self._thread.held
        return self.mine()

    def close(self) -> None:
        for held in list(self._all):
            held.close()
        self._engine.dispose()
