"""Which of several texts for a concept suits a language (BCP 47 tags, RFC 4647 lookup)."""

from __future__ import annotations

from collections.abc import Iterable

from fhirserver.terminology.concept import Designation

#: Uses of a designation that say it is what to show; no use at all says so too.
_DISPLAY = ("display", "900000000000003001", "900000000000013009", "preferredForLanguage")


def wanted(header: str | None) -> list[str]:
    """The languages of a displayLanguage or Accept-Language text, the most wanted first; without ``*``."""
    weighted = []
    for place, part in enumerate((header or "").split(",")):
        tag, _, weight = part.strip().partition(";q=")
        if tag and tag != "*":
            weighted.append((-_weight(weight), place, tag))
    return [tag for _, _, tag in sorted(weighted)]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def suits(found: str | None, asked: str) -> bool:
    """Whether a text in one language serves who asked for another: ``zh-CN`` and ``zh`` serve each other."""
    if not found:
        return False
    left, right = found.lower(), asked.lower()
    return left == right or left.startswith(f"{right}-") or right.startswith(f"{left}-")


def display(languages: Iterable[str], own: str | None, own_language: str | None, rows: list[Designation]) -> str | None:
    """The text to show: the first language there is a text in, else the concept's own display."""
    for asked in languages:
        if suits(own_language, asked):
            return own
        found = _designated(asked, rows)
        if found is not None:
            return found
    return own


def _designated(asked: str, rows: list[Designation]) -> str | None:
    """The designation in a language: the very tag before a near one, one to show before others."""
    fitting = [row for row in rows if suits(row.get("language"), asked)]
    fitting.sort(key=lambda row: (not _is_display(row), str(row.get("language", "")).lower() != asked.lower()))
    return str(fitting[0]["value"]) if fitting else None


def _is_display(row: Designation) -> bool:
    return row.get("use", {}).get("code", "display") in _DISPLAY
