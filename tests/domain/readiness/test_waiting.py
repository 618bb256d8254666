"""Readiness of decisions that wait, and of what was found by people who may not judge now (INTEREST-2, APPEAL-10)."""

from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.kernel import changed
from tests.domain.readiness.test_outcomes import attempt, claim, core, decision, picture
from tests.domain.world import ASSESSOR, FORM_ID, OBSERVATION, OFFICER, OTHER_ASSESSOR, PORTFOLIO

ROUTE = ScrutinyRouteRecorded(
    assessor=ASSESSOR,
    second_person=OTHER_ASSESSOR,
    form_id=FORM_ID,
    component=OBSERVATION.key,
    reason="Nobody else knows the desk.",
    officer=OFFICER,
)
WAITS = changed(decision("waits", "waiting", K1="met", S1="met"), decider=ASSESSOR)


def test_a_decision_that_waits_says_for_whom() -> None:
    waiting = attempt(OBSERVATION, WAITS)
    said = "K1: decided on 8 December 2026; the decision counts once {}, the second person of the scrutiny route, {}."
    assert core(picture(waiting, scrutiny=(ROUTE,))).gaps[0] == said.format("Ben", "confirms it")
    elsewhere = changed(ROUTE, component=PORTFOLIO.key)
    for routes in ((), (elsewhere,)):
        assert core(picture(waiting, scrutiny=routes)).gaps[0].endswith("counts once a second person confirms it.")


def test_after_not_met_the_sentence_says_that_the_resit_was_decided_and_for_whom_it_waits() -> None:
    failed = attempt(OBSERVATION, decision("C1", K1="not met", S1="met"))
    gaps = core(picture(failed, attempt(OBSERVATION, WAITS), scrutiny=(ROUTE,))).gaps
    next_one = "Another attempt was decided on 8 December 2026; the decision counts once Ben"
    assert f"Reason: reason K1. {next_one}, the second person of the scrutiny route, confirms it." in gaps[0]


OPEN = attempt(
    OBSERVATION,
    judgements={"K1": "met", "S1": "met"},
    finders={"K1": ASSESSOR, "S1": OTHER_ASSESSOR},
)


def test_what_somebody_found_who_may_not_judge_it_now_is_not_counted() -> None:
    assert "an assessor is at work on it: 2 of 2 codes judged." in core(picture(OPEN)).gaps[0]
    assert "an assessor is at work on it: 1 of 2 codes judged." in core(picture(OPEN), out={ASSESSOR}).gaps[0]


def test_where_nobody_is_at_work_any_more_the_sentence_says_so_and_denies_no_judgement() -> None:
    out = {ASSESSOR, OTHER_ASSESSOR}
    claimed = picture(OPEN, claims=(claim("K1"),))
    said = "K1: the assessor who was at work on it no longer is; it will be observed (Component C1)."
    assert core(claimed, out=out).gaps[0] == said
    closed = picture(changed(OPEN, closed=True), claims=(claim("K1"),))
    assert "it was judged in an attempt that does not count" in core(closed, out=out).gaps[0]


def test_an_attempt_in_which_nobody_found_anything_yet_has_no_assessor_who_left() -> None:
    assert "no longer" not in core(picture(attempt(OBSERVATION))).gaps[0]
