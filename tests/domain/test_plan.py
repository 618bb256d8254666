"""Plans as recorded editions, with rulings on their oddities (PLAN-1 to PLAN-6)."""

import hashlib

import pytest

from portfolio.domain.deployment import Deployment
from portfolio.domain.kernel import changed
from portfolio.domain.plan import (
    CORE,
    PLAN,
    ApprovePlan,
    ApproverIsImporter,
    CodeRepeatedInRoute,
    DefectRuled,
    ForImport,
    ImportPlan,
    Plan,
    PlanAlreadyImported,
    PlanApproved,
    PlanDefectHidden,
    PlanDefectUnruled,
    PlanEdition,
    PlanImported,
    PlanUnknown,
    PlanVersionFixed,
    RuleOnDefect,
    may_rest_on_plan,
    plan_id_of,
)
from tests.domain.given import THE_OFFICER_NOW, given
from tests.domain.world import IMPORTER, NOW, PLAN_ID, TODAY, outcome, plan

TEXT = "the text of the plan"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()
IMPORT = ImportPlan(plan_id=PLAN_ID, text=TEXT)
APPROVE = ApprovePlan(plan_id=PLAN_ID)
APPROVED = PlanApproved(sha256=DIGEST)
RULE = RuleOnDefect(plan_id=PLAN_ID, warning=0, reading="as printed", reason="it is a slip")
RULED = DefectRuled(warning=0, reading="as printed", reason="it is a slip")


def read(published: Plan, *editions: PlanEdition) -> ForImport:
    """Return what the importer's rule knows: the text was read as this plan, and these editions are on record."""
    return ForImport(by=IMPORTER, at=NOW, today=TODAY, plan=published, editions=editions)


def imported(*, warnings: int = 0, draft: bool = False) -> PlanImported:
    published = plan(warnings=warnings, draft=draft)
    return PlanImported(text=TEXT, sha256=DIGEST, plan=published, importer=IMPORTER)


def test_an_import_keeps_text_hash_structure_and_importer() -> None:
    given(PLAN).when(IMPORT, read(plan())).records(imported())


def test_the_id_of_an_edition_is_the_first_half_of_the_hash_of_its_text() -> None:
    assert plan_id_of(TEXT).hex == DIGEST[:32]


@pytest.mark.parametrize("text", ["\ufeffone\ntwo\n", "one\r\ntwo\r\n", "one\rtwo\r", "\ufeffone\r\ntwo\n"])
def test_a_byte_order_mark_and_other_line_ends_make_no_other_edition(text: str) -> None:
    assert plan_id_of(text) == plan_id_of("one\ntwo\n")
    assert plan_id_of("one\n\ntwo\n") != plan_id_of("one\ntwo\n")


def test_a_text_that_an_older_release_recorded_under_another_id_is_not_imported_again() -> None:
    marked = PlanEdition(plan=plan(), text_id=PLAN_ID)
    given(PLAN).when(IMPORT, read(plan(), marked)).rejected(PlanAlreadyImported)
    assert given(PLAN, imported()).state.text_id == plan_id_of(TEXT)


def test_the_same_text_is_not_imported_twice() -> None:
    given(PLAN, imported()).when(IMPORT, read(plan())).rejected(PlanAlreadyImported)


def test_a_code_may_stand_under_outcomes_of_two_options() -> None:
    assert given(PLAN).when(IMPORT, read(plan())).refusal is None  # K20 does


def test_a_code_stands_only_once_in_a_route() -> None:
    doubled = plan(outcomes=(outcome("AO1", None, "K1", "K2"), outcome("LET AO3", "LET", "K2", "K3", "K1")))
    refusal = given(PLAN).when(IMPORT, read(doubled)).rejected(CodeRepeatedInRoute, "route LET", "K1, K2")
    assert refusal.members == {"codes": ["K1", "K2"]}


def test_a_plan_without_options_has_the_one_route_core() -> None:
    bare = changed(plan(outcomes=(outcome("AO1", None, "K1"),)), options=())
    assert bare.routes() == ("core",)
    assert bare.codes_of(CORE) == {"K1"}


def test_a_route_is_the_core_and_one_option() -> None:
    assert [each.key for each in plan().outcomes_of("LET")] == ["AO1", "LET AO3"]
    assert plan().codes_of("LET") == {"K1", "K2", "S1", "K11", "K20"}
    assert plan().distinct_codes() == {"K1", "K2", "S1", "K10", "K11", "K20"}


def test_a_named_reading_settles_an_oddity() -> None:
    given(PLAN, imported(warnings=1)).when(RULE).records(RULED)


def test_one_ruling_is_in_force_for_each_oddity() -> None:
    second = changed(RULED, warning=1, reading="left out")
    corrected = changed(RULED, reading="as in the table")
    state = given(PLAN, imported(warnings=2), second, RULED, corrected).state
    assert [(ruling.warning, ruling.reading) for ruling in state.rulings] == [(0, "as in the table"), (1, "left out")]


@pytest.mark.parametrize("unsaid", [changed(RULED, reading="\u3164"), changed(RULED, reason=" ")])
def test_a_ruling_without_reading_or_reason_that_an_older_release_took_does_not_count(unsaid: DefectRuled) -> None:
    given(PLAN, imported(warnings=1), unsaid).when(APPROVE).rejected(PlanDefectUnruled)
    given(PLAN, imported(warnings=1), unsaid, RULED).when(APPROVE).records(APPROVED)


def test_an_oddity_that_is_not_on_record_gets_no_ruling() -> None:
    for warning in (-1, 1):
        given(PLAN, imported(warnings=1)).when(changed(RULE, warning=warning)).rejected(PlanDefectHidden)


def test_a_plan_that_is_not_on_record_is_neither_ruled_on_nor_approved() -> None:
    given(PLAN).when(RULE).rejected(PlanUnknown)
    given(PLAN).when(APPROVE).rejected(PlanUnknown)


def test_a_plan_is_approved_when_every_oddity_has_its_ruling() -> None:
    given(PLAN, imported(warnings=1), RULED).when(APPROVE).records(APPROVED)


def test_an_oddity_without_a_ruling_bars_the_approval() -> None:
    refusal = given(PLAN, imported(warnings=2), RULED).when(APPROVE).rejected(PlanDefectUnruled, "1 of 2")
    assert refusal.members == {"defects": ["oddity 1"]}


def test_the_importer_does_not_approve_their_own_import() -> None:
    given(PLAN, imported()).when(APPROVE, changed(THE_OFFICER_NOW, by=IMPORTER)).rejected(ApproverIsImporter)


def test_an_approved_plan_is_not_approved_again() -> None:
    given(PLAN, imported(), APPROVED).when(APPROVE).rejected(PlanVersionFixed)


def test_an_approved_plan_takes_no_further_ruling() -> None:
    given(PLAN, imported(warnings=1), RULED, APPROVED).when(RULE).rejected(PlanVersionFixed)


def test_a_live_record_may_rest_on_an_approved_plan_alone() -> None:
    assert not given(PLAN, imported()).state.usable_when_live()
    assert given(PLAN, imported(), APPROVED).state.usable_when_live()


def test_what_is_printed_as_a_draft_carries_nothing_live_even_when_approved() -> None:
    assert not given(PLAN, imported(draft=True), APPROVED).state.usable_when_live()


def test_in_a_demo_deployment_any_plan_on_record_carries_records_and_elsewhere_only_a_usable_one() -> None:
    drafted, usable = given(PLAN, imported(draft=True), APPROVED).state, given(PLAN, imported(), APPROVED).state
    live, demo = Deployment(mode="live"), Deployment(mode="demo")
    assert [may_rest_on_plan(drafted, each) for each in (live, demo, Deployment())] == [False, True, False]
    assert [may_rest_on_plan(usable, each) for each in (live, demo, Deployment())] == [True, True, True]
    assert not may_rest_on_plan(PlanEdition(), demo)
