"""ClamAV: a file is streamed to ``clamd``, and is clean only if that says so after all of it.

``clamd`` leaves out what passes its limits, and says "OK" of the rest unless ``AlertExceedsMax`` is set. It does not
tell how it is set up, so it is asked about files of a few kilobytes of which it is known what it must say.
"""

import io
import logging
import re
import socket
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import IO, BinaryIO, cast

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from portfolio.application.ports import Clock, MalwareFound, MalwareNotRuledOut, NotScanned, Scan, ScanTimedOut
from portfolio.domain.evidence.media import LARGEST_FILE

LOG = logging.getLogger("portfolio.scanner")

MOST_BYTES = (1 << 31) - 1
"""What ClamAV looks at of one file, however it is set up: of a larger one it sees nothing."""

CHUNK_BYTES = 1 << 17

ANSWER_SECONDS = 900
"""How long the answer about a file is waited for: longer than ``MaxScanTime`` in docs/operations.md."""

ASK_SECONDS = 5
"""How long any other answer is waited for."""

OLD_AFTER = timedelta(days=7)
"""Age of signatures for which nobody seems to fetch newer ones."""

DEEPER_THAN_ANY = 120
"""Files inside each other: ``MaxRecursion`` is at most 100."""

LIMIT = "Heuristics.Limits.Exceeded"
"""How the name of a finding begins that is none: something was left out."""

VERSION = re.compile(r"ClamAV [\w.+~-]{1,50}(?:/[0-9]{1,9}/([\w: ]{1,50}))?", re.ASCII)
NAME = re.compile(r"[!-~]{1,200}")


class Trouble(Exception):
    """Why the scanner's word cannot be had or relied on, as an operator reads it."""


class Feed:
    """A stream as the client reads it, in pieces of our size; knows what reading it raised."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._size = 0
        self.fault: Exception | None = None

    def read(self, _: int) -> bytes:
        """Return the next bytes; raise ``MalwareNotRuledOut`` before there are more than are looked at."""
        try:
            piece = self._stream.read(CHUNK_BYTES)
        except Exception as error:
            self.fault = error
            raise
        self._size += len(piece)
        if self._size > MOST_BYTES:
            raise MalwareNotRuledOut
        return piece


class Clamd:
    """The scanner that listens at ``address``: the path of a socket, or a machine and port."""

    def __init__(
        self, address: str, now: Clock, *, answer_seconds: int = ANSWER_SECONDS, ask_seconds: int = ASK_SECONDS
    ) -> None:
        self._address = address
        self._now = now
        self._answer_seconds = answer_seconds
        self._ask_seconds = ask_seconds

    def scan(self, stream: IO[bytes]) -> Scan:
        """See ``Scanner.scan``."""
        try:
            return self._scan(stream)
        except Trouble as trouble:
            LOG.warning("The malware scanner cannot be used: %s.", trouble)
            raise NotScanned from trouble

    def check(self) -> str | None:
        """See ``Scanner.check``."""
        try:
            version = self._version()
            self._require_alerts()
            self._require_room()
        except Trouble as trouble:
            return f"The malware scanner at {self._address} cannot be used, so files wait: {trouble}."
        return age(version, self._now())

    def _scan(self, stream: IO[bytes]) -> Scan:
        signatures = self._version()  # it may load newer ones meanwhile, but never older ones
        self._require_alerts()
        found = self._look_through(stream, self._answer_seconds)
        if found.startswith(f"{LIMIT}.MaxScanTime"):
            LOG.warning("The malware scanner did not get to the end of a file in its time: set MaxScanTime to more.")
            raise ScanTimedOut
        if found.startswith(LIMIT):
            self._require_room()
            raise MalwareNotRuledOut
        if found:
            raise MalwareFound(
                f"Malware was found in this file ({found}): have the device that it comes from checked, and upload a "
                "clean copy."
            )
        return Scan(signatures=signatures)

    def _version(self) -> str:
        """Return the version of scanner and signatures, as it says it."""
        with asking(), self._client(self._ask_seconds) as client:
            version = client.version()
        if not VERSION.fullmatch(version):
            raise Trouble("what answers there is not ClamAV")
        return version

    def _require_alerts(self) -> None:
        """Raise ``Trouble`` if it says "OK" of what it has not looked through."""
        if not self._look_through(io.BytesIO(too_deep()), self._ask_seconds).startswith(LIMIT):
            raise Trouble("it takes for clean what it has left out: set AlertExceedsMax to yes")

    def _require_room(self) -> None:
        """Raise ``Trouble`` if it does not take the largest file, or leaves out of another what is as large."""
        found = self._look_through(io.BytesIO(said_to_hold(LARGEST_FILE)), self._ask_seconds)
        if found.startswith(LIMIT):
            raise Trouble(
                f"it leaves out what is large: set {found.removeprefix(f'{LIMIT}.')} to {LARGEST_FILE} or more"
            )
        with asking(), self._connection() as connection:
            connection.sendall(b"nINSTREAM\n" + struct.pack("!L", LARGEST_FILE))  # of which it gets none
            connection.shutdown(socket.SHUT_WR)
            refusal = connection.recv(1000)
        if b"size limit" in refusal:
            raise Trouble(f"it takes no file as large as we do: set StreamMaxLength to {LARGEST_FILE} or more")

    def _look_through(self, stream: IO[bytes], seconds: int) -> str:
        """Return the name of what was found in a file, empty if it was looked through and nothing was."""
        feed = Feed(stream)
        with asking(feed), self._client(seconds) as client:
            answers = client.instream(cast(BinaryIO, feed))
        match answers.get("stream"):
            case ("OK", None):
                return ""
            case ("FOUND", str(name)) if NAME.fullmatch(name):
                return name
        raise Trouble("it gave no answer, or one that is none")

    @contextmanager
    def _client(self, seconds: int) -> Iterator[ClamdNetworkSocket]:
        """Lend a client, whose connection is closed in the end: it does not do so itself where nobody listens."""
        if self._address.startswith("/"):
            client: ClamdNetworkSocket = ClamdUnixSocket(self._address, seconds)
        else:
            host, _, port = self._address.rpartition(":")
            client = ClamdNetworkSocket(host, int(port), seconds)
        try:
            yield client
        finally:
            if hasattr(client, "clamd_socket"):
                client.clamd_socket.close()

    def _connection(self) -> socket.socket:
        if not self._address.startswith("/"):
            host, _, port = self._address.rpartition(":")
            return socket.create_connection((host, int(port)), self._ask_seconds)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(self._ask_seconds)
            connection.connect(self._address)
        except OSError:
            connection.close()
            raise
        return connection


@contextmanager
def asking(feed: Feed | None = None) -> Iterator[None]:
    """Raise ``Trouble`` where the scanner does not answer, or breaks off; what reading the file raised is passed on."""
    try:
        yield
    except (ClamdError, OSError, ValueError) as error:
        if feed is not None and feed.fault is error:
            raise
        raise Trouble(f"it does not answer, or breaks off ({type(error).__name__})") from error


def age(version: str, now: datetime) -> str | None:
    """Return a sentence about signatures that nobody renews, None if there is nothing to say."""
    made = cast("re.Match[str]", VERSION.fullmatch(version))[1]
    if made is None:
        return f"The malware scanner ({version}) has no signatures of ClamAV's own: let freshclam fetch them."
    try:
        day = datetime.strptime(made, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return f"The malware scanner does not say how old its signatures are ({version})."
    if now - day > OLD_AFTER:
        return f"The malware scanner's signatures are of {day:%Y-%m-%d}: find out why freshclam fetches no newer ones."
    return None


@cache
def too_deep() -> bytes:
    """Return a file inside a file inside a file, and so on, deeper than anybody looks."""
    content = b"."
    for _ in range(DEEPER_THAN_ANY):
        content = archive(content)
    return content


def archive(content: bytes) -> bytes:
    """Return a zip file with one file in it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        file.writestr(zipfile.ZipInfo("a"), content)
    return whole.getvalue()


@cache
def said_to_hold(size: int) -> bytes:
    """Return an archive of some bytes that says of itself to hold a file of this size."""
    entry = tarfile.TarInfo("a")
    entry.size = size
    return entry.tobuf(tarfile.USTAR_FORMAT) + bytes(10_240)
