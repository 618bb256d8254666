"""Changes: what happened that other systems are told of, filed under whose records it is, in the order of the log.

Each event is filed under everything, and under the enrolment, the appeal or the person, or under what everybody may
see. The lists say in which enrolments and appeals somebody who does not see everything has a part today, so that no
poller reads through what is nothing to them. Which of the events found are told, the records say.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, get_args
from uuid import UUID

from portfolio.application.changes import may_be_told
from portfolio.application.ports import FactUnreadable, Unread
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.deployment import DEPLOYMENT_ID
from portfolio.domain.event_types import Event, OfAppeal, OfEnrolment, OfPerson
from portfolio.domain.events import EVENTS, event_of
from portfolio.domain.kernel import NOBODY, Entry, Recorded, State, tag_of
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import Relation
from projections.appeal_list import APPEAL_LIST
from projections.audit_trail import Log, facts_at
from projections.enrolment_list import ENROLMENT_LIST, filed
from projections.machinery.database import Reads, Rows, View
from projections.machinery.listing import held

EVERYTHING, EVERYBODY = NOBODY, DEPLOYMENT_ID
"""Under these are filed every event, and those that whoever is registered may be told of."""
TOLD = {tag_of(fact): kind for fact, (kind, _) in EVENTS.items()}
RELATIONS = frozenset(get_args(Relation))

WINDOW = 50_000
"""Facts among which one question looks: whoever comes from far behind asks several."""
MOST_EXAMINED = 1_000
"""So many events are looked at for one answer, which may tell none of them."""


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """File each event under everything and under whose it is."""
    kind = TOLD.get(entry.tag)
    if kind is None or (issubclass(kind, OfEnrolment) and owner is None):
        return
    rows.add(EVERYTHING, entry.position, owner)
    for under in _filed_under(kind, entry.originator_id, owner):
        rows.add(under, entry.position, owner)


def _filed_under(kind: type[Event], stream: UUID, owner: UUID | None) -> list[UUID]:
    if owner is not None:
        return [owner, stream] if issubclass(kind, OfAppeal) else [owner]
    return [stream] if issubclass(kind, OfPerson) else [EVERYBODY]


CHANGES = View(
    "changes",
    1,
    {"filed": UUID, "position": int},
    {"enrolment_id": UUID},
    fold,
    tuple(EVENTS),
    only_added=True,
)

FOLLOWED = (CHANGES, ENROLMENT_LIST.view, APPEAL_LIST.view)
"""What an answer rests on: it goes as far as all of them have come."""

# One statement reads how far the views have come and what they show: nothing can come or go between the two.
QUESTION = f"""
SELECT p.position, c.position, c.enrolment_id
FROM (SELECT min(position) AS position FROM positions
      WHERE follower IN ({", ".join(f"'{view.table}'" for view in FOLLOWED)})) AS p
LEFT JOIN {CHANGES.table} AS c ON c.filed = :everything AND c.position > :after AND c.position <= :until
AND c.position <= p.position AND {{among}}
ORDER BY c.position LIMIT :limit
"""  # noqa: S608 - names only
ALL = "1 = 1"
THEIRS = f"""c.position IN (
    SELECT position FROM (
        SELECT o.position FROM {CHANGES.table} AS o
        WHERE o.filed IN (:everybody, :by) AND o.position > :after AND o.position <= :until
        UNION SELECT e.position FROM {ENROLMENT_LIST.view.table} AS f JOIN {CHANGES.table} AS e ON e.filed = f.item
        WHERE f.filed IN ({{enrolments}}) AND {held("f")} AND e.position > :after AND e.position <= :until
        UNION SELECT a.position FROM {APPEAL_LIST.view.table} AS g JOIN {CHANGES.table} AS a ON a.filed = g.item
        WHERE g.filed IN ({{appeals}}) AND {held("g")} AND a.position > :after AND a.position <= :until
    ) AS theirs ORDER BY position LIMIT :limit
)"""  # noqa: S608 - names only


class Changes(NamedTuple):
    """Events in the order of the log, the position up to which none is left out, and the facts that nobody can read."""

    events: Sequence[Event]
    reached: int
    unread: Sequence[Unread] = ()


def changes(
    reads: Reads,
    log: Log,
    session: ReadSession,
    by: UUID,
    today: date,
    *,
    after: int,
    limit: int,
) -> Changes:
    """Return up to ``limit`` events after a position of which somebody may be told now, and how far that goes."""
    among, asked = _among(session, by, today)
    events, unread, examined = list[Event](), list[Unread](), 0
    while True:
        until, most = after + WINDOW, min(limit, MOST_EXAMINED)
        rows = reads.query(
            QUESTION.format(among=among), everything=EVERYTHING, after=after, until=until, limit=most, **asked
        )
        shown = max(int(rows[0][0] or 0), after)
        owners = {int(position): owner for _, position, owner in rows if position is not None}
        for entry in facts_at(log, [*owners]):
            if isinstance(entry, Unread):
                unread.append(entry)
            elif event := _told(session, by, today, entry, owners[entry.position], unread):
                events.append(event)
                if len(events) == limit:
                    return Changes(events, entry.position, unread)
        examined += len(owners)
        after = max(owners) if len(owners) == most else min(until, shown)
        if after >= shown or examined >= MOST_EXAMINED:
            return Changes(events, after, unread)


def _told(
    session: ReadSession, by: UUID, today: date, entry: Recorded, owner: UUID | None, unread: list[Unread]
) -> Event | None:
    try:
        return event_of(entry, owner) if may_be_told(session, by, today, entry, owner) else None
    except FactUnreadable as fault:
        unread.extend(fault.unread)
        return None


def _among(session: ReadSession, by: UUID, today: date) -> tuple[str, dict[str, object]]:
    """Return the condition that finds what somebody may be told of, and a little more, with what it asks.

    It goes by what they are themselves, also where a program asks for them: what of it that is told, its rows say.
    """
    everywhere = session.held(by, NOBODY, State(), NOBODY, today)
    if permissions.SEES["enrolment"].any_of & everywhere:
        return ALL, {}
    person = session.state(PERSON, by)
    asked: dict[str, object] = {"everybody": EVERYBODY, "by": by, "today": today}
    among = {}
    for place, record in (("enrolments", "enrolment"), ("appeals", "appeal")):
        parts = sorted(person.keeps(permissions.SEES[record].any_of & RELATIONS))
        named = {f"{record}{number}": filed(part, by) for number, part in enumerate(parts)}
        among[place] = ", ".join(f":{name}" for name in named) or "''"
        asked |= named
    return THEIRS.format(**among), asked
