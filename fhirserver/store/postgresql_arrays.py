"""Columns of many rows as PostgreSQL arrays in the binary form of its protocol.

A statement then takes any number of rows (``SELECT * FROM unnest(...)``), and neither side parses text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from struct import Struct
from typing import Any

from psycopg import Connection
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format
from sqlalchemy import BigInteger, Column, Double, Float, Integer, LargeBinary, SmallInteger, Text

_NULL = Struct("!i").pack(-1)
_HEADER = Struct("!5i").pack
_LENGTH = Struct("!i").pack


class Array(bytes):
    """An encoded array. Each subclass is one element type."""

    element_oid: int
    oid: int
    encode: Callable[[Sequence[Any]], bytes]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Array:
        """The values, `None` for null, as one parameter."""
        return cls(_HEADER(1, None in values, cls.element_oid, len(values), 1) + cls.encode(values))


def _fixed(code: str) -> Callable[[Sequence[Any]], bytes]:
    struct = Struct(f"!i{code}")
    pack, size = struct.pack, struct.size - 4

    def encode(values: Sequence[Any]) -> bytes:
        if None in values:
            return b"".join([_NULL if value is None else pack(size, value) for value in values])
        return b"".join(map(pack, repeat(size), values))  # without a step of Python for each value

    return encode


def _binaries(values: Sequence[bytes | None]) -> bytes:
    pieces: list[bytes] = []
    for value in values:
        pieces += (_NULL,) if value is None else (_LENGTH(len(value)), value)
    return b"".join(pieces)


def _texts(values: Sequence[str | None]) -> bytes:
    return _binaries([None if value is None else value.encode() for value in values])


class SmallIntegers(Array):
    element_oid, oid, encode = 21, 1005, staticmethod(_fixed("h"))


class Integers(Array):
    element_oid, oid, encode = 23, 1007, staticmethod(_fixed("i"))


class BigIntegers(Array):
    element_oid, oid, encode = 20, 1016, staticmethod(_fixed("q"))


class Doubles(Array):
    element_oid, oid, encode = 701, 1022, staticmethod(_fixed("d"))


class Texts(Array):
    element_oid, oid, encode = 25, 1009, staticmethod(_texts)


class Binaries(Array):
    element_oid, oid, encode = 17, 1001, staticmethod(_binaries)


#: The array for a column's type; the first that fits, so that special types stand before general ones.
_ARRAYS: tuple[tuple[type, type[Array]], ...] = (
    (SmallInteger, SmallIntegers),
    (BigInteger, BigIntegers),
    (Integer, Integers),
    (Double, Doubles),
    (Float, Doubles),
    (Text, Texts),
    (LargeBinary, Binaries),
)


def array_of(column: Column[Any]) -> type[Array]:
    """The array that holds values of a column."""
    return next(array for kind, array in _ARRAYS if isinstance(column.type, kind))


def arrays(columns: Iterable[type[Array]], rows: Sequence[Sequence[Any]]) -> list[Array]:
    """Rows turned into one array a column."""
    return [array.of(values) for array, values in zip(columns, zip(*rows, strict=True), strict=True)]


def register(connection: Connection[Any]) -> None:
    """Teach a connection to send these arrays."""
    for _, array in _ARRAYS:
        connection.adapters.register_dumper(array, _dumper(array))


def _dumper(array: type[Array]) -> type[Dumper]:
    return type(f"{array.__name__}Dumper", (_Encoded,), {"oid": array.oid})


class _Encoded(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> Buffer:
        return obj
