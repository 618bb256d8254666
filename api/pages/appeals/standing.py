"""Standing: in plain words where an appeal stands, since when, who has it now, and what happens next."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from api.reads import Sight
from api.services import today
from api.trail import name_of
from portfolio.domain.appeal.panel import SMALLEST_PANEL
from portfolio.domain.appeal.state import Appeal, Status, where_it_stands
from portfolio.domain.calendar import london_day
from portfolio.domain.kernel import Recorded
from projections.appeals_queue import APPEALS

NOBODY_HAS_IT = "Nobody: it has come to its end."

WHO: dict[Status, str] = {
    "lodged": "An appeals officer who had no part in the matter.",
    "admitted": "An appeals officer who had no part in the matter.",
    "waits for a second look": (
        "Another appeals officer than the one who refused it, or a responsible officer, who had no part in the matter."
    ),
    "withdrawn": NOBODY_HAS_IT,
}

FOLLOWS: dict[Status, str] = {
    "lodged": (
        "It is admitted, or it is said why it is not heard. Whoever appealed can then ask once that somebody else "
        "looks again."
    ),
    "admitted": (
        f"A panel is named: at least {SMALLEST_PANEL} people who had no part in the matter, one of them independent of "
        "the assessment organisation. The officer is not one of them."
    ),
    "with panel": (
        "The panel reads what was on record when that was decided, answers each ground and gives its outcome, with "
        "reasons. More than half of its members must stand behind it."
    ),
    "waits for a second look": "It is admitted, or it is said why it is not heard. Both answers stay on record.",
    "withdrawn": "Nothing follows from it.",
}


class Standing(NamedTuple):
    """Where an appeal stands ``since`` when, so many ``days`` by now; who has it, and what ``follows``."""

    now: str
    since: datetime
    days: int
    who: str
    follows: str


def standing(sight: Sight[Appeal]) -> Standing:
    """Return where an appeal stands today."""
    appeal = sight.state
    at = since(sight.session.history(sight.stream))
    return Standing(
        now=f"The panel gave its outcome: {appeal.outcome}." if appeal.outcome else where_it_stands(appeal),
        since=at,
        days=(today() - london_day(at)).days,
        who=who_has(sight),
        follows=what_follows(appeal),
    )


def since(history: Sequence[Recorded]) -> datetime:
    """Return when an appeal came to stand where it does."""
    return next(entry.at for entry in reversed(history) if isinstance(entry.fact, APPEALS.facts))


def who_has(sight: Sight[Appeal]) -> str:
    """Return who has the appeal now."""
    appeal = sight.state
    if appeal.divided:
        return "An appeals officer, who names a further member, because the panel is divided."
    if appeal.status == "with panel":
        return "Its panel."
    if appeal.status == "decided":
        waits = "A responsible officer: something that was to follow from it could not."
        return waits if appeal.refused else NOBODY_HAS_IT
    if appeal.status == "not admitted":
        asks = f"{name_of(sight.session, appeal.appellant)}, who can ask once that somebody else looks again."
        return NOBODY_HAS_IT if appeal.second_look_asked else asks
    return WHO[appeal.status]


def what_follows(appeal: Appeal) -> str:
    """Return what happens next."""
    if appeal.status == "decided":
        if not appeal.upheld():
            return "Nothing follows from it: the appeal was dismissed."
        goes_on = (
            "The decision is set aside and a new attempt is opened. What of it was done, or could not be, is below."
        )
        return goes_on if appeal.pending else "Nothing more: what followed from it is below."
    if appeal.status == "not admitted":
        twice = "Both answers stay: the same grounds are not lodged again about the same items, others are."
        asked = "If nobody asks, it ends here."
        return twice if appeal.second_look_asked else asked
    return FOLLOWS[appeal.status]
