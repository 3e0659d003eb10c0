"""The index entries of one resource while they are gathered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo

from fhirserver.store.rows import IndexRow, IndexRows


@dataclass(frozen=True, slots=True)
class Setting:
    """What indexing and searching must agree on: the zone of dates without one, and the addresses of this server."""

    zone: tzinfo
    base_urls: tuple[str, ...] = ()


@dataclass(slots=True)
class Entries:
    """Rows without the columns d and res, which are the same in all of them."""

    setting: Setting
    exact: set[int] = field(default_factory=set)
    targets: set[tuple[int, int, str]] = field(default_factory=set)
    dates: set[tuple[int, int, int]] = field(default_factory=set)
    strings: set[tuple[int, str, int]] = field(default_factory=set)
    numbers: dict[tuple[int, float, float, int], tuple[int, int, int, float, float]] = field(default_factory=dict)
    composites: set[tuple[int, float, float, float, float]] = field(default_factory=set)
    positions: set[tuple[int, float, float, float, float]] = field(default_factory=set)
    rare: set[str] = field(default_factory=set)
    shown: list[str] = field(default_factory=list)

    def rows(self, res: int, type: int, main: tuple[int, int], present: int, words: str) -> IndexRows:
        """The finished rows, by table (:mod:`fhirserver.store.index_tables`)."""
        d = main[0]
        text = " ".join(filter(None, [words, *self.shown, *sorted(self.rare)]))
        made: dict[str, list[IndexRow]] = {"ix_resource": [(res, type, d, main[1], present, text)]}
        if self.exact:
            made["ix"] = [(v, d, res) for v in self.exact]
        if self.targets:
            made["ix_target"] = [(res, path, target, version) for path, target, version in self.targets]
        if self.dates:
            made["ix_date"] = [(path, lo, hi, d, res) for path, lo, hi in self.dates]
        if self.strings:
            made["ix_string"] = [(path, s, d, res, x) for path, s, x in self.strings]
        if self.numbers:
            made["ix_number"] = [(path, d, res, lo, hi, u, *rest) for (path, lo, hi, u), rest in self.numbers.items()]
        if self.composites:
            made["ix_composite"] = [(path, d, res, *ranges) for path, *ranges in self.composites]
        if self.positions:
            made["ix_position"] = [(path, lat, res, x, y, z, d) for path, lat, x, y, z in self.positions]
        return made
