"""Readiness: the state of each outcome, the counts and the sentence for each gap (section 6, ENROLMENT-4)."""

from datetime import date
from typing import Any

import pytest

from portfolio.domain.components import Components
from portfolio.domain.enrolment.state import RouteFrom
from portfolio.domain.form import Component, Form
from portfolio.domain.kernel import changed
from portfolio.domain.plan import Plan, RequiredMethod
from portfolio.domain.readiness.outcomes import OutcomeReadiness, Readiness, readiness
from portfolio.domain.readiness.picture import (
    AppealNote,
    AttemptNote,
    ClaimNote,
    DecisionNote,
    FoundNote,
    Picture,
    of_version,
)
from tests.domain.world import (
    APPEAL_ID,
    CRITERIA_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    OBSERVATION,
    OTHER_ASSESSOR,
    OTHER_FORM_ID,
    PLAN,
    PLAN_ID,
    PORTFOLIO,
    TODAY,
    TOMORROW,
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
    noted: Picture, published: Plan = PLAN, taken: Form | None = None, was: Form | None = None, day: date = TODAY
) -> Readiness:
    """Return readiness on the form taken, of attempts on another one where that is named."""
    form_now = taken or form()
    components = Components(forms={FORM_ID: was or form_now}, lines=LINES)
    return readiness(noted, published, form_now, components, day, NAMES)


def core(
    noted: Picture, published: Plan = PLAN, taken: Form | None = None, was: Form | None = None
) -> OutcomeReadiness:
    """Return the one core outcome, of K1, K2 and S1."""
    return next(each for each in ready(noted, published, taken, was).outcomes if each.outcome == "AO1")


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


# --- gaps ---


def test_each_code_without_a_claim_is_named_under_its_outcome_with_the_component_that_will_cover_it() -> None:
    assert core(picture()).gaps == (
        "K1 under AO1: nothing claimed yet; it will be observed (Component C1).",
        "K2 under AO1: nothing claimed yet; it will be assessed by your portfolio (Component C2).",
        "S1 under AO1: nothing claimed yet; it will be observed (Component C1).",
    )


def test_a_code_that_two_components_cover_names_both() -> None:
    talk = component("C3", "Professional discussion", "K2")
    assert core(picture(), taken=form(OBSERVATION, PORTFOLIO, talk)).gaps[1] == (
        "K2 under AO1: nothing claimed yet; it will be assessed by your portfolio (Component C2) and "
        "assessed by your professional discussion (Component C3)."
    )


def test_between_finding_and_decision_an_assessor_is_at_work() -> None:
    judging = attempt(OBSERVATION, judgements={"K1": "met", "S1": "not judged"})
    shown = core(picture(judging, claims=(claim("K1"), claim("S1"))))
    assert shown.state == "in assessment"
    assert shown.gaps[0] == "K1: an assessor is at work on it: 1 of 2 codes judged."
    assert shown.gaps[2] == "S1: an assessor is at work on it: 1 of 2 codes judged."


def test_an_attempt_in_which_nothing_is_found_yet_changes_no_sentence() -> None:
    claims = {"claims": (claim("K1"),), "titles": {of_version(EVIDENCE_ID, 1): "Desk log"}}
    assert core(picture(attempt(OBSERVATION), **claims)).gaps == core(picture(**claims)).gaps


def test_after_a_decision_was_set_aside_an_assessor_is_at_work_again() -> None:
    void = attempt(OBSERVATION, decision("C1", "void", "copied", K1="met", S1="met"))
    again = attempt(OBSERVATION, judgements={"K1": "met"})
    assert core(picture(void, again)).gaps[0] == (
        "K1: the decision of 8 December 2026 was set aside because copied; "
        "an assessor is at work on it: 1 of 2 codes judged."
    )


def test_what_was_found_in_an_attempt_that_was_closed_is_not_denied() -> None:
    closed = attempt(OBSERVATION, judgements={"K1": "met"}, closed=True)
    shown = core(picture(closed, claims=(claim("K1"),), titles={of_version(EVIDENCE_ID, 1): "Desk log"}))
    assert (shown.state, shown.codes_assessed) == ("claimed", 0)
    assert shown.gaps[0] == (
        "K1: claimed on 7 December 2026 with Desk log, version 1; it was judged in an attempt that does not count; "
        "it will be observed (Component C1)."
    )
    assert core(picture(closed)).gaps[0] == (
        "K1 under AO1: nothing claimed yet; it was judged in an attempt that does not count; "
        "it will be observed (Component C1)."
    )


def test_an_attempt_for_a_route_that_is_left_is_not_in_assessment() -> None:
    left = attempt(OBSERVATION, route="CVT", judgements={"K1": "met"})
    assert core(picture(left)).state == "no claim"


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


# --- other forms ---


def test_a_decision_counts_where_the_form_now_taken_has_the_method_and_line_whatever_the_key() -> None:
    renamed = form(changed(OBSERVATION, key="Live", criteria_id=NEWER), changed(PORTFOLIO, key="C1"))
    shown = ready(picture(*ALL_MET), taken=renamed, was=form())
    assert (shown.codes_assessed, shown.all_assessed) == (5, True)


def test_a_decision_does_not_count_for_another_method_or_line_though_the_key_is_the_same() -> None:
    swapped = form(changed(OBSERVATION, key="C2"), component("C1", "portfolio", "K1", "S1", "K2", "K11", "K20"))
    portfolios = attempt(PORTFOLIO, decision("C2", K2="met", K11="met", K20="met"))
    before = form(changed(PORTFOLIO, key="C1"), changed(OBSERVATION, key="C2"))
    shown = ready(picture(changed(portfolios, component="C1")), taken=swapped, was=before)
    assert (shown.codes_assessed, shown.all_assessed) == (3, False)
    assert "No observation" in shown.gaps[0]
    unrelated = form(changed(OBSERVATION, criteria_id=OTHER), PORTFOLIO)
    assert core(picture(*ALL_MET), taken=unrelated, was=form()).codes_assessed == 1
    assert "No observation" in ready(picture(*ALL_MET), taken=unrelated, was=form()).gaps[0]


def test_no_observation_was_made_by_moving_to_a_form_whose_key_is_an_observation() -> None:
    everything = component("C1", "portfolio", "K1", "K2", "S1", "K11", "K20")
    judged = attempt(everything, decision("C1", K1="met", K2="met", S1="met", K11="met", K20="met"))
    for line in (CRITERIA_ID, OTHER):
        observed = changed(everything, method="observation", criteria_id=line)
        shown = ready(picture(judged), taken=form(observed), was=form(everything, OBSERVATION))
        assert (shown.codes_assessed, shown.all_assessed) == (0, False)
        assert shown.gaps == ("No observation has been completed; the plan requires at least one.",)


def test_where_the_form_has_two_of_a_method_and_line_the_key_tells_them_apart() -> None:
    twin = component("C3", "observation", "K2")
    shown = ready(picture(OBSERVED), taken=form(OBSERVATION, twin, PORTFOLIO), was=form())
    assert shown.codes_assessed == 2
    both_renamed = form(changed(OBSERVATION, key="C8"), changed(twin, key="C9"), PORTFOLIO)
    shown = ready(picture(OBSERVED), taken=both_renamed, was=form())
    assert (shown.codes_assessed, shown.gaps) == (0, ())  # the observation that was made is not forgotten


def test_findings_differ_between_components_and_not_between_attempts_at_one() -> None:
    talk = component("C3", "professional discussion", "S1")
    doubting = attempt(talk, decision("C3", S1="not met"))
    shown = core(picture(FAILED, PASSED, doubting), taken=form(OBSERVATION, PORTFOLIO, talk))
    assert any("findings differ" in sentence for sentence in shown.gaps)


def test_a_claim_that_waits_is_named_with_its_day_title_and_version() -> None:
    claimed = picture(claims=(claim("K1"), claim("K1", 2)), titles={of_version(EVIDENCE_ID, 2): "Desk log"})
    assert core(claimed).gaps[0] == (
        "K1: claimed on 7 December 2026 with Desk log, version 2; no assessor has judged it yet; "
        "it will be observed (Component C1)."
    )


def test_a_claim_on_a_returned_version_is_worded_as_such() -> None:
    returned = picture(claims=(claim("K1"),), stages={of_version(EVIDENCE_ID, 1): "returned"})
    assert (
        core(returned)
        .gaps[0]
        .startswith(
            "K1: claimed on 7 December 2026 with your evidence, version 1, which was returned: "
            "it has to be put right in a new version that claims it; no assessor has judged it yet; "
        )
    )


def test_an_outcome_whose_only_claim_is_on_a_returned_version_is_not_called_claimed() -> None:
    returned = picture(claims=(claim("K1"),), stages={of_version(EVIDENCE_ID, 1): "returned"})
    assert core(returned).state == "no claim"
    assert core(picture(claims=(claim("K1"),))).state == "claimed"


def test_a_claim_that_waits_is_told_before_a_later_one_on_a_returned_version() -> None:
    stages = {of_version(EVIDENCE_ID, 2): "returned"}
    shown = core(picture(claims=(claim("K1"), claim("K1", 2)), stages=stages))
    assert shown.gaps[0].startswith("K1: claimed on 7 December 2026 with your evidence, version 1; no assessor")


def test_a_claim_on_a_draft_says_so_and_is_none_for_others() -> None:
    draft = picture(claims=(claim("K1"),), stages={of_version(EVIDENCE_ID, 1): "draft"})
    assert (
        core(draft)
        .gaps[0]
        .startswith(
            "K1: claimed on 7 December 2026 with your evidence, version 1, a draft that has to be handed in first; "
        )
    )
    assert core(draft.without_drafts()).gaps[0].startswith("K1 under AO1: nothing claimed yet; ")


def test_codes_still_open_are_listed_with_their_count() -> None:
    assert core(picture(OBSERVED)).gaps == (
        "K2 under AO1: nothing claimed yet; it will be assessed by your portfolio (Component C2).",
        "AO1: 2 of 3 codes assessed. Still open: K2.",
    )


def test_a_code_the_form_leaves_out_is_not_the_apprentices_to_put_right() -> None:
    shown = core(picture(), taken=form(OBSERVATION))
    assert shown.gaps[1] == (
        "K2: no part of your assessment form covers it. "
        "This is for the assessment organisation to put right, not for you."
    )


def test_the_observation_the_plan_requires_is_asked_for() -> None:
    assert ready(picture()).gaps == ("No observation has been completed; the plan requires at least one.",)


def test_an_observation_judged_on_no_observation_record_of_that_attempt_is_not_completed() -> None:
    elsewhere = attempt(OBSERVATION, decision("C1", observed=False, K1="met", S1="met"))
    shown = ready(picture(elsewhere, *ALL_MET[1:]))
    assert (shown.outcomes_assessed, shown.all_assessed) == (shown.outcomes_needed, False)
    assert shown.gaps == ("No observation has been completed; the plan requires at least one.",)


def test_a_portfolio_is_completed_without_an_observation_record() -> None:
    assert ready(picture(ALL_MET[0], changed(ALL_MET[1], decisions=(unobserved(ALL_MET[1]),)))).all_assessed


def unobserved(judged: AttemptNote) -> DecisionNote:
    return changed(judged.decisions[0], observed=False)


def test_where_two_observations_are_required_they_are_counted() -> None:
    twice = changed(PLAN, methods=changed(PLAN.methods, required=(RequiredMethod(name="observation", minimum=2),)))
    assert ready(picture(), twice).gaps == ("No observation has been completed; the plan requires at least 2.",)
    assert ready(picture(OBSERVED), twice).gaps == ("1 of 2 observations completed.",)


def test_when_all_is_assessed_it_is_said_that_this_is_no_pass() -> None:
    shown = ready(picture(*ALL_MET))
    assert shown.all_assessed
    assert shown.gaps == (
        "All 2 outcomes are assessed. That does not mean a pass: "
        "the result still needs an approved grading scheme and a results officer.",
    )


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


# --- another route ---


def moved(*attempts: AttemptNote) -> Picture:
    routes = (
        RouteFrom(since=YESTERDAY, route="CVT", form_id=OTHER_FORM_ID),
        RouteFrom(since=TODAY, route="LET", form_id=FORM_ID),
    )
    return picture(*attempts, routes=routes)


def test_after_a_change_core_codes_count_where_the_new_form_holds_the_component() -> None:
    before = attempt(OBSERVATION, decision("C1", K1="met", S1="met"), route="CVT")
    assert core(moved(before)).codes_assessed == 2
    assert core(moved(before), taken=form(component("C9", "observation", "K1", "S1")), was=form()).codes_assessed == 2
    talk = component("C1", "professional discussion", "K1", "S1")
    assert core(moved(before), taken=form(talk), was=form()).codes_assessed == 0


def test_a_code_of_both_options_does_not_carry_over_without_a_ruling() -> None:
    before = attempt(PORTFOLIO, decision("C2", K2="met", K20="met"), route="CVT")
    shown = {each.outcome: each for each in ready(moved(before)).outcomes}
    assert (shown["AO1"].codes_assessed, shown["LET AO3"].codes_assessed) == (1, 0)


def test_the_outcomes_are_those_of_the_route_that_holds_on_the_day() -> None:
    shown = [ready(moved(), day=day) for day in (YESTERDAY, TODAY, TOMORROW)]
    assert [each.outcomes[-1].outcome for each in shown] == ["CVT AO2", "LET AO3", "LET AO3"]
