"""What a resource must meet, as SQL: a criterion can be sought (its resources listed) and probed (one resource tried).

Both deal in pairs (d, res): the resource's main date and its key. A criterion knows nothing of the page it serves;
:mod:`fhirserver.search.plan` chooses which one is sought and probes the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

from fhirserver.resource.dates import EARLIEST
from fhirserver.search.sql import FALSE, TRUE, Dialect, Sql, all_of, among, any_of, contains, exists, join, keys, xor
from fhirserver.store.type_numbers import TYPE_NUMBER

#: Sizes are counted up to here; a criterion that nobody counted is taken to be as large.
UNCOUNTED = 1 << 30
#: Criteria met by more are not listed whole when rows can be walked in the order wanted.
MANY = 2000

#: A condition on a stretch, given the names of its two columns.
Range = Callable[[str, str], Sql]

_AT = "{at}.d = x.d AND {at}.res = x.res"


class Criterion:
    """One criterion. `size` is how many resources meet it, as far as anybody counted; `weight` a guess by its kind."""

    __slots__ = ("size",)
    #: Whether `seek` gives each pair once, in the order of (d, res), from an index.
    ordered: ClassVar[bool] = False
    weight: ClassVar[int] = 5

    def __init__(self) -> None:
        self.size = UNCOUNTED

    def seek(self, on: Dialect) -> Sql | None:
        """``SELECT d, res`` of all that meet it, some perhaps twice; None when only a probe is possible."""
        return None

    def probe(self, on: Dialect, at: str) -> Sql:
        """A condition on the row `at`, which has columns d and res."""
        raise NotImplementedError

    def filter(self, on: Dialect, at: str) -> Sql:
        """The same as `probe` where the row `at` is one of ix_resource."""
        return self.probe(on, at)

    def implied(self, at: str) -> Sql | None:
        """A condition on ``at.d`` that follows from the criterion and lets an index skip rows."""
        return None

    def inner(self) -> Iterator[Criterion]:
        """The criteria it is made of."""
        yield from ()

    def derived_size(self) -> int | None:
        """The most resources that can meet it, as told by the sizes of `inner`; None when they must be counted."""
        return None


class Nothing(Criterion):
    """Met by no resource: an id that cannot be, a code of a system the element never uses."""

    __slots__ = ()
    weight = 0

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def seek(self, on: Dialect) -> Sql | None:
        return Sql("SELECT d, res FROM ix WHERE 1 = 0")

    def probe(self, on: Dialect, at: str) -> Sql:
        return FALSE


class Exact(Criterion):
    """One of some values of the table `ix`: tokens, references, uris."""

    __slots__ = ("_weight", "values")

    def __init__(self, values: Iterable[int], weight: int = 3) -> None:
        super().__init__()
        self.values = sorted(set(values))
        self._weight = weight

    @property
    def ordered(self) -> bool:  # type: ignore[override]
        return len(self.values) == 1

    @property
    def weight(self) -> int:  # type: ignore[override]
        return self._weight

    def seek(self, on: Dialect) -> Sql | None:
        return among(on, "x.v", self.values).wrap("SELECT x.d, x.res FROM ix x WHERE ", "")

    def probe(self, on: Dialect, at: str) -> Sql:
        return exists(on, among(on, "x.v", self.values).wrap("SELECT 1 FROM ix x WHERE ", " AND " + _AT.format(at=at)))


class OneOf(Criterion):
    """One of some resources, by their keys: `_id`, `_list`."""

    __slots__ = ("_keys", "_type")
    weight = 0

    def __init__(self, type: str, keys: Iterable[int]) -> None:
        super().__init__()
        self._type = TYPE_NUMBER[type]
        self._keys = sorted(set(keys))
        self.size = len(self._keys)

    def seek(self, on: Dialect) -> Sql | None:
        found = among(on, "x.res", self._keys)
        return found.wrap("SELECT x.d, x.res FROM ix_resource x WHERE ", " AND x.t = ?").then(Sql("", (self._type,)))

    def probe(self, on: Dialect, at: str) -> Sql:
        return among(on, f"{at}.res", self._keys)


class MainDate(Criterion):
    """The main date [d, e) of the resource meets a condition; between `bounds` lies every d that can meet it."""

    __slots__ = ("_bounds", "_condition")
    weight = 8

    def __init__(self, condition: Range, bounds: tuple[int | None, int | None]) -> None:
        super().__init__()
        self._condition = condition
        self._bounds = bounds

    def probe(self, on: Dialect, at: str) -> Sql:
        return exists(on, self.filter(on, "x").wrap("SELECT 1 FROM ix_resource x WHERE ", f" AND x.res = {at}.res"))

    def filter(self, on: Dialect, at: str) -> Sql:
        return all_of((self.implied(at), self._condition(f"{at}.d", f"{at}.e")))

    def implied(self, at: str) -> Sql:
        low, high = self._bounds
        # a resource without the date stands at MISSING, before EARLIEST
        known = Sql(f"{at}.d >= ?", (EARLIEST if low is None else low,))
        return known if high is None else all_of((known, Sql(f"{at}.d < ?", (high,))))


class Present(Criterion):
    """`:missing=false` by the bit of the parameter, `:missing=true` by its absence."""

    __slots__ = ("_bit", "_missing")
    weight = 9

    def __init__(self, bit: int, *, missing: bool) -> None:
        super().__init__()
        self._bit = bit
        self._missing = missing

    def probe(self, on: Dialect, at: str) -> Sql:
        return exists(on, self.filter(on, "x").wrap("SELECT 1 FROM ix_resource x WHERE ", f" AND x.res = {at}.res"))

    def filter(self, on: Dialect, at: str) -> Sql:
        return Sql(f"({at}.present & CAST(? AS bigint)) {'=' if self._missing else '<>'} 0", (1 << self._bit,))


class Rows(Criterion):
    """A row of one of the typed tables, of one of some paths, meets a condition (written for the alias x)."""

    __slots__ = ("_condition", "_paths", "_table", "_weight")

    def __init__(self, table: str, paths: Sequence[int], condition: Sql, weight: int) -> None:
        super().__init__()
        self._table = table
        self._paths = paths
        self._condition = condition
        self._weight = weight

    @property
    def weight(self) -> int:  # type: ignore[override]
        return self._weight

    def _where(self, on: Dialect) -> Sql:
        return all_of((among(on, "x.path", self._paths), self._condition))

    def seek(self, on: Dialect) -> Sql | None:
        return self._where(on).wrap(f"SELECT x.d, x.res FROM {self._table} x WHERE ", "")

    def probe(self, on: Dialect, at: str) -> Sql:
        where = _AT.format(at=at) if self._table in _BY_DATE else f"x.res = {at}.res"
        return exists(on, self._where(on).wrap(f"SELECT 1 FROM {self._table} x WHERE ", f" AND {where}"))


#: Tables whose primary key leads to a resource by (path, d, res).
_BY_DATE = frozenset({"ix_number", "ix_composite"})


class Containing(Rows):
    """A text of one of some paths holds another somewhere."""

    __slots__ = ("_text",)

    def __init__(self, paths: Sequence[int], text: str) -> None:
        super().__init__("ix_string", paths, TRUE, 8)
        self._text = text

    def _where(self, on: Dialect) -> Sql:
        return all_of((among(on, "x.path", self._paths), Sql(contains(on, "x.s"), (self._text,))))


class Words(Criterion):
    """All of some words stand in the words of the resource; `sequence` of them stand there one after another."""

    __slots__ = ("_sequences", "_type", "_words")
    weight = 6

    def __init__(self, type: str, words: Iterable[str], sequences: Iterable[Sequence[str]] = ()) -> None:
        super().__init__()
        self._type = TYPE_NUMBER[type]
        self._words = sorted(set(words))
        self._sequences = [" ".join(sequence) for sequence in sequences if len(sequence) > 1]

    def _condition(self, on: Dialect) -> Sql:
        """Holds on the alias x of ix_resource, and w of ix_words on SQLite."""
        phrases = [Sql(contains(on, "(' ' || x.words || ' ')"), (f" {phrase} ",)) for phrase in self._sequences]
        if on == "postgresql":
            found = Sql("string_to_array(x.words, ' ') @> CAST(? AS text[])", (self._words,))
        else:
            found = Sql("w.ix_words MATCH ?", (" AND ".join(f'"{word}"' for word in self._words),))
        return all_of([found, *phrases])

    def seek(self, on: Dialect) -> Sql | None:
        source = "ix_resource x" if on == "postgresql" else "ix_words w CROSS JOIN ix_resource x ON x.number = w.rowid"
        found = self._condition(on).wrap(f"SELECT x.d, x.res FROM {source} WHERE ", " AND x.t = ?")
        return found.then(Sql("", (self._type,)))

    def probe(self, on: Dialect, at: str) -> Sql:
        if on == "postgresql":
            select = self._condition(on).wrap("SELECT 1 FROM ix_resource x WHERE ", f" AND x.res = {at}.res")
        else:
            source = "ix_resource x CROSS JOIN ix_words w ON w.rowid = x.number"
            select = self._condition(on).wrap(f"SELECT 1 FROM {source} WHERE ", f" AND x.res = {at}.res")
        return exists(on, select)


class Updated(Criterion):
    """meta.lastUpdated meets a condition: it is a column of the resource itself."""

    __slots__ = ("_condition", "_type")
    weight = 7

    def __init__(self, type: str, condition: Range) -> None:
        super().__init__()
        self._type = TYPE_NUMBER[type]
        # lastUpdated is stored as a moment and compared as the millisecond it is written with
        self._condition = condition("u.last_updated", "(u.last_updated + 1000)")

    def seek(self, on: Dialect) -> Sql | None:
        head = Sql(
            "SELECT x.d, x.res FROM resource u JOIN ix_resource x ON x.res = u.res WHERE u.type = ? AND ",
            (self._type,),
        )
        return head.then(self._condition)

    def probe(self, on: Dialect, at: str) -> Sql:
        return exists(on, self._condition.wrap("SELECT 1 FROM resource u WHERE ", f" AND u.res = {at}.res"))


class Not(Criterion):
    """`:not`: resources that do not meet the criterion, those without any value among them."""

    __slots__ = ("_of",)
    weight = 9

    def __init__(self, of: Criterion) -> None:
        super().__init__()
        self._of = of

    def probe(self, on: Dialect, at: str) -> Sql:
        return self._of.probe(on, at).wrap("NOT (", ")")

    def filter(self, on: Dialect, at: str) -> Sql:
        return self._of.filter(on, at).wrap("NOT (", ")")

    def inner(self) -> Iterator[Criterion]:
        yield self._of


class AnyOf(Criterion):
    """Commas, or `or` in `_filter`, where the choices are not all of one table."""

    __slots__ = ("_choices",)

    def __init__(self, choices: Iterable[Criterion]) -> None:
        super().__init__()
        self._choices = list(choices)

    def __len__(self) -> int:
        return len(self._choices)

    @property
    def weight(self) -> int:  # type: ignore[override]
        return max((choice.weight for choice in self._choices), default=0)

    def seek(self, on: Dialect) -> Sql | None:
        parts = [choice.seek(on) for choice in self._choices]
        return join(" UNION ALL ", (part for part in parts if part is not None)) if all(parts) else None

    def probe(self, on: Dialect, at: str) -> Sql:
        return any_of(choice.probe(on, at) for choice in self._choices)

    def filter(self, on: Dialect, at: str) -> Sql:
        return any_of(choice.filter(on, at) for choice in self._choices)

    def derived_size(self) -> int | None:
        return min(UNCOUNTED, sum(each.size for each in self._choices))

    def inner(self) -> Iterator[Criterion]:
        yield from self._choices


def either(choices: Sequence[Criterion]) -> Criterion:
    """A criterion met when one of the choices is; by nothing when there is none."""
    real = [choice for choice in choices if not isinstance(choice, Nothing)]
    if not real:
        return Nothing()
    if len(real) > 1 and all(isinstance(choice, Exact) for choice in real):
        return Exact([value for choice in real for value in choice.values], max(each.weight for each in real))  # type: ignore[attr-defined]
    return real[0] if len(real) == 1 else AnyOf(real)


class AllOf(Criterion):
    """`and` in `_filter`, and a composite of the resource's own elements."""

    __slots__ = ("_parts", "_type")

    def __init__(self, type: str, parts: Iterable[Criterion]) -> None:
        super().__init__()
        self._type = type
        self._parts = list(parts)

    @property
    def weight(self) -> int:  # type: ignore[override]
        return min((part.weight for part in self._parts), default=9)

    def seek(self, on: Dialect) -> Sql | None:
        if choose(self._parts, on) is None:
            return None
        return members(on, self._type, self._parts)

    def probe(self, on: Dialect, at: str) -> Sql:
        return all_of(part.probe(on, at) for part in self._parts).wrap("(", ")")

    def filter(self, on: Dialect, at: str) -> Sql:
        return all_of(part.filter(on, at) for part in self._parts).wrap("(", ")")

    def implied(self, at: str) -> Sql | None:
        parts = [part for part in (part.implied(at) for part in self._parts) if part is not None]
        return all_of(parts) if parts else None

    def derived_size(self) -> int | None:
        return min((each.size for each in self.inner()), default=UNCOUNTED)

    def inner(self) -> Iterator[Criterion]:
        yield from self._parts


class Chain(Criterion):
    """A reference at one of `paths` leads to a resource of `type` that meets all of some criteria."""

    __slots__ = ("_criteria", "_paths", "_type")
    weight = 5

    def __init__(self, paths: Sequence[int], type: str, criteria: Sequence[Criterion]) -> None:
        super().__init__()
        self._paths = paths
        self._type = type
        self._criteria = criteria

    def seek(self, on: Dialect) -> Sql | None:
        targets = members(on, self._type, self._criteria)
        link = xor(on, "target.res", "link.key")
        found = targets.wrap("SELECT x.d, x.res FROM (", ") target CROSS JOIN ")
        return found.then(keys(on, self._paths, "link")).then(Sql(f" CROSS JOIN ix x WHERE x.v = {link}"))

    def probe(self, on: Dialect, at: str) -> Sql:
        inside = f"{at}_t"
        head = Sql(f"SELECT 1 FROM ix_target x JOIN ix_resource {inside} ON {inside}.res = x.target WHERE ")
        conditions = [Sql(f"x.res = {at}.res AND {inside}.t = ?", (TYPE_NUMBER[self._type],))]
        conditions.append(among(on, "x.path", self._paths))
        conditions += [criterion.filter(on, inside) for criterion in self._criteria]
        return exists(on, head.then(all_of(conditions)))

    def derived_size(self) -> int | None:
        # one target may be referred to by many: only where the targets are many already is counting in vain
        most = min((each.size for each in self._criteria), default=UNCOUNTED)
        return most if most > MANY else None

    def inner(self) -> Iterator[Criterion]:
        yield from self._criteria


class Has(Criterion):
    """`_has`: a resource of `source` that meets all of some criteria refers here at one of `paths`."""

    __slots__ = ("_criteria", "_paths", "_source", "_type")
    weight = 5

    def __init__(self, type: str, paths: Sequence[int], source: str, criteria: Sequence[Criterion]) -> None:
        super().__init__()
        self._type = TYPE_NUMBER[type]
        self._paths = paths
        self._source = source
        self._criteria = criteria

    def seek(self, on: Dialect) -> Sql | None:
        found = members(on, self._source, self._criteria)
        found = found.wrap(
            "SELECT x.d, x.res FROM (", ") source CROSS JOIN ix_target link CROSS JOIN ix_resource x WHERE "
        )
        where = all_of((Sql("link.res = source.res"), among(on, "link.path", self._paths)))
        return found.then(where).then(Sql(" AND x.res = link.target AND x.t = ?", (self._type,)))

    def probe(self, on: Dialect, at: str) -> Sql:
        inside = f"{at}_s"
        choices = []
        for path in self._paths:
            link = xor(on, f"{at}.res", f"CAST({path} AS bigint)")
            conditions = [Sql(f"{inside}.v = {link}"), *(each.probe(on, inside) for each in self._criteria)]
            choices.append(exists(on, all_of(conditions).wrap(f"SELECT 1 FROM ix {inside} WHERE ", "")))
        return any_of(choices)

    def derived_size(self) -> int | None:
        return min((each.size for each in self.inner()), default=UNCOUNTED)

    def inner(self) -> Iterator[Criterion]:
        yield from self._criteria


class Version(Criterion):
    """A reference at one of `paths` names this version of its target."""

    __slots__ = ("_paths", "_target", "_version")

    def __init__(self, paths: Sequence[int], target: int, version: str) -> None:
        super().__init__()
        self._paths = paths
        self._target = target
        self._version = version

    def probe(self, on: Dialect, at: str) -> Sql:
        where = Sql(f" AND x.target = ? AND x.version = ? AND x.res = {at}.res", (self._target, self._version))
        return exists(on, among(on, "x.path", self._paths).wrap("SELECT 1 FROM ix_target x WHERE ", "").then(where))


class Below(Criterion):
    """A reference at one of `paths` leads to a resource or to one that lies below (above) it in a hierarchy.

    `parent` is the path of the reference by which the hierarchy is built, such as Organization.partOf.
    """

    __slots__ = ("_parent", "_paths", "_start", "_up")
    weight = 4

    def __init__(self, paths: Sequence[int], parent: int, start: int, *, up: bool) -> None:
        super().__init__()
        self._paths = paths
        self._parent = parent
        self._start = start
        self._up = up

    def _family(self, on: Dialect) -> Sql:
        """``SELECT res`` of the resource and all below (above) it; UNION stops at a circle."""
        if self._up:
            step = "SELECT x.target FROM family JOIN ix_target x ON x.res = family.res AND x.path = ?"
        else:
            step = f"SELECT x.res FROM family JOIN ix x ON x.v = {xor(on, 'family.res', 'CAST(? AS bigint)')}"
        # SQLite's exclusive or names its operands twice
        times = 1 if self._up or on == "postgresql" else 2
        start = "SELECT CAST(? AS bigint)"
        return Sql(
            f"WITH RECURSIVE family(res) AS ({start} UNION {step}) SELECT res FROM family",
            (self._start, *(self._parent,) * times),
        )

    def seek(self, on: Dialect) -> Sql | None:
        link = xor(on, "family.res", "link.key")
        found = self._family(on).wrap("SELECT x.d, x.res FROM (", ") family CROSS JOIN ")
        return found.then(keys(on, self._paths, "link")).then(Sql(f" CROSS JOIN ix x WHERE x.v = {link}"))

    def probe(self, on: Dialect, at: str) -> Sql:
        family = self._family(on).wrap(" AND x.target IN (", ")")
        where = among(on, "x.path", self._paths).wrap(f"SELECT 1 FROM ix_target x WHERE x.res = {at}.res AND ", "")
        return exists(on, where.then(family))


class Listed(Criterion):
    """`_list`: a List refers to the resource at `path`."""

    __slots__ = ("_list", "_path", "_type")
    weight = 1

    def __init__(self, type: str, list: int, path: int) -> None:
        super().__init__()
        self._type = TYPE_NUMBER[type]
        self._list = list
        self._path = path

    def seek(self, on: Dialect) -> Sql | None:
        return Sql(
            "SELECT x.d, x.res FROM ix_target l JOIN ix_resource x ON x.res = l.target "
            "WHERE l.res = ? AND l.path = ? AND x.t = ?",
            (self._list, self._path, self._type),
        )

    def probe(self, on: Dialect, at: str) -> Sql:
        select = f"SELECT 1 FROM ix_target l WHERE l.res = ? AND l.path = ? AND l.target = {at}.res"
        return exists(on, Sql(select, (self._list, self._path)))


def choose(criteria: Sequence[Criterion], on: Dialect) -> Criterion | None:
    """The criterion to seek: the one fewest resources meet, as far as is known; None when none can be sought."""
    sought = [each for each in criteria if each.seek(on) is not None]
    return min(sought, key=lambda each: (each.size, each.weight), default=None)


def members(on: Dialect, type: str, criteria: Sequence[Criterion]) -> Sql:
    """``SELECT d, res`` of the resources of a type that meet all criteria."""
    driver = choose(criteria, on)
    if driver is None:
        head = Sql("SELECT a.d, a.res FROM ix_resource a WHERE a.t = ?", (TYPE_NUMBER[type],))
        implied = (found for each in criteria if (found := each.implied("a")) is not None)
        return join(" AND ", [head, *implied, *(each.filter(on, "a") for each in criteria)])
    found = driver.seek(on)
    assert found is not None
    rest = [each for each in criteria if each is not driver]
    if not rest:
        return found
    return found.wrap("SELECT a.d, a.res FROM (", ") a WHERE ").then(all_of(each.probe(on, "a") for each in rest))
