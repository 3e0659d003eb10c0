"""What a search does, for a person: how each parameter was understood, the SQL, the plan and what it touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fhirserver.search import names
from fhirserver.search.criteria import UNCOUNTED, Criterion
from fhirserver.search.names import Name
from fhirserver.search.parameters import Parameter
from fhirserver.search.query import Query
from fhirserver.search.scope import Scope
from fhirserver.search.search import measured, page_statement
from fhirserver.search.sql import Sql
from fhirserver.store.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion: the parameter as it was sent, what it looks at, and how many resources meet it.

    `size` is None where nobody counted; counting ends early, so that there may be more than a large number says.
    """

    parameter: str
    meaning: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The search on one type."""

    type: str
    asked: list[Asked]
    statement: Sql
    plan: list[str]


def explanation(store: Store, scope: Scope, query: Query) -> Iterator[Explanation]:
    """For each type the criteria, the page's statement and the database's plan, which is run for it."""
    for type in query.types:
        most = measured(store, scope, query, [type])
        statement = page_statement(store.dialect, query, [type], None, most, query.count + 1)
        asked = [
            Asked(f"{name}={value}", _meaning(scope, type, names.parse(name)), _size(criterion))
            for (name, value), criterion in zip(query.asked, query.criteria[type], strict=True)
        ]
        yield Explanation(type, asked, statement, store.explain(statement.text, statement.params))


def _size(criterion: Criterion) -> int | None:
    return None if criterion.size == UNCOUNTED else criterion.size


def _meaning(scope: Scope, type: str, name: Name | None) -> str:
    """``token: Observation.code`` of ``code``; of a chain and `_has` each step."""
    if name is None:
        return ""
    source = name.type if isinstance(name, names.Has) else type
    found = scope.definitions.of(source).parameters.get(name.code)
    step = name.code if found is None else _looks_at(found)
    if isinstance(name, names.Plain):
        return step
    if isinstance(name, names.Has):
        return f"{step} <- {_meaning(scope, name.type, name.rest)}"
    targets = [name.type] if name.type else found.targets if found else ()
    if len(targets) != 1:
        return f"{step} -> {names.spelled(name.rest)}"
    return f"{step} -> {_meaning(scope, targets[0], name.rest)}"


def _looks_at(parameter: Parameter) -> str:
    places = " | ".join(dict.fromkeys(branch.text for branch in parameter.branches))
    if not places and parameter.definition is not None:
        places = parameter.definition.expression or parameter.code
    return f"{parameter.type}: {places}"
