from __future__ import annotations

from itertools import pairwise

import pytest

from fhirserver.conformance.canonical import Canonical, matches, parse, rank


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://a/ValueSet/x", Canonical("http://a/ValueSet/x")),
        ("http://a/ValueSet/x|1.0", Canonical("http://a/ValueSet/x", "1.0")),
        ("http://a/ValueSet/x|1.0#part", Canonical("http://a/ValueSet/x", "1.0", "part")),
        ("#part", Canonical("", None, "part")),
        ("http://a/ValueSet/x|", Canonical("http://a/ValueSet/x")),
    ],
)
def test_a_canonical_has_a_url_a_version_and_a_fragment(text: str, expected: Canonical) -> None:
    assert parse(text) == expected
    assert str(parse(text)) == text.rstrip("|")


def test_versions_are_sorted_as_their_publishers_mean_them() -> None:
    newest_last = [
        None,
        "1.0",
        "1.0.0-ballot",
        "1.0.0-ballot2",
        "1.0.0",
        "1.0.1",
        "1.2",
        "1.10",
        "2",
        "10",
        "2018-08-12",
    ]
    assert all(rank(older) < rank(newer) for older, newer in pairwise(newest_last))


def test_a_version_of_many_digits_is_no_number() -> None:
    assert rank("9" * 5000) < rank("1")


@pytest.mark.parametrize(
    ("found", "asked", "expected"),
    [
        ("4.0.1", "4.0.1", True),
        ("4.0.1", "4.0", True),
        ("4.0.1", "4", True),
        ("4.01", "4.0", False),
        (None, "1", False),
    ],
)
def test_a_version_matches_its_patches(found: str | None, asked: str, expected: bool) -> None:
    assert matches(found, asked) is expected
