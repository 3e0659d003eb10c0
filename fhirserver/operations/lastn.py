"""$lastn (observation-operation-lastn.html): the latest observations of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments, bundles, messages
from fhirserver.operations.bundles import Pairs
from fhirserver.resource.dates import EARLIEST, interval, microseconds, period, timing
from fhirserver.search.query import RESULT, Limits, understand_query
from fhirserver.search.search import run as run_search
from fhirserver.store.rows import Identity

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/Observation-lastn")

#: Observations looked at in one go.
_STEP = 1000
_MAX = "max"
#: "A subject using either the patient or subject search parameter"
_SUBJECTS = frozenset({"patient", "subject"})
#: Options of a search that lists all it finds.
_NOT_HERE = (RESULT - {"_summary", "_elements"}) | {"_include", "_revinclude", "_type"}

#: A code by its system and code; by its text where it has no coding.
Key = tuple[str | None, str]


class _Looked(msgspec.Struct, rename="camel"):
    """What of an Observation decides."""

    code: dict[str, Any]
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: dict[str, Any] | None = None
    effective_timing: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_Looked)


class _Groups:
    """Codes that stand for one another: "code translations are assumed to be equal", transitively."""

    def __init__(self) -> None:
        self._parents: dict[Key, Key] = {}

    def of(self, key: Key) -> Key:
        """The code that stands for all that are equal to this one."""
        while (parent := self._parents.get(key, key)) != key:
            key = parent
        return key

    def join(self, keys: list[Key]) -> Key:
        """Take codes for equal."""
        first = self.of(keys[0])
        for key in keys[1:]:
            self._parents[self.of(key)] = first
        return first


def run(context: Context, request: Request) -> Response:
    """The latest `max` observations of each code, and those as late as the last of them; newest first."""
    asked = [pair for pair in arguments.pairs(DEFINITION.code, request) if pair[1]]
    most = _most(asked)
    criteria = [pair for pair in asked if pair[0] != _MAX]
    _check(criteria)
    with context.store.snapshot():
        chosen = _latest(_looked_at(context, criteria), most)
        found = context.store.read_many(chosen)
    entries = [bundles.entry(request.base, found[identity], "match") for identity in chosen]
    links = [bundles.link(request, "self", [*criteria, (_MAX, str(most))])]
    return bundles.searchset(context, links, entries, len(entries))


def _most(asked: Pairs) -> int:
    given = [value for name, value in asked if name == _MAX]
    if len(given) > 1:
        raise messages.ARGUMENT_REPEATED.error(code=DEFINITION.code, name=_MAX)
    text = given[0] if given else "1"
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise messages.ARGUMENT_TYPE.error(
            code=DEFINITION.code, name=_MAX, expected="positiveInt", found=f"'{text[:40]}'"
        )
    return int(text)


def _check(criteria: Pairs) -> None:
    """A subject and something about the code are asked for; options of other searches are not taken."""
    names = [name.partition(":")[0].partition(".")[0] for name, _ in criteria]
    for name in names:
        if name in _NOT_HERE:
            raise messages.ARGUMENT_NOT_SUPPORTED.error(code=DEFINITION.code, name=name)
    if _SUBJECTS.isdisjoint(names):
        raise messages.ARGUMENT_MISSING.error(code=DEFINITION.code, expected="patient | subject")
    if not any(name == "category" or "code" in name.split("-") for name in names):
        raise messages.ARGUMENT_MISSING.error(code=DEFINITION.code, expected="category | code")


def _looked_at(context: Context, criteria: Pairs) -> Iterator[tuple[Identity, _Looked, int]]:
    """The observations that meet the criteria, each with its time; newest first as the index has them."""
    assert context.search is not None
    scope = context.search.scope(microseconds(context.now()))
    query = understand_query(scope, ("Observation",), criteria, limits=Limits(_STEP, _STEP))
    query.total = "none"
    place = None
    while True:
        result = run_search(context.store, scope, query, place)
        for version in result.matches:
            assert version.body is not None
            looked = _decoder.decode(version.body)
            yield version.identity, looked, _time(context, looked)
        place = result.next
        if place is None:
            return


def _time(context: Context, looked: _Looked) -> int:
    """When it was observed, in microseconds; EARLIEST for nobody knows when."""
    moment = looked.effective_date_time or looked.effective_instant
    if moment is not None:
        return interval(moment, context.zone).lo
    if looked.effective_period is not None:
        limits = period(looked.effective_period, context.zone)
        if limits is not None:
            return limits.lo if limits.lo != EARLIEST else limits.hi
    if looked.effective_timing is not None and (outer := timing(looked.effective_timing, context.zone)) is not None:
        return outer.lo
    return EARLIEST


def _keys(code: dict[str, Any]) -> list[Key]:
    codings = [(each.get("system"), each["code"]) for each in code.get("coding", ()) if each.get("code")]
    return codings or [(None, f"text {code.get('text', '')}")]


def _latest(observations: Iterator[tuple[Identity, _Looked, int]], most: int) -> list[Identity]:
    """ "In case of a tie ... both will be returned"; what has no time ties with nothing."""
    groups = _Groups()
    known = [(when, identity, groups.join(_keys(looked.code))) for identity, looked, when in observations]
    known.sort(key=lambda row: row[0], reverse=True)
    taken: dict[Key, tuple[int, int]] = {}
    chosen = []
    for when, identity, key in known:
        group = groups.of(key)
        number, last = taken.get(group, (0, EARLIEST))
        if number < most or (when == last != EARLIEST):
            taken[group] = number + 1, when
            chosen.append(identity)
    return chosen
