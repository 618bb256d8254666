"""Conflict is about two people: a tie recorded on one enrolment bars on every other of the same apprentice."""

from datetime import date, timedelta

from portfolio.domain.appeal.panel import PanelConflicted
from portfolio.domain.enrolment.refusals import AssessorConflicted, NotAssigned, ReleaseTooEarly
from portfolio.domain.kernel import NotVisible
from portfolio.domain.standing import PartyToOpenCase
from tests.api.conftest import Tell
from tests.api.story import decided, lodged
from tests.api.world import (
    PLAN_TEXT,
    TODAY,
    TOMORROW,
    World,
    assign,
    component,
    criteria,
    decision,
    enrolment,
    finding,
    refused,
)

ASSIGNMENTS = "/enrolments/{enrolment}/assignments"


def enrolled_on_another_standard(world: World) -> None:
    """Mia is enrolled on another standard as well, ``elsewhere``, with a form and criteria of its own."""
    admin, lead = world.as_("admin"), world.as_("lead")
    admin.does("/plans", {"text": PLAN_TEXT.replace("ST1297", "ST1298")}, name="other plan")
    admin.does("/criteria", criteria(world, plan_id=world["other plan"]), name="other criteria")
    lead.does("/criteria/{other criteria}/approval")
    body = {"plan_id": world["other plan"], "title": "LET-F2", "routes": ["LET"]}
    admin.does("/forms", body, name="other form")
    for key in ("C1", "C2"):
        part = component(world, key, criteria_id=world["other criteria"])
        admin.does("/forms/{other form}/components", {"component": part})
    lead.does("/forms/{other form}/approval")
    body = enrolment(world, plan_id=world["other plan"], form_id=world["other form"], starts_on=TODAY)
    admin.does("/enrolments", body, name="elsewhere")


def coaches_elsewhere(world: World, name: str) -> None:
    """A person is Mia's coach on her other enrolment."""
    if name != "coach":
        world.as_("admin").does(f"/people/{{{name}}}/roles", {"role": "coach"})
    world.as_("admin").does("/enrolments/{elsewhere}/assignments", assign(world, name, "coach"))


def test_who_coached_the_apprentice_on_another_enrolment_is_not_assigned_as_assessor(tell: Tell) -> None:
    world = tell("enrolled")
    enrolled_on_another_standard(world)
    coaches_elsewhere(world, "second")
    refused(world.as_("admin").post(ASSIGNMENTS, assign(world, "second", "assessor")), AssessorConflicted)


def test_a_tie_that_ended_on_another_enrolment_bars_as_well(tell: Tell) -> None:
    world = tell("enrolled")
    enrolled_on_another_standard(world)
    coaches_elsewhere(world, "second")
    world.now += timedelta(days=1)
    release = {"person_id": world["second"], "assignment": "coach", "ends_on": TOMORROW, "reason": "Moved on."}
    world.as_("admin").does("/enrolments/{elsewhere}/releases", release)
    refused(world.as_("admin").post(ASSIGNMENTS, assign(world, "second", "assessor")), AssessorConflicted)


def test_a_part_that_never_ran_is_no_tie(tell: Tell) -> None:
    world = tell("enrolled")
    admin, part = world.as_("admin"), assign(world, "second", "coach")
    admin.does("/people/{second}/roles", {"role": "coach"})
    release = {"person_id": world["second"], "assignment": "coach", "reason": "The wrong person was picked."}
    admin.does(ASSIGNMENTS, part)
    refused(admin.post("/enrolments/{enrolment}/releases", {**release, "ends_on": TODAY}), ReleaseTooEarly)
    never = {"person_id": world["second"], "assignment": "coach", "began_on": TODAY, "reason": "The wrong one."}
    admin.does("/enrolments/{enrolment}/assignments/withdrawal", never)
    world.as_("responsible").does("/enrolments/{enrolment}/assignments/withdrawal/confirmation", never)
    admin.does(ASSIGNMENTS, {**part, "starts_on": "2027-01-01"})
    admin.does("/enrolments/{enrolment}/releases", {**release, "ends_on": "2027-01-01"})
    admin.does(ASSIGNMENTS, {**part, "starts_on": "2027-01-01"})
    admin.does(ASSIGNMENTS, assign(world, "second", "assessor"))
    world.as_("second").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"})


def test_a_part_that_never_ran_keeps_nobody_from_hearing_an_appeal(tell: Tell) -> None:
    world = tell("admitted")
    admin = world.as_("admin")
    admin.does("/people/{member}/roles", {"role": "employer"})
    admin.does(ASSIGNMENTS, {**assign(world, "member", "employer"), "starts_on": "2027-01-01"})
    world.as_("officer").does("/appeals/{appeal}/panel", {"members": [world["chair"], world["member"]]})


def test_a_part_ends_neither_before_it_began_nor_before_what_was_done_in_it(tell: Tell) -> None:
    world = tell("found")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/releases"
    release = {"person_id": world["coach"], "assignment": "coach", "reason": "Moved on.", "ends_on": "2026-10-01"}
    problem = refused(admin.post(path, release), ReleaseTooEarly)
    assert (problem["days"], problem["rule"]) == ([TOMORROW], "PERSON-8")
    world.now += timedelta(days=1)
    assert refused(admin.post(path, {**release, "ends_on": TODAY}), ReleaseTooEarly)["days"] == [TOMORROW]
    world.as_("assessor").does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]})
    world.now += timedelta(days=3)
    assessors = {**release, "person_id": world["assessor"], "assignment": "assessor", "ends_on": TODAY}
    assert refused(admin.post(path, assessors), ReleaseTooEarly)["days"] == [TOMORROW]
    admin.does(path, {**assessors, "ends_on": TOMORROW})
    admin.does(path, {**release, "ends_on": TOMORROW})
    admin.does("/people/{coach}/roles", {"role": "assessor"})
    refused(admin.post(ASSIGNMENTS, assign(world, "coach", "assessor")), AssessorConflicted)


def test_an_end_that_was_typed_wrong_is_brought_forward_by_a_correction(tell: Tell) -> None:
    world = tell("enrolled")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/releases"
    release = {"person_id": world["coach"], "assignment": "coach", "reason": "Moved on.", "ends_on": "2028-01-01"}
    admin.does(path, release)
    assert world.as_("coach").sees("/enrolments/{enrolment}")
    problem = refused(admin.post(path, {**release, "ends_on": TOMORROW}), NotAssigned)
    assert "brought forward by a correction" in problem["title"]
    slip = {"was": "2028-01-01", "ends_on": TOMORROW, "reason": "A slip: tomorrow was meant."}
    admin.does(f"{path}/correction", {**release, **slip})
    world.now += timedelta(days=1)
    world.reads.settle()
    refused(world.as_("coach").get("/enrolments/{enrolment}"), NotVisible)
    assert world.as_("coach").sees("/enrolments")["items"] == []
    refused(admin.post(path, {**release, "ends_on": "2027-01-01"}), NotAssigned)


def test_an_end_that_is_over_is_brought_forward_to_no_day_before_what_was_judged_in_that_very_part(tell: Tell) -> None:
    world = tell("found")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/releases"
    judged, over = ((date.fromisoformat(TODAY) + timedelta(days=days)).isoformat() for days in (2, 3))
    world.now += timedelta(days=2)
    world.as_("assessor").does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]})
    world.now += timedelta(days=2)
    who = {"person_id": world["assessor"], "assignment": "assessor", "reason": "Moved on."}
    admin.does(path, {**who, "ends_on": over})
    admin.does(ASSIGNMENTS, {**assign(world, "assessor", "assessor"), "starts_on": over})
    problem = refused(admin.post(f"{path}/correction", {**who, "was": over, "ends_on": TOMORROW}), ReleaseTooEarly)
    assert problem["days"] == [judged]
    admin.does(f"{path}/correction", {**who, "was": over, "ends_on": judged})


def test_a_part_given_by_mistake_is_taken_back_whatever_was_done_before_it(tell: Tell) -> None:
    world = tell("found")
    admin = world.as_("admin")
    admin.does("/people/{assessor}/roles", {"role": "coach"})
    admin.does(ASSIGNMENTS, {**assign(world, "assessor", "coach"), "starts_on": "2026-09-01"})
    slip = {"person_id": world["assessor"], "assignment": "coach", "reason": "A slip.", "began_on": "2026-09-01"}
    admin.does("/enrolments/{enrolment}/assignments/withdrawal", slip)
    world.as_("responsible").does("/enrolments/{enrolment}/assignments/withdrawal/confirmation", slip)
    world.as_("assessor").does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]})


def test_a_release_on_another_enrolment_shows_on_the_case(tell: Tell) -> None:
    world = tell("found")
    enrolled_on_another_standard(world)
    world.as_("admin").does("/enrolments/{elsewhere}/assignments", assign(world, "assessor", "assessor"))
    decided(world)
    lodged(world)
    release = {"person_id": world["assessor"], "assignment": "assessor", "ends_on": TODAY, "reason": "Left us there."}
    refused(world.as_("admin").post("/enrolments/{elsewhere}/releases", release), PartyToOpenCase)
    world.as_("responsible").does("/enrolments/{elsewhere}/releases", release)
    later = [line["sentence"] for line in world.as_("mia").sees("/appeals/{appeal}/chronology")["later"]]
    assert [line for line in later if "Left us there." in line] == later[-1:]


def test_a_part_on_another_enrolment_that_is_put_right_shows_on_the_case(tell: Tell) -> None:
    world = tell("found")
    enrolled_on_another_standard(world)
    world.as_("admin").does("/people/{assessor}/roles", {"role": "internal quality assurer"})
    for assignment in ("assessor", "internal quality assurer"):
        components = ["C1" if assignment == "assessor" else "C2"]
        part = assign(world, "assessor", assignment, components=components)
        world.as_("admin").does("/enrolments/{elsewhere}/assignments", part)
    decided(world)
    lodged(world)
    responsible, named = world.as_("responsible"), {"person_id": world["assessor"]}
    release = {**named, "assignment": "assessor", "ends_on": "2026-12-01", "reason": "Left us there."}
    responsible.does("/enrolments/{elsewhere}/releases", release)
    forward = {**release, "was": "2026-12-01", "ends_on": TOMORROW, "reason": "Left us sooner."}
    responsible.does("/enrolments/{elsewhere}/releases/correction", forward)
    slip = {**named, "assignment": "internal quality assurer", "began_on": TODAY, "reason": "Never was one."}
    responsible.does("/enrolments/{elsewhere}/assignments/withdrawal", slip)
    later = [line["sentence"] for line in world.as_("mia").sees("/appeals/{appeal}/chronology")["later"]]
    reasons = [line.rpartition(": ")[2] for line in later]
    assert reasons[-3:] == ["Left us there.", "Left us sooner.", "Never was one."]


def test_an_assessor_who_became_the_coach_on_another_enrolment_neither_finds_nor_decides(tell: Tell) -> None:
    world = tell("found")
    enrolled_on_another_standard(world)
    body = decision(world)
    coaches_elsewhere(world, "assessor")
    assessor, findings = world.as_("assessor"), {"findings": [finding(world, "S11")]}
    refused(assessor.post("/assessments/{attempt}/findings", findings), AssessorConflicted)
    refused(assessor.post("/assessments/{attempt}/decisions", body), AssessorConflicted)


def test_who_coached_the_apprentice_on_another_enrolment_hears_no_appeal(tell: Tell) -> None:
    world = tell("admitted")
    enrolled_on_another_standard(world)
    coaches_elsewhere(world, "member")
    panel = {"members": [world["chair"], world["member"]]}
    problem = refused(world.as_("officer").post("/appeals/{appeal}/panel", panel), PanelConflicted)
    assert problem["members"] == [str(world["member"])]
