from __future__ import annotations

import subprocess
import sys

import pytest

from fhirserver.resource.shapes import Shape, shape
from fhirserver.spec.structures import COMPLEX_TYPES, RESOURCE_TYPES
from fhirserver.validation.objects import Checks
from fhirserver.validation.structure import _beside, _member


@pytest.mark.parametrize("type", sorted(RESOURCE_TYPES | COMPLEX_TYPES))
def test_every_element_of_every_type_compiles(type: str) -> None:
    seen: set[str] = set()
    waiting: list[Shape] = [shape(type)]
    while waiting:
        each = waiting.pop()
        if each.path in seen:
            continue
        seen.add(each.path)
        checks = Checks(each, _member, _beside)
        for name, member in each.members.items():
            assert checks[name] is not None
            assert (checks[f"_{name}"] is not None) == member.primitive
            if not member.primitive and member.type != "Resource" and member.shape.path.startswith(f"{type}."):
                waiting.append(member.shape)


def test_names_that_mean_nothing_are_not_kept() -> None:
    checks = Checks(shape("Period"), _member, _beside)
    assert checks["nonsense"] is None
    assert checks["_nonsense"] is None
    assert checks["resourceType"] is None
    assert len(checks) == 0


def test_only_what_resources_have_is_compiled() -> None:
    code = (
        "from fhirserver.spec import structures; from fhirserver.validation import Validator;"
        "v = Validator(); list(v.check({'resourceType': 'Patient', 'name': [{'family': 'x'}]}));"
        "assert structures.structure.cache_info().currsize <= 12, structures.structure.cache_info()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
