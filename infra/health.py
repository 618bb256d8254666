"""What ``/readyz`` says: whether the service can do its work, and what else is worth knowing."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

from infra.checking import CheckPool
from infra.errors import OperatorError
from infra.heads import altered, heads_of, loss
from infra.identity.keys import KeyFolder, needed
from portfolio.application.ports import Clock, NewerRelease
from portfolio.domain.deployment import Deployment, moment_in_words
from projections.files_waiting import how_many_wait, waiting_since
from projections.machinery.database import ViewsDatabase
from projections.machinery.runner import Projector

if TYPE_CHECKING:
    from infra.main import Record

MAX_LAG = 10_000
"""Facts the views may be behind before ``/readyz`` says so."""

LONG_WAIT = timedelta(minutes=5)
"""How long a file may wait to be checked before ``/readyz`` says so."""


def checks(
    record: "Record",
    deployment: Callable[[], Deployment],
    projector: Projector,
    views: ViewsDatabase,
    threads: Sequence[Thread],
    now: Clock,
) -> dict[str, Callable[[], str | None]]:
    """Return what ``/readyz`` asks, in this order: each check answers None when fine, else what is wrong."""
    head = 0

    def store() -> str | None:
        nonlocal head
        if told := record.journal.store.fault():
            return told
        try:
            head = record.journal.head()
        except record.settings.store.read_errors as error:
            return f"The facts cannot be read: {str(error).rstrip('.')}."
        return None

    def keys() -> str | None:
        try:
            KeyFolder(record.settings.keys).require(needed(deployment(), now()))
        except OperatorError as fault:
            return str(fault)
        except record.settings.store.read_errors:  # the check of the store names them
            return None
        return None

    def heads() -> str | None:
        try:
            return loss(record.journal, deployment(), heads_of(views.standings()).values(), record.chain)
        except (*record.settings.store.read_errors, *record.settings.store.view_errors):  # other checks name them
            return None

    def shown() -> str | None:
        if dead := [thread.name for thread in threads if not thread.is_alive()]:
            return f"Not running: {', '.join(dead)}."
        if told := views.fault():
            return told
        lag = head - projector.position  # asked a moment ago; a record that is silent is waited for only once
        return f"The views are {lag} facts behind." if lag > MAX_LAG else None

    def release() -> str | None:
        try:
            record.journal.require_not_outgrown()
        except NewerRelease as refusal:
            return str(refusal)
        return None

    def followers() -> str | None:
        return "; ".join(failure.in_words() for failure in projector.trouble.failures()) or None

    def clock() -> str | None:
        try:
            return record.journal.clock.fault() if record.journal.clock else None
        except record.settings.store.read_errors:  # the check of the store names them
            return None

    return {
        "release": release,
        "store": store,
        "clock": clock,
        "keys": keys,
        "heads": heads,
        "vault": record.vault.check,
        "views": shown,
        "followers": followers,
        "chain": record.chain.contradicted,
    }


def set_aside(record: "Record", projector: Projector, views: ViewsDatabase) -> str | None:
    """Return a sentence that names the facts which views lack, or cannot be read any more; None if there are none."""
    named = ", ".join(fact.in_words() for fact in projector.aside)
    lacking = f"Not read and set aside: {named}. `portfolio fsck` says why." if named else None
    try:
        unread = altered(record.journal, heads_of(views.standings()).values())
    except (*record.settings.store.read_errors, *record.settings.store.view_errors):  # the checks name them
        unread = None
    return " ".join(filter(None, (lacking, unread))) or None


def catching_up(projector: Projector) -> str | None:
    """Return a sentence that names the views which are behind the others, None if none is."""
    behind = ", ".join(f"{name} is at {position}" for name, position in sorted(projector.behind().items()))
    return f"Catching up with the others at {projector.position}: {behind}." if behind else None


def unchecked(pool: CheckPool, views: Projector, now: Clock) -> str | None:
    """Return a sentence about files that have waited long to be checked, or cannot be; None if there are none."""
    failing, since = pool.failing(), waiting_since(views)
    if since is None or (not failing and now() - since < LONG_WAIT):
        return None
    waits = f"Files that wait to be checked: {how_many_wait(views)}, the first since {moment_in_words(since)}."
    return " ".join([waits, *sorted(set(failing.values()))])
