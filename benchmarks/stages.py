"""``python -m benchmarks.stages FOLDER``: where the time of a transaction goes, in this process, without HTTP.

FOLDER is that of :mod:`benchmarks.transactions`. What is timed is processor time, by a stopwatch around the functions
named below, on SQLite. The shares travel from machine to machine; the microseconds do not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.transactions import Bundle, bundles
from fhirserver.assembly import assemble, settle
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request
from fhirserver.interactions.table import dispatch
from fhirserver.resource import json
from fhirserver.settings import Settings

#: What is shown, module, class, function. Those inside others are a part of them.
STAGES = (
    ("JSON to resources", "fhirserver.resource.json", None, "decode"),
    ("entries: form, requests", "fhirserver.interactions.transaction", None, "entries_of"),
    ("entries: actions, finding links", "fhirserver.interactions.transaction", None, "_action"),
    ("criteria, before and inside", "fhirserver.interactions.actions", None, "look"),
    ("making ready", "fhirserver.interactions.actions", None, "make_ready"),
    ("- validation", "fhirserver.interactions.write", None, "_checked"),
    ("- index rows", "fhirserver.interactions.write", None, "_indexed"),
    ("in the writer's turn", "fhirserver.store.sqlite_transaction", "SqliteBatch", "attempt"),
    ("- index tables", "fhirserver.store.sqlite_transaction", "SqliteTransaction", "_write_index"),
    ("commit", "fhirserver.store.sqlite_transaction", "SqliteBatch", "commit"),
)


def _stopwatch(spent: dict[str, float], stage: str, holder: Any, name: str) -> None:
    timed: Callable[..., Any] = getattr(holder, name)

    def run(*arguments: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return timed(*arguments, **named)
        finally:
            spent[stage] += time.process_time() - began

    setattr(holder, name, run)


def _send(context: Context, bundle: Bundle) -> float:
    began = time.process_time()
    answer = dispatch(context, Request("POST", (), context.base_url, resource=json.decode(bundle.body)))
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {(answer.body or b'')[:1000].decode()}")
    return time.process_time() - began


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stages", description=__doc__)
    parser.add_argument("folder", type=Path)
    first, others = bundles(parser.parse_args().folder)
    spent: dict[str, float] = defaultdict(float)
    for stage, module, owner, name in STAGES:
        found = import_module(module)
        _stopwatch(spent, stage, getattr(found, owner) if owner else found, name)
    with tempfile.TemporaryDirectory() as folder:
        context = assemble(replace(Settings(), database_url=f"sqlite:///{folder}/fhir.db"))
        settle()
        for bundle in [*first, *others]:  # everything is compiled before it is timed
            _send(context, bundle)
        spent.clear()
        total = sum(_send(context, bundle) for bundle in others)
        context.store.close()
    resources = sum(bundle.entries for bundle in others)
    print(f"{machine.describe()}. {len(others)} Bundles, {resources} resources\n")
    print("| stage | microseconds a resource | share |\n|---|--:|--:|")
    for stage, seconds in spent.items():
        print(f"| {stage} | {seconds / resources * 1e6:.0f} | {seconds / total:.0%} |")
    print(f"| all | {total / resources * 1e6:.0f} | 100% |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
