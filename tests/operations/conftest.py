"""The whole server in this process, on each database."""

from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.whole import client, whole

__all__ = ["client", "database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]
