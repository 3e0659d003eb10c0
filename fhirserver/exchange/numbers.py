"""Identity numbers and social credit codes as they are written (GEN-ID-*, GEN-ORG-USCC), whatever the profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import people_messages
from fhirserver.exchange.identity import (
    CITIZEN,
    SOCIAL_CREDIT,
    agrees_with_birth,
    agrees_with_gender,
    citizen,
    citizens,
    is_fifteen,
    is_social_credit,
    masked,
)
from fhirserver.exchange.rules import Effect, Rule
from fhirserver.interactions.governing import Proposal
from fhirserver.outcome import Issue

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

#: Resources of people; GB 11643 holds for each.
PEOPLE = ("Patient", "Practitioner", "RelatedPerson", "Person")


def check_citizen_number(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Form, date and check character; a number of 15 digits only as an old one."""
    for place, identifier in enumerate((proposal.after or {}).get("identifier", ())):
        number = identifier.get("value")
        if identifier.get("system") == CITIZEN and identifier.get("use") != "old" and number is not None:
            at = f"{proposal.change.type}.identifier[{place}].value"
            yield from _number_issues(case, number, at)


def _number_issues(case: Case, number: str, at: str) -> Iterator[Issue]:
    known, shown = citizen(number), masked(number)
    if known is None:
        old = is_fifteen(number)
        yield (people_messages.CITIZEN_NUMBER_OLD if old else people_messages.CITIZEN_NUMBER).at(at, shown=shown)
    elif known.birth > case.now.astimezone(case.context.zone).date():
        yield people_messages.CITIZEN_NUMBER_FUTURE.at(at, shown=shown)
    elif not known.area_known:
        yield replace(people_messages.AREA_UNKNOWN.at(at, shown=shown), severity="warning")


def check_birth(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """The number and birthDate agree, as far as birthDate goes."""
    after = proposal.after or {}
    birth = after.get("birthDate")
    if birth is not None:
        for known in citizens(after):
            if not agrees_with_birth(known, birth):
                shown = masked(known.number)
                yield people_messages.BIRTH_DIFFERS.at(f"{proposal.change.type}.birthDate", shown=shown)


def check_sex(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """The number and gender agree."""
    after = proposal.after or {}
    gender = after.get("gender")
    if gender is not None:
        for known in citizens(after):
            if not agrees_with_gender(known, gender):
                shown = masked(known.number)
                yield people_messages.SEX_DIFFERS.at(f"{proposal.change.type}.gender", shown=shown)


def check_social_credit(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Both check characters of a unified social credit code."""
    for place, identifier in enumerate((proposal.after or {}).get("identifier", ())):
        code = identifier.get("value")
        if identifier.get("system") == SOCIAL_CREDIT and code is not None and not is_social_credit(code):
            yield people_messages.SOCIAL_CREDIT.at(f"Organization.identifier[{place}].value", shown=masked(code))


def capitalise(case: Case, proposal: Proposal) -> None:
    """GB 11643: a small x at the end of an identity number is stored as a capital one."""
    after = case.amended(proposal)
    if after is None or not any(map(_has_small_x, after.get("identifier", ()))):
        return
    identifiers = [
        {**each, "value": each["value"].upper()} if _has_small_x(each) else each for each in after["identifier"]
    ]
    case.amend(proposal, {**after, "identifier": identifiers})


def _has_small_x(identifier: dict[str, Any]) -> bool:
    return identifier.get("system") == CITIZEN and identifier.get("value", "").endswith("x")


RULES = (
    Rule(
        "GEN-ID-CHECKSUM",
        PEOPLE,
        "GB 11643-1999",
        (
            people_messages.CITIZEN_NUMBER,
            people_messages.CITIZEN_NUMBER_OLD,
            people_messages.CITIZEN_NUMBER_FUTURE,
            people_messages.AREA_UNKNOWN,
        ),
        check_citizen_number,
    ),
    Rule("GEN-ID-BIRTH", PEOPLE, "GB 11643-1999", (people_messages.BIRTH_DIFFERS,), check_birth),
    Rule("GEN-ID-SEX", PEOPLE, "GB 11643-1999", (people_messages.SEX_DIFFERS,), check_sex),
    Rule(
        "GEN-ORG-USCC",
        ("Organization",),
        "GB 32100-2015, GB 11714-1997",
        (people_messages.SOCIAL_CREDIT,),
        check_social_credit,
    ),
)
EFFECTS = (Effect(PEOPLE, capitalise),)
