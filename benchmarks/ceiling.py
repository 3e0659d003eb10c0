"""The ceiling: a Flask route that answers a constant, under the same Granian settings as `fhirserver serve`."""

from __future__ import annotations

import sys
from wsgiref.types import WSGIApplication

from flask import Flask, Response
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

#: About the size of the Patient that is read.
BODY = b'{"resourceType":"Patient","id":"constant","text":"' + b"x" * 1000 + b'"}'


def application() -> WSGIApplication:
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def constant() -> Response:
        return Response(BODY, content_type="application/fhir+json")

    return app.wsgi_app


def main(port: int, workers: int, threads: int) -> None:
    Server(
        "ceiling",
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.error,
    ).serve(target_loader=application, wrap_loader=False)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
