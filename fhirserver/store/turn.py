"""The writer's turn between processes: at most one has it, and those who wait get it in order of arrival."""

from __future__ import annotations

from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path
from types import TracebackType


class WriterTurn:
    """A context manager; inside, no other process (and no other `WriterTurn` of this one) is.

    A lock alone is not fair: who lets it go and asks again gets it before a waiting process has woken up. So there are
    two: who holds `next` waits for `turn`, and the one who just had its turn must queue for `next` behind it.
    The kernel releases both when a process dies.
    """

    def __init__(self, database: Path) -> None:
        self._next = database.with_name(f"{database.name}-next").open("ab")
        self._turn = database.with_name(f"{database.name}-turn").open("ab")

    def __enter__(self) -> None:
        flock(self._next, LOCK_EX)
        try:
            flock(self._turn, LOCK_EX)
        finally:
            flock(self._next, LOCK_UN)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        flock(self._turn, LOCK_UN)

    def close(self) -> None:
        self._next.close()
        self._turn.close()
