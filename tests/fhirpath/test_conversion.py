"""#conversion."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import PATIENT, error, values

#: value -> what it converts to: Boolean, Integer, Decimal, String, Date, DateTime, Time, Quantity
TABLE: list[tuple[str, list[object]]] = [
    ("true", [True, 1, "1.0", "true", None, None, None, "1.0 '1'"]),
    ("1", [True, 1, "1", "1", None, None, None, "1 '1'"]),
    ("2", [None, 2, "2", "2", None, None, None, "2 '1'"]),
    ("0.0", [False, None, "0.0", "0.0", None, None, None, "0.0 '1'"]),
    ("1.50", [None, None, "1.50", "1.50", None, None, None, "1.50 '1'"]),
    ("'Yes'", [True, None, None, "Yes", None, None, None, None]),
    ("'-01'", [None, -1, "-1", "-01", None, None, None, "-1 '1'"]),
    ("'1.0'", [True, None, "1.0", "1.0", None, None, None, "1.0 '1'"]),
    ("'9999999999'", [None, None, "9999999999", "9999999999", None, None, None, "9999999999 '1'"]),
    ("'2015-02'", [None, None, None, "2015-02", "2015-02", "2015-02", None, None]),
    ("'14:30'", [None, None, None, "14:30", None, None, "14:30", None]),
    ("'2015-02-04T14:34Z'", [None, None, None, "2015-02-04T14:34Z", "2015-02-04", "2015-02-04T14:34Z", None, None]),
    ("@2015-02-04", [None, None, None, "2015-02-04", "2015-02-04", "2015-02-04", None, None]),
    (
        "@2015-02-04T14:34:00Z",
        [None, None, None, "2015-02-04T14:34:00Z", "2015-02-04", "2015-02-04T14:34:00Z", None, None],
    ),
    ("@T14:30", [None, None, None, "14:30", None, None, "14:30", None]),
    ("'4 days'", [None, None, None, "4 days", None, None, None, "4 days"]),
    ("4 'mg'", [None, None, None, "4 'mg'", None, None, None, "4 'mg'"]),
]
TYPES = ("Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity")


@pytest.mark.parametrize(("value", "results"), TABLE, ids=[value for value, _ in TABLE])
def test_conversions(value: str, results: list[object]) -> None:
    for type, result in zip(TYPES, results, strict=True):
        assert values(f"{value}.to{type}()") == ([] if result is None else [result])
        assert values(f"{value}.convertsTo{type}()") == [result is not None]


def test_elements_of_fhir_convert_by_their_value() -> None:
    assert values("birthDate.toString() | active.toString() | birthDate.toDateTime()", PATIENT) == [
        "1974-12-25",
        "true",
        "1974-12-25",
    ]
    assert values("name[0].toString() | name[0].convertsToString()", PATIENT) == [False]


def test_several_items_are_an_error() -> None:
    for name in ("toString", "convertsToInteger", "toQuantity", "convertsToQuantity", "iif"):
        arguments = "true, 1" if name == "iif" else ""
        assert error(f"(1 | 2).{name}({arguments})") == "fhirpath-not-single"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("iif(true, 1, 2)", [1]),
        ("iif(false, 1, 2)", [2]),
        ("iif({}, 1, 2)", [2]),
        ("iif(false, 1)", []),
        ("iif(true, 1, (1 | 2).single())", [1]),
        ("iif(gender = 'male', name.given, 1 / 0)", ["Peter", "James", "Jim"]),
        ("gender.iif($this = 'male', $this & '!', {})", ["male!"]),
        ("photo.iif(empty(), 'none')", ["none"]),
    ],
)
def test_iif(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected
