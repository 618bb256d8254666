"""Operations: what whoever runs the deployment is told of it, each thing in a sentence that says how it stands."""

from datetime import datetime
from typing import Literal

from portfolio.domain.kernel import Value

Standing = Literal["good", "look", "do"]
"""Whether a thing is as it should be, should be looked at, or needs something to be done."""


class Line(Value):
    """One thing: what it is, what is said of it, how it stands, and when that was found out if not just now."""

    what: str
    says: str
    standing: Standing = "good"
    at: datetime | None = None


class Part(Value):
    """Things that belong together."""

    heading: str
    lines: tuple[Line, ...]


Operations = tuple[Part, ...]
"""All of them, in the order they are read in."""
