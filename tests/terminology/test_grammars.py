from __future__ import annotations

import pytest

from fhirserver.terminology import grammars
from fhirserver.terminology.grammars import GRAMMARS


def knows(system: str, code: str) -> bool:
    grammar = GRAMMARS[system]
    assert grammar.refuses(code) is (grammar.find(code) is None)
    return not grammar.refuses(code)


@pytest.mark.parametrize(
    "code",
    ["zh", "zh-CN", "zh-Hans-CN", "en-US", "sgn-BE-FR", "de-CH-1996", "x-local", "i-klingon", "en-a-bbb-x-a", "zh-cmn"],
)
def test_languages(code: str) -> None:
    assert knows(grammars.LANGUAGES, code)


@pytest.mark.parametrize("code", ["", "zh_CN", "z", "zh-", "-zh", "chinese language", "zh-CN-x", "123"])
def test_what_is_no_language(code: str) -> None:
    assert not knows(grammars.LANGUAGES, code)


@pytest.mark.parametrize(
    "code",
    [
        "text/plain",
        "application/fhir+json",
        'text/plain; charset="utf-8"',
        "image/svg+xml",
        "json",
        "xml",
        "audio/x-wav",
    ],
)
def test_mime_types(code: str) -> None:
    assert knows(grammars.MIME_TYPES, code)


@pytest.mark.parametrize("code", ["", "text", "text/", "/plain", "text/plain;", "text plain", "a/b/c", "中文/x"])
def test_what_is_no_mime_type(code: str) -> None:
    assert not knows(grammars.MIME_TYPES, code)


@pytest.mark.parametrize("code", ["mg", "mg/dL", "mm[Hg]", "10*9/L", "{score}", "%", "Cel", "kg.m/s2", "1"])
def test_units(code: str) -> None:
    assert knows(grammars.UCUM, code)


@pytest.mark.parametrize("code", ["", "mgg", "mg//dL", "毫克", "mmHg ", "cc"])
def test_what_is_no_unit(code: str) -> None:
    assert not knows(grammars.UCUM, code)


def test_time_zones_and_uris() -> None:
    assert knows(grammars.TIME_ZONES, "Asia/Shanghai")
    assert not knows(grammars.TIME_ZONES, "Asia/Beijing")
    assert knows(grammars.URIS, "urn:oid:1.2.3")
    assert not knows(grammars.URIS, "no uri")


def test_units_of_one_kind() -> None:
    assert grammars.same_kind_of_quantity("km", "m")
    assert not grammars.same_kind_of_quantity("kg", "m")
    assert not grammars.same_kind_of_quantity("nonsense", "m")


def test_a_grammar_has_no_displays() -> None:
    found = GRAMMARS[grammars.LANGUAGES].find("zh-CN")
    assert found is not None
    assert (found.system, found.code, found.display, found.number) == (grammars.LANGUAGES, "zh-CN", None, -1)
