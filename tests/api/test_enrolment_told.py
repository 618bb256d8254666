"""What an enrolment tells: readiness, its audit trail and its evidence."""

from datetime import timedelta
from typing import Any

import pytest

from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import DECLARED, NOTES, START, TODAY, TOMORROW, World, hand_in, refused, upload

# --- readiness --------------------------------------------------------------------------------------------------------


def test_readiness_counts_what_is_decided_and_says_what_is_open(tell: Tell) -> None:
    world = tell("decided")
    body = world.as_("mia").sees("/enrolments/{enrolment}/readiness")
    assert (body["codes_assessed"], body["codes_needed"]) == (2, 48)
    assert (body["outcomes_assessed"], body["outcomes_needed"], body["all_assessed"]) == (0, 6, False)
    first = body["outcomes"][0]
    assert (first["outcome"], first["state"]) == ("AO1", "partly assessed")
    assert (first["codes_assessed"], first["codes_needed"]) == (2, 7)
    assert first["gaps"][-1] == "AO1: 2 of 7 codes assessed. Still open: K1, K4, K5, K8, K15."
    assert (body["demo"], body["known_at"], body["as_of"]) == (True, None, TODAY)


def test_readiness_now_is_the_same_replayed(tell: Tell) -> None:
    world = tell("decided")
    mia = world.as_("mia")
    now = mia.sees("/enrolments/{enrolment}/readiness")
    assert mia.sees(f"/enrolments/{{enrolment}}/readiness?as_of={TODAY}") == now
    known = mia.sees(f"/enrolments/{{enrolment}}/readiness?known_at={world.journal.head()}")
    assert known == {**now, "known_at": str(world.journal.head())}


def test_readiness_looks_back_to_what_was_known(tell: Tell) -> None:
    world = tell("found")
    mia = world.as_("mia")
    before = world.journal.head()
    world.now += timedelta(days=3)
    world.as_("assessor").does("/assessments/{attempt}/decisions", decision_of(world))
    now = mia.sees("/enrolments/{enrolment}/readiness")
    assert now["codes_assessed"] == 2
    for query in (f"known_at={before}", "known_at=2026-11-03T00:00:00Z", f"as_of={TOMORROW}"):
        then = mia.sees(f"/enrolments/{{enrolment}}/readiness?{query}")
        assert (then["codes_assessed"], then["outcomes"][0]["state"]) == (0, "in assessment")


def decision_of(world: World) -> dict[str, Any]:
    shown = world.as_("assessor").sees("/assessments/{attempt}/context")["shown"]
    return {"grade": "pass", "reasons": "Both codes are met.", "context_hash": shown}


def test_readiness_before_the_enrolment_was_known_is_not_there(tell: Tell) -> None:
    refused(tell("enrolled").as_("mia").get("/enrolments/{enrolment}/readiness?known_at=3"), NotVisible)


def test_a_write_shows_in_readiness_at_once(tell: Tell) -> None:
    world = tell("sealed")
    mia = world.as_("mia")
    position = mia.does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K1"]})["position"]
    answer = mia.get(f"/enrolments/{{enrolment}}/readiness?after={position}").get_json()
    assert answer["outcomes"][0]["state"] == "claimed"
    assert answer["codes_assessed"] == 0


# --- audit trail and evidence -----------------------------------------------------------------------------------------


def test_the_audit_trail_tells_every_fact_in_order(tell: Tell) -> None:
    world = tell("decided")
    items, query = [], "limit=7"
    while query:
        page = world.as_("mia").sees(f"/enrolments/{{enrolment}}/audit-trail?{query}")
        items += page["items"]
        query = page["next"] and f"limit=7&cursor={page['next']}"
    assert [int(item["position"]) for item in items] == sorted(int(item["position"]) for item in items)
    assert (items[0]["name"], items[0]["sentence"]) == ("Admin", "enrolled Mia on route LET.")
    assert items[-1]["kind"] == "assessment.grade-decided"
    assert items[-1]["name"] == "Assessor"


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("actor={coach}", []),
        ("kind=evidence.submitted", ["evidence.submitted"]),
        ("actor={assessor}&kind=evidence.recorded", ["evidence.recorded"]),
        ("until=2026-11-02T09:00:00Z", []),
        ("since=2026-11-02T09:00:00Z&kind=assessment.grade-decided", ["assessment.grade-decided"]),
    ],
)
def test_the_audit_trail_is_filtered(tell: Tell, query: str, kinds: list[str]) -> None:
    body = tell("decided").as_("officer").sees(f"/enrolments/{{enrolment}}/audit-trail?{query}")
    assert [item["kind"] for item in body["items"]] == kinds


def test_the_audit_trail_is_for_those_who_may_ask(tell: Tell) -> None:
    refused(tell("decided").as_("coach").get("/enrolments/{enrolment}/audit-trail"), NotPermitted)


def test_a_draft_is_named_to_its_apprentice_only(tell: Tell) -> None:
    world = tell("enrolled")
    upload(world, "draft", NOTES, "text/plain", title="My secret draft")
    path = "/enrolments/{enrolment}/audit-trail?kind=evidence.upload-offered"
    assert [i["sentence"] for i in world.as_("mia").sees(path)["items"]] == ["announced “My secret draft”, version 1."]
    assert [i["sentence"] for i in world.as_("admin").sees(path)["items"]] == ["announced version 1."]
    assert len(world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"]) == 1
    assert world.as_("assessor").sees("/enrolments/{enrolment}/evidence")["items"] == []


def test_a_claim_that_was_taken_back_from_a_draft_is_told_to_its_apprentice_only(tell: Tell) -> None:
    world = tell("enrolled")
    upload(world, "draft", NOTES, "text/plain", title="My secret draft")
    mia = world.as_("mia")
    mia.does("/evidence/{draft}/claims", {"version": 1, "codes": ["K1"]})
    mia.does("/evidence/{draft}/claims/dropped", {"version": 1, "code": "K1"})
    mia.does("/evidence/{draft}/claims", {"version": 1, "codes": ["K1"]})
    mia.does("/evidence/{draft}/submission", {"version": 1, "declaration": DECLARED})
    path = "/enrolments/{enrolment}/audit-trail"
    own = [item["sentence"] for item in mia.sees(path)["items"]]
    told = [item["sentence"] for item in world.as_("admin").sees(path)["items"]]
    hidden = [(mine, theirs) for mine, theirs in zip(own, told, strict=True) if mine != theirs]
    assert [theirs for _, theirs in hidden] == ["worked on the draft of version 1."] * 2
    assert [mine.split()[0] for mine, _ in hidden] == ["claimed", "dropped"]


def test_evidence_is_listed_by_its_newest_version(tell: Tell) -> None:
    world = tell("submitted")
    hand_in(world, "notes", NOTES, "text/plain", title="Notes")
    answer = world.as_("assessor").sees("/enrolments/{enrolment}/evidence?limit=1")
    assert answer["items"] == [
        {
            "evidence_id": str(world["evidence"]),
            "version": 1,
            "title": "Risk assessment",
            "kind": "work product",
            "stage": "submitted",
            "media_type": "application/pdf",
            "claims": ["K1", "S11"],
            "submitted_at": START.isoformat().replace("+00:00", "Z"),
            "position": answer["items"][0]["position"],
        }
    ]
    rest = world.as_("assessor").sees(f"/enrolments/{{enrolment}}/evidence?limit=1&cursor={answer['next']}")
    assert ([item["title"] for item in rest["items"]], rest["next"]) == (["Notes"], None)
