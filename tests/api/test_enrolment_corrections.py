"""What was written wrongly of an enrolment is put right over HTTP, and what it was is still known (ENROLMENT-8)."""

from datetime import timedelta
from typing import Any

import pytest

from portfolio.domain.enrolment.refusals import (
    AttemptOutside,
    DaysNotInOrder,
    EmployerUnknown,
    UlnAlreadyEnrolled,
    UlnInvalid,
)
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from tests.api.conftest import Tell
from tests.api.world import TODAY, TOMORROW, World, decision, enrolment, refused

HERE = "/enrolments/{enrolment}"
MISTYPED, RIGHT = "9276308686", "1000000027"
ULN = {"uln": RIGHT, "reason": "Two figures were swapped."}
MOVE = {"employer": "Southern Stages", "effective_on": TODAY, "reason": "The theatre closed."}
EMPLOYER = {"since": "2026-09-01", "employer": "Northern Stages Ltd", "reason": "Its full name."}
CENTRE = {"centre_ukprn": "10000002", "reason": "One figure was wrong."}
START = {"starts_on": "2026-08-03", "reason": "She began with the summer school."}


def known(world: World, query: str = "", person: str = "admin") -> dict[str, Any]:
    return world.as_(person).sees(f"{HERE}?{query}")


def test_a_corrected_learner_number_frees_the_mistyped_one_for_its_owner(tell: Tell) -> None:
    world = tell("enrolled")
    admin, before = world.as_("admin"), world.journal.head()
    refused(admin.post("/enrolments", enrolment(world, apprentice=world["noah"])), UlnAlreadyEnrolled)
    admin.does("/enrolments/{enrolment}/uln-correction", ULN)
    again = world.journal.head()
    admin.does("/enrolments/{enrolment}/uln-correction", ULN)
    assert world.journal.head() == again, "the same number again is no change"
    admin.does("/enrolments", enrolment(world, apprentice=world["noah"]))
    assert (known(world)["uln"], known(world, f"known_at={before}")["uln"]) == (RIGHT, MISTYPED)
    refused(admin.post("/enrolments/{enrolment}/uln-correction", {**ULN, "uln": MISTYPED}), UlnAlreadyEnrolled)
    refused(admin.post("/enrolments/{enrolment}/uln-correction", {**ULN, "uln": "9276308687"}), UlnInvalid)


def test_of_an_ended_enrolment_the_number_is_corrected_and_holds_nothing(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does("/enrolments/{enrolment}/end", {"how": "withdrawn", "ended_on": TODAY, "reason": "She left."})
    admin.does("/enrolments/{enrolment}/uln-correction", ULN)
    for uln in (MISTYPED, RIGHT):
        admin.does("/enrolments", enrolment(world, uln=uln, apprentice=world["noah" if uln == RIGHT else "mia"]))
    refused(admin.post("/enrolments/{enrolment}/uln-correction", {**ULN, "uln": "1"}), UlnInvalid)


@pytest.mark.parametrize(("person", "numbers"), [("admin", True), ("mia", True), ("responsible", False)])
def test_the_audit_trail_says_both_numbers_to_who_may_read_them(tell: Tell, person: str, numbers: bool) -> None:
    world = tell("enrolled")
    world.as_("admin").does("/enrolments/{enrolment}/uln-correction", ULN)
    (told,) = world.as_(person).sees("/enrolments/{enrolment}/audit-trail?kind=enrolment.uln-corrected")["items"]
    values = f" from {MISTYPED} to {RIGHT}" if numbers else ""
    assert told["sentence"] == f"corrected the unique learner number of Mia{values}: Two figures were swapped."


def test_the_apprentice_moves_to_another_employer_from_a_day_on(tell: Tell) -> None:
    world = tell("enrolled")
    admin, before = world.as_("admin"), world.journal.head()
    admin.does("/enrolments/{enrolment}/employer", {**MOVE, "effective_on": TOMORROW})
    assert (known(world)["employer"], known(world, f"as_of={TOMORROW}")["employer"]) == (
        "Northern Stages",
        "Southern Stages",
    )
    assert len(known(world)["employers"]) == 2
    assert len(known(world, f"known_at={before}")["employers"]) == 1
    assert world.as_("mia").sees("/enrolments")["items"][0]["employer"] == "Northern Stages"
    world.now += timedelta(days=1)
    assert world.as_("mia").sees("/enrolments")["items"][0]["employer"] == "Southern Stages"
    (told,) = admin.sees("/enrolments/{enrolment}/audit-trail?kind=enrolment.employer-changed")["items"]
    assert told["sentence"] == (
        "moved Mia from Northern Stages to the employer Southern Stages from 3 November 2026: The theatre closed."
    )


def test_an_employer_and_the_centre_are_corrected(tell: Tell) -> None:
    world = tell("enrolled")
    admin, before = world.as_("admin"), world.journal.head()
    admin.does("/enrolments/{enrolment}/employer", MOVE)
    admin.does("/enrolments/{enrolment}/employer-correction", EMPLOYER)
    admin.does("/enrolments/{enrolment}/centre-correction", CENTRE)
    after = world.journal.head()
    admin.does("/enrolments/{enrolment}/employer-correction", EMPLOYER)
    admin.does("/enrolments/{enrolment}/centre-correction", CENTRE)
    assert world.journal.head() == after, "the same again is no change"
    shown = known(world)
    assert [each["employer"] for each in shown["employers"]] == ["Northern Stages Ltd", "Southern Stages"]
    assert (shown["employer"], shown["centre_ukprn"]) == ("Southern Stages", "10000002")
    assert known(world, "as_of=2026-10-01")["employer"] == "Northern Stages Ltd"
    then = known(world, f"known_at={before}&as_of=2026-10-01")
    assert (then["employer"], then["centre_ukprn"]) == ("Northern Stages", "10000001")
    told = [each["sentence"] for each in admin.sees("/enrolments/{enrolment}/audit-trail")["items"][-2:]]
    assert told == [
        "corrected the employer of Mia from 1 September 2026 on: Northern Stages Ltd, not Northern Stages: "
        "Its full name.",
        "corrected the centre of Mia: 10000002, not 10000001: One figure was wrong.",
    ]
    refused(
        admin.post("/enrolments/{enrolment}/employer-correction", {**EMPLOYER, "since": "2026-09-02"}), EmployerUnknown
    )


def test_a_corrected_first_day_counts_in_readiness_on_a_day(tell: Tell) -> None:
    world = tell("enrolled")
    admin, before = world.as_("admin"), world.journal.head()
    refused(admin.get("/enrolments/{enrolment}/readiness?as_of=2026-08-15"), NotVisible)
    admin.does("/enrolments/{enrolment}/start-correction", START)
    assert admin.sees("/enrolments/{enrolment}/readiness?as_of=2026-08-15")["route"] == "LET"
    refused(admin.get(f"{HERE}/readiness?as_of=2026-08-15&known_at={before}"), NotVisible)
    refused(admin.get("/enrolments/{enrolment}/readiness?as_of=2026-08-02"), NotVisible)
    corrected, earlier = known(world), known(world, f"known_at={before}")
    assert (corrected["starts_on"], corrected["route_since"]) == ("2026-08-03", "2026-08-03")
    assert (earlier["starts_on"], earlier["route_since"]) == ("2026-09-01", "2026-09-01")
    admin.does("/enrolments/{enrolment}/start-correction", {**START, "starts_on": "2026-10-01"})
    refused(admin.get("/enrolments/{enrolment}/readiness?as_of=2026-09-15"), NotVisible)
    assert admin.sees(f"{HERE}/readiness?as_of=2026-09-15&known_at={before}")["route"] == "LET"
    (_, told) = admin.sees("/enrolments/{enrolment}/audit-trail?kind=enrolment.start-corrected")["items"]
    assert told["sentence"] == (
        "corrected the first day of the enrolment of Mia: 1 October 2026, not 3 August 2026: "
        "She began with the summer school."
    )


BAD: dict[str, tuple[str, dict[str, Any], type[Rejected]]] = {
    "a first day after an attempt": ("start-correction", {**START, "starts_on": TOMORROW}, AttemptOutside),
    "a first day on the day of a move": ("start-correction", {**START, "starts_on": "2026-10-01"}, DaysNotInOrder),
    "a move on the first day": ("employer", {**MOVE, "effective_on": "2026-09-01"}, DaysNotInOrder),
    "two moves on one day": ("employer", {**MOVE, "effective_on": "2026-10-01"}, DaysNotInOrder),
}


@pytest.mark.parametrize("name", BAD)
def test_days_stay_in_order(tell: Tell, name: str) -> None:
    world = tell("found")
    admin = world.as_("admin")
    path, body, refusal = BAD[name]
    if refusal is DaysNotInOrder:
        admin.does("/enrolments/{enrolment}/employer", {**MOVE, "effective_on": "2026-10-01"})
    refused(admin.post(f"{HERE}/{path}", body), refusal)


def test_nobody_moves_after_the_end(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does("/enrolments/{enrolment}/end", {"how": "completed", "ended_on": TODAY, "reason": "All done."})
    refused(admin.post("/enrolments/{enrolment}/employer", MOVE), DaysNotInOrder)
    admin.does("/enrolments/{enrolment}/employer", {**MOVE, "effective_on": "2026-10-01"})
    refused(admin.post("/enrolments/{enrolment}/start-correction", {**START, "starts_on": TOMORROW}), DaysNotInOrder)


def test_a_decision_says_under_which_name_employer_centre_and_first_day_it_was_made(tell: Tell) -> None:
    world = tell("decided")
    admin, lead = world.as_("admin"), world.as_("lead")
    before = lead.sees("/assessments/{attempt}/decisions/{decision}/context")
    admin.does("/enrolments/{enrolment}/employer-correction", EMPLOYER)
    admin.does("/enrolments/{enrolment}/centre-correction", CENTRE)
    admin.does("/enrolments/{enrolment}/start-correction", START)
    admin.does("/enrolments/{enrolment}/uln-correction", ULN)
    admin.does("/people/{mia}/name", {"name": "Mia Brown", "reason": "She married."})
    context = lead.sees("/assessments/{attempt}/decisions/{decision}/context")
    assert {**context, "names": {}} == {**before, "names": {}}, "beside it, names are those of today"
    assert context["enrolment"] == {
        "name": "Mia",
        "employer": "Northern Stages",
        "centre_ukprn": "10000001",
        "starts_on": "2026-09-01",
        "state": "running",
    }
    assert MISTYPED not in str(context)


def test_what_was_corrected_before_the_decision_is_what_it_rests_on(tell: Tell) -> None:
    world = tell("found")
    admin = world.as_("admin")
    stale = decision(world)
    admin.does("/enrolments/{enrolment}/employer-correction", EMPLOYER)
    assert world.as_("assessor").post("/assessments/{attempt}/decisions", stale).status_code == 409
    made = world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))
    context = world.as_("lead").sees(f"/assessments/{{attempt}}/decisions/{made['decision_id']}/context")
    assert context["enrolment"]["employer"] == "Northern Stages Ltd"


def test_only_an_administrator_corrects_and_nobody_their_own_enrolment(tell: Tell) -> None:
    world = tell("enrolled")
    corrections = {
        "uln-correction": ULN,
        "employer": MOVE,
        "employer-correction": EMPLOYER,
        "centre-correction": CENTRE,
        "start-correction": START,
    }
    world.as_("admin").does("/people/{mia}/roles", {"role": "administrator"})
    for path, body in corrections.items():
        for person in ("mia", "coach", "employer", "responsible"):
            refused(world.as_(person).post(f"{HERE}/{path}", body), NotPermitted)
        refused(world.as_("noah").post(f"{HERE}/{path}", body), NotVisible)
