import pytest
from sqlalchemy import Table, UniqueConstraint

from fhirserver.store.index_tables import INDEX_TABLES
from fhirserver.store.tables import HISTORY, METADATA, RESOURCE

OF_RESOURCES = [RESOURCE, HISTORY, *INDEX_TABLES.values()]


@pytest.mark.parametrize("table", OF_RESOURCES, ids=lambda table: table.name)
def test_the_distribution_key_is_in_every_unique_constraint(table: Table) -> None:
    unique = [set(constraint.columns.keys()) for constraint in table.constraints if _is_unique(constraint)]
    unique += [set(index.columns.keys()) for index in table.indexes if index.unique]
    assert unique
    assert all("res" in columns for columns in unique)
    assert not table.foreign_keys


def _is_unique(constraint: object) -> bool:
    return constraint.__class__.__name__ == "PrimaryKeyConstraint" or isinstance(constraint, UniqueConstraint)


def test_only_these_tables_hold_nothing_of_a_resource() -> None:
    others = set(METADATA.tables) - {table.name for table in OF_RESOURCES}
    assert others == {"type_count", "mark", "answer", "job"}


def test_every_index_table_is_known_by_its_name() -> None:
    assert all(name == table.name for name, table in INDEX_TABLES.items())


@pytest.mark.parametrize("table", INDEX_TABLES.values(), ids=lambda table: table.name)
def test_a_column_of_an_index_row_is_never_null(table: Table) -> None:
    assert not any(column.nullable for column in table.columns)
