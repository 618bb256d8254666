"""Gap sentences: each code with what it waits for, and nothing said that is not so."""

from portfolio.domain.enrolment.lasting import Break, Ended, Lasting
from portfolio.domain.kernel import changed
from portfolio.domain.plan import RequiredMethod
from portfolio.domain.readiness.gaps import of_its_state
from portfolio.domain.readiness.picture import (
    AttemptNote,
    DecisionNote,
    Picture,
    of_version,
)
from tests.domain.readiness.test_outcomes import ALL_MET, OBSERVED, attempt, claim, core, decision, picture, ready
from tests.domain.world import (
    EVIDENCE_ID,
    OBSERVATION,
    PLAN,
    PORTFOLIO,
    TODAY,
    TOMORROW,
    YESTERDAY,
    component,
    form,
)

# --- gaps ---


def test_each_code_without_a_claim_is_named_under_its_outcome_with_the_component_that_will_cover_it() -> None:
    assert core(picture()).gaps == (
        "K1 under AO1: nothing claimed yet; it will be observed (Component C1).",
        "K2 under AO1: nothing claimed yet; it will be assessed by your portfolio (Component C2).",
        "S1 under AO1: nothing claimed yet; it will be observed (Component C1).",
    )


def test_a_break_and_the_end_are_said_from_their_day_on() -> None:
    breaks, ended = (Break(since=YESTERDAY, until=TODAY),), Ended(on=TOMORROW, how="withdrawn")
    course = Picture(lasting=Lasting(breaks=breaks, ended=ended))
    (paused,) = of_its_state(course, YESTERDAY)
    assert paused.startswith("The enrolment is paused")
    assert of_its_state(course, TODAY) == []
    (over,) = of_its_state(course, TOMORROW)
    assert over.startswith("The enrolment ended on 9 December 2026 (withdrawn)")


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
