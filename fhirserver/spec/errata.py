"""Where the project departs from the letter of R4 4.0.1, or where its letter contradicts itself.

A row is a decision: where the specification speaks (page and anchor), what it says, what we do, and why.
"""

from __future__ import annotations

from typing import NamedTuple


class Erratum(NamedTuple):
    """A departure from the specification."""

    anchor: str
    says: str
    we_do: str
    why: str


ERRATA: tuple[Erratum, ...] = (
    Erratum(
        "resource.html#id",
        "The page gives Resource.id the type id; the StructureDefinitions give it a string of FHIRPath.",
        "Resource.id is an id: 1 to 64 letters, digits, - and . everywhere.",
        "The ids of URLs are made of it, and the reference validator refuses others as well.",
    ),
    Erratum(
        "references.html#Reference",
        "ref-1 asks that a reference starting with # names a contained resource, so that # alone is an error.",
        "# alone is the resource that contains; #id has to be contained.",
        "references.html#contained and dom-3 give # alone this meaning, and HL7's examples use it.",
    ),
    Erratum(
        "domainresource.html#constraints",
        "dom-3 counts as mention of a contained resource a Reference, canonical, uri or url with its #id.",
        "Any string that is #id counts, and the #id that a narrative quotes.",
        "Pictures in a narrative may be contained; and nothing is lost where a string only looks like a mention.",
    ),
    Erratum(
        "narrative.html#Narrative",
        "txt-2: the narrative has some content that is not white space.",
        "A narrative without content is a warning; what txt-1 does not allow is an error.",
        "Four of HL7's examples have an empty narrative, and the reference validator does not hold txt-2 in R4.",
    ),
    Erratum(
        "searchparameter.html#resource",
        "SearchParameter.base is required; ten parameters of CodeSystem and ValueSet extensions in the core package "
        "have none.",
        "They are not among the facts, and are refused as resources.",
        "Without a base there is nothing they could search.",
    ),
    Erratum(
        "searchparameter-registry.html",
        "The core package has three search parameters that only illustrate; two redefine _id and Condition.subject.",
        "They are not among the facts.",
        "They would shadow the real parameters.",
    ),
    Erratum(
        "valueset-currencies.html",
        "Money.currency is bound to all of ISO 4217, which the core package does not list.",
        "The codes are those of HL7's expansion of 2018, in its package of expansions.",
        "No other list is given with R4.",
    ),
    Erratum(
        "valueset-mimetypes.html",
        "Thirteen elements are bound to the MIME types of BCP 13, which nobody lists.",
        "They are checked as codes only.",
        "CapabilityStatement.format, for one, allows json and xml beside MIME types.",
    ),
    Erratum(
        "valueset-ucum-units.html",
        "Three elements are bound to the units of UCUM, which is a grammar; HL7's expansion is a sample of it.",
        "They are not checked against the sample.",
        "A unit that is not in the sample may be right.",
    ),
    Erratum(
        "valueset-task-code.html",
        "The value set draws on version 3.6.0 of its code system, of which R4 has 4.0.1 only.",
        "It draws on the version there is.",
        "HL7's own expansion does the same.",
    ),
    Erratum(
        "molecularsequence-definitions.html#MolecularSequence.structureVariant.variantType",
        "The element is bound to LOINC's answer list LL379-9, which is not given with R4.",
        "It is not checked against it.",
        "LOINC is licensed; a user may install it.",
    ),
    Erratum(
        "http.html#trules",
        "A transaction replaces links in elements of type oid and uuid, as in those of type uri and url.",
        "Elements of type oid and uuid stay as they were sent.",
        "The new link is a URL, which neither type can hold: the resource would not be valid.",
    ),
    Erratum(
        "http.html#trules",
        "A transaction replaces links in all elements of type uri, and so the url of a definition whose fullUrl it is.",
        "The url by which a definition names itself stays.",
        "Canonicals are not replaced: what is said to be an instance of the definition would lose it.",
    ),
)
