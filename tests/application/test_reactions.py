"""What follows from an upheld appeal: set aside once, opened once, whatever crashes or comes twice."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, Clock, Receipt, StorageFull
from portfolio.application.reactions import Reactions
from portfolio.domain.appeal.aggregate import APPEAL as APPEAL_KIND
from portfolio.domain.appeal.consequences import CloseConsequence
from portfolio.domain.appeal.facts import AppealDecided, ConsequenceRefused
from portfolio.domain.assessment.decisions import VoidDecision
from portfolio.domain.assessment.facts import AttemptOpened, DecisionVoided
from portfolio.domain.assessment.opening import OpenAttemptAfterAppeal
from portfolio.domain.enrolment.facts import RouteChanged, RouteForMe
from portfolio.domain.enrolment.routes import ChangeRoute
from portfolio.domain.form import AddComponent, ApproveForm, Component, DraftForm
from portfolio.domain.kernel import Command, Recorded, Rejected, StaleVersion, changed
from portfolio.domain.vocabulary import SYSTEM
from tests.application.stage import (
    ADMINISTRATOR,
    APPEAL,
    ASSESSOR,
    DECISION,
    ENROLMENT,
    FORM,
    KNOWLEDGE,
    LEAD,
    OBSERVED,
    OTHER_ASSESSOR,
    PLAN_ID,
    RESPONSIBLE,
    SKILLS,
    Stage,
    stated,
)
from tests.domain.world import an_id

SECOND, SECOND_ATTEMPT = an_id("second decision"), an_id("second attempt")
OTHER_CRITERIA, OTHER_FORM = an_id("other criteria"), an_id("other form")


@pytest.fixture
def upheld(stage: Stage) -> Stage:
    """Give a record on which an appeal was just upheld and nothing followed yet."""
    stage.decided()
    stage.lodge()
    stage.convene()
    stage.uphold()
    return stage


def new_attempts(stage: Stage) -> list[Recorded]:
    return [entry for entry in stage.facts(AttemptOpened) if entry.originator_id != OBSERVED]


def test_the_decision_is_set_aside_and_a_new_attempt_opened(upheld: Stage) -> None:
    upheld.reactions.react(upheld.log()[-1])
    (void,) = upheld.facts(DecisionVoided)
    assert isinstance(void.fact, DecisionVoided)
    assert (void.fact.decision_id, void.fact.reason_code, void.fact.appeal_id) == (DECISION, "appeal", APPEAL)
    (attempt,) = new_attempts(upheld)
    assert isinstance(attempt.fact, AttemptOpened)
    assert (attempt.fact.component, attempt.fact.number, attempt.fact.after_appeal) == ("C1", 2, APPEAL)
    assert attempt.fact.barred == {ASSESSOR}
    assert {void.by, attempt.by} == {SYSTEM}


def test_seen_twice_it_happens_once(upheld: Stage) -> None:
    entry = upheld.log()[-1]
    for _ in range(3):
        upheld.reactions.react(entry)
    assert (len(upheld.facts(DecisionVoided)), len(new_attempts(upheld))) == (1, 1)


@dataclass
class Failing:
    """A handler that fails at the commands of a class, before or after it did them."""

    real: CommandHandler
    kind: type[Command]
    failure: BaseException
    done_first: bool = False

    @property
    def now(self) -> Clock:
        return self.real.now

    def execute(self, command: Command, by: UUID, **terms: Any) -> Receipt:
        if not isinstance(command, self.kind):
            return self.real.execute(command, by, **terms)
        if self.done_first:
            self.real.execute(command, by, **terms)
        raise self.failure


class Crash(BaseException):
    """The machine stops."""


@pytest.mark.parametrize("done_first", [False, True])
@pytest.mark.parametrize("kind", [VoidDecision, OpenAttemptAfterAppeal])
def test_after_a_crash_in_the_middle_it_is_finished_and_nothing_done_twice(
    upheld: Stage, kind: type[Command], done_first: bool
) -> None:
    entry = upheld.log()[-1]
    failing = Failing(upheld.handler, kind, Crash(), done_first)
    with pytest.raises(Crash):
        Reactions(failing, upheld.journal).react(entry)  # type: ignore[arg-type]  # it fails like a handler
    upheld.reactions.react(entry)
    assert (len(upheld.facts(DecisionVoided)), len(new_attempts(upheld))) == (1, 1)


@pytest.mark.parametrize("failure", [Busy(), StorageFull(), StaleVersion()])
def test_a_store_that_cannot_now_is_asked_again_later(upheld: Stage, failure: Rejected) -> None:
    entry = upheld.log()[-1]
    with pytest.raises(type(failure)):
        Reactions(Failing(upheld.handler, VoidDecision, failure), upheld.journal).react(entry)  # type: ignore[arg-type]  # as above
    assert upheld.facts(DecisionVoided) == []
    upheld.reactions.react(entry)
    assert len(upheld.facts(DecisionVoided)) == 1


def elsewhere(stage: Stage) -> None:
    """Move Mia to a form of her route which has no component like the one that was appealed in."""
    stage.write_criteria(OTHER_CRITERIA, "other")
    stage.do(DraftForm(form_id=OTHER_FORM, plan_id=PLAN_ID, title="LET-F2", routes=("LET",)), LEAD)
    whole = stated(Component(key="D1", name="All", method="observation", codes=SKILLS | KNOWLEDGE))
    stage.do(AddComponent(form_id=OTHER_FORM, component=changed(whole, criteria_id=OTHER_CRITERIA)), LEAD)
    stage.do(ApproveForm(form_id=OTHER_FORM), RESPONSIBLE)
    move(stage, OTHER_FORM)


def test_the_new_attempt_is_at_the_same_component_of_the_form_now_taken_whatever_its_key(upheld: Stage) -> None:
    upheld.do(DraftForm(form_id=OTHER_FORM, plan_id=PLAN_ID, title="LET-F2", routes=("LET",)), LEAD)
    for key, method, codes in (("C1", "Portfolio", KNOWLEDGE), ("Live", "observation", SKILLS)):
        component = stated(Component(key=key, name=key, method=method, codes=codes))
        upheld.do(AddComponent(form_id=OTHER_FORM, component=component), LEAD)
    upheld.do(ApproveForm(form_id=OTHER_FORM), RESPONSIBLE)
    decided = upheld.facts(AppealDecided)[-1]
    move(upheld, OTHER_FORM)
    upheld.reactions.react(decided)
    (attempt,) = new_attempts(upheld)
    assert isinstance(attempt.fact, AttemptOpened)
    assert (attempt.fact.component, attempt.fact.number, attempt.fact.form_id) == ("Live", 2, OTHER_FORM)


def move(stage: Stage, form_id: UUID) -> None:
    moved = bool(stage.facts(RouteChanged))  # each on this day
    cancels = (stage.today,) if moved else ()
    change = ChangeRoute(
        enrolment_id=ENROLMENT, route="LET", form_id=form_id, effective_on=stage.today, reason="F2", cancels=cancels
    )
    stage.consent(ADMINISTRATOR, RouteForMe(route="LET"))
    stage.do(change, ADMINISTRATOR)


def react_to_all(stage: Stage) -> None:
    """Let the reactions see the whole log, as often as they add to it."""
    seen = 0
    while seen < stage.journal.head():
        for entry in stage.log()[seen:]:
            stage.reactions.react(entry)
            seen = entry.position


def test_what_a_rule_refuses_is_recorded_as_a_task_and_the_rest_goes_on(upheld: Stage) -> None:
    elsewhere(upheld)
    react_to_all(upheld)
    assert len(upheld.facts(DecisionVoided)) == 1
    (refused,) = upheld.facts(ConsequenceRefused)
    assert isinstance(refused.fact, ConsequenceRefused)
    assert (refused.fact.consequence, refused.fact.refusal) == ("a new attempt is opened", "component-unknown")
    assert upheld.session().state(APPEAL_KIND, APPEAL).is_open()


def test_a_refused_consequence_is_drawn_when_what_it_rests_on_moves(upheld: Stage) -> None:
    elsewhere(upheld)
    react_to_all(upheld)
    upheld.do(DraftForm(form_id=an_id("?"), plan_id=PLAN_ID, title="LET-F3", routes=("LET",)), LEAD)
    react_to_all(upheld)
    assert len(upheld.facts(ConsequenceRefused)) == 1
    move(upheld, FORM)
    react_to_all(upheld)
    (attempt,) = new_attempts(upheld)
    appeal = upheld.session().state(APPEAL_KIND, APPEAL)
    assert (appeal.new_attempt, appeal.refused, appeal.is_open()) == (attempt.originator_id, (), False)


def test_a_closed_consequence_is_not_drawn_any_more(upheld: Stage) -> None:
    elsewhere(upheld)
    react_to_all(upheld)
    close = CloseConsequence(appeal_id=APPEAL, consequence="a new attempt is opened", reason="Mia left.")
    upheld.do(close, RESPONSIBLE)
    move(upheld, FORM)
    react_to_all(upheld)
    assert new_attempts(upheld) == []
    assert not upheld.session().state(APPEAL_KIND, APPEAL).is_open()


def test_a_dismissed_appeal_changes_nothing(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    stage.convene()
    stage.uphold("dismissed")
    for entry in stage.log():
        stage.reactions.react(entry)
    assert stage.facts(DecisionVoided) == []


def set_aside(stage: Stage) -> None:
    void = VoidDecision(
        assessment_id=OBSERVED,
        decision_id=DECISION,
        reason_code="marking error",
        reason="miscounted",
        bars=True,
        bars_because="their own count",
    )
    stage.do(void, RESPONSIBLE)


def test_a_contested_setting_aside_that_is_upheld_opens_the_new_attempt(stage: Stage) -> None:
    stage.decided()
    set_aside(stage)
    stage.lodge()
    stage.convene()
    stage.uphold()
    react_to_all(stage)
    assert len(stage.facts(DecisionVoided)) == 1
    (attempt,) = new_attempts(stage)
    appeal = stage.session().state(APPEAL_KIND, APPEAL)
    assert (appeal.new_attempt, appeal.is_open()) == (attempt.originator_id, False)


def test_an_attempt_that_is_open_already_is_the_new_one_and_the_record_says_so(stage: Stage) -> None:
    stage.decided()
    set_aside(stage)
    stage.open(SECOND_ATTEMPT)
    stage.lodge()
    stage.convene()
    stage.uphold()
    react_to_all(stage)
    appeal = stage.session().state(APPEAL_KIND, APPEAL)
    assert (appeal.new_attempt, appeal.is_open()) == (SECOND_ATTEMPT, False)
    assert [entry.originator_id for entry in new_attempts(stage)] == [SECOND_ATTEMPT]


def test_the_reaction_sets_aside_the_decision_appealed_against_and_no_later_pass(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    stage.open()
    stage.find(judgement="not met")
    stage.decide(grade="fail")
    stage.open(SECOND_ATTEMPT)
    stage.find(SECOND_ATTEMPT)
    stage.decide(SECOND_ATTEMPT, SECOND)
    stage.lodge()
    stage.convene()
    stage.uphold()
    react_to_all(stage)
    (void,) = stage.facts(DecisionVoided)
    assert isinstance(void.fact, DecisionVoided)
    assert (void.originator_id, void.fact.decision_id) == (OBSERVED, DECISION)


def test_a_different_assessor_decides_again(upheld: Stage) -> None:
    upheld.reactions.react(upheld.log()[-1])
    (attempt,) = new_attempts(upheld)
    with pytest.raises(Rejected) as refused:
        upheld.find(attempt.originator_id, by=ASSESSOR)
    assert refused.value.code == "remarker-not-different"
    upheld.assign(OTHER_ASSESSOR, "assessor")
    upheld.find(attempt.originator_id, by=OTHER_ASSESSOR)
    upheld.decide(attempt.originator_id, SECOND, by=OTHER_ASSESSOR)
