"""Programs as their pages show them."""

from typing import NamedTuple
from uuid import UUID

from flask import url_for

from api.reads import Sight
from api.trail import called, done_by, name_of
from portfolio.domain.kernel import Recorded
from portfolio.domain.person import PERSON
from portfolio.domain.program.aggregate import Program
from portfolio.domain.program.standing import Standing, standing
from portfolio.domain.sentences import sentence

TAGS: dict[Standing, tuple[str, str]] = {
    "at work": ("At work", "green"),
    "without a key": ("Waits for a key", "yellow"),
    "owner suspended": ("Look at this", "red"),
    "owner without a role": ("Look at this", "red"),
    "suspended": ("Suspended", "orange"),
    "ended": ("Ended", "grey"),
}
"""What a page calls how a program stands, and the colour behind it."""


class Shown(NamedTuple):
    """A program as pages show it."""

    id: UUID
    name: str
    owner: UUID
    whose: str
    stands: Standing
    last: Recorded
    told: str


def shown(sight: Sight[Program]) -> Shown:
    """Return a program with how it stands and what happened to it last."""
    program, last = sight.state, sight.session.history(sight.stream)[-1]
    stands = standing(program, sight.session.state(PERSON, program.owner))
    whose = name_of(sight.session, program.owner)
    return Shown(sight.stream, program.name, program.owner, whose, stands, last, told(sight, last))


def told(sight: Sight[Program], entry: Recorded) -> str:
    """Return who did what to a program."""
    return f"{done_by(sight.session, entry)} {sentence(entry.fact, called(sight.session, entry))}"


def trail_to(sight: Sight[Program]) -> list[tuple[str, str]]:
    """Return the pages that those of a program lie below."""
    return [
        ("Programs", url_for(".programs")),
        (sight.state.name, url_for(".program", program_id=sight.stream)),
    ]
