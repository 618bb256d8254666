"""The check values of keys: recorded with the deployment, or later for one that is older than they are (RECORD-2)."""

import logging
from collections.abc import Iterable

from infra.identity.keys import INDEX_KEY, KEYS, KeyFault, KeyFolder
from infra.store.journal import EventJournal
from portfolio.application.handler import CommandHandler
from portfolio.application.indexes import index_rows
from portfolio.domain.addresses import AddressRegistered
from portfolio.domain.appeal.facts import AppealLodged
from portfolio.domain.deployment import RecordKeyChecks
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, EndTakenBack, UlnCorrected
from portfolio.domain.kernel import Rejected, tag_of
from portfolio.domain.vocabulary import SYSTEM

LOG = logging.getLogger("portfolio.keys")

BATCH_SIZE = 1000
"""Facts read in one go."""

WITH_UNIQUE_KEYS = tuple(
    tag_of(kind) for kind in (ApprenticeEnrolled, EndTakenBack, UlnCorrected, AppealLodged, AddressRegistered)
)
"""The stored names of the facts that bring unique keys, which are stored as hashes under the index key."""


def record_key_checks(handler: CommandHandler, keys: KeyFolder, names: Iterable[str] = KEYS) -> bool:
    """Record the check values of keys that have none, and tell whether there were such; raise ``Rejected``."""
    before = handler.journal.head()
    return handler.execute(RecordKeyChecks(checks=keys.check_values(names)), SYSTEM).position > before


def complete_key_checks(handler: CommandHandler, journal: EventJournal, keys: KeyFolder, names: Iterable[str]) -> None:
    """Do so for a deployment that is older than they are; raise ``KeyFault`` if its index key is another one.

    What cannot be recorded now is recorded at the next start.
    """
    if not fits(journal):
        raise KeyFault(
            f"The secret {keys.path / INDEX_KEY} is not the one under which the numbers of learners are stored here: "
            "put the right one back from the backup of the keys."
        )
    try:
        if record_key_checks(handler, keys, names):
            LOG.warning("The keys are from before this release: from now on each is known again by a recorded value.")
    except Rejected as refusal:
        LOG.warning("By which values the keys are known again is recorded at the next start: %s", refusal)


def fits(journal: EventJournal) -> bool:
    """Tell whether unique keys were stored under the index key that the journal has, or there are none."""
    position = 0
    while notes := journal.recorder.select_notifications(position + 1, BATCH_SIZE, topics=WITH_UNIQUE_KEYS):
        for note in notes:
            entry = journal.mapper.to_domain_event(note)
            for row in index_rows(entry.fact):
                if row.unique and row.key and journal.holder(row) == entry.originator_id:
                    return True
        position = notes[-1].id
    with journal.store.snapshot() as snapshot:
        return not list(snapshot.select("SELECT 1 FROM unique_keys LIMIT 1"))
