"""Lanes: which threads answer a request, told from its head before anybody parses it."""

import re
from enum import Enum, auto
from urllib.parse import unquote_to_bytes

from gunicorn.util import split_request_uri

LONGEST_HEAD = 1 << 15
"""Bytes of a request's first line and headers."""

SHORT_BODY = 1 << 15
"""Bytes of a body that may still arrive, for a moment, before a thread is given to its request."""

END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
UNKNOWN_LENGTH = re.compile(rb"\r\n(transfer-encoding|expect):", re.IGNORECASE)
WAITS = re.compile(rb"(.*)/(?:v1/changes|people/import/[^/]*(?:/invitations)?)", re.DOTALL)
"""What waits for something to happen, or for an import to come to its end."""
PROBE = re.compile(rb"(.*)(/healthz|/readyz)")
VAULT = re.compile(rb".*/(?:content|preview|upload|describe)", re.DOTALL)
"""What shows a file, or takes it to be all there."""
GIVEN = re.compile(rb".*/(?:uploads/.*|evidence|versions|papers|discard|files|claims|annotations)", re.DOTALL)
"""What sends a file, throws it away, or points at what a text says; to look at the same asks the record alone."""
PROVIDERS = re.compile(rb".*/(?:sign-in/with/.*|sign-out|sign-out-everywhere)", re.DOTALL)
LOOKS = {b"GET", b"HEAD"}


class Lane(Enum):
    """Threads of one kind; no kind ever waits for another."""

    ALIVE = auto()
    """For ``/healthz``."""
    READY = auto()
    """For ``/readyz``, which asks the store and the vault."""
    PAGES = auto()
    """For requests that are there whole and only read the record."""
    ACTS = auto()
    """For requests that are there whole and may record something: they wait for the disk."""
    BODIES = auto()
    """For requests of which the client is still sending the body."""
    VAULT = auto()
    """For requests that may wait for the vault, or for the check of a file."""
    PROVIDERS = auto()
    """For requests that may wait for who tells us who somebody is."""
    WAITS = auto()
    """For requests that may wait for something to happen."""
    FILES = auto()
    """For answers that are too long to be sent at once."""


class More(Enum):
    """What is missing until a lane can be chosen."""

    HEAD = auto()
    TOO_LONG = auto()
    """The head is longer than any that is read."""
    SHORT_BODY = auto()
    """A body that is probably on its way, and short."""


def lane_of(received: bytearray, path: bytes = b"") -> Lane | More:
    """Return who answers the request that begins so, or what else must arrive first.

    The service lies below ``path``; how it is can be asked at the root, too. Whoever answers in ``PAGES`` waits for
    nothing: what is missing of a body by then counts as never sent.
    """
    end = received.find(END, 0, LONGEST_HEAD)
    if end < 0:
        return More.HEAD if len(received) < LONGEST_HEAD else More.TOO_LONG
    head = bytes(received[: end + 2])
    if UNKNOWN_LENGTH.search(head):
        return Lane.BODIES
    length = LENGTH.search(head)
    missing = 0 if length is None else int(length[1]) - (len(received) - end - len(END))
    if missing > 0:
        return More.SHORT_BODY if missing <= SHORT_BODY else Lane.BODIES
    method, _, rest = head.partition(b"\r\n")[0].partition(b" ")
    return _lane_for(method, _path_in(rest.partition(b" ")[0]), path)


def _path_in(address: bytes) -> bytes:
    """Return the path that the application is asked, however it was written; empty if it will be asked nothing."""
    try:
        return unquote_to_bytes(split_request_uri(address.decode("latin-1")).path)
    except ValueError:
        return b""


def _lane_for(method: bytes, asked: bytes, path: bytes) -> Lane:
    waits = WAITS.fullmatch(asked)
    if waits is not None and waits[1] == path:
        return Lane.WAITS
    probe = PROBE.fullmatch(asked)
    if probe is not None and probe[1] in (b"", path) and method in LOOKS:
        return Lane.ALIVE if probe[2] == b"/healthz" else Lane.READY
    if VAULT.fullmatch(asked) or (method not in LOOKS and GIVEN.fullmatch(asked)):
        return Lane.VAULT
    if PROVIDERS.fullmatch(asked):
        return Lane.PROVIDERS
    return Lane.PAGES if method in LOOKS else Lane.ACTS
