"""Tokens of page links."""

from fhirserver.interactions.tokens import seal, unseal

SECRET = b"a secret"
PLACE = (1741564800000000, -9223372036854775808, 3)


def test_a_place_comes_back() -> None:
    assert unseal(SECRET, "list", seal(SECRET, "list", PLACE)) == list(PLACE)


def test_it_is_good_for_its_own_list_and_secret_only() -> None:
    token = seal(SECRET, "list", PLACE)
    assert unseal(SECRET, "another", token) is None
    assert unseal(b"another", "list", token) is None


def test_no_single_character_can_be_changed() -> None:
    token = seal(SECRET, "list", PLACE)
    for position, character in enumerate(token):
        for other in "Aa9-_=.":
            if other != character:
                assert unseal(SECRET, "list", token[:position] + other + token[position + 1 :]) is None


def test_what_is_no_token() -> None:
    for text in ("", "x", "====", "é", "a" * 10_000, seal(SECRET, "list", PLACE) + "=", "\0"):
        assert unseal(SECRET, "list", text) is None
