"""What the rules of attempts know on a record with a history, and who may assess there."""

from datetime import timedelta
from uuid import UUID

import pytest

from portfolio.domain.assessment.assessor import check_decider, is_assigned
from portfolio.domain.assessment.closing import CloseAttempt
from portfolio.domain.assessment.decisions import DecideGrade, SupersedeDecision
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.assessment.findings import RecordFindings, citable
from portfolio.domain.assessment.limits import AttemptNotAllowed
from portfolio.domain.assessment.opening import OpenAttempt, OpenAttemptAfterAppeal
from portfolio.domain.criteria import Criteria
from portfolio.domain.enrolment.facts import RouteForMe
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.enrolment.routes import ChangeRoute
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.commands import ReturnEvidence
from portfolio.domain.form import Form
from portfolio.domain.interests import DeclareInterest
from portfolio.domain.kernel import Command, NotPermitted, changed
from portfolio.domain.person import RegisterPerson
from portfolio.domain.plan import PlanEdition
from tests.application.stage import (
    ADMINISTRATOR,
    APPEAL,
    ASSESSOR,
    CENTRE_ASSESSOR,
    COACH,
    CRITERIA,
    CVT_FORM,
    ENROLMENT,
    FORM,
    LOG,
    MIA,
    OBSERVED,
    OTHER_ASSESSOR,
    PLAN_ID,
    PORTFOLIO,
    Stage,
)
from tests.application.test_loaders import known
from tests.domain.world import an_id
from tests.tools.examples import example_of

OPEN = OpenAttempt(assessment_id=an_id("another"), enrolment_id=ENROLMENT, component="C1")
FIND = RecordFindings(assessment_id=OBSERVED, findings=())
DECIDE = changed(example_of(DecideGrade), assessment_id=OBSERVED)
SUPERSEDE = changed(example_of(SupersedeDecision), assessment_id=OBSERVED)


def move(stage: Stage, days: int) -> None:
    command = ChangeRoute(
        enrolment_id=ENROLMENT,
        route="CVT",
        form_id=CVT_FORM,
        effective_on=stage.today + timedelta(days=days),
        reason="moved house",
    )
    stage.consent(ADMINISTRATOR, RouteForMe(route="CVT"))
    stage.do(command, ADMINISTRATOR)


# --- opening ---


def test_nothing_of_a_record_that_does_not_exist_is_made_up(stage: Stage) -> None:
    unknown = known(stage, changed(OPEN, enrolment_id=an_id("?")))
    assert (unknown.enrolment, unknown.edition, unknown.form) == (Enrolment(), PlanEdition(), Form())
    assert (unknown.criteria, unknown.attempts) == (Criteria(), ())
    for command in (FIND, DECIDE, SUPERSEDE):
        unknown = known(stage, command, ASSESSOR)
        assert (unknown.enrolment, unknown.form, unknown.evidence) == (Enrolment(), Form(), {})


def test_an_attempt_rests_on_what_the_enrolment_names(stage: Stage) -> None:
    stage.enrol()
    loaded = known(stage, OPEN)
    assert (loaded.deployment.mode, loaded.edition.plan.reference) == ("demo", "ST1297")
    assert (loaded.form.title, loaded.criteria.title) == ("LET-F1", "Criteria")
    assert known(stage, changed(OPEN, component="C9")).criteria == Criteria()


def test_the_form_of_the_route_is_that_of_today(stage: Stage) -> None:
    stage.enrol()
    move(stage, days=2)
    assert known(stage, OPEN).form.routes == ("LET",)
    stage.at += timedelta(days=2)
    assert known(stage, OPEN).form.routes == ("CVT",)
    stage.open()
    (opened,) = stage.facts(AttemptOpened)
    assert isinstance(opened.fact, AttemptOpened)
    assert (opened.fact.route, opened.fact.form_id) == ("CVT", CVT_FORM)


def test_an_attempt_left_open_on_the_old_route_does_not_bar_one_on_the_new(stage: Stage) -> None:
    stage.enrol()
    stage.open()
    with pytest.raises(AttemptNotAllowed):
        stage.do(OPEN, ADMINISTRATOR)
    move(stage, days=0)
    stage.do(OPEN, ADMINISTRATOR)


def test_an_attempt_carries_its_number_among_all_of_the_component(stage: Stage) -> None:
    stage.enrol()
    stage.open()
    stage.do(CloseAttempt(assessment_id=OBSERVED, reason="The wrong day."), ADMINISTRATOR)
    stage.do(OPEN, ADMINISTRATOR)
    stage.open(PORTFOLIO, "C2")
    numbers = [
        (entry.fact.component, entry.fact.number)
        for entry in stage.facts(AttemptOpened)
        if isinstance(entry.fact, AttemptOpened)
    ]
    assert numbers == [("C1", 1), ("C1", 2), ("C2", 1)]


def test_no_person_opens_an_attempt_in_the_name_of_an_appeal(stage: Stage) -> None:
    stage.decided()
    again = OpenAttemptAfterAppeal(
        assessment_id=an_id("again"), enrolment_id=ENROLMENT, component="C1", appeal_id=APPEAL
    )
    for person in (ADMINISTRATOR, ASSESSOR):
        with pytest.raises(NotPermitted):
            stage.do(again, person)


# --- who ---


@pytest.mark.parametrize("command", [FIND, DECIDE, SUPERSEDE])
@pytest.mark.parametrize(
    ("person", "component", "assigned"),
    [
        (ASSESSOR, "C1", True),
        (ASSESSOR, "C2", False),  # the centre marks it
        (CENTRE_ASSESSOR, "C1", False),
        (CENTRE_ASSESSOR, "C2", True),
        (OTHER_ASSESSOR, "C1", False),
        (COACH, "C1", False),
        (MIA, "C1", False),
    ],
)
def test_who_marks_depends_on_who_the_form_says_marks(
    stage: Stage, command: Command, person: UUID, component: str, assigned: bool
) -> None:
    stage.enrol()
    stage.open(OBSERVED, component)
    (opened,) = stage.facts(AttemptOpened)
    assert isinstance(opened.fact, AttemptOpened)
    assert is_assigned(opened.fact, known(stage, command, person)) == assigned


@pytest.mark.parametrize("command", [FIND, DECIDE, SUPERSEDE])
def test_an_assessors_authority_is_what_is_on_record(stage: Stage, command: Command) -> None:
    stage.enrol()
    stage.open()
    (opened,) = stage.facts(AttemptOpened)
    assert isinstance(opened.fact, AttemptOpened)
    check_decider(opened.fact, known(stage, command, ASSESSOR))
    newcomer = an_id("newcomer")
    stage.do(RegisterPerson(person_id=newcomer, name="New", works_for="assessment organisation"), ADMINISTRATOR)
    stage.assign_as_assessor(newcomer)
    stage.do(DeclareInterest(person_id=newcomer, apprentice=MIA, interest="managed"), newcomer)
    with pytest.raises(AssessorConflicted):
        check_decider(opened.fact, known(stage, command, newcomer))


# --- findings and decisions ---


def test_a_finding_may_rest_on_what_is_handed_in_and_not_on_drafts(stage: Stage) -> None:
    stage.enrol()
    stage.open()
    stage.hand_in()
    stage.draft(an_id("draft"))
    stage.hand_in(an_id("returned"))
    stage.do(ReturnEvidence(evidence_id=an_id("returned"), version=1, reason="?"), ASSESSOR)
    loaded = known(stage, FIND, ASSESSOR)
    assert set(loaded.evidence) == {LOG, an_id("draft"), an_id("returned")}
    assert citable(loaded.evidence) == {(LOG, 1): "work product"}


def test_a_decision_knows_the_entries_of_all_evidence_and_the_versions_of_what_it_rests_on(stage: Stage) -> None:
    stage.enrol()
    stage.open()
    stage.hand_in()
    loaded = known(stage, DECIDE, ASSESSOR)
    session = stage.session()
    assert loaded.histories == {LOG: session.history(LOG)}
    rests_on = (OBSERVED, ENROLMENT, MIA, ASSESSOR, FORM, CRITERIA, LOG, PLAN_ID)
    assert dict(loaded.streams) == {str(stream): session.version(stream) for stream in rests_on}
