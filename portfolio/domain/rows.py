"""Rows: how a row of the permission table says who is let in, and the groups that many rows name."""

import re
from typing import Any

from portfolio.domain.kernel import Value, changed
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


WITHIN_ROWS = "within rows"
"""Stands among the words of a program's request beside the names of the rows it was given: it holds by no other one."""


class Rule(Value):
    """Held words of which one is needed, and words that forbid; the name of the row, which a program is given."""

    any_of: frozenset[Word]
    none_of: frozenset[Word] = frozenset()
    name: str = ""


def any_of(*words: Word, none_of: tuple[Word, ...] = ()) -> Rule:
    """Return the row that lets in whoever holds one of these words and none of the others."""
    return Rule(any_of=frozenset(words), none_of=frozenset(none_of))


def name_rows(kind: str, table: dict[Any, Rule]) -> None:
    """Give the rows of a table their names, such as ``do:offer-evidence`` and ``ask:audit-trail``."""
    table.update({key: changed(rule, name=f"{kind}:{name_of_row(key)}") for key, rule in table.items()})


def name_of_row(key: "type | str") -> str:
    """Return what a row is called: a command by its words, a question without its punctuation."""
    words = key if isinstance(key, str) else re.sub(r"(?<!^)(?=[A-Z])", "-", key.__name__).lower()
    return "-".join(re.findall("[a-z]+", words.replace("'", "")))
