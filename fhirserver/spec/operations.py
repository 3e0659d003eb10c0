"""The operations R4 defines, as facts of their OperationDefinitions."""

from __future__ import annotations

from functools import cache

import msgspec

from fhirserver.spec import rows


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """OperationDefinition.parameter."""

    name: str
    use: str  #: ``in`` or ``out``
    min: int
    max: int | None = 1  #: None is ``*``
    type: str | None = None
    search_type: str | None = None
    target_profiles: tuple[str, ...] = ()
    binding: tuple[str, str] | None = None  #: strength, value set (canonical without ``|version``)
    parts: tuple[Parameter, ...] = ()


class Operation(msgspec.Struct, frozen=True, omit_defaults=True):
    """operationdefinition.html."""

    url: str
    code: str
    resources: tuple[str, ...] = ()
    system: bool = False
    type: bool = False
    instance: bool = False
    affects_state: bool = False
    parameters: tuple[Parameter, ...] = ()


_decoder = msgspec.json.Decoder(list[Operation])


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of R4, in the order of their canonicals."""
    return tuple(rows.read("operations.json", _decoder))
