"""The search parameter types: for each the module that knows how its values are indexed and asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fhirserver.search import composites, moments, numbers, positions, quantities, references, strings, tokens, uris
from fhirserver.search.criteria import Criterion
from fhirserver.search.entries import Entries
from fhirserver.search.parameters import Parameter
from fhirserver.search.scope import Scope


@dataclass(frozen=True, slots=True)
class Type:
    """`modifiers` are those beside `:missing`, and beside the names of types on a reference."""

    criterion: Callable[[Scope, Parameter, str | None, Sequence[str]], Criterion]
    modifiers: tuple[str, ...]
    index: Callable[[Entries, int, Any, str], None] | None


TYPES: dict[str, Type] = {
    "number": Type(numbers.criterion, numbers.MODIFIERS, numbers.index),
    "date": Type(moments.criterion, moments.MODIFIERS, moments.index),
    "string": Type(strings.criterion, strings.MODIFIERS, strings.index),
    "token": Type(tokens.criterion, tokens.MODIFIERS, tokens.index),
    "reference": Type(references.criterion, references.MODIFIERS, references.index),
    "composite": Type(composites.criterion, composites.MODIFIERS, None),
    "quantity": Type(quantities.criterion, quantities.MODIFIERS, quantities.index),
    "uri": Type(uris.criterion, uris.MODIFIERS, uris.index),
    "special": Type(positions.criterion, positions.MODIFIERS, positions.index),
}
