"""Reading and writing the generated tables: JSON arrays, one row a line: a diff reads, and a row loads alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

TABLES = Path(__file__).parent / "tables"

Row = TypeVar("Row")


def read(name: str, decoder: msgspec.json.Decoder[list[Row]]) -> list[Row]:
    """Every row of a table such as ``search_parameters.json``; FileNotFoundError when there is no such table.

    Decoders are made when their module is imported: msgspec crashes the process when two threads are the first to
    decode one Struct.
    """
    return decoder.decode((TABLES / name).read_bytes())


def raw_rows(name: str) -> Iterator[bytes]:
    """The rows of a table still as JSON text, for tables of which only a few rows are ever decoded."""
    for line in (TABLES / name).read_bytes().splitlines():
        if line not in (b"[", b"]"):
            yield line.removesuffix(b",")


def lines(rows: Iterable[Any]) -> bytes:
    """The bytes of a table."""
    return b"[\n" + b",\n".join(msgspec.json.encode(row) for row in rows) + b"\n]\n"


def write(tables: Mapping[str, bytes], folder: Path = TABLES) -> None:
    """Replace the tables under `folder` by these (file name relative to it -> bytes); tables not named are removed."""
    for old in folder.rglob("*.json"):
        if old.relative_to(folder).as_posix() not in tables:
            old.unlink()
    for name, content in tables.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
