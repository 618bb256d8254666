"""Rows: how a row of the permission table says who is let in, and the groups that many rows name."""

from portfolio.domain.kernel import Value
from portfolio.domain.vocabulary import (
    ADMINISTRATOR,
    APPEALS_OFFICER,
    ASSIGNED_ASSESSOR,
    ASSIGNED_COACH,
    ASSIGNED_EMPLOYER,
    ASSIGNED_QUALITY_ASSURER,
    LEAD_ASSESSOR,
    PANEL_MEMBER_HERE,
    RESPONSIBLE_OFFICER,
    RESULTS_OFFICER,
    THE_APPRENTICE,
    Word,
)

OFFICE: tuple[Word, ...] = (ADMINISTRATOR, RESPONSIBLE_OFFICER, RESULTS_OFFICER, LEAD_ASSESSOR)
AROUND_THE_APPRENTICE: tuple[Word, ...] = (
    THE_APPRENTICE,
    ASSIGNED_COACH,
    ASSIGNED_EMPLOYER,
    ASSIGNED_ASSESSOR,
    ASSIGNED_QUALITY_ASSURER,
)
HEARS_AN_APPEAL: tuple[Word, ...] = (APPEALS_OFFICER, PANEL_MEMBER_HERE)


class Rule(Value):
    """Held words of which one is needed, and words that forbid."""

    any_of: frozenset[Word]
    none_of: frozenset[Word] = frozenset()


def any_of(*words: Word, none_of: tuple[Word, ...] = ()) -> Rule:
    """Return the row that lets in whoever holds one of these words and none of the others."""
    return Rule(any_of=frozenset(words), none_of=frozenset(none_of))
