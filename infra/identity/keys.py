"""The folder of secrets, apart from the data: files that are made once and that nobody but the service can read."""

import hmac
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from infra.errors import OperatorError, hindrance, way_out
from infra.synced import sync, sync_open
from portfolio.domain.deployment import Deployment, accepted_token_keys, token_key_name


class KeyFault(OperatorError):
    """A secret is missing, another one, exists already or is in the hands of others; the message says what to do."""


class KeyMissing(KeyFault):
    """A secret of a deployment is not where it should be."""


INDEX_KEY, UPLOAD_KEY, TOKEN_KEY = "index-key", "upload-key", token_key_name(1)
KEYS = (INDEX_KEY, UPLOAD_KEY, TOKEN_KEY)
"""Every secret of a deployment, made once by ``portfolio init``; ``rotate-key`` makes further keys of tokens."""

FOR_EVER = (INDEX_KEY, UPLOAD_KEY)
"""Those that no other can take the place of."""

LATER_TOKEN_KEY = re.compile(r"token-key-([1-9]\d{0,8})\.pem", re.ASCII)

RANDOM_BYTES = 32
"""Length of those that are nothing but random bytes."""

BACKUP = "put it back from the backup of the keys; a new one would not fit what is recorded"
OR_ANOTHER = (
    "put it back from the backup of the keys, or from the machine where it was made; if it cannot be had any more, "
    "end every token with `portfolio rotate-key --at-once --reason TEXT`"
)


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

    def sync(self, names: Iterable[str]) -> None:
        """Sync these secrets and the folder, also what an earlier call left unconfirmed."""
        for name in names:
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
                f"There is no {file}: set PORTFOLIO_KEYS to the folder with the keys of this deployment, "
                f"or {way_back(name)}."
            ) from error
        except OSError as error:
            seen = hindrance(file)
            way = f"{seen}: {way_out(seen, f'move it away, and {way_back(name)}')}" if seen else error.strerror
            raise KeyFault(f"The secret {file} cannot be read: {way}.") from error
        if not content:
            raise KeyFault(f"The secret {file} is empty: {way_back(name)}.")
        if name in FOR_EVER and len(content) != RANDOM_BYTES:
            raise KeyFault(f"The secret {file} has {len(content)} bytes instead of {RANDOM_BYTES}: {BACKUP}.")
        return content

    def check_values(self, names: Iterable[str] = KEYS) -> dict[str, str]:
        """Return by which value each secret is known again; it tells nothing about the secret. Raises ``KeyFault``."""
        return {name: hmac.digest(self.read(name), f"check of {name}".encode(), "sha256").hex() for name in names}

    def require(self, needed: Mapping[str, str]) -> None:
        """Raise ``KeyFault`` for a secret that is missing, or not the one with this check value, if it has one."""
        for name, value in self.check_values(needed).items():
            if not hmac.compare_digest(needed[name] or value, value):
                raise KeyFault(f"The secret {self.path / name} is not the one of this deployment: {way_back(name)}.")

    def token_keys_after(self, number: int) -> list[int]:
        """Return the numbers of the keys of tokens that lie here and are later ones."""
        found = (LATER_TOKEN_KEY.fullmatch(path.name) for path in self.path.glob("token-key-*.pem"))
        return sorted(each for match in found if match and (each := int(match[1])) > number)

    def not_in_record(self, deployment: Deployment) -> str | None:
        """Return a sentence that names a key of tokens which the record does not know, None if there is none."""
        if not (later := self.token_keys_after(deployment.token_key)):
            return None
        return (
            f"The record does not name {self.path / token_key_name(later[-1])}: its rotation was not finished, or the "
            f"record is older than it and accepts tokens of {token_key_name(deployment.token_key)}. Run `portfolio "
            "rotate-key`, with --at-once if that is not to be trusted any more."
        )


def needed(deployment: Deployment, now: datetime) -> dict[str, str]:
    """Return by which value each secret in use is known again, empty for one that has none recorded yet."""
    names = (*FOR_EVER, *map(token_key_name, accepted_token_keys(deployment, now)))
    return {name: deployment.checks.get(name, "") for name in names}


def lasting(keys: Mapping[str, str]) -> dict[str, str]:
    """Return of these the secrets that no other can take the place of."""
    return {name: keys.get(name, "") for name in FOR_EVER}


def way_back(name: str) -> str:
    """Return what to do about a secret that is missing, or not the right one."""
    return BACKUP if name in FOR_EVER else OR_ANOTHER


def is_of_another(stat: os.stat_result) -> bool:
    """Tell whether a file or folder belongs to neither us nor root; to root, everything is its own."""
    return os.geteuid() != 0 and stat.st_uid not in (0, os.geteuid())
