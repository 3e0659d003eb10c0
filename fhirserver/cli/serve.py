"""``fhirserver serve``: the server under Granian, several processes that answer on one port."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fhirserver import cli
from fhirserver.assembly import open_clock, open_database, open_packs, settle
from fhirserver.cli.messages import NOWHERE_TO_LISTEN, PORT_TAKEN, STARTED
from fhirserver.settings import ROWS, Settings, without_password

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

#: Seconds to wait for a port: a server that was killed a moment ago still holds it until its processes notice.
_PORT_PATIENCE = 3.0
#: How often, in seconds, a worker looks whether the process that started it is still there.
_ORPHAN_WATCH = 0.25
_COUNTERS = "fhirserver-metrics-"


def arguments(parser: ArgumentParser) -> None:
    parser.description = "Start the server. Ctrl-C or SIGTERM stops it when the requests in flight are answered."
    cli.settings_options(parser, list(ROWS))


def run(chosen: Namespace) -> int:
    settings = cli.settings_of(chosen)
    if settings.secret is None:
        settings = replace(settings, secret=secrets.token_urlsafe(32))
    _wait_for_port(settings)
    _prepare(settings)
    counters = _folder_of_counters()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counters  # read by prometheus_client when it is imported
    database = without_password(settings.database_url)
    print(STARTED.text(cli.language(), {"base": settings.base, "database": database}), flush=True)
    try:
        return _serve(settings)
    finally:
        shutil.rmtree(counters, ignore_errors=True)


def _prepare(settings: Settings) -> None:
    """Say what is wrong with rule packs, database or clock before any worker starts; make a new database's tables."""
    open_packs(settings)
    store = open_database(settings)
    try:
        open_clock(settings, store)
    finally:
        store.close()


def _folder_of_counters() -> str:
    """A folder of this server's for the counters its workers share; what killed servers have left behind goes.

    The name says whose it is. A process that only has the same number now keeps the folder until it is gone as well.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_COUNTERS}*"):
        owner = left.name.removeprefix(_COUNTERS).partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{_COUNTERS}{os.getpid()}-")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def _wait_for_port(settings: Settings) -> None:
    """Raise FhirError when the address cannot be listened on.

    The workers share the port by SO_REUSEPORT, with which a second server would start without complaint.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    last = time.monotonic() + _PORT_PATIENCE
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, settings.port))
                return
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    reason = error.strerror or str(error)
                    raise NOWHERE_TO_LISTEN.error(host=settings.host, port=settings.port, reason=reason) from error
                if time.monotonic() > last:
                    raise PORT_TAKEN.error(host=settings.host, port=settings.port) from error
        time.sleep(0.1)


def _serve(settings: Settings) -> int:
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    import fhirserver.rest.wsgi  # noqa: F401 - imported once here, shared by the forked workers

    server = Server(
        "fhirserver",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.processes,
        blocking_threads=settings.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=settings.shutdown_timeout,
        log_level=LogLevels.error,
        log_dictconfig=_LOGGING,
    )
    server.serve(target_loader=partial(_worker, settings, os.getpid()), wrap_loader=False)
    return cli.DONE


#: Granian's own lines (a worker that died, say), beside the access log.
_LOGGING = {
    "formatters": {"plain": {"format": "fhirserver: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
}


def _worker(settings: Settings, parent: int) -> WSGIApplication:
    """The application of one worker process."""
    from fhirserver.rest.wsgi import application

    # Until Granian has set its own, the handlers are those of the parent, which do nothing here: signals would be lost.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent, settings.shutdown_timeout), daemon=True).start()
    made = application(settings)
    settle()
    return made


def _end_with(parent: int, patience: float) -> None:
    """Stop this worker, requests in flight answered, when the process that started it is gone (killed, say)."""
    main = threading.main_thread().ident
    assert main is not None
    while os.getppid() == parent:
        time.sleep(_ORPHAN_WATCH)
    # To the main thread: were the signal taken by this one, the other would sleep on and never handle it. Only once:
    # a third signal would have Granian wait for itself.
    signal.pthread_kill(main, signal.SIGTERM)
    time.sleep(patience)
    os.kill(os.getpid(), signal.SIGKILL)
