"""What does not compile, and that the same text compiles once."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath import compile
from fhirserver.fhirpath.compile import context_type
from fhirserver.outcome import FhirError
from tests.fhirpath.evaluating import error


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("name.nonsense()", "fhirpath-unknown-function"),
        ("name.exists(1, 2)", "fhirpath-arguments"),
        ("name.where()", "fhirpath-arguments"),
        ("name.first(1)", "fhirpath-arguments"),
        ("name.slice('a')", "fhirpath-arguments"),
        ("name.ofType(1)", "fhirpath-not-a-type"),
        ("name is Nonsense", "fhirpath-unknown-type"),
    ],
)
def test_what_does_not_compile(expression: str, key: str) -> None:
    assert error(expression) == key


def test_messages_help() -> None:
    with pytest.raises(FhirError) as caught:
        compile("name.\n  exist()")
    assert caught.value.issues[0].text() == "FHIRPath line 2, column 3: there is no function exist() (exists?)"
    assert caught.value.issues[0].text("zh") == "FHIRPath 第 2 行第 3 列：没有函数 exist() (exists?)"
    with pytest.raises(FhirError) as caught:
        compile("name.where()")
    assert caught.value.issues[0].text().endswith("where() takes 1 arguments, not 0")


def test_unknown_types_are_refused() -> None:
    with pytest.raises(FhirError) as caught:
        compile("name", "Nonsense")
    assert caught.value.status == 400


def test_the_same_text_is_the_same_object() -> None:
    assert compile("name.given", "Patient") is compile("name.given", "Patient")
    assert compile("name.given", "Patient") is not compile("name.given", "Person")


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Patient", True),
        ("HumanName", True),
        ("code", False),
        ("Nonsense", False),
        ("Patient.contact", False),
        ("", False),
    ],
)
def test_names_that_a_path_may_start_with(name: str, known: bool) -> None:
    assert (context_type(name) is not None) is known
