"""What `fhirserver load` has done so far: counted for the summary, shown as a bar, written down where asked."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, TextIO

from fhirserver.cli.targets import Became, Loaded
from fhirserver.resource import json

#: How many places of a reason the summary names.
_NAMED = 3
_WIDTH = 30


@dataclass(slots=True)
class _Refusals:
    """Everything that was refused for one reason."""

    count: int = 0
    samples: list[str] = field(default_factory=list)


class Tally:
    """Counts per outcome and per reason. `report` gets a JSON line for each refusal."""

    def __init__(self, report: IO[bytes] | None = None) -> None:
        self._report = report
        self._begun = time.monotonic()
        self._became: Counter[Became] = Counter()
        self._refusals: dict[str, _Refusals] = {}

    def add(self, loaded: Loaded) -> None:
        self._became[loaded.became] += 1
        for key in dict.fromkeys(reason.key for reason in loaded.reasons):
            sample = next(reason for reason in loaded.reasons if reason.key == key)
            refusals = self._refusals.setdefault(key, _Refusals())
            refusals.count += 1
            if len(refusals.samples) < _NAMED:
                place = f"{loaded.entry.where} {sample.expression}".rstrip()
                refusals.samples.append(f"{place}: {sample.text}")
        if loaded.became == "refused" and self._report is not None:
            self._report.write(_line(loaded))

    @property
    def total(self) -> int:
        return self._became.total()

    @property
    def refused(self) -> int:
        return self._became["refused"]

    @property
    def rate(self) -> float:
        """Resources a second since the beginning."""
        return self.total / max(time.monotonic() - self._begun, 0.001)

    def summary(self) -> str:
        """Several lines: what became of the resources, and for each reason how many and the first of them."""
        became = ", ".join(f"{self._became[kind]:,} {kind}" for kind in ("created", "updated", "unchanged", "refused"))
        seconds = time.monotonic() - self._begun
        lines = [f"{self.total:,} resources in {seconds:,.1f} s: {became}"]
        for key, refusals in sorted(self._refusals.items(), key=lambda item: -item[1].count):
            lines.append(f"  {refusals.count:,} x {key}")
            lines += [f"      {sample}" for sample in refusals.samples]
            if refusals.count > len(refusals.samples):
                lines.append(f"      and {refusals.count - len(refusals.samples):,} more")
        return "\n".join(lines)


def _line(loaded: Loaded) -> bytes:
    resource = loaded.entry.resource
    row = {
        "where": loaded.entry.where,
        "resource": f"{resource.get('resourceType')}/{resource.get('id')}",
        "reasons": [
            {"key": reason.key, "expression": reason.expression, "text": reason.text} for reason in loaded.reasons
        ],
    }
    return json.encode(row) + b"\n"


class Bar:
    """A progress bar on a terminal; nothing where there is none."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._total = max(total, 1)
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()
        self._begun = self._last = time.monotonic()

    def show(self, done: int, tally: Tally) -> None:
        """`done` of the total bytes are read. Drawn ten times a second at most."""
        now = time.monotonic()
        if not self._shown or now - self._last < 0.1:
            return
        self._last = now
        share = min(done / self._total, 1.0)
        bar = ("#" * int(share * _WIDTH)).ljust(_WIDTH, ".")
        left = (now - self._begun) * (1 - share) / share if share else 0.0
        text = f"{bar} {share:4.0%}  {tally.total:,} resources, {tally.refused:,} refused, {tally.rate:,.0f}/s"
        print(f"\r{text}, {left:,.0f} s left ", end="", file=self._stream, flush=True)

    def end(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=self._stream, flush=True)
