"""The URL of a request: the path below [base], the query, and [base] as the client sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from fhirserver.rest import messages

Environ = Mapping[str, Any]

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}").search
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-]+)(:[0-9]{1,5})?").fullmatch


def path_of(environ: Environ) -> str:
    """The decoded path. Raises 400 when it is not UTF-8 or has % that begins no escape.

    WSGI hands the path over decoded, with its bytes as Latin-1, and leaves what is no escape as it stands.
    """
    raw: str = environ["PATH_INFO"]
    if raw.isascii():
        path = raw
    else:
        try:
            path = raw.encode("latin-1").decode("utf-8")
        except UnicodeError:
            raise messages.URL_ENCODING.error(found=raw[:100]) from None
    if "%" in path:
        raise messages.URL_ENCODING.error(found=path[:100])
    return path


def segments(path: str, base_path: str) -> tuple[str, ...] | None:
    """What follows [base], in segments; None for a path outside of it. One slash at the end is not counted."""
    if path == base_path:
        return ()
    if not path.startswith(base_path + "/"):
        return None
    below = path[len(base_path) + 1 :].removesuffix("/")
    return tuple(below.split("/")) if below else ()


def query_of(environ: Environ) -> list[tuple[str, str]]:
    """The decoded pairs of the query in their order. Raises 400 for what is no percent-encoded UTF-8."""
    raw: str = environ.get("QUERY_STRING", "")
    if not raw:
        return []
    bad = _BAD_ESCAPE(raw)
    if bad:
        raise messages.URL_ENCODING.error(found=bad[0])
    pairs = (pair.partition("=") for pair in raw.split("&") if pair)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: str) -> str:
    if "%" not in text and "+" not in text and text.isascii():
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode("utf-8")
    except UnicodeError:
        raise messages.URL_ENCODING.error(found=text[:100]) from None


def forwarded_base(environ: Environ, base_url: str) -> str:
    """[base] by what the proxy in front says of the host and protocol the client used (RFC 7239, X-Forwarded-*).

    Where there are several proxies the first one, nearest to the client, counts. Raises 400 for what is no host.
    """
    protocol, host = _forwarded(environ)
    if protocol is None and host is None:
        return base_url
    url = urlsplit(base_url)
    return f"{protocol or url.scheme}://{host or url.netloc}{url.path}"


def _forwarded(environ: Environ) -> tuple[str | None, str | None]:
    if "HTTP_FORWARDED" in environ:
        first = environ["HTTP_FORWARDED"].partition(",")[0]
        pairs = (pair.partition("=") for pair in first.split(";"))
        values = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
        header, protocol, host = "Forwarded", values.get("proto"), values.get("host")
    else:
        header = "X-Forwarded-*"
        protocol, host = (_first(environ.get(f"HTTP_X_FORWARDED_{name}")) for name in ("PROTO", "HOST"))
    if protocol is not None and protocol.lower() not in ("http", "https"):
        raise messages.FORWARDED_FORM.error(header=header, found=protocol[:100])
    if host is not None and not _HOST(host):
        raise messages.FORWARDED_FORM.error(header=header, found=host[:100])
    return protocol and protocol.lower(), host


def _first(header: str | None) -> str | None:
    return header.partition(",")[0].strip() if header else None
