"""One SQL statement for a page: which criterion is sought, which are probed, and in what order rows are walked.

Two plans serve every query. *Seek*: the criterion fewest resources meet is listed and each of them tried with the rest.
*Walk*: where even that one is met by many, resources are tried in the order they are wanted in until the page is full.
Sizes are counted up to a bound (:func:`measure`), so that choosing costs little and is never far wrong.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from math import isqrt

from fhirserver.resource.dates import EARLIEST
from fhirserver.search.criteria import MANY, UNCOUNTED, Criterion, Exact, choose
from fhirserver.search.main_dates import MISSING
from fhirserver.search.order import ByKeys, ByMainDate, Order, Place
from fhirserver.search.sizes import Sizes
from fhirserver.search.sql import Dialect, Sql, all_of, join
from fhirserver.store.store import Reads
from fhirserver.store.type_numbers import TYPE_NUMBER

#: A criterion met by no more is sought without looking further.
FEW = 64
#: An ordered criterion of several values is read as that many ordered streams.
_STREAMS = 8


def most(
    reads: Reads, type: str, criteria: Sequence[Criterion], order: Order, limit: int, sizes: Sizes | None = None
) -> int:
    """From how many matches on a page of `limit` is found sooner by walking all resources of the type than by a seek.

    A walk looks at ``limit * total / matches`` resources, a seek at all matches. Rows that come in the order wanted
    need neither.
    """
    if isinstance(order, ByKeys) or not criteria or any(_is_streamed(each) for each in criteria):
        return MANY
    sizes = sizes or Sizes()
    total = sizes.known(type, UNCOUNTED)
    if total is None:
        total = reads.count(type)
        sizes.learn(type, total, UNCOUNTED)
    return min(MANY, max(FEW, isqrt(limit * total)))


def measure(reads: Reads, criteria: Sequence[Criterion], most: int = MANY, sizes: Sizes | None = None) -> None:
    """Set the sizes of criteria, innermost first: at most two statements a level, none where `sizes` knows them.

    They are counted up to FEW, and only where all are met by more, up to `most`: of a criterion that few meet and one
    that half of all resources meet, the second need not be counted.
    """
    sizes = sizes or Sizes()
    implied = [found for each in criteria if (found := each.implied("s")) is not None]
    for level in _levels(criteria):
        for each in level:
            if each.size == UNCOUNTED and (derived := each.derived_size()) is not None:
                each.size = derived
        wanted = [each for each in level if _is_open(each) and each.seek(reads.dialect) is not None]
        counts = _Counts(reads, sizes, wanted, implied if level is criteria else ())
        if level is criteria and counts.only_one_is_open(level):
            continue
        counts.count(FEW)
        larger = [each for each in wanted if each.size > FEW]
        if larger and (level is not criteria or min(each.size for each in level) > FEW):
            counts.count(most)


def leaves_out(criterion: Criterion) -> bool:
    """Whether measuring leaves out values that nothing has: then it must see the same state as the page."""
    if isinstance(criterion, Exact) and len(criterion.values) > 1:
        return True
    return any(leaves_out(each) for each in criterion.inner())


class _Counts:
    """The counting of some criteria of one level.

    `also`: what the main date must meet besides (of a schedule's slots, those of the week that is asked for).
    """

    def __init__(self, reads: Reads, sizes: Sizes, criteria: Sequence[Criterion], also: Sequence[Sql]) -> None:
        where = all_of(also).wrap(" WHERE ", "") if also else Sql("")
        self._reads = reads
        self._sizes = sizes
        self._criteria = criteria
        self._values = [each.values if isinstance(each, Exact) else [] for each in criteria]
        self._seeks = [
            [seek.wrap("(SELECT 1 FROM (", ") s").then(where) for seek in _seeks(reads.dialect, each)]
            for each in criteria
        ]

    def only_one_is_open(self, level: Sequence[Criterion]) -> bool:
        """Whether all but one are known to be large: that one is then sought, uncounted.

        It is read in order, so if it is large too it is as good as any.
        """
        found = [self._known(number, MANY) for number in range(len(self._criteria))]
        open_ones = [each for each, size in zip(self._criteria, found, strict=True) if size is None]
        if len(level) < 2 or len(open_ones) != 1 or not open_ones[0].ordered:
            return False
        sizes = {id(each): size for each, size in zip(self._criteria, found, strict=True) if size is not None}
        if any(sizes.get(id(each), each.size) <= MANY for each in level if each is not open_ones[0]):
            return False
        for each in level:
            each.size = sizes.get(id(each), each.size)
        open_ones[0].size = MANY
        return True

    def _known(self, number: int, most: int) -> int | None:
        """The size of a criterion whose values are all known."""
        counts = [self._sizes.known(_key(seek), most) for seek in self._seeks[number]]
        return None if None in counts else sum(count for count in counts if count is not None)

    def count(self, most: int) -> None:
        """Set the sizes, counted up to `most`; what is larger has a size of more than that."""
        counts: dict[tuple[int, int], int] = {}
        asked: list[tuple[tuple[int, int], Sql]] = []
        for number, seeks in enumerate(self._seeks):
            for place, seek in enumerate(seeks):
                known = self._sizes.known(_key(seek), most)
                if known is None:
                    asked.append(((number, place), seek))
                else:
                    counts[number, place] = known
        if asked:
            parts = [
                seek.wrap(f"SELECT {row} AS n, count(*) FROM ", f" LIMIT {most + 1}) c")
                for row, (_, seek) in enumerate(asked)
            ]
            statement = join(" UNION ALL ", parts)
            for row, count in self._reads.select(statement.text, statement.params):
                at, seek = asked[row]
                counts[at] = count
                self._sizes.learn(_key(seek), count, most)
        for number, each in enumerate(self._criteria):
            found = [counts[number, place] for place in range(len(self._seeks[number]))]
            _set_size(each, self._values[number], found)


def _key(seek: Sql) -> Hashable:
    return seek.text, str(seek.params)


def _is_open(criterion: Criterion) -> bool:
    return criterion.size == UNCOUNTED and criterion.derived_size() is None


def _seeks(on: Dialect, criterion: Criterion) -> Iterator[Sql]:
    """What is counted of a criterion: each value of a short list on its own."""
    if isinstance(criterion, Exact) and 1 < len(criterion.values) <= _STREAMS:
        yield from (Sql("SELECT x.d, x.res FROM ix x WHERE x.v = ?", (value,)) for value in criterion.values)
    elif (seek := criterion.seek(on)) is not None:
        yield seek


def _set_size(criterion: Criterion, values: Sequence[int], counts: Sequence[int]) -> None:
    """Values that nothing has are dropped: ``subject=1`` asks for four types of which one exists."""
    criterion.size = sum(counts)
    if isinstance(criterion, Exact) and len(counts) > 1:
        there = [value for value, count in zip(values, counts, strict=True) if count]
        criterion.values = there or list(values[:1])


def _levels(criteria: Sequence[Criterion], *, inside: bool = False) -> Iterator[Sequence[Criterion]]:
    """The criteria to count: none for a single ordered one, whose rows are read as they come."""
    inner = [below for each in criteria for below in each.inner()]
    if inner:
        yield from _levels(inner, inside=True)
    if inside or inner or len(criteria) > 1 or not all(each.ordered for each in criteria):
        yield criteria


def page(
    on: Dialect,
    type: str,
    criteria: Sequence[Criterion],
    order: Order,
    place: Place | None,
    limit: int,
    most: int = MANY,
) -> Sql:
    """``SELECT`` of the columns of the order, at most `limit` rows behind `place`, in order.

    What more than `most` resources meet is not listed whole where resources can be walked in the order instead.
    """
    if isinstance(order, ByMainDate):
        return _by_main_date(on, type, criteria, order, place, limit, most)
    return _by_keys(on, type, criteria, order, place, limit)


def count(on: Dialect, type: str, criteria: Sequence[Criterion], most: int | None = None) -> Sql:
    """``SELECT count(*)`` of the resources that meet all criteria, counting no further than `most`."""
    source, where, repeated = _source(on, type, criteria, choose(criteria, on))
    if not repeated and most is None:
        return _select("count(*)", source, where)
    found = _select("DISTINCT a.res" if repeated else "a.res", source, where)
    if most is not None:
        found = found.then(Sql(" LIMIT ?", (most,)))
    return found.wrap("SELECT count(*) FROM (", ") found")


def matching(on: Dialect, type: str, criteria: Sequence[Criterion], limit: int) -> Sql:
    """``SELECT res`` of at most `limit` resources that meet all criteria."""
    source, where, _ = _source(on, type, criteria, choose(criteria, on))
    return _select("DISTINCT a.res", source, where).then(Sql(" LIMIT ?", (limit,)))


def _select(columns: str, source: Sql, where: Sequence[Sql]) -> Sql:
    return source.wrap(f"SELECT {columns} FROM ", " WHERE ").then(all_of(where))


def _source(
    on: Dialect, type: str, criteria: Sequence[Criterion], driver: Criterion | None
) -> tuple[Sql, list[Sql], bool]:
    """FROM item ``a``, the conditions on it, and whether it may give a resource twice."""
    implied = [found for each in criteria if (found := each.implied("a")) is not None]
    if driver is None:
        own = Sql("a.t = ?", (TYPE_NUMBER[type],))
        return Sql("ix_resource a"), [own, *implied, *(each.filter(on, "a") for each in criteria)], False
    rest = [each.probe(on, "a") for each in criteria if each is not driver]
    if isinstance(driver, Exact) and driver.ordered:
        return Sql("ix a"), [Sql("a.v = ?", (driver.values[0],)), *implied, *rest], False
    seek = driver.seek(on)
    assert seek is not None
    return seek.wrap("(", ") a"), [*implied, *rest] or [Sql("1 = 1")], True


def _by_main_date(
    on: Dialect,
    type: str,
    criteria: Sequence[Criterion],
    order: ByMainDate,
    place: Place | None,
    limit: int,
    most: int,
) -> Sql:
    phases = [Sql("(a.d, a.res) < (?, ?)", tuple(place))] if place is not None else [Sql("a.d >= ?", (MISSING,))]
    if not order.descending:
        phases = _ascending(place)
    driver = _driver(on, criteria, most)
    parts = [part for phase in phases for part in _streams(on, type, criteria, driver, order, phase, limit)]
    direction = " DESC" if order.descending else ""
    if len(parts) == 1:
        return parts[0]
    merged = join(" UNION ", (part.wrap("SELECT * FROM (", ") part") for part in parts))
    last = f"(d = {MISSING}), " if not order.descending else ""
    ordered = merged.wrap("SELECT d, res FROM (", f") merged ORDER BY {last}d{direction}, res{direction} LIMIT ?")
    return ordered.then(Sql("", (limit,)))


def _ascending(place: Place | None) -> list[Sql]:
    """Resources with a date, oldest first, and then those without: they stand before all dates in the index."""
    if place is None:
        return [Sql("a.d >= ?", (EARLIEST,)), Sql("a.d = ?", (MISSING,))]
    if place[0] == MISSING:
        return [Sql("a.d = ? AND a.res > ?", (MISSING, place[1]))]
    return [Sql("(a.d, a.res) > (?, ?)", tuple(place)), Sql("a.d = ?", (MISSING,))]


def _driver(on: Dialect, criteria: Sequence[Criterion], most: int) -> Criterion | None:
    """The criterion to seek, or None to walk: streams in the order wanted may be of any length, others not."""
    driver = choose(criteria, on)
    if driver is None or _is_streamed(driver):
        return driver
    return driver if driver.size <= most else None


def _is_streamed(criterion: Criterion) -> bool:
    return isinstance(criterion, Exact) and len(criterion.values) <= _STREAMS


def _streams(
    on: Dialect,
    type: str,
    criteria: Sequence[Criterion],
    driver: Criterion | None,
    order: ByMainDate,
    phase: Sql,
    limit: int,
) -> Iterator[Sql]:
    direction = " DESC" if order.descending else ""
    tail = Sql(f" ORDER BY a.d{direction}, a.res{direction} LIMIT ?", (limit,))
    if isinstance(driver, Exact) and not driver.ordered and len(driver.values) <= _STREAMS:
        rest = [each for each in criteria if each is not driver]
        for value in driver.values:
            one = Exact([value])
            source, where, _ = _source(on, type, [one, *rest], one)
            yield _select("a.d, a.res", source, [*where, phase]).then(tail)
        return
    source, where, repeated = _source(on, type, criteria, driver)
    # GROUP BY rather than DISTINCT: SQLite sorts once for it and the order together
    once = Sql(" GROUP BY a.d, a.res") if repeated else Sql("")
    yield _select("a.d, a.res", source, [*where, phase]).then(once).then(tail)


def _by_keys(
    on: Dialect, type: str, criteria: Sequence[Criterion], order: ByKeys, place: Place | None, limit: int
) -> Sql:
    driver = choose(criteria, on)
    if _by_time(order) and (driver is None or driver.size > MANY):
        return _walk_by_time(on, type, criteria, order, place, limit)
    source, where, repeated = _source(on, type, criteria, driver)
    found = _select("DISTINCT a.d, a.res" if repeated else "a.d, a.res", source, where)
    keys = [key.value(on, "a").wrap("", f" AS k{number}") for number, key in enumerate(order.keys)]
    keyed = join(", ", [*keys, Sql("a.res")]).wrap("SELECT ", " FROM (").then(found).then(Sql(") a"))
    statement = keyed.wrap("SELECT * FROM (", ") keyed")
    if place is not None:
        statement = statement.then(order.after(place).wrap(" WHERE ", ""))
    return statement.then(Sql(f" ORDER BY {order.order_by()} LIMIT ?", (limit,)))


def _by_time(order: ByKeys) -> bool:
    return len(order.keys) == 1 and order.keys[0].code == "_lastUpdated"


def _walk_by_time(
    on: Dialect, type: str, criteria: Sequence[Criterion], order: ByKeys, place: Place | None, limit: int
) -> Sql:
    """Resources of a type by lastUpdated, from the index of the resource table, each tried."""
    direction, compare = (" DESC", "<") if order.descending else ("", ">")
    where = [Sql("u.type = ?", (TYPE_NUMBER[type],))]
    if place is not None:
        where.append(Sql(f"(u.last_updated, u.res) {compare} (?, ?)", tuple(place)))
    where += [found for each in criteria if (found := each.implied("a")) is not None]
    where += [each.filter(on, "a") for each in criteria]
    cross = "CROSS JOIN" if on == "sqlite" else "JOIN"
    joined = Sql(f"resource u {cross} ix_resource a {'ON a.res = u.res' if on == 'postgresql' else ''}")
    if on == "sqlite":
        where.insert(1, Sql("a.res = u.res"))
    select = _select("u.last_updated AS k0, u.res AS res", joined, where)
    return select.then(Sql(f" ORDER BY u.last_updated{direction}, u.res{direction} LIMIT ?", (limit,)))
