"""How many resources meet a criterion, remembered for a while: only the choice of a plan hangs on it, no answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

#: Seconds for which a size is taken as it was.
_WHILE = 60.0
#: So many are remembered; then all are forgotten.
_MOST = 50_000


class Sizes:
    """Counts, each with the bound up to which was counted. Used by all threads of a process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[Hashable, tuple[int, int, float]] = {}

    def known(self, key: Hashable, most: int) -> int | None:
        """A count that tells whether there are more than `most`; None when that is not known."""
        found = self._known.get(key)
        if found is None:
            return None
        count, bound, end = found
        return None if end < self._clock() or (count > bound and bound < most) else count

    def learn(self, key: Hashable, count: int, most: int) -> None:
        """Remember a count that was made up to `most`. That there is nothing is not: it may leave a value out."""
        if not count:
            return
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (count, most, self._clock() + _WHILE)
