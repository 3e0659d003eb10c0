"""The summary and the bar of `fhirserver load`."""

import io
import time

import pytest

from fhirserver.cli.bundles import Entry
from fhirserver.cli.tally import Bar, Tally
from fhirserver.cli.targets import Became, Loaded, Reason


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def loaded(became: Became, *reasons: Reason, where: str = "a.json") -> Loaded:
    return Loaded(Entry(where, {"resourceType": "Patient", "id": "1"}), became, reasons)


def test_the_summary_counts_what_became_of_each() -> None:
    tally = Tally()
    for became, count in (("created", 1200), ("unchanged", 3)):
        for _ in range(count):
            tally.add(loaded(became))  # type: ignore[arg-type]
    assert tally.summary().endswith("1,200 created, 0 updated, 3 unchanged, 0 refused")


def test_a_resource_counts_once_for_a_reason_it_has_several_times() -> None:
    tally = Tally()
    twice = (Reason("unknown-element", "no x", "Patient"), Reason("unknown-element", "no y", "Patient.name[0]"))
    tally.add(loaded("refused", *twice, Reason("invalid-date", "no day", "Patient.birthDate")))
    tally.add(loaded("refused", twice[1], where="b.json"))
    assert tally.refused == 2
    assert tally.summary().splitlines()[1:] == [
        "  2 x unknown-element",
        "      a.json Patient: no x",
        "      b.json Patient.name[0]: no y",
        "  1 x invalid-date",
        "      a.json Patient.birthDate: no day",
    ]


def test_the_bar_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(100))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(moments)))
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        bar = Bar(200, stream)
        bar.show(50, Tally())
        bar.show(400, Tally())
        bar.end()
    assert " 25%" in terminal.getvalue()
    assert "100%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert pipe.getvalue() == ""
