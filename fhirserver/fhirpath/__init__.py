"""FHIRPath (hl7.org/fhirpath/N1) over raw FHIR R4 JSON. See README.md.

compile("Patient.name.where(use = 'official').given", "Patient").evaluate(resource)
"""

from fhirserver.fhirpath.evaluation import Environment
from fhirserver.fhirpath.expression import Expression, compile
from fhirserver.fhirpath.nodes import Node

__all__ = ["Environment", "Expression", "Node", "compile"]
