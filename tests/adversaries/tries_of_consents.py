"""What is tried with consents, and with the questions for them."""

from typing import Any

from tests.adversaries.actors import CAST
from tests.adversaries.calls import Call, Scene, a_try, command


def purpose_of_consent(scene: Scene) -> tuple[str, dict[str, Any], tuple[str, str]]:
    """Return whom the apprentice lets do what for them, in the words of HTTP and in those of the story."""
    decision = scene.choose([scene.decision(), None])
    route = scene.choose(["LET", "CVT"])
    whom = scene.often(scene.choose(["carl", "cora"] if decision else ["ada", "admin"]), scene.choose(CAST))
    if decision is None:
        return whom, {"type": "route", "route": route}, ("route", route)
    purpose = {"type": "appeal", "assessment_id": scene.uid(decision.attempt)}
    return whom, purpose | {"decision_id": scene.uid(decision.decision)}, ("appeal", decision.decision)


@a_try("GiveConsent")
def give_consent(scene: Scene) -> Call:
    whom, purpose, told = purpose_of_consent(scene)
    body = {"person_id": scene.uid(whom), "purpose": purpose}
    path = f"/enrolments/{scene.uid(scene.enrolment)}/consents"
    name = scene.new("consent")
    return command(scene, "GiveConsent", path, body, new="consent", consent=name, person=whom, purpose=told)


@a_try("TakeConsentBack")
def take_consent_back(scene: Scene) -> Call | None:
    given = scene.choose([*scene.story.all("consent given", enrolment=scene.enrolment)][-3:])
    if given is None:
        return None
    path = f"/enrolments/{scene.uid(scene.enrolment)}/consents/{scene.uid(given.consent)}/withdrawal"
    return command(scene, "TakeConsentBack", path, consent=given.consent)


@a_try("AskConsent")
def ask(scene: Scene) -> Call:
    _, purpose, told = purpose_of_consent(scene)
    body = {"purpose": purpose, "reason": "It would be for the best."}
    path, name = f"/enrolments/{scene.uid(scene.enrolment)}/consent-questions", scene.new("question")
    return command(scene, "AskConsent", path, body, new="question", question=name, purpose=told)


def _answering(scene: Scene, name: str, rest: str, body: dict[str, Any] | None = None) -> Call | None:
    asked = scene.choose([*scene.story.all("consent asked", enrolment=scene.enrolment)][-3:])
    if asked is None:
        return None
    path = f"/enrolments/{scene.uid(scene.enrolment)}/consent-questions/{scene.uid(asked.question)}/{rest}"
    return command(scene, name, path, body, question=asked.question)


@a_try("DeclineConsent")
def decline(scene: Scene) -> Call | None:
    return _answering(scene, "DeclineConsent", "refusal", {"reason": scene.choose(["", "I would rather not."])})


@a_try("WithdrawQuestion")
def withdraw_question(scene: Scene) -> Call | None:
    return _answering(scene, "WithdrawQuestion", "withdrawal")
