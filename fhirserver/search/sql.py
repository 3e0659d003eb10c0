"""Pieces of SQL with their parameters, and the few things the two databases write differently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

Dialect = Literal["sqlite", "postgresql"]

#: Longer lists are bound as one parameter, so that statements stay few and prepared ones are found again.
_INLINE = 12


class Sql(NamedTuple):
    """Text with ``?`` for each parameter, in order."""

    text: str
    params: tuple[Any, ...] = ()

    def then(self, other: Sql) -> Sql:
        return Sql(self.text + other.text, self.params + other.params)

    def wrap(self, before: str, after: str) -> Sql:
        return Sql(before + self.text + after, self.params)


TRUE = Sql("1 = 1")
FALSE = Sql("1 = 0")


def join(separator: str, parts: Iterable[Sql]) -> Sql:
    """The pieces with `separator` between them."""
    listed = list(parts)
    return Sql(separator.join(part.text for part in listed), tuple(value for part in listed for value in part.params))


def all_of(parts: Iterable[Sql]) -> Sql:
    """A condition that holds when every one does."""
    listed = [part for part in parts if part is not TRUE]
    return join(" AND ", listed) if listed else TRUE


def any_of(parts: Iterable[Sql]) -> Sql:
    """A condition that holds when one does, in brackets."""
    listed = list(parts)
    if not listed:
        return FALSE
    return listed[0] if len(listed) == 1 else join(" OR ", listed).wrap("(", ")")


def among(dialect: Dialect, column: str, values: Sequence[int]) -> Sql:
    """``column`` is one of some keys."""
    if len(values) == 1:
        return Sql(f"{column} = ?", (values[0],))
    if len(values) <= _INLINE:
        return Sql(f"{column} IN ({', '.join('?' * len(values))})", tuple(values))
    if dialect == "postgresql":
        return Sql(f"{column} = ANY(CAST(? AS bigint[]))", (list(values),))
    return Sql(f"{column} IN (SELECT value FROM json_each(?))", (msgspec.json.encode(list(values)).decode(),))


def keys(dialect: Dialect, values: Sequence[int], name: str) -> Sql:
    """A FROM item ``name`` with one column ``key``."""
    if dialect == "postgresql":
        return Sql(f"unnest(CAST(? AS bigint[])) AS {name}(key)", (list(values),))
    return Sql(f"(SELECT value AS key FROM json_each(?)) AS {name}", (msgspec.json.encode(list(values)).decode(),))


def xor(dialect: Dialect, left: str, right: str) -> str:
    """Exclusive or of two keys. SQLite has no operator for it; the difference cannot overflow."""
    return f"({left} # {right})" if dialect == "postgresql" else f"(({left} | {right}) - ({left} & {right}))"


def exists(dialect: Dialect, select: Sql) -> Sql:
    """A correlated EXISTS that is tried row by row, in the order of the rows around it.

    PostgreSQL would turn it into a join and choose an order of its own, losing the order the page comes in; OFFSET 0
    keeps it from that.
    """
    return select.wrap("EXISTS (", " OFFSET 0)" if dialect == "postgresql" else ")")


def contains(dialect: Dialect, column: str) -> str:
    """A condition with one parameter: the text in `column` holds it somewhere."""
    return f"strpos({column}, ?) > 0" if dialect == "postgresql" else f"instr({column}, ?) > 0"
