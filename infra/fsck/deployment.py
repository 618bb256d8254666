"""A whole deployment: facts, index rows, views and files against each other. It may run beside a server."""

from collections.abc import Iterator
from contextlib import suppress

from infra.fsck import facts, files, views
from infra.fsck.chain import ChainCheck
from infra.fsck.files import Progress
from infra.identity.keys import KeyFolder
from infra.main import Record, doubt_of_clock, facts_from_the_future
from infra.overall import DeploymentUnreadable, deployment_of
from infra.store.chain import HeadUnreadable
from infra.store.codec import Tampered
from infra.store.journal import EventJournal
from portfolio.application.indexes import index_rows
from portfolio.application.ports import StorageBroken


def differences(record: Record, progress: Progress = lambda _done, _of: None) -> Iterator[str]:
    """Yield one sentence for each thing that is not as the facts have it."""
    try:
        outside = record.chain.outside.read()  # before the facts: the chain goes at least as far as was kept
    except HeadUnreadable as error:
        outside = None
        yield str(error)
    yield from facts.differences(record.journal, index_rows)
    chain = ChainCheck(record.journal, outside)
    agreed = True
    for difference in chain.differences():
        agreed = False
        yield difference
    try:
        yield from beyond_the_facts(record, chain, progress, agreed=agreed)
    except StorageBroken as broken:
        yield f"{str(broken).rstrip('.')}; nothing more can be checked"


def beyond_the_facts(record: Record, chain: ChainCheck, progress: Progress, *, agreed: bool) -> Iterator[str]:
    """Yield what is not as the facts have it; ``agreed`` tells whether the chain over them had nothing to say."""
    yield from from_the_future(record.journal)
    if chain.facts_differ and not views.none_there(record.settings.store):
        yield "the views are not compared: they may be right, and the facts are not what was recorded"
    elif not chain.facts_differ:
        yield from views.differences(record.settings.store, record.journal, chain.covered if agreed else 0)
    yield from files.differences(record.journal, record.vault, progress)
    with suppress(DeploymentUnreadable):  # the check of the facts names why
        if told := KeyFolder(record.settings.keys).not_in_record(deployment_of(record.journal)):
            yield told


def from_the_future(journal: EventJournal) -> Iterator[str]:
    """Yield which facts were recorded later than it is now, unless an operator has accepted that."""
    if told := facts_from_the_future(journal):
        try:
            accepted = not doubt_of_clock(journal)
        except Tampered:  # the check of the facts names it
            accepted = False
        if not accepted:
            yield told
