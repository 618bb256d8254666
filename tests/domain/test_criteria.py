"""Grading criteria: written once, approved, traced to the plan's descriptors (FORM-6, FORM-7)."""

from uuid import UUID

from portfolio.domain.criteria import (
    CRITERIA,
    AddGradeRules,
    ApproveCriteria,
    ApproverIsDrafter,
    Criteria,
    CriteriaApproved,
    CriteriaDrafted,
    CriteriaNotApproved,
    CriteriaUnknown,
    CriteriaVersionFixed,
    Criterion,
    DraftCriteria,
    ForApproval,
    ForDraft,
    ForGradeRules,
    ForPredecessor,
    GradeRepeated,
    GradeRule,
    GradeRulesAdded,
    GradeRulesIncomplete,
    GradeRulesMissing,
    GradeRulesNotYours,
    GradeRulesSaid,
    PredecessorFixed,
    PredecessorNotInPlan,
    PredecessorRecorded,
    RecordPredecessor,
    drafters,
    later_than,
    line_of,
)
from portfolio.domain.kernel import Fact, Recorded, changed
from portfolio.domain.plan import PlanEdition
from portfolio.domain.vocabulary import Role
from tests.domain.given import given
from tests.domain.world import CRITERIA as WRITTEN
from tests.domain.world import CRITERIA_ID, FORM_ID, GRADE_RULES, NOW, OFFICER, PLAN, PLAN_ID, TODAY, an_id

KNOWS = Criterion(key="1.1", text="Knows the rig.", category="Applied Knowledge", level="Pass")
STRAY = Criterion(key="1.2", text="Is kind.", category="Kindness", level="Pass")
DRAFT = DraftCriteria(
    criteria_id=CRITERIA_ID,
    plan_id=PLAN_ID,
    title="Observation",
    version="1",
    scale=("fail", "pass", "distinction"),
    criteria=(KNOWS,),
)
SAID = changed(DRAFT, grade_rules=GRADE_RULES)
APPROVE = ApproveCriteria(criteria_id=CRITERIA_ID)
KNOWN = ForApproval(by=OFFICER, at=NOW, today=TODAY, edition=PlanEdition(plan=PLAN))

FIRST = an_id("first version")
DRAFTING = ForDraft(by=OFFICER, at=NOW, today=TODAY, followed=Criteria())
FOLLOW = RecordPredecessor(criteria_id=CRITERIA_ID, follows=FIRST, reason="Version 2 came of version 1.")
LINKING = ForPredecessor(by=OFFICER, at=NOW, today=TODAY, followed=WRITTEN, line=(FIRST,))


def drafted(command: DraftCriteria = DRAFT) -> CriteriaDrafted:
    (fact,) = given(CRITERIA).when(command, changed(DRAFTING, followed=WRITTEN)).facts
    assert isinstance(fact, CriteriaDrafted)
    return fact


def test_a_version_is_written_and_has_a_hash_to_be_cited_by() -> None:
    fact = drafted()
    assert (fact.plan_id, fact.title, fact.version, fact.scale) == (PLAN_ID, "Observation", "1", DRAFT.scale)
    assert (fact.criteria, len(fact.sha256)) == ((KNOWS,), 64)


def test_any_other_word_gives_another_hash() -> None:
    others = [
        changed(DRAFT, title="Portfolio"),
        changed(DRAFT, version="2"),
        changed(DRAFT, scale=("fail", "pass")),
        changed(DRAFT, criteria=(changed(KNOWS, text="Knows the rig well."),)),
    ]
    assert len({drafted(command).sha256 for command in (DRAFT, *others)}) == 5


def test_the_same_words_give_the_same_hash() -> None:
    assert drafted(changed(DRAFT, criteria_id=PLAN_ID)).sha256 == drafted().sha256


def test_a_written_version_never_changes() -> None:
    given(CRITERIA, drafted()).when(changed(DRAFT, title="Other"), DRAFTING).rejected(CriteriaVersionFixed)


def test_who_wrote_the_draft_or_what_it_says_of_the_grades_counts_as_its_drafter() -> None:
    facts: tuple[Fact, ...] = (drafted(), GradeRulesAdded(grade_rules=GRADE_RULES), CriteriaApproved(sha256=""))
    history = [
        Recorded(
            originator_id=CRITERIA_ID,
            originator_version=number,
            fact=fact,
            by=an_id(f"person {number}"),
            at=NOW,
            causation=an_id("command"),
        )
        for number, fact in enumerate(facts, start=1)
    ]
    assert drafters(history) == {an_id("person 1"), an_id("person 2")}


def test_who_drafted_criteria_does_not_approve_them() -> None:
    own = changed(KNOWN, drafters=frozenset({OFFICER}))
    given(CRITERIA, drafted(SAID)).when(APPROVE, own).rejected(ApproverIsDrafter, "responsible officer")
    others = changed(KNOWN, drafters=frozenset({FIRST}))
    given(CRITERIA, drafted(SAID)).when(APPROVE, others).records(CriteriaApproved(sha256=drafted(SAID).sha256))


def test_criteria_traced_to_descriptors_are_approved() -> None:
    given(CRITERIA, drafted(SAID)).when(APPROVE, KNOWN).records(CriteriaApproved(sha256=drafted(SAID).sha256))


def test_approving_again_records_nothing() -> None:
    given(CRITERIA, drafted(SAID), CriteriaApproved(sha256="c0")).when(APPROVE, KNOWN).records_nothing()


def test_criteria_that_were_never_written_cannot_be_approved() -> None:
    given(CRITERIA).when(APPROVE, KNOWN).rejected(CriteriaUnknown)


def test_each_criterion_is_traced_to_a_descriptor_of_the_plan() -> None:
    loose = drafted(changed(SAID, criteria=(KNOWS, STRAY)))
    refusal = given(CRITERIA, loose).when(APPROVE, KNOWN).rejected(CriteriaNotApproved, "descriptor", "1.2")
    assert refusal.members == {"untraced": ["1.2"]}


def test_a_scale_names_each_grade_once_also_in_a_draft_of_an_older_release() -> None:
    twice = ("fail", "pass", "Pass", "fail")
    refusal = given(CRITERIA).when(changed(DRAFT, scale=twice), DRAFTING).rejected(GradeRepeated, "Pass, fail")
    assert refusal.members == {"grades": ["Pass", "fail"]}
    given(CRITERIA, changed(drafted(SAID), scale=twice)).when(APPROVE, KNOWN).rejected(
        CriteriaNotApproved, "names Pass, fail twice"
    )


def test_criteria_of_an_unknown_plan_are_not_approved() -> None:
    given(CRITERIA, drafted(SAID)).when(APPROVE, changed(KNOWN, edition=PlanEdition())).rejected(CriteriaNotApproved)


def test_an_empty_list_of_criteria_is_not_approved() -> None:
    given(CRITERIA, drafted(changed(SAID, criteria=()))).when(APPROVE, KNOWN).rejected(
        CriteriaNotApproved, "No criteria"
    )


def test_a_scale_has_at_least_two_grades() -> None:
    given(CRITERIA, drafted(changed(DRAFT, scale=("pass",)))).when(APPROVE, KNOWN).rejected(
        CriteriaNotApproved, "two grades"
    )


def test_criteria_are_not_approved_without_saying_which_grades_need_every_code() -> None:
    given(CRITERIA, drafted()).when(APPROVE, KNOWN).rejected(GradeRulesMissing, "Who drafted")
    said = (drafted(), GradeRulesAdded(grade_rules=GRADE_RULES))
    given(CRITERIA, *said).when(APPROVE, KNOWN).records(CriteriaApproved(sha256=drafted().sha256))


ADD = AddGradeRules(criteria_id=CRITERIA_ID, grade_rules=GRADE_RULES)
ADDING = ForGradeRules(
    by=OFFICER, at=NOW, today=TODAY, roles=frozenset({"responsible officer"}), drafters=frozenset({FIRST})
)


def test_criteria_say_for_each_grade_whether_every_code_must_be_met() -> None:
    state = given(CRITERIA, drafted(changed(DRAFT, grade_rules=GRADE_RULES))).state
    assert [grade for grade in DRAFT.scale if state.needs_every_code(grade)] == ["pass", "distinction"]


def test_what_is_said_of_the_grades_is_part_of_what_is_cited() -> None:
    lenient = (GRADE_RULES[0], changed(GRADE_RULES[1], every_code_met=False), GRADE_RULES[2])
    said = [drafted(changed(DRAFT, grade_rules=rules)).sha256 for rules in ((), GRADE_RULES, lenient)]
    assert len(set(said)) == 3


def test_criteria_that_do_not_say_it_need_no_code_until_it_is_said_once() -> None:
    assert not given(CRITERIA, drafted()).state.needs_every_code("pass")
    given(CRITERIA, drafted()).when(ADD, ADDING).records(GradeRulesAdded(grade_rules=GRADE_RULES))
    assert given(CRITERIA, drafted(), GradeRulesAdded(grade_rules=GRADE_RULES)).state.needs_every_code("pass")


def test_who_drafted_says_it_until_the_approval_and_a_responsible_officer_always() -> None:
    said, lead = GradeRulesAdded(grade_rules=GRADE_RULES), frozenset[Role]({"lead assessor"})
    drafter, another = changed(ADDING, by=FIRST, roles=lead), changed(ADDING, roles=lead)
    given(CRITERIA, drafted()).when(ADD, drafter).records(said)
    given(CRITERIA, drafted()).when(ADD, another).rejected(GradeRulesNotYours)
    given(CRITERIA, *APPROVED).when(ADD, drafter).rejected(GradeRulesNotYours)
    given(CRITERIA, *APPROVED).when(ADD, ADDING).records(said)


def test_what_is_said_of_the_grades_never_changes() -> None:
    given(CRITERIA, drafted(), GradeRulesAdded(grade_rules=GRADE_RULES)).when(ADD, ADDING).rejected(GradeRulesSaid)
    given(CRITERIA, drafted(changed(DRAFT, grade_rules=GRADE_RULES))).when(ADD, ADDING).rejected(GradeRulesSaid)


def test_nothing_is_said_of_criteria_that_were_never_written() -> None:
    given(CRITERIA).when(ADD, ADDING).rejected(CriteriaUnknown)


def test_every_grade_of_the_scale_and_no_other_is_ruled_on_once() -> None:
    merit = GradeRule(grade="merit", every_code_met=True)
    for rules in (GRADE_RULES[:2], (*GRADE_RULES, merit), (*GRADE_RULES, GRADE_RULES[0])):
        given(CRITERIA).when(changed(DRAFT, grade_rules=rules), DRAFTING).rejected(GradeRulesIncomplete)
        refusal = (
            given(CRITERIA, drafted()).when(changed(ADD, grade_rules=rules), ADDING).rejected(GradeRulesIncomplete)
        )
        assert refusal.members == {"grades": ["fail", "pass", "distinction"]}


# --- the line of versions ---

APPROVED = (drafted(), CriteriaApproved(sha256="c0"))


def test_a_draft_may_name_the_version_for_the_same_plan_that_it_follows() -> None:
    fact = drafted(changed(DRAFT, follows=FIRST))
    assert fact.follows == FIRST
    assert fact.sha256 != drafted().sha256
    assert CRITERIA.fold([fact]).follows == FIRST


def test_a_draft_follows_only_what_is_written_for_the_same_plan() -> None:
    command = changed(DRAFT, follows=FIRST)
    for followed in (Criteria(), changed(WRITTEN, plan_id=FORM_ID)):
        given(CRITERIA).when(command, changed(DRAFTING, followed=followed)).rejected(PredecessorNotInPlan)


def test_which_version_approved_criteria_follow_is_recorded_once() -> None:
    recorded = PredecessorRecorded(follows=FIRST, reason=FOLLOW.reason)
    given(CRITERIA, *APPROVED).when(FOLLOW, LINKING).records(recorded)
    given(CRITERIA, *APPROVED, recorded).when(FOLLOW, LINKING).rejected(PredecessorFixed)
    said = drafted(changed(DRAFT, follows=FIRST))
    given(CRITERIA, said, APPROVED[1]).when(FOLLOW, LINKING).rejected(PredecessorFixed)


def test_a_draft_says_itself_what_it_follows() -> None:
    given(CRITERIA, drafted()).when(FOLLOW, LINKING).rejected(CriteriaNotApproved, "Write a draft")
    given(CRITERIA).when(FOLLOW, LINKING).rejected(CriteriaUnknown)


def test_criteria_follow_an_earlier_version_of_their_plan_and_never_one_that_follows_them() -> None:
    for followed in (Criteria(), changed(WRITTEN, plan_id=FORM_ID)):
        given(CRITERIA, *APPROVED).when(FOLLOW, changed(LINKING, followed=followed)).rejected(PredecessorNotInPlan)
    round_about = changed(LINKING, line=(FIRST, CRITERIA_ID))
    given(CRITERIA, *APPROVED).when(FOLLOW, round_about).rejected(PredecessorNotInPlan)


def test_a_line_is_named_by_its_first_version() -> None:
    second, third = an_id("second version"), an_id("third version")
    versions = {second: Criteria(follows=FIRST), third: Criteria(follows=second)}

    def version(criteria_id: UUID) -> Criteria:
        return versions.get(criteria_id, Criteria())

    assert line_of(third, version) == (third, second, FIRST)
    assert line_of(FIRST, version) == (FIRST,)
    followers = {FIRST: [second], second: [third]}
    assert later_than(FIRST, lambda each: followers.get(each, [])) == (second, third)
    assert later_than(third, lambda each: followers.get(each, [])) == ()
