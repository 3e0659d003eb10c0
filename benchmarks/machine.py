"""What was measured on: processor, memory, versions, the commit."""

from __future__ import annotations

import math
import os
import platform
import sqlite3
import subprocess
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path


def describe() -> str:
    """One line for above a table."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("granian", "flask", "msgspec", "sqlalchemy", "psycopg"))
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory()} GB; {platform.system()} {platform.release()}; "
        f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}; commit {_commit()}"
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30))


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def processor_seconds() -> float:
    """Processor time that all living descendants of this process have taken so far; nan where there is no /proc."""
    ticks: dict[int, float] = {}
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended since
            # the name, in brackets, may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
            fields = entry.read_text().rpartition(")")[2].split()
            number = int(entry.parent.name)
            parents[number] = int(fields[1])
            ticks[number] = int(fields[11]) + int(fields[12])
    if not ticks:
        return math.nan
    return sum(ticks[each] for each in ticks if _descends(each, os.getpid(), parents)) / os.sysconf("SC_CLK_TCK")


def _descends(number: int, ancestor: int, parents: dict[int, int]) -> bool:
    while number := parents.get(number, 0):
        if number == ancestor:
            return True
    return False
