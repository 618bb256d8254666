"""What facts of programs say to a lay reader: rows of the tables in ``sentences.py``."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from portfolio.domain.kernel import Fact
from portfolio.domain.program import facts as program
from portfolio.domain.program.rows import IN_WORDS
from portfolio.domain.sentences_of_deployment import because

MOST_NAMED = 3
"""Rows that a sentence names; of more it says how many there are."""


def rows_in_words(rows: frozenset[str]) -> str:
    """Return what rows of the permission table let a program do."""
    named = [f"“{IN_WORDS.get(row, row)}”" for row in sorted(rows, key=[*IN_WORDS, *sorted(rows)].index)]
    more = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "") or "nothing"


def _scoped(fact: program.ProgramScoped) -> str:
    more, less = fact.rows - fact.was, fact.was - fact.rows
    changes = [f"now also {rows_in_words(more)}"] * bool(more) + [f"no longer {rows_in_words(less)}"] * bool(less)
    return f"changed what the program may do: {'; '.join(changes)}{because(fact.reason)}"


OF_PROGRAMS: dict[type[Fact], Callable[[Any], str]] = {
    program.ProgramScoped: _scoped,
    program.ProgramKeyAdded: lambda fact: f"gave the program the key {fact.credential[:8]}",
    program.ProgramSecretAdded: lambda fact: f"gave the program the secret {fact.credential[:8]}",
    program.CredentialRevoked: lambda fact: (
        f"revoked the program's key or secret {fact.credential[:8]}{because(fact.reason)}"
    ),
    program.ProgramSuspended: lambda fact: f"suspended the program{because(fact.reason)}",
    program.ProgramReinstated: lambda fact: f"reinstated the program{because(fact.reason)}",
    program.ProgramEnded: lambda fact: f"ended the program for good{because(fact.reason)}",
}

NAMING_OWNERS: dict[type[Fact], Callable[[Any, Callable[[UUID], str]], str]] = {
    program.ProgramRegistered: lambda fact, name_of: (
        f"registered the program {fact.name} of {name_of(fact.owner)}, which may do: {rows_in_words(fact.rows)}"
    ),
    program.ProgramHandedOver: lambda fact, name_of: (
        f"gave the program, which was of {name_of(fact.was)}, to {name_of(fact.owner)}{because(fact.reason)}"
    ),
}
