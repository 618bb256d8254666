"""The previews of a deployment: where they are kept, how much room they take, and how they are made again."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from uuid import UUID

from infra.metrics import Metrics
from infra.settings import Settings
from infra.store.codec import Tampered
from infra.store.journal import EventJournal
from infra.vault.previews.folder import FolderPreviews
from infra.vault.previews.maker import SandboxMaker
from infra.vault.previews.office import take_away_left
from portfolio.application.erasing import is_there
from portfolio.application.originals import Originals, StoredFile
from portfolio.application.ports import Vault
from portfolio.application.preview_ports import PreviewStore
from portfolio.application.previews import Previews
from portfolio.application.recipes import (
    DOCUMENT,
    HIDDEN,
    PAGE,
    PICTURE,
    PLAYABLE,
    RECIPES,
    RECORDING,
    Making,
    base_of,
    kind_of,
    making_of,
)
from portfolio.domain.evidence.erasure import FileErased
from portfolio.domain.evidence.facts import DraftDiscarded, FileSealed
from portfolio.domain.kernel import Rejected, tag_of

FOLDER = "previews"
BATCH_SIZE = 1000
"""Facts read in one go."""
COUNTED_SECONDS = 300
"""How old a count of the previews may be that ``/metrics`` tells: to count them, all are listed."""
SWEEP_SECONDS = 3600

LOG = logging.getLogger("portfolio.sweeper")

Progress = Callable[[int, int], None]
"""Is told how many files of how many are done."""


def open_previews(settings: Settings) -> PreviewStore:
    """Return where previews lie: beside the vault, in the folder or in a bucket of their own."""
    if settings.vault is None:
        return FolderPreviews(place_of(settings), settings.reserve_mb * 1_000_000)
    from infra.vault.previews.bucket import BucketPreviews, previews_bucket  # their driver is an extra
    from infra.vault.s3_client import connect

    return BucketPreviews(connect(), previews_bucket(settings.vault.name), settings.vault.prefix)


def forget(settings: Settings, object_id: UUID) -> None:
    """Take away every preview of a file that is gone or put aside."""
    open_previews(settings).remove(f"{object_id}/")


def place_of(settings: Settings) -> Path:
    """Return the folder of the previews, where they lie in one."""
    return settings.folder / FOLDER


def previews_of(settings: Settings, vault: Vault, originals: Originals) -> Previews:
    """Return what finds and makes the previews of a deployment; close it in the end."""
    previews = Previews(open_previews(settings), SandboxMaker(), partial(originals.read, vault))
    previews.still_there = partial(is_there, vault)
    return previews


@contextmanager
def at_work(settings: Settings, vault: Vault, originals: Originals, metrics: Metrics) -> Iterator[Previews]:
    """Lend the previews of a deployment, counted in ``metrics``; in the end what is being made is given up."""
    stop = Event()
    with closing(previews_of(settings, vault, originals)) as previews:
        metrics.watch_previews(Counted(previews.store).ask)
        Thread(target=sweep, args=(previews.store, stop), name="sweeper of previews", daemon=True).start()
        try:
            yield previews
        finally:
            stop.set()


def sweep(store: PreviewStore, stop: Event) -> None:
    """Take away, every hour, what was left by whoever was killed while they made something."""
    while True:
        try:
            take_away_left()
            store.sweep()
        except Exception:
            LOG.exception("previews cannot be swept")
        if stop.wait(SWEEP_SECONDS):
            return


class Counted:
    """Counts previews, seldom."""

    def __init__(self, store: PreviewStore) -> None:
        self._store = store
        self._lock = Lock()
        self._counted: dict[str, int] = {}
        self._until = 0.0

    def ask(self, what: str) -> int:
        """Return how many there are (``number``), or how many ``bytes`` they have."""
        with self._lock:
            if monotonic() > self._until:
                sizes = [size for _, size in self._store.entries()]
                self._counted = {"number": len(sizes), "bytes": sum(sizes)}
                self._until = monotonic() + COUNTED_SECONDS
            return self._counted[what]


@dataclass
class Rebuilt:
    """What became of it: files whose previews were made, files of which that failed, previews that nobody needs.

    ``redacted`` were taken away as well: which places they leave out stands in the record, and whoever asks for one has
    it made again.
    """

    made: int = 0
    failed: int = 0
    removed: int = 0
    redacted: int = 0


def rebuild(journal: EventJournal, previews: Previews, progress: Progress) -> Rebuilt:
    """Make the previews of all sealed files again, and of long documents the pages that were there.

    What is of no file any more, or by a recipe of before, is taken away, and so is what is redacted. It may run beside
    a server, and be broken off.
    """
    done, files, pages = Rebuilt(), sealed_files(journal), dict[str, set[int]]()
    current = {f"{recipe.name}.{recipe.version}" for recipe in RECIPES}
    known = {base_of(file) for file, _ in files.values()}
    for key, _ in list(previews.store.entries()):
        *base, recipe, name = key.split("/")
        if base[-1].startswith(HIDDEN) and "/".join(base[:-1]) in known:
            previews.store.remove(key)
            done.redacted += not name.endswith(".none")
        elif "/".join(base) not in known or recipe not in current or name.endswith(".none"):
            previews.store.remove(key)
            done.removed += not name.endswith(".none")
        elif name.startswith("page."):
            pages.setdefault("/".join(base), set()).add(int(name.partition(".")[2]))
    for number, (file, media_type) in enumerate(files.values(), start=1):
        try:
            for making in makings(previews, file, media_type, pages.get(base_of(file), set())):
                previews.make(making, again=True)
            done.made += 1
        except Rejected:  # the file is missing or altered, which `fsck` says, or the storage is away
            done.failed += 1
        progress(number, len(files))
    previews.store.sweep()
    return done


def makings(previews: Previews, file: StoredFile, media_type: str, pages: set[int]) -> Iterator[Making]:
    """Yield what is to be made of a file, one after the other: what comes later may rest on what was made."""
    of = partial(making_of, file, media_type)
    match kind_of(media_type):
        case "picture":
            yield of(PICTURE)
        case "recording":
            yield of(RECORDING)
            if previews.plays(file) is False:
                yield of(PLAYABLE)
        case kind:
            if kind == "document" and previews.maker.lacks(DOCUMENT.name):
                return
            if kind == "document":
                yield of(DOCUMENT)
                if not previews.store.find(of(DOCUMENT).asked):
                    return
            yield from {making.key: making for page in sorted({1, *pages}) for making in [of(PAGE, page)]}.values()


def sealed_files(journal: EventJournal) -> dict[UUID, tuple[StoredFile, str]]:
    """Return every sealed file of evidence that is still there, with its type, by its id."""
    files: dict[UUID, tuple[StoredFile, str]] = {}
    position, topics = 0, (tag_of(FileSealed), tag_of(DraftDiscarded), tag_of(FileErased))
    while notes := journal.recorder.select_notifications(position + 1, BATCH_SIZE, topics=topics):
        for note in notes:
            position = note.id
            try:
                fact = journal.mapper.to_domain_event(note).fact
            except Tampered:
                continue  # `fsck` names it
            match fact:
                case FileSealed():
                    file = StoredFile(
                        object_id=fact.object_id,
                        sha256=fact.sha256,
                        size=fact.size,
                        storage_version=fact.storage_version,
                        blocks=fact.blocks,
                    )
                    files[fact.object_id] = (file, fact.bounds.media_type)
                case DraftDiscarded() | FileErased():
                    files.pop(fact.object_id, None)
    return files
