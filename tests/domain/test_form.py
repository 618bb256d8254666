"""Assessment forms and their coverage proof (FORM-1 to FORM-7)."""

from typing import Any

import pytest

from portfolio.domain.criteria import ApproverIsDrafter, CriteriaNotApproved
from portfolio.domain.deployment import Deployment
from portfolio.domain.form import (
    FORM,
    AddComponent,
    ApproveForm,
    Component,
    ComponentAdded,
    ComponentIncomplete,
    ComponentRepeated,
    CoverageProof,
    DraftForm,
    ForApproval,
    FormApproved,
    FormDrafted,
    FormUnknown,
    MandatoryCodeUncovered,
    MethodNotInPlan,
    ObservationMissing,
    OutcomeNotInRoute,
    OutcomeUncovered,
    RouteCoverage,
    RouteUnknown,
    VersionInUse,
    code_order,
)
from portfolio.domain.kernel import Fact, changed
from portfolio.domain.plan import Plan, PlanEdition, PlanNotApproved, PlanUnknown, RequiredMethod
from tests.domain.given import Then, given
from tests.domain.world import (
    CRITERIA,
    CRITERIA_ID,
    FORM_FACTS,
    FORM_ID,
    NOW,
    OBSERVATION,
    OFFICER,
    PLAN,
    PLAN_ID,
    PORTFOLIO,
    SHA,
    TODAY,
    an_id,
    component,
    mapping,
    outcome,
    plan,
)

DRAFT = DraftForm(form_id=FORM_ID, plan_id=PLAN_ID, title="LET-F1", routes=("LET",))
DRAFTED = FormDrafted(plan_id=PLAN_ID, title="LET-F1", routes=("LET",))
APPROVE = ApproveForm(form_id=FORM_ID)
LIVE, DEMO = Deployment(mode="live"), Deployment(mode="demo")
EDITION = PlanEdition(plan=PLAN, sha256=SHA, approved=True)
KNOWN = ForApproval(by=OFFICER, at=NOW, today=TODAY, edition=EDITION, deployment=LIVE, criteria={CRITERIA_ID: CRITERIA})
PROOF = RouteCoverage(
    route="LET", codes=(("K1", ("C1",)), ("K2", ("C2",)), ("K11", ("C2",)), ("K20", ("C2",)), ("S1", ("C1",)))
)


def adding(added: Component, *history: Fact) -> Then:
    return given(FORM, *history or (DRAFTED,)).when(AddComponent(form_id=FORM_ID, component=added), KNOWN)


def approving(*components: Component, published: Plan = PLAN, **known: Any) -> Then:
    added = (ComponentAdded(component=each) for each in components)
    edition = changed(EDITION, plan=published)
    return given(FORM, DRAFTED, *added).when(APPROVE, changed(KNOWN, **{"edition": edition, **known}))


def test_a_form_is_begun_for_routes_of_the_plan() -> None:
    given(FORM).when(DRAFT, KNOWN).records(DRAFTED)


def test_a_form_is_begun_once() -> None:
    given(FORM, DRAFTED).when(DRAFT, KNOWN).rejected(VersionInUse)


def test_a_form_needs_a_plan_on_record() -> None:
    given(FORM).when(DRAFT, changed(KNOWN, edition=PlanEdition())).rejected(PlanUnknown)


def test_a_form_serves_no_route_that_the_plan_has_not() -> None:
    refusal = given(FORM).when(changed(DRAFT, routes=("SLT", "LET", "ABC")), KNOWN).rejected(RouteUnknown, "ABC, SLT")
    assert refusal.members == {"routes": ["ABC", "SLT"]}


def test_a_component_is_added() -> None:
    adding(OBSERVATION).records(ComponentAdded(component=OBSERVATION))


def test_nothing_is_added_to_or_approved_of_a_form_that_was_not_begun() -> None:
    given(FORM).when(AddComponent(form_id=FORM_ID, component=OBSERVATION), KNOWN).rejected(FormUnknown)
    given(FORM).when(APPROVE, KNOWN).rejected(FormUnknown)


def test_a_form_knows_which_criteria_its_components_name() -> None:
    assert given(FORM, *FORM_FACTS).state.criteria_ids() == {CRITERIA_ID}


def test_two_components_do_not_share_a_key() -> None:
    adding(changed(PORTFOLIO, name="Other"), *FORM_FACTS).rejected(ComponentRepeated, "C2")


def test_a_component_names_a_method_of_the_plan() -> None:
    refusal = adding(changed(PORTFOLIO, method="exam")).rejected(MethodNotInPlan, "exam")
    assert "portfolio" in refusal.members["methods"]


def test_the_case_of_a_methods_first_letter_does_not_matter() -> None:
    assert adding(changed(PORTFOLIO, method="Portfolio")).refusal is None


def test_a_component_covers_no_code_from_outside_the_routes_served() -> None:
    refusal = adding(component("C3", "portfolio", "K1", "K10")).rejected(OutcomeNotInRoute)
    assert refusal.members == {"codes": ["K10"]}


def test_a_complete_form_is_approved_with_its_coverage_proof() -> None:
    (fact,) = given(FORM, *FORM_FACTS).when(APPROVE, KNOWN).facts
    assert isinstance(fact, FormApproved)
    assert (fact.proof.plan_sha256, fact.proof.routes) == (SHA, (PROOF,))


def test_the_same_plan_and_form_give_the_same_proof_in_whatever_order_sets_come() -> None:
    def proof(*codes: str) -> CoverageProof:
        (fact,) = approving(OBSERVATION, component("C2", "portfolio", *codes)).facts
        assert isinstance(fact, FormApproved)
        return fact.proof

    assert proof("K2", "K11", "K20") == proof("K20", "K11", "K2")


def test_any_other_form_or_plan_gives_another_proof() -> None:
    first = approving(OBSERVATION, PORTFOLIO).facts
    assert first != approving(OBSERVATION, changed(PORTFOLIO, name="Folder")).facts
    assert first != approving(OBSERVATION, PORTFOLIO, edition=changed(EDITION, sha256="00")).facts


def test_an_approved_form_does_not_change() -> None:
    approved = FormApproved(proof=CoverageProof(plan_sha256=SHA, form_sha256=SHA, routes=(PROOF,)))
    adding(component("C3", "portfolio", "K1"), *FORM_FACTS, approved).rejected(VersionInUse)
    given(FORM, *FORM_FACTS, approved).when(APPROVE, KNOWN).rejected(VersionInUse)


def test_nobody_approves_a_form_on_which_they_worked() -> None:
    own = changed(KNOWN, drafters=frozenset({an_id("colleague"), OFFICER}))
    given(FORM, *FORM_FACTS).when(APPROVE, own).rejected(ApproverIsDrafter)
    assert given(FORM, *FORM_FACTS).when(APPROVE, changed(own, by=an_id("lead"))).refusal is None


def test_a_live_form_rests_on_an_approved_plan() -> None:
    drafted = changed(EDITION, approved=False)
    approving(OBSERVATION, PORTFOLIO, edition=drafted).rejected(PlanNotApproved)
    assert approving(OBSERVATION, PORTFOLIO, edition=drafted, deployment=DEMO).refusal is None


def test_a_form_without_the_required_observation_is_not_approved() -> None:
    refusal = approving(changed(OBSERVATION, method="portfolio"), PORTFOLIO).rejected(ObservationMissing)
    assert refusal.members == {"methods": ["1 observation"]}


def test_an_additional_observation_never_stands_for_the_required_one() -> None:
    approving(changed(OBSERVATION, method="additional observations"), PORTFOLIO).rejected(ObservationMissing)


def test_where_the_plan_requires_two_of_a_method_one_is_not_enough() -> None:
    twice = changed(PLAN, methods=changed(PLAN.methods, required=(RequiredMethod(name="observation", minimum=2),)))
    approving(OBSERVATION, PORTFOLIO, published=twice).rejected(ObservationMissing, "2 observation")


@pytest.mark.parametrize(
    ("name", "blank"),
    [
        ("codes", frozenset()),
        ("criteria_id", None),
        ("marker", None),
        ("scrutiny", None),
        ("maximum_attempts", None),
        ("evidence_kinds", frozenset()),
    ],
)
def test_each_component_states_everything_before_approval(name: str, blank: object) -> None:
    refusal = approving(OBSERVATION, changed(PORTFOLIO, **{name: blank})).rejected(ComponentIncomplete, f"C2: {name}")
    assert refusal.members == {"missing": [f"C2: {name}"]}


def test_a_form_rests_on_approved_criteria() -> None:
    for criteria in ({}, {CRITERIA_ID: changed(CRITERIA, approved=False)}):
        refusal = approving(OBSERVATION, PORTFOLIO, criteria=criteria).rejected(CriteriaNotApproved)
        assert refusal.members == {"components": ["C1", "C2"]}


def test_criteria_traced_to_another_plan_do_not_serve_this_form() -> None:
    others = changed(CRITERIA, plan_id=an_id("another plan"))
    approving(OBSERVATION, PORTFOLIO, criteria={CRITERIA_ID: others}).rejected(CriteriaNotApproved, "C1, C2")


def test_every_mandatory_code_of_every_route_served_is_covered() -> None:
    refusal = approving(OBSERVATION, component("C2", "portfolio", "K2")).rejected(MandatoryCodeUncovered, "K11, K20")
    assert refusal.members == {"codes": ["K11", "K20"]}


def test_a_code_that_is_not_mandatory_may_be_left_out() -> None:
    loose = plan(outcomes=(outcome("AO1", None, "K1", "S1", mapping("K2", mandatory=False)),))
    assert approving(OBSERVATION, published=loose).refusal is None


def test_every_outcome_of_every_route_served_is_covered_even_where_no_code_is_mandatory() -> None:
    outcomes = (outcome("AO1", None, "K1", "S1"), outcome("LET AO3", "LET", mapping("K11", mandatory=False)))
    refusal = approving(OBSERVATION, published=plan(outcomes=outcomes)).rejected(OutcomeUncovered)
    assert refusal.members == {"outcomes": ["LET AO3"]}


def test_codes_are_listed_as_people_count() -> None:
    assert sorted({"K10", "S1", "K2", "K1", "B", ""}, key=code_order) == ["", "B", "K1", "K2", "K10", "S1"]


def test_a_code_with_any_number_of_figures_is_put_in_order() -> None:
    long = "S" + "9" * 5_000
    assert sorted(["S10", long, "S9", "S", "K2"], key=code_order) == ["K2", "S", "S9", "S10", long]
