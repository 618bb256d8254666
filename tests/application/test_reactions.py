"""What follows from an upheld appeal: set aside once, opened once, whatever crashes or comes twice."""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, Receipt, StorageFull
from portfolio.application.reactions import Reactions
from portfolio.domain.appeal.facts import Answer
from portfolio.domain.appeal.outcome import DecideAppeal
from portfolio.domain.assessment.decisions import SupersedeDecision, VoidDecision
from portfolio.domain.assessment.facts import AttemptOpened, DecisionVoided
from portfolio.domain.assessment.opening import OpenAttemptAfterAppeal
from portfolio.domain.kernel import Command, Recorded, Rejected, StaleVersion
from portfolio.domain.vocabulary import SYSTEM
from tests.application.stage import (
    APPEAL,
    ASSESSOR,
    CHAIR,
    DECISION,
    OBSERVED,
    OTHER_ASSESSOR,
    RESPONSIBLE,
    SKILLS,
    Stage,
)
from tests.domain.world import an_id

SECOND = an_id("second decision")


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


def test_what_a_rule_refuses_is_logged_and_the_rest_goes_on(upheld: Stage, caplog: pytest.LogCaptureFixture) -> None:
    entry = upheld.log()[-1]
    void = VoidDecision(assessment_id=OBSERVED, decision_id=DECISION, reason_code="marking error", reason="miscounted")
    upheld.do(void, RESPONSIBLE)
    with caplog.at_level(logging.WARNING, "portfolio.reactions"):
        upheld.reactions.react(entry)
    assert "decision-already-superseded" in caplog.text
    assert len(new_attempts(upheld)) == 1


def test_a_dismissed_appeal_changes_nothing(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    stage.convene()
    answers = (Answer(ground=0, answer="They were."),)
    stage.do(DecideAppeal(appeal_id=APPEAL, outcome="dismissed", reasons="All fair.", answers=answers), CHAIR)
    for entry in stage.log():
        stage.reactions.react(entry)
    assert stage.facts(DecisionVoided) == []


def test_a_decision_that_superseded_the_one_appealed_against_is_set_aside_in_its_place(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    stage.assign(OTHER_ASSESSOR, "assessor")
    supersede = SupersedeDecision(
        assessment_id=OBSERVED,
        supersedes=DECISION,
        decision_id=SECOND,
        grade="distinction",
        reasons="Overlooked.",
        reason_code="marking error",
        authority_cited="lead assessor",
        context_hash=stage.shown(OBSERVED, OTHER_ASSESSOR).shown,
        adopts=tuple(SKILLS),
    )
    stage.do(supersede, OTHER_ASSESSOR)
    stage.convene()
    stage.reactions.react(stage.uphold())
    (void,) = stage.facts(DecisionVoided)
    assert isinstance(void.fact, DecisionVoided)
    assert void.fact.decision_id == SECOND


def test_a_different_assessor_decides_again(upheld: Stage) -> None:
    upheld.reactions.react(upheld.log()[-1])
    (attempt,) = new_attempts(upheld)
    with pytest.raises(Rejected) as refused:
        upheld.find(attempt.originator_id, by=ASSESSOR)
    assert refused.value.code == "remarker-not-different"
    upheld.assign(OTHER_ASSESSOR, "assessor")
    upheld.find(attempt.originator_id, by=OTHER_ASSESSOR)
    upheld.decide(attempt.originator_id, SECOND, by=OTHER_ASSESSOR)
