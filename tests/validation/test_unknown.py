from __future__ import annotations

import pytest

from fhirserver.resource.shapes import shape
from fhirserver.validation.unknown import unknown


@pytest.mark.parametrize(
    ("type", "name", "text"),
    [
        (
            "HumanName",
            "nickname",
            "HumanName has no element “nickname”; it has use, text, family, given, prefix, suffix, period.",
        ),
        ("HumanName", "Family", "HumanName has no element “Family”. Did you mean family?"),
        ("Period", "_begin", "Period has no element “_begin”; it has start, end."),
        (
            "Annotation",
            "author",
            "The name of Annotation.author[x] carries the type of its value, as in authorReference, authorString;"
            " found “author”.",
        ),
        (
            "Annotation",
            "authorHumanName",
            "Annotation.author[x] takes one of the types authorReference, authorString; found “authorHumanName”.",
        ),
    ],
)
def test_what_is_said_of_an_unknown_name(type: str, name: str, text: str) -> None:
    (issue,) = unknown(name, shape(type))
    assert issue.expression == ""
    assert issue.text("en") == text


def test_long_lists_of_names_are_cut() -> None:
    (issue,) = unknown("valueNarrative", shape("Extension"))
    assert issue.text("en").count(",") == 12
    assert "…" in issue.text("en")
