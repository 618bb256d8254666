"""What counts on another form or route than the one it was decided on."""

from portfolio.domain.enrolment.state import RouteFrom
from portfolio.domain.kernel import changed
from portfolio.domain.readiness.picture import (
    AttemptNote,
    Picture,
)
from tests.domain.readiness.test_outcomes import (
    ALL_MET,
    NEWER,
    OBSERVED,
    OTHER,
    attempt,
    core,
    decision,
    picture,
    ready,
)
from tests.domain.world import (
    CRITERIA_ID,
    FORM_ID,
    OBSERVATION,
    OTHER_FORM_ID,
    PORTFOLIO,
    TODAY,
    TOMORROW,
    YESTERDAY,
    component,
    form,
)

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
