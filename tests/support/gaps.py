"""tests/official/known_gaps.csv: cases of HL7's own material that do not come out as it says, with the reason."""

from __future__ import annotations

import csv

from tests.support.suites import PROJECT

_GAPS = PROJECT / "tests" / "official" / "known_gaps.csv"


def known_gaps(suite: str) -> dict[str, str]:
    """Case -> reason, for one suite. Whoever reads it fails when a listed case passes: the list only gets shorter."""
    with _GAPS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["suite"] == suite]
    assert len({row["case"] for row in rows}) == len(rows), "a case is listed twice"
    assert all(row["reason"].strip() for row in rows), "a case is listed without a reason"
    return {row["case"]: row["reason"] for row in rows}
