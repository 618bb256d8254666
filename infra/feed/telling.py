"""What a webhook is told: events, or notices, as those in whose name it is sent may be told them now."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import NamedTuple, get_args
from uuid import UUID

import msgspec

from portfolio.application.changes import may_be_told
from portfolio.application.notices import NoticeTold, told_as
from portfolio.application.ports import FactUnreadable
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_moments
from portfolio.domain.event_types import Event
from portfolio.domain.events import event_of, type_of
from portfolio.domain.kernel import NOBODY, State, Value
from portfolio.domain.vocabulary import Role
from portfolio.domain.webhooks import NOTICE, Webhook
from projections.audit_trail import Log, facts_at
from projections.changes import FOLLOWED, changes
from projections.machinery.database import ViewsDatabase
from projections.machinery.owner import OWNER
from projections.notices import NOTICES, ToTell, notices_to

TABLES = (*(view.table for view in FOLLOWED), NOTICES.table)
"""The views that it rests on."""
MOST_AT_ONE = 20
"""More notices of one fact than somebody can be told: one to them, and one to each of their roles."""


class ToSend(NamedTuple):
    """Something to send: where the log has it, its id, its type, its bytes, and before when it is told to nobody."""

    position: int
    id: UUID
    kind: str
    content: bytes
    due: datetime | None = None


class Found(NamedTuple):
    """What is to be sent after a position, oldest first, and up to where that is all."""

    to_send: Sequence[ToSend]
    reached: int


class Telling:
    """A look at what may be told to somebody now."""

    def __init__(self, views: ViewsDatabase, log: Log, session: ReadSession, by: UUID, today: date) -> None:
        self._views = views
        self._log = log
        self._session = session
        self._by = by
        self._today = today

    def after(self, webhook: Webhook, position: int, limit: int) -> Found:
        """Return up to ``limit`` of what a webhook is to be told after a position."""
        if webhook.sends_notices():
            return self._notices(position, limit)
        found = changes(self._views, self._log, self._session, self._by, self._today, after=position, limit=limit)
        taken = [_of_event(event) for event in found.events if webhook.takes(type_of(type(event)))]
        return Found(taken, found.reached)

    def at(self, webhook: Webhook, position: int) -> ToSend | None:
        """Return what a webhook is to be told at a position, None if that is nothing any more."""
        if webhook.sends_notices():
            return next(
                (each for each in self._notices(position - 1, MOST_AT_ONE).to_send if each.position == position), None
            )
        with suppress(FactUnreadable):
            for entry in facts_at(self._log, [position]):
                row = self._views.row(OWNER, (entry.originator_id,))
                owner = row["enrolment_id"] if row else None
                event = event_of(entry, owner)
                if event and may_be_told(self._session, self._by, self._today, entry, owner):
                    return _of_event(event)
        return None

    def _notices(self, position: int, limit: int) -> Found:
        held = self._session.held(self._by, NOBODY, State(), NOBODY, self._today)
        roles = sorted(held & frozenset(get_args(Role)))
        found, shown = notices_to(self._views, self._by, roles, after=position, limit=limit)
        reached = max(position, shown)
        if len(found) == limit:  # others of the last position may follow: by another role of theirs
            reached = found[-1].notice.position - 1
            found = [told for told in found if told.notice.position <= reached]
        to_send = (each for told in reversed(found) if (each := self._of_notice(told)))
        once = {each.position: each for each in to_send}
        return Found([once[position] for position in sorted(once)], reached)

    def _of_notice(self, told: ToTell) -> ToSend | None:
        notice, kind, due = told.notice, None, None
        if told.since and told.since > self._today:  # it is judged on that day, when its reader is what it tells of
            kind, due = notice.kind, london_moments(told.since, time(0))[0]
        else:
            with suppress(FactUnreadable):
                kind = told_as(self._session, self._by, notice, self._today)
        if kind is None:
            return None
        said = NoticeTold.of(self._by, notice, kind)
        return ToSend(notice.position, said.id, NOTICE, content_of(said), due)


def _of_event(event: Event) -> ToSend:
    return ToSend(event.position, event.id, type_of(type(event)), content_of(event))


def content_of(told: Value) -> bytes:
    """Return an event as ``GET /v1/changes`` answers it, or a notice in the same way."""
    fields = msgspec.to_builtins(told)
    return msgspec.json.encode({**fields, "position": str(fields["position"])})
