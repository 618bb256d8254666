"""Sending: one event to one address, in a bounded time, to where its name led when that was looked at and nowhere else.

The name is looked up once, each address that it leads to is judged, and the connection goes to one that passed: another
answer to the next look-up moves nothing. No redirect is followed, no proxy of the environment is asked, and nothing of
the answer is read but its head.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from threading import Timer
from urllib.parse import urlsplit

from infra.feed.networks import NAME, Network, may_be_sent_to

CONNECT_SECONDS = 5.0
LONGEST_SECONDS = 10.0
"""From the connection to the end of the answer's head."""

LATE = "It did not answer in time."

FAMILIES = {socket.AF_INET, socket.AF_INET6}

Resolve = Callable[[str, int], Sequence[str]]


class NotSent(Exception):
    """The event did not arrive, or nobody knows; the message says why, for an administrator."""


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses that a name leads to; raise ``NotSent``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent("Its name leads to no address.") from error
    return list(dict.fromkeys(str(place[0]) for family, _, _, _, place in found if family in FAMILIES))


class Connection(http.client.HTTPConnection):
    """A connection to an address that was judged, whatever the name leads to by now; the socket can be cut."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.default_port = 443 if context else 80
        self._address = address
        self._context = context
        self.late = False

    def connect(self) -> None:
        """Connect to the address, and insist on a certificate for the name."""
        self.sock = socket.create_connection((self._address, self.port), timeout=CONNECT_SECONDS)
        if self._context is not None:
            secured = self._context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = secured
            secured.do_handshake()
        self.sock.settimeout(LONGEST_SECONDS)

    def cut(self) -> None:
        """End whatever waits for the other side, which is late."""
        self.late = True
        with suppress(OSError, AttributeError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class Sender:
    """Sends to addresses on the public Internet by https, and by http as well into the ``listed`` networks."""

    def __init__(
        self,
        listed: Sequence[Network] = (),
        resolve: Resolve = resolved,
        trusted: ssl.SSLContext | None = None,
        longest: float = LONGEST_SECONDS,
    ) -> None:
        self._listed = listed
        self._resolve = resolve
        self._trusted = trusted
        self._longest = longest

    def why_not(self, address: str) -> str:
        """Return why nothing would be sent to an address, empty if something would; its name may lead nowhere yet."""
        with suppress(NotSent):
            host, port, plain = place_of(address)
            return "" if self._allowed(self._resolve(host, port), plain=plain) else why_not(plain=plain)
        return why_not(plain=True) if address.startswith("http:") and not self._listed else ""

    def send(self, address: str, headers: Mapping[str, str], content: bytes) -> None:
        """Post these bytes, once; raise ``NotSent`` unless the answer is one of success."""
        host, port, plain = place_of(address)
        allowed = self._allowed(self._resolve(host, port), plain=plain)
        if not allowed:
            raise NotSent(why_not(plain=plain))
        connection = Connection(host, port, allowed[0], None if plain else self._trusted or trusted_here())
        late = Timer(self._longest, connection.cut)
        late.daemon = True
        late.start()
        try:
            parts = urlsplit(address)
            target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            connection.request("POST", target, content, {"User-Agent": "portfolio", **headers})
            status = connection.getresponse().status
        except ssl.SSLCertVerificationError as error:
            raise NotSent("Its certificate is not one that can be trusted for this name.") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            slow = isinstance(error, TimeoutError) or connection.late
            raise NotSent(LATE if slow else "It could not be reached.") from error
        finally:
            late.cancel()
            connection.close()
        if connection.late:  # what was cut off looks like the end of the head
            raise NotSent(LATE)
        if not 200 <= status < 300:
            raise NotSent(f"It answered {status}.")

    def _allowed(self, addresses: Sequence[str], *, plain: bool) -> list[str]:
        return [each for each in addresses if may_be_sent_to(each, self._listed, plain=plain)]


@cache
def trusted_here() -> ssl.SSLContext:
    """Return which certificates this machine trusts."""
    return ssl.create_default_context()


def place_of(address: str) -> tuple[str, int, bool]:
    """Return host and port of an address, and whether it is plain http; raise ``NotSent`` if it is none."""
    try:
        parts = urlsplit(address)
        plain = parts.scheme != "https"
        port = parts.port or (80 if plain else 443)
    except ValueError as error:
        raise NotSent("It is no address.") from error
    return parts.hostname or "", port, plain


def why_not(*, plain: bool) -> str:
    """Return why nothing is sent to an address."""
    kind = "It is not https, or is in a private network" if plain else "It is in a private network"
    return f"{kind}: nothing is sent there unless an operator lists that network in {NAME}."
