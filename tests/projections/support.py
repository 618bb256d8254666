"""Facts in, rows out: a log in memory, views in a scratch file or database, and the facts of one small story."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition
from typing import Any
from uuid import UUID

from infra.store.postgres.views import PostgresViews
from infra.store.sqlite.views import SqliteViews
from portfolio.application.indexes import index_rows
from portfolio.domain.appeal.facts import AppealLodged, DecisionSubject, Ground
from portfolio.domain.assessment.facts import AttemptOpened, GradeDecided
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned, ScrutinyRouteRecorded
from portfolio.domain.evidence.declaration import AuthenticityDeclaration
from portfolio.domain.evidence.facts import EvidenceSubmitted, FileSealed, StatementClaimed, UploadOffered
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import Entry, Fact, Recorded, changed
from portfolio.domain.plan import PlanImported
from portfolio.domain.vocabulary import Assignment
from projections.machinery.database import View, ViewsDatabase
from projections.machinery.owner import OWNER
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.domain.test_decision_context import context, found
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    COACH,
    CRITERIA_ID,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    IMPORTER,
    NOW,
    OBJECT_ID,
    OFFICER,
    OTHER_ASSESSOR,
    PLAN,
    PLAN_ID,
    SHA,
    TODAY,
    YESTERDAY,
)
from tests.postgres import Databases

StreamFacts = tuple[UUID, tuple[Fact, ...]]
"""Facts of one stream."""


class ListLog:
    """A log of facts in memory: what followers and replays need of a journal."""

    def __init__(self) -> None:
        self.entries: list[Recorded] = []
        self._appended = Condition()

    def tell(self, *streams: StreamFacts, by: UUID = APPRENTICE) -> int:
        """Record facts, a minute after each other, and return the last position."""
        with self._appended:
            for stream, facts in streams:
                for fact in facts:
                    self._append(stream, fact, by)
            self._appended.notify_all()
        return len(self.entries)

    def _append(self, stream: UUID, fact: Fact, by: UUID) -> None:
        position = len(self.entries) + 1
        self.entries.append(
            Recorded(
                originator_id=stream,
                originator_version=1 + len(self.read(stream)),
                position=position,
                fact=fact,
                by=by,
                at=at(position),
                causation=stream,
            )
        )

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> Sequence[Recorded]:
        return [entry for entry in self.entries[:until] if entry.originator_id == stream][after:]

    def since(self, position: int, limit: int = 1000) -> Sequence[Recorded]:
        return self.entries[position : position + limit]

    def at_positions(self, positions: Sequence[int]) -> Sequence[Recorded]:
        return [self.entries[position - 1] for position in positions]

    def position_at(self, moment: datetime) -> int:
        return sum(entry.at <= moment for entry in self.entries)

    def head(self) -> int:
        return len(self.entries)

    def mark(self, entry: Entry) -> str:
        return f"{entry.position}:{entry.originator_id} {entry.originator_version} {getattr(entry, 'stored', entry)}"

    def read_each(self, after: Mapping[UUID, int]) -> Mapping[UUID, Sequence[Recorded]]:
        return {stream: self.read(stream, after=version) for stream, version in after.items()}

    def links(self, name: str, key: str) -> Sequence[UUID]:
        rows = ((entry.originator_id, row) for entry in self.entries for row in index_rows(entry.fact))
        return list(
            dict.fromkeys(stream for stream, row in rows if (row.name, row.key, row.unique) == (name, key, False))
        )

    def links_of_each(self, names: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], Sequence[UUID]]:
        return {(name, key): self.links(name, key) for name in names for key in keys}

    def wait_past(self, position: int, timeout: float) -> bool:
        with self._appended:
            return self._appended.wait_for(lambda: self.head() > position, timeout)


def at(position: int) -> datetime:
    """Return when the fact at this position was recorded."""
    return NOW + timedelta(minutes=position)


def on(stream: UUID, *facts: Fact) -> StreamFacts:
    """Return facts of one stream."""
    return stream, facts


POSTGRES: list[Databases] = []
"""Lends the databases in which scratch views lie; without any they lie in files."""


@contextmanager
def on_postgres(databases: Databases) -> Iterator[None]:
    """Let scratch views lie in databases meanwhile."""
    POSTGRES.append(databases)
    try:
        yield
    finally:
        POSTGRES.pop()


@contextmanager
def scratch() -> Iterator[SqliteViews | PostgresViews]:
    """Give a database of views that is gone afterwards."""
    with ExitStack() as opened:
        if POSTGRES:
            database: SqliteViews | PostgresViews = PostgresViews(opened.enter_context(POSTGRES[-1].borrow()))
        else:
            database = SqliteViews(Path(opened.enter_context(TemporaryDirectory())) / "views.db")
        opened.callback(database.close)
        yield database


def rows_of(database: ViewsDatabase, view: View) -> dict[Any, dict[str, Any]]:
    """Return every row by its key."""
    size = len(view.key)
    keys = [row[:size] for row in database.rows(view)]
    return {key if size > 1 else key[0]: dict(database.row(view, key) or {}) for key in keys}


def rows_after(view: View, *streams: StreamFacts, by: UUID = APPRENTICE) -> dict[Any, dict[str, Any]]:
    """Return a view's rows by their keys after these facts."""
    log = ListLog()
    log.tell(*streams, by=by)
    with scratch() as database:
        Projector(log, database, [] if view is OWNER else [view]).step()
        return rows_of(database, view)


@contextmanager
def views_after(*streams: StreamFacts, by: UUID = APPRENTICE) -> Iterator[Projector]:
    """Give all views after these facts, to be asked."""
    log = ListLog()
    log.tell(*streams, by=by)
    with scratch() as database:
        projector = Projector(log, database, VIEWS)
        projector.step()
        yield projector


IMPORTED = PlanImported(text="# Plan", sha256=SHA, plan=PLAN, importer=IMPORTER)
ENROLLED = ApprenticeEnrolled(
    apprentice=APPRENTICE,
    uln="1000000000",
    plan_id=PLAN_ID,
    plan_reference="ST9999",
    form_id=FORM_ID,
    route="LET",
    centre_ukprn="10000000",
    employer="Stage Ltd",
    starts_on=YESTERDAY,
)
OFFERED = UploadOffered(
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    version=1,
    title="Lighting plot",
    filename="plot.pdf",
    media_type="application/pdf",
    size=1000,
    sha256=SHA,
    object_id=OBJECT_ID,
    produced_on=YESTERDAY,
)
SEALED = FileSealed(
    version=1,
    object_id=OBJECT_ID,
    sha256=SHA,
    size=1000,
    bounds=Bounds(media_type="application/pdf", pages=((595.0, 842.0),)),
    screening="none configured",
)
DECLARATION = AuthenticityDeclaration(wording="authenticity/1", ai_use="none")
SUBMITTED = EvidenceSubmitted(version=1, declaration=DECLARATION)
OPENED = AttemptOpened(
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    form_id=FORM_ID,
    component="C1",
    criteria_id=CRITERIA_ID,
    evidence_kinds=frozenset({"work product"}),
    codes=frozenset({"K1", "S1"}),
    route="LET",
    number=1,
    barred=frozenset(),
    after_appeal=None,
)
DECIDED = GradeDecided(
    decision_id=DECISION_ID,
    grade="pass",
    reasons="All seen.",
    decider=ASSESSOR,
    context=context(found("K1"), found("S1")),
)
ROUTE = ScrutinyRouteRecorded(
    assessor=ASSESSOR,
    second_person=OTHER_ASSESSOR,
    form_id=FORM_ID,
    component="C1",
    reason="Nobody else knows the desk.",
    officer=OFFICER,
)
BY_ROUTE = changed(
    DECIDED, context=changed(DECIDED.context, decider=changed(DECIDED.context.decider, scrutiny_route="by a route"))
)
"""A decision that waits for the second person of that route."""
LODGED = AppealLodged(
    subject=DecisionSubject(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID),
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    appellant=COACH,
    grounds=(Ground(ground="evidence", statement="The plot was not looked at.", items=(EVIDENCE_ID,)),),
    consent="by mail",
    took_part=frozenset({ASSESSOR}),
)
STORY = (
    on(PLAN_ID, IMPORTED),
    on(ENROLMENT_ID, ENROLLED),
    on(EVIDENCE_ID, OFFERED, SEALED, SUBMITTED, StatementClaimed(version=1, code="K1", place=None)),
    on(ATTEMPT_ID, OPENED, found("K1"), found("S1"), DECIDED),
    on(APPEAL_ID, LODGED),
)
"""A plan, an enrolment, one submitted item, one decided attempt, one appeal."""


def assigned(person: UUID, assignment: Assignment = "assessor", *components: str) -> PersonAssigned:
    return PersonAssigned(person_id=person, assignment=assignment, starts_on=TODAY, components=frozenset(components))


def again(version: int, title: str = "Lighting plot, corrected") -> UploadOffered:
    """Return the offer of a further version."""
    return changed(OFFERED, version=version, title=title)
