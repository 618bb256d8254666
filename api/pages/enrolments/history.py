"""What an enrolment was: of each value that was changed what it was, until when, who changed it, and why."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from api.pages.common import as_day, as_time
from api.pages.narrowing import begun
from api.pages.plain import Plain
from api.pages.said import route_named
from api.reads import Sight
from api.trail import done_by, name_of
from portfolio.domain.enrolment.facts import (
    AssignmentCorrected,
    AssignmentTakenBack,
    CentreCorrected,
    EmployerChanged,
    EmployerCorrected,
    EndBroughtForward,
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentPaused,
    EnrolmentResumed,
    PersonReleased,
    RouteChanged,
    StartCorrected,
    TakingBackConfirmed,
    UlnCorrected,
)
from portfolio.domain.enrolment.state import Enrolment, evolve
from portfolio.domain.kernel import Recorded
from portfolio.domain.vocabulary import Assignment


class Was(NamedTuple):
    """A value that was on record: what it was, until when, who changed it and why.

    ``until`` is a day where it really was so until then, else when the error that it was was put right.
    """

    value: str
    was: str
    until: str
    by: str
    why: str


def history_of(sight: Sight[Enrolment]) -> list[Was]:
    """Return what was on record before, the newest change first."""
    before, told = Enrolment(), list[Was]()
    for entry in sight.session.history(sight.stream):
        fact: Any = entry.fact
        for value, was, day in changes(sight, before, fact):
            until = as_day(day) if day else as_time(entry.at)
            told.append(Was(value, was, until, done_by(sight.session, entry), why(entry)))
        before = evolve(before, fact)
    return told[::-1]


def why(entry: Recorded) -> str:
    """Return the reason that was given with a fact."""
    fact: Any = entry.fact
    return fact.reason if hasattr(fact, "reason") else ""


def changes(sight: Sight[Enrolment], before: Enrolment, fact: Any) -> Iterator[tuple[str, str, date | None]]:
    """Yield which values of an enrolment a fact changes, what they were, and until which day, None for an error."""
    match fact:
        case UlnCorrected(was=was):
            yield "Unique learner number", was if sight.shows("learner number") else "Not shown to you", None
        case EmployerChanged(was=was, effective_on=day):
            yield "Employer", was, day
        case EmployerCorrected(was=was, since=since):
            yield f"Employer from {as_day(since)} on", was, None
        case CentreCorrected(was=was):
            yield "Centre", was, None
        case StartCorrected(was=was):
            yield "First day", as_day(was), None
        case RouteChanged(effective_on=day, cancels=cancels):
            held = before.route_on(day)
            yield "Route", route_named(sight, held.route) if held else "", day
            for each in before.routes[1:]:
                if each.since in cancels:
                    yield f"Route from {as_day(each.since)} on", route_named(sight, each.route), None
        case EnrolmentPaused(pauses_on=day) | EnrolmentEnded(ended_on=day):
            yield "State", begun(before.lasting.state_on(day)), day
        case EnrolmentResumed(resumes_on=day):
            last = before.lasting.breaks[-1]
            if last.until:
                yield "State", f"Paused until {as_day(last.until)}", None
            else:
                yield "State", f"Paused from {as_day(last.since)}", day if day > last.since else None
        case EndTakenBack(ended_on=day):
            ended = before.lasting.ended
            yield "State", f"{begun(ended.how) if ended else 'Ended'} from {as_day(day)}", None
        case (
            PersonReleased()
            | EndBroughtForward()
            | AssignmentCorrected()
            | AssignmentTakenBack()
            | TakingBackConfirmed()
        ):
            for was, until in changes_of_part(sight, before, fact):
                yield part_called(sight, fact.person_id, fact.assignment), was, until


def changes_of_part(sight: Sight[Enrolment], before: Enrolment, fact: Any) -> Iterator[tuple[str, date | None]]:
    """Yield what a part was that a fact changes, and until which day, None for an error."""
    match fact:
        case PersonReleased(ends_on=ends):
            for part in set(before.assigned) - set(evolve(before, fact).assigned):
                yield f"Until {as_day(part.ends_on)}" if part.ends_on else "Went on, without an end", ends
        case EndBroughtForward(was=day):
            yield f"Until {as_day(day)}", None
        case AssignmentCorrected(began_on=day, was=keys):
            yield f"From {as_day(day)}, for {components_called(sight, keys)}", None
        case AssignmentTakenBack(began_on=day):
            yield f"From {as_day(day)}", None
        case TakingBackConfirmed(began_on=day):
            yield f"From {as_day(day)}, taken back, waiting to be confirmed", None


def part_called(sight: Sight[Enrolment], person_id: UUID, assignment: Assignment) -> str:
    """Return a part in words."""
    return f"{name_of(sight.session, person_id)}, {assignment}"


def components_called(sight: Sight[Enrolment], keys: frozenset[str]) -> str:
    """Return for which components a part is."""
    plain = Plain.of(sight.session, sight.stream)
    return ", ".join(plain.called(key) for key in sorted(keys)) or "all components"
