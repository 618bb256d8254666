"""What trails, contexts and chronologies tell whom: nothing that the same person may not read at its own place."""

from typing import Any
from uuid import UUID

from tests.api.conftest import Tell
from tests.api.test_attempts import failed
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.world import YESTERDAY, World, appeal, consent, decides, outcome, sha
from tests.infra.vault import files

COPIED = "Looks copied to me."


def remarked(world: World) -> World:
    """Let the assessor say something that is for assessors alone."""
    remark = {
        "version": 1,
        "sha256": sha(files.pdf((595, 842))),
        "selector": {"type": "whole item"},
        "kind": "formative",
        "audience": "assessors",
        "text": COPIED,
    }
    world.as_("assessor").does("/evidence/{evidence}/annotations", remark)
    return world


def told(world: World, name: str, path: str = "/enrolments/{enrolment}/audit-trail?limit=200") -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = world.as_(name).sees(path)["items"]
    return entries


def test_remarks_for_assessors_reach_in_the_context_for_deciding_whom_they_reach_elsewhere(tell: Tell) -> None:
    world = remarked(tell("found"))
    for name, reads in (("assessor", True), ("lead", True), ("quality", True), ("admin", False)):
        assert (COPIED in world.as_(name).get("/assessments/{attempt}/context").text) is reads, name


def test_an_office_beside_it_opens_no_context_for_deciding_to_the_apprentice(tell: Tell) -> None:
    world = remarked(tell("found"))
    world.as_("admin").does("/people/{mia}/roles", {"role": "results officer"})
    assert world.as_("mia").get("/assessments/{attempt}/context").status_code == 403


def test_a_coach_with_an_office_reads_no_remark_for_assessors_in_a_context(tell: Tell) -> None:
    world = remarked(tell("found"))
    world.as_("admin").does("/people/{coach}/roles", {"role": "lead assessor"})
    world.as_("coach").does("/people/{coach}/interests", {"apprentice": world["mia"], "interest": "coached"})
    assert COPIED not in world.as_("coach").get("/assessments/{attempt}/context").text


def test_to_whom_an_appeal_is_not_there_the_trail_tells_nothing_of_it(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    assert world.as_("quality").get("/appeals/{appeal}").status_code == 404
    kinds = {each["kind"].split(".")[0] for each in told(world, "quality")}
    assert "assessment" in kinds
    assert "appeal" not in kinds
    assert "appeal.lodged" in {each["kind"] for each in told(world, "mia")}


def test_a_trail_tells_of_consents_to_whom_they_are_shown(tell: Tell) -> None:
    world = tell("decided")
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    for name, reads in (("mia", True), ("admin", True), ("lead", False), ("quality", False)):
        kinds = {each["kind"] for each in told(world, name)}
        assert ("enrolment.consent-given" in kinds) is reads, name


def test_the_account_of_malpractice_is_told_to_no_coach(tell: Tell) -> None:
    world = tell("decided")
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    account = {"found": "A copied log", "heard": "Mia was heard."}
    ordered = {"reason_code": "malpractice", "account": account}
    voiding = {key: value for key, value in setting_aside(world).items() if not key.startswith("bars")}
    world.as_("responsible").does(VOIDING, {**voiding, **ordered})
    world.as_("coach").does("/appeals", appeal(world), name="appeal")
    assert "A copied log" not in world.as_("coach").get("/appeals/{appeal}/chronology").text
    assert "A copied log" in world.as_("mia").get("/appeals/{appeal}/chronology").text


def test_a_panel_reads_nothing_that_another_panel_says_before_its_outcome(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    for name, works_for in (("third", "none of these"), ("fourth", "assessment organisation")):
        admin.does("/people", {"name": name, "works_for": works_for}, name=name)
        admin.does(f"/people/{{{name}}}/roles", {"role": "panel member"})
        admin.does(f"/people/{{{name}}}/competences", {"kind": "appeals panel", "occurred_on": YESTERDAY})
        world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world["mia"], "interest": "none"})
    for case, attempt, members in (("one", "first", ("chair", "member")), ("two", "again", ("third", "fourth"))):
        failed(world, attempt)
        (decided,) = world.as_("mia").sees(f"/assessments/{{{attempt}}}")["decisions"]
        subject = {"type": "decision", "assessment_id": world[attempt], "decision_id": UUID(decided["decision_id"])}
        ground = {"ground": "procedure", "statement": "Nobody came.", "items": [world[attempt]]}
        world.as_("mia").does("/appeals", {"subject": subject, "grounds": [ground]}, name=case)
        world.as_("officer").does(f"/appeals/{{{case}}}/admission")
        panel = {"members": [world[member] for member in members]}
        world.as_("officer").does(f"/appeals/{{{case}}}/panel", panel)
    world.as_("chair").does("/appeals/{one}/outcome", outcome(reasons="Between ourselves."))
    assert "Between ourselves." in world.as_("member").get("/appeals/{one}/chronology").text
    assert "Between ourselves." not in world.as_("third").get("/appeals/{two}/chronology").text
