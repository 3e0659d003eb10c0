"""Measurements of the whole server over HTTP, beside its ceiling: what the same HTTP server does with a constant."""
