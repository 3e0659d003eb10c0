"""``python -m benchmarks.validation``: processor time to check one resource, in this process, without HTTP.

Each is checked against R4 alone (structure and invariants) and against all that a server asks: definitions of its
extensions, and its profiles. The best of several runs counts, as neighbours on a machine only ever make it slower.
"""

from __future__ import annotations

import argparse
import sys
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import machine
from fhirserver.conformance.folder import Folder
from fhirserver.conformance.registry import Registry
from fhirserver.resource import json
from fhirserver.terminology import china
from fhirserver.terminology.terminology import Terminology
from fhirserver.validation import Validator
from fhirserver.validation.knowledge import Knowledge

Resource = dict[str, Any]

_GUIDE = Path(__file__).parent.parent / "profiles" / "fsh-generated" / "resources"
_OURS = "https://medgroup.example.org/fhir/StructureDefinition/"
_R4 = "http://hl7.org/fhir/StructureDefinition/"

#: Of the project's guide: file, profile. Of HL7's examples: file, profile or None for what the resource claims itself.
GUIDE = (
    ("ServiceRequest-demo-referral.json", "mg-referral"),
    ("ServiceRequest-demo-referral-emergency.json", "mg-referral"),
    ("Task-demo-task.json", "mg-referral-task"),
    ("DiagnosticReport-demo-ultrasound.json", None),
)
EXAMPLES = (
    ("ServiceRequest-example.json", None),
    ("ServiceRequest-lipid.json", None),
    ("ServiceRequest-myringotomy.json", None),
    ("DiagnosticReport-102.json", "hlaresult"),
    ("DiagnosticReport-ultrasound.json", None),
    ("DiagnosticReport-example-pgx.json", "diagnosticreport-genetics"),
    ("Observation-blood-pressure.json", "bp"),
    ("Observation-body-height.json", "bodyheight"),
    ("Patient-example.json", None),
)


def main() -> int:
    """Print a table of Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    parser.add_argument(
        "--examples", type=Path, metavar="TGZ", help="package hl7.fhir.r4.examples, for HL7's resources"
    )
    parser.add_argument("--runs", type=int, default=7, help="runs of 1,000 checks each, of which the best counts (7)")
    chosen = parser.parse_args()
    registry = Registry((Folder(_GUIDE, name="guide"), Folder(china.FOLDER, name="code systems of China")))
    knowledge = Knowledge(registry, Terminology(registry), now=lambda: datetime.now(UTC))
    alone, all_ = Validator(), Validator(knowledge)
    print(f"{machine.describe()}. `python -m benchmarks.validation`\n")
    print("| resource | bytes | R4 alone, ms | profile | all, ms | errors |\n|---|--:|--:|---|--:|--:|")
    for name, body, canonical in _resources(chosen.examples):
        resource = json.decode(body)
        compact = len(json.encode(resource))
        profiles = [canonical] if canonical else []
        base = _best(partial(_check, alone, resource, []), chosen.runs)
        full = _best(partial(_check, all_, resource, profiles), chosen.runs)
        errors = sum(issue.severity == "error" for issue in all_.check(resource, profiles=profiles))
        shown = (canonical or "").rpartition("/")[2]
        print(f"| {name} | {compact:,} | {base:.2f} | {shown} | {full:.2f} | {errors} |")
    return 0


def _resources(examples: Path | None) -> Iterator[tuple[str, bytes, str | None]]:
    for name, profile in GUIDE:
        yield name, (_GUIDE / name).read_bytes(), _OURS + profile if profile else None
    if examples is not None:
        with tarfile.open(examples) as archive:
            members = {member.name.rpartition("/")[2]: member for member in archive}
            for name, own in EXAMPLES:
                held = archive.extractfile(members[name])
                assert held is not None
                yield name, held.read(), _R4 + own if own else None


def _check(validator: Validator, resource: Resource, profiles: list[str]) -> None:
    for _ in validator.check(resource, profiles=profiles):
        pass


def _best(run: partial[None], runs: int) -> float:
    """Milliseconds of processor time a call, after everything has been compiled."""
    run()
    found = []
    for _ in range(runs):
        began = time.process_time()
        for _ in range(1000):
            run()
        found.append(time.process_time() - began)
    return min(found)


if __name__ == "__main__":
    sys.exit(main())
