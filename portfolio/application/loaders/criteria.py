"""What the rules of grading criteria must know."""

from datetime import datetime
from functools import partial
from uuid import UUID

from portfolio.application.indexes import CRITERIA_THAT_FOLLOW
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.criteria import (
    CRITERIA,
    AddGradeRules,
    ApproveCriteria,
    Criteria,
    DraftCriteria,
    ForApproval,
    ForDraft,
    ForGradeRules,
    ForPredecessor,
    RecordPredecessor,
    drafters,
    later_than,
    line_of,
)
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN


def for_draft(session: ReadSession, command: DraftCriteria, by: UUID, at: datetime) -> ForDraft:
    """Return the version that the draft follows."""
    return ForDraft(by=by, at=at, today=london_day(at), followed=session.state(CRITERIA, command.followed()))


def for_predecessor(session: ReadSession, command: RecordPredecessor, by: UUID, at: datetime) -> ForPredecessor:
    """Return the version named and its line."""
    return ForPredecessor(
        by=by,
        at=at,
        today=london_day(at),
        followed=session.state(CRITERIA, command.follows),
        line=line_of(command.follows, partial(session.state, CRITERIA)),
    )


def for_approval(session: ReadSession, command: ApproveCriteria, by: UUID, at: datetime) -> ForApproval:
    """Return the plan edition that the criteria were written for, and who drafted them."""
    criteria = session.state(CRITERIA, command.criteria_id)
    return ForApproval(
        by=by,
        at=at,
        today=london_day(at),
        edition=session.state(PLAN, criteria.plan_id),
        drafters=drafters(session.history(command.criteria_id)),
    )


def for_grade_rules(session: ReadSession, command: AddGradeRules, by: UUID, at: datetime) -> ForGradeRules:
    """Return the roles of who asks, and who drafted the criteria."""
    return ForGradeRules(
        by=by,
        at=at,
        today=london_day(at),
        roles=session.state(PERSON, by).roles,
        drafters=drafters(session.history(command.criteria_id)),
    )


def later_versions(session: ReadSession, criteria_id: UUID) -> tuple[Criteria, ...]:
    """Return the versions that come after these criteria in their line."""
    later = later_than(criteria_id, partial(session.links, CRITERIA_THAT_FOLLOW))
    return tuple(session.state(CRITERIA, version) for version in later)
