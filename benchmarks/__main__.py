"""``python -m benchmarks http``: reads, creates and updates over HTTP; ``search``: searches. Each beside its ceiling.

The ceiling is a constant Flask route under the same Granian settings. What is printed is a Markdown table; `--record`
puts it into docs/performance.md. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import client, http, machine, search_http

_PERFORMANCE = Path(__file__).parent.parent / "docs" / "performance.md"
_BEGIN, _END = "<!-- begin: python -m benchmarks {} -->", "<!-- end -->"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", choices=("http", "search"))
    parser.add_argument("--databases", default="sqlite,postgresql", help="which of sqlite, postgresql (both)")
    parser.add_argument("--connections", type=int, default=8, help="clients at a time (8)")
    parser.add_argument("--seconds", type=float, default=5, help="length of a run (5)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each; the median counts (3)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server (2)")
    parser.add_argument("--threads", type=int, help="threads of each (the server's default)")
    parser.add_argument("--record", action="store_true", help="put the table into docs/performance.md")
    chosen = parser.parse_args()
    plan = http.Plan(
        databases=tuple(chosen.databases.split(",")),
        connections=chosen.connections,
        seconds=chosen.seconds,
        rounds=chosen.rounds,
        workers=chosen.workers,
        threads=chosen.threads,
    )
    command = " ".join(["python -m benchmarks", *(word for word in sys.argv[1:] if word != "--record")])
    table = search_http.table(search_http.run(plan)) if chosen.what == "search" else http.table(http.run(plan))
    text = f"{machine.describe()}, client: {client.name()}. `{command}`\n\n{table}\n"
    print(text)
    if chosen.record:
        _record(chosen.what, text)
    return 0


def _record(what: str, text: str) -> None:
    """Put the table between the marks of docs/performance.md."""
    document = _PERFORMANCE.read_text(encoding="utf-8")
    begin = _BEGIN.format(what)
    before, _, rest = document.partition(begin)
    _, _, after = rest.partition(_END)
    _PERFORMANCE.write_text(f"{before}{begin}\n\n{text}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
