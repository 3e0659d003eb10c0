"""What a patch is, however it was sent, and what it makes of a resource (http.html#patch)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fhirserver.interactions import messages
from fhirserver.interactions.context import Context
from fhirserver.outcome import FhirError
from fhirserver.patch import fhirpath_patch, json_patch, narrative
from fhirserver.patch.messages import PATCH_IDENTITY
from fhirserver.resource import json

JSON_PATCH = "application/json-patch+json"
#: What a patch can be sent as: CapabilityStatement.patchFormat and Accept-Patch (RFC 5789 section 3.1).
MEDIA = (JSON_PATCH, "application/fhir+json", "application/fhir+xml")
ACCEPT = {"Accept-Patch": ", ".join(MEDIA)}


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch: `apply` makes a changed resource of one that stays as it is.

    `content` is what was sent, a Parameters resource or the operations of a JSON Patch, and is read when applied.
    """

    apply: Callable[[dict[str, Any]], dict[str, Any]]
    content: Any


def of_json(body: bytes) -> Patch:
    """A JSON Patch document. Raises 400 when it is not JSON."""
    operations = json.parse(body)

    def apply(resource: dict[str, Any]) -> dict[str, Any]:
        changed = json_patch.apply(resource, operations)
        if not isinstance(changed, dict):
            raise PATCH_IDENTITY.error(path="/")
        return changed

    return Patch(apply, operations)


def of_resource(context: Context, resource: dict[str, Any]) -> Patch:
    """A FHIRPath Patch, or in an entry of a Bundle a JSON Patch inside a Binary. Raises 400 for anything else."""
    found = resource.get("resourceType")
    if found == "Binary":
        return _of_binary(resource)
    if found != "Parameters":
        raise messages.PATCH_RESOURCE_TYPE.error(found=found)
    errors = [issue for issue in context.validator.check(resource) if issue.severity in ("error", "fatal")]
    if errors:
        raise FhirError(errors, status=400)
    return Patch(lambda before: fhirpath_patch.apply(before, resource), resource)


def _of_binary(binary: Mapping[str, Any]) -> Patch:
    media = str(binary.get("contentType")).partition(";")[0].strip().lower()
    if media != JSON_PATCH:
        raise messages.PATCH_MEDIA_UNSUPPORTED.error("Binary.contentType", found=media)
    try:
        return of_json(b64decode(binary["data"], validate=True))
    except (KeyError, TypeError, ValueError, Base64Error):
        raise messages.PATCH_DATA.error("Binary.data") from None


def patched(patch: Patch, body: bytes) -> dict[str, Any]:
    """The stored resource `body` as the patch makes it.

    Raises 400 for a malformed patch, 409 where it supposes what is not there, 422 where its result cannot be.
    """
    before = json.decode(body)
    after = patch.apply(before)
    for path in ("resourceType", "id"):
        if after.get(path) != before.get(path):
            raise PATCH_IDENTITY.error(path, path=path)
    meta = after.get("meta")
    for name in ("versionId", "lastUpdated"):
        if isinstance(meta, dict) and name in meta and meta[name] != before["meta"][name]:
            raise PATCH_IDENTITY.error(f"meta.{name}", path=f"meta.{name}")
    return narrative.settle(before, after)
