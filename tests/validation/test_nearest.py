from __future__ import annotations

import pytest

from fhirserver.validation.messages import Text
from fhirserver.validation.nearest import nearest, one_of

NAMES = ["birthDate", "gender", "name", "maritalStatus"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("brithDate", ["birthDate"]),
        ("BIRTHDATE", ["birthDate"]),
        ("names", ["name"]),
        ("shoeSize", []),
        ("", []),
        ("birthDate" * 100, []),
    ],
)
def test_near_matches(name: str, found: list[str]) -> None:
    assert nearest(name, NAMES) == found


def test_all_of_a_few_the_nearest_of_many_or_a_phrase() -> None:
    otherwise = Text("a name", "名称")
    assert f"{one_of('x', NAMES, otherwise):en}" == "one of birthDate, gender, maritalStatus, name"
    many = [f"element{number}" for number in range(100)] + ["gender"]
    assert f"{one_of('gendre', many, otherwise):en}" == "a name, such as gender"
    assert f"{one_of('gendre', many, otherwise):zh}" == "名称，例如 gender"
    assert one_of("zzz", many, otherwise) is otherwise
