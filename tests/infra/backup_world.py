"""Deployments to back up, on each store, and what backup and restore print."""

import contextlib
import hashlib
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.backup.manifest import Manifest
from infra.backup.restoring import restore
from infra.backup.taking import back_up
from infra.demo.story import mia, zofia
from infra.fsck.deployment import differences
from infra.main import Record, open_record
from infra.settings import Settings, store_at
from portfolio.application.ports import AppendConditions
from portfolio.domain.evidence.facts import FileSealed
from portfolio.domain.kernel import NOBODY, Fact, changed
from tests.journeys.service import serving
from tests.postgres import Databases


def quiet(*_: object) -> None:
    """Say nothing."""


@contextlib.contextmanager
def told(kind: str, folder: Path, databases: pytest.FixtureRequest) -> Iterator[Settings]:
    """A stopped deployment with sealed files, one of them discarded, on the store of this kind."""
    with contextlib.ExitStack() as stack:
        variables = {"PORTFOLIO_FOLDER": str(folder / "data")}
        if kind == "postgres":
            lent: Databases = databases.getfixturevalue("databases")
            variables |= {"PORTFOLIO_DATABASE_URL": stack.enter_context(lent.borrow()), "PORTFOLIO_SHARED_VAULT": "yes"}
        with serving(folder, variables.get("PORTFOLIO_DATABASE_URL")) as stage:
            for chapter in (
                zofia.hands_in,
                zofia.hands_in_again,
                mia.hands_in,
                zofia.is_to_be_observed,
                zofia.is_observed,
            ):
                chapter(stage)
        yield Settings.read(variables)


def copy_of(settings: Settings, to: Path, *, hard_links: bool = False) -> Manifest:
    with open_record(settings, read_only=True) as record:
        return back_up(record, to, quiet, quiet, hard_links=hard_links)


def elsewhere(settings: Settings, folder: Path, database: str = "") -> Settings:
    """The settings of the place to restore to: another folder, an empty database, the same keys."""
    return replace(settings, folder=folder, store=store_at(folder, database), shared_vault=bool(database))


def spoilable(settings: Settings, folder: Path) -> Settings:
    """Return the settings of a copy of a stopped deployment, keys and all."""
    shutil.copytree(settings.folder, folder / "data")
    shutil.copytree(settings.keys, folder / "keys")
    return replace(elsewhere(settings, folder / "data"), keys=folder / "keys")


def restored(settings: Settings, source: Path) -> list[str]:
    """Restore and return what fsck finds then."""
    restore(settings, source, quiet, quiet)
    with open_record(settings, read_only=True) as record:
        return list(differences(record))


def keep_file(record: Record, content: bytes) -> UUID:
    """Seal a text file and record that; return its id."""
    object_id, digest = uuid4(), hashlib.sha256(content).hexdigest()
    record.vault.offer(object_id, len(content), digest, NOBODY)
    record.vault.take(object_id, io.BytesIO(content), len(content))
    sealed = record.vault.seal(object_id, size=len(content), sha256=digest, media_type="text/plain")
    fact = FileSealed(
        version=1,
        object_id=object_id,
        sha256=sealed.sha256,
        size=sealed.size,
        bounds=sealed.bounds,
        screening="none",
        storage_version=sealed.storage_version,
        blocks=sealed.blocks,
    )
    record_fact(record, fact)
    return object_id


def record_fact(record: Record, fact: Fact) -> None:
    """Record what became of a file, as a record of its own."""
    last = record.journal.since(record.journal.head() - 1)[0]
    entry = changed(record.journal.read(last.originator_id)[-1], originator_id=uuid4(), originator_version=1, fact=fact)
    record.journal.append([entry], AppendConditions())
