"""The server as a WSGI application: for ``fhirserver serve``, and for any other WSGI server an operator prefers."""

from __future__ import annotations

import os
from threading import Thread
from wsgiref.types import WSGIApplication

from fhirserver import settings
from fhirserver.assembly import assemble, warm
from fhirserver.exchange import escalation
from fhirserver.interactions.asynchronous import Workers
from fhirserver.rest.app import create_app
from fhirserver.rest.observability import Metrics, access_log, observed
from fhirserver.rest.options import Options
from fhirserver.settings import Settings


def application(settings: Settings) -> WSGIApplication:
    """The whole server with these settings. Make it in the process that serves: connections do not survive a fork."""
    context = assemble(settings)
    Workers(context, settings.async_workers).start()
    escalation.start(context)
    # Beside the first requests, not before them: a worker that replaces another one serves at once.
    Thread(target=warm, args=(context,), name="warm", daemon=True).start()
    options = Options(
        max_body=settings.max_body,
        cors_origins=settings.cors_origins,
        language=settings.language,
        trust_forwarded=settings.trust_forwarded,
    )
    return observed(
        create_app(context, options).wsgi_app,
        now=context.wall,
        new_id=context.new_id,
        ping=context.store.ping,
        log=access_log(settings.log_format),
        metrics=Metrics(),
    )


def from_environment() -> WSGIApplication:
    """For other WSGI servers: ``gunicorn 'fhirserver.rest.wsgi:from_environment()'``."""
    return application(settings.read(os.environ))
