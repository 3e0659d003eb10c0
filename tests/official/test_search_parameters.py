"""HL7's examples loaded, every search parameter that has a value in one of them finds the resource that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.search.engine import Search, open_search
from fhirserver.search.indexer import unwrapped
from fhirserver.search.parameters import Parameter
from fhirserver.search.query import Limits, understand_query
from fhirserver.search.search import run
from fhirserver.search.values import escape
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.store.rows import Version, Write
from fhirserver.store.store import Store, Transaction, open_store
from tests.support.suites import package_files

pytestmark = [pytest.mark.official, pytest.mark.slow]

PACKAGE = "packages/hl7.fhir.r4.examples-4.0.1.tgz"
#: So many resources of a type are asked for with each parameter.
MOST = 3


@dataclass
class Loaded:
    store: Store
    search: Search
    resources: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('examples') / 'fhir.db'}")
    made = Loaded(store, open_search(store, ZoneInfo("Asia/Shanghai")), {})
    batch: dict[tuple[str, str], dict[str, Any]] = {}
    for _, body in package_files(PACKAGE):
        try:
            resource = json.decode(body)
        except FhirError:
            continue
        if "id" in resource and resource["resourceType"] in RESOURCE_TYPES:
            batch[resource["resourceType"], resource["id"]] = resource
    resources = list(batch.values())
    for start in range(0, len(resources), 200):
        _store(made, resources[start : start + 200])
    yield made
    store.close()


def _store(loaded: Loaded, resources: list[dict[str, Any]]) -> None:
    writes = []
    for resource in resources:
        version = Version(resource["resourceType"], resource["id"], 1, 1, "PUT", json.encode(resource))
        writes.append(Write(version, None, loaded.search.indexer.rows(resource)))
        loaded.resources.setdefault(version.type, []).append(resource)

    def work(transaction: Transaction) -> None:
        transaction.put(writes)

    loaded.store.write(work)


@pytest.mark.parametrize("type", sorted(RESOURCE_TYPES))
def test_every_parameter_with_a_value_finds_its_resource(loaded: Loaded, type: str) -> None:
    known = loaded.search.known().of(type)
    missed = []
    for parameter in known.parameters.values():
        asked = 0
        for resource in loaded.resources.get(type, ()):
            values = list(_values(parameter, resource, known.tree.gather(resource)))
            for value in values[:2]:
                asked += 1
                if resource["id"] not in _found(loaded, type, parameter.code, value):
                    missed.append((parameter.code, value, resource["id"]))
            if asked >= MOST:
                break
    assert missed == []


def _found(loaded: Loaded, type: str, code: str, value: str) -> set[str]:
    query = understand_query(loaded.search.scope(0), [type], [(code, value)], limits=Limits(10_000, 10_000))
    return {version.id for version in run(loaded.store, loaded.search.scope(0), query).matches}


def _values(parameter: Parameter, resource: dict[str, Any], found: list[list[Any]]) -> Iterator[str]:
    """Search values made of what stands in the resource, by the rules of search.html and not by the index."""
    for branch in parameter.branches:
        for value, type in branch.values(resource, found):
            for each, kind in unwrapped(value, type):
                if branch.only is None or f"{branch.only}/" in str(each.get("reference", "")):
                    yield from _ASK[parameter.type](each, kind)


def _token(value: Any, type: str) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, str):
        yield escape(value)
    for coding in value.get("coding", [value]) if isinstance(value, dict) else []:
        code = coding.get("code", coding.get("value"))
        if isinstance(code, str):
            yield escape(code)
            if "system" in coding and type != "ContactPoint":
                yield f"{escape(coding['system'])}|{escape(code)}"


def _reference(value: Any, type: str) -> Iterator[str]:
    text = value.get("reference") if isinstance(value, dict) else value
    if isinstance(text, str) and not text.startswith("#"):
        yield escape(text)


def _string(value: Any, type: str) -> Iterator[str]:
    texts = [value] if isinstance(value, str) else [value.get("family"), value.get("city"), value.get("text")]
    for text in texts:
        if isinstance(text, str) and text.strip():
            yield escape(text)


def _date(value: Any, type: str) -> Iterator[str]:
    if type in ("date", "dateTime", "instant"):
        yield value
    if isinstance(value, dict) and "start" in value:
        yield f"ge{value['start']}"
        yield f"ap{value['start']}"


def _number(value: Any, type: str) -> Iterator[str]:
    if isinstance(value, Decimal | int):
        yield str(value)


def _quantity(value: Any, type: str) -> Iterator[str]:
    number = value.get("value")
    if number is not None and "comparator" not in value:
        yield str(number)
        if "system" in value and "code" in value:
            yield f"{number}|{escape(value['system'])}|{escape(value['code'])}"
        if "unit" in value:
            yield f"{number}||{escape(value['unit'])}"


def _special(value: Any, type: str) -> Iterator[str]:
    yield f"{value['latitude']}|{value['longitude']}|1|km"


def _uri(value: Any, type: str) -> Iterator[str]:
    yield escape(value)


_ASK = {
    "token": _token,
    "reference": _reference,
    "string": _string,
    "date": _date,
    "number": _number,
    "quantity": _quantity,
    "special": _special,
    "uri": _uri,
}
