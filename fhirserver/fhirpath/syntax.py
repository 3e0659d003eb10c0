"""The syntax tree of an expression (hl7.org/fhirpath/N1/grammar.html). `at` is a character offset into its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A value of the expression itself: bool, int, Decimal, str, Date, DateTime, Time or Quantity; None is ``{}``."""

    value: Any
    at: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Special:
    """``$this``, ``$index`` or ``$total``, without the dollar."""

    name: str
    at: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable, without the percent sign."""

    name: str
    at: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Member:
    """``target.name``; without a target it is the start of a path: an element of the focus or a type's name."""

    target: Syntax | None
    name: str
    at: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """``target.name(arguments)``; without a target the function works on the focus."""

    target: Syntax | None
    name: str
    arguments: tuple[Syntax, ...]
    at: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Indexer:
    """``target[index]``."""

    target: Syntax
    index: Syntax
    at: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Polarity:
    """``+operand`` or ``-operand``."""

    sign: str
    operand: Syntax
    at: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Operation:
    """A binary operator; chains of ``and``, ``or`` and ``|`` are one operation with many operands."""

    operator: str
    operands: tuple[Syntax, ...]
    at: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class TypeOperation:
    """``operand is Type`` or ``operand as Type``."""

    operator: str
    operand: Syntax
    type: str
    at: int = 0
    depth: int = 1


Syntax: TypeAlias = Literal | Special | Variable | Member | Call | Indexer | Polarity | Operation | TypeOperation


def type_name(syntax: Syntax) -> str | None:
    """``FHIR.Patient`` of an argument that names a type, as in ``ofType(FHIR.Patient)``; None when it does not."""
    if not isinstance(syntax, Member):
        return None
    if syntax.target is None:
        return syntax.name
    qualifier = type_name(syntax.target)
    return f"{qualifier}.{syntax.name}" if qualifier else None
