"""What facts of programs say to a lay reader: rows of the tables in ``sentences.py``."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from portfolio.domain.kernel import Fact
from portfolio.domain.program import facts as program
from portfolio.domain.sentences_of_deployment import because


def rows_in_words(rows: frozenset[str]) -> str:
    """Return how many rows of the permission table these are."""
    return f"{len(rows) or 'no'} row{'' if len(rows) == 1 else 's'} of the permission table"


OF_PROGRAMS: dict[type[Fact], Callable[[Any], str]] = {
    program.ProgramScoped: lambda fact: (
        f"gave the program {rows_in_words(fact.rows)}, after {rows_in_words(fact.was)}{because(fact.reason)}"
    ),
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
        f"registered the program {fact.name} of {name_of(fact.owner)}, with {rows_in_words(fact.rows)}"
    ),
    program.ProgramHandedOver: lambda fact, name_of: (
        f"gave the program, which was of {name_of(fact.was)}, to {name_of(fact.owner)}{because(fact.reason)}"
    ),
}
