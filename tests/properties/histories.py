"""Random histories: people who try all sorts of things on one enrolment, wisely and unwisely."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

from hypothesis import strategies as st

from portfolio.domain.appeal.admitting import AdmitAppeal
from portfolio.domain.appeal.aggregate import APPEAL as APPEAL_KIND
from portfolio.domain.appeal.deciding import ConfirmOutcome, ProposeOutcome
from portfolio.domain.appeal.facts import Answer, DecisionSubject, Ground, Outcome
from portfolio.domain.appeal.lodging import LodgeAppeal
from portfolio.domain.appeal.panel import ConvenePanel
from portfolio.domain.appeal.withdrawing import WithdrawAppeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.closing import CloseAttempt
from portfolio.domain.assessment.decisions import DecideGrade, SupersedeDecision, VoidDecision
from portfolio.domain.assessment.facts import Account
from portfolio.domain.assessment.finding import Citation, Finding
from portfolio.domain.assessment.findings import RecordFindings
from portfolio.domain.assessment.opening import OpenAttempt
from portfolio.domain.enrolment.assignments import AssignPerson, ReleasePerson
from portfolio.domain.enrolment.facts import AppealForMe, RouteForMe
from portfolio.domain.enrolment.routes import ChangeRoute
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    ClaimStatements,
    DropClaim,
    ReturnEvidence,
    ServeEvidence,
    WithdrawEvidence,
)
from portfolio.domain.interests import DeclareInterest, Interest
from portfolio.domain.kernel import Recorded, Rejected
from portfolio.domain.person import EndRole, GrantRole
from portfolio.domain.vocabulary import Assignment, Role
from tests.application.stage import (
    ADMINISTRATOR,
    APPEALS,
    ASSESSOR,
    CENTRE_ASSESSOR,
    CHAIR,
    COACH,
    CVT_FORM,
    ENROLMENT,
    FORM,
    LEAD,
    LOG,
    MEMBER,
    MIA,
    RESPONSIBLE,
    Stage,
)
from tests.properties.asking import QUESTIONS
from tests.properties.courses import COURSES
from tests.properties.record import (
    EVERYBODY,
    FILES,
    JUDGES,
    Step,
    appeal_at,
    attempt_at,
    begun,
    decision_at,
    new,
    places,
    shown,
)

people = st.sampled_from(EVERYBODY)
judges = st.sampled_from(JUDGES) | people
files = st.sampled_from(FILES)


@st.composite
def declaring(draw: st.DrawFn) -> Step:
    person, interest = draw(people), draw(st.sampled_from(["none", "none", *get_args(Interest)]))
    return lambda stage: stage.do(DeclareInterest(person_id=person, apprentice=MIA, interest=interest), person)


@st.composite
def assigning(draw: st.DrawFn) -> Step:
    person, part = draw(people), draw(st.sampled_from(get_args(Assignment)))
    days = draw(st.integers(-3, 3))

    def step(stage: Stage) -> None:
        command = AssignPerson(
            enrolment_id=ENROLMENT, person_id=person, assignment=part, starts_on=stage.today + timedelta(days=days)
        )
        stage.do(command, ADMINISTRATOR)

    return step


@st.composite
def releasing(draw: st.DrawFn) -> Step:
    person, part = draw(judges), draw(st.sampled_from(get_args(Assignment)))
    days = draw(st.integers(-1, 2))

    def step(stage: Stage) -> None:
        day = stage.today + timedelta(days=days)
        command = ReleasePerson(enrolment_id=ENROLMENT, person_id=person, assignment=part, ends_on=day, reason="?")
        stage.do(command, ADMINISTRATOR)

    return step


@st.composite
def changing_roles(draw: st.DrawFn) -> Step:
    roles: tuple[Role, ...] = ("assessor", "coach", "panel member", "appeals officer")
    person, role = draw(people), draw(st.sampled_from(roles))
    grant = draw(st.booleans())
    command = GrantRole(person_id=person, role=role) if grant else EndRole(person_id=person, role=role)
    return lambda stage: stage.do(command, ADMINISTRATOR)


@st.composite
def preparing(draw: st.DrawFn) -> Step:
    person = draw(judges)
    return lambda stage: stage.prepare(person)


@st.composite
def moving(draw: st.DrawFn) -> Step:
    route, days = draw(st.sampled_from(["LET", "CVT"])), draw(st.integers(-2, 3))
    consents = draw(st.booleans())

    def step(stage: Stage) -> None:
        command = ChangeRoute(
            enrolment_id=ENROLMENT,
            route=route,
            form_id=FORM if route == "LET" else CVT_FORM,
            effective_on=stage.today + timedelta(days=days),
            reason="?",
        )
        if consents:
            stage.consent(ADMINISTRATOR, RouteForMe(route=route))
        stage.do(command, ADMINISTRATOR)

    return step


@st.composite
def with_evidence(draw: st.DrawFn) -> Step:
    file, person, code = draw(files), draw(people), draw(st.sampled_from(["S1", "K1", "K20"]))
    command, by = draw(
        st.sampled_from(
            [
                (WithdrawEvidence(evidence_id=file, version=1, reason="?"), MIA),
                (ReturnEvidence(evidence_id=file, version=1, reason="?"), person),
                (AcceptEvidence(evidence_id=file, version=1), person),
                (ServeEvidence(evidence_id=file, version=1), person),
                (ClaimStatements(evidence_id=file, version=1, codes=frozenset({code})), MIA),
                (DropClaim(evidence_id=file, version=1, code=code), MIA),
            ]
        )
    )
    return lambda stage: stage.do(command, by)


@st.composite
def opening(draw: st.DrawFn) -> Step:
    component = draw(st.sampled_from(["C1", "C1", "C2"]))

    def step(stage: Stage) -> None:
        command = OpenAttempt(assessment_id=new(stage, "attempt"), enrolment_id=ENROLMENT, component=component)
        stage.do(command, ADMINISTRATOR)

    return step


@st.composite
def closing(draw: st.DrawFn) -> Step:
    place, by = draw(places), draw(people)
    return lambda stage: stage.do(CloseAttempt(assessment_id=attempt_at(stage, place), reason="?"), by)


def judged(stage: Stage, attempt: UUID, file: UUID, kind: Any, few: bool) -> tuple[Finding, ...]:
    """Return a judgement on every code of an attempt, or only on some."""
    opened = stage.session().state(ASSESSMENT, attempt).opened
    codes = sorted(opened.codes if opened else {"S1"})
    cites = (Citation(evidence_id=file, version=1),)
    return tuple(
        Finding(code=code, judgement=kind, reason="seen", cites=cites) for code in (codes[:3] if few else codes)
    )


@st.composite
def finding(draw: st.DrawFn) -> Step:
    place, by, file = draw(places), draw(judges), draw(files)
    kind, few = draw(st.sampled_from(["met", "met", "not met", "not judged"])), draw(st.booleans())

    def step(stage: Stage) -> None:
        attempt = attempt_at(stage, place)
        stage.do(RecordFindings(assessment_id=attempt, findings=judged(stage, attempt, file, kind, few)), by)

    return step


@st.composite
def deciding(draw: st.DrawFn) -> Step:
    place, by = draw(places), draw(judges)

    def step(stage: Stage) -> None:
        attempt = attempt_at(stage, place)
        command = DecideGrade(
            assessment_id=attempt,
            decision_id=new(stage, "decision"),
            grade="pass",
            reasons="All met.",
            context_hash=shown(stage, attempt, by),
        )
        stage.do(command, by)

    return step


@st.composite
def superseding(draw: st.DrawFn) -> Step:
    place, by, file, own = draw(places), draw(judges), draw(files), draw(st.booleans())

    def step(stage: Stage) -> None:
        attempt, old = decision_at(stage, place)
        command = SupersedeDecision(
            assessment_id=attempt,
            supersedes=old,
            decision_id=new(stage, "decision"),
            grade="fail" if own else "distinction",
            reasons="Overlooked.",
            reason_code="marking error",
            authority_cited="lead assessor",
            context_hash=shown(stage, attempt, by),
            adopts=tuple(each.code for each in judged(stage, attempt, file, "met", False)[3 if own else 0 :]),
            findings=judged(stage, attempt, file, "not met", True) if own else (),
        )
        stage.do(command, by)

    return step


@st.composite
def voiding(draw: st.DrawFn) -> Step:
    place, by = draw(places), draw(st.sampled_from([RESPONSIBLE, LEAD]))

    def step(stage: Stage) -> None:
        attempt, decision = decision_at(stage, place)
        account = Account(found="copied", heard="Mia")
        command = VoidDecision(
            assessment_id=attempt, decision_id=decision, reason_code="malpractice", reason="copied", account=account
        )
        stage.do(command, by)

    return step


@st.composite
def judging_well(draw: st.DrawFn) -> Step:
    """Do all that a decision needs, in order, so that histories have some."""
    by = draw(st.sampled_from(JUDGES))
    component = "C2" if by == CENTRE_ASSESSOR else "C1"

    def step(stage: Stage) -> None:
        attempt = new(stage, "attempt")
        stage.do(OpenAttempt(assessment_id=attempt, enrolment_id=ENROLMENT, component=component), ADMINISTRATOR)
        stage.do(RecordFindings(assessment_id=attempt, findings=judged(stage, attempt, LOG, "met", False)), by)
        stage.decide(attempt, new(stage, "decision"), by)

    return step


@st.composite
def appealing(draw: st.DrawFn) -> Step:
    place, by, consents = draw(places), draw(st.sampled_from([MIA, MIA, COACH])), draw(st.booleans())

    def step(stage: Stage) -> None:
        attempt, decision = decision_at(stage, place)
        case = new(stage, "appeal")
        ground = Ground(ground="procedure", statement="?", items=(LOG,))
        subject = DecisionSubject(assessment_id=attempt, decision_id=decision)
        if consents:
            stage.consent(COACH, AppealForMe(assessment_id=attempt, decision_id=decision))
        stage.do(LodgeAppeal(appeal_id=case, subject=subject, grounds=(ground,)), by)
        stage.do(AdmitAppeal(appeal_id=case), APPEALS)

    return step


@st.composite
def convening(draw: st.DrawFn) -> Step:
    place, others = draw(places), draw(st.frozensets(people, max_size=1))
    few = st.sampled_from([frozenset({CHAIR, MEMBER}), frozenset({CHAIR}), frozenset({MEMBER})])
    members = draw(
        st.sampled_from([frozenset({CHAIR, MEMBER}), frozenset({LEAD, MEMBER})]) | few.map(lambda some: some | others)
    )
    return lambda stage: stage.do(ConvenePanel(appeal_id=appeal_at(stage, place), members=members), APPEALS)


@st.composite
def ending(draw: st.DrawFn) -> Step:
    place, by = draw(places), draw(st.sampled_from([CHAIR, CHAIR, MEMBER, APPEALS, MIA, ASSESSOR]))
    outcomes: tuple[Outcome, ...] = ("upheld", "dismissed")
    outcome, react = draw(st.sampled_from(outcomes)), draw(st.booleans())
    answers = (Answer(ground=0, answer="so it was"),)

    def step(stage: Stage) -> None:
        case = appeal_at(stage, place)
        if by == MIA:
            stage.do(WithdrawAppeal(appeal_id=case), MIA)
            return
        stage.do(ProposeOutcome(appeal_id=case, outcome=outcome, reasons="?", answers=answers), by)
        proposal = stage.session().state(APPEAL_KIND, case).last_proposal
        for other in sorted(stage.session().state(APPEAL_KIND, case).members - {by}):
            stage.do(ConfirmOutcome(appeal_id=case, proposal=proposal, account="I read it."), other)
        if react:
            stage.reactions.react(stage.log()[-1])

    return step


@st.composite
def hearing_well(draw: st.DrawFn) -> Step:
    """Take an appeal from its lodging to a panel that may decide it, so that histories have some."""
    lodge, meanwhile, end = draw(appealing()), draw(declaring() | assigning() | changing_roles()), draw(ending())
    members = frozenset({draw(st.sampled_from([CHAIR, CHAIR, LEAD])), MEMBER})

    def step(stage: Stage) -> None:
        lodge(stage)
        stage.do(ConvenePanel(appeal_id=appeal_at(stage, 0), members=members), APPEALS)
        with suppress(Rejected):
            meanwhile(stage)
        end(stage)

    return step


@st.composite
def waiting(draw: st.DrawFn) -> Step:
    days = draw(st.integers(1, 3))

    def step(stage: Stage) -> None:
        stage.at += timedelta(days=days)

    return step


STEPS = st.one_of(
    judging_well(),
    judging_well(),
    hearing_well(),
    appealing(),
    convening(),
    ending(),
    deciding(),
    finding(),
    superseding(),
    voiding(),
    opening(),
    closing(),
    declaring(),
    assigning(),
    releasing(),
    changing_roles(),
    preparing(),
    with_evidence(),
    moving(),
    waiting(),
    QUESTIONS,
    COURSES,
    COURSES,
)


def play(steps: list[Step]) -> Stage:
    """Return the record after all that people tried; what was refused left nothing."""
    stage = Stage(begun().copy())  # type: ignore[arg-type]  # a journal like any other
    stage.at += timedelta(days=1)
    for step in steps:
        with suppress(Rejected):
            step(stage)
    return stage


def history(stage: Stage, stream: UUID) -> list[Recorded]:
    """Return the facts of one stream."""
    return [entry for entry in stage.log() if entry.originator_id == stream]
