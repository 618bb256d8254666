"""Notices, for tests of what becomes of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from portfolio.application.notices import Notice

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def notice(position: int) -> Notice:
    return Notice(
        position=position,
        kind="handed in",
        why="assigned assessor",
        enrolment_id=UUID(int=1),
        record=UUID(int=2),
        at=NOW,
    )
