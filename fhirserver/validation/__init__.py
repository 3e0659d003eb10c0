"""Validation of resources. See README.md."""

from fhirserver.validation.validator import Validator

__all__ = ["Validator"]
