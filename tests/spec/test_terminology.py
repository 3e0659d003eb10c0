from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fhirserver.spec import generate_terminology, terminology
from fhirserver.spec.rows import lines

#: Elements that hold prose, which is not ours to keep.
PROSE = {"definition", "description", "purpose", "copyright", "text", "comment", "contact", "publisher", "extension"}


def names(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from names(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from names(item)


@pytest.mark.parametrize(
    ("kind", "count"), [("CodeSystem", 1064), ("ValueSet", 1316), ("ConceptMap", 80)], ids=lambda value: str(value)
)
def test_every_resource_is_there_without_prose(kind: terminology.Kind, count: int) -> None:
    heads = terminology.heads(kind)
    assert len(heads) == len({head.url for head in heads}) == count
    for head in heads:
        resource = terminology.resource(kind, head.url)
        assert (resource["resourceType"], resource["url"], resource.get("version")) == (kind, head.url, head.version)
        assert PROSE.isdisjoint(names(resource))


def test_a_resource_is_fresh_each_time() -> None:
    url = "http://hl7.org/fhir/administrative-gender"
    assert terminology.resource("CodeSystem", url) is not terminology.resource("CodeSystem", url)
    with pytest.raises(KeyError):
        terminology.resource("CodeSystem", "urn:nowhere")


def test_hierarchy_designations_and_properties_are_kept() -> None:
    concept = {
        "code": "a",
        "display": "A",
        "definition": "prose",
        "designation": [{"language": "zh", "value": "甲", "extension": [{"url": "urn:x"}]}],
        "property": [{"code": "status", "valueCode": "retired"}],
        "concept": [{"code": "b"}],
    }
    system = {"url": "urn:s", "resourceType": "CodeSystem", "id": "s", "content": "complete", "concept": [concept]}
    kept = {**system, "concept": [{**concept, "designation": [{"language": "zh", "value": "甲"}]}]}
    del kept["concept"][0]["definition"]
    tables = generate_terminology.tables([system], [], [], [])
    assert tables["code_systems.json"].startswith(lines([kept])[:-3])


def test_the_codes_of_iso_are_those_r4_lists() -> None:
    countries = terminology.resource("CodeSystem", "urn:iso:std:iso:3166")
    currencies = terminology.resource("CodeSystem", "urn:iso:std:iso:4217")
    assert (countries["content"], len(countries["concept"])) == ("fragment", 249)
    assert (currencies["content"], len(currencies["concept"])) == ("complete", 182)
    assert {"code": "CNY", "display": "Renminbi (Chinese) yuan"} in currencies["concept"]
