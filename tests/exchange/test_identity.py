from __future__ import annotations

from datetime import date

import pytest

from fhirserver.exchange.identity import (
    CITIZEN,
    age,
    agrees_with_birth,
    agrees_with_gender,
    citizen,
    citizens,
    is_fifteen,
    is_social_credit,
    masked,
)

VALID = ["34052419800101001X", "37020019680412022X", "370200196207210358", "370200197906080139", "37020019680412022x"]
INVALID = [
    "340524198001010013",  # check character
    "37020019680230022X",  # no 30 February
    "37020017680412022X",  # century
    "370200620721035",  # fifteen digits
    "07020019680412022X",  # no area begins with 0
    " 37020019680412022X",
    "３７０２００１９６８０４１２０２２Ｘ",  # full width
    "",
]


@pytest.mark.parametrize("number", VALID)
def test_a_number_with_the_right_check_character_is_read(number: str) -> None:
    known = citizen(number)
    assert known is not None
    assert known.number == number.upper()
    assert known.birth.strftime("%Y%m%d") == number[6:14]
    assert known.male == (int(number[16]) % 2 == 1)


@pytest.mark.parametrize("number", INVALID)
def test_a_wrong_number_is_none(number: str) -> None:
    assert citizen(number) is None


def test_every_digit_and_every_swap_of_neighbours_is_caught() -> None:
    number = "370200196207210358"
    for place, digit in enumerate(number):
        for other in "0123456789X":
            if other != digit:
                assert citizen(number[:place] + other + number[place + 1 :]) is None
    for place in range(17):
        if number[place] != number[place + 1]:
            assert citizen(number[:place] + number[place + 1] + number[place] + number[place + 2 :]) is None


@pytest.mark.parametrize(
    "code",
    [
        "12370200DEMA00013T",
        "12370200DEMA00021M",
        "12370200DEMA0003XD",
        "12370200DEMA00048D",
        "91370200DEMA000563",
        "12370200DEMA000643",
        "12370200DEMA00072X",
    ],
)
def test_social_credit_codes(code: str) -> None:
    assert is_social_credit(code)
    assert not is_social_credit(code.lower())
    for place in range(18):
        other = "2" if code[place] == "1" else "1"
        assert not is_social_credit(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("code", ["", "12370200DEMI00013T", "02370200DEMA00013T", "12370200DEMA00013TT"])
def test_what_is_no_social_credit_code(code: str) -> None:
    assert not is_social_credit(code)


def test_a_number_agrees_with_what_else_is_known() -> None:
    known = citizen("37020019680412022X")
    assert known is not None
    assert all(agrees_with_birth(known, text) for text in ("1968", "1968-04", "1968-04-12"))
    assert not any(agrees_with_birth(known, text) for text in ("1969", "1968-05", "1968-04-13"))
    assert all(agrees_with_gender(known, code) for code in ("female", "other", "unknown"))
    assert not agrees_with_gender(known, "male")
    assert known.area == "370200"
    assert known.area_known


@pytest.mark.parametrize(("number", "known"), [("99020019680412022X", True), ("84020019680412022X", False)])
def test_areas(number: str, known: bool) -> None:
    whole = next(each for check in "0123456789X" if (each := citizen(number[:17] + check)))
    assert whole.area_known == known


def test_only_numbers_in_use_that_pass_recognise_people() -> None:
    numbers = [
        {"system": CITIZEN, "value": "37020019680412022x"},
        {"system": CITIZEN, "value": "370200196207210358", "use": "old"},
        {"system": CITIZEN, "value": "370200620721035", "use": "old"},
        {"system": CITIZEN, "value": "370200196207210359"},
        {"system": CITIZEN},
        {"system": "urn:x", "value": "370200197906080139"},
    ]
    assert [each.number for each in citizens({"identifier": numbers})] == ["37020019680412022X"]


def test_fifteen_digits() -> None:
    assert is_fifteen("370200620721035")
    assert not is_fifteen("37020062072103X")


@pytest.mark.parametrize(
    ("value", "shown"), [("37020019680412022X", "*" * 14 + "022X"), ("12345", "*2345"), ("1234", "****"), ("", "")]
)
def test_only_the_end_is_shown(value: str, shown: str) -> None:
    assert masked(value) == shown


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (date(1965, 3, 10), date(2025, 3, 9), 59),
        (date(1965, 3, 10), date(2025, 3, 10), 60),
        (date(2000, 2, 29), date(2025, 2, 28), 24),
        (date(2000, 2, 29), date(2025, 3, 1), 25),
    ],
)
def test_age(birth: date, on: date, years: int) -> None:
    assert age(birth, on) == years
