"""A whole deployment mended: index rows, files, views, each from the facts."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

from infra.fsck.chain import ChainCheck
from infra.fsck.files import Progress, Stored, sealed_since, strays
from infra.fsck.views import differences as differences_of_views
from infra.fsck.views import none_there
from infra.main import Record, now
from infra.previews import forget
from infra.repair.index import mend_index
from infra.repair.strays import put_aside
from infra.store.codec import Tampered
from infra.store.refusals import ViewsDamaged
from infra.vault.sweeping import ABANDONED_SECONDS
from projections.machinery.database import ViewsDatabase
from projections.machinery.runner import Projector
from projections.views import VIEWS


def repair(record: Record, progress: Progress, contradiction: str | None = None) -> Iterator[str]:
    """Mend what fsck finds and the facts decide, and yield a sentence for each thing that was done or left.

    The caller holds the right to write. While the log says something else than is known of it outside the store
    (``contradiction``), files stay where they are: facts that name them may be lost.
    """
    yield from mend_index(record)
    yield from mend_files(record, contradiction)
    yield from mend_views(record, progress)


def mend_files(record: Record, contradiction: str | None) -> Iterator[str]:
    """Remove the bytes of discarded drafts and of refused and erased files, and put aside what no fact names."""
    vault = record.vault
    objects = list(vault.objects())  # before the facts: a file comes before its fact
    known: dict[UUID, Stored] = {}
    sealed_since(record.journal, 0, known)
    for object_id, stored in known.items():
        if stored.discarded and vault.digest(object_id) is not None:
            vault.discard(object_id)
            forget(record.settings, object_id)
            gone = vault.digest(object_id) is None
            what = "of a draft that was discarded or a file that was refused or erased"
            yield (
                f"Removed {vault.place(object_id)}, {what}."
                if gone
                else f"{vault.place(object_id)} is locked, {what}: the erasure role must go."
            )
    lost = list(strays(record.journal, vault, objects, known))
    if lost and contradiction:
        yield f"{len(lost)} files that no fact names stay where they are, because facts may be lost: {contradiction}"
        return
    before = now() - timedelta(seconds=ABANDONED_SECONDS)
    yield from (stray.sentence for stray in put_aside(record, lost, before))


def mend_views(record: Record, progress: Progress) -> Iterator[str]:
    """Make the views anew if they are missing, damaged or not what the facts make them."""
    store = record.settings.store
    found = "the views are not there" if store.lacks_views() else next(differences_of_views(store, record.journal), "")
    if not found:
        return
    if (fault := store.views_fault()) and not isinstance(fault, ViewsDamaged):
        yield f"The views stay as they are ({found.rstrip('.')}). {fault}"
        return
    if not none_there(store) and facts_differ(record):  # which cannot be asked of damaged views
        yield f"The views stay as they are, because facts were changed and they may show what was recorded: {found}."
        return
    try:
        store.renew_views(partial(fold_all, record, progress))
    except Tampered as error:
        yield f"The views stay as they are, because a fact that makes them cannot be read: {error}."
        return
    yield f"Made the views again from {record.journal.head()} facts ({found.rstrip('.')})."


def facts_differ(record: Record) -> bool:
    """Tell whether the chain over all facts says that some are not what was recorded, or that it cannot tell."""
    chain = ChainCheck(record.journal, record.chain.outside.read())
    list(chain.differences())
    return chain.facts_differ


def fold_all(record: Record, progress: Progress, views: ViewsDatabase) -> None:
    """Fold every view from the first fact."""
    Projector(record.journal, views, VIEWS).rebuild(progress=progress)
