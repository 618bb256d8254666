"""Pausing and ending over HTTP: what stops, what goes on, and how an error is taken back (ENROLMENT-2, ENROLMENT-7)."""

from datetime import timedelta
from typing import Any

import pytest

from portfolio.domain.enrolment.refusals import (
    AttemptOutside,
    DaysNotInOrder,
    EnrolmentHasEnded,
    EnrolmentIsPaused,
    EnrolmentNotEnded,
    EnrolmentNotPaused,
    StandardAlreadyTaken,
    UlnAlreadyEnrolled,
)
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from tests.api.conftest import Tell
from tests.api.world import (
    DECLARED,
    ITEMS,
    TODAY,
    TOMORROW,
    YESTERDAY,
    World,
    appeal,
    assign,
    consent,
    decides,
    enrolment,
    hand_in,
    refused,
)

PAUSE = {"pauses_on": TODAY, "reason": "She is ill."}
RESUME = {"resumes_on": TODAY, "reason": "She is well again."}
END = {"how": "withdrawn", "ended_on": TODAY, "reason": "She left the trade."}
BACK = {"reason": "It was another Mia."}
HERE = "/enrolments/{enrolment}"
FAR = "2028-01-01"


def ended(world: World) -> World:
    world.as_("admin").does("/enrolments/{enrolment}/end", END)
    return world


def test_an_enrolment_is_paused_and_resumed_with_a_reason(tell: Tell) -> None:
    world = tell("enrolled")
    admin, mia = world.as_("admin"), world.as_("mia")
    admin.does("/enrolments/{enrolment}/pause", PAUSE)
    before = world.journal.head()
    assert mia.sees(HERE)["state"] == "paused"
    assert "The enrolment is paused" in mia.sees("/enrolments/{enrolment}/readiness")["gaps"][0]
    refused(admin.post("/enrolments/{enrolment}/pause", PAUSE), EnrolmentIsPaused)
    world.now += timedelta(days=2)
    admin.does("/enrolments/{enrolment}/resumption", {**RESUME, "resumes_on": TOMORROW})
    refused(admin.post("/enrolments/{enrolment}/resumption", {**RESUME, "resumes_on": TOMORROW}), EnrolmentNotPaused)
    shown = mia.sees(HERE)
    assert (shown["state"], shown["breaks"]) == ("running", [{"since": TODAY, "until": TOMORROW}])
    assert mia.sees(f"{HERE}?as_of={TODAY}")["state"] == "paused"
    assert mia.sees(f"{HERE}?known_at={before}")["state"] == "paused"
    for query, paused in ((f"as_of={TODAY}", True), (f"as_of={TOMORROW}", False), (f"known_at={before}", True)):
        gaps = mia.sees(f"{HERE}/readiness?{query}")["gaps"]
        assert any("is paused" in gap for gap in gaps) is paused, query
    told = [each["sentence"] for each in mia.sees("/enrolments/{enrolment}/audit-trail")["items"]]
    assert told[-2:] == [
        "paused the enrolment of Mia from 2 November 2026: She is ill.",
        "resumed the enrolment of Mia from 3 November 2026: She is well again.",
    ]


def test_while_paused_the_apprentice_goes_on_handing_in_and_no_attempt_is_opened(tell: Tell) -> None:
    world = tell("enrolled")
    world.as_("admin").does("/enrolments/{enrolment}/pause", PAUSE)
    hand_in(world, "evidence", *ITEMS["pdf"])
    for person in ("admin", "assessor"):
        body = {"enrolment_id": world["enrolment"], "component": "C1"}
        refused(world.as_(person).post("/assessments", body), EnrolmentIsPaused)
    world.as_("admin").does("/enrolments/{enrolment}/resumption", RESUME)
    world.as_("assessor").does("/assessments", body)


@pytest.mark.parametrize("change", [("pause", PAUSE), ("end", END)])
def test_what_is_open_is_decided_and_appealed_all_the_same(tell: Tell, change: tuple[str, dict[str, Any]]) -> None:
    world = tell("found")
    world.as_("admin").does(f"{HERE}/{change[0]}", change[1])
    hand_in(world, "more", *ITEMS["text"])
    shown = world.as_("assessor").sees("/assessments/{attempt}/context")["shown"]
    body = {"grade": "pass", "reasons": "Both codes are met.", "context_hash": shown}
    receipt = world.as_("assessor").does("/assessments/{attempt}/decisions", body)
    world.ids["decision"] = receipt["decision_id"]
    mia = world.as_("mia")
    assert mia.sees("/evidence/{evidence}")["versions"]
    mia.does("/appeals", appeal(world))


def test_an_enrolment_ends_and_the_standard_and_the_number_are_free_for_another(tell: Tell) -> None:
    world = ended(tell("enrolled"))
    admin, mia = world.as_("admin"), world.as_("mia")
    assert (mia.sees(HERE)["state"], mia.sees(HERE)["ended_on"]) == ("withdrawn", TODAY)
    assert (
        "The enrolment ended on 2 November 2026 (withdrawn)" in mia.sees("/enrolments/{enrolment}/readiness")["gaps"][0]
    )
    assert mia.sees(f"{HERE}?as_of={YESTERDAY}")["state"] == "running"
    assert not any("ended" in gap for gap in mia.sees(f"{HERE}/readiness?as_of={YESTERDAY}")["gaps"])
    admin.does("/enrolments", enrolment(world), name="again")
    refused(admin.post("/enrolments", enrolment(world, uln="1000000027")), StandardAlreadyTaken)
    refused(admin.post("/enrolments", enrolment(world, apprentice=world["noah"])), UlnAlreadyEnrolled)
    assert len(mia.sees("/enrolments")["items"]) == 2


def test_an_ended_number_is_free_for_its_true_owner(tell: Tell) -> None:
    world = ended(tell("enrolled"))
    world.as_("admin").does("/enrolments", enrolment(world, apprentice=world["noah"]))
    refused(world.as_("admin").post("/enrolments/{enrolment}/end/withdrawal", BACK), UlnAlreadyEnrolled)


def test_an_end_recorded_in_error_is_taken_back_with_a_reason(tell: Tell) -> None:
    world = ended(tell("enrolled"))
    admin, mia, before = world.as_("admin"), world.as_("mia"), world.journal.head()
    refused(admin.post("/enrolments/{enrolment}/end", END), EnrolmentHasEnded)
    world.now += timedelta(days=3)
    admin.does("/enrolments/{enrolment}/end/withdrawal", BACK)
    refused(admin.post("/enrolments/{enrolment}/end/withdrawal", BACK), EnrolmentNotEnded)
    refused(admin.post("/enrolments", enrolment(world, apprentice=world["noah"])), UlnAlreadyEnrolled)
    refused(admin.post("/enrolments", enrolment(world, uln="1000000027")), StandardAlreadyTaken)
    for query, state in ((f"as_of={TOMORROW}", "running"), (f"known_at={before}", "withdrawn"), ("", "running")):
        assert mia.sees(f"{HERE}?{query}")["state"] == state, query
        gaps = mia.sees(f"{HERE}/readiness?{query}")["gaps"]
        assert any("The enrolment ended" in gap for gap in gaps) is (state == "withdrawn"), query
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"})
    sentence = mia.sees("/enrolments/{enrolment}/audit-trail?kind=enrolment.end-taken-back")["items"][0]["sentence"]
    assert sentence == "took back that the enrolment of Mia ended on 2 November 2026: It was another Mia."


def test_an_end_is_not_taken_back_once_another_enrolment_took_the_standard(tell: Tell) -> None:
    world = ended(tell("enrolled"))
    world.as_("admin").does("/enrolments", enrolment(world, uln="1000000027"))
    refused(world.as_("admin").post("/enrolments/{enrolment}/end/withdrawal", BACK), StandardAlreadyTaken)


def test_nothing_new_begins_after_the_end_and_what_was_uploaded_may_be_handed_in(tell: Tell) -> None:
    world = ended(tell("sealed"))
    mia = world.as_("mia")
    mia.does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K1"]})
    mia.does("/evidence/{evidence}/submission", {"version": 1, "declaration": DECLARED})
    begun = {"enrolment_id": world["enrolment"], "component": "C1"}
    for person in ("admin", "assessor"):
        refused(world.as_(person).post("/assessments", begun), EnrolmentHasEnded)
    offer = {"title": "Notes", "filename": "n.txt", "media_type": "text/plain", "size": 1, "sha256": "0" * 64}
    offer |= {"produced_on": TODAY}
    refused(mia.post("/evidence", {**offer, "enrolment_id": world["enrolment"]}), EnrolmentHasEnded)
    refused(mia.post("/evidence/{evidence}/versions", offer), EnrolmentHasEnded)
    said: dict[str, Any] = {"kind": "witness testimony", "witness": "Amina", "role": "Crew chief", "first_hand": True}
    said |= {"competence": "Ten years", "relation": "Supervisor", "statement": "She rigged it.", "occurred_on": TODAY}
    record = {"enrolment_id": world["enrolment"], "title": "Testimony", "record": said}
    refused(world.as_("coach").post("/evidence/records", record), EnrolmentHasEnded)
    consent(world, "admin", type="route", route="LET")
    moved = {"route": "LET", "form_id": world["form"], "effective_on": TODAY, "reason": "Too late."}
    refused(world.as_("admin").post("/enrolments/{enrolment}/route", moved), EnrolmentHasEnded)
    refused(world.as_("admin").post("/enrolments/{enrolment}/pause", PAUSE), EnrolmentHasEnded)
    refused(world.as_("admin").post("/enrolments/{enrolment}/resumption", RESUME), EnrolmentHasEnded)
    mia.does("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "It is mine."})


def test_an_upheld_case_opens_its_attempt_on_an_ended_enrolment_all_the_same(tell: Tell) -> None:
    world = ended(tell("convened"))
    admin, second = world.as_("admin"), world.as_("second")
    decides(world)
    world.reads.settle()
    _, opened = admin.sees("/enrolments/{enrolment}/audit-trail?kind=assessment.attempt-opened")["items"]
    world.ids["new"] = opened["stream"]
    assert admin.sees("/assessments/{new}")["after_appeal"] == str(world["appeal"])
    hand_in(world, "more", *ITEMS["text"])
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    body = {"code": "S11", "judgement": "not judged", "reason": "To be observed.", "cites": []}
    second.does("/assessments/{new}/findings", {"findings": [body]})


BAD_DAYS: dict[str, tuple[str, dict[str, Any], type[Rejected]]] = {
    "ahead": ("end", {**END, "ended_on": TOMORROW}, DaysNotInOrder),
    "before it began": ("end", {**END, "ended_on": "2026-08-31"}, DaysNotInOrder),
    "before an attempt": ("end", {**END, "ended_on": YESTERDAY}, AttemptOutside),
    "paused before it began": ("pause", {**PAUSE, "pauses_on": "2026-08-31"}, DaysNotInOrder),
}


@pytest.mark.parametrize("name", BAD_DAYS)
def test_days_are_in_order(tell: Tell, name: str) -> None:
    world = tell("found")
    path, body, refusal = BAD_DAYS[name]
    refused(world.as_("admin").post(f"{HERE}/{path}", body), refusal)


def test_an_attempt_that_was_opened_in_error_is_closed_before_an_earlier_end(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    early = {**END, "ended_on": YESTERDAY}
    refused(admin.post("/enrolments/{enrolment}/end", early), AttemptOutside)
    admin.does("/assessments/{attempt}/closing", {"reason": "She had left."})
    admin.does("/enrolments/{enrolment}/end", early)


def test_a_pause_is_taken_back_by_resuming_on_its_day_and_never_before(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does("/enrolments/{enrolment}/pause", PAUSE)
    refused(admin.post("/enrolments/{enrolment}/resumption", {**RESUME, "resumes_on": YESTERDAY}), DaysNotInOrder)
    admin.does("/enrolments/{enrolment}/resumption", RESUME)
    assert admin.sees(HERE)["state"] == "running"
    admin.does("/enrolments/{enrolment}/pause", {**PAUSE, "pauses_on": TOMORROW})
    assert admin.sees(HERE)["state"] == "running"
    assert admin.sees(f"{HERE}?as_of={TOMORROW}")["state"] == "paused"


def test_a_pause_mistyped_far_ahead_and_taken_back_holds_nothing_up(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does("/enrolments/{enrolment}/pause", {**PAUSE, "pauses_on": FAR})
    before = world.journal.head()
    admin.does("/enrolments/{enrolment}/resumption", {**RESUME, "resumes_on": FAR})
    assert admin.sees(HERE)["breaks"] == []
    assert admin.sees(f"{HERE}?known_at={before}")["breaks"] == [{"since": FAR, "until": None}]
    admin.does("/enrolments/{enrolment}/pause", PAUSE)
    admin.does("/enrolments/{enrolment}/end", {**END, "ended_on": TODAY})


def test_a_resumption_mistyped_far_ahead_is_put_right_by_an_earlier_one(tell: Tell) -> None:
    world = tell("enrolled")
    admin, path = world.as_("admin"), "/enrolments/{enrolment}/resumption"
    admin.does("/enrolments/{enrolment}/pause", {**PAUSE, "pauses_on": YESTERDAY})
    admin.does(path, {**RESUME, "resumes_on": FAR})
    before = world.journal.head()
    assert admin.sees(HERE)["state"] == "paused"
    problem = refused(admin.post(path, {**RESUME, "resumes_on": FAR}), EnrolmentNotPaused)
    assert problem["detail"] == "The last break ends on 1 January 2028: only an earlier day puts that right."
    admin.does(path, RESUME)
    assert admin.sees(HERE)["state"] == "running"
    assert admin.sees(f"{HERE}?known_at={before}")["state"] == "paused"
    admin.does("/enrolments/{enrolment}/end", {**END, "ended_on": TODAY})


def test_an_employer_to_whom_the_apprentice_was_to_move_after_the_end_never_was_theirs(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    moves = {"employer": "Southern Stages", "effective_on": str(TOMORROW), "reason": "A better place."}
    admin.does("/enrolments/{enrolment}/employer", moves)
    first = admin.sees(HERE)["employer"]
    admin.does("/enrolments/{enrolment}/end", {**END, "ended_on": TODAY})
    world.now += timedelta(days=3)
    shown = admin.sees(HERE)
    assert (shown["employer"], [each["employer"] for each in shown["employers"]]) == (first, [first])
    assert [row["employer"] for row in admin.sees("/enrolments")["items"]] == [first]
    assert admin.sees("/enrolments?employer=Southern Stages")["items"] == []


def test_only_an_administrator_pauses_and_ends_and_nobody_their_own(tell: Tell) -> None:
    world = tell("enrolled")
    for path, body in (("pause", PAUSE), ("resumption", RESUME), ("end", END), ("end/withdrawal", BACK)):
        for person in ("mia", "coach", "assessor", "responsible"):
            refused(world.as_(person).post(f"{HERE}/{path}", body), NotPermitted)
        refused(world.as_("noah").post(f"{HERE}/{path}", body), NotVisible)
    world.as_("admin").does("/people/{mia}/roles", {"role": "administrator"})
    refused(world.as_("mia").post("/enrolments/{enrolment}/end", END), NotPermitted)
