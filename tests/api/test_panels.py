"""Panels over HTTP: proposals and answers, a divided panel, members who are unable, officers who are not free."""

from datetime import timedelta
from typing import Any

import pytest

from portfolio.domain.appeal.deciding import OutcomeCitesElsewhere, ProposalUnknown
from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.outcome import AnswerToNoGround, OutcomeIncomplete
from portfolio.domain.appeal.panel import (
    BankHolidaysUnknown,
    OfficerMayNotDecide,
    PanelConflicted,
    PanelMemberAble,
    PanelMemberAlready,
    PanelMemberIsRecused,
    PanelMemberNotCompetent,
    PanelMemberNotInOffice,
    PanelNotDivided,
)
from portfolio.domain.appeal.state import AppealNotWaiting
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import YESTERDAY, World, decides, outcome, refused

OUTCOME = "/appeals/{appeal}/outcome"
CONFIRM, DISSENT = "/appeals/{appeal}/outcome/confirmations", "/appeals/{appeal}/outcome/dissents"
FURTHER, RECUSALS = "/appeals/{appeal}/panel/further-members", "/appeals/{appeal}/panel/recusals"
REPLACEMENTS = "/appeals/{appeal}/panel/replacements"
BEHIND = {"proposal": 1, "account": "I read the risk assessment."}
AGAINST = {"account": "It was considered: page 2."}


def shown(world: World, by: str = "chair") -> dict[str, Any]:
    return world.as_(by).sees("/appeals/{appeal}")


def replacing(world: World, member: str = "member", by: str = "third") -> dict[str, Any]:
    return {"member": world[member], "replacement": world[by], "reason": "She cannot hear it."}


def divided(world: World) -> World:
    world.as_("chair").does(OUTCOME, outcome())
    world.as_("member").does(DISSENT, AGAINST)
    return world


def later(world: World, days: int) -> None:
    world.now += timedelta(days=days)


# --- proposals and answers ---


def test_a_proposal_is_its_proposers_confirmation_and_no_outcome_yet(tell: Tell) -> None:
    world = tell("convened")
    world.as_("chair").does(OUTCOME, outcome(cites=[world["evidence"]]))
    answer = shown(world)
    assert (answer["status"], answer["open"], answer["outcome"]) == ("with panel", True, None)
    (proposal,) = answer["proposals"]
    assert (proposal["member"], proposal["behind"]) == (str(world["chair"]), [str(world["chair"])])
    assert proposal["cites"] == [str(world["evidence"])]


def test_an_outcome_cites_nothing_but_items_of_the_decision(tell: Tell) -> None:
    world = tell("convened")
    refused(world.as_("chair").post(OUTCOME, outcome(cites=[world["form"]])), OutcomeCitesElsewhere)


@pytest.mark.parametrize("answers", [(0, 7), (0, 0)])
def test_each_answer_is_to_one_ground_and_each_ground_has_one(tell: Tell, answers: tuple[int, ...]) -> None:
    world = tell("convened")
    numbered = [{"ground": number, "answer": f"To ground {number}."} for number in answers]
    answer = refused(world.as_("chair").post(OUTCOME, outcome(answers=numbered)), AnswerToNoGround)
    assert answer["answers"] == [str(answers[1])]


def test_it_takes_effect_when_more_than_half_of_all_members_stand_behind_it(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    answer = shown(world, "mia")
    assert (answer["status"], answer["outcome"]) == ("decided", "upheld")
    assert {each["account"] for each in answer["panel_answers"]} == {
        "Available evidence was left out.",
        "I read the risk assessment, and so it is.",
    }


def test_one_member_never_decides_alone(tell: Tell) -> None:
    world = tell("convened")
    for _ in range(2):
        world.as_("chair").does(OUTCOME, outcome())
    world.as_("chair").does(CONFIRM, BEHIND)
    answer = shown(world)
    assert answer["status"] == "with panel"
    assert [each["proposal"] for each in answer["panel_answers"]] == [1]


@pytest.mark.parametrize("account", ["", " \u200b "])
def test_each_member_answers_with_an_account_of_their_own(tell: Tell, account: str) -> None:
    world = tell("convened")
    world.as_("chair").does(OUTCOME, outcome())
    member = world.as_("member")
    for path, body in ((CONFIRM, BEHIND), (DISSENT, AGAINST)):
        answer = member.post(path, {**body, "account": account})
        assert answer.status_code in (409, 422)
        assert answer.get_json()["type"] in (f"/problems/{OutcomeIncomplete.code}", "/problems/fields-not-valid")
    assert len(shown(world)["panel_answers"]) == 1


def test_what_is_answered_is_a_proposal_before_the_panel(tell: Tell) -> None:
    world = tell("convened")
    refused(world.as_("member").post(CONFIRM, BEHIND), ProposalUnknown)
    refused(world.as_("member").post(DISSENT, AGAINST), ProposalUnknown)
    refused(world.as_("officer").post(OUTCOME, outcome()), OfficerMayNotDecide)
    refused(world.as_("officer").post(CONFIRM, BEHIND), NotPermitted)
    refused(world.as_("third").post(CONFIRM, BEHIND), NotVisible)


def test_nobody_but_the_panel_reads_what_its_members_say_before_the_outcome(tell: Tell) -> None:
    world = divided(tell("convened"))
    for person in ("mia", "officer", "responsible", "lead"):
        answer = shown(world, person)
        assert (answer["proposals"], answer["panel_answers"]) == ([], [])
        assert "page 2" not in world.as_(person).get("/enrolments/{enrolment}/audit-trail").text
    assert "page 2" not in world.as_("mia").get("/appeals/{appeal}/chronology").text
    assert [each["proposal"] for each in shown(world)["panel_answers"]] == [1, None]


# --- a divided panel ---


def test_a_divided_panel_is_recorded_and_gets_one_further_free_member(tell: Tell) -> None:
    world = divided(tell("convened"))
    assert shown(world)["divided"] is True
    officer = world.as_("officer")
    assert officer.sees("/queues/appeals")["items"][0]["waits_for"] == "further member"
    refused(officer.post(FURTHER, {"member": world["chair"]}), PanelMemberAlready)
    refused(officer.post(FURTHER, {"member": world["assessor"]}), PanelConflicted)
    officer.does(FURTHER, {"member": world["third"]})
    refused(officer.post(FURTHER, {"member": world["lead"]}), PanelNotDivided)
    world.as_("third").does("/people/{third}/interests", {"apprentice": world["mia"], "interest": "none"})
    world.as_("third").does(CONFIRM, BEHIND)
    answer = shown(world, "mia")
    assert (answer["status"], answer["outcome"], answer["divided"]) == ("decided", "upheld", False)
    dissent = next(each for each in answer["panel_answers"] if each["member"] == str(world["member"]))
    assert (dissent["proposal"], dissent["account"]) == (None, AGAINST["account"])


def test_a_panel_that_agrees_gets_no_further_member(tell: Tell) -> None:
    world = tell("convened")
    refused(world.as_("officer").post(FURTHER, {"member": world["third"]}), PanelNotDivided)


# --- members who are unable ---


def test_a_member_who_is_able_is_not_replaced(tell: Tell) -> None:
    world = divided(tell("convened"))
    officer = world.as_("officer")
    refused(officer.post(REPLACEMENTS, replacing(world)), PanelMemberAble)
    refused(officer.post("/appeals/{appeal}/panel", {"members": [world["chair"], world["third"]]}), AppealNotWaiting)


def test_a_member_recuses_themselves_is_replaced_and_open_proposals_lapse(tell: Tell) -> None:
    world = tell("convened")
    world.as_("chair").does(OUTCOME, outcome())
    trail = "/enrolments/{enrolment}/audit-trail"
    assert world.as_("member").get(trail).status_code == 200
    world.as_("member").does(RECUSALS, {"reason": "I know the family."})
    assert world.as_("member").get(trail).status_code == 404  # who stepped aside reads on no longer
    refused(world.as_("chair").post(OUTCOME, outcome()), PanelMemberIsRecused)
    world.as_("officer").does(REPLACEMENTS, replacing(world))
    answer = shown(world)
    assert {member["name"] for member in answer["panel"]} == {"Chair", "Third"}
    assert (answer["proposals"], answer["panel_answers"]) == ([], [])
    refused(world.as_("chair").post(CONFIRM, BEHIND), ProposalUnknown)


def test_a_member_whose_role_ended_is_replaced(tell: Tell) -> None:
    world = tell("convened")
    ended = {"role": "panel member", "reason": "Moved away."}
    world.as_("responsible").does("/people/{member}/roles/end", ended)
    problem = refused(world.as_("chair").post(OUTCOME, outcome()), PanelMemberNotInOffice)
    assert problem["members"] == [str(world["member"])]
    world.as_("officer").does(REPLACEMENTS, replacing(world))
    world.as_("chair").does(OUTCOME, outcome())


def test_a_member_who_declares_an_interest_is_replaced(tell: Tell) -> None:
    world = tell("convened")
    world.as_("member").does("/people/{member}/interests", {"apprentice": world["mia"], "interest": "personal"})
    refused(world.as_("chair").post(OUTCOME, outcome()), PanelConflicted)
    world.as_("officer").does(REPLACEMENTS, replacing(world))


def test_a_member_who_is_silent_for_ten_working_days_after_the_first_proposal_is_replaced(tell: Tell) -> None:
    world = tell("convened")
    officer = world.as_("officer")
    world.as_("chair").does(OUTCOME, outcome())
    later(world, 14)
    refused(officer.post(REPLACEMENTS, replacing(world)), PanelMemberAble)
    later(world, 1)
    refused(officer.post(REPLACEMENTS, replacing(world, "chair")), PanelMemberAble)
    officer.does(REPLACEMENTS, replacing(world))


def test_before_an_outcome_is_proposed_nobody_is_silent_and_the_refusal_says_what_is_open(tell: Tell) -> None:
    world = tell("convened")
    later(world, 120)
    officer = world.as_("officer")
    detail = refused(officer.post(REPLACEMENTS, replacing(world)), PanelMemberAble)["detail"]
    assert "nobody is silent before an outcome was proposed" in detail
    suspended = {"reason": "Does not answer any letter."}
    world.as_("responsible").does("/people/{member}/suspension", suspended)
    officer.does(REPLACEMENTS, replacing(world))


def test_working_days_are_not_guessed_in_a_year_whose_bank_holidays_are_not_known(tell: Tell) -> None:
    world = tell("convened")
    later(world, 800)
    world.as_("chair").does(OUTCOME, outcome())
    later(world, 100)
    officer = world.as_("officer")
    refused(officer.post(REPLACEMENTS, replacing(world)), BankHolidaysUnknown)
    world.as_("member").does(RECUSALS, {"reason": "Away for a year."})
    officer.does(REPLACEMENTS, replacing(world))


def test_a_replacement_may_hear_the_appeal_and_is_named_with_a_reason(tell: Tell) -> None:
    world = tell("convened")
    officer = world.as_("officer")
    world.as_("member").does(RECUSALS, {"reason": "Ill."})
    refused(officer.post(REPLACEMENTS, replacing(world, by="chair")), PanelMemberAlready)
    refused(officer.post(REPLACEMENTS, replacing(world, by="coach")), PanelConflicted)
    registered = {"name": "Fresh", "works_for": "none of these"}
    world.as_("admin").does("/people", registered, name="fresh")
    world.as_("admin").does("/people/{fresh}/roles", {"role": "panel member"})
    refused(officer.post(REPLACEMENTS, replacing(world, by="fresh")), PanelMemberNotCompetent)
    refused(world.as_("lead").post(REPLACEMENTS, replacing(world)), NotPermitted)


# --- officers ---


def test_an_officer_with_an_interest_or_a_part_in_the_matter_neither_admits_nor_convenes(tell: Tell) -> None:
    for stage, path, body in (
        ("lodged", "/appeals/{appeal}/admission", None),
        ("lodged", "/appeals/{appeal}/refusal", {"because": "out of time", "reason": "Late."}),
        ("admitted", "/appeals/{appeal}/panel", {"members": ["chair", "member"]}),
    ):
        world = tell(stage)
        interest = {"apprentice": world["mia"], "interest": "personal"}
        world.as_("officer").does("/people/{officer}/interests", interest)
        named = {"members": [world[name] for name in body["members"]]} if body and "members" in body else body
        refused(world.as_("officer").post(path, named), OfficerNotFree)


def test_an_officer_who_assesses_checks_or_set_aside_in_the_matter_does_not_admit(tell: Tell) -> None:
    world = tell("lodged")
    for person in ("assessor", "quality"):
        world.as_("admin").does(f"/people/{{{person}}}/roles", {"role": "appeals officer"})
        refused(world.as_(person).post("/appeals/{appeal}/admission"), OfficerNotFree)


def test_an_officer_who_handled_an_earlier_case_handles_the_next(tell: Tell) -> None:
    world = tell("convened")
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    subject = {"type": "decision", "assessment_id": world["attempt"], "decision_id": world["decision"]}
    ground = {"ground": "procedure", "statement": "No breaks.", "items": [world["evidence"]]}
    world.as_("mia").does("/appeals", {"subject": subject, "grounds": [ground]}, name="next")
    world.as_("officer").does("/appeals/{next}/admission")


def test_a_responsible_officer_who_took_the_second_look_does_not_sit_on_the_panel(tell: Tell) -> None:
    world = tell("lodged")
    officer = world.as_("officer")
    officer.does("/appeals/{appeal}/refusal", {"because": "out of time", "reason": "Late."})
    world.as_("mia").does("/appeals/{appeal}/second-look", {"statement": "It was posted in time."})
    world.as_("responsible").does("/appeals/{appeal}/second-look/admission")
    admin = world.as_("admin")
    admin.does("/people/{responsible}/roles", {"role": "panel member"})
    prepared = {"kind": "appeals panel", "occurred_on": YESTERDAY}
    admin.does("/people/{responsible}/competences", prepared)
    named = {"members": [world["chair"], world["responsible"]]}
    problem = refused(officer.post("/appeals/{appeal}/panel", named), OfficerMayNotDecide)
    assert problem["members"] == [str(world["responsible"])]
    officer.does("/appeals/{appeal}/panel", {"members": [world["chair"], world["member"]]})
