"""Where HL7's own material lies: `FHIRSERVER_SUITES`, or `../shared/suites` beside the project.

It is not part of the repository. Where it is absent a test is skipped with that reason; under `CI=true` it fails.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def suites() -> Path:
    """The folder of the official material, whether it exists or not."""
    return Path(os.environ.get("FHIRSERVER_SUITES") or PROJECT.parent / "shared" / "suites")


def suite(path: str) -> Path:
    """A file or folder of the official material, such as ``packages/hl7.fhir.r4.core-4.0.1.tgz``.

    Skips the calling test (or, at import, the module) when it is absent; fails it under `CI=true`.
    """
    found = suites() / path
    if not found.exists():
        reason = f"official material is absent: {path} (set FHIRSERVER_SUITES)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason, allow_module_level=True)
    return found


def package_files(path: str) -> Iterator[tuple[str, bytes]]:
    """The JSON resources of a FHIR package in the official material: (file name, bytes)."""
    with tarfile.open(suite(path)) as archive:
        for member in archive:
            folder, _, name = member.name.rpartition("/")
            if folder == "package" and name.endswith(".json") and name not in ("package.json", ".index.json"):
                file = archive.extractfile(member)
                assert file is not None
                yield name, file.read()
