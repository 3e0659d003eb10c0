"""Definitions hold still while a piece of work is prepared: who looks for changes of them looks once for all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_block: ContextVar[object | None] = ContextVar("steady", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """A block in which changes are looked for once, such as the making ready of all entries of a Bundle."""
    if _block.get() is not None:  # a block inside a block is the same one
        yield
        return
    token = _block.set(object())
    try:
        yield
    finally:
        _block.reset(token)


class Looks:
    """When one who looks for changes has done so."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: object | None = None

    def due(self) -> bool:
        """Whether to look: always outside of blocks, once in each. Threads in blocks of their own may look oftener."""
        block = _block.get()
        if block is not None and block is self._last:
            return False
        self._last = block
        return True
