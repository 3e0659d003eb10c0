"""``fhirserver explain 'Observation?patient=1'``: the SQL of a search and the database's plan for it."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from urllib.parse import parse_qsl

from fhirserver.cli import DONE, settings_of, settings_options


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("query", help="a search as in a URL, such as 'Observation?patient=1&_sort=-date'")
    settings_options(parser, ["database_url", "base_url", "timezone"])


def run(chosen: Namespace) -> int:
    """Print how each parameter was understood, the statement and the plan."""
    from fhirserver.assembly import open_database
    from fhirserver.search.engine import open_search
    from fhirserver.search.explanation import explanation
    from fhirserver.search.query import Limits, understand_query

    settings = settings_of(chosen)
    store = open_database(settings)
    try:
        scope = open_search(store, settings.timezone, (settings.base,)).scope(time.time_ns() // 1000)
        type, _, text = chosen.query.partition("?")
        pairs = parse_qsl(text, keep_blank_values=True)
        query = understand_query(scope, [type] if type else [], pairs, limits=Limits())
        for name, value in query.understood:
            print(f"{name} = {value}")
        for each in explanation(store, scope, query):
            print(f"\n{each.type}")
            for asked in each.asked:
                size = "" if asked.size is None else f" ({asked.size:,} resources)"
                print(f"  {asked.parameter}: {asked.meaning}{size}")
            print(f"\n{each.statement.text}\n{list(each.statement.params)}\n")
            print("\n".join(each.plan))
    finally:
        store.close()
    return DONE
