"""What a list of writes does to the tables, worked out before a database is asked to do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from fhirserver.store.packing import Sorted, difference
from fhirserver.store.rows import METHOD_NUMBER, IndexRows, PackedRows, Version, Write
from fhirserver.store.type_numbers import TYPE_NUMBER


class Created(NamedTuple):
    """A resource that was not there before."""

    version: Version
    packed_index: bytes | None

    @property
    def row(self) -> tuple[Any, ...]:
        """The row of the table `resource`, in the order of :data:`fhirserver.store.tables.RESOURCE`."""
        version, packed = self
        number, method = TYPE_NUMBER[version.type], METHOD_NUMBER[version.method]
        identity = (version.res, number, version.id)
        return (*identity, version.version, version.last_updated, method, version.body, packed)


class Replaced(NamedTuple):
    """A version that takes the place of another, which moves to the history."""

    version: Version
    previous: Version
    packed_index: bytes | None


class Plan(NamedTuple):
    """`stale` are the keys of index rows to delete, `fresh` rows to insert; `totals` how each type's count changes."""

    created: list[Created]
    replaced: list[Replaced]
    stale: Sorted
    fresh: Sorted
    totals: Counter[int]


def plan(writes: Sequence[Write]) -> Plan:
    """The plan for writes of different resources."""
    made = Plan([], [], {}, {}, Counter())
    for write in writes:
        version, previous = write.version, write.previous
        packed = _index(made, version.res, previous, write.index)
        if previous is None:
            made.created.append(Created(version, packed))
        else:
            made.replaced.append(Replaced(version, previous, packed))
        if change := _living(version) - _living(previous):
            made.totals[TYPE_NUMBER[version.type]] += change
    return _ordered(made, len(writes))


def replan(versions: Sequence[tuple[Version, IndexRows]]) -> tuple[list[Created], Plan]:
    """The plan for giving versions other index rows, and those versions whose packed rows change."""
    made = Plan([], [], {}, {}, Counter())
    changed = []
    for version, index in versions:
        packed = _index(made, version.res, version, index)
        if packed != version.packed_index:
            changed.append(Created(version, packed))
    return changed, _ordered(made, len(versions))


def _index(made: Plan, res: int, previous: Version | None, index: IndexRows | PackedRows) -> bytes | None:
    """Add the change of one resource's index rows to the plan; the new rows in packed form."""
    stale, fresh, packed = difference(res, previous.packed_index if previous else None, index)
    for name, rows in stale.items():
        made.stale.setdefault(name, []).extend(rows)
    for name, rows in fresh.items():
        made.fresh.setdefault(name, []).extend(rows)
    return packed


def _ordered(made: Plan, resources: int) -> Plan:
    """The rows of one resource are in order already; those of several are brought into one order."""
    if resources < 2:
        return made
    stale = {name: sorted(rows) for name, rows in made.stale.items()}
    fresh = {name: sorted(rows) for name, rows in made.fresh.items()}
    return made._replace(stale=stale, fresh=fresh)


def _living(version: Version | None) -> int:
    return int(version is not None and not version.deleted)
