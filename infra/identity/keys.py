"""The folder of secrets, apart from the data: files that are made once and that nobody but the service can read."""

import hmac
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.errors import OperatorError
from infra.synced import sync, sync_open


class KeyFault(OperatorError):
    """A secret is missing, another one, exists already or is in the hands of others; the message says what to do."""


class KeyMissing(KeyFault):
    """A secret of a deployment is not where it should be."""


INDEX_KEY, UPLOAD_KEY, TOKEN_KEY = "index-key", "upload-key", "token-key.pem"
KEYS = (INDEX_KEY, UPLOAD_KEY, TOKEN_KEY)
"""Every secret of a deployment, made once by ``portfolio init``."""

RANDOM_BYTES = 32
"""Length of those that are nothing but random bytes."""

BACKUP = "put it back from the backup of the keys; a new one would not fit what is recorded"


@dataclass(frozen=True)
class KeyFolder:
    """The secrets of one deployment, one file each."""

    path: Path

    def create(self, name: str, content: bytes) -> None:
        """Keep a new secret for ever; raise ``KeyFault`` rather than replace one."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=self.path, prefix=f"{name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as opened:
                os.fchmod(handle, 0o400)
                opened.write(content)
                opened.flush()
                sync_open(handle, self.path / name)
            os.link(part, self.path / name)  # whole or not at all, whenever we are interrupted
        except FileExistsError as error:
            raise KeyFault(f"{self.path / name} exists already: this deployment has its keys.") from error
        finally:
            Path(part).unlink()
        sync(self.path)

    def sync(self) -> None:
        """Sync every secret and the folder, also what an earlier call left unconfirmed."""
        for name in KEYS:
            sync(self.path / name)
        sync(self.path)

    def read(self, name: str) -> bytes:
        """Return a secret; raise ``KeyFault`` if it is missing, cut, or if its group or anybody else may touch it.

        Nor may others put another one in its place, or own it or its folder.
        """
        file = self.path / name
        try:
            with file.open("rb") as opened:
                secret, folder = os.fstat(opened.fileno()), self.path.stat()
                if secret.st_mode & 0o077:
                    raise KeyFault(f"Others may use the secret {file}: run chmod 400 on it.")
                if folder.st_mode & 0o022:
                    raise KeyFault(
                        f"Others may replace what is in the folder of secrets {self.path}: run chmod 700 on it."
                    )
                for path, stat in ((file, secret), (self.path, folder)):
                    if is_of_another(stat):
                        raise KeyFault(f"{path} belongs to another user: run chown on it, or run this as that user.")
                content = opened.read()
        except FileNotFoundError as error:
            raise KeyMissing(
                f"There is no {file}: set PORTFOLIO_KEYS to the folder with the keys of this deployment, or {BACKUP}."
            ) from error
        except OSError as error:
            raise KeyFault(f"The secret {file} cannot be read: {error.strerror}.") from error
        if not content:
            raise KeyFault(f"The secret {file} is empty: {BACKUP}.")
        if name != TOKEN_KEY and len(content) != RANDOM_BYTES:
            raise KeyFault(f"The secret {file} has {len(content)} bytes instead of {RANDOM_BYTES}: {BACKUP}.")
        return content

    def check_values(self) -> dict[str, str]:
        """Return by which value each secret is known again; it tells nothing about the secret. Raises ``KeyFault``."""
        return {name: hmac.digest(self.read(name), f"check of {name}".encode(), "sha256").hex() for name in KEYS}

    def require(self, recorded: Mapping[str, str]) -> None:
        """Raise ``KeyFault`` for a secret that is not the one with this check value."""
        for name, value in self.check_values().items():
            if not hmac.compare_digest(recorded.get(name, value), value):
                raise KeyFault(f"The secret {self.path / name} is not the one of this deployment: {BACKUP}.")


def is_of_another(stat: os.stat_result) -> bool:
    """Tell whether a file or folder belongs to neither us nor root; to root, everything is its own."""
    return os.geteuid() != 0 and stat.st_uid not in (0, os.geteuid())
