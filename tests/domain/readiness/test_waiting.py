"""Readiness of decisions that wait for a second person, and of what barred people found (INTEREST-2, APPEAL-10)."""

from uuid import UUID

import pytest

from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.form import Component
from portfolio.domain.kernel import changed
from tests.domain.readiness.test_outcomes import attempt, core, decision, picture
from tests.domain.world import ASSESSOR, FORM_ID, OBSERVATION, OFFICER, OTHER_ASSESSOR, PORTFOLIO, an_id

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


BARRED_FROM = attempt(
    OBSERVATION, decision("C1", "void", "Copied", K1="met", S1="met"), took_part=frozenset({ASSESSOR})
)
OPEN = attempt(
    OBSERVATION,
    judgements={"K1": "met", "S1": "met"},
    finders={"K1": ASSESSOR, "S1": OTHER_ASSESSOR},
)


@pytest.mark.parametrize(
    ("bars", "upheld", "where", "counted"),
    [
        (True, frozenset(), OBSERVATION, 1),
        (False, frozenset({an_id("C1")}), OBSERVATION, 1),
        (False, frozenset({an_id("C2")}), OBSERVATION, 2),
        (True, frozenset(), PORTFOLIO, 2),
    ],
)
def test_what_barred_people_found_in_an_open_attempt_is_not_counted(
    bars: bool, upheld: frozenset[UUID], where: Component, counted: int
) -> None:
    before = changed(BARRED_FROM, bars=bars, component=where.key)
    assert f"{counted} of 2 codes judged" in core(picture(before, OPEN, upheld=upheld)).gaps[-1]
