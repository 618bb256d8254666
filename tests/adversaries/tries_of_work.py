"""What is tried on evidence, attempts and decisions."""

from datetime import timedelta
from typing import Any

from tests.adversaries.calls import Call, Scene, a_try, command, read
from tests.adversaries.story import NOTHING

DECLARED = {"wording": "authenticity/1", "ai_use": "none"}
PLACE = {"type": "whole item"}
REGION = {"type": "image region", "x": 1, "y": 1, "width": 4, "height": 4}
OUTSIDE = ["coach", "employer", "panel"]
REASON_CODES = (
    "marking error",
    "criteria change",
    "appeal",
    "moderation",
    "second mark",
    "review",
    "malpractice",
)


def _file(scene: Scene) -> dict[str, Any]:
    """Return a file to announce: of every other one its apprentice says the day later."""
    day = scene.often({}, {"produced_on": None})
    return {**scene.plans.file(scene.story.today), **day}


@a_try("OfferEvidence")
def offer(scene: Scene) -> Call:
    file = _file(scene)
    body = {"enrolment_id": scene.uid(scene.enrolment), **file}
    told = {"version": 1, "kind": "work product", "produced": file["produced_on"]}
    return command(scene, "OfferEvidence", "/evidence", body, new="item", item=scene.new("item"), **told)


@a_try("OfferVersion")
def offer_version(scene: Scene) -> Call | None:
    if (one := scene.item()) is None:
        return None
    version = max(scene.story.versions(one.item)) + 1
    path, file = f"/evidence/{scene.uid(one.item)}/versions", _file(scene)
    told = {"item": one.item, "version": version, "kind": "work product", "produced": file["produced_on"]}
    return command(scene, "OfferVersion", path, file, **told)


@a_try("DescribeDraft")
def describe(scene: Scene) -> Call | None:
    if (one := scene.item()) is None:
        return None
    produced = str(scene.story.today + timedelta(days=scene.often(0, -3, 1)))
    body = {"version": one.version, "title": "Another title", "produced_on": produced}
    path = f"/evidence/{scene.uid(one.item)}/description"
    return command(scene, "DescribeDraft", path, body, item=one.item, version=one.version, produced=produced)


def _on_a_version(name: str, rest: str, **fields: Any) -> None:
    def build(scene: Scene) -> Call | None:
        if (one := scene.item()) is None:
            return None
        path = f"/evidence/{scene.uid(one.item)}/{rest}"
        body = {"version": one.version, **fields}
        return command(scene, name, path, body, item=one.item, version=one.version)

    a_try(name)(build)


_on_a_version("CompleteUpload", "upload")
_on_a_version("SubmitEvidence", "submission", declaration=DECLARED)
_on_a_version("ReturnEvidence", "return", reason="Say more about the rigging.")
_on_a_version("AcceptEvidence", "acceptance")
_on_a_version("WithdrawEvidence", "withdrawal", reason="It was the wrong file.")
_on_a_version("DiscardDraft", "discard")
_on_a_version("ApproveErasure", "erasure", reason="It shows somebody else.")
_on_a_version("ConfirmErasure", "erasure/confirmation", reason="So it does.")
_on_a_version("DropErasure", "erasure/dropped", reason="It does not.")


@a_try("ClaimStatements")
def claim(scene: Scene) -> Call | None:
    if (one := scene.item()) is None:
        return None
    codes = scene.often(("S11",), ("K1", "S12"), ("K30",))
    path = f"/evidence/{scene.uid(one.item)}/claims"
    body = {"version": one.version, "codes": [*codes]}
    return command(scene, "ClaimStatements", path, body, item=one.item, version=one.version, codes=codes)


@a_try("DropClaim")
def drop(scene: Scene) -> Call | None:
    if (one := scene.item()) is None:
        return None
    code = scene.choose(sorted(scene.story.claims(one.item, one.version))) or "S11"
    path = f"/evidence/{scene.uid(one.item)}/claims/dropped"
    body = {"version": one.version, "code": code}
    return command(scene, "DropClaim", path, body, item=one.item, version=one.version, codes=(code,))


@a_try("AnnotateEvidence")
def annotate(scene: Scene) -> Call | None:
    if (one := scene.item()) is None or one.what == "record written":
        return None
    body = {
        "version": one.version,
        "sha256": scene.plans.sha256,
        "selector": PLACE,
        "kind": "formative",
        "audience": scene.choose(["apprentice and assessors", "assessors"]),
        "text": "Well seen.",
        "redaction": scene.choose([0, scene.story.redactions(one.item, one.version)]),
    }
    path = f"/evidence/{scene.uid(one.item)}/annotations"
    told = {"item": one.item, "version": one.version, "redaction": body["redaction"]}
    return command(scene, "AnnotateEvidence", path, body, **told)


@a_try("RedactEvidence")
def redact(scene: Scene) -> Call | None:
    if (one := scene.item()) is None:
        return None
    places = scene.choose([[REGION], [REGION, {**REGION, "x": 3}], []])
    hidden_from = scene.often(OUTSIDE, [*OUTSIDE, "assessors"], [*OUTSIDE, "quality assurers"], OUTSIDE[:2])
    newest = scene.story.redactions(one.item, one.version)
    follows = scene.often(newest, newest, newest + 1)
    body = {"version": one.version, "places": places, "hidden_from": hidden_from, "reason": "A visitor's face."}
    body["follows"] = follows
    path = f"/evidence/{scene.uid(one.item)}/redactions"
    told = {"item": one.item, "version": one.version, "places": len(places), "hidden_from": {*hidden_from}}
    told["follows"] = follows
    return command(scene, "RedactEvidence", path, body, **told)


@a_try("OpenOriginal")
def open_original(scene: Scene) -> Call | None:
    hidden = [*scene.story.all("redacted", enrolment=scene.enrolment)]
    one, appeal = scene.often(scene.choose(hidden), scene.item()) or scene.item(), scene.appeal()
    if one is None or appeal is None:
        return None
    body = {"version": one.version, "appeal_id": scene.uid(appeal.appeal), "reason": "It is contested."}
    path = f"/evidence/{scene.uid(one.item)}/originals"
    return command(scene, "OpenOriginal", path, body, item=one.item, version=one.version, about=appeal.appeal)


@a_try("WriteRecord")
def write_record(scene: Scene) -> Call:
    attempt = scene.attempt()
    observed = attempt is not None and not scene.often(False, True)
    record, told = _observation(scene, attempt.attempt) if observed else _testimony(scene)
    body = {"enrolment_id": scene.uid(scene.enrolment), "title": "Record", "record": record}
    told |= {"item": scene.new("item"), "version": 1}
    return command(scene, "WriteRecord", "/evidence/records", body, new="item", **told)


@a_try("CorrectRecord")
def correct_record(scene: Scene) -> Call | None:
    if (one := scene.item()) is None:
        return None
    of = getattr(one, "attempt", None) or scene.often(None, getattr(scene.attempt(), "attempt", None))
    record, told = _observation(scene, of) if of and scene.often(True, True, False) else _testimony(scene)
    told |= {"item": one.item, "version": len(scene.story.versions(one.item)) + 1}
    body = {"title": "Record", "record": record, "reason": "There was a slip in it."}
    return command(scene, "CorrectRecord", f"/evidence/{scene.uid(one.item)}/correction", body, **told)


def _observation(scene: Scene, attempt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an observation unlike any before, in the words of HTTP and in those of the story."""
    seen = ("S11", "S12")
    record = {
        "kind": "observation record",
        "assessment_id": scene.uid(attempt),
        "place": f"Stage {len(scene.story.happened)}",
        "occurred_on": scene.story.today.isoformat(),
        "from_time": "00:10",
        "to_time": "00:50",
        "seen": [{"code": code, "what": "Worked safely."} for code in seen],
    }
    return record, {"kind": "observation record", "attempt": attempt, "seen": seen}


def _testimony(scene: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a testimony unlike any before, in the words of HTTP and in those of the story."""
    record = {
        "kind": "witness testimony",
        "witness": "Wim",
        "role": "rigger",
        "competence": "twenty years of it",
        "relation": "a colleague",
        "first_hand": True,
        "statement": f"I saw rig {len(scene.story.happened)} go up.",
        "occurred_on": scene.story.today.isoformat(),
    }
    return record, {"kind": "witness testimony", "attempt": None}


def _of_an_item(name: str, rest: str) -> None:
    def build(scene: Scene) -> Call | None:
        if (one := scene.item()) is None:
            return None
        path = f"/evidence/{scene.uid(one.item)}{rest.format(version=one.version)}"
        return read(scene, name, path, item=one.item, version=one.version)

    a_try(name)(build)


_of_an_item("read an item", "")
_of_an_item("read the remarks", "/annotations")
_of_an_item("read the bytes", "/content?version={version}")
_of_an_item("read where to upload", "/upload?version={version}")
_of_an_item("read what can be looked at", "/previews?version={version}")
_of_an_item("read a preview", "/preview?version={version}&part=waveform")  # no file of a history is a recording


# --- attempts and decisions -------------------------------------------------------------------------------------------


@a_try("OpenAttempt")
def open_attempt(scene: Scene) -> Call:
    key = scene.often("C1", "C2", "C9")
    body = {"enrolment_id": scene.uid(scene.enrolment), "component": key}
    return command(scene, "OpenAttempt", "/assessments", body, new="attempt", key=key, attempt=scene.new("attempt"))


def judged(scene: Scene, attempt: Any) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return findings on an attempt's codes, in the words of HTTP and in those of the story."""
    codes = scene.often([*attempt.codes], [*attempt.codes], [attempt.codes[0]])
    codes = [*codes, *scene.often([], [], [], [scene.choose(["K1", "S11", "K30"])])]
    judgement = scene.often("met", "met", "not met", "not judged")
    if judgement == "not met" and scene.often(True, False):
        nothing = {"judgement": judgement, "reason": "Not shown.", "cites": [], "nothing_shows_it": True}
        return [{"code": code, **nothing} for code in codes], [(code, judgement, NOTHING) for code in codes]
    own = scene.story.last("record written", attempt=attempt.attempt)
    one = scene.often(own, scene.item()) or scene.item()
    cites = [{"evidence_id": scene.uid(one.item), "version": one.version}] if one and judgement != "not judged" else []
    said = [
        {"code": code, "judgement": judgement, "reason": "Seen.", "criterion": "1.1", "cites": cites} for code in codes
    ]
    return said, [(code, judgement, (one.item, one.version) if cites else None) for code in codes]


@a_try("CloseAttempt")
def close(scene: Scene) -> Call | None:
    if (attempt := scene.attempt()) is None:
        return None
    path = f"/assessments/{scene.uid(attempt.attempt)}/closing"
    return command(scene, "CloseAttempt", path, {"reason": "It was opened in error."}, attempt=attempt.attempt)


@a_try("RecordFindings")
def find(scene: Scene) -> Call | None:
    if (attempt := scene.attempt()) is None:
        return None
    said, told = judged(scene, attempt)
    path = f"/assessments/{scene.uid(attempt.attempt)}/findings"
    return command(scene, "RecordFindings", path, {"findings": said}, attempt=attempt.attempt, findings=told)


@a_try("DecideGrade")
def decide(scene: Scene) -> Call | None:
    if (attempt := scene.attempt()) is None:
        return None
    grade = scene.often("pass", "fail", "splendid")
    body = {"grade": grade, "reasons": "Both codes are met."}
    path = f"/assessments/{scene.uid(attempt.attempt)}/decisions"
    told = {"attempt": attempt.attempt, "decision": scene.new("decision"), "grade": grade, "supersedes": None}
    call = command(scene, "DecideGrade", path, body, new="decision", **told)
    call.context_of = scene.often(attempt.attempt, None)
    call.told.fresh = call.context_of is not None
    return call


@a_try("SupersedeDecision")
def supersede(scene: Scene) -> Call | None:
    if (decision := scene.decision()) is None:
        return None
    reason = scene.often("marking error", *REASON_CODES)
    grade = scene.often("distinction", "fail")
    attempt = scene.story.one("attempt opened", attempt=decision.attempt)
    adopts = scene.often([*attempt.codes], [*attempt.codes][:1])
    body = {
        "adopts": adopts,
        "supersedes": scene.uid(decision.decision),
        "grade": grade,
        "reasons": "A code was misread.",
        "reason_code": reason,
        "authority_cited": "The lead assessor's standing order.",
    }
    path = f"/assessments/{scene.uid(decision.attempt)}/supersessions"
    told = {"attempt": decision.attempt, "decision": scene.new("decision"), "grade": grade, "reason": reason}
    told["adopts"] = adopts
    call = command(scene, "SupersedeDecision", path, body, supersedes=decision.decision, new="decision", **told)
    call.context_of = scene.often(decision.attempt, None)
    call.told.fresh = call.context_of is not None
    return call


@a_try("VoidDecision")
def void(scene: Scene) -> Call | None:
    if (decision := scene.decision()) is None:
        return None
    reason = scene.often("malpractice", *REASON_CODES)
    appeal = scene.appeal() if reason == "appeal" else None
    body: dict[str, Any] = {
        "decision_id": scene.uid(decision.decision),
        "reason_code": reason,
        "reason": "The log was copied.",
        "appeal_id": scene.uid(appeal.appeal) if appeal else None,
    }
    path = f"/assessments/{scene.uid(decision.attempt)}/voids"
    told = {"attempt": decision.attempt, "decision": decision.decision, "reason": reason, "account": False}
    if reason == "malpractice" and scene.often(True, False):
        body["account"] = {"found": "Two logs agree word by word.", "heard": "Mia and the centre."}
        told["account"] = True
    told["bars"] = (
        scene.choose([True, False])
        if reason in ("marking error", "criteria change")
        else scene.often(None, True, False)
    )
    told["bars"] = scene.often(told["bars"], told["bars"], None)
    if told["bars"] is not None:
        body |= {"bars": told["bars"], "bars_because": "It was their own slip, or nobody's."}
    return command(scene, "VoidDecision", path, body, appeal=appeal.appeal if appeal else None, **told)


def _of_a_decision(name: str, rest: str, **fields: Any) -> None:
    def build(scene: Scene) -> Call | None:
        waits = [each for each in scene.story.attempts(scene.enrolment) if scene.story.waiting(each.attempt)]
        decision = scene.story.waiting(scene.choose(waits).attempt) if waits else scene.decision()
        if decision is None:
            return None
        path = f"/assessments/{scene.uid(decision.attempt)}/{rest}"
        body = {"decision_id": scene.uid(decision.decision), **fields}
        return command(scene, name, path, body, attempt=decision.attempt, decision=decision.decision)

    a_try(name)(build)


_of_a_decision("ConfirmDecision", "confirmations")
_of_a_decision("DeclineDecision", "declinations", reason="A code is not shown.")


def _of_an_attempt(name: str, rest: str) -> None:
    def build(scene: Scene) -> Call | None:
        if (attempt := scene.attempt()) is None:
            return None
        return read(scene, name, f"/assessments/{scene.uid(attempt.attempt)}{rest}", attempt=attempt.attempt)

    a_try(name)(build)


_of_an_attempt("read an attempt", "")
_of_an_attempt("read the context", "/context")
_of_an_attempt("read an attempt's audit trail", "/audit-trail")


@a_try("read a stored context")
def stored_context(scene: Scene) -> Call | None:
    if (decision := scene.decision()) is None:
        return None
    attempt = decision.attempt
    path = f"/assessments/{scene.uid(attempt)}/decisions/{scene.uid(decision.decision)}/context"
    return read(scene, "read a stored context", path, attempt=attempt, decision=decision.decision)
