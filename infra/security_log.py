"""The security log: JSON lines in files of their own, one a day, machine and user, which go after so many days.

Each line is appended under the file's lock, so that any number of processes share it. What cannot be written is left
out and said in ``/readyz``: a full disk keeps nobody from working.
"""

import fcntl
import os
import re
import socket
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from infra.settings import Settings
from portfolio.application.ports import Clock, Journal

FOLDER = "security-log"

MOST_BYTES = 50_000_000
"""How long the file of a day becomes: who is refused a million times must not fill the disk."""

LONGEST_WORD = 200

HASH_DIGITS = 20

NAME = re.compile(r"(\d{4}-\d\d-\d\d)\.[\w-]+\.jsonl", re.ASCII)


def security_log_of(settings: Settings, journal: Journal, now: Clock) -> "JsonSecurityLog":
    """Return the security log of a deployment, as this machine keeps it."""
    return JsonSecurityLog(settings.folder, journal.keyed, now, settings.security_log_days)


class JsonSecurityLog:
    """Writes and reads the lines in a folder (``portfolio.application.security_log.SecurityLog``).

    ``keyed`` makes the keyed hash of an id, by which it is found again and nobody guesses it.
    """

    def __init__(self, folder: Path, keyed: Callable[[str, bytes], str], now: Clock, days: int) -> None:
        self._folder = folder / FOLDER
        self._keyed = keyed
        self._now = now
        self._days = days
        self._writer = re.sub(r"[^\w-]", "-", f"{socket.gethostname()}-{os.getuid()}", flags=re.ASCII)
        self._swept: date | None = None
        self._fault: str | None = None

    def write(self, event: str, person: UUID | None = None, *, source: str | None = None, **words: str | UUID) -> None:
        """See ``SecurityLog.write``."""
        at = self._now()
        line: dict[str, str] = {"at": at.isoformat(timespec="milliseconds"), "event": event}
        if person is not None:
            line["person"] = self.hashed(person)
        if source:
            line["source"] = self._hash(source.encode())
        for name, word in words.items():
            line[name] = self.hashed(word) if isinstance(word, UUID) else word[:LONGEST_WORD]
        try:
            self._append(at, msgspec.json.encode(line) + b"\n")
        except OSError as error:
            self._fault = f"The security log in {self._folder} cannot be written: {error.strerror}."

    def hashed(self, person: UUID) -> str:
        """Return by what somebody is known again in the lines."""
        return self._hash(person.bytes)

    def check(self) -> str | None:
        """Return why the last line is not in the log, in a sentence, None if it is."""
        return self._fault

    def lines(self, person: UUID | None = None) -> Iterator[str]:
        """Yield the lines of all machines that write here, day by day; only those that name one person or program."""
        wanted = "" if person is None else f':"{self.hashed(person)}"'
        for path in sorted(self._folder.glob("*.jsonl")):
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from (line.rstrip("\n") for line in file if wanted in line)

    def _hash(self, content: bytes) -> str:
        return self._keyed("security log", content)[:HASH_DIGITS]

    def _append(self, at: datetime, line: bytes) -> None:
        if self._swept != at.date():
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._sweep(at.date())
        path = self._folder / f"{at.date()}.{self._writer}.jsonl"
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)  # or another's line is seen half written, and taken for a torn one
            size = os.fstat(file).st_size
            if size >= MOST_BYTES:
                self._fault = f"The security log of today, {path}, is as long as it may be: nothing is added."
                return
            whole = not size or os.pread(file, 1, size - 1) == b"\n"
            os.write(file, line if whole else b"\n" + line)  # a line that the disk had no room for stands alone
        finally:
            os.close(file)
        self._fault = None

    def _sweep(self, today: date) -> None:
        """Remove the files of days that are over for longer than lines are kept."""
        for path in self._folder.iterdir():
            if (named := NAME.fullmatch(path.name)) and named[1] < str(today - timedelta(days=self._days)):
                path.unlink(missing_ok=True)
        self._swept = today
