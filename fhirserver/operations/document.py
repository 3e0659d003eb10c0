"""$document (composition-operation-document.html): a composition and all it refers to, as one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fhirserver.interactions.action import Action, Done
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments, bundles, messages, referred
from fhirserver.operations.arguments import Arguments
from fhirserver.resource import json
from fhirserver.resource.dates import instant, microseconds
from fhirserver.resource.references import Reference, parse
from fhirserver.store.rows import Version
from fhirserver.store.store import Reads

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/Composition-document")


def run(context: Context, request: Request) -> Response:
    """The document Bundle: the Composition first, then what it refers to, then what these refer to.

    FhirError: 422 when something the Composition itself refers to is not here: the document would not be whole.
    """
    given = arguments.read(DEFINITION, request)
    given.refuse("graph")
    persist = given.one("persist", False)
    if persist and request.method != "POST":
        raise messages.PERSIST_NEEDS_POST.error()
    with context.store.snapshot():
        composition = _composition(context, request, given)
        parts = _parts(context, composition)
    id = context.new_id()
    head = _head(context, request, id)
    body = bundles.with_entries(head, [bundles.entry(request.base, part) for part in (composition, *parts)])
    if not persist:
        return Response(200, body=body)

    def answer(_: Reads, done: Sequence[Done]) -> Response:
        version = done[0].changes[0][1].version
        assert version is not None
        location = f"{request.base}/Bundle/{version.id}/_history/{version.version}"
        return Response(200, {"Location": location}, version.body)

    return carry_out(context, request, [Action("POST", "Bundle", resource=json.decode(body), fresh=id)], answer)


def _head(context: Context, request: Request, id: str) -> dict[str, Any]:
    """bdl-9, bdl-10: a document has an identifier that is never used again, and the time it was put together."""
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"{request.base}/Bundle/{id}"},
        "type": "document",
        "timestamp": instant(microseconds(context.now()), context.zone),
    }


def _composition(context: Context, request: Request, given: Arguments) -> Version:
    on_instance = len(request.path) == 3
    if on_instance and "id" in given:
        # "the id parameter SHALL NOT be used if the operation is requested on a particular composition"
        raise messages.ID_ON_INSTANCE.error()
    if not on_instance and "id" not in given:
        raise given.missing("id")
    text = request.id if on_instance else given.text("id")
    found = parse(text if "/" in text else f"Composition/{text}", _base_urls(context))
    if found.kind != "literal" or found.type != "Composition" or found.version is not None:
        raise given.mistyped("id", "Composition [base]/Composition/[id]", f"'{text[:80]}'")
    version = context.store.read("Composition", str(found.id))
    if version is None or version.body is None:
        raise messages.RESOURCE_NOT_STORED.error(type="Composition", id=found.id)
    return version


def _base_urls(context: Context) -> tuple[str, ...]:
    assert context.search is not None
    return tuple(context.search.setting.base_urls)


def _parts(context: Context, composition: Version) -> list[Version]:
    assert composition.body is not None
    base_urls = _base_urls(context)
    resource = json.decode(composition.body)
    direct = list(referred.references(resource, base_urls))
    found = referred.fetch(context.store, direct)
    lost = [each.text for each in direct if each.kind != "contained" and each not in found]
    if lost:
        raise messages.DOCUMENT_INCOMPLETE.error(lost=", ".join(dict.fromkeys(lost)))
    named = {version.identity: version for version in found.values()}
    patient = _patient(resource, base_urls)
    further = referred.closure(
        context.store,
        [json.decode(version.body) for version in found.values() if version.body is not None],
        base_urls,
        keep=lambda each: not referred.is_of_another(each, patient, base_urls),
        follow=lambda each: True,
    )
    known = {(*version.identity, version.version): version for version in (*named.values(), *found.values(), *further)}
    known.pop((*composition.identity, composition.version), None)
    return list(known.values())


def _patient(composition: Mapping[str, Any], base_urls: tuple[str, ...]) -> str | None:
    subject: Reference = parse(composition.get("subject", {}).get("reference", ""), base_urls)
    return subject.id if subject.kind == "literal" and subject.type == "Patient" else None
