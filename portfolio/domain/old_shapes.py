"""Old shapes: how a fact that an earlier release stored becomes the fact of today. Stored bytes are never rewritten.

``docs/facts.md`` says when a fact's shape may change and how.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
"""A stored fact as its JSON says it."""


@dataclass(frozen=True)
class OldShape:
    """The shape a fact had up to a number of the catalogue, and how it is read.

    ``today`` takes the stored body and the id of who recorded it, and returns the body as it would be stored now.
    """

    until: int
    today: Callable[[Body, str], Body]


def officer_who_recorded(body: Body, by: str) -> Body:
    """Name the officer, whom release 0.1.0 left to be read from who recorded the fact."""
    return {"officer": by, **body}


OLD_SHAPES: dict[str, OldShape] = {
    "appeal.admitted": OldShape(0, officer_who_recorded),
    "appeal.not-admitted": OldShape(0, officer_who_recorded),
    "appeal.panel-convened": OldShape(0, officer_who_recorded),
}
"""By the stored name of a fact. A shape that changed twice has one function that reads both."""
