"""Rows: how a row of the permission table says who is let in."""

from portfolio.domain.kernel import Value
from portfolio.domain.vocabulary import Word


class Rule(Value):
    """Held words of which one is needed, and words that forbid."""

    any_of: frozenset[Word]
    none_of: frozenset[Word] = frozenset()


def any_of(*words: Word, none_of: tuple[Word, ...] = ()) -> Rule:
    """Return the row that lets in whoever holds one of these words and none of the others."""
    return Rule(any_of=frozenset(words), none_of=frozenset(none_of))
