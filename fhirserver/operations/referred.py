"""What resources refer to, fetched from the store: the rest of a record or of a document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from fhirserver.resource import json
from fhirserver.resource.references import Reference, parse, walk
from fhirserver.store.rows import Version
from fhirserver.store.store import Reads

Resource = dict[str, Any]

#: How many references one after the other are followed.
_ROUNDS = 10


def references(resource: Resource, base_urls: Collection[str]) -> Iterator[Reference]:
    """The references of a resource and of those it contains, and the URLs of attachments that are Binaries here."""
    for place in walk(resource, ("Reference", "url")):
        found = parse(place.text, base_urls)
        if place.kind == "Reference" or (found.kind == "literal" and found.type == "Binary"):
            yield found


def fetch(reads: Reads, wanted: Iterable[Reference]) -> dict[Reference, Version]:
    """The versions that references to this server mean; without those that lead nowhere or to something deleted."""
    literal = [each for each in dict.fromkeys(wanted) if each.kind == "literal"]
    current = reads.read_many(list(dict.fromkeys((str(each.type), str(each.id)) for each in literal)))
    found: dict[Reference, Version] = {}
    for each in literal:
        version = current.get((str(each.type), str(each.id)))
        if version is not None and each.version not in (None, str(version.version)):
            version = _older(reads, version, str(each.version))
        if version is not None and version.body is not None:
            found[each] = version
    return found


def _older(reads: Reads, current: Version, number: str) -> Version | None:
    return reads.vread(*current.identity, int(number)) if number.isdigit() else None


def is_of_another(resource: Resource, patient: str | None, base_urls: Collection[str]) -> bool:
    """Whether a resource is another patient or of another one: a group brings no other patients into a record.

    What refers to this patient is this one's, whoever else is mentioned in it.

    `patient` is the id of the patient whose record it is, None when there is none.
    """
    if resource["resourceType"] == "Patient":
        return bool(resource["id"] != patient)
    patients = [each for each in references(resource, base_urls) if each.type == "Patient"]
    return bool(patients) and not any(each.kind == "literal" and each.id == patient for each in patients)


def closure(
    reads: Reads,
    resources: Sequence[Resource],
    base_urls: Collection[str],
    keep: Callable[[Resource], bool],
    follow: Callable[[Resource], bool],
) -> list[Version]:
    """What some resources refer to, what that refers to, and so on, none twice.

    `keep`: what may come along; `follow`: of that, whose own references are followed.
    """
    found: dict[tuple[str, str, int], Version] = {}
    for _ in range(_ROUNDS):
        wanted = (each for resource in resources for each in references(resource, base_urls))
        fresh = []
        for version in fetch(reads, wanted).values():
            key = (*version.identity, version.version)
            if key in found or version.body is None:
                continue
            resource = json.decode(version.body)
            if keep(resource):
                found[key] = version
                fresh.append(resource)
        resources = [each for each in fresh if follow(each)]
        if not resources:
            break
    return list(found.values())
