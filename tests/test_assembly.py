"""The parts put together: ids, the clock, what of the settings gets where."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fhirserver.assembly import assemble, clock, open_database, time_ordered_id, warm
from fhirserver.outcome import FhirError
from fhirserver.settings import Settings, read


def test_ids_are_fhir_ids_in_the_order_of_time() -> None:
    before = clock()
    ids = [time_ordered_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", id) for id in ids)
    moments = [int(id.replace("-", "")[:12], 16) for id in ids]
    assert moments == sorted(moments)
    assert before.timestamp() * 1000 - 1 <= moments[0] <= clock().timestamp() * 1000


def test_the_clock_is_aware_and_utc() -> None:
    assert clock().tzinfo is UTC


def test_what_is_set_gets_to_the_context(tmp_path: Path) -> None:
    environ = {
        "FHIRSERVER_DATABASE_URL": f"sqlite:///{tmp_path / 'new' / 'fhir.db'}",
        "FHIRSERVER_BASE_URL": "https://fhir.example.org/r4/",
        "FHIRSERVER_TIMEZONE": "Europe/Berlin",
        "FHIRSERVER_SECRET": "sesame",
        "FHIRSERVER_MAX_COUNT": "7",
    }
    moment = datetime(2025, 3, 10, tzinfo=UTC)
    context = assemble(read(environ), now=lambda: moment, new_id=lambda: "one")
    try:
        assert context.base_url == "https://fhir.example.org/r4"
        assert context.zone == ZoneInfo("Europe/Berlin")
        assert (context.secret, context.max_count) == (b"sesame", 7)
        assert (context.now(), context.new_id()) == (moment, "one")
        context.store.ping()
        assert (tmp_path / "new" / "fhir.db").exists()
    finally:
        context.store.close()


def test_warming_up_reads_the_guide_and_stores_nothing(tmp_path: Path) -> None:
    context = assemble(Settings(database_url=f"sqlite:///{tmp_path / 'fhir.db'}"))
    try:
        warm(context)
        assert context.store.history(None, None, since=None, at=None, before=None, count=1) == []
    finally:
        context.store.close()


def test_two_contexts_share_nothing(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fhir.db'}")
    first, second = assemble(settings), assemble(settings)
    first.store.close()
    second.store.ping()
    second.store.close()
    assert first.secret != second.secret


def test_a_folder_that_cannot_be_made_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FhirError):
        open_database(Settings(database_url=f"sqlite:///{tmp_path / 'file' / 'fhir.db'}"))
