"""Enrolments over HTTP: who is enrolled, assigned and shown what."""

from typing import Any
from uuid import uuid4

import pytest

from portfolio.domain.enrolment.refusals import (
    AlreadyAssigned,
    ApprenticeHasNoOtherPart,
    AssessorConflicted,
    AssessorIsQualityAssurer,
    ConsentMissing,
    ConsentUnknown,
    EnrolledByAnother,
    EnrolmentUnknown,
    FormNotForRoute,
    NotAssigned,
    PurposeUnknown,
    RouteChangeAgreed,
    StandardAlreadyTaken,
    UlnAlreadyEnrolled,
    UlnInvalid,
)
from portfolio.domain.form import CoverageProofMissing, RouteUnknown
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from portfolio.domain.person import PersonUnknown, RoleNotHeld
from portfolio.domain.plan import PlanNotApproved, PlanUnknown
from tests.api.conftest import Tell
from tests.api.world import (
    CODES,
    TODAY,
    TOMORROW,
    World,
    assign,
    component,
    consent,
    enrolment,
    refused,
    released_next_day,
)

RELEASE = {"assignment": "assessor", "ends_on": TODAY, "reason": "On leave."}


def test_an_enrolment_shows_its_route_and_people(tell: Tell) -> None:
    world = tell("enrolled")
    answer = world.as_("coach").get("/enrolments/{enrolment}")
    body = answer.get_json()
    assert answer.headers["ETag"] == '"5"'
    assert (body["name"], body["route"], body["route_since"]) == ("Mia", "LET", "2026-09-01")
    assert (body["plan_reference"], body["centre_ukprn"], body["employer"]) == (
        "ST1297",
        "10000001",
        "Northern Stages",
    )
    assert [(part["name"], part["assignment"]) for part in body["assigned"]] == [
        ("Coach", "coach"),
        ("Employer", "employer"),
        ("Assessor", "assessor"),
        ("Quality", "internal quality assurer"),
    ]


@pytest.mark.parametrize(
    ("person", "shown"),
    [("mia", True), ("admin", True), ("coach", False), ("assessor", False), ("responsible", False), ("officer", False)],
)
def test_the_uln_is_shown_to_the_apprentice_and_administrators_only(tell: Tell, person: str, shown: bool) -> None:
    answer = tell("enrolled").as_(person).sees("/enrolments/{enrolment}")
    assert answer["uln"] == ("9276308686" if shown else None)


def test_an_enrolment_is_not_there_for_strangers(tell: Tell) -> None:
    world = tell("enrolled")
    for person in ("noah", "stranger", "second"):
        for part in ("", "/readiness", "/audit-trail", "/evidence"):
            refused(world.as_(person).get(f"/enrolments/{{enrolment}}{part}"), NotVisible)


BAD_ENROLMENTS: dict[type[Rejected], dict[str, Any]] = {
    UlnInvalid: {"uln": "9276308687"},
    UlnAlreadyEnrolled: {"apprentice": "noah"},
    PersonUnknown: {"apprentice": "plan", "uln": "1000000027"},
    RoleNotHeld: {"apprentice": "coach", "uln": "1000000027"},
    StandardAlreadyTaken: {"uln": "1000000027"},
    PlanUnknown: {"plan_id": "form", "uln": "1000000027", "apprentice": "noah"},
    RouteUnknown: {"apprentice": "noah", "route": "ABC", "uln": "1000000027"},
    FormNotForRoute: {"apprentice": "noah", "route": "CVT", "uln": "1000000027"},
}


@pytest.mark.parametrize("refusal", BAD_ENROLMENTS)
def test_an_enrolment_that_cannot_be_is_refused(tell: Tell, refusal: type[Rejected]) -> None:
    world = tell("enrolled")
    fields = {name: world.ids.get(value, value) for name, value in BAD_ENROLMENTS[refusal].items()}
    refused(world.as_("admin").post("/enrolments", enrolment(world, **fields)), refusal)


@pytest.mark.parametrize("uln", ["9999999999", "1000108001", "0276308686", "927630868", "٩٢٧٦٣٠٨٦٨٦", "9276308686 "])
def test_a_number_that_is_no_uln_is_refused(tell: Tell, uln: str) -> None:
    world = tell("enrolled")
    refused(world.as_("admin").post("/enrolments", enrolment(world, uln=uln, apprentice=world["noah"])), UlnInvalid)


def test_an_administrator_who_is_an_apprentice_is_enrolled_by_another(tell: Tell) -> None:
    world = tell("approved")
    world.as_("admin").does("/people/{mia}/roles", {"role": "administrator"})
    refused(world.as_("mia").post("/enrolments", enrolment(world)), EnrolledByAnother)
    world.as_("admin").does("/enrolments", enrolment(world))


def test_nobody_is_enrolled_on_a_form_without_its_proof(tell: Tell) -> None:
    world = tell("planned")
    refused(world.as_("admin").post("/enrolments", enrolment(world)), CoverageProofMissing)


def test_nobody_is_enrolled_live_on_the_draft_plan(live: World) -> None:
    refused(live.as_("admin").post("/enrolments", enrolment(live)), PlanNotApproved)


def test_only_administrators_enrol_and_assign(tell: Tell) -> None:
    world = tell("enrolled")
    refused(world.as_("mia").post("/enrolments/{enrolment}/assignments", assign(world, "coach", "coach")), NotPermitted)
    refused(world.as_("lead").post("/enrolments", enrolment(world)), NotPermitted)


def test_a_part_is_given_once_and_needs_its_role(tell: Tell) -> None:
    world = tell("enrolled")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/assignments"
    refused(admin.post(path, assign(world, "assessor", "assessor")), AlreadyAssigned)
    refused(admin.post(path, assign(world, "stranger", "assessor")), RoleNotHeld)
    refused(admin.post(path, {**assign(world, "coach", "coach"), "person_id": uuid4()}), PersonUnknown)
    refused(admin.post(f"/enrolments/{uuid4()}/assignments", assign(world, "coach", "coach")), EnrolmentUnknown)


def test_an_apprentice_is_not_their_own_coach(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    for role, assignment in (("coach", "coach"), ("employer", "employer")):
        admin.does("/people/{mia}/roles", {"role": role})
        part = assign(world, "mia", assignment)
        refused(admin.post("/enrolments/{enrolment}/assignments", part), ApprenticeHasNoOtherPart)


def test_nobody_is_assessor_and_quality_assurer_of_the_same_component(tell: Tell) -> None:
    world = tell("found")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/assignments"
    admin.does("/people/{assessor}/roles", {"role": "internal quality assurer"})
    assure = assign(world, "assessor", "internal quality assurer", components=["C1"])
    refused(admin.post(path, assure), AssessorIsQualityAssurer)
    released_next_day(world, "assessor")
    refused(admin.post(path, assure), AssessorIsQualityAssurer)
    admin.does(path, {**assure, "components": ["C2"], "starts_on": TOMORROW})


def test_nobody_with_an_interest_or_a_tie_is_assigned_as_assessor(tell: Tell) -> None:
    world = tell("enrolled")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/assignments"
    world.as_("second").does("/people/{second}/interests", {"apprentice": world["mia"], "interest": "personal"})
    refused(admin.post(path, assign(world, "second", "assessor")), AssessorConflicted)
    admin.does("/people/{coach}/roles", {"role": "assessor"})
    released_next_day(world, "coach", "coach")
    refused(admin.post(path, assign(world, "coach", "assessor")), AssessorConflicted)


def test_a_released_person_no_longer_sees_the_enrolment(tell: Tell) -> None:
    world = tell("enrolled")
    admin, body = world.as_("admin"), {**RELEASE, "person_id": world["assessor"]}
    assert len(world.as_("assessor").sees("/enrolments")["items"]) == 1
    admin.does("/enrolments/{enrolment}/releases", body)
    refused(world.as_("assessor").get("/enrolments/{enrolment}"), NotVisible)
    assert world.as_("assessor").sees("/enrolments")["items"] == []
    refused(admin.post("/enrolments/{enrolment}/releases", body), NotAssigned)


def test_a_route_changes_with_consent_to_a_form_that_serves_it(tell: Tell) -> None:
    world = tell("enrolled")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/route"
    body = {"route": "CVT", "form_id": world["form"], "effective_on": TODAY, "reason": "A new job."}
    refused(admin.post(path, body), FormNotForRoute)
    refused(admin.post(path, {**body, "route": "LET"}), ConsentMissing)
    consent(world, "admin", type="route", route="LET")
    before = world.journal.head()
    admin.does(path, {**body, "route": "LET"})
    assert world.journal.head() == before, "the same route again is no change"


def on_another_form(world: World) -> dict[str, Any]:
    """Return the body of a change to the same route on another approved form."""
    admin = world.as_("admin")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F2", "routes": ["LET"]}, name="other")
    for key in CODES:
        admin.does("/forms/{other}/components", {"component": component(world, key, name=f"New {key}")})
    world.as_("lead").does("/forms/{other}/approval")
    return {"route": "LET", "form_id": world["other"], "reason": "A new form."}


def test_a_change_recorded_later_with_an_earlier_day_names_the_agreed_one_or_is_refused(tell: Tell) -> None:
    world = tell("enrolled")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/route"
    body = on_another_form(world)
    consent(world, "admin", type="route", route="LET")
    admin.does(path, {**body, "effective_on": "2026-12-01"})
    consent(world, "admin", type="route", route="LET")
    problem = refused(admin.post(path, {**body, "effective_on": "2026-11-15"}), RouteChangeAgreed)
    assert problem["days"] == ["2026-12-01"]
    assert problem["detail"] == "Agreed for that day or later: 1 December 2026."
    refused(admin.post(path, {**body, "effective_on": "2026-12-24", "cancels": ["2026-12-01"]}), RouteChangeAgreed)
    admin.does(path, {**body, "effective_on": "2026-11-15", "cancels": ["2026-12-01"]})
    routes = admin.sees("/enrolments/{enrolment}")["routes"]
    assert [route["since"] for route in routes] == ["2026-09-01", "2026-11-15"]


def test_a_second_change_for_the_same_day_names_the_first_or_is_refused(tell: Tell) -> None:
    world = tell("enrolled")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/route"
    body = {**on_another_form(world), "effective_on": "2026-12-01"}
    consent(world, "admin", type="route", route="LET")
    admin.does(path, body)
    back = {**body, "form_id": world["form"], "reason": "The first form after all."}
    consent(world, "admin", type="route", route="LET")
    assert refused(admin.post(path, back), RouteChangeAgreed)["days"] == ["2026-12-01"]
    admin.does(path, {**back, "cancels": ["2026-12-01"]})
    told = [each["sentence"] for each in admin.sees("/enrolments/{enrolment}/audit-trail?limit=100")["items"]]
    assert "in the place of what was agreed for 1 December 2026" in told[-1]


def test_readiness_knows_the_day_the_enrolment_began_and_words_a_day_to_come(tell: Tell) -> None:
    world = tell("decided")
    mia, path = world.as_("mia"), "/enrolments/{enrolment}/readiness"
    began = mia.sees(f"{path}?as_of=2026-09-01")
    assert (began["route"], began["codes_assessed"], began["as_of"]) == ("LET", 0, "2026-09-01")
    refused(mia.get(f"{path}?as_of=2026-08-31"), NotVisible)
    future = mia.sees(f"{path}?as_of=2026-12-08")
    assert future["gaps"][0] == "8 December 2026 is still to come: this is what is known on 2 November 2026."
    assert mia.sees(path)["gaps"] == future["gaps"][1:]


def test_a_day_before_a_back_dated_change_answers_from_what_was_in_force(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    body = {**on_another_form(world), "effective_on": "2026-10-01"}
    consent(world, "admin", type="route", route="LET")
    admin.does("/enrolments/{enrolment}/route", body)
    assert admin.sees("/enrolments/{enrolment}")["route_since"] == "2026-10-01"
    shown = [admin.sees(f"/enrolments/{{enrolment}}/readiness?as_of={day}") for day in ("2026-09-30", "2026-10-01")]
    gaps = [each["outcomes"][0]["gaps"][0] for each in shown]
    assert ["(New C2)" in gap for gap in gaps] == [False, True]


def test_consent_to_a_route_change_is_the_apprentices_own_command_and_never_a_tick(tell: Tell) -> None:
    world = tell("enrolled")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/route"
    body = {"route": "LET", "form_id": world["form"], "effective_on": TODAY, "reason": "A new job.", "consent": True}
    refused(admin.post(path, body), ConsentMissing)
    given = {"person_id": world["admin"], "purpose": {"type": "route", "route": "LET"}}
    for nobody in ("admin", "coach", "responsible"):
        refused(world.as_(nobody).post("/enrolments/{enrolment}/consents", given), NotPermitted)
    consent(world, "lead", type="route", route="LET")
    consent(world, "admin", type="route", route="CVT")
    refused(admin.post(path, body), ConsentMissing)


def test_consent_is_used_once_and_may_be_taken_back(tell: Tell) -> None:
    world = tell("enrolled")
    admin, mia, path = world.as_("admin"), world.as_("mia"), "/enrolments/{enrolment}/route"
    body = {**on_another_form(world), "effective_on": TODAY}
    first = consent(world, "admin", type="route", route="LET")
    mia.does(f"/enrolments/{{enrolment}}/consents/{first}/withdrawal")
    refused(mia.post(f"/enrolments/{{enrolment}}/consents/{first}/withdrawal"), ConsentUnknown)
    refused(admin.post(path, body), ConsentMissing)
    consent(world, "admin", type="route", route="LET")
    admin.does(path, body)
    refused(admin.post(path, {**body, "effective_on": TOMORROW}), ConsentMissing)
    shown = mia.sees("/enrolments/{enrolment}")["consents"]
    assert [(each["taken_back"], each["used"]) for each in shown] == [(True, False), (False, True)]
    assert world.as_("coach").sees("/enrolments/{enrolment}")["consents"] == []


def test_consent_is_to_a_thing_that_there_is_and_to_somebody_registered(tell: Tell) -> None:
    world = tell("decided")
    mia, path = world.as_("mia"), "/enrolments/{enrolment}/consents"
    there = {"type": "appeal", "assessment_id": world["attempt"], "decision_id": world["decision"]}
    for purpose in (
        {"type": "route", "route": "XYZ"},
        {**there, "decision_id": uuid4()},
        {**there, "assessment_id": uuid4()},
    ):
        refused(mia.post(path, {"person_id": world["coach"], "purpose": purpose}), PurposeUnknown)
    refused(mia.post(path, {"person_id": uuid4(), "purpose": there}), PersonUnknown)


def test_everybody_lists_their_own_enrolments(tell: Tell) -> None:
    world = tell("enrolled")
    for person, relation in (("mia", "the apprentice"), ("assessor", "assigned assessor")):
        (row,) = world.as_(person).sees("/enrolments")["items"]
        assert (row["relation"], row["enrolment_id"]) == (relation, str(world["enrolment"]))
        assert isinstance(row["position"], str)
    (row,) = world.as_("admin").sees("/enrolments")["items"]
    assert (row["relation"], row["relations"]) == (None, [])
