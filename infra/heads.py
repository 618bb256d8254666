"""Heads: how far somebody has seen the log. Where the log no longer goes so far, facts are lost (RECORD-3)."""

import logging
from collections.abc import Collection, Iterator, Mapping

from infra.errors import OperatorError
from infra.settings import Settings
from infra.store.chain import Chain, Outside
from infra.store.journal import EventJournal
from infra.store.store import Store
from portfolio.application.ports import FactUnreadable
from portfolio.domain.deployment import Deployment, Head, gone, known_of, loss_in_words, not_accepted
from projections.machinery.database import Standing

LOG = logging.getLogger("portfolio.heads")

REACTIONS = "reactions"
"""Under which name the views keep how far the reactions have come, in whichever process they run."""

KEYS = "the folder of the keys"
PUT_BACK = "Put back the newest copy of the record with all files that belong to it"
HOW_ON = f"{PUT_BACK}; if it cannot be had any more, go on without these facts: portfolio accept-loss --reason TEXT."
"""What an operator does about a loss."""
AS_IT_IS = (
    f"`portfolio fsck` says what was changed. {PUT_BACK}; if it cannot be had any more, go on with the record as it "
    "is: portfolio accept-loss --reason TEXT."
)
"""What an operator does about a fact in the place of the one that was seen."""


class FactsLost(OperatorError):
    """The log is not the one that somebody has seen; the message says what ends where."""


def known_heads(store: Store, chain: Chain) -> Collection[Head]:
    """Return how far the log was seen by those who follow it, by its chain, and by the keys."""
    return {*heads_of(store.standings()).values(), *_of_chain(chain)}


def heads_of(standings: Mapping[str, Standing]) -> dict[str, Head]:
    """Return how far the views and the reactions have seen the log, by the name under which they follow it."""
    return {
        follower: Head(
            who="the reactions" if follower == REACTIONS else "the views",
            position=standing.position,
            mark=standing.mark,
        )
        for follower, standing in standings.items()
    }


def _of_chain(chain: Chain) -> Iterator[Head]:
    """Yield where the chain ends and where the keys say so; a mark is kept where it is not the log's own value."""
    outside = chain.outside.read()
    for who, end in (("the chain", chain.end()), (KEYS, outside)):
        if end is not None:
            mark = "" if chain.value_at(end.position) == end.value else f"{end.position}:{end.value.hex()}"
            yield Head(who=who, position=end.position, mark=mark)


def remains(settings: Settings) -> str | None:
    """Return what tells that there was a record where no fact is, None if nothing does."""
    outside = Outside(settings.keys).read()
    heads = {head for head in heads_of(settings.store.standings()).values() if head.position}
    if outside is not None:
        heads.add(Head(who=KEYS, position=outside.position))
    vault = settings.folder / "vault"
    files = [] if heads else [path for path in vault.rglob("*") if path.is_file()]
    if not heads and not files:
        return None
    known = known_of(heads) if heads else f"{len(files)} files lie in {vault}"
    return f"There is no fact in the record, but {known}. {PUT_BACK}, or begin in another folder with other keys."


def loss(journal: EventJournal, deployment: Deployment, heads: Collection[Head], chain: Chain) -> str | None:
    """Return what the log does not hold although somebody has seen it, None if nothing, or its loss was accepted."""
    if not (lost := not_accepted(deployment, gone_from(journal, heads))):
        return None
    end, positions = journal.head(), {head.position for head in lost}
    changed = {position for position in positions if position <= end and chain.was_changed(position)}
    return f"{loss_in_words(lost, end, changed)}. {HOW_ON if max(positions) > end else AS_IT_IS}"


def gone_from(journal: EventJournal, heads: Collection[Head]) -> list[Head]:
    """Return the heads that are at no fact of the log."""
    standing = at_facts_to_read(journal, heads)
    return gone(standing, journal.head(), journal.marks([head.position for head in standing]))


def at_facts_to_read(journal: EventJournal, heads: Collection[Head]) -> list[Head]:
    """Return the heads but for those whose fact is there and cannot be read: it is set aside, and nothing is lost."""
    unread = unreadable_among(journal, heads)
    return [head for head in heads if head.position not in unread]


def unreadable_among(journal: EventJournal, heads: Collection[Head]) -> set[int]:
    """Return the positions of heads at which a fact is there that cannot be read."""
    try:
        journal.at_positions(sorted({head.position for head in heads}))
    except FactUnreadable as fault:
        return {each.position for each in fault.unread}
    return set()


def altered(journal: EventJournal, heads: Collection[Head]) -> str | None:
    """Return which facts nobody can read any more that somebody has seen, None if there are none."""
    unread = unreadable_among(journal, [head for head in heads if head.mark])
    return (
        " ".join(
            f"Fact {position} was altered after it was shown and cannot be read any more, so its record takes no "
            "commands: `portfolio fsck` says what is wrong with it, and it has to come back from a backup."
            for position in sorted(unread)
        )
        or None
    )


def settle_heads(journal: EventJournal, deployment: Deployment, store: Store, chain: Chain) -> None:
    """Raise ``FactsLost``, or let whoever had seen facts whose loss was accepted begin again, or follow the log."""
    heads = known_heads(store, chain)
    if told := loss(journal, deployment, heads, chain):
        raise FactsLost(told)
    if told := altered(journal, heads):
        LOG.warning(told)
    if accepted := gone_from(journal, heads):
        followers = [follower for follower, head in heads_of(store.standings()).items() if head in accepted]
        with store.open_views() as views:
            views.forget(followers)
        journal.store.chain.cut()
        chain.outside.write(chain.end())
