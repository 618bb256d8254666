"""Clients: a process with so many of them, each with a connection that stays open, asking one thing after the other."""

import http.client
import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

PATIENCE_SECONDS = 60


class Asking(NamedTuple):
    """What one client asks, over and over: each path with each body in turn, with the header that says who it is.

    What is asked once only (``again`` is False) begins with the first path and goes through all bodies of it.
    """

    who: tuple[str, str]
    method: str
    paths: tuple[str, ...]
    bodies: tuple[bytes, ...]
    status: int
    again: bool

    def requests(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and body of each request."""
        turns = itertools.product(self.paths, self.bodies)
        return itertools.cycle(turns) if self.again else turns


class Answered(NamedTuple):
    """So many requests in so many seconds; half were answered within ``p50`` seconds, 99 of 100 within ``p99``."""

    requests: int
    seconds: float
    p50: float
    p99: float


class UnexpectedAnswer(Exception):
    """The service has answered with another status than the bench asks for."""


Load = Callable[[str, Sequence[Asking], float], Answered]
"""Asks an address for so many seconds, in one thread for each of these; raises ``UnexpectedAnswer``."""


@contextmanager
def clients() -> Iterator[Load]:
    """Give what asks, in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield lambda address, asking, seconds: pool.submit(_ask, address, asking, seconds).result()


def _ask(address: str, asking: Sequence[Asking], seconds: float) -> Answered:
    with ThreadPoolExecutor(len(asking)) as pool:
        begun = time.perf_counter()
        took = list(itertools.chain(*pool.map(partial(_repeat, address, begun + seconds), asking)))
        lasted = time.perf_counter() - begun
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else took * 99
    return Answered(len(took), lasted, cuts[49], cuts[98])


def _repeat(address: str, end: float, asking: Asking) -> list[float]:
    """Return what each answer took, in seconds."""
    site = urlsplit(address)
    connection = http.client.HTTPConnection(site.hostname or "", site.port, timeout=PATIENCE_SECONDS)
    headers = dict([asking.who, ("Content-Type", "application/json")])
    took = []
    for path, body in asking.requests():
        begun = time.perf_counter()
        if begun >= end:
            break
        key = {"Idempotency-Key": str(uuid4())} if body else {}
        connection.request(asking.method, site.path + path, body or None, headers | key)
        answer = connection.getresponse()
        content = answer.read()
        took.append(time.perf_counter() - begun)
        if answer.status != asking.status:
            raise UnexpectedAnswer(f"{asking.method} {path}: {answer.status} {content[:500]!r}")
    connection.close()
    return took
