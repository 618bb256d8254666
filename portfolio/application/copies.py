"""Copies: in which copy somebody is shown a version, whole or without what is hidden from them, and was before."""

from datetime import date
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import EvidenceRedacted, Reader
from portfolio.domain.evidence.item import Version
from portfolio.domain.evidence.serving import copies_served
from portfolio.domain.vocabulary import Word

WHOLE_FOR: dict[Reader, str] = {
    "assessors": "redacted originals: assessors",
    "quality assurers": "redacted originals: quality assurers",
}
"""The question that readers are asked from whom a redaction hides something only if it says so."""


def sees_original(hidden_from: frozenset[Reader], held: frozenset[Word], *, opened: bool) -> bool:
    """Return whether who holds these words is shown the original of a version with parts hidden from these readers.

    ``opened`` says that a responsible officer opened it to the panel that they sit on (ACCESS-4).
    """
    rows = {"redacted originals", *(row for reader, row in WHOLE_FOR.items() if reader not in hidden_from)}
    rows |= {"redacted originals: panel"} if opened else set()
    return any(permissions.may(permissions.READS[row], held) for row in rows)


def redaction_for(session: ReadSession, version: Version, held: frozenset[Word], by: UUID) -> EvidenceRedacted | None:
    """Return what is hidden of a version from who holds these words, None if they see the original (ACCESS-4)."""
    redaction = version.redaction()
    if redaction is None:
        return None
    cases = (session.state(APPEAL, appeal_id) for appeal_id in sorted(version.opened_for))
    opened = any(case.is_open() and by in case.members - case.recused for case in cases)
    return None if sees_original(redaction.hidden_from, held, opened=opened) else redaction


def copy_for(session: ReadSession, stream: UUID, number: int, by: UUID, today: date) -> int:
    """Return which copy of a version is for this person: the number of a redaction, 0 for the original."""
    item = session.state(EVIDENCE, stream)
    held, version = session.held(by, stream, item, item.enrolment_id, today), item.version(number)
    redaction = redaction_for(session, version, held, by) if version else None
    return redaction.redaction if redaction else 0


def copies_seen(session: ReadSession, stream: UUID, by: UUID) -> dict[int, frozenset[int]]:
    """Return, for each version of an item of which parts are or were hidden, the copies that a person was shown.

    They are the numbers of the redactions, and 0 for the original (EVIDENCE-9).
    """
    redacted = (version.number for version in session.state(EVIDENCE, stream).versions if version.redactions)
    return {number: copies_served(number, by, session.history(stream)) for number in redacted}
