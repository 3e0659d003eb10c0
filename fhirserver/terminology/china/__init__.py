"""The code systems a Chinese hospital needs, with value sets and maps to FHIR's own: public facts, as data."""

from __future__ import annotations

from pathlib import Path

#: A folder of FHIR resources, one a file; a layer of the registry. What is not listed whole says so in its `content`.
FOLDER = Path(__file__).parent
