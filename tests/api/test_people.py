"""People over HTTP."""

from uuid import uuid4

from portfolio.domain.assessment.assessor import AssessorNotStandardised
from portfolio.domain.competences import CompetenceAhead, CompetenceNeedsCriteria, NotForLeadAssessor
from portfolio.domain.criteria import CriteriaUnknown
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import PersonUnknown, RoleAlreadyHeld, RoleNotHeld
from portfolio.domain.standing import HearsOpenCase, OwnStanding
from tests.api.conftest import Tell
from tests.api.world import PEOPLE, TOMORROW, YESTERDAY, assign, decision, refused


def test_an_administrator_registers_a_person_with_a_role(tell: Tell) -> None:
    world = tell("begin")
    admin = world.as_("admin")
    answer = admin.post("/people", {"name": "Ada Lovelace", "works_for": "employer"})
    receipt = answer.get_json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"/v1/people/{receipt['id']}"
    admin.does(f"/people/{receipt['id']}/roles", {"role": "coach"}, headers={"If-Match": '"1"'})
    answer = admin.get(f"/people/{receipt['id']}")
    assert answer.headers["ETag"] == '"2"'
    assert answer.get_json() == {
        "person_id": receipt["id"],
        "name": "Ada Lovelace",
        "works_for": "employer",
        "roles": ["coach"],
        "suspended": False,
        "address": None,
        "invited": False,
        "interests": [],
        "corrections": [],
        "competences": [],
    }


def test_people_are_listed_by_name_page_by_page(tell: Tell) -> None:
    admin = tell("people").as_("admin")
    names, query = [], "limit=5"
    while query:
        page = admin.sees(f"/people?{query}")
        names += [person["name"] for person in page["items"]]
        query = page["next"] and f"limit=5&cursor={page['next']}"
    assert names == sorted(name.capitalize() for name in ("admin", *PEOPLE))


def test_a_read_after_a_write_shows_it(tell: Tell) -> None:
    admin = tell("begin").as_("admin")
    position = admin.does("/people", {"name": "Zoe", "works_for": "centre"})["position"]
    answer = admin.get(f"/people?after={position}")
    assert [person["name"] for person in answer.get_json()["items"]] == ["Admin", "Zoe"]


def test_a_role_ends_and_cannot_end_twice(tell: Tell) -> None:
    admin = tell("people").as_("admin")
    admin.does("/people/{coach}/roles/end", {"role": "coach"})
    assert admin.sees("/people/{coach}")["roles"] == []
    refused(admin.post("/people/{coach}/roles/end", {"role": "coach"}), RoleNotHeld)


def test_a_role_is_held_once(tell: Tell) -> None:
    refused(tell("people").as_("admin").post("/people/{coach}/roles", {"role": "coach"}), RoleAlreadyHeld)


def test_a_person_declares_an_interest_for_themselves(tell: Tell) -> None:
    world = tell("people")
    body = {"apprentice": world["mia"], "interest": "personal", "detail": "Her aunt."}
    world.as_("assessor").does("/people/{assessor}/interests", body)
    refused(world.as_("admin").post("/people/{assessor}/interests", body), NotPermitted)
    (interest,) = world.as_("admin").sees("/people/{assessor}")["interests"]
    said = {"apprentice": str(world["mia"]), "interest": "personal", "detail": "Her aunt.", "late": False}
    assert interest == said


def test_standardisation_names_its_criteria(tell: Tell) -> None:
    admin = tell("people").as_("admin")
    body = {"kind": "standardised", "occurred_on": YESTERDAY}
    refused(admin.post("/people/{assessor}/competences", body), CompetenceNeedsCriteria)


def test_nobody_records_their_own_competence(tell: Tell) -> None:
    body = {"kind": "appeals panel", "occurred_on": YESTERDAY}
    answer = tell("people").as_("admin").post("/people/{admin}/competences", body)
    assert "Another administrator can." in refused(answer, OwnStanding)["detail"]


def test_a_lead_assessor_records_who_was_standardised_and_nothing_else(tell: Tell) -> None:
    world = tell("approved")
    lead = world.as_("lead")
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    lead.does("/people/{coach}/competences", standardised)
    refused(lead.post("/people/{coach}/competences", {**standardised, "kind": "training"}), NotForLeadAssessor)
    refused(lead.post("/people/{lead}/competences", standardised), OwnStanding)
    refused(lead.post("/people/{plan}/competences", standardised), PersonUnknown)
    refused(lead.get("/people/{coach}"), NotVisible)
    refused(world.as_("coach").post("/people/{coach}/competences", standardised), NotPermitted)


def test_nobody_grants_themselves_a_role(tell: Tell) -> None:
    answer = tell("people").as_("admin").post("/people/{admin}/roles", {"role": "assessor"})
    assert "portfolio grant" in refused(answer, OwnStanding)["detail"]


def test_a_competence_is_recorded_once_its_day_has_come(tell: Tell) -> None:
    world = tell("found")
    world.as_("admin").does("/people", {"name": "Later", "works_for": "assessment organisation"}, name="later")
    world.as_("admin").does("/people/{later}/roles", {"role": "assessor"})
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "later", "assessor"))
    world.as_("later").does("/people/{later}/interests", {"apprentice": world["mia"], "interest": "none"})
    competence = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": TOMORROW}
    refused(world.as_("admin").post("/people/{later}/competences", competence), CompetenceAhead)
    refused(world.as_("later").post("/assessments/{attempt}/decisions", decision(world)), AssessorNotStandardised)


def test_a_competence_is_on_criteria_that_exist(tell: Tell) -> None:
    world = tell("people")
    competence = {"kind": "standardised", "criteria_id": uuid4(), "occurred_on": YESTERDAY}
    refused(world.as_("admin").post("/people/{assessor}/competences", competence), CriteriaUnknown)
    refused(world.as_("admin").post(f"/people/{uuid4()}/competences", competence), PersonUnknown)


def test_a_person_who_is_not_registered_is_not_found(tell: Tell) -> None:
    admin = tell("begin").as_("admin")
    refused(admin.post(f"/people/{uuid4()}/roles", {"role": "coach"}), PersonUnknown)
    refused(admin.get(f"/people/{uuid4()}"), NotVisible)


def test_people_are_hidden_from_those_without_office(tell: Tell) -> None:
    world = tell("people")
    coach = world.as_("coach")
    refused(coach.get("/people/{mia}"), NotVisible)
    refused(coach.get("/people"), NotPermitted)
    refused(coach.post("/people", {"name": "A", "works_for": "centre"}), NotVisible)
    refused(coach.post("/people/{coach}/roles", {"role": "administrator"}), NotPermitted)
    assert coach.sees("/people/{coach}")["name"] == "Coach"


def test_a_token_of_nobody_registered_opens_nothing(tell: Tell) -> None:
    world = tell("people")
    world.ids["ghost"] = uuid4()
    refused(world.as_("ghost").get("/people/{ghost}"), NotVisible)
    refused(world.as_("ghost").get("/plans"), NotVisible)
    refused(world.as_("ghost").get("/enrolments"), NotPermitted)


def test_an_id_of_another_kind_of_record_is_no_person(tell: Tell) -> None:
    world = tell("planned")
    refused(world.as_("admin").get("/people/{plan}"), NotVisible)
    refused(world.as_("admin").post("/people/{plan}/roles", {"role": "coach"}), PersonUnknown)


def test_whom_a_person_works_for_is_corrected_by_another_responsible_officer(tell: Tell) -> None:
    world = tell("convened")
    admin, responsible, before = world.as_("admin"), world.as_("responsible"), world.journal.head()
    body = {"works_for": "none of these", "reason": "She retired."}
    path = "/people/{coach}/employment"
    was = admin.sees("/people/{coach}")["works_for"]
    for person in ("coach", "lead"):
        refused(world.as_(person).post(path, body), NotPermitted if person == "coach" else NotVisible)
    refused(admin.post(path, body), NotPermitted)
    refused(responsible.post("/people/{responsible}/employment", body), OwnStanding)
    refused(responsible.post("/people/{member}/employment", {**body, "works_for": "centre"}), HearsOpenCase)
    refused(responsible.post(f"/people/{uuid4()}/employment", body), PersonUnknown)
    responsible.does(path, body)
    assert admin.sees("/people/{coach}")["works_for"] == "none of these"
    assert admin.sees(f"/people/{{coach}}?known_at={before}")["works_for"] == was
    listed = admin.sees("/people?works_for=none%20of%20these")["items"]
    assert str(world["coach"]) in [each["person_id"] for each in listed]


def test_a_name_is_corrected_and_known_as_it_was(tell: Tell) -> None:
    world = tell("enrolled")
    admin, before = world.as_("admin"), world.journal.head()
    body = {"name": "Mia Brown", "reason": "She married."}
    admin.does("/people/{mia}/name", body)
    after = world.journal.head()
    admin.does("/people/{mia}/name", body)
    assert world.journal.head() == after, "the same name again is no change"
    assert admin.sees("/people/{mia}")["name"] == "Mia Brown"
    assert admin.sees(f"/people/{{mia}}?known_at={before}")["name"] == "Mia"
    assert admin.sees("/enrolments/{enrolment}")["name"] == "Mia Brown"
    assert admin.sees(f"/enrolments/{{enrolment}}?known_at={before}")["name"] == "Mia"
    assert "Mia Brown" in [each["name"] for each in admin.sees("/people")["items"]]
    for person in ("mia", "responsible", "coach"):
        refused(world.as_(person).post("/people/{mia}/name", body), NotPermitted if person != "coach" else NotVisible)
    refused(admin.post(f"/people/{uuid4()}/name", body), PersonUnknown)
    refused(admin.get("/people/{mia}?known_at=1"), NotVisible)
