"""FHIR XML (xml.html), the same dictionaries as json.py has: `decode` for bytes in, `encode` for bytes out."""

from fhirserver.resource.xml_decode import decode
from fhirserver.resource.xml_encode import encode

__all__ = ["decode", "encode"]
