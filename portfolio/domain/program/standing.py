"""Whether a program can do what it was given, and what stands in its way."""

from collections.abc import Mapping
from typing import Literal

from portfolio.domain.person import Person
from portfolio.domain.program.aggregate import Program

Standing = Literal["at work", "ended", "suspended", "owner suspended", "owner without a role", "without a key"]

IN_THE_WAY: Mapping[Standing, str] = {
    "ended": "It has ended for good.",
    "suspended": "It is suspended and can do nothing, until an administrator or a responsible officer reinstates it.",
    "owner suspended": (
        "Whoever owns it is suspended, so that it can do nothing: an administrator gives it to somebody who is at "
        "work, or ends it."
    ),
    "owner without a role": (
        "Whoever owns it holds no role any more, so that it can do next to nothing: an administrator gives it to "
        "somebody who is at work, or ends it."
    ),
    "without a key": "It cannot sign in: whoever owns it gives it a key or a secret on its page.",
}
"""What keeps a program from work, and the way out."""


def standing(program: Program, owner: Person) -> Standing:
    """Return what stands in the way of a program, the first to be mended; ``owner`` is the person for whom it acts."""
    if program.ended:
        return "ended"
    if program.suspended:
        return "suspended"
    if owner.suspended:
        return "owner suspended"
    if not owner.roles:
        return "owner without a role"
    return "at work" if program.credentials() else "without a key"
