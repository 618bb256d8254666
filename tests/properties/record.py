"""The record on which random histories begin, and what of it a step may mean."""

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from portfolio.domain.appeal.facts import AppealLodged
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.facts import AttemptOpened, GradeDecided
from portfolio.domain.competences import RecordCompetence
from tests.application.stage import (
    ADMINISTRATOR,
    APPEALS,
    ASSESSOR,
    CENTRE_ASSESSOR,
    CHAIR,
    COACH,
    FIRST_DAY,
    LEAD,
    LOG,
    MEMBER,
    MIA,
    OTHER_ASSESSOR,
    QUALITY,
    RESPONSIBLE,
    Stage,
)
from tests.domain.world import an_id
from tests.properties.memory import MemoryJournal

JUDGES = (ASSESSOR, OTHER_ASSESSOR, CENTRE_ASSESSOR)
EVERYBODY = (*JUDGES, MIA, COACH, QUALITY, LEAD, RESPONSIBLE, APPEALS, CHAIR, MEMBER, ADMINISTRATOR)
FILES = (LOG, an_id("second log"))
NOWHERE = an_id("nowhere")
places = st.integers(0, 3)
"""Which of the attempts, decisions or appeals on record is meant, the latest first."""

Step = Callable[[Stage], Any]


def new(stage: Stage, what: str) -> UUID:
    """Return an id that nothing has yet."""
    return an_id(f"{what} after {stage.journal.head()}")


def attempt_at(stage: Stage, place: int) -> UUID:
    """Return one of the attempts on record."""
    return _latest([entry.originator_id for entry in stage.facts(AttemptOpened)], place)


def decision_at(stage: Stage, place: int) -> tuple[UUID, UUID]:
    """Return one of the decisions on record, with its attempt."""
    known = [
        (entry.originator_id, entry.fact.decision_id)
        for entry in stage.facts(GradeDecided)
        if isinstance(entry.fact, GradeDecided)
    ]
    return known[-1 - place % len(known)] if known else (NOWHERE, NOWHERE)


def appeal_at(stage: Stage, place: int) -> UUID:
    """Return one of the appeals on record."""
    return _latest([entry.originator_id for entry in stage.facts(AppealLodged)], place)


def _latest(known: list[UUID], place: int) -> UUID:
    return known[-1 - place % len(known)] if known else NOWHERE


@cache
def begun() -> MemoryJournal:
    """Return the record on which every history begins: Mia is enrolled and has handed in her log."""
    journal = MemoryJournal()
    stage = Stage(journal)  # type: ignore[arg-type]  # a journal like any other
    stage.begin()
    stage.build_form()
    stage.enrol()
    for file in FILES:
        stage.hand_in(file)
    stage.assign(OTHER_ASSESSOR, "assessor")
    for person in (CHAIR, MEMBER, LEAD):
        prepared = RecordCompetence(person_id=person, kind="appeals panel", occurred_on=FIRST_DAY)
        stage.do(prepared, ADMINISTRATOR)
    return journal


def shown(stage: Stage, attempt: UUID, by: UUID) -> str:
    """Return the hash of the context somebody is shown, nothing if there is none."""
    try:
        context: DecisionContext = stage.shown(attempt, by)
    except AssertionError:
        return ""
    return context.shown
