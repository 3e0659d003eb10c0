"""The writer's turn, between real processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path

from fhirserver.store.turn import WriterTurn

#: Takes the turn, says so, and keeps it until a line comes in or it is killed.
_HOLDER = """
import sys
from pathlib import Path
from fhirserver.store.turn import WriterTurn
with WriterTurn(Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.readline()
"""


#: Gives its turn back when a line comes in, and asks for it again at once.
_ASKS_AGAIN = (
    _HOLDER.replace("with WriterTurn(Path(sys.argv[1])):", "turn = WriterTurn(Path(sys.argv[1]))\nwith turn:")
    + """
with turn, open(sys.argv[2], "a") as order:
    order.write("again\\n")
"""
)
_WAITS = """
import sys
from pathlib import Path
from fhirserver.store.turn import WriterTurn
with WriterTurn(Path(sys.argv[1])), open(sys.argv[2], "a") as order:
    order.write("waited\\n")
"""


@contextmanager
def holder(database: Path, script: str = _HOLDER, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(database), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "mine\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def taker(database: Path, taken: list[str], name: str) -> threading.Thread:
    def take() -> None:
        with WriterTurn(database):
            taken.append(name)

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    return thread


def test_one_process_at_a_time(tmp_path: Path) -> None:
    taken: list[str] = []
    with holder(tmp_path / "fhir.db") as process:
        waiting = taker(tmp_path / "fhir.db", taken, "next")
        waiting.join(0.2)
        assert taken == []
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
        waiting.join(20)
        assert taken == ["next"]


def test_a_killed_process_gives_its_turn_back(tmp_path: Path) -> None:
    taken: list[str] = []
    with holder(tmp_path / "fhir.db") as process:
        waiting = taker(tmp_path / "fhir.db", taken, "next")
        process.kill()
        waiting.join(20)
    assert taken == ["next"]


def test_who_waits_comes_before_who_asks_again(tmp_path: Path) -> None:
    database, order = tmp_path / "fhir.db", tmp_path / "order"
    with holder(database, _ASKS_AGAIN, str(order)) as process:
        waiting = subprocess.Popen([sys.executable, "-c", _WAITS, str(database), str(order)])
        until_someone_waits(database)
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
        assert waiting.wait(20) == 0
        assert process.wait(20) == 0
    assert order.read_text().split() == ["waited", "again"]


def until_someone_waits(database: Path) -> None:
    with database.with_name("fhir.db-next").open() as file:
        while True:
            try:
                flock(file, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                return
            flock(file, LOCK_UN)
            time.sleep(0.01)


def test_it_leaves_the_database_file_alone(tmp_path: Path) -> None:
    turn = WriterTurn(tmp_path / "fhir.db")
    with turn:
        assert sorted(path.name for path in tmp_path.iterdir()) == ["fhir.db-next", "fhir.db-turn"]
    turn.close()
