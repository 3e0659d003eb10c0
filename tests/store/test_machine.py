"""Any sequence of writes and reads gives what a dictionary of lists would, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import create_engine

from fhirserver.store.database_url import parse
from fhirserver.store.rows import Identity, Version, Write
from fhirserver.store.store import Store, Transaction
from fhirserver.store.tables import METADATA
from tests.store.samples import as_sets, index_rows, stored_index_rows, successor

IDENTITIES = [(type, id) for type in ("Patient", "Group") for id in ("1", "2", "3")]
identities = st.sampled_from(IDENTITIES)
#: What a write brings: a body and the seeds of its index rows; no body is a deletion.
contents = st.tuples(st.none() | st.binary(max_size=8), st.frozensets(st.integers(0, 5), max_size=3))
changes = st.dictionaries(identities, contents, min_size=1, max_size=4)
moments = st.integers(0, 16)
scopes = st.sampled_from([(None, None), ("Patient", None), ("Group", None), ("Patient", "1"), ("Group", "3")])


class Model(RuleBasedStateMachine):
    """`versions` and `seeds` are what the store must hold; time goes on by 0 or 1 with each write."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.clock = 1
        self.versions: dict[Identity, list[Version]] = {}
        self.seeds: dict[Identity, frozenset[int]] = {}

    @initialize()
    def wipe(self) -> None:
        with create_engine(parse(_url[self.store]).url).begin() as connection:
            for table in METADATA.sorted_tables:
                connection.execute(table.delete())

    @rule(changes=changes, tick=st.integers(0, 1))
    def write(self, changes: dict[Identity, Any], tick: int) -> None:
        self.clock += tick
        made = self.store.write(lambda transaction: self.apply(transaction, changes))
        for version in made:
            self.versions.setdefault(version.identity, []).append(version)
            self.seeds[version.identity] = changes[version.identity][1] if version.body is not None else frozenset()

    @rule(changes=changes)
    def fail(self, changes: dict[Identity, Any]) -> None:
        def work(transaction: Transaction) -> None:
            self.apply(transaction, changes)
            raise LookupError

        with pytest.raises(LookupError):
            self.store.write(work)

    @rule(identity=identities, seeds=st.frozensets(st.integers(0, 5), max_size=3))
    def reindex(self, identity: Identity, seeds: frozenset[int]) -> None:
        def work(transaction: Transaction) -> None:
            current = transaction.current([identity])
            transaction.reindex([(version, index_rows(*identity, seeds)) for version in current.values()])

        self.store.write(work)
        if identity in self.versions:
            self.seeds[identity] = seeds

    @rule(identity=identities, number=st.integers(0, 8))
    def vread(self, identity: Identity, number: int) -> None:
        expected = next((version for version in self.versions.get(identity, ()) if version.version == number), None)
        assert self.store.vread(*identity, number) == expected

    @rule(scope=scopes, since=st.none() | moments, at=st.none() | st.tuples(moments, moments), size=st.integers(1, 5))
    def history(self, scope: Any, since: int | None, at: tuple[int, int] | None, size: int) -> None:
        found: list[Version] = []
        while page := self.store.history(
            *scope, since=since, at=at, before=found[-1].cursor if found else None, count=size
        ):
            found += page
        assert found == self.expected_history(*scope, since, at)

    @invariant()
    def current(self) -> None:
        last = {identity: versions[-1] for identity, versions in self.versions.items()}
        assert self.store.read_many(IDENTITIES) == last
        assert self.store.count() == sum(not version.deleted for version in last.values())

    @invariant()
    def index(self) -> None:
        for identity in IDENTITIES:
            expected = as_sets(index_rows(*identity, self.seeds.get(identity, ())))
            assert stored_index_rows(self.store, *identity) == expected

    def apply(self, transaction: Transaction, changes: dict[Identity, Any]) -> list[Version]:
        current = transaction.current(list(changes))
        writes = []
        for identity, (body, seeds) in changes.items():
            previous = current.get(identity)
            if previous is None and body is None:
                continue
            version = successor(previous, *identity, self.clock, body)
            index = index_rows(*identity, () if body is None else seeds)
            writes.append(Write(version, previous, index))
        transaction.put(writes)
        return [write.version for write in writes]

    def expected_history(
        self, type: str | None, id: str | None, since: int | None, at: tuple[int, int] | None
    ) -> list[Version]:
        found = []
        for identity, versions in self.versions.items():
            if (type and identity[0] != type) or (id and identity[1] != id):
                continue
            for version, following in zip(versions, [*versions[1:], None], strict=True):
                end = following.last_updated if following else 10**9
                if since is not None and version.last_updated < since:
                    continue
                if at is not None and not _current_in(version.last_updated, end, at):
                    continue
                found.append(version)
        return sorted(found, key=lambda version: version.cursor, reverse=True)


def _current_in(start: int, end: int, at: tuple[int, int]) -> bool:
    """Whether [start, end), which is a moment when it is empty, has a moment in common with [lo, hi)."""
    lo, hi = at
    return start < hi and (end > lo or start >= lo)


_url: dict[Store, str] = {}


@pytest.fixture
def known(store: Store, database_url: str) -> Iterator[Store]:
    _url[store] = database_url
    yield store
    del _url[store]


@pytest.mark.slow
def test_the_store_is_a_dictionary_of_lists(known: Store) -> None:
    run_state_machine_as_test(
        lambda: Model(known),
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
