"""hl7.org/fhirpath/N1/#boolean-logic: three-valued, None is empty."""

from __future__ import annotations

from collections.abc import Sequence

from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test
from fhirserver.fhirpath.functions import Function, condition
from fhirserver.fhirpath.nodes import Node


def conjunction(tests: Sequence[Test]) -> Test:
    """``a and b and c``."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        known: bool | None = True
        for part in tests:
            result = part(this, frame)
            if result is False:
                return False
            if result is None:
                known = None
        return known

    return test


def disjunction(tests: Sequence[Test]) -> Test:
    """``a or b or c``."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        known: bool | None = False
        for part in tests:
            result = part(this, frame)
            if result is True:
                return True
            if result is None:
                known = None
        return known

    return test


def exclusive(left: Test, right: Test) -> Test:
    """``a xor b``."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        mine, other = left(this, frame), right(this, frame)
        return None if mine is None or other is None else mine != other

    return test


def implication(left: Test, right: Test) -> Test:
    """``a implies b``."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        premise = left(this, frame)
        if premise is False:
            return True
        conclusion = right(this, frame)
        if premise is True:
            return conclusion
        return True if conclusion else None

    return test


def negation(operand: Test) -> Test:
    """``a.not()``."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        result = operand(this, frame)
        return None if result is None else not result

    return test


def _not(source: Evaluate) -> Test:
    return negation(condition(source, "not()"))


FUNCTIONS = {"not": Function(_not, test=True, returns="Boolean", single=True)}
