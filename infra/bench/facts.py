"""Facts to measure with: a plausible enrolment told many times over, made without running a command."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from portfolio.application.indexes import index_rows
from portfolio.application.ports import AppendConditions, Idempotency
from portfolio.domain.enrolment.facts import ApprenticeEnrolled
from portfolio.domain.evidence.declaration import CURRENT_AUTHENTICITY, AuthenticityDeclaration
from portfolio.domain.evidence.facts import (
    EvidenceAccepted,
    EvidenceAnnotated,
    EvidenceSubmitted,
    FileSealed,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.evidence.selector import Bounds, PdfRectangle
from portfolio.domain.kernel import Fact, Recorded

ACTOR = UUID(int=9)
TOPIC = "evidence.annotated"
NOTE = "Evidence shows safe isolation, but the risk assessment is unsigned. " * 4
STORED_SIZE = 674
"""Bytes of a stored remark."""
DAY = date(2026, 11, 24)
HISTORY = 20
"""Facts of a stream before the first command."""
ITEMS = 8
"""Evidence items of one enrolment, of twelve facts each."""


def remark() -> EvidenceAnnotated:
    """Return the fact that single appends write: about 600 bytes."""
    return EvidenceAnnotated(
        annotation_id=uuid4(),
        version=1,
        sha256="ab" * 32,
        selector=PdfRectangle(page=3, x=72, y=140, width=200, height=36),
        kind="basis of finding",
        audience="apprentice and assessors",
        text=NOTE,
        revises=None,
    )


def raw_state() -> bytes:
    """Return bytes as long as a stored remark, for peers that do not know our facts."""
    fields = {"note": NOTE, "place": [72, 140, 200, 36], "actor": str(ACTOR), "id": str(uuid4())}
    return json.dumps(fields).encode().ljust(STORED_SIZE)


def item(enrolment_id: UUID, apprentice: UUID, number: int) -> list[Fact]:
    """Return the twelve facts of one evidence item."""
    size, sha256, object_id = 120_000, "cd" * 32, uuid4()
    bounds = Bounds(media_type="application/pdf", pages=((595.0, 842.0),) * 4)
    return [
        UploadOffered(
            enrolment_id=enrolment_id,
            apprentice=apprentice,
            version=1,
            title=f"Desk log {number}",
            filename="desk-log.pdf",
            media_type="application/pdf",
            size=size,
            sha256=sha256,
            object_id=object_id,
            produced_on=DAY,
        ),
        FileSealed(
            version=1, object_id=object_id, sha256=sha256, size=size, bounds=bounds, screening="none configured"
        ),
        *(StatementClaimed(version=1, code=f"K{(number * 5 + step) % 36 + 1}", place=None) for step in range(5)),
        EvidenceSubmitted(version=1, declaration=AuthenticityDeclaration(wording=CURRENT_AUTHENTICITY, ai_use="none")),
        remark(),
        remark(),
        remark(),
        EvidenceAccepted(version=1),
    ]


def waiting_item(enrolment_id: UUID, apprentice: UUID, number: int) -> list[Fact]:
    """Return the first facts of one evidence item, up to its handing in."""
    facts = item(enrolment_id, apprentice, number)
    return facts[: 1 + next(place for place, fact in enumerate(facts) if isinstance(fact, EvidenceSubmitted))]


def enrolment(plan_id: UUID, form_id: UUID) -> Iterator[tuple[UUID, UUID, list[Fact]]]:
    """Yield (stream, apprentice, facts) of one enrolment and of each of its items."""
    enrolment_id, apprentice = uuid4(), uuid4()
    enrolled = ApprenticeEnrolled(
        apprentice=apprentice,
        uln=str(enrolment_id),
        plan_id=plan_id,
        plan_reference="ST1297",
        form_id=form_id,
        route="LET",
        centre_ukprn="10000001",
        employer="Stage Hands",
        starts_on=DAY,
    )
    yield enrolment_id, apprentice, [enrolled]
    for number in range(ITEMS):
        yield uuid4(), apprentice, item(enrolment_id, apprentice, number)


Append = tuple[list[Recorded], AppendConditions]
"""Entries of one stream, and what goes with them."""


def append_of(
    stream: UUID, apprentice: UUID, facts: Sequence[Fact], after: int = 0, *, keyed: bool = False, by: UUID = ACTOR
) -> Append:
    """Return what the handler would append: entries, index rows and, if ``keyed``, an idempotency key of its own."""
    at, causation = datetime.now(UTC), uuid4()
    entries = [
        Recorded(
            originator_id=stream,
            originator_version=version,
            fact=fact,
            by=by,
            at=at,
            causation=causation,
            subject=apprentice,
        )
        for version, fact in enumerate(facts, start=after + 1)
    ]
    return entries, AppendConditions(
        index=tuple(row for fact in facts for row in index_rows(fact)),
        idempotency=Idempotency(key=str(causation), fingerprint=causation.bytes * 2) if keyed else None,
    )


def streams_of(threads: int) -> int:
    """Return in how many streams a thread takes turns, so many that none of them grows long while it is measured."""
    return max(10, 100 // threads)
