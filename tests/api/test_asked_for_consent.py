"""An apprentice is asked for a consent, and answers, over HTTP."""

from api.errors import FieldsNotValid
from portfolio.domain.enrolment.refusals import (
    ConsentNotAskedAgain,
    ConsentNotYoursToAsk,
    PurposeUnknown,
    QuestionUnknown,
)
from portfolio.domain.kernel import NotPermitted
from tests.api.conftest import Tell
from tests.api.world import World, consent, refused

QUESTIONS = "/enrolments/{enrolment}/consent-questions"
NOT_AGREED = "/enrolments/{enrolment}/consent-questions/{question}/refusal"
WITHDRAWN = "/enrolments/{enrolment}/consent-questions/{question}/withdrawal"
NO = {"reason": "I want to look at it myself first."}


def appealing(world: World) -> dict[str, object]:
    purpose = {"type": "appeal", "assessment_id": world["attempt"], "decision_id": world["decision"]}
    return {"purpose": purpose, "reason": "The rig was never looked at."}


def seen(world: World, person: str) -> list[tuple[str, str]]:
    asked = world.as_(person).sees("/enrolments/{enrolment}")["questions"]
    return [(each["answer"], each["why"]) for each in asked]


def test_a_coach_asks_and_the_apprentice_says_no_and_then_yes(tell: Tell) -> None:
    world = tell("decided")
    coach, mia, body = world.as_("coach"), world.as_("mia"), appealing(world)
    world.ids["question"] = coach.does(QUESTIONS, body)["question_id"]
    refused(coach.post(QUESTIONS, body), ConsentNotAskedAgain)
    assert seen(world, "mia") == seen(world, "coach") == seen(world, "admin") == [("none yet", "")]
    assert seen(world, "assessor") == []
    refused(coach.post(NOT_AGREED, NO), NotPermitted)
    refused(mia.post(NOT_AGREED, {"reason": "x" * 2001}), FieldsNotValid)
    mia.does(NOT_AGREED, NO)
    refused(mia.post(NOT_AGREED, {}), QuestionUnknown)
    assert seen(world, "coach") == [("declined", NO["reason"])]
    refused(coach.post(QUESTIONS, body), ConsentNotAskedAgain)
    consent(world, "coach", **body["purpose"])  # type: ignore[arg-type]
    assert seen(world, "coach") == [("given", NO["reason"])]
    told = [each["sentence"] for each in mia.sees("/enrolments/{enrolment}/audit-trail?limit=100")["items"]][-3:]
    assert told[0].startswith("asked for consent to appeal against the decision on attempt 1 at component C1")
    assert told[1] == "said no to a question for consent: I want to look at it myself first."


def test_who_could_not_do_it_does_not_ask_and_only_who_asked_withdraws(tell: Tell) -> None:
    world = tell("decided")
    route = {"purpose": {"type": "route", "route": "CVT"}, "reason": "A new job."}
    refused(world.as_("coach").post(QUESTIONS, route), ConsentNotYoursToAsk)
    refused(world.as_("admin").post(QUESTIONS, appealing(world)), ConsentNotYoursToAsk)
    refused(world.as_("assessor").post(QUESTIONS, appealing(world)), NotPermitted)
    nowhere = {**route, "purpose": {"type": "route", "route": "nowhere"}}
    refused(world.as_("admin").post(QUESTIONS, nowhere), PurposeUnknown)
    world.ids["question"] = world.as_("admin").does(QUESTIONS, route)["question_id"]
    refused(world.as_("coach").post(WITHDRAWN), QuestionUnknown)
    world.as_("admin").does(WITHDRAWN)
    refused(world.as_("mia").post(NOT_AGREED, {"reason": ""}), QuestionUnknown)
    assert seen(world, "coach") == []
    assert seen(world, "mia") == [("withdrawn", "")]
    world.ids["question"] = world.as_("admin").does(QUESTIONS, route)["question_id"]
    world.as_("admin").does(WITHDRAWN)
    refused(world.as_("admin").post(QUESTIONS, route), ConsentNotAskedAgain)
