"""A FHIR R4 (4.0.1) interoperability server for medical groups."""

__version__ = "0.1.0"
