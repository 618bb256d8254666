"""The moment: which point in time a case is shown at, told by a day, a time or a click."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from marshmallow import fields

from api.errors import FieldsNotValid
from api.fields import KnownAt
from api.pages.common import asked
from api.reads import position_of
from api.services import services
from portfolio.application.replay import Chronology
from portfolio.domain.calendar import LONDON, day_in_words

END_OF_DAY = time(23, 59)
WHOLE_MINUTE = timedelta(seconds=59, microseconds=999_999)


@dataclass(frozen=True)
class Moment:
    """What is shown is what was on record by ``position``, which is the decision's moment unless it is ``moved``."""

    position: int
    at: datetime
    before: bool
    after: bool

    @property
    def moved(self) -> bool:
        """Tell whether another moment is shown than that of the decision."""
        return self.before or self.after

    @property
    def asks(self) -> dict[str, Any]:
        """Return what an address asks that shows something else as of this moment."""
        return {"known_at": self.position} if self.moved else {}

    @property
    def day(self) -> str:
        """Return its day in London as a field of a form has it."""
        return self.at.astimezone(LONDON).date().isoformat()

    @property
    def time(self) -> str:
        """Return its time in London as a field of a form has it."""
        return f"{self.at.astimezone(LONDON):%H:%M}"

    @property
    def in_words(self) -> str:
        """Return the moment for a title, and for the head of printed sheets."""
        then = self.at.astimezone(LONDON)
        return f"{day_in_words(then.date())} at {then:%H:%M}"


def point_asked() -> tuple[int | None, datetime | None]:
    """Return the position that is asked for, and the time where one is; nothing of either for the decision's."""
    day = asked("day", fields.Date())
    if day is None:
        known_at: datetime | int | None = asked("known_at", KnownAt())
        return position_of(known_at), known_at if isinstance(known_at, datetime) else None
    shown = asked("time", fields.Time("%H:%M"))
    now = services().now()
    begins = datetime.combine(day, shown or END_OF_DAY, LONDON)
    if (day > now.astimezone(LONDON).date()) or (shown and begins > now):
        raise FieldsNotValid("Day: this moment has not come yet.")
    then = min(begins + WHOLE_MINUTE, now)
    return services().journal.position_at(then), min(begins, now)


def moment_of(replay: Chronology, point: int | None, at: datetime | None) -> Moment:
    """Return the moment at which the replay is shown."""
    decided = replay.decision
    reached = {entry.position for entry in replay.on_record}
    before = point is not None and point < decided.position
    after = point is not None and any(entry.position in reached for entry in replay.later)
    if point is None or not (before or after):
        return Moment(decided.position, decided.at, before=False, after=False)
    known = (*replay.before, *replay.later)
    last = max((entry.at for entry in known if entry.position <= point), default=decided.at)
    return Moment(point, at or last, before=before, after=after)
