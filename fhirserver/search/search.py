"""Search: a query is understood, planned, and answered from one state of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.search import includes, messages, plan
from fhirserver.search.criteria import Criterion, Exact
from fhirserver.search.main_dates import MISSING
from fhirserver.search.order import ByKeys, Place
from fhirserver.search.query import Query
from fhirserver.search.scope import Scope
from fhirserver.search.sql import Dialect, Sql, join
from fhirserver.store.rows import METHODS, Identity, Version
from fhirserver.store.store import Reads, Store
from fhirserver.store.type_numbers import TYPE_NAME

#: `_sort` by tokens or references reads the bodies of all matches: of no more than this (one or two seconds).
BODIES = 100_000
#: `_total=estimate` counts no further than this.
ESTIMATED = 10_000


@dataclass(slots=True)
class Result:
    """`next` is the place where the following page begins, None when this is the last."""

    matches: list[Version] = field(default_factory=list)
    included: list[Version] = field(default_factory=list)
    total: int | None = None
    next: Place | None = None
    issues: list[Issue] = field(default_factory=list)


def run(store: Store, scope: Scope, query: Query, place: Place | None = None) -> Result:
    """The page of a query that begins behind `place`, all of it from one state of the database."""
    if _is_one_statement(query):
        return _run(store, scope, query, place)
    with store.snapshot():
        return _run(store, scope, query, place)


def _is_one_statement(query: Query) -> bool:
    """Whether the answer comes from the page's statement alone: what is counted before it only chooses a plan."""
    if query.includes or not query.count or query.summary == "count" or query.total in ("estimate", "accurate"):
        return False
    return not any(plan.leaves_out(each) for criteria in query.criteria.values() for each in criteria)


def _run(reads: Reads, scope: Scope, query: Query, place: Place | None) -> Result:
    result = Result()
    types = _living(reads, query)
    most = measured(reads, scope, query, types)
    if query.count and query.summary != "count":
        _refuse_costly_order(reads, query, types)
        _fill_page(reads, query, types, place, most, result)
        if query.includes:
            result.included, cut = includes.gather(reads, scope, query.includes, result.matches)
            if cut:
                result.issues.append(messages.INCLUDES_CUT.at(most=includes.MOST))
    result.total = _total(reads, query, types, place, result)
    return result


def _living(reads: Reads, query: Query) -> Sequence[str]:
    """The types that have resources: a search over all types asks only those."""
    if len(query.types) <= 3:
        return query.types
    rows = reads.select("SELECT type FROM type_count WHERE total > ?", (0,))
    known = {TYPE_NAME[number] for (number,) in rows}
    return [type for type in query.types if type in known]


def _refuse_costly_order(reads: Reads, query: Query, types: Sequence[str]) -> None:
    """The bodies of so many matches are read for an order, no more."""
    costly = query.order.read_from_bodies()
    if not costly or sum(_count(reads, type, query.criteria[type], BODIES + 1) for type in types) <= BODIES:
        return
    raise messages.SORT_COSTLY.error(found=", ".join(costly), most=f"{BODIES:,}")


def measured(reads: Reads, scope: Scope, query: Query, types: Sequence[str]) -> dict[str, int]:
    """Set the sizes of the criteria; for each type, what more than so many resources meet is not listed whole."""
    most = {}
    for type in types:
        criteria = query.criteria[type]
        most[type] = plan.most(reads, type, criteria, query.order, query.count + 1, scope.sizes)
        plan.measure(reads, criteria, most[type], scope.sizes)
    return most


def page_statement(
    on: Dialect, query: Query, types: Sequence[str], place: Place | None, most: Mapping[str, int], limit: int
) -> Sql:
    """The one statement of a page: the rows of resources in order, and the columns of their places behind them."""
    pages = [plan.page(on, type, query.criteria[type], query.order, place, limit, most[type]) for type in types]
    columns = query.order.columns()
    if len(pages) == 1:
        found = pages[0]
    else:
        found = join(" UNION ALL ", (each.wrap("SELECT * FROM (", ") one") for each in pages))
        found = found.wrap("SELECT * FROM (", f") every ORDER BY {_order_by(query)} LIMIT ?").then(Sql("", (limit,)))
    shown = ", ".join(f"p.{name}" for name in columns)
    head = f"SELECT r.type, r.id, r.version, r.last_updated, r.method, r.body, {shown} FROM ("
    return found.wrap(head, f") p JOIN resource r ON r.res = p.res ORDER BY {_order_by(query, 'p.')}")


def _order_by(query: Query, alias: str = "") -> str:
    if isinstance(query.order, ByKeys):
        return query.order.order_by(alias)
    if query.order.descending:
        return f"{alias}d DESC, {alias}res DESC"
    return f"({alias}d = {MISSING}), {alias}d, {alias}res"


def _fill_page(
    reads: Reads, query: Query, types: Sequence[str], place: Place | None, most: Mapping[str, int], result: Result
) -> None:
    if not types:
        return
    # one more than asked for tells whether there is a next page
    statement = page_statement(reads.dialect, query, types, place, most, query.count + 1)
    rows = reads.select(statement.text, statement.params)
    result.matches = [_version(row) for row in rows[: query.count]]
    if len(rows) > query.count:
        result.next = tuple(rows[query.count - 1][6:])


def _version(row: Sequence[Any]) -> Version:
    return Version(TYPE_NAME[row[0]], row[1], row[2], row[3], METHODS[row[4]], row[5])


def _total(reads: Reads, query: Query, types: Sequence[str], place: Place | None, result: Result) -> int | None:
    """search.html#total: exact when it is asked for or costs nothing, a bounded count for `estimate`."""
    if query.total == "none" and query.count and query.summary != "count":
        return None
    if result.next is None and place is None and query.count and query.summary != "count":
        return len(result.matches)
    if query.total == "default" and query.count and query.summary != "count":
        return None
    most = ESTIMATED if query.total == "estimate" else None
    return sum(_count(reads, type, query.criteria[type], most) for type in types)


def _count(reads: Reads, type: str, criteria: Sequence[Criterion], most: int | None) -> int:
    if not criteria:
        return reads.count(type)
    statement = plan.count(reads.dialect, type, criteria, most)
    return int(reads.select(statement.text, statement.params)[0][0])


def identities(reads: Reads, type: str, criteria: Sequence[Criterion], limit: int) -> list[Identity]:
    """At most `limit` resources that meet all criteria: conditional interactions ask this inside their transaction."""
    plan.measure(reads, criteria)
    found = plan.matching(reads.dialect, type, criteria, limit)
    statement = found.wrap("SELECT r.type, r.id FROM (", ") found JOIN resource r ON r.res = found.res")
    return [(TYPE_NAME[number], id) for number, id in reads.select(statement.text, statement.params)]


#: The resources of each of many values of `ix`, in one statement.
_OF_EACH = """
SELECT value.key, r.type, r.id FROM unnest(CAST(? AS bigint[])) AS value(key)
CROSS JOIN LATERAL (SELECT DISTINCT a.res FROM ix a WHERE a.v = value.key LIMIT ?) found
JOIN resource r ON r.res = found.res
"""


def identities_of_each(
    reads: Reads, asked: Sequence[tuple[str, Sequence[Criterion]]], limit: int
) -> list[list[Identity]]:
    """:func:`identities` for several types with criteria.

    Where a statement is a round trip to PostgreSQL, those that are one exact value, as nearly all are, share one.
    """
    if reads.dialect == "sqlite":
        return [identities(reads, type, criteria, limit) for type, criteria in asked]
    values = {number: value for number, (_, each) in enumerate(asked) if (value := _one_value(each)) is not None}
    of_value: dict[int, list[Identity]] = {}
    if values:
        for value, number, id in reads.select(_OF_EACH, (sorted(set(values.values())), limit)):
            of_value.setdefault(value, []).append((TYPE_NAME[number], id))
    return [
        list(of_value.get(values[number], ())) if number in values else identities(reads, type, criteria, limit)
        for number, (type, criteria) in enumerate(asked)
    ]


def _one_value(criteria: Sequence[Criterion]) -> int | None:
    """The value of `ix` that criteria come down to, None when they are more than that."""
    if len(criteria) == 1 and isinstance(only := criteria[0], Exact) and len(only.values) == 1:
        return only.values[0]
    return None
