"""Who may find and decide in an attempt: the role, the part, no tie to the apprentice, not barred."""

from typing import Any

import pytest

from portfolio.domain.appeal.facts import DecisionSubject
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import (
    AssessorNotAuthorised,
    AssessorNotStandardised,
    RemarkerNotDifferent,
    barred,
)
from portfolio.domain.assessment.decisions import (
    BarringNotSaid,
)
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import Command, changed
from portfolio.domain.person import Person
from tests.domain.assessing import (
    ENROLMENT,
    KNOWN,
    assigned,
    prepared,
)
from tests.domain.given import given
from tests.domain.test_assessment import (
    CLOSED,
    DECIDE,
    DECIDED,
    FIND,
    FOUND,
    K1,
    S1,
    SUPERSEDE,
    TAKEN,
    VOID,
    VOIDED,
    VOIDING,
)
from tests.domain.test_decision_context import found
from tests.domain.test_opening import OPENED
from tests.domain.world import (
    ASSESSOR,
    ATTEMPT_ID,
    COACH,
    DECISION_ID,
    FORM_ID,
    OBSERVATION,
    OTHER_ASSESSOR,
    TODAY,
    TOMORROW,
    an_id,
    form,
)

# --- who ---

JUDGING = [(FIND, (OPENED,)), (DECIDE, FOUND), (SUPERSEDE, TAKEN)]


@pytest.mark.parametrize(
    "part",
    [
        assigned(ends_on=TODAY),
        assigned(starts_on=TOMORROW),
        assigned(components=frozenset({"C2"}), form_id=FORM_ID),
        assigned(assignment="internal quality assurer"),
        assigned(OTHER_ASSESSOR),
    ],
)
@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_only_an_assigned_assessor_finds_and_decides(command: Command, history: Any, part: Any) -> None:
    known = changed(KNOWN, enrolment=changed(ENROLMENT, assigned=(part,)))
    given(ASSESSMENT, *history).when(command, known).rejected(AssessorNotAuthorised)


@pytest.mark.parametrize("marker", ["assessment organisation", "centre"])
@pytest.mark.parametrize("role", ["assessor", "centre assessor", "lead assessor"])
def test_who_marks_depends_on_who_the_form_says_marks(marker: Any, role: str) -> None:
    marked = form(changed(OBSERVATION, marker=marker))
    then = given(ASSESSMENT, OPENED).when(FIND, changed(KNOWN, form=marked, person=prepared(role)))
    if (marker, role) in {("assessment organisation", "assessor"), ("centre", "centre assessor")}:
        then.records(K1, S1)
    else:
        then.rejected(AssessorNotAuthorised)


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_nobody_with_a_conflict_finds_or_decides(command: Command, history: Any) -> None:
    interested = changed(KNOWN, person=prepared("assessor", interest="personal"))
    once_coach = changed(ENROLMENT, assigned=(assigned(), assigned(assignment="coach", ends_on=TODAY)))
    on_another_enrolment = changed(KNOWN, other_enrolments=(once_coach,))
    for known in (interested, changed(KNOWN, enrolment=once_coach), on_another_enrolment):
        given(ASSESSMENT, *history).when(command, known).rejected(AssessorConflicted)


def test_the_coaching_of_others_is_no_conflict() -> None:
    coached = changed(KNOWN, enrolment=changed(ENROLMENT, assigned=(assigned(), assigned(COACH, "coach"))))
    given(ASSESSMENT, OPENED).when(FIND, coached).records(K1, S1)


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_who_took_part_in_a_decision_set_aside_does_not_assess_again(command: Command, history: Any) -> None:
    decided = (OPENED, DECIDED)
    for bars in (None, True):
        known = changed(KNOWN, earlier=(ASSESSMENT.fold([*decided, changed(VOIDED, bars=bars)]),))
        given(ASSESSMENT, *history).when(command, known).rejected(RemarkerNotDifferent)
    elsewhere = (changed(OPENED, component="C2"), *decided[1:], VOIDED)
    known = changed(KNOWN, earlier=(ASSESSMENT.fold(decided), ASSESSMENT.fold(elsewhere)))
    assert barred(OPENED, known) == frozenset()


def test_who_is_said_not_to_be_barred_is_barred_once_an_appeal_is_upheld() -> None:
    decided = (OPENED, DECIDED, changed(VOIDED, bars=False, bars_because="A form was misprinted."))
    known = changed(KNOWN, earlier=(ASSESSMENT.fold(decided),))
    assert barred(OPENED, known) == frozenset()
    contested = DecisionSubject(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
    case = Appeal(status="decided", subject_of_appeal=contested, outcome="upheld")
    assert barred(OPENED, changed(known, appeals=(case,))) == {ASSESSOR}
    assert barred(OPENED, changed(known, appeals=(changed(case, outcome="dismissed"),))) == frozenset()
    elsewhere = changed(case, subject_of_appeal=changed(contested, decision_id=an_id("another")))
    assert barred(OPENED, changed(known, appeals=(elsewhere,))) == frozenset()


def test_who_sets_aside_says_with_a_reason_whether_who_took_part_is_barred() -> None:
    error = changed(VOID, reason_code="marking error", account=None)
    given(ASSESSMENT, *CLOSED).when(error, VOIDING).rejected(BarringNotSaid)
    given(ASSESSMENT, *CLOSED).when(changed(error, bars=True), VOIDING).rejected(BarringNotSaid)
    given(ASSESSMENT, *CLOSED).when(changed(VOID, bars=False), VOIDING).rejected(BarringNotSaid)
    said = {"bars": False, "bars_because": "A form was misprinted."}
    voided = changed(VOIDED, reason_code="marking error", account=None, **said)
    given(ASSESSMENT, *CLOSED).when(changed(error, **said), VOIDING).records(voided)


def test_findings_of_who_is_barred_are_not_adopted() -> None:
    known = changed(KNOWN, earlier=(ASSESSMENT.fold((*TAKEN, VOIDED)),))
    given(ASSESSMENT, *TAKEN).when(SUPERSEDE, known).rejected(RemarkerNotDifferent, "K1, S1")


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_a_record_on_which_nothing_stands_authorises_nobody(command: Command, history: Any) -> None:
    for nothing in ({"person": Person()}, {"enrolment": Enrolment()}):
        given(ASSESSMENT, *history).when(command, changed(KNOWN, **nothing)).rejected(AssessorNotAuthorised)


@pytest.mark.parametrize(("command", "history"), JUDGING[1:])
def test_who_decides_is_standardised_on_the_criteria(command: Command, history: Any) -> None:
    fresh = changed(KNOWN, person=changed(prepared("assessor"), competences=()))
    given(ASSESSMENT, *history).when(command, fresh).rejected(AssessorNotStandardised)


def test_everybody_who_ever_found_or_decided_took_part() -> None:
    history = (OPENED, found("K1", by=OTHER_ASSESSOR), K1, S1, DECIDED)
    assert given(ASSESSMENT, *history).state.took_part() == {ASSESSOR, OTHER_ASSESSOR}
