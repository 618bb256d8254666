"""Lanes: which threads answer a request, told from its head before anybody parses it."""

import re
from enum import Enum, auto

LONGEST_HEAD = 1 << 15
"""Bytes of a request's first line and headers."""

SHORT_BODY = 1 << 15
"""Bytes of a body that may still arrive, for a moment, before a thread is given to its request."""

END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
UNKNOWN_LENGTH = re.compile(rb"\r\n(transfer-encoding|expect):", re.IGNORECASE)
CHANGES = re.compile(rb"(?:GET|HEAD) ([^ ?]*)/v1/changes[ ?]")
PROBE = re.compile(rb"(?:GET|HEAD) ([^ ?]*)(/healthz|/readyz)[ ?]")
VAULT = re.compile(
    rb"[A-Z]+ [^ ?]*/(?:content|preview|upload|uploads/[^ ?]*|evidence|versions|papers|discard|files|describe"
    rb"|claims|annotations)[ ?]"
)
"""What sends, takes or checks a file, or reads of a text what somebody points at."""
PROVIDERS = re.compile(rb"[A-Z]+ [^ ?]*/(?:sign-in/with/[^ ?]*|sign-out|sign-out-everywhere)[ ?]")


class Lane(Enum):
    """Threads of one kind; no kind ever waits for another."""

    ALIVE = auto()
    """For ``/healthz``."""
    READY = auto()
    """For ``/readyz``, which asks the store and the vault."""
    PAGES = auto()
    """For requests that are all there."""
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
    changes = CHANGES.match(head)
    if changes is not None and changes[1] == path:
        return Lane.WAITS
    probe = PROBE.match(head)
    if probe is not None and probe[1] in (b"", path):
        return Lane.ALIVE if probe[2] == b"/healthz" else Lane.READY
    if VAULT.match(head):
        return Lane.VAULT
    return Lane.PROVIDERS if PROVIDERS.match(head) else Lane.PAGES
