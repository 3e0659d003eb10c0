"""The databases of the commands' tests."""

from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url

__all__ = ["database_url", "postgresql_cluster", "postgresql_url", "sqlite_url"]
