"""Columns of many rows as PostgreSQL arrays in the binary form of its protocol.

A statement then takes any number of rows (``SELECT * FROM unnest(...)``), and neither side parses text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    encode: Callable[[Any], bytes]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Array:
        """The values, `None` for null, as one parameter."""
        encode = cls.encode
        header = _HEADER(1, 1, cls.element_oid, len(values), 1)
        return cls(header + b"".join([_NULL if value is None else encode(value) for value in values]))


def _fixed(code: str) -> Callable[[Any], bytes]:
    struct = Struct(f"!i{code}")
    pack, size = struct.pack, struct.size - 4
    return lambda value: pack(size, value)


def _bytes(value: bytes) -> bytes:
    return _LENGTH(len(value)) + value


def _text(value: str) -> bytes:
    return _bytes(value.encode())


class SmallIntegers(Array):
    element_oid, oid, encode = 21, 1005, staticmethod(_fixed("h"))


class Integers(Array):
    element_oid, oid, encode = 23, 1007, staticmethod(_fixed("i"))


class BigIntegers(Array):
    element_oid, oid, encode = 20, 1016, staticmethod(_fixed("q"))


class Doubles(Array):
    element_oid, oid, encode = 701, 1022, staticmethod(_fixed("d"))


class Texts(Array):
    element_oid, oid, encode = 25, 1009, staticmethod(_text)


class Binaries(Array):
    element_oid, oid, encode = 17, 1001, staticmethod(_bytes)


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
