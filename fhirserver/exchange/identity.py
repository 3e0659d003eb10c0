"""The numbers people and bodies are known by: GB 11643 (citizens) and GB 32100 with GB 11714 (legal persons).

Pure: nothing here reads a database or a clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Any

#: Identifier.system of the citizen identity number, of the unified social credit code, of the master patient index and
#: of institutions that the national insurance pays.
CITIZEN = "urn:oid:2.16.156.10011.1.3"
SOCIAL_CREDIT = "https://medgroup.example.org/fhir/NamingSystem/uscc"
MASTER_INDEX = "https://medgroup.example.org/fhir/NamingSystem/empi"
INSURANCE_ORGANISATION = "https://medgroup.example.org/fhir/NamingSystem/nhsa-org"

_CITIZEN = re.compile(r"([1-9][0-9]{5})((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})[0-9]{2}([0-9])[0-9X]", re.A).fullmatch
_FIFTEEN = re.compile(r"[1-9][0-9]{14}", re.A).fullmatch
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(rf"[1-9ANY][{_CREDIT_ALPHABET}]{{17}}").fullmatch
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_CHECKS = "0123456789X"

#: GB/T 2260: how the area of every province begins; 83 stands on residence permits, 9 begins those of foreigners.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9").match
#: What a value may show of itself: its end.
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Citizen:
    """What a citizen identity number says of its holder: area of registration (GB/T 2260), day of birth, sex."""

    number: str
    area: str
    birth: date
    male: bool

    @property
    def area_known(self) -> bool:
        """Whether the province is one of GB/T 2260. Districts come and go: an old number keeps its area."""
        return _PROVINCE(self.area) is not None


@lru_cache(maxsize=1024)
def citizen(number: str) -> Citizen | None:
    """What an 18-character number says; None when its form, its date or its check character (GB 11643) is wrong.

    A small x counts as a capital one.
    """
    number = number.upper()
    found = _CITIZEN(number)
    if found is None or _citizen_check(number) != number[17]:
        return None
    area, year, month, day, sex = found.groups()
    try:
        birth = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return Citizen(number, area, birth, sex in "13579")


def _citizen_check(number: str) -> str:
    return _CITIZEN_CHECKS[sum(map(mul, map(int, number[:17]), _CITIZEN_WEIGHTS)) % 11]


def is_fifteen(number: str) -> bool:
    """Whether it has the form of the numbers given before 1999, which had no check character and no century."""
    return _FIFTEEN(number) is not None


def is_social_credit(code: str) -> bool:
    """Whether a unified social credit code passes both its checks: GB 32100 over all, GB 11714 over places 9 to 17."""
    if _CREDIT(code) is None:
        return False
    values = map(_CREDIT_ALPHABET.index, code[:17])
    total = (31 - sum(map(mul, values, _CREDIT_WEIGHTS)) % 31) % 31
    body = sum(map(mul, map(_BODY_ALPHABET.index, code[8:16]), _BODY_WEIGHTS))
    return _CREDIT_ALPHABET[total] == code[17] and _BODY_CHECKS[(11 - body % 11) % 11] == code[16]


def citizens(resource: dict[str, Any]) -> list[Citizen]:
    """The identity numbers of a person that pass their check and are in use: what people are recognised by."""
    found = []
    for identifier in resource.get("identifier", ()):
        if identifier.get("system") == CITIZEN and identifier.get("use") != "old" and "value" in identifier:
            known = citizen(identifier["value"])
            if known is not None:
                found.append(known)
    return found


def masked(value: str) -> str:
    """A value as messages and logs may show it: all but its last four characters starred."""
    return "*" * max(len(value) - _SHOWN, 0) + value[-_SHOWN:] if len(value) > _SHOWN else "*" * len(value)


def agrees_with_birth(known: Citizen, birth_date: str) -> bool:
    """Whether the number and a FHIR date, which may be a year or a month only, can belong to one person."""
    return known.birth.isoformat().startswith(birth_date)


def agrees_with_gender(known: Citizen, gender: str) -> bool:
    """Whether the number and Patient.gender can belong to one person; `other` and `unknown` contradict nothing."""
    return gender not in ("male", "female") or (gender == "male") == known.male


def age(birth: date, on: date) -> int:
    """Full years; who was born on 29 February comes of age on 1 March."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
