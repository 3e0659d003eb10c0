"""What one question to terminology is asked with: the versions it wants, and the value sets it is inside of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fhirserver.outcome import FhirError, Issue
from fhirserver.terminology import filters, messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.terminology import System, Terminology, Versions
from fhirserver.terminology.value_set import Include, ValueSet


class Scope:
    """One question. :attr:`doubts` collects what kept the answer from being sure, each reason once."""

    def __init__(self, terminology: Terminology, versions: Versions | None = None) -> None:
        self._terminology = terminology
        self._versions = versions or Versions()
        self._systems: dict[tuple[str, str | None], System | None] = {}
        self._tests: dict[Include, list[filters.Test]] = {}
        self._open: list[str] = []
        self._doubts: dict[str, Issue] = {}

    @property
    def doubts(self) -> list[Issue]:
        return list(self._doubts.values())

    def doubt(self, issue: Issue) -> None:
        self._doubts.setdefault(f"{issue.key} {issue.values}", issue)

    # -- code systems

    def system_of(self, value_set: ValueSet, include: Include) -> System | None:
        """The code system an include draws on; FhirError when it states another version than the one asked for."""
        url = include.system or ""
        if url in value_set.systems:
            return value_set.systems[url]
        asked = self._versions.check.get(url)
        if asked and include.version and asked != include.version:
            raise messages.VERSION_CHECK_FAILED.error(system=url, asked=asked, found=include.version)
        return self.system(url, include.version)

    def system(self, url: str, version: str | None = None) -> System | None:
        """A code system in the version to use."""
        key = url, self._versions.of(url, version)
        if key not in self._systems:
            self._systems[key] = self._terminology.system(*key)
        return self._systems[key]

    def systems_used(self) -> list[System]:
        """The code systems that have been asked for so far and are known."""
        return [system for system in self._systems.values() if system is not None]

    def unknown(self, url: str, version: str | None = None) -> Issue:
        """Why a code system is of no help: not known at all, or not in this version."""
        wanted = self._versions.of(url, version)
        versions = self._terminology.registry.versions("CodeSystem", url)
        if wanted and versions:
            return messages.SYSTEM_VERSION_UNKNOWN.at(system=url, version=wanted, known=", ".join(versions))
        return messages.SYSTEM_UNKNOWN.at(system=url)

    def tests(self, include: Include, system: CodeSystem) -> list[filters.Test]:
        """The filters of an include, ready to be asked."""
        if include not in self._tests:
            rows = include.filters
            self._tests[include] = [filters.test(system, row.property, row.op, row.value) for row in rows]
        return self._tests[include]

    # -- nested value sets

    def value_set(self, canonical: str) -> ValueSet | None:
        """A value set by its canonical."""
        return self._terminology.value_set(canonical)

    @contextmanager
    def nested(self, canonical: str) -> Iterator[ValueSet | None]:
        """A value set that another one includes; FhirError when it includes itself in the end."""
        if canonical in self._open:
            raise messages.VALUE_SET_CIRCULAR.error(chain=" → ".join([*self._open, canonical]))
        self._open.append(canonical)
        try:
            yield self.value_set(canonical)
        finally:
            self._open.pop()


def certain(scope: Scope, answer: bool | None) -> bool:
    """The answer when there is one; FhirError with the reasons when there is none."""
    if answer is None:
        raise FhirError(scope.doubts)
    return answer
