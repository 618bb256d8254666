"""What is tried on appeals."""

from typing import Any

from tests.adversaries.actors import CAST
from tests.adversaries.calls import Call, Scene, a_try, command, read

GROUND = {"ground": "evidence", "statement": "My log was left out."}
NOT_HEARD = {"because": "no permitted ground", "reason": "No permitted ground."}
NEW_ATTEMPT = "a new attempt is opened"


@a_try("LodgeAppeal")
def lodge(scene: Scene) -> Call | None:
    if (decision := scene.decision()) is None:
        return None
    item = scene.often(scene.choose([*decision.available, decision.attempt]), None)
    subject = {
        "type": "decision",
        "assessment_id": scene.uid(decision.attempt),
        "decision_id": scene.uid(decision.decision),
    }
    grounds = [{**GROUND, "items": [scene.uid(item)] if item else []}]
    body = {"subject": subject, "grounds": grounds, "consent": scene.often("On paper, 2 November.", "")}
    consent = scene.story.consent(scene.enrolment, scene.by, ("appeal", decision.decision))
    told = {"attempt": decision.attempt, "decision": decision.decision, "consent": consent, "item": item}
    return command(scene, "LodgeAppeal", "/appeals", body, appeal=scene.new("appeal"), new="appeal", **told)


def _on_an_appeal(name: str, rest: str, body: dict[str, Any] | None = None, **told: Any) -> None:
    def build(scene: Scene) -> Call | None:
        if (appeal := scene.appeal()) is None:
            return None
        path = f"/appeals/{scene.uid(appeal.appeal)}/{rest}"
        return command(scene, name, path, {**body} if body else None, appeal=appeal.appeal, **told)

    a_try(name)(build)


_on_an_appeal("AdmitAppeal", "admission")
_on_an_appeal("RefuseAppeal", "refusal", NOT_HEARD)
_on_an_appeal("AskSecondLook", "second-look", {"statement": "There is a ground."})
_on_an_appeal("AdmitOnSecondLook", "second-look/admission")
_on_an_appeal("RefuseOnSecondLook", "second-look/refusal", NOT_HEARD)
_on_an_appeal("RecuseMember", "panel/recusals", {"reason": "I know the family."})
_on_an_appeal("CloseConsequence", "consequences/closed", {"consequence": NEW_ATTEMPT, "reason": "They agreed."})
_on_an_appeal("WithdrawAppeal", "withdrawal")


@a_try("ConvenePanel")
def convene(scene: Scene) -> Call | None:
    if (appeal := scene.appeal()) is None:
        return None
    others = scene.random.sample([*CAST], 2)
    members = scene.often(["pam", "paul"], ["pam", "pia"], ["paul"], [*others])
    body = {"members": [scene.uid(member) for member in members]}
    path = f"/appeals/{scene.uid(appeal.appeal)}/panel"
    return command(scene, "ConvenePanel", path, body, appeal=appeal.appeal, members=[*members])


@a_try("AddMember")
def add(scene: Scene) -> Call | None:
    if (appeal := scene.appeal()) is None:
        return None
    member = scene.often(scene.choose(["pam", "paul", "pia"]), scene.choose(CAST))
    path = f"/appeals/{scene.uid(appeal.appeal)}/panel/further-members"
    body = {"member": scene.uid(member)}
    return command(scene, "AddMember", path, body, appeal=appeal.appeal, members=[member])


@a_try("ReplaceMember")
def replace(scene: Scene) -> Call | None:
    if (appeal := scene.appeal()) is None:
        return None
    old = scene.often(scene.choose(sorted(scene.story.members(appeal.appeal))) or "pam", scene.choose(CAST))
    new = scene.often(scene.choose(["pam", "paul", "pia"]), scene.choose(CAST))
    path = f"/appeals/{scene.uid(appeal.appeal)}/panel/replacements"
    body = {"member": scene.uid(old), "replacement": scene.uid(new), "reason": "They fell ill."}
    return command(scene, "ReplaceMember", path, body, appeal=appeal.appeal, members=[new], instead_of=old)


@a_try("ProposeOutcome")
def propose(scene: Scene) -> Call | None:
    if (appeal := scene.appeal()) is None:
        return None
    outcome = scene.choose(["upheld", "dismissed"])
    answers = scene.often([{"ground": 0, "answer": "It was left out."}], [])
    body = {"outcome": outcome, "reasons": "So the record shows.", "answers": answers}
    path = f"/appeals/{scene.uid(appeal.appeal)}/outcome"
    number = len([*scene.story.all("outcome proposed", appeal=appeal.appeal)]) + 1
    told = {"outcome": outcome, "answered": bool(answers), "proposal": number, "lapsed": False}
    return command(scene, "ProposeOutcome", path, body, appeal=appeal.appeal, **told)


@a_try("ConfirmOutcome")
def confirm(scene: Scene) -> Call | None:
    if (appeal := scene.appeal()) is None:
        return None
    last = scene.story.last("outcome proposed", appeal=appeal.appeal)
    number = scene.often(last.proposal if last else 1, 9)
    path = f"/appeals/{scene.uid(appeal.appeal)}/outcome/confirmations"
    body = {"proposal": number, "account": "I read it so too."}
    return command(scene, "ConfirmOutcome", path, body, appeal=appeal.appeal, proposal=number)


_on_an_appeal("DissentFromOutcome", "outcome/dissents", {"account": "I do not see it."}, proposal=0)


def _of_an_appeal(name: str, rest: str) -> None:
    def build(scene: Scene) -> Call | None:
        if (appeal := scene.appeal()) is None:
            return None
        return read(scene, name, f"/appeals/{scene.uid(appeal.appeal)}{rest}", appeal=appeal.appeal)

    a_try(name)(build)


_of_an_appeal("read an appeal", "")
_of_an_appeal("read the chronology", "/chronology")
