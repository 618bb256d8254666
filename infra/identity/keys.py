"""The folder of secrets, apart from the data: files that are made once and that nobody but the service can read."""

import os
from dataclasses import dataclass
from pathlib import Path

from infra.errors import OperatorError


class KeyFault(OperatorError):
    """A secret is missing, exists already or can be read by others; the message says what to do."""


@dataclass(frozen=True)
class KeyFolder:
    """The secrets of one deployment, one file each."""

    path: Path

    def create(self, name: str, content: bytes) -> None:
        """Keep a new secret for ever; raise ``KeyFault`` rather than replace one."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            file = os.open(self.path / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
        except FileExistsError as error:
            raise KeyFault(f"{self.path / name} exists already: this deployment has its keys.") from error
        with os.fdopen(file, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())

    def read(self, name: str) -> bytes:
        """Return a secret; raise ``KeyFault`` if it is missing or if its group or anybody else may touch it."""
        file = self.path / name
        try:
            with file.open("rb") as opened:
                if os.fstat(opened.fileno()).st_mode & 0o077:
                    raise KeyFault(f"Others may use the secret {file}: run chmod 400 on it.")
                return opened.read()
        except FileNotFoundError as error:
            raise KeyFault(f"There is no {file}: run `portfolio init` first, or set PORTFOLIO_KEYS.") from error
        except OSError as error:
            raise KeyFault(f"The secret {file} cannot be read: {error.strerror}.") from error
