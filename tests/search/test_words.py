"""Which texts of a resource are words of the full-text index, and how texts become words."""

from __future__ import annotations

from fhirserver.search.words import LONGEST, NARRATIVE, SILENT, of_resource, words
from fhirserver.spec.structures import COMPLEX_TYPES, RESOURCE_TYPES, structure

#: What a person writes to be read.
_PROSE = {"string", "markdown"}
#: Silent although some element of that name is prose: addresses and codes far more often, or base64 and XHTML.
_MOSTLY_NOT = {"url", "status", "reference", "data", "versionId"}


def test_words() -> None:
    assert words("高血压 III期") == ["高", "高血", "血", "血压", "压", "iii", "期"]
    assert words("Crème BRÛLÉE, 2x") == ["creme", "brulee", "2x"]
    assert words("a" * 250) == ["a" * 100, "a" * 100, "a" * 50]


def test_silent_members_hold_no_prose() -> None:
    elements = [
        (element.name[0].lower() + element.name[1:], element)
        for type in RESOURCE_TYPES | COMPLEX_TYPES
        for element in structure(type).elements[1:]
    ]
    prose = {name for name, element in elements if _PROSE & set(element.types)}
    assert prose & SILENT <= _MOSTLY_NOT


def test_texts_are_found_wherever_they_stand() -> None:
    resource = {
        "resourceType": "Claim",
        "id": "one",
        "status": "active",
        "priority": {"text": "Very urgent", "coding": [{"system": "urn:x", "code": "stat", "display": "Immediate"}]},
        "created": "2024-01-02",
        "contained": [{"resourceType": "Patient", "name": [{"given": ["Anna", "Bea"]}]}],
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml">A <b>claim</b> &amp; more</div>',
        },
    }
    found = of_resource(resource).split(" ")
    assert set(found) == {
        *("one", "very", "urgent", "stat", "immediate", "anna", "bea"),
        *(NARRATIVE + word for word in ("a", "claim", "more")),
    }


def test_very_long_texts_are_cut() -> None:
    texts = ["word " * LONGEST, "other"]
    found = of_resource({"resourceType": "Basic", "note": [{"text": text} for text in texts]})
    assert set(found.split(" ")) == {"word"}
    assert len(found) <= LONGEST
