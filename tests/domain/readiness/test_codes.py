"""Codes: where each stands with each component that judges it, and where the components stand."""

from typing import Any

import pytest

from portfolio.domain.kernel import changed
from portfolio.domain.readiness.codes import CodeState, ComponentReadiness
from portfolio.domain.readiness.picture import AppealNote, Picture, of_version
from tests.domain.readiness.test_outcomes import (
    FAILED,
    OBSERVED,
    PASSED,
    attempt,
    claim,
    core,
    decision,
    picture,
    ready,
)
from tests.domain.world import APPEAL_ID, EVIDENCE_ID, OBSERVATION, PORTFOLIO, TODAY, an_id, component, form

UNDER_APPEAL = (AppealNote(appeal_id=APPEAL_ID, decision_id=an_id("C1")),)
VOID = attempt(OBSERVATION, decision("C1", "void", K1="met", S1="met"))
WAITS = attempt(OBSERVATION, decision("C1", "waiting", S1="met"))
AT_WORK = attempt(OBSERVATION, judgements={"K1": "met"})
CLAIMED: dict[str, Any] = {"claims": (claim("S1"),)}
RETURNED = {**CLAIMED, "stages": {of_version(EVIDENCE_ID, 1): "returned"}}


def state_of(noted: Picture, code: str = "S1") -> CodeState:
    return next(each.state for each in core(noted).codes if each.code == code)


@pytest.mark.parametrize(
    ("noted", "state"),
    [
        (picture(), "nothing claimed"),
        (picture(**CLAIMED), "claimed"),
        (picture(**RETURNED), "nothing claimed"),
        (picture(attempt(OBSERVATION), **CLAIMED), "claimed"),
        (picture(AT_WORK, **CLAIMED), "being assessed"),
        (picture(WAITS, **CLAIMED), "waits for a second person"),
        (picture(OBSERVED, **CLAIMED), "met"),
        (picture(FAILED), "not met"),
        (picture(FAILED, PASSED), "met"),
        (picture(FAILED, AT_WORK), "not met"),
        (picture(VOID), "set aside"),
        (picture(VOID, AT_WORK), "being assessed"),
        (picture(FAILED, appeals=UNDER_APPEAL), "under review"),
        (picture(VOID, appeals=UNDER_APPEAL), "under review"),
    ],
)
def test_a_code_stands_where_the_last_word_on_it_has_put_it(noted: Picture, state: CodeState) -> None:
    assert state_of(noted) == state


def test_a_component_that_nobody_decided_says_nothing_of_what_another_one_found() -> None:
    other = component("C3", "professional discussion", "K1", "K2", "K11", "K20")
    shown = core(picture(OBSERVED), taken=form(OBSERVATION, PORTFOLIO, other))
    assert [(each.component, each.state) for each in shown.codes if each.code == "K1"] == [
        ("C1", "met"),
        ("C3", "nothing claimed"),
    ]


def test_at_work_is_said_of_the_component_that_is_being_assessed() -> None:
    other = component("C3", "professional discussion", "K1", "K2", "K11", "K20")
    shown = core(picture(AT_WORK), taken=form(OBSERVATION, PORTFOLIO, other))
    assert [each.state for each in shown.codes if each.code == "K1"] == ["being assessed", "nothing claimed"]


def test_a_code_that_no_component_covers_is_there_without_one() -> None:
    shown = core(picture(), taken=form(changed(OBSERVATION, codes=frozenset({"K1"})), PORTFOLIO))
    assert [(each.component, each.state) for each in shown.codes if each.code == "S1"] == [("", "nothing claimed")]


def at_c1(*attempts: Any) -> ComponentReadiness:
    return ready(picture(*attempts)).components[0]


@pytest.mark.parametrize(
    ("attempts", "state", "decided", "left"),
    [
        ((), "not begun", False, 2),
        ((attempt(OBSERVATION),), "in assessment", False, 2),
        ((attempt(OBSERVATION, route="CVT"),), "not begun", False, 2),
        ((WAITS,), "waits for a second person", False, 2),
        ((FAILED,), "decided", True, 1),
        ((FAILED, attempt(OBSERVATION)), "in assessment", True, 1),
        ((FAILED, PASSED), "decided", True, 0),
        ((VOID,), "set aside", False, 2),
        ((FAILED, VOID), "decided", True, 1),
    ],
)
def test_a_component_stands_where_its_newest_attempt_does(
    attempts: tuple[Any, ...], state: str, decided: bool, left: int
) -> None:
    shown = at_c1(*attempts)
    assert (shown.component, shown.name, shown.method) == ("C1", OBSERVATION.name, OBSERVATION.method)
    assert (shown.state, shown.decided_on, shown.attempts_left) == (state, TODAY if decided else None, left)
