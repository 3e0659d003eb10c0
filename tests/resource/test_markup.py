"""XML with every door shut. What is refused, and how it is said, the tests of the XML codec hold."""

from __future__ import annotations

import pytest

from fhirserver.outcome import FhirError
from fhirserver.resource import markup


def test_comments_and_instructions_are_dropped() -> None:
    root = markup.parse('<?xml version="1.0"?><!-- a --><a>b<!-- c -->d<?e f?>g</a><!-- h -->')
    assert (root.tag, root.text, len(root)) == ("a", "bdg", 0)


@pytest.mark.parametrize("before", ["", " \n", "\ufeff", '<?xml version="1.0"?>', "<!-- a --> <?b c?><!---->\n"])
def test_a_document_type_is_refused_wherever_it_may_stand(before: str) -> None:
    with pytest.raises(FhirError, match="xml-doctype"):
        markup.parse(f"{before}<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>")


def test_its_name_alone_is_no_document_type() -> None:
    assert markup.parse("<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


def test_a_long_prologue_takes_no_longer_than_it_is_long() -> None:
    with pytest.raises(FhirError, match="xml-"):
        markup.parse("<?a " * 50_000 + "<!DOCTYPE" + " " * 50_000)
    with pytest.raises(FhirError, match="xml-"):
        markup.parse("<!-- " + "-> " * 50_000 + "<!DOCTYPE")
