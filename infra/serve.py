"""The web server: gunicorn with many threads, in one process if facts lie in the folder, else in any number."""

import ctypes
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from infra.lock import folder_lock
from infra.logs import configure
from infra.main import AddressTaken, Running, build
from infra.metrics import forget, shared_figures
from infra.server.worker import LaneWorker
from infra.settings import Settings
from infra.vault.media import confinement

LOG = logging.getLogger("portfolio.serve")

GRACE_SECONDS = 30
BACKLOG = 512
M_ARENA_MAX = -8  # of malloc.h
HEAPS = 2


def listen(settings: Settings) -> socket.socket:
    """Return the open socket of the settings' host and port; raise ``AddressTaken``."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise AddressTaken(
            f"Cannot listen on {settings.host} port {settings.port} ({error.strerror or error}): "
            "stop what listens there, or choose another port in PORTFOLIO_PORT."
        ) from error
    listener.listen(BACKLOG)
    return listener


def allow_open_files() -> None:
    """Let the process open as many files as it may ask for: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def keep_few_heaps() -> None:
    """Have glibc give all threads two heaps instead of up to eight a processor; each keeps what it once needed.

    A web process of one hour's mixed load kept up to 32 MB free in fragments and went on rising; the interpreter's lock
    lets one thread allocate at a time, so that nobody waits for a heap. Another C library keeps its own ways.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, HEAPS)


class Quiet(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Passes on the web server's own faults as lines of our log, without what a request said (STYLE: no ids)."""

    def setup(self, cfg: Any) -> None:
        """Leave the process's log as it is."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log = logging.getLogger("portfolio.server")

    def critical(self, msg: str, *_: Any, **fields: Any) -> None:
        """Log the sentence without its particulars."""
        self.error_log.critical(msg, exc_info=fields.get("exc_info"))

    def error(self, msg: str, *_: Any, **fields: Any) -> None:
        """Log the sentence without its particulars."""
        self.error_log.error(msg, exc_info=fields.get("exc_info"))

    def exception(self, msg: str, *_: Any, **__: Any) -> None:
        """Log the sentence without its particulars, and where it went wrong."""
        self.error_log.error(msg, exc_info=True)

    def warning(self, *_: Any, **__: Any) -> None:
        """Say nothing: a warning quotes the caller's address."""

    info = debug = log = warning


class Master(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's master, for which Ctrl-C and a closed terminal are as gentle as SIGTERM."""

    def handle_int(self) -> None:
        """Stop when the requests under way are answered, as after SIGTERM."""
        self.handle_term()

    handle_hup = handle_int


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Serves a deployment on an open socket until it is told to stop. The caller holds the folder's lock."""

    def __init__(self, settings: Settings, figures: str | None, listener: int, ready: Callable[[], None]) -> None:
        self._settings = settings
        self._figures = figures
        self._listener = listener
        self._ready = ready
        self._running: Running | None = None
        self.path = settings.path
        super().__init__()

    def load_config(self) -> None:
        """Configure gunicorn; nothing is taken from its own files or variables."""
        options = {
            "bind": [f"fd://{self._listener}"],
            "worker_class": LaneWorker,
            "workers": self._settings.workers,
            "backlog": BACKLOG,
            "timeout": 120,
            "graceful_timeout": GRACE_SECONDS,
            "preload_app": False,
            "accesslog": None,
            "logger_class": Quiet,
            "control_socket_disable": True,
            "forwarded_allow_ips": "127.0.0.1,::1",
            "forwarder_headers": "",  # where our root is, nobody else says
            "proc_name": "portfolio",
            "when_ready": lambda _: self._ready(),
            "post_worker_init": lambda _: signal.signal(signal.SIGINT, signal.SIG_IGN),  # the master tells the worker
            "worker_exit": lambda _server, worker: self._leave(worker),
            "child_exit": lambda _server, worker: forget(worker.pid, self._figures),
        }
        for name, value in options.items():
            self.cfg.set(name, value)
        os.environ.pop("SCRIPT_NAME", None)  # which it would cut off what is asked

    def load(self) -> Callable[..., Any]:
        """Build the service inside the worker process: threads and connections do not survive a fork."""
        self._running = build(self._settings, self._figures)
        return self._running.wsgi

    def leave(self) -> None:
        """Let nobody wait any longer for something to happen."""
        if self._running is not None:
            self._running.leave()

    def _leave(self, worker: LaneWorker) -> None:
        """Close the deployment; without a master no thread is waited for, so that the folder is free at once."""
        if self._running is not None:
            self._running.close()
        if worker.ppid != os.getppid():
            os._exit(0)

    def run(self) -> None:
        """Serve; ends with ``SystemExit`` when told to stop."""
        Master(self).run()


def serve_until_stopped(settings: Settings, ready: Callable[[], None]) -> None:
    """Serve the deployment; call ``ready`` once the address answers, and end with ``SystemExit`` when told to stop.

    Raises ``FolderInUse``, ``AddressTaken``, ``KeyFault`` or ``CannotOpen`` before serving anything.
    """
    keep_few_heaps()
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # of a further machine, over a shared store
    with folder_lock(settings.folder):
        build(settings).close()  # what is wrong is said here, in the operator's own terminal
        listener = listen(settings)
        allow_open_files()
        configure(sys.stderr)
        if lacking := confinement().in_words():
            LOG.warning(lacking)
        with shared_figures(settings.workers) as figures:
            Server(settings, figures, listener.detach(), ready).run()
