"""Suspending and reinstating people over HTTP, and who may while a case is open (PERSON-2, PERSON-3, PERSON-5)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.standing import (
    AccessSuspended,
    AlreadySuspended,
    HearsOpenCase,
    LastAdministrator,
    NotSuspended,
    OwnStanding,
    PartyToOpenCase,
)
from tests.api.conftest import Tell
from tests.api.test_holds import refused_consequence
from tests.api.world import DECLARED, World, appeal, assign, consent, enrolment, refused

WHY = {"reason": "An inquiry is under way."}


def suspended(world: World, name: str, by: str = "responsible") -> None:
    world.as_(by).does(f"/people/{{{name}}}/suspension", WHY)


def test_every_command_page_session_and_token_of_a_suspended_person_stops_at_once(tell: Tell) -> None:
    world = tell("found")
    assessor, browser = world.as_("assessor"), world.app.test_client()
    link = world.services.sessions.issue_link(world["assessor"])  # type: ignore[attr-defined]  # the local ones
    code = parse_qs(urlsplit(link).fragment)["code"][0]
    assert browser.post("/sign-in", data={"code": code}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert browser.get("/").status_code == 200
    suspended(world, "assessor", "admin")
    refused(assessor.get("/enrolments/{enrolment}"), AccessSuspended)
    refused(assessor.get("/people/{assessor}"), AccessSuspended)
    refused(assessor.get("/plans"), AccessSuspended)
    refused(assessor.post("/assessments/{attempt}/findings", {"findings": []}), AccessSuspended)
    assert browser.get("/").status_code == 403
    assert "suspended" in browser.get("/", headers={"Accept": "text/html"}).text
    assert world.as_("admin").sees("/people/{assessor}")["suspended"]
    (row,) = [row for row in world.as_("admin").sees("/people")["items"] if row["name"] == "Assessor"]
    assert (row["suspended"], row["roles"]) == (True, ["assessor"])
    world.as_("admin").does("/people/{assessor}/reinstatement", {"reason": "Cleared."})
    assert assessor.sees("/enrolments/{enrolment}")
    assert browser.get("/").status_code == 200


def test_a_suspended_person_can_sign_out(tell: Tell) -> None:
    world = tell("people")
    browser, same = world.app.test_client(), {"Sec-Fetch-Site": "same-origin"}
    link = world.services.sessions.issue_link(world["coach"])  # type: ignore[attr-defined]  # the local ones
    browser.post("/sign-in", data={"code": parse_qs(urlsplit(link).fragment)["code"][0]}, headers=same)
    suspended(world, "coach")
    assert browser.get("/").status_code == 403
    answer = browser.post("/sign-out", headers=same)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert browser.get("/").status_code == 401
    world.as_("admin").does("/people/{coach}/reinstatement", WHY)
    assert browser.get("/").status_code == 401, "the session has ended"


def test_an_apprentice_reads_and_appeals_while_suspended(tell: Tell) -> None:
    world = tell("decided")
    mia = world.as_("mia")
    suspended(world, "mia")
    for path in (
        "/enrolments",
        "/enrolments/{enrolment}",
        "/evidence/{evidence}",
        "/evidence/{evidence}/content",
        "/plans",
    ):
        assert mia.get(path).status_code == 200, path
    assert mia.get("/plans/ST1297/V2/rulings").status_code == 200
    submission = {"version": 1, "declaration": DECLARED}
    refused(mia.post("/evidence/{evidence}/submission", submission), AccessSuspended)
    refused(mia.post("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "No."}), AccessSuspended)
    mia.does("/appeals", appeal(world), name="appeal")
    assert mia.sees("/appeals/{appeal}/chronology")
    mia.does("/appeals/{appeal}/withdrawal")


def test_a_suspended_apprentice_asks_for_a_second_look_and_a_suspended_coach_does_not(tell: Tell) -> None:
    world = tell("decided")
    purpose = {"assessment_id": str(world["attempt"]), "decision_id": str(world["decision"])}
    consent(world, "coach", type="appeal", **purpose)
    world.as_("coach").does("/appeals", appeal(world), name="appeal")
    world.as_("officer").does("/appeals/{appeal}/refusal", {"because": "out of time", "reason": "Late."})
    for name in ("coach", "mia"):
        suspended(world, name)
    refused(world.as_("coach").post("/appeals/{appeal}/second-look", {"statement": "It was in time."}), AccessSuspended)
    world.as_("mia").does("/appeals/{appeal}/second-look", {"statement": "It was in time."})


def test_an_apprentice_suspended_reads_nothing_of_others(tell: Tell) -> None:
    world = tell("decided")
    world.as_("admin").does("/people/{mia}/roles", {"role": "administrator"})
    assert world.as_("mia").sees("/people/{coach}")
    suspended(world, "mia")
    refused(world.as_("mia").get("/people/{coach}"), NotVisible)
    refused(world.as_("mia").get("/people"), NotPermitted)


def test_nobody_suspends_or_reinstates_themselves(tell: Tell) -> None:
    world = tell("people")
    answer = world.as_("responsible").post("/people/{responsible}/suspension", WHY)
    assert "Another administrator" in refused(answer, OwnStanding)["detail"]
    suspended(world, "responsible", "admin")
    refused(world.as_("responsible").post("/people/{responsible}/reinstatement", WHY), AccessSuspended)


def test_suspending_and_reinstating_is_an_office(tell: Tell) -> None:
    world = tell("people")
    refused(world.as_("lead").post("/people/{coach}/suspension", WHY), NotVisible)
    refused(world.as_("officer").post("/people/{coach}/suspension", WHY), NotPermitted)
    suspended(world, "coach")
    refused(world.as_("admin").post("/people/{coach}/suspension", WHY), AlreadySuspended)
    world.as_("responsible").does("/people/{coach}/reinstatement", WHY)
    refused(world.as_("admin").post("/people/{coach}/reinstatement", WHY), NotSuspended)


def test_the_last_administrator_stays(tell: Tell) -> None:
    world = tell("people")
    responsible = world.as_("responsible")
    refused(responsible.post("/people/{admin}/suspension", WHY), LastAdministrator)
    refused(responsible.post("/people/{admin}/roles/end", {"role": "administrator"}), LastAdministrator)
    world.as_("admin").does("/people/{lead}/roles", {"role": "administrator"})
    suspended(world, "lead")
    refused(responsible.post("/people/{admin}/suspension", WHY), LastAdministrator)
    world.as_("admin").does("/people/{lead}/reinstatement", WHY)
    responsible.does("/people/{admin}/roles/end", {"role": "administrator"})
    refused(world.as_("admin").post("/people", {"name": "A", "works_for": "centre"}), NotVisible)
    refused(responsible.post("/people/{lead}/suspension", WHY), LastAdministrator)


@pytest.mark.parametrize("name", ["mia", "coach", "assessor", "chair"])
def test_a_party_to_an_open_case_goes_only_by_a_responsible_officer_who_is_none(tell: Tell, name: str) -> None:
    world = tell("convened")
    answer = world.as_("admin").post(f"/people/{{{name}}}/suspension", WHY)
    problem = refused(answer, PartyToOpenCase)
    assert problem["appeals"] == [str(world["appeal"])]
    assert "an administrator grants somebody else that role" in problem["detail"]
    suspended(world, name)


def test_a_role_or_a_part_of_a_party_to_an_open_case_is_ended_for_a_reason(tell: Tell) -> None:
    world = tell("lodged")
    release = {"person_id": world["coach"], "assignment": "coach", "ends_on": "2026-11-03", "reason": "Moved away."}
    refused(world.as_("admin").post("/enrolments/{enrolment}/releases", release), PartyToOpenCase)
    refused(
        world.as_("admin").post("/people/{assessor}/roles/end", {"role": "assessor", "reason": "x"}), PartyToOpenCase
    )
    responsible = world.as_("responsible")
    refused(responsible.post("/people/{assessor}/roles/end", {"role": "assessor"}), PartyToOpenCase)
    responsible.does("/people/{assessor}/roles/end", {"role": "assessor", "reason": "The contract ended."})
    responsible.does("/enrolments/{enrolment}/releases", release)
    suspended(world, "quality")
    assert world.as_("mia").sees("/appeals/{appeal}")["status"] == "lodged"
    later = [entry["sentence"] for entry in world.as_("mia").sees("/appeals/{appeal}/chronology")["later"]]
    assert any("ended the role assessor of Assessor: The contract ended." in line for line in later)
    assert any("suspended Quality: An inquiry is under way." in line for line in later)
    assert any("released Coach as coach" in line for line in later)


def test_whoever_hears_an_open_case_is_given_no_role_and_no_part_that_would_end_that(tell: Tell) -> None:
    world = tell("convened")
    admin, grants = world.as_("admin"), ("coach", "employer", "appeals officer")
    for name in ("chair", "member"):
        for role in grants:
            problem = refused(admin.post(f"/people/{{{name}}}/roles", {"role": role}), HearsOpenCase)
            assert problem["appeals"] == [str(world["appeal"])]
    admin.does("/people/{officer}/roles", {"role": "employer"})
    employed = assign(world, "officer", "employer")
    refused(admin.post("/enrolments/{enrolment}/assignments", employed), HearsOpenCase)
    admin.does("/enrolments", enrolment(world, apprentice=world["noah"], uln="1000000027"), name="noah's")
    admin.does("/enrolments/{noah's}/assignments", employed)
    world.as_("chair").does("/appeals/{appeal}/panel/recusals", {"reason": "I fell ill."})
    admin.does("/people/{chair}/roles", {"role": "coach"})
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    admin.does("/people/{member}/roles", {"role": "employer"})
    admin.does("/enrolments/{enrolment}/assignments", employed)


def test_once_the_panel_has_given_its_outcome_its_members_may_be_given_other_roles(tell: Tell) -> None:
    world = refused_consequence(tell)
    assert world.as_("mia").sees("/appeals/{appeal}")["open"] is True
    world.as_("admin").does("/people/{member}/roles", {"role": "employer"})
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "member", "employer"))


def test_a_responsible_officer_who_is_part_of_the_case_lets_nobody_go(tell: Tell) -> None:
    world = tell("decided")
    world.as_("admin").does("/people/{coach}/roles", {"role": "responsible officer"})
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    refused(world.as_("coach").post("/people/{assessor}/suspension", WHY), PartyToOpenCase)
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    suspended(world, "assessor", "coach")
