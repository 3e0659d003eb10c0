"""The store: current versions, history and index rows of resources, on SQLite or PostgreSQL."""
