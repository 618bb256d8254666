"""Declare first, at every door: nothing is shown and nothing done before an interest is declared (INTEREST-1)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.assessor import AssessorNotAuthorised
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.interests import CorrectionByAnother, CorrectionUnknown, InterestNotDeclared, OfficerConflicted
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import PersonUnknown
from tests.api.conftest import Tell
from tests.api.world import TODAY, World, assign, finding, refused, released_next_day

RECORDS = ("/enrolments/{enrolment}", "/evidence/{evidence}", "/assessments/{attempt}", "/appeals/{appeal}")


def silent(world: World, role: str, assignment: str = "") -> str:
    """Register somebody who declares nothing: with a role, and perhaps with a part in Mia's enrolment."""
    admin = world.as_("admin")
    admin.does("/people", {"name": "Sil", "works_for": "assessment organisation"}, name="silent")
    admin.does("/people/{silent}/roles", {"role": role})
    if assignment:
        admin.does("/enrolments/{enrolment}/assignments", assign(world, "silent", assignment))
    return "silent"


def declare(world: World, name: str, apprentice: str = "mia", interest: str = "none", **fields: Any) -> dict[str, Any]:
    body = {"apprentice": world[apprentice], "interest": interest, **fields}
    return world.as_(name).does(f"/people/{{{name}}}/interests", body)


WHO = [
    ("assessor", "assessor"),
    ("internal quality assurer", "internal quality assurer"),
    ("lead assessor", ""),
    ("appeals officer", ""),
]


@pytest.mark.parametrize(("role", "assignment"), WHO)
def test_whoever_assesses_checks_leads_or_hears_opens_no_door_before_they_declared(
    tell: Tell, role: str, assignment: str
) -> None:
    world = tell("lodged")
    person = world.as_(silent(world, role, assignment))
    doors = [
        *RECORDS[:3],
        "/enrolments/{enrolment}/readiness",
        "/enrolments/{enrolment}/evidence",
        "/evidence/{evidence}/content",
        "/evidence/{observation}",
        "/evidence/{observation}/content",
        "/assessments/{attempt}/context",
        *(["/appeals/{appeal}", "/appeals/{appeal}/chronology"] if role == "appeals officer" else []),
        *(["/enrolments/{enrolment}/audit-trail"] if role != "assessor" else []),
    ]
    for door in doors:
        problem = refused(person.get(door), InterestNotDeclared)
        assert problem["apprentices"] == [str(world["mia"])]
        assert "Risk assessment" not in str(problem)
    declare(world, "silent")
    for door in doors:
        assert person.get(door).status_code == 200, door


def test_before_they_declared_people_see_name_route_and_counts(tell: Tell) -> None:
    world = tell("lodged")
    person = world.as_(silent(world, "assessor", "assessor"))
    outline = person.sees("/enrolments/{enrolment}/outline")
    assert outline == {
        "enrolment_id": str(world["enrolment"]),
        "apprentice": str(world["mia"]),
        "name": "Mia",
        "route": "LET",
        "evidence": 2,
        "attempts": 1,
        "appeals": 1,
        "declared": False,
    }
    (row,) = person.sees("/enrolments")["items"]
    assert (row["route"], row["employer"]) == ("LET", "")
    declare(world, "silent")
    assert person.sees("/enrolments/{enrolment}/outline")["declared"]
    assert person.sees("/enrolments")["items"][0]["employer"] == "Northern Stages"
    refused(world.as_("stranger").get("/enrolments/{enrolment}/outline"), NotVisible)


def test_an_undeclared_assessor_gives_no_command(tell: Tell) -> None:
    world = tell("found")
    person = world.as_(silent(world, "assessor", "assessor"))
    remark = {
        "version": 1,
        "sha256": "0" * 64,
        "selector": {"type": "whole item"},
        "kind": "pointer",
        "audience": "assessors",
        "text": "?",
    }
    acts: list[tuple[str, dict[str, Any]]] = [
        ("/evidence/{evidence}/acceptance", {"version": 1}),
        ("/evidence/{evidence}/return", {"version": 1, "reason": "?"}),
        ("/evidence/{evidence}/annotations", remark),
        ("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}),
        ("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]}),
        ("/assessments/{attempt}/decisions", {"grade": "pass", "reasons": "?", "context_hash": "0" * 64}),
    ]
    for path, body in acts:
        refused(person.post(path, body), InterestNotDeclared)


def test_an_officer_and_a_panel_declare_before_they_act_on_an_appeal(tell: Tell) -> None:
    world = tell("lodged")
    person = world.as_(silent(world, "appeals officer"))
    refused(person.post("/appeals/{appeal}/admission"), InterestNotDeclared)
    refused(person.post("/appeals/{appeal}/refusal", {"reason": "?", "because": "no standing"}), InterestNotDeclared)
    declare(world, "silent")
    person.does("/appeals/{appeal}/admission")


def test_a_responsible_officer_declares_before_setting_a_decision_aside(tell: Tell) -> None:
    world = tell("decided")
    person = world.as_(silent(world, "responsible officer"))
    for door in ("/assessments/{attempt}", "/evidence/{evidence}", "/enrolments/{enrolment}/readiness"):
        assert person.get(door).status_code == 200
    void = {"decision_id": world["decision"], "reason_code": "malpractice", "reason": "Copied; Mia was heard."}
    refused(person.post("/assessments/{attempt}/voids", void), InterestNotDeclared)
    declare(world, "silent")
    assert person.post("/assessments/{attempt}/voids", void).status_code != 404


def test_a_responsible_officer_declares_before_reading_what_a_decision_rests_on(tell: Tell) -> None:
    world = tell("lodged")
    person = world.as_(silent(world, "responsible officer"))
    doors = (
        "/assessments/{attempt}/context",
        "/assessments/{attempt}/decisions/{decision}/context",
        "/appeals/{appeal}/chronology",
    )
    for door in doors:
        refused(person.get(door), InterestNotDeclared)
    assert person.get("/enrolments/{enrolment}/outline").status_code == 200
    declare(world, "silent")
    for door in doors:
        assert person.get(door).status_code == 200


def test_a_responsible_officer_declares_before_every_act_that_bears_on_a_decision(tell: Tell) -> None:
    world = tell("lodged")
    person = world.as_(silent(world, "responsible officer"))
    why = {"reason": "It was asked for."}
    refusal = {**why, "because": "no standing"}
    route = {"assessor": world["coach"], "second_person": world["second"], "form_id": world["form"], "component": "C1"}
    acts: list[tuple[str, dict[str, Any] | None]] = [
        ("/assessments/{attempt}/closing", why),
        ("/appeals/{appeal}/second-look/admission", None),
        ("/appeals/{appeal}/second-look/refusal", refusal),
        ("/appeals/{appeal}/consequences/closed", {"consequence": "a new attempt is opened", **why}),
        ("/enrolments/{enrolment}/scrutiny-routes", {**route, **why}),
        ("/people/{assessor}/interests/confirmation", {"apprentice": world["mia"], **why}),
    ]
    for path, body in acts:
        problem = refused(person.post(path, body), InterestNotDeclared)
        assert problem["apprentices"] == [str(world["mia"])]


def test_a_responsible_officer_with_an_interest_leaves_what_bears_on_a_decision_to_another(tell: Tell) -> None:
    world = tell("decided")
    person = world.as_(silent(world, "responsible officer"))
    declare(world, "silent", interest="personal")
    void = {"decision_id": world["decision"], "reason_code": "malpractice", "reason": "Copied; Mia was heard."}
    account = {"found": "Copied from Noah's.", "heard": "Mia and Noah."}
    path, body = "/assessments/{attempt}/voids", {**void, "account": account}
    named = refused(person.post(path, body), OfficerConflicted)
    assert "Free to do it: Responsible." in named["detail"]
    route = {"assessor": world["coach"], "second_person": world["second"], "form_id": world["form"], "component": "C1"}
    refused(person.post("/enrolments/{enrolment}/scrutiny-routes", {**route, "reason": "?"}), OfficerConflicted)
    declare(world, "second", interest="personal")
    declare(world, "second", interest="none")
    confirm = {"apprentice": world["mia"], "reason": "A slip."}
    refused(person.post("/people/{second}/interests/confirmation", confirm), OfficerConflicted)
    declare(world, "responsible", interest="managed")
    alone = refused(person.post(path, body), OfficerConflicted)
    assert "Nobody on record is free: an administrator makes another person responsible officer." in alone["detail"]
    world.as_("admin").does("/people/{third}/roles", {"role": "responsible officer"})
    declare(world, "third")
    world.as_("third").does(path, body)


def test_an_apprentice_in_office_does_nothing_by_it_on_their_own_enrolment(tell: Tell) -> None:
    world = tell("decided")
    for role in ("responsible officer", "administrator"):
        world.as_("admin").does("/people/{mia}/roles", {"role": role})
    for interest in ("personal", "none"):
        declare(world, "assessor", interest=interest)
    mia, why = world.as_("mia"), {"reason": "She asked for it."}
    declare(world, "mia")
    void = {"decision_id": world["decision"], "reason_code": "malpractice", "reason": "Copied."}
    refused(
        mia.post("/assessments/{attempt}/voids", {**void, "account": {"found": "It.", "heard": "Me."}}),
        OfficerConflicted,
    )
    refused(
        mia.post("/people/{assessor}/interests/confirmation", {"apprentice": world["mia"], **why}), OfficerConflicted
    )
    acts: list[tuple[str, dict[str, Any]]] = [
        ("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor")),
        (
            "/enrolments/{enrolment}/releases",
            {"person_id": world["assessor"], "assignment": "assessor", "ends_on": TODAY, **why},
        ),
        ("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}),
        (
            "/enrolments/{enrolment}/route",
            {"route": "LET", "form_id": world["form"], "effective_on": TODAY, **why},
        ),
    ]
    for path, body in acts:
        refused(mia.post(path, body), NotPermitted)


def test_the_text_of_a_record_in_the_answer_about_its_item_is_viewed_once(tell: Tell) -> None:
    world = tell("found")
    coach, enrolment = world.as_("coach"), "/enrolments/{enrolment}/audit-trail?kind=evidence.served"
    version = coach.get("/evidence/{observation}").headers["ETag"]
    assert coach.get("/evidence/{observation}").headers["ETag"] == version
    assert coach.get("/evidence/{observation}/content").status_code == 200
    assert coach.get("/evidence/{evidence}").status_code == 200
    world.as_("mia").sees("/evidence/{observation}")
    (served,) = world.as_("mia").sees(enrolment)["items"]
    assert (served["name"], served["stream"]) == ("Coach", str(world["observation"]))
    declare(world, "coach", interest="coached")
    assert coach.sees("/people/{coach}")["interests"][-1]["late"]


def test_the_queue_of_an_undeclared_assessor_shows_whose_work_waits_and_nothing_of_it(tell: Tell) -> None:
    world = tell("found")
    person = world.as_(silent(world, "assessor", "assessor"))
    rows = person.sees("/queues/assessor")["items"]
    for row in rows:
        assert set(row) == {"waits", "position", "since", "enrolment_id", "apprentice", "name", "declared"}
        assert not row["declared"]
    declare(world, "silent")
    assert {"evidence_id", "title", "claims"} <= set(person.sees("/queues/assessor")["items"][0])
    assert len(rows) == 2


def test_the_queue_of_an_undeclared_appeals_officer_shows_whose_appeal_waits_and_nothing_of_it(tell: Tell) -> None:
    world = tell("lodged")
    person = world.as_(silent(world, "appeals officer"))
    (row,) = person.sees("/queues/appeals")["items"]
    assert set(row) == {"position", "since", "enrolment_id", "apprentice", "name", "declared", "appeal_id"}
    declare(world, "silent")
    (row,) = person.sees("/queues/appeals")["items"]
    assert (row["appellant_name"], row["waits_for"]) == ("Mia", "admission")


def test_one_act_answers_for_several_apprentices(tell: Tell) -> None:
    world = tell("submitted")
    person = world.as_(silent(world, "lead assessor"))
    declare(world, "silent", "noah", also=[world["mia"]])
    assert person.get("/evidence/{evidence}").status_code == 200
    declared = person.sees("/people/{silent}")["interests"]
    assert {each["apprentice"] for each in declared} == {str(world["mia"]), str(world["noah"])}
    body = {"apprentice": world["mia"], "also": [UUID(int=5)], "interest": "none"}
    refused(person.post("/people/{silent}/interests", body), PersonUnknown)


def test_a_declaration_after_a_view_is_marked_late(tell: Tell) -> None:
    world = tell("submitted")
    coach = world.as_("coach")
    assert coach.get("/evidence/{evidence}/content").status_code == 200
    declare(world, "coach", interest="coached")
    (declared,) = coach.sees("/people/{coach}")["interests"]
    assert declared["late"]


def test_a_correction_that_would_free_somebody_counts_once_another_officer_confirmed_it(tell: Tell) -> None:
    world = tell("found")
    find = {"findings": [finding(world, "S11")]}
    assessor, responsible = world.as_("assessor"), world.as_("responsible")
    confirm = {"apprentice": world["mia"], "reason": "She took them for somebody else of that name."}
    path = "/people/{assessor}/interests/confirmation"
    refused(responsible.post(path, confirm), CorrectionUnknown)
    declare(world, "assessor", interest="personal")
    declare(world, "assessor", interest="none")
    refused(assessor.post("/assessments/{attempt}/findings", find), AssessorConflicted)
    assert responsible.sees("/people/{assessor}")["corrections"] == [str(world["mia"])]
    refused(world.as_("admin").post(path, confirm), NotPermitted)
    world.as_("admin").does("/people/{assessor}/roles", {"role": "responsible officer"})
    refused(assessor.post(path, confirm), CorrectionByAnother)
    responsible.does(path, confirm)
    assert responsible.sees("/people/{assessor}")["corrections"] == []
    assert len(responsible.sees("/people/{assessor}")["interests"]) == 3
    assessor.does("/assessments/{attempt}/findings", find)


def test_a_command_on_a_record_that_one_may_not_see_is_404_before_any_rule_speaks(tell: Tell) -> None:
    world = tell("found")
    find = {"findings": [finding(world, "S11")]}
    stranger = world.as_(silent(world, "assessor"))
    refused(stranger.post("/assessments/{attempt}/findings", find), NotVisible)
    refused(
        stranger.post("/assessments/{attempt}/decisions", {"grade": "?", "reasons": "?", "context_hash": "0" * 64}),
        NotVisible,
    )


def test_whoever_once_had_a_part_gets_the_rules_name(tell: Tell) -> None:
    world = tell("found")
    find = {"findings": [finding(world, "S11")]}
    released_next_day(world, "assessor")
    refused(world.as_("assessor").post("/assessments/{attempt}/findings", find), AssessorNotAuthorised)
    refused(world.as_("assessor").get("/assessments/{attempt}"), NotVisible)
