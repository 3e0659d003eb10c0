"""The clock of a server that is shown or tested: it begins where the operator says, flows on, and can be moved forward.

How far it is from the machine's clock stands in the database (:mod:`fhirserver.store.marks`), so that every worker of
every machine tells the same time, also after a restart. An answer to who moves it waits until all have noticed.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from fhirserver.conformance import guide
from fhirserver.exchange import messages
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments
from fhirserver.operations.answers import parameters
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.table import Offered, of_server
from fhirserver.resource.dates import instant, interval, microseconds
from fhirserver.store import marks
from fhirserver.store.keys import value_key
from fhirserver.store.store import Store, Transaction

DEFINITION = guide.operation("clock")

#: Under this name stands by how many microseconds the clock is ahead of the machine's.
_MARK = "clock"
_LOCK = value_key("clock")
#: A worker looks no oftener than this, in seconds, whether the clock has been moved.
_INTERVAL = 0.05
_NEWEST = "SELECT max(last_updated) FROM resource"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: No clock goes further than FHIR can write.
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_UCUM = "http://unitsofmeasure.org"
#: Microseconds of the units of time that are as long as each other (datatypes.html#Duration).
_UNITS = {
    "ms": 1_000,
    "s": 1_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "wk": 604_800_000_000,
}

Now = Callable[[], datetime]


def begin(store: Store, wanted: datetime, real: Now) -> None:
    """Have a database's clock begin at a moment.

    One that has begun flows on, and only goes forward: a later moment moves it, an earlier one is its past. FhirError
    where something was written later than that: it would lie in the future.
    """

    def work(transaction: Transaction) -> None:
        transaction.lock([_LOCK])
        ahead = microseconds(wanted) - microseconds(real())
        held = marks.beginning(transaction, _MARK).get("")
        newest = transaction.select(_NEWEST)[0][0]
        if held is None and newest is not None and newest > microseconds(wanted):
            raise messages.CLOCK_BEHIND_DATA.error(wanted=wanted.isoformat(), newest=instant(newest, ZoneInfo("UTC")))
        if held is None or ahead > held:
            marks.put(transaction, _MARK, ahead)

    store.write(work)


class Clock:
    """Tells the time of a database; to be called as `now`.

    `store` is one of its own: what another one is in the middle of must not hide that the clock was moved.
    """

    def __init__(self, store: Store, real: Now, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._real = real
        self._monotonic = monotonic
        self._ahead = marks.read(store, _MARK)
        self._looked = monotonic()

    def __call__(self) -> datetime:
        looked = self._monotonic()
        if looked - self._looked >= _INTERVAL:
            self._ahead = max(self._ahead, marks.read(self._store, _MARK))
            self._looked = looked
        return self._real() + timedelta(microseconds=self._ahead)

    def move(self, by: Callable[[datetime], datetime]) -> datetime:
        """Move it to what `by` makes of the present; returns the time it is then, when every worker knows.

        FhirError (409) where that is not later.
        """

        def work(transaction: Transaction) -> int:
            transaction.lock([_LOCK])
            ahead = marks.read(transaction, _MARK)
            now = self._real() + timedelta(microseconds=ahead)
            wanted = by(now)
            if wanted <= now:
                raise messages.CLOCK_BACKWARDS.error(found=wanted.isoformat(), now=now.isoformat())
            ahead += microseconds(wanted) - microseconds(now)
            marks.put(transaction, _MARK, ahead)
            return ahead

        self._ahead = max(self._ahead, self._store.write(work))
        time.sleep(2 * _INTERVAL)
        return self()

    def end_with(self, store: Store) -> None:
        """Close its own store when another one is gone."""
        weakref.finalize(store, self._store.close)


# ---- $clock ----------------------------------------------------------------------------------------------------------


def offered(clock: Clock | None) -> Offered:
    """The operation on a clock; one that says why there is none where the server has the machine's time."""
    if clock is None:
        return Offered(DEFINITION, of_server(_refuse), by_get=True, stated=False)
    return Offered(DEFINITION, of_server(partial(run, clock)), by_get=True)


def _refuse(context: Context, request: Request) -> Response:
    raise messages.CLOCK_REAL.error()


def run(clock: Clock, context: Context, request: Request) -> Response:
    """GET tells the time; POST moves it, ``to`` an instant or ``by`` a duration."""
    if request.method != "POST":
        arguments.pairs("clock", request)
        return _told(context, clock())
    if request.caller:
        raise messages.CLOCK_FOR_ADMINISTRATORS.error()
    given = arguments.read(DEFINITION, request)
    if ("to" in given) == ("by" in given):
        raise messages.CLOCK_ONE_OF.error()
    return _told(context, clock.move(_to(given, context.zone) if "to" in given else _by(given)))


def _told(context: Context, now: datetime) -> Response:
    return parameters([{"name": "now", "valueInstant": instant(microseconds(now), context.zone)}])


def _to(given: Arguments, zone: ZoneInfo) -> Callable[[datetime], datetime]:
    text = given.text("to")
    try:
        wanted = _EPOCH + timedelta(microseconds=interval(text, zone).lo)
    except (ValueError, OverflowError):
        raise given.mistyped("to", "instant", text[:40]) from None
    if wanted > _LAST:
        raise messages.CLOCK_TOO_FAR.error(last=_LAST.year)
    return lambda now: wanted


def _by(given: Arguments) -> Callable[[datetime], datetime]:
    length = _length(given.one("by"))
    if length is None:
        raise messages.CLOCK_DURATION.error(units=", ".join(_UNITS))

    def wanted(now: datetime) -> datetime:
        if length > microseconds(_LAST) - microseconds(now):
            raise messages.CLOCK_TOO_FAR.error(last=_LAST.year)
        return now + timedelta(microseconds=length)

    return wanted


def _length(duration: dict[str, Any]) -> int | None:
    """The microseconds of a Duration in a unit that is always as long; None for another one."""
    unit = _UNITS.get(duration.get("code", ""))
    if unit is None or duration.get("system") != _UCUM or "value" not in duration:
        return None
    try:
        return int(Decimal(str(duration["value"])) * unit)
    except InvalidOperation:
        return None
