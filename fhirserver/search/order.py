"""The order of a result (search.html#sort) and the place in it where a page ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fhirserver.search.sql import FALSE, Dialect, Sql, all_of, among, any_of, exists, join

#: The values of the keys of a row and its `res`, last: where the next page begins.
Place = Sequence[Any]


def pack(place: Place) -> str:
    """A place as text."""
    return msgspec.json.encode(list(place)).decode()


def unpack(text: str) -> Place:
    """What :func:`pack` packed."""
    return msgspec.json.decode(text, type=list[int | float | str | None])


@dataclass(frozen=True, slots=True)
class Key:
    """One key of `_sort`: `column` (of the alias u) of a table's rows at `paths`, or of the resource's only row.

    For tokens and references, of which the index holds only hashes, `places` in the body, such as
    ``("code", "coding[]", "code")``; for a code whose values have a rank, `ranks`: the hashes of each, the least first.
    """

    code: str
    descending: bool
    table: str
    column: str = ""
    paths: tuple[int, ...] = ()
    places: tuple[tuple[str, ...], ...] = ()
    ranks: tuple[tuple[int, ...], ...] = ()

    def value(self, on: Dialect, at: str) -> Sql:
        """The value for the row `at`; null where it has none.

        search.html#sort: of several values the one counts "that comes earliest in the specified sort order".
        """
        if self.table in ("resource", "ix_resource"):
            return Sql(f"(SELECT {self.column} FROM {self.table} u WHERE u.res = {at}.res)")
        pick = "max" if self.descending else "min"
        if self.ranks:
            return _rank(on, at, self.ranks)
        if self.places:
            return _in_body(on, at, pick, self.places)
        where = among(on, "u.path", self.paths)
        if self.table == "ix_number":
            where = where.then(Sql(f" AND u.d = {at}.d"))
        head = f"(SELECT {pick}({self.column}) FROM {self.table} u WHERE u.res = {at}.res AND "
        return where.wrap(head, ")")


def _rank(on: Dialect, at: str, ranks: Sequence[Sequence[int]]) -> Sql:
    """The place of a code among those that have a rank; null for none of them."""
    probes = (
        exists(on, among(on, "u.v", keys).wrap("SELECT 1 FROM ix u WHERE ", f" AND u.d = {at}.d AND u.res = {at}.res"))
        for keys in ranks
    )
    cases = (probe.wrap(" WHEN ", f" THEN {number}") for number, probe in enumerate(probes))
    return join("", cases).wrap("(CASE", " END)")


def _in_body(on: Dialect, at: str, pick: str, places: Sequence[tuple[str, ...]]) -> Sql:
    """The least or greatest text at some JSON paths of the body."""
    if on == "postgresql":
        parts = [
            f"SELECT j #>> '{{}}' AS found FROM resource u, "
            f"jsonb_path_query(convert_from(u.body, 'UTF8')::jsonb, CAST(? AS jsonpath)) j WHERE u.res = {at}.res"
            for _ in places
        ]
        text = f'(SELECT {pick}(found COLLATE "C") FROM ({" UNION ALL ".join(parts)}) texts)'
        return Sql(text, tuple(_jsonpath(place) for place in places))
    matches = " OR ".join("j.fullkey GLOB ?" for _ in places)
    text = (
        f"(SELECT {pick}(CAST(j.atom AS TEXT)) FROM resource u, json_tree(CAST(u.body AS TEXT)) j "
        f"WHERE u.res = {at}.res AND j.atom IS NOT NULL AND ({matches}))"
    )
    return Sql(text, tuple(_glob(place) for place in places))


def _jsonpath(place: tuple[str, ...]) -> str:
    """Lax mode looks into arrays by itself."""
    return "$." + ".".join(member.removesuffix("[]") for member in place)


def _glob(place: tuple[str, ...]) -> str:
    """``$.code.coding[*].code`` in the language of GLOB, where a bracket stands in brackets."""
    return "$." + ".".join(member.replace("[]", "[[]*[]]") for member in place)


@dataclass(frozen=True, slots=True)
class ByMainDate:
    """The order most lists are asked for in, and the one used when none is: (d, res) is in the keys of the index."""

    descending: bool = True

    def columns(self) -> list[str]:
        return ["d", "res"]

    def read_from_bodies(self) -> list[str]:
        return []


@dataclass(frozen=True, slots=True)
class ByKeys:
    """Any number of keys; resources without a value come last; equal ones by `res`."""

    keys: tuple[Key, ...]

    @property
    def descending(self) -> bool:
        return self.keys[0].descending

    def columns(self) -> list[str]:
        return [f"k{number}" for number in range(len(self.keys))] + ["res"]

    def read_from_bodies(self) -> list[str]:
        """The keys whose values no index holds."""
        return [key.code for key in self.keys if key.places]

    def order_by(self, alias: str = "") -> str:
        """The terms of ORDER BY, for columns of an alias such as ``p.``."""
        terms = [
            f"({alias}k{number} IS NULL), {alias}k{number}{' DESC' if key.descending else ''}"
            for number, key in enumerate(self.keys)
        ]
        return ", ".join([*terms, f"{alias}res{' DESC' if self.descending else ''}"])

    def after(self, place: Place) -> Sql:
        """The condition that a row comes behind a place."""
        names = [(f"k{number}", key.descending) for number, key in enumerate(self.keys)]
        names.append(("res", self.descending))
        choices = []
        for number, (name, descending) in enumerate(names):
            equal = [_equal(names[before][0], place[before]) for before in range(number)]
            choices.append(
                all_of([*equal, _behind(name, place[number], descending, nullable=name != "res")]).wrap("(", ")")
            )
        return any_of(choices)


Order = ByMainDate | ByKeys


def _equal(name: str, value: Any) -> Sql:
    return Sql(f"{name} IS NULL") if value is None else Sql(f"{name} = ?", (value,))


def _behind(name: str, value: Any, descending: bool, *, nullable: bool) -> Sql:
    if value is None:
        return FALSE
    compared = Sql(f"{name} {'<' if descending else '>'} ?", (value,))
    return any_of((compared, Sql(f"{name} IS NULL"))) if nullable else compared
