"""The stores made by earlier releases (``tests/golden/stores``): what lies there, and copies that may be opened."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args
from uuid import UUID

import msgspec
import psycopg

from portfolio.domain.deployment import CatalogueBegun
from portfolio.domain.kernel import Entry

STORES = Path(__file__).parent / "golden" / "stores"
SUMS = "SHA256SUMS"
CONTENTS = "contents.json"
DUMP = "record.sql"

Kind = Literal["sqlite", "postgres"]


class Contents(msgspec.Struct, frozen=True):
    """What one store holds: its administrator, the last position, its facts by tag, and its catalogue."""

    administrator: UUID
    head: int
    facts: dict[str, int]
    catalogue: int = 0


def contents_of(release: str, kind: Kind) -> Contents:
    """Return what was written down beside a store when it was made."""
    return msgspec.json.decode((STORES / release / CONTENTS).read_bytes(), type=dict[Kind, Contents])[kind]


def left_numbers() -> set[int]:
    """Return the numbers of the catalogue under which releases left a store."""
    releases = [path.name for path in STORES.iterdir() if path.is_dir()]
    return {contents_of(release, kind).catalogue for release in releases for kind in get_args(Kind)}


def counted(administrator: UUID, entries: Iterable[Entry]) -> Contents:
    """Return what a log holds."""
    counts, number = Counter[str](), 0
    for entry in entries:
        counts[entry.tag] += 1
        if isinstance(entry.fact, CatalogueBegun):
            number = entry.fact.number
    return Contents(administrator, counts.total(), dict(sorted(counts.items())), number)


def checksums(store: Path) -> str:
    """Return a line for each file below a store but the list itself, as ``sha256sum`` prints them."""
    files = sorted(path for path in store.rglob("*") if path.is_file() and path != store / SUMS)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(store).as_posix()}\n" for path in files
    )


def seal_of(store: Path) -> str:
    """Return the checksum of a store's list of checksums."""
    return hashlib.sha256((store / SUMS).read_bytes()).hexdigest()


def copy_store(release: str, kind: Kind, folder: Path, database: str | None = None) -> dict[str, str]:
    """Copy a store into an empty folder, load its dump into an empty ``database``, and return the settings to open it.

    The keys become private again: Git keeps no such rights.
    """
    settings = {"PORTFOLIO_FOLDER": str(folder / "data"), "PORTFOLIO_KEYS": str(folder / "keys")}
    shutil.copytree(STORES / release / kind, folder / "data")
    shutil.copytree(STORES / release / "keys" / kind, folder / "keys")
    for key in (folder / "keys").iterdir():
        key.chmod(0o600)
    if database is None:
        return settings
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute((folder / "data" / DUMP).read_bytes())
    return {**settings, "PORTFOLIO_DATABASE_URL": database, "PORTFOLIO_SHARED_VAULT": "yes"}
