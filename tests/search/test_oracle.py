"""A slow, obvious evaluator of the search rules must agree with the SQL, on random resources and random queries."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fhirserver.resource import json
from fhirserver.search.engine import Search, open_search
from fhirserver.search.query import Limits, understand_query
from fhirserver.search.search import run
from fhirserver.store.rows import Version, Write
from fhirserver.store.store import Store, Transaction, open_store
from tests.search import oracle

ZONE = ZoneInfo("Asia/Shanghai")
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
IDS = ["1", "2", "3"]
NAMES = ["Anna", "ANNA", "Ánna B", "Li", "Lin%", "L_n", "Zoë", "Müller", "ǅ", "ﬁx"]
DATES = ["2023", "2024", "2024-01", "2024-01-15", "2024-01-15T10:00:00+08:00", "2024-01-15T02:00:00Z", "2024-02-29"]
CODES = ["a", "b", "A", "c|d"[:1]]
NUMBERS = ["0.6", "600", "0.60", "599.5", "600.4", "1", "0.001"]
TYPES = ["Patient", "Organization", "Observation"]

codings = st.builds(
    lambda system, code: {"code": code} | ({"system": system} if system else {}),
    st.sampled_from([LOINC, "urn:x", None]),
    st.sampled_from(["a", "b", "A"]),
)
concepts = st.builds(lambda found: {"coding": found}, st.lists(codings, min_size=1, max_size=2))
periods = st.builds(
    lambda ends: {key: value for key, value in zip(("start", "end"), sorted(ends), strict=True) if value},
    st.tuples(*[st.sampled_from(["2023-05-01", "2024-01-15", "2024-03-01"])] * 2),
).flatmap(lambda whole: st.sampled_from([whole, {"start": whole["start"]}, {"end": whole["end"]}]))


def _some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def _resource(type: str, id: str, members: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": type, "id": id} | {key: value for key, value in members.items() if value is not None}


def _reference(*types: str) -> st.SearchStrategy[dict[str, str]]:
    return st.builds(lambda type, id: {"reference": f"{type}/{id}"}, st.sampled_from(types), st.sampled_from(IDS))


names = st.lists(
    st.fixed_dictionaries(
        {"family": st.sampled_from(NAMES)}, optional={"given": st.lists(st.sampled_from(NAMES), min_size=1, max_size=2)}
    ),
    min_size=1,
    max_size=2,
)
quantities = st.builds(
    lambda number, code: {"value": json.number(number), "code": code, "system": UCUM, "unit": code},
    st.sampled_from(NUMBERS),
    st.sampled_from(["mg", "g", "kg"]),
)
patients = st.fixed_dictionaries(
    {
        "name": _some(names),
        "gender": _some(st.sampled_from(["male", "female"])),
        "birthDate": _some(st.sampled_from(["2023", "2024-01", "2024-01-15"])),
        "identifier": _some(
            st.lists(
                st.builds(
                    lambda v, s: {"value": v} | ({"system": s} if s else {}),
                    st.sampled_from(["x", "y"]),
                    st.sampled_from(["urn:x", None]),
                ),
                min_size=1,
                max_size=2,
            )
        ),
        "managingOrganization": _some(_reference("Organization")),
    }
)
organizations = st.fixed_dictionaries(
    {"name": _some(st.sampled_from(NAMES)), "partOf": _some(_reference("Organization"))}
)
observations = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["final", "amended"]),
        "code": concepts,
        "category": _some(st.lists(concepts, min_size=1, max_size=2)),
        "subject": _some(_reference("Patient", "Group")),
        "performer": _some(st.lists(_reference("Organization"), min_size=1, max_size=2)),
        "effective": _some(st.one_of(st.sampled_from(DATES), periods)),
        "valueQuantity": _some(quantities),
        "component": _some(st.lists(st.builds(lambda code: {"code": code}, concepts), min_size=1, max_size=2)),
    }
)


def _observation(id: str, members: dict[str, Any]) -> dict[str, Any]:
    effective = members.pop("effective")
    if effective is not None:
        members["effectivePeriod" if isinstance(effective, dict) else "effectiveDateTime"] = effective
    return _resource("Observation", id, members)


def _numbered(
    type: str, strategy: st.SearchStrategy[dict[str, Any]], most: int
) -> st.SearchStrategy[list[dict[str, Any]]]:
    make = _observation if type == "Observation" else lambda id, members: _resource(type, id, members)
    return st.lists(strategy, max_size=most).map(
        lambda found: [make(str(n), dict(each)) for n, each in enumerate(found, 1)]
    )


worlds = st.builds(
    lambda *parts: [each for part in parts for each in part],
    _numbered("Patient", patients, 3),
    _numbered("Organization", organizations, 3),
    _numbered("Observation", observations, 8),
)

prefixes = st.sampled_from(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"])
token_values = st.sampled_from(["a", "b", f"{LOINC}|a", "|a", "urn:x|b", f"{LOINC}|", "a,b", "A", "urn:x|a,b"])
dates = st.builds(lambda prefix, date: prefix + date, prefixes, st.sampled_from(DATES))
texts = st.sampled_from(["an", "Ann", "li", "L_", "%", "_", "mul", "n", "zoe", "Anna", "fi", "Lin%"])
ids = st.sampled_from([*IDS, "Patient/1", "Organization/2", "9"])
amounts = st.builds(
    lambda prefix, number, unit: prefix + number + unit,
    prefixes,
    st.sampled_from(NUMBERS),
    st.sampled_from(["", f"|{UCUM}|g", f"|{UCUM}|mg", "||mg", "||kg"]),
)
flags = st.sampled_from(["true", "false"])


def _pair(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.just(name), values)


PLAIN: dict[str, list[st.SearchStrategy[tuple[str, str]]]] = {
    "Patient": [
        _pair("name", texts),
        _pair("name:exact", texts),
        _pair("name:contains", texts),
        _pair("family", texts),
        _pair("family:missing", flags),
        _pair("gender", st.sampled_from(["male", "female", "male,female", "|male"])),
        _pair("gender:not", st.sampled_from(["male", "female"])),
        _pair("birthdate", dates),
        _pair("birthdate:missing", flags),
        _pair("identifier", st.sampled_from(["x", "urn:x|x", "|x", "urn:x|", "y,x"])),
        _pair("organization", ids),
        _pair("_id", st.sampled_from(["1", "1,2", "9"])),
    ],
    "Organization": [
        _pair("name", texts),
        _pair("partof", ids),
        _pair("partof:missing", flags),
    ],
    "Observation": [
        _pair("status", st.sampled_from(["final", "amended"])),
        _pair("code", token_values),
        _pair("code:not", st.sampled_from(["a", f"{LOINC}|a"])),
        _pair("category", token_values),
        _pair("category:missing", flags),
        _pair("component-code", token_values),
        _pair("subject", ids),
        _pair("subject:Patient", st.sampled_from(IDS)),
        _pair("patient", ids),
        _pair("patient:missing", flags),
        _pair("performer", ids),
        _pair("date", dates),
        _pair("date:missing", flags),
        _pair("value-quantity", amounts),
        _pair("value-quantity:missing", flags),
    ],
}
LINKS = {
    "Patient": [("organization", "Organization")],
    "Organization": [("partof", "Organization")],
    "Observation": [("subject:Patient", "Patient"), ("patient", "Patient"), ("performer:Organization", "Organization")],
}
BACK = {
    "Patient": [("Observation", "patient"), ("Observation", "subject")],
    "Organization": [("Patient", "organization"), ("Observation", "performer"), ("Organization", "partof")],
    "Observation": [],
}


def parameters(type: str, depth: int = 2) -> st.SearchStrategy[tuple[str, str]]:
    choices = list(PLAIN[type])
    if depth:
        for link, target in LINKS[type]:
            choices.append(parameters(target, depth - 1).map(lambda pair, link=link: (f"{link}.{pair[0]}", pair[1])))
        for source, link in BACK[type]:
            choices.append(
                parameters(source, depth - 1).map(
                    lambda pair, at=(source, link): (f"_has:{at[0]}:{at[1]}:{pair[0]}", pair[1])
                )
            )
    return st.one_of(choices)


queries = st.sampled_from(TYPES).flatmap(
    lambda type: st.tuples(st.just(type), st.lists(parameters(type), min_size=1, max_size=3))
)


class World:
    """A database that holds the resources of one example at a time."""

    def __init__(self, url: str) -> None:
        self.store: Store = open_store(url)
        self.search: Search = open_search(self.store, ZONE)
        self._held: dict[tuple[str, str], int] = {}
        self._clock = 0

    def hold(self, resources: list[dict[str, Any]]) -> None:
        """Replace what the database holds."""
        wanted = {(each["resourceType"], each["id"]): each for each in resources}

        def work(transaction: Transaction) -> None:
            identities = list({*self._held, *wanted})
            current = transaction.current(identities)
            writes = []
            for identity in identities:
                self._clock += 1000
                previous, resource = current.get(identity), wanted.get(identity)
                number = previous.version + 1 if previous else 1
                body = None if resource is None else json.encode(resource)
                method = "DELETE" if resource is None else "PUT"
                rows = {} if resource is None else self.search.indexer.rows(resource)
                if resource is not None or previous is not None:
                    writes.append(Write(Version(*identity, number, self._clock, method, body), previous, rows))
            transaction.put(writes)

        self.store.write(work)
        self._held |= dict.fromkeys(wanted, 1)

    def found(self, type: str, pairs: list[tuple[str, str]], extra: list[tuple[str, str]]) -> list[str]:
        """The ids found, page by page."""
        scope = self.search.scope(0)
        place, ids = None, []
        while True:
            query = understand_query(scope, [type], [*pairs, *extra], limits=Limits(3, 3))
            result = run(self.store, scope, query, place)
            ids += [version.id for version in result.matches]
            place = result.next
            if place is None:
                return ids

    def total(self, type: str, pairs: list[tuple[str, str]]) -> int | None:
        scope = self.search.scope(0)
        query = understand_query(scope, [type], [*pairs, ("_summary", "count")], limits=Limits())
        return run(self.store, scope, query).total


@pytest.fixture
def world(database_url: str) -> Any:
    made = World(database_url)
    yield made
    made.store.close()


sorts = st.sampled_from(["_lastUpdated", "-_lastUpdated", "_id", "-_id", ""])


@pytest.mark.slow
@settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(resources=worlds, asked=st.lists(st.tuples(queries, sorts), min_size=8, max_size=8))
def test_sql_agrees_with_the_rules(world: World, resources: list[dict[str, Any]], asked: list[Any]) -> None:
    world.hold(resources)
    for (type, pairs), sort in asked:
        expected = oracle.search(resources, type, pairs)
        found = world.found(type, pairs, [("_sort", sort)] if sort else [])
        assert sorted(found) == sorted(expected), (type, pairs, sort)
        assert world.total(type, pairs) == len(expected), (type, pairs)
