"""Opening an attempt: on what is approved, one at a time, as often as the component allows (DECISION-9, PLAN-6)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import AssessorNotAuthorised, RemarkerNotDifferent
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptClosed, AttemptOpened, DecisionVoided, GradeDecided
from portfolio.domain.assessment.limits import AttemptNotAllowed
from portfolio.domain.assessment.opening import (
    AttemptExists,
    ForAttempt,
    OpenAttempt,
    OpenAttemptAfterAppeal,
)
from portfolio.domain.components import Components
from portfolio.domain.criteria import Criteria, CriteriaNotApproved
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.refusals import AssessorConflicted, EnrolmentUnknown
from portfolio.domain.enrolment.state import Enrolment, RouteFrom
from portfolio.domain.form import Component, ComponentUnknown, CoverageProofMissing, Form, OutcomeNotInRoute
from portfolio.domain.kernel import NOBODY, Fact, changed
from portfolio.domain.plan import PlanEdition, PlanNotApproved
from tests.domain.assessing import COMPONENTS, EDITION, ENROLMENT, ON_LET, OPENING, prepared
from tests.domain.given import given
from tests.domain.test_decision_context import CONTEXT, VERSION, found
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CRITERIA,
    CRITERIA_ID,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    OBSERVATION,
    OTHER_ASSESSOR,
    OTHER_FORM_ID,
    PLAN,
    TODAY,
    TOMORROW,
    an_id,
    form,
)

OPEN = OpenAttempt(assessment_id=ATTEMPT_ID, enrolment_id=ENROLMENT_ID, component="C1")
AFTER_APPEAL = OpenAttemptAfterAppeal(
    assessment_id=ATTEMPT_ID, enrolment_id=ENROLMENT_ID, component="C1", appeal_id=APPEAL_ID
)
OPENED = AttemptOpened(
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    form_id=FORM_ID,
    component="C1",
    criteria_id=CRITERIA_ID,
    evidence_kinds=OBSERVATION.evidence_kinds,
    codes=frozenset({"K1", "S1"}),
    route="LET",
    number=1,
    barred=frozenset(),
    after_appeal=None,
)
DECIDED = GradeDecided(decision_id=DECISION_ID, grade="pass", reasons="All met.", decider=ASSESSOR, context=CONTEXT)
NOT_MET = changed(DECIDED, grade="fail", context=changed(CONTEXT, findings=(found("K1", "not met"), found("S1"))))
MET = changed(DECIDED, context=changed(CONTEXT, findings=(found("K1"), found("S1"))))
CLOSED = AttemptClosed(reason="opened by mistake")
VOIDED = DecisionVoided(decision_id=DECISION_ID, reason_code="malpractice", reason="copied", appeal_id=None)


def earlier(*attempts: tuple[Fact, ...]) -> tuple[Assessment, ...]:
    """Return attempts with these histories."""
    return tuple(ASSESSMENT.fold(history) for history in attempts)


def on_a_form_with(component: Component) -> Form:
    return form(component)


def moved_to(*components: Component, attempts: Any = (), lines: dict[UUID, UUID] | None = None) -> ForAttempt:
    """Return what is known where another form of these components is taken than the attempts were opened on."""
    forms, taken = {**COMPONENTS.forms, OTHER_FORM_ID: form(*components)}, changed(ON_LET, form_id=OTHER_FORM_ID)
    return changed(
        OPENING,
        enrolment=changed(ENROLMENT, routes=(taken,)),
        form=form(*components),
        attempts=earlier(*attempts),
        components=Components(forms=forms, lines=lines or COMPONENTS.lines),
    )


def test_an_attempt_is_opened_at_a_component_with_the_codes_of_the_route() -> None:
    given(ASSESSMENT).when(OPEN, OPENING).records(OPENED)
    wider = on_a_form_with(changed(OBSERVATION, codes=OBSERVATION.codes | {"K10"}))  # K10 is of the other option
    given(ASSESSMENT).when(OPEN, changed(OPENING, form=wider)).records(OPENED)


def test_an_attempt_is_opened_once() -> None:
    given(ASSESSMENT, OPENED).when(OPEN, OPENING).rejected(AttemptExists)


def test_an_attempt_belongs_to_an_enrolment() -> None:
    given(ASSESSMENT).when(OPEN, changed(OPENING, enrolment=Enrolment())).rejected(EnrolmentUnknown)


def test_nothing_of_a_record_that_does_not_exist_is_made_up() -> None:
    empty = {"enrolment": Enrolment(), "edition": PlanEdition(), "deployment": Deployment(), "form": Form()}
    nothing = changed(OPENING, criteria=Criteria(), attempts=(), **empty)
    given(ASSESSMENT).when(OPEN, nothing).rejected(EnrolmentUnknown)
    given(ASSESSMENT).when(OPEN, changed(nothing, enrolment=ENROLMENT)).rejected(CoverageProofMissing)


def test_an_attempt_is_opened_on_an_approved_form() -> None:
    given(ASSESSMENT).when(OPEN, changed(OPENING, form=form(approved=False))).rejected(CoverageProofMissing)


@pytest.mark.parametrize(
    "edition", [PlanEdition(), changed(EDITION, approved=False), changed(EDITION, plan=changed(PLAN, draft=True))]
)
def test_no_live_attempt_rests_on_a_plan_that_is_not_approved(edition: PlanEdition) -> None:
    given(ASSESSMENT).when(OPEN, changed(OPENING, edition=edition)).rejected(PlanNotApproved)


def test_a_demo_attempt_may_rest_on_a_plan_that_is_not_approved() -> None:
    demo = changed(OPENING, edition=changed(EDITION, approved=False), deployment=Deployment(mode="demo"))
    given(ASSESSMENT).when(OPEN, demo).records(OPENED)


@pytest.mark.parametrize("component", ["C9", "c1"])
def test_an_attempt_is_at_a_component_of_the_form_taken(component: str) -> None:
    given(ASSESSMENT).when(changed(OPEN, component=component), OPENING).rejected(ComponentUnknown)


def test_an_attempt_is_at_a_component_that_states_its_criteria() -> None:
    unstated = on_a_form_with(changed(OBSERVATION, criteria_id=None))
    given(ASSESSMENT).when(OPEN, changed(OPENING, form=unstated)).rejected(ComponentUnknown)
    assert (unstated.criteria_of("C1"), unstated.criteria_of("C9"), form().criteria_of("C1")) == (
        NOBODY,
        NOBODY,
        CRITERIA_ID,
    )


def test_criteria_are_approved_before_an_attempt_opens() -> None:
    drafted = changed(OPENING, criteria=changed(CRITERIA, approved=False))
    given(ASSESSMENT).when(OPEN, drafted).rejected(CriteriaNotApproved)


def test_no_attempt_is_opened_while_another_goes_on() -> None:
    going_on = changed(OPENING, attempts=earlier((OPENED,)))
    given(ASSESSMENT).when(OPEN, going_on).rejected(AttemptNotAllowed)
    elsewhere = changed(OPENING, attempts=earlier((changed(OPENED, component="C2"),)))
    given(ASSESSMENT).when(OPEN, elsewhere).records(OPENED)


def test_an_attempt_left_open_on_the_old_route_does_not_bar_one_on_the_new() -> None:
    left_open = changed(OPENING, attempts=earlier((changed(OPENED, route="CVT"),)))
    given(ASSESSMENT).when(OPEN, left_open).records(changed(OPENED, number=2))


def test_an_attempt_that_was_closed_does_not_bar_the_next_and_uses_up_none() -> None:
    closed = (OPENED, found("K1"), CLOSED)
    known = changed(OPENING, attempts=earlier(closed, closed, closed))
    given(ASSESSMENT).when(OPEN, known).records(changed(OPENED, number=4))


def test_a_renamed_key_neither_resets_the_limit_nor_lets_two_attempts_go_on() -> None:
    renamed = changed(OBSERVATION, key="C7")
    command, opened = changed(OPEN, component="C7"), changed(OPENED, component="C7", form_id=OTHER_FORM_ID)
    given(ASSESSMENT).when(command, moved_to(renamed, attempts=[(OPENED,)])).rejected(AttemptNotAllowed, "goes on")
    twice = moved_to(renamed, attempts=[(OPENED, NOT_MET)] * 2)
    given(ASSESSMENT).when(command, twice).rejected(AttemptNotAllowed, "2 of 2")
    once = moved_to(renamed, attempts=[(OPENED, NOT_MET)])
    given(ASSESSMENT).when(command, once).records(changed(opened, number=2))


def test_a_later_version_of_criteria_resets_no_limit_and_other_criteria_or_methods_are_another_component() -> None:
    newer, unrelated = an_id("newer criteria"), an_id("unrelated criteria")
    lines = {CRITERIA_ID: CRITERIA_ID, newer: CRITERIA_ID, unrelated: unrelated}
    twice = [(OPENED, NOT_MET)] * 2
    later = moved_to(changed(OBSERVATION, criteria_id=newer), attempts=twice, lines=lines)
    given(ASSESSMENT).when(OPEN, later).rejected(AttemptNotAllowed, "2 of 2")
    opened = changed(OPENED, form_id=OTHER_FORM_ID)
    other = moved_to(changed(OBSERVATION, criteria_id=unrelated), attempts=twice, lines=lines)
    given(ASSESSMENT).when(OPEN, other).records(changed(opened, criteria_id=unrelated))
    method = moved_to(changed(OBSERVATION, method="portfolio"), attempts=twice)
    given(ASSESSMENT).when(OPEN, method).records(opened)


def test_where_two_are_of_one_method_and_line_the_key_tells_them_apart_and_one_that_cannot_be_told_counts() -> None:
    twin = changed(OBSERVATION, key="C3")
    both = moved_to(OBSERVATION, twin, attempts=[(OPENED, NOT_MET)] * 2)
    given(ASSESSMENT).when(OPEN, both).rejected(AttemptNotAllowed, "2 of 2")
    at_the_twin = changed(OPENED, component="C3", form_id=OTHER_FORM_ID)
    given(ASSESSMENT).when(changed(OPEN, component="C3"), both).records(at_the_twin)
    renamed = moved_to(changed(OBSERVATION, key="C7"), twin, attempts=[(OPENED, NOT_MET)] * 2)
    for key in ("C3", "C7"):
        given(ASSESSMENT).when(changed(OPEN, component=key), renamed).rejected(AttemptNotAllowed, "2 of 2")


def test_no_attempt_is_opened_where_the_latest_decision_found_every_code_met() -> None:
    for history in ([(OPENED, MET)], [(OPENED, NOT_MET), (OPENED, MET)]):
        known = moved_to(changed(OBSERVATION, maximum_attempts=9), attempts=history)
        given(ASSESSMENT).when(OPEN, known).rejected(AttemptNotAllowed, "Every code")
    again = moved_to(changed(OBSERVATION, maximum_attempts=9), attempts=[(OPENED, MET), (OPENED, NOT_MET)])
    given(ASSESSMENT).when(OPEN, again).records(changed(OPENED, form_id=OTHER_FORM_ID, number=3))


def test_a_code_that_was_never_in_it_or_counts_on_another_route_only_is_not_met_yet() -> None:
    wider = changed(OBSERVATION, codes=OBSERVATION.codes | {"K2"})
    given(ASSESSMENT).when(OPEN, moved_to(wider, attempts=[(OPENED, MET)])).records(
        changed(OPENED, form_id=OTHER_FORM_ID, codes=wider.codes, number=2)
    )
    shared = changed(OBSERVATION, codes=frozenset({"K20"}))  # of both options: it does not carry over
    on_cvt = changed(OPENED, route="CVT", codes=shared.codes)
    judged = changed(DECIDED, context=changed(CONTEXT, findings=(found("K20"),)))
    given(ASSESSMENT).when(OPEN, moved_to(shared, attempts=[(on_cvt, judged)])).records(
        changed(OPENED, form_id=OTHER_FORM_ID, codes=shared.codes, number=2)
    )
    on_let = changed(on_cvt, route="LET")
    given(ASSESSMENT).when(OPEN, moved_to(shared, attempts=[(on_let, judged)])).rejected(AttemptNotAllowed, "Every")


def test_the_route_and_the_form_are_those_of_today() -> None:
    on_cvt = RouteFrom(since=TOMORROW, route="CVT", form_id=OTHER_FORM_ID)
    moving = changed(OPENING, enrolment=changed(ENROLMENT, routes=(ON_LET, on_cvt)))
    given(ASSESSMENT).when(OPEN, moving).records(OPENED)
    moved = changed(moving, today=TOMORROW, form=on_a_form_with(changed(OBSERVATION, codes=frozenset({"K10", "K11"}))))
    on_the_new = changed(OPENED, route="CVT", form_id=OTHER_FORM_ID, codes=frozenset({"K10"}))
    given(ASSESSMENT).when(OPEN, moved).records(on_the_new)
    routes = moving.enrolment
    assert [routes.form_on(day) for day in (TODAY, TOMORROW)] == [FORM_ID, OTHER_FORM_ID]
    assert Enrolment().form_on(TODAY) == NOBODY


def test_attempts_end_at_the_number_the_component_allows() -> None:
    once, twice = earlier((OPENED, NOT_MET)), earlier((OPENED, NOT_MET), (OPENED, NOT_MET))
    given(ASSESSMENT).when(OPEN, changed(OPENING, attempts=once)).records(changed(OPENED, number=2))
    given(ASSESSMENT).when(OPEN, changed(OPENING, attempts=twice)).rejected(AttemptNotAllowed)
    ordered = changed(OPENED, number=3, after_appeal=APPEAL_ID)
    given(ASSESSMENT).when(AFTER_APPEAL, changed(OPENING, attempts=twice)).records(ordered)
    endless = on_a_form_with(changed(OBSERVATION, maximum_attempts=None))
    given(ASSESSMENT).when(OPEN, changed(OPENING, form=endless)).rejected(AttemptNotAllowed)


def test_attempts_that_count_are_those_with_a_decision_that_stands() -> None:
    void, elsewhere = (OPENED, NOT_MET, VOIDED), (changed(OPENED, component="C2"), DECIDED)
    known = changed(OPENING, attempts=earlier((OPENED, NOT_MET), void, elsewhere))
    given(ASSESSMENT).when(OPEN, known).records(changed(OPENED, number=3, barred=frozenset({ASSESSOR})))


def test_no_attempt_is_opened_at_a_component_without_a_code_of_the_route() -> None:
    foreign = on_a_form_with(changed(OBSERVATION, codes=frozenset({"K10"})))
    given(ASSESSMENT).when(OPEN, changed(OPENING, form=foreign)).rejected(OutcomeNotInRoute)


def test_an_attempt_after_an_appeal_says_so_and_bars_who_took_part() -> None:
    set_aside = earlier((OPENED, found("K1", by=OTHER_ASSESSOR), DECIDED, VOIDED))
    opened = changed(OPENED, after_appeal=APPEAL_ID, number=2, barred=frozenset({ASSESSOR, OTHER_ASSESSOR}))
    given(ASSESSMENT).when(AFTER_APPEAL, changed(OPENING, attempts=set_aside)).records(opened)


def test_who_wrote_a_record_that_the_decision_rests_on_is_barred_and_nobody_whose_record_it_does_not_cite() -> None:
    seen, other = an_id("what was seen"), an_id("another record")
    cited = (changed(VERSION, evidence_id=EVIDENCE_ID, written_by=seen), changed(VERSION, version=2, written_by=other))
    rests = changed(DECIDED, context=changed(DECIDED.context, available=cited, findings=(found("K1"),)))
    known = changed(OPENING, attempts=earlier((OPENED, rests, VOIDED)))
    given(ASSESSMENT).when(OPEN, known).records(changed(OPENED, number=2, barred=frozenset({ASSESSOR, seen})))
    assert not ASSESSMENT.fold((OPENED, rests)).took_part() & {seen, other}


def test_who_took_part_in_a_decision_that_stands_or_elsewhere_is_not_barred() -> None:
    elsewhere = (changed(OPENED, component="C2"), DECIDED, VOIDED)
    known = changed(OPENING, attempts=earlier((OPENED, NOT_MET), elsewhere))
    given(ASSESSMENT).when(OPEN, known).records(changed(OPENED, number=2))


@pytest.mark.parametrize("history", [(OPENED,), (OPENED, DECIDED)])
def test_an_attempt_after_an_appeal_obeys_the_same_rules(history: Any) -> None:
    given(ASSESSMENT, *history).when(AFTER_APPEAL, OPENING).rejected(AttemptExists)
    going_on = changed(OPENING, attempts=earlier((OPENED,)))
    given(ASSESSMENT).when(AFTER_APPEAL, going_on).rejected(AttemptNotAllowed)


def test_an_assessor_opens_attempts_at_components_of_theirs_and_while_they_may_assess() -> None:
    unassigned = changed(OPENING, enrolment=changed(ENROLMENT, assigned=()))
    given(ASSESSMENT).when(OPEN, unassigned).rejected(AssessorNotAuthorised)
    interested = changed(OPENING, person=prepared("assessor", interest="personal"))
    given(ASSESSMENT).when(OPEN, interested).rejected(AssessorConflicted)
    aside = (OPENED, DECIDED, VOIDED)
    out = changed(OPENING, earlier=(ASSESSMENT.fold(aside),))
    given(ASSESSMENT).when(OPEN, out).rejected(RemarkerNotDifferent)
    for known in (unassigned, interested, out):
        office = changed(known, person=changed(known.person, roles=known.person.roles | {"administrator"}))
        given(ASSESSMENT).when(OPEN, office).records(OPENED)
