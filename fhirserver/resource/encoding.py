"""Bodies as text: UTF-8, the one encoding FHIR has, and where in it a byte stands."""

from __future__ import annotations

from typing import Any

from fhirserver.resource import messages


def utf8(body: bytes) -> str:
    """The text of a body; FhirError when it is empty or not UTF-8."""
    if not body or body.isspace():
        raise messages.EMPTY_BODY.error()
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise messages.WRONG_ENCODING.error(found="UTF-16")
    try:
        return body.decode()
    except UnicodeDecodeError as problem:
        wrong = problem.start
    raise messages.NOT_UTF8.error(**place(body, wrong), found=f"0x{body[wrong]:02X}")


def place(body: bytes, offset: int) -> dict[str, Any]:
    """Line and column (in characters) of a byte, both from 1, as the messages name them."""
    before = body[:offset]
    start_of_line = before.rfind(b"\n") + 1
    return {
        "line": before.count(b"\n") + 1,
        "column": len(before[start_of_line:].decode("utf-8", "replace")) + 1,
    }
