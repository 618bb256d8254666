"""Assignments are put right over HTTP, and nobody is freed of a tie by one administrator alone (ENROLMENT-9)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from portfolio.application.imports.carrying_out import LinesFaulty
from portfolio.domain.enrolment.refusals import (
    AlreadyAssigned,
    AssessorConflicted,
    EndNotBroughtForward,
    EnrolmentUnknown,
    NotAssigned,
    NothingTakenBack,
    PartsOverlap,
    PartWasUsed,
    ReleaseTooEarly,
    TieTakenBackInstead,
)
from portfolio.domain.form import ComponentUnknown
from portfolio.domain.interests import CorrectionByAnother, InterestNotDeclared, OfficerConflicted
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.standing import PartyToOpenCase
from tests.api.conftest import Tell
from tests.api.world import TODAY, TOMORROW, YESTERDAY, World, assign, finding, observation, refused

HERE = "/enrolments/{enrolment}"
PARTS, RELEASES = "/enrolments/{enrolment}/assignments", "/enrolments/{enrolment}/releases"
CORRECTION, WITHDRAWAL = (
    "/enrolments/{enrolment}/assignments/correction",
    "/enrolments/{enrolment}/assignments/withdrawal",
)
LATER, LATEST = "2026-11-20", "2026-12-01"


def part(world: World, name: str = "coach", assignment: str = "coach", **fields: Any) -> dict[str, Any]:
    body = {"person_id": world[name], "assignment": assignment, "began_on": began(world, name), "reason": "A slip."}
    return {**body, **fields}


def began(world: World, name: str) -> str:
    """Return from which day somebody's last part is on record."""
    parts = world.as_("admin").sees(HERE)["assigned"]
    return str([each["starts_on"] for each in parts if each["person_id"] == str(world[name])][-1])


def test_parts_of_one_person_at_one_component_do_not_overlap(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does(PARTS, assign(world, "second", "assessor", components=["C1"]))
    release = {"person_id": world["second"], "assignment": "assessor", "ends_on": LATER, "reason": "A new post."}
    admin.does(RELEASES, release)
    for components in ([], ["C1"]):
        refused(admin.post(PARTS, assign(world, "second", "assessor", components=components)), PartsOverlap)
    admin.does(PARTS, {**assign(world, "second", "assessor", components=["C1"]), "starts_on": LATER})


def test_parts_of_one_person_at_different_components_may_overlap(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does(PARTS, assign(world, "second", "assessor", components=["C1"]))
    admin.does(RELEASES, {"person_id": world["second"], "assignment": "assessor", "ends_on": LATER, "reason": "?"})
    admin.does(PARTS, assign(world, "second", "assessor", components=["C2"]))


def test_no_way_leads_to_parts_that_overlap(tell: Tell) -> None:
    world = tell("enrolled")
    admin, release = world.as_("admin"), {"person_id": world["second"], "assignment": "assessor", "reason": "A post."}
    admin.does(PARTS, assign(world, "second", "assessor", components=["C1"]))
    admin.does(RELEASES, {**release, "ends_on": LATER})
    sentence = "It is held until 20 November 2026."
    admin.does(PARTS, assign(world, "second", "assessor", components=["C2"]))
    for components in (["C1"], ["C1", "C2"], []):
        wider = part(world, "second", "assessor", starts_on=TODAY, components=components)
        assert refused(admin.post(CORRECTION, wider), PartsOverlap)["detail"] == sentence
    admin.does(WITHDRAWAL, part(world, "second", "assessor"))
    admin.does(PARTS, {**assign(world, "second", "assessor", components=["C1"]), "starts_on": LATEST})
    for day in (TODAY, "2026-11-19"):
        earlier = part(world, "second", "assessor", starts_on=day, components=["C1"])
        assert refused(admin.post(CORRECTION, earlier), PartsOverlap)["detail"] == sentence
    admin.does(CORRECTION, part(world, "second", "assessor", starts_on=LATER, components=["C1"]))
    admin.does(WITHDRAWAL, part(world, "second", "assessor"))
    header = "enrolment,person,assignment,starts on,components\n"
    for day, cell in ((TODAY, ""), ("2026-11-19", "C1"), (TODAY, "C2|C1")):
        file = f"{header}{world['enrolment']},{world['second']},assessor,{day},{cell}\n".encode()
        problem = refused(admin.client.post("/v1/imports", data=file, content_type="text/csv"), LinesFaulty)
        assert problem["lines"] == [f"line 2, starts_on: {sentence}"]
    file = f"{header}{world['enrolment']},{world['second']},assessor,{LATER},C1\n".encode()
    assert admin.client.post("/v1/imports", data=file, content_type="text/csv").status_code == 201


def test_a_part_that_was_never_held_and_waits_or_is_gone_overlaps_with_none(tell: Tell) -> None:
    world = tell("enrolled")
    admin, confirmation = world.as_("admin"), "/enrolments/{enrolment}/assignments/withdrawal/confirmation"
    body = part(world)
    admin.does(WITHDRAWAL, body)
    admin.does(PARTS, assign(world, "coach", "coach"))
    world.as_("responsible").does(confirmation, body)
    held = [each for each in admin.sees(HERE)["assigned"] if each["name"] == "Coach"]
    assert [(each["starts_on"], each["ends_on"], each["taken_back"]) for each in held] == [(TODAY, None, False)]
    refused(admin.post(PARTS, assign(world, "coach", "coach")), AlreadyAssigned)


def test_an_end_is_brought_forward_and_never_put_off(tell: Tell) -> None:
    world = tell("found")
    admin, before = world.as_("admin"), world.journal.head()
    admin.does(RELEASES, {"person_id": world["assessor"], "assignment": "assessor", "ends_on": LATEST, "reason": "?"})
    path = "/enrolments/{enrolment}/releases/correction"
    body = {"person_id": world["assessor"], "assignment": "assessor", "was": LATEST, "reason": "She goes now."}
    refused(admin.post(path, {**body, "ends_on": LATEST}), EndNotBroughtForward)
    refused(admin.post(path, {**body, "ends_on": YESTERDAY}), ReleaseTooEarly)
    refused(admin.post(path, {**body, "was": LATER, "ends_on": TOMORROW}), NotAssigned)
    admin.does(path, {**body, "ends_on": TOMORROW})
    ends = [each["ends_on"] for each in admin.sees(HERE)["assigned"] if each["name"] == "Assessor"]
    assert ends == [TOMORROW]
    assert admin.sees(f"{HERE}?known_at={before}")["assigned"][2]["ends_on"] is None
    world.now += timedelta(days=1)
    assert world.as_("assessor").sees("/enrolments")["items"] == []
    (told,) = admin.sees("/enrolments/{enrolment}/audit-trail?kind=enrolment.end-brought-forward")["items"]
    assert told["sentence"] == (
        "brought the end of Assessor's part as assessor forward from 1 December 2026 to 3 November 2026: She goes now."
    )


def test_the_day_and_the_components_of_a_part_are_corrected(tell: Tell) -> None:
    world = tell("enrolled")
    admin, before = world.as_("admin"), world.journal.head()
    body = part(world, "assessor", "assessor", starts_on=TODAY, components=["C2"])
    refused(admin.post(CORRECTION, {**body, "components": ["C9"]}), ComponentUnknown)
    refused(admin.post(CORRECTION, {**body, "began_on": LATER}), NotAssigned)
    admin.does(CORRECTION, body)
    (shown,) = [each for each in admin.sees(HERE)["assigned"] if each["name"] == "Assessor"]
    assert (shown["starts_on"], shown["components"]) == (TODAY, ["C2"])
    (then,) = [each for each in admin.sees(f"{HERE}?known_at={before}")["assigned"] if each["name"] == "Assessor"]
    assert then["components"] == []
    assert len(world.as_("assessor").sees("/enrolments")["items"]) == 1
    begins = {"enrolment_id": world["enrolment"], "component": "C1"}
    assert world.as_("assessor").post("/assessments", begins).status_code == 409
    after = world.journal.head()
    admin.does(CORRECTION, {**body, "began_on": TODAY})
    assert world.journal.head() == after, "the same again is no change"
    (told,) = admin.sees("/enrolments/{enrolment}/audit-trail?kind=enrolment.assignment-corrected")["items"]
    assert "corrected the part of Assessor as assessor: for C2 from 2 November 2026, not for all" in told["sentence"]


def test_what_was_done_in_a_part_keeps_it_on_record(tell: Tell) -> None:
    world = tell("found")
    admin = world.as_("admin")
    body = part(world, "assessor", "assessor")
    refused(admin.post(WITHDRAWAL, body), PartWasUsed)
    refused(admin.post(CORRECTION, {**body, "starts_on": TODAY}), PartWasUsed)


def test_a_coach_who_was_shown_the_work_was_one(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("coach").get("/evidence/{evidence}/content")
    refused(world.as_("admin").post(WITHDRAWAL, part(world)), PartWasUsed)


def test_an_assessor_who_never_was_one_has_no_part_at_once(tell: Tell) -> None:
    world = tell("enrolled")
    admin, before = world.as_("admin"), world.journal.head()
    body = part(world, "assessor", "assessor")
    admin.does(WITHDRAWAL, body)
    refused(world.as_("assessor").get(HERE), NotVisible)
    assert world.as_("assessor").sees("/enrolments")["items"] == []
    assert [each["name"] for each in admin.sees(HERE)["assigned"]] == ["Coach", "Employer", "Quality"]
    assert len(admin.sees(f"{HERE}?known_at={before}")["assigned"]) == 4
    refused(admin.post(WITHDRAWAL, body), NotAssigned)
    admin.does("/people/{assessor}/roles", {"role": "internal quality assurer"})
    admin.does(PARTS, assign(world, "assessor", "internal quality assurer"))


def test_a_coach_who_never_was_one_is_free_once_a_responsible_officer_confirms_it(tell: Tell) -> None:
    world = tell("enrolled")
    admin, responsible, body = world.as_("admin"), world.as_("responsible"), part(world)
    admin.does("/people/{coach}/roles", {"role": "assessor"})
    refused(responsible.post("/enrolments/{enrolment}/assignments/withdrawal/confirmation", body), NothingTakenBack)
    admin.does(WITHDRAWAL, body)
    refused(world.as_("coach").get(HERE), NotVisible)
    assert world.as_("coach").sees("/enrolments")["items"] == []
    refused(admin.post(PARTS, assign(world, "coach", "assessor")), AssessorConflicted)
    (waiting,) = [each for each in admin.sees(HERE)["assigned"] if each["name"] == "Coach"]
    assert waiting["taken_back"] is True
    refused(admin.post("/enrolments/{enrolment}/assignments/withdrawal/confirmation", body), NotPermitted)
    responsible.does("/enrolments/{enrolment}/assignments/withdrawal/confirmation", body)
    refused(responsible.post("/enrolments/{enrolment}/assignments/withdrawal/confirmation", body), NothingTakenBack)
    admin.does(PARTS, assign(world, "coach", "assessor"))
    told = [each["sentence"] for each in admin.sees("/enrolments/{enrolment}/audit-trail?limit=100")["items"]][-3:-1]
    assert told == [
        "took back that Coach was assigned as coach from 2 November 2026, which frees them once a responsible "
        "officer confirms it: A slip.",
        "confirmed that Coach was never coach here: A slip.",
    ]


def test_nobody_confirms_their_own_freedom_nor_an_officer_with_a_tie_or_undeclared(tell: Tell) -> None:
    world = tell("enrolled")
    admin, body = world.as_("admin"), part(world)
    admin.does(WITHDRAWAL, body)
    admin.does("/people/{coach}/roles", {"role": "responsible officer"})
    path = "/enrolments/{enrolment}/assignments/withdrawal/confirmation"
    refused(world.as_("coach").post(path, body), InterestNotDeclared)
    world.as_("coach").does("/people/{coach}/interests", {"apprentice": world["mia"], "interest": "none"})
    refused(world.as_("coach").post(path, body), CorrectionByAnother)
    world.as_("responsible").does(
        "/people/{responsible}/interests", {"apprentice": world["mia"], "interest": "managed"}
    )
    refused(world.as_("responsible").post(path, body), OfficerConflicted)


def test_who_took_a_tie_back_does_not_confirm_it_and_another_officer_does(tell: Tell) -> None:
    world = tell("lodged")
    admin, body = world.as_("admin"), part(world)
    path = "/enrolments/{enrolment}/assignments/withdrawal/confirmation"
    world.as_("responsible").does(WITHDRAWAL, body)
    problem = refused(world.as_("responsible").post(path, body), CorrectionByAnother)
    assert problem["detail"] == "Nobody confirms what they took back themselves: another responsible officer does."
    admin.does("/people/{second}/roles", {"role": "responsible officer"})
    world.as_("second").does(path, body)


def test_no_other_day_and_no_release_frees_a_coach(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    refused(admin.post(CORRECTION, part(world, starts_on=LATER)), TieTakenBackInstead)
    release = {"person_id": world["coach"], "assignment": "coach", "ends_on": TODAY, "reason": "A slip."}
    refused(admin.post(RELEASES, release), ReleaseTooEarly)
    admin.does(RELEASES, {**release, "ends_on": LATER})
    forward = {**release, "was": LATER, "ends_on": "2026-09-01"}
    refused(admin.post("/enrolments/{enrolment}/releases/correction", forward), ReleaseTooEarly)


def test_a_tie_that_has_not_begun_is_taken_back_at_once(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does("/people/{second}/roles", {"role": "coach"})
    admin.does(PARTS, {**assign(world, "second", "coach"), "starts_on": LATER})
    admin.does(WITHDRAWAL, part(world, "second", "coach"))
    admin.does(PARTS, assign(world, "second", "assessor"))


def test_a_part_of_somebody_in_an_open_case_is_taken_back_by_a_free_responsible_officer(tell: Tell) -> None:
    world = tell("lodged")
    body = part(world)
    refused(world.as_("admin").post(WITHDRAWAL, body), PartyToOpenCase)
    world.as_("responsible").does(WITHDRAWAL, body)


@pytest.mark.parametrize(
    "path",
    [
        "/enrolments/{enrolment}/releases/correction",
        CORRECTION,
        WITHDRAWAL,
        "/enrolments/{enrolment}/assignments/withdrawal/confirmation",
    ],
)
def test_only_the_office_corrects_assignments(tell: Tell, path: str) -> None:
    world = tell("enrolled")
    body = part(world)
    if path == CORRECTION:
        body["starts_on"] = TODAY
    if path == "/enrolments/{enrolment}/releases/correction":
        body = {"person_id": world["coach"], "assignment": "coach", "was": LATER, "ends_on": TODAY, "reason": "?"}
    for person in ("mia", "coach", "employer", "lead"):
        refused(world.as_(person).post(path, body), NotPermitted)
    refused(world.as_("noah").post(path, body), NotVisible)
    office = world.as_("responsible" if "confirmation" in path else "admin")
    refused(office.post(path.replace("{enrolment}", str(uuid4())), body), EnrolmentUnknown)


def of_one_component(world: World, key: str) -> None:
    """Let the assessor's part be for one component only, in which nothing was done yet."""
    body = part(world, "assessor", "assessor", starts_on=TODAY, components=[key])
    world.as_("admin").does(CORRECTION, body)


def test_of_two_parts_from_one_day_only_the_last_is_put_right_and_what_was_done_in_the_other_counts(tell: Tell) -> None:
    world = tell("enrolled")
    of_one_component(world, "C1")
    admin, assessor = world.as_("admin"), world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    assessor.does("/evidence/records", observation(world), name="observation")
    release = {"person_id": world["assessor"], "assignment": "assessor", "ends_on": LATER, "reason": "A new post."}
    admin.does(RELEASES, release)
    admin.does(PARTS, assign(world, "assessor", "assessor", components=["C2"]))
    forward = {**release, "was": LATER, "ends_on": TODAY}
    refused(admin.post("/enrolments/{enrolment}/releases/correction", forward), ReleaseTooEarly)
    admin.does(WITHDRAWAL, part(world, "assessor", "assessor"))
    (left,) = [each for each in admin.sees(HERE)["assigned"] if each["name"] == "Assessor"]
    assert (left["components"], left["ends_on"]) == (["C1"], LATER)
    refused(admin.post(WITHDRAWAL, part(world, "assessor", "assessor")), PartWasUsed)


def test_no_second_step_brings_an_end_before_what_was_done_on_its_day(tell: Tell) -> None:
    world = tell("found")
    admin = world.as_("admin")
    world.now += timedelta(days=2)
    found, that_day = {"findings": [finding(world, "S11")]}, world.now.date().isoformat()
    world.as_("assessor").does("/assessments/{attempt}/findings", found)
    release = {"person_id": world["assessor"], "assignment": "assessor", "ends_on": that_day, "reason": "A new post."}
    admin.does(RELEASES, release)
    forward = {**release, "was": that_day, "ends_on": TOMORROW}
    problem = refused(admin.post("/enrolments/{enrolment}/releases/correction", forward), ReleaseTooEarly)
    assert problem["days"] == [that_day]
