"""Readiness: the state of each outcome, the counts and the sentence for each gap (section 6, ENROLMENT-4)."""

from collections.abc import Container
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.components import Components
from portfolio.domain.enrolment.state import RouteFrom
from portfolio.domain.form import Component, Form
from portfolio.domain.kernel import changed
from portfolio.domain.plan import Plan
from portfolio.domain.readiness.outcomes import OutcomeReadiness, Readiness, readiness, states_on
from portfolio.domain.readiness.picture import (
    AppealNote,
    AttemptNote,
    ClaimNote,
    DecisionNote,
    FoundNote,
    Picture,
)
from tests.domain.world import (
    APPEAL_ID,
    CRITERIA_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    OBSERVATION,
    OTHER_ASSESSOR,
    PLAN,
    PLAN_ID,
    PORTFOLIO,
    TODAY,
    YESTERDAY,
    an_id,
    component,
    form,
    mapping,
    outcome,
    plan,
)

NEXT = "What you can do next: ask your coach about another attempt, or appeal."


def decision(
    name: str, status: Any = "effective", why_void: str = "", *, observed: bool = True, **judged: Any
) -> DecisionNote:
    notes = tuple(
        FoundNote(code=code, judgement=judgement, reason=f"reason {code}.") for code, judgement in judged.items()
    )
    return DecisionNote(
        decision_id=an_id(name),
        decided_on=TODAY,
        grade="pass",
        found=notes,
        status=status,
        why_void=why_void,
        observed=observed,
    )


def attempt(taken: Component, *decisions: DecisionNote, route: str = "LET", **fields: Any) -> AttemptNote:
    note = AttemptNote(
        assessment_id=an_id(f"attempt at {taken.key}"),
        component=taken.key,
        form_id=FORM_ID,
        route=route,
        codes=taken.codes,
        decisions=decisions,
        judgements={found.code: found.judgement for decided in decisions for found in decided.found},
    )
    return changed(note, **fields)


def claim(code: str, version: int = 1) -> ClaimNote:
    return ClaimNote(code=code, evidence_id=EVIDENCE_ID, version=version, claimed_on=YESTERDAY)


def picture(*attempts: AttemptNote, **fields: Any) -> Picture:
    routes = (RouteFrom(since=YESTERDAY, route="LET", form_id=FORM_ID),)
    return Picture(enrolment_id=ENROLMENT_ID, plan_id=PLAN_ID, attempts=attempts, **{"routes": routes, **fields})


NEWER, OTHER = an_id("newer criteria"), an_id("other criteria")
NAMES = {OTHER_ASSESSOR: "Ben"}
LINES = {CRITERIA_ID: CRITERIA_ID, NEWER: CRITERIA_ID, OTHER: OTHER}


def ready(
    noted: Picture,
    published: Plan = PLAN,
    taken: Form | None = None,
    was: Form | None = None,
    day: date = TODAY,
    out: Container[UUID] = (),
) -> Readiness:
    """Return readiness on the form taken, of attempts on another one where that is named; ``out`` may not judge."""
    form_now = taken or form()
    components = Components(forms={FORM_ID: was or form_now}, lines=LINES)
    nobody_of = {each.assessment_id: out for each in noted.attempts}
    whole = readiness(noted, published, form_now, components, day, NAMES, nobody_of)
    states = tuple(each.state for each in whole.outcomes)
    assert states_on(noted, published, form_now, components, day, nobody_of) == states, "the states alone are the same"
    return whole


def core(
    noted: Picture,
    published: Plan = PLAN,
    taken: Form | None = None,
    was: Form | None = None,
    out: Container[UUID] = (),
) -> OutcomeReadiness:
    """Return the one core outcome, of K1, K2 and S1."""
    return next(each for each in ready(noted, published, taken, was, out=out).outcomes if each.outcome == "AO1")


OBSERVED = attempt(OBSERVATION, decision("C1", K1="met", S1="met"))
PORTFOLIO_MET = attempt(PORTFOLIO, decision("C2", K2="met", K11="met", K20="met"))
ALL_MET = (OBSERVED, PORTFOLIO_MET)


# --- states ---


def test_nothing_claimed_is_no_claim() -> None:
    assert core(picture()).state == "no claim"


def test_a_claim_makes_it_claimed_and_never_assessed() -> None:
    shown = core(picture(claims=(claim("K1"), claim("K2"), claim("S1"))))
    assert (shown.state, shown.assessed, shown.codes_assessed) == ("claimed", False, 0)


def test_an_open_attempt_makes_it_in_assessment_even_beside_claims() -> None:
    assert core(picture(attempt(OBSERVATION), claims=(claim("K1"),))).state == "in assessment"


def test_some_codes_decided_make_it_partly_assessed() -> None:
    shown = core(picture(OBSERVED))
    assert (shown.state, shown.codes_assessed, shown.codes_needed, shown.assessed) == ("partly assessed", 2, 3, False)


def test_all_codes_met_make_it_assessed_met() -> None:
    shown = core(picture(*ALL_MET))
    assert (shown.state, shown.codes_assessed, shown.codes_needed, shown.assessed) == ("assessed, met", 3, 3, True)
    assert shown.gaps == ()


def test_one_code_not_met_makes_it_assessed_not_met_whatever_the_grade() -> None:
    failed = attempt(OBSERVATION, decision("C1", K1="met", S1="not met"))
    shown = core(picture(failed, PORTFOLIO_MET))
    assert (shown.state, shown.assessed) == ("assessed, not met", True)
    assert shown.gaps == (f"S1: judged on 8 December 2026, not met. Reason: reason S1. {NEXT}",)


def test_a_code_that_was_not_judged_is_not_covered() -> None:
    shown = core(picture(attempt(OBSERVATION, decision("C1", K1="met", S1="not judged"))))
    assert (shown.state, shown.codes_assessed) == ("partly assessed", 1)


def test_decisions_that_differ_count_as_not_met() -> None:
    other = component("C3", "professional discussion", "K1", "K2", "K11", "K20")
    doubting = attempt(other, decision("C3", K1="not met", K2="met", K11="met", K20="met"))
    shown = core(picture(*ALL_MET, doubting), taken=form(OBSERVATION, PORTFOLIO, other))
    assert shown.state == "assessed, not met"
    assert shown.gaps == (
        "K1: judged met in Component C1 and not met in Component C3; a lead assessor will settle it. "
        "Until then it counts as not met, because findings differ.",
    )


def test_a_decision_under_appeal_puts_it_under_review_and_still_counts() -> None:
    shown = core(picture(*ALL_MET, appeals=(AppealNote(appeal_id=APPEAL_ID, decision_id=an_id("C1")),)))
    assert (shown.state, shown.assessed) == ("under review", True)
    assert shown.gaps == tuple(
        f"{code}: the decision of 8 December 2026 on Component C1 is under appeal; it counts until it is replaced."
        for code in ("K1", "S1")
    )


def test_an_appeal_against_a_decision_on_other_outcomes_leaves_this_one_alone() -> None:
    lets = picture(*ALL_MET, appeals=(AppealNote(appeal_id=APPEAL_ID, decision_id=an_id("other")),))
    assert core(lets).state == "assessed, met"


def test_decisions_that_were_all_set_aside_make_it_void() -> None:
    void = attempt(OBSERVATION, decision("C1", "void", "the appeal was upheld.", K1="met", S1="met"))
    shown = core(picture(void, claims=(claim("K1"),)))
    assert (shown.state, shown.assessed, shown.codes_assessed) == ("void", False, 0)
    assert shown.gaps == (
        "K1: the decision of 8 December 2026 was set aside because the appeal was upheld; "
        "it must be assessed again and will be observed (Component C1).",
        "K2 under AO1: nothing claimed yet; it will be assessed by your portfolio (Component C2).",
        "S1: the decision of 8 December 2026 was set aside because the appeal was upheld; "
        "it must be assessed again and will be observed (Component C1).",
    )


def test_a_new_attempt_after_a_void_decision_makes_it_in_assessment_again() -> None:
    void = attempt(OBSERVATION, decision("C1", "void", "copied", K1="met", S1="met"))
    assert core(picture(void, attempt(OBSERVATION))).state == "in assessment"


def test_a_void_decision_beside_one_that_counts_leaves_it_partly_assessed() -> None:
    void = attempt(OBSERVATION, decision("C1", "void", "copied", K1="met", S1="met"))
    shown = core(picture(void, PORTFOLIO_MET))
    assert (shown.state, shown.codes_assessed) == ("partly assessed", 1)


def test_deciding_again_after_a_void_decision_counts() -> None:
    void = attempt(OBSERVATION, decision("C1", "void", "copied", K1="not met", S1="not met"))
    assert core(picture(void, *ALL_MET)).state == "assessed, met"


def test_a_superseded_decision_counts_for_nothing() -> None:
    corrected = attempt(
        OBSERVATION, decision("C1", "superseded", K1="not met", S1="met"), decision("C1b", K1="met", S1="met")
    )
    shown = core(picture(corrected, PORTFOLIO_MET))
    assert (shown.state, shown.gaps) == ("assessed, met", ())


# --- resits ---

FAILED = attempt(OBSERVATION, decision("C1", K1="met", S1="not met"))
PASSED = attempt(OBSERVATION, decision("C1 again", K1="met", S1="met"))


def test_of_several_attempts_at_a_component_the_latest_decided_one_counts() -> None:
    better = core(picture(FAILED, PASSED, PORTFOLIO_MET))
    assert (better.state, better.gaps) == ("assessed, met", ())
    worse = core(picture(PASSED, FAILED, PORTFOLIO_MET))
    assert worse.state == "assessed, not met"
    assert "findings differ" not in " ".join(worse.gaps)
    unjudged = attempt(OBSERVATION, decision("C1 again", K1="met", S1="not judged"))
    assert core(picture(PASSED, unjudged, PORTFOLIO_MET)).codes_assessed == 2


def test_where_the_latest_decision_is_set_aside_the_one_before_it_counts() -> None:
    void = attempt(OBSERVATION, decision("C1 again", "void", "copied", K1="met", S1="met"))
    assert core(picture(FAILED, void, PORTFOLIO_MET)).state == "assessed, not met"


def test_a_resit_that_is_open_or_no_longer_possible_is_said_after_not_met() -> None:
    said = "S1: judged on 8 December 2026, not met. Reason: reason S1. "
    going_on = attempt(OBSERVATION, judgements={"S1": "met"})
    assert f"{said}Another attempt is open: 1 of 2 codes judged." in core(picture(FAILED, going_on)).gaps
    assert said + NEXT in core(picture(FAILED)).gaps
    none_left = f"{said}What you can do next: no further attempt is left here, but you can appeal."
    assert none_left in core(picture(FAILED, FAILED)).gaps
    unstated = form(changed(OBSERVATION, maximum_attempts=None), PORTFOLIO)
    assert none_left in core(picture(FAILED), taken=unstated).gaps


def test_while_the_decision_is_appealed_no_second_appeal_is_offered() -> None:
    said = "S1: judged on 8 December 2026, not met. Reason: reason S1. "
    appeals = (AppealNote(appeal_id=APPEAL_ID, decision_id=an_id("C1")),)
    assert f"{said}{NEXT.removesuffix(', or appeal.')}." in core(picture(FAILED, appeals=appeals)).gaps
    assert (
        f"{said}What you can do next: no further attempt is left here."
        in core(picture(FAILED, FAILED, appeals=appeals)).gaps
    )
    on_another = (changed(appeals[0], decision_id=an_id("C2")),)
    assert said + NEXT in core(picture(FAILED, appeals=on_another)).gaps


def test_findings_differ_between_components_and_not_between_attempts_at_one() -> None:
    talk = component("C3", "professional discussion", "S1")
    doubting = attempt(talk, decision("C3", S1="not met"))
    shown = core(picture(FAILED, PASSED, doubting), taken=form(OBSERVATION, PORTFOLIO, talk))
    assert any("findings differ" in sentence for sentence in shown.gaps)


# --- the whole route ---


def test_counts_have_denominators_and_a_code_counts_once() -> None:
    shown = ready(picture(OBSERVED))
    assert (shown.codes_assessed, shown.codes_needed) == (2, 5)
    assert (shown.outcomes_assessed, shown.outcomes_needed) == (0, 2)
    assert (shown.route, shown.as_of, shown.enrolment_id) == ("LET", TODAY, ENROLMENT_ID)


def test_all_outcomes_assessed_without_an_effective_observation_is_not_all_assessed() -> None:
    everything = component("C3", "portfolio", "K1", "K2", "S1", "K11", "K20")
    judged = attempt(everything, decision("C3", K1="met", K2="met", S1="met", K11="met", K20="met"))
    shown = ready(picture(judged), taken=form(OBSERVATION, everything))
    assert shown.outcomes_assessed == shown.outcomes_needed
    assert not shown.all_assessed
    assert shown.gaps == ("No observation has been completed; the plan requires at least one.",)


def test_an_observation_set_aside_or_of_another_method_completes_nothing() -> None:
    void = attempt(OBSERVATION, decision("C1", "void", "copied", K1="met", S1="met"))
    additional = component("C3", "additional observations", "K1")
    shown = ready(
        picture(void, attempt(additional, decision("C3", K1="met"))), taken=form(OBSERVATION, PORTFOLIO, additional)
    )
    assert "No observation" in shown.gaps[0]


def test_a_form_without_its_coverage_proof_never_has_everything_assessed() -> None:
    assert not ready(picture(*ALL_MET), taken=form(approved=False)).all_assessed


@pytest.mark.parametrize(("covered", "needed"), [(False, 2), (True, 3)])
def test_a_code_that_is_not_mandatory_is_needed_only_where_the_form_covers_it(covered: bool, needed: int) -> None:
    loose = plan(outcomes=(outcome("AO1", None, "K1", "S1", mapping("K2", mandatory=False)),))
    taken = form(OBSERVATION, PORTFOLIO) if covered else form(OBSERVATION)
    shown = core(picture(OBSERVED), loose, taken)
    assert (shown.codes_needed, shown.assessed) == (needed, not covered)


def test_an_outcome_of_which_nothing_is_needed_is_never_assessed() -> None:
    loose = plan(outcomes=(outcome("AO1", None, mapping("K9", mandatory=False)),))
    shown = core(picture(*ALL_MET), loose)
    assert (shown.codes_needed, shown.assessed, shown.state) == (0, False, "no claim")
