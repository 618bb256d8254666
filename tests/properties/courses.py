"""Steps on the course of the enrolment, and that put right what is recorded of it and of people, and records."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

from hypothesis import strategies as st

from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.assessment.finding import Citation, Finding
from portfolio.domain.assessment.findings import RecordFindings
from portfolio.domain.assessment.opening import OpenAttempt
from portfolio.domain.competences import CompetenceRecorded, CorrectCompetence, TakeCompetenceBack
from portfolio.domain.corrections import CorrectEmployment, CorrectName
from portfolio.domain.enrolment.aggregate import ENROLMENT as ENROLMENT_KIND
from portfolio.domain.enrolment.assignment_corrections import (
    BringEndForward,
    ConfirmTakingBack,
    CorrectAssignment,
    TakeAssignmentBack,
)
from portfolio.domain.enrolment.corrections import (
    CorrectCentre,
    CorrectEmployer,
    CorrectStart,
    CorrectUln,
    MoveToEmployer,
)
from portfolio.domain.enrolment.ending import EndEnrolment, PauseEnrolment, ResumeEnrolment, TakeEndBack
from portfolio.domain.enrolment.facts import Ending
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.evidence.commands import CorrectRecord, WriteRecord
from portfolio.domain.evidence.facts import EvidenceRecorded
from portfolio.domain.evidence.record import Discussion, Observation, Record, SeenCode, Testimony
from portfolio.domain.interests import ConfirmCorrection, DeclareInterest, Interest
from portfolio.domain.kernel import Command
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import WorksFor
from tests.application.stage import ADMINISTRATOR, ENROLMENT, LEAD, MIA, RESPONSIBLE, SKILLS, Stage
from tests.properties.record import EVERYBODY, JUDGES, Step, attempt_at, new, places

NOTHING: Interest = "none"
WHY: dict[str, Any] = {"enrolment_id": ENROLMENT, "reason": "?"}


@st.composite
def going_on(draw: st.DrawFn) -> Step:
    """Pause, resume or end the enrolment, or take its end back."""
    days, how = draw(st.integers(-2, 2)), draw(st.sampled_from(get_args(Ending)))
    what = draw(st.sampled_from(["pause", "pause", "resume", "resume", "end", "take back", "take back"]))

    def step(stage: Stage) -> None:
        day = stage.today + timedelta(days=days)
        commands: dict[str, Command] = {
            "pause": PauseEnrolment(**WHY, pauses_on=day),
            "resume": ResumeEnrolment(**WHY, resumes_on=day),
            "end": EndEnrolment(**WHY, how=how, ended_on=day),
            "take back": TakeEndBack(**WHY),
        }
        stage.do(commands[what], ADMINISTRATOR)

    return step


@st.composite
def putting_right(draw: st.DrawFn) -> Step:
    """Correct what is recorded of the enrolment or of a name, or move to another employer."""
    days, what = draw(st.integers(-3, 1)), draw(st.integers(0, 5))

    def step(stage: Stage) -> None:
        day = stage.today + timedelta(days=days)
        known = stage.session().state(ENROLMENT_KIND, ENROLMENT)
        commands: tuple[Command, ...] = (
            CorrectUln(**WHY, uln="9276308686" if known.uln != "9276308686" else "1000000019"),
            MoveToEmployer(**WHY, employer="Northern Stages", effective_on=day),
            CorrectEmployer(**WHY, since=known.employers[-1].since, employer="Northern Stages Ltd"),
            CorrectCentre(**WHY, centre_ukprn="10000009"),
            CorrectStart(**WHY, starts_on=day),
            CorrectName(person_id=MIA, name="Mia Brown", reason="?"),
        )
        stage.do(commands[what], ADMINISTRATOR)

    return step


def part_on_record(stage: Stage, place: int) -> Assigned:
    """Return one of the parts on record, the latest first."""
    assigned = stage.session().state(ENROLMENT_KIND, ENROLMENT).assigned
    return assigned[-1 - place % len(assigned)]


def named(part: Assigned) -> dict[str, Any]:
    """Return how a command names a part."""
    return {**WHY, "person_id": part.person_id, "assignment": part.assignment}


@st.composite
def mending_a_part(draw: st.DrawFn) -> Step:
    """Bring the end of somebody's part forward, or correct its first day."""
    place, days, forward = draw(st.integers(0, 9)), draw(st.integers(-3, 1)), draw(st.booleans())

    def step(stage: Stage) -> None:
        part, day = part_on_record(stage, place), stage.today + timedelta(days=days)
        if forward:
            stage.do(BringEndForward(**named(part), was=part.ends_on or day, ends_on=day), ADMINISTRATOR)
        else:
            right = CorrectAssignment(**named(part), began_on=part.starts_on, starts_on=day, components=part.components)
            stage.do(right, ADMINISTRATOR)

    return step


@st.composite
def taking_a_part_back(draw: st.DrawFn) -> Step:
    """Take somebody's part back, which somebody may confirm."""
    place, confirms = draw(st.integers(0, 9)), draw(st.sampled_from([RESPONSIBLE, RESPONSIBLE, ADMINISTRATOR]))
    by: UUID = draw(st.sampled_from([ADMINISTRATOR, RESPONSIBLE]))

    def step(stage: Stage) -> None:
        part = part_on_record(stage, place)
        if not part.taken_back:
            stage.do(TakeAssignmentBack(**named(part), began_on=part.starts_on), by)
        stage.do(ConfirmTakingBack(**named(part), began_on=part.starts_on), confirms)

    return step


@st.composite
def mending_a_competence(draw: st.DrawFn) -> Step:
    """Correct the day of a competence, or take it back."""
    person, days = draw(st.sampled_from((*JUDGES, *EVERYBODY))), draw(st.integers(-2, 1))
    by, back = draw(st.sampled_from([ADMINISTRATOR, ADMINISTRATOR, LEAD])), draw(st.booleans())

    def step(stage: Stage) -> None:
        known: tuple[CompetenceRecorded, ...] = stage.session().state(PERSON, person).competences
        last = (
            known[-1]
            if known
            else CompetenceRecorded(kind="training", criteria_id=None, occurred_on=stage.today, detail="")
        )
        named: dict[str, Any] = {"kind": last.kind, "criteria_id": last.criteria_id, "occurred_on": last.occurred_on}
        named |= {"person_id": person, "reason": "?"}
        right: dict[str, Any] = {"right_criteria_id": last.criteria_id}
        right |= {"right_day": last.occurred_on + timedelta(days=days)}
        stage.do(TakeCompetenceBack(**named) if back else CorrectCompetence(**named, **right), by)

    return step


@st.composite
def mending_a_tie(draw: st.DrawFn) -> Step:
    """Take an interest back and have it confirmed, or correct whom somebody works for."""
    person, confirms = draw(st.sampled_from(EVERYBODY)), draw(st.sampled_from([RESPONSIBLE, RESPONSIBLE, LEAD]))
    interest: Interest = draw(st.sampled_from(get_args(Interest)))
    loyalty: WorksFor = draw(st.sampled_from(get_args(WorksFor)))
    employs = draw(st.booleans())

    def step(stage: Stage) -> None:
        if employs:
            stage.do(CorrectEmployment(person_id=person, works_for=loyalty, reason="?"), confirms)
            return
        for said in (interest, NOTHING):
            stage.do(DeclareInterest(person_id=person, apprentice=MIA, interest=said), person)
        stage.do(ConfirmCorrection(person_id=person, apprentice=MIA, reason="?"), confirms)

    return step


def record_of(stage: Stage, kind: str, attempt: UUID, words: str) -> Record:
    """Return a record of a kind; an observation is of the codes of its attempt."""
    if kind == "testimony":
        said: dict[str, Any] = {"witness": "Amina", "role": words, "competence": "?", "relation": "?", "statement": "?"}
        return Testimony(**said, first_hand=True, occurred_on=stage.today)
    opened = [each.fact for each in stage.facts(AttemptOpened) if each.originator_id == attempt]
    codes = sorted(opened[0].codes)[:2] if opened and isinstance(opened[0], AttemptOpened) else ["S1"]
    lines = tuple(SeenCode(code=code, what=words) for code in codes)
    if kind == "discussion":
        return Discussion(assessment_id=attempt, occurred_on=stage.today, minutes=20, topics=lines)
    times: dict[str, Any] = {"from_time": "08:00", "to_time": "08:30", "place": "?"}
    return Observation(assessment_id=attempt, occurred_on=stage.today, seen=lines, **times)


@st.composite
def writing(draw: st.DrawFn) -> Step:
    """Write a record, or put one right as its author or as somebody else."""
    kind, place = draw(st.sampled_from(["observation", "testimony", "discussion"])), draw(places)
    by, words = draw(st.sampled_from((*JUDGES, *EVERYBODY))), draw(st.sampled_from(["Well.", "Safely.", "In time."]))
    own, fresh = draw(st.sampled_from([True, True, True, False])), draw(st.booleans())

    def step(stage: Stage) -> None:
        attempt = attempt_at(stage, place)
        written = [each for each in stage.facts(EvidenceRecorded) if each.fact.version == 1]  # type: ignore[attr-defined]  # they are records
        if fresh or not written:
            record = record_of(stage, kind, attempt, words)
            command = WriteRecord(
                evidence_id=new(stage, "record"), enrolment_id=ENROLMENT, title="Record", record=record
            )
            stage.do(command, by)
            return
        item = written[-1 - place % len(written)]
        was: Record = item.fact.record  # type: ignore[attr-defined]
        of = attempt if isinstance(was, Testimony) else was.assessment_id
        right = record_of(stage, type(was).__name__.lower(), of, words)
        stage.do(
            CorrectRecord(evidence_id=item.originator_id, title="Record", record=right, reason="?"),
            item.by if own else by,
        )

    return step


@st.composite
def observing(draw: st.DrawFn) -> Step:
    """Observe, judge on what was observed, perhaps decide, and put the record right."""
    by, kind = draw(st.sampled_from(JUDGES[:2])), draw(st.sampled_from(["observation", "observation", "discussion"]))
    decides, words = draw(st.booleans()), draw(st.sampled_from(["Well.", "Safely."]))

    def step(stage: Stage) -> None:
        attempt, item = new(stage, "attempt"), new(stage, "record")
        stage.do(OpenAttempt(assessment_id=attempt, enrolment_id=ENROLMENT, component="C1"), ADMINISTRATOR)
        record = record_of(stage, kind, attempt, "As it seemed.")
        stage.do(WriteRecord(evidence_id=item, enrolment_id=ENROLMENT, title="Record", record=record), by)
        cites = (Citation(evidence_id=item, version=1),)
        met = [Finding(code=code, judgement="met", reason="seen", cites=cites) for code in sorted(SKILLS)]
        stage.do(RecordFindings(assessment_id=attempt, findings=tuple(met)), by)
        if decides:
            stage.decide(attempt, new(stage, "decision"), by)
        right = record_of(stage, kind, attempt, words)
        stage.do(CorrectRecord(evidence_id=item, title="Record", record=right, reason="?"), by)

    return step


COURSES = st.one_of(
    going_on(),
    going_on(),
    putting_right(),
    mending_a_part(),
    taking_a_part_back(),
    mending_a_competence(),
    mending_a_tie(),
    writing(),
    observing(),
)
