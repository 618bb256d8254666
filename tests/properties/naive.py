"""The bare facts of a random history, looked through without the code that decided."""

from collections.abc import Iterator, Sequence
from datetime import date
from types import UnionType
from typing import Any, NamedTuple
from uuid import UUID

from portfolio.domain.assessment.facts import (
    GradeDecided,
)
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.competences import CompetenceCorrected, CompetenceRecorded, CompetenceTakenBack
from portfolio.domain.corrections import EmploymentCorrected
from portfolio.domain.enrolment.facts import (
    AssignmentCorrected,
    AssignmentTakenBack,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentQuestionWithdrawn,
    EndBroughtForward,
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentPaused,
    EnrolmentResumed,
    PersonAssigned,
    PersonReleased,
    RouteChanged,
    RouteForMe,
    TakingBackConfirmed,
)
from portfolio.domain.evidence.facts import EvidenceRecorded
from portfolio.domain.interests import CorrectionConfirmed, InterestDeclared
from portfolio.domain.kernel import Recorded
from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from tests.application.stage import MIA

Log = Sequence[Recorded]


def before(log: Log, entry: Recorded) -> Log:
    return log[: entry.position - 1]


def of(log: Log, kind: type[Any] | UnionType) -> Iterator[tuple[Recorded, Any]]:
    return ((entry, entry.fact) for entry in log if isinstance(entry.fact, kind))


def interests(log: Log, person: UUID) -> set[str]:
    """Return what somebody said they are to Mia; what an officer confirmed that they took back is not among it."""
    said: set[str] = set()
    for entry in log:
        if entry.originator_id == person and getattr(entry.fact, "apprentice", None) == MIA:
            match entry.fact:
                case InterestDeclared(interest=interest):
                    said.add(interest)
                case CorrectionConfirmed():
                    assert entry.by != person
                    said = {"none"}
    return said


def standardised(log: Log, person: UUID, day: date) -> bool:
    """Tell whether somebody was standardised by a day, as it was put right."""
    held: list[tuple[str, UUID | None, date]] = []
    for entry in log:
        if entry.originator_id != person:
            continue
        match entry.fact:
            case CompetenceRecorded(kind=kind, criteria_id=criteria, occurred_on=on):
                held.append((kind, criteria, on))
            case CompetenceTakenBack(kind=kind, criteria_id=criteria, occurred_on=on):
                held = [each for each in held if each != (kind, criteria, on)]
            case CompetenceCorrected(kind=kind) as fact:
                was, right = (kind, fact.was_criteria_id, fact.was_on), (kind, fact.criteria_id, fact.occurred_on)
                held = [right if each == was else each for each in held]
    return any(kind == "standardised" and on <= day for kind, _, on in held)


def works_for(log: Log, person: UUID) -> str:
    said = [
        entry.fact.works_for
        for entry in log
        if entry.originator_id == person and isinstance(entry.fact, PersonRegistered | EmploymentCorrected)
    ]
    return said[-1]


class Part(NamedTuple):
    """One person's part as the bare facts have it; ``waits``: it was taken back, which nobody has confirmed."""

    assignment: str
    starts_on: date
    ends_on: date | None = None
    waits: bool = False

    def ran(self, day: date) -> bool:
        return self.waits or (self.starts_on <= day and (self.ends_on is None or self.starts_on < self.ends_on))


def parts(log: Log, person: UUID) -> list[Part]:
    """Return the parts of a person as they were put right."""
    held: list[Part] = []
    for entry in log:
        if getattr(entry.fact, "person_id", None) == person:
            held = [after for part in held if (after := put_right(part, entry.fact))]
            if isinstance(entry.fact, PersonAssigned):
                held.append(Part(entry.fact.assignment, entry.fact.starts_on))
    return held


def put_right(part: Part, fact: Any) -> Part | None:
    """Return what is left of a part of the person that a fact is about."""
    if part.assignment != getattr(fact, "assignment", None):
        return part
    here = part.starts_on == getattr(fact, "began_on", None)
    match fact:
        case PersonReleased() if part.ends_on is None:
            return part._replace(ends_on=fact.ends_on)
        case EndBroughtForward() if part.ends_on == fact.was:
            return part._replace(ends_on=fact.ends_on)
        case AssignmentCorrected() if here and part.ends_on is None:
            return part._replace(starts_on=fact.starts_on)
        case AssignmentTakenBack() if here and not part.waits:
            return part._replace(ends_on=part.starts_on, waits=True) if fact.waits else None
        case TakingBackConfirmed() if here and part.waits:
            return None
        case _:
            return part


def roles(log: Log, person: UUID) -> set[str]:
    held: set[str] = set()
    for entry in log:
        if entry.originator_id == person and isinstance(entry.fact, RoleGranted):
            held.add(entry.fact.role)
        if entry.originator_id == person and isinstance(entry.fact, RoleEnded):
            held.discard(entry.fact.role)
    return held


def took_part(log: Log, day: date) -> set[UUID]:
    """Return everybody who found, decided, or had a part in the enrolment."""
    assessors = {fact.assessor for _, fact in of(log, StatementFound)}
    given = {fact.person_id for _, fact in of(log, PersonAssigned)}
    return (
        assessors
        | {fact.decider for _, fact in of(log, GradeDecided)}
        | {person for person in given if any(part.ran(day) for part in parts(log, person))}
    )


def assigned_as_assessor(log: Log, person: UUID, day: date) -> bool:
    return any(
        part.assignment == "assessor" and part.starts_on <= day and (part.ends_on is None or day < part.ends_on)
        for part in parts(log, person)
    )


def course(log: Log, day: date) -> str:
    """Return what the enrolment is on a day: running, paused or ended."""
    breaks: list[tuple[date, date]] = []
    ended: date | None = None
    for entry in log:
        match entry.fact:
            case EnrolmentPaused(pauses_on=since):
                breaks.append((since, date.max))
            case EnrolmentResumed(resumes_on=until):
                since, _ = breaks.pop()
                breaks += [(since, until)] if until > since else []
            case EnrolmentEnded(ended_on=ended_on):
                ended = ended_on
            case EndTakenBack():
                ended = None
    if ended is not None and ended <= day:
        return "ended"
    return "paused" if any(since <= day < until for since, until in breaks) else "running"


def attempt_of_record(entry: Recorded) -> UUID | None:
    """Return the attempt that a written record is of, none for a testimony."""
    assert isinstance(entry.fact, EvidenceRecorded)
    return getattr(entry.fact.record, "assessment_id", None)


def becomes(log: Log, asked: Recorded) -> str:
    """Return what became of a question: what came first after it, but that a yes may follow a no."""
    question, answer = asked.fact, "waits"
    assert isinstance(question, ConsentAsked)
    for entry in log[asked.position :]:
        match entry.fact:
            case ConsentQuestionWithdrawn(question_id=question_id) if question_id == question.question_id:
                return "withdrawn"
            case ConsentDeclined(question_id=question_id) if question_id == question.question_id:
                answer = "no"
            case ConsentGiven(person_id=person_id, purpose=purpose):
                if (person_id, purpose) == (question.person_id, question.purpose):
                    return "yes"
            case RouteChanged() if isinstance(question.purpose, RouteForMe):
                return "over"
    return answer
