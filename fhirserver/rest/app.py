"""The Flask application: a shell around the door, so that pages of other rooms can be hung beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from fhirserver.interactions.context import Context
from fhirserver.rest.door import Door
from fhirserver.rest.fast import ShortWays
from fhirserver.rest.options import Options


class _Verbatim(Response):
    """A response that is final: Werkzeug would give a 204 a Content-Type and take Last-Modified from a 304."""

    default_mimetype = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        return [self.get_data()]


def create_app(context: Context, options: Options | None = None) -> Flask:
    """The WSGI application of a server; ``create_app(context).wsgi_app`` is what the HTTP server calls."""
    options = options or Options()
    door = Door(context, options)
    app = Flask(__name__, static_folder=None)

    def answer(**_: Any) -> Response:
        status, headers, body = door.answer(request.environ)
        return _Verbatim([body], status, headers)

    # Every path and every method: the route table decides. Slashes and case are the sender's.
    app.url_map.merge_slashes = False
    for rule in ("/", "/<path:path>"):
        app.url_map.add(Rule(rule, endpoint="fhir", methods=None, merge_slashes=False))
    app.view_functions["fhir"] = answer

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        """What Werkzeug refuses before the door is reached (a malformed Host, say) is answered there all the same."""
        return answer()

    app.wsgi_app = ShortWays(door, app.wsgi_app)  # type: ignore[method-assign]
    return app
