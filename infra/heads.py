"""Heads: how far somebody has seen the log. Where the log no longer goes so far, facts are lost."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from infra.errors import OperatorError
from infra.store.journal import EventJournal
from infra.store.store import Store
from projections.machinery.database import Standing
from projections.machinery.runner import FactGone, since

REACTIONS = "reactions"
"""Under which name the views keep how far the reactions have come, in whichever process they run."""


class FactsLost(OperatorError):
    """The log is not the one that somebody was shown; the message says what ends where."""


class Head(NamedTuple):
    """How far somebody has seen the log, and the mark of the last fact, empty if none was kept."""

    who: str
    standing: Standing


def known_heads(store: Store) -> Iterable[Head]:
    """Return how far views and reactions have come."""
    return {
        Head("reactions" if follower == REACTIONS else "views", standing)
        for follower, standing in store.standings().items()
    }


def lost(journal: EventJournal, heads: Iterable[Head]) -> list[Head]:
    """Return the heads that are at no fact of the log, the furthest first."""
    return sorted((head for head in heads if _is_gone(journal, head.standing)), key=lambda head: head.standing)[::-1]


def _is_gone(journal: EventJournal, standing: Standing) -> bool:
    try:
        since(journal, standing, 0)
    except FactGone:
        return True
    return False


def in_words(heads: Sequence[Head], end: int) -> str:
    """Return what ends where, and what was shown to whom."""
    ahead = {head.who: head.standing.position for head in reversed(heads) if head.standing.position > end}
    if not ahead:
        first = heads[-1]
        return (
            f"Fact {first.standing.position} of the record is not the one that the {first.who} were shown: it was "
            "altered, or facts were lost and others have taken their positions"
        )
    shown = " and ".join(f"the {who} were shown facts up to {position}" for who, position in sorted(ahead.items()))
    return f"The record ends with fact {end}, but {shown}: the newest facts are lost"


HOW_ON = "Stop everything that writes, and put back the newest copy of the record with all files that belong to it."
"""What an operator does about it."""


def check_heads(journal: EventJournal, store: Store) -> None:
    """Raise ``FactsLost`` if the log does not go as far as it was shown to somebody."""
    if heads := lost(journal, known_heads(store)):
        raise FactsLost(f"{in_words(heads, journal.head())}. {HOW_ON}")
