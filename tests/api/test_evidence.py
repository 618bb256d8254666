"""Evidence over HTTP: from the offer to what becomes of a version."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.errors import FieldsNotValid
from infra.fsck.files import differences
from portfolio.application.ports import (
    ContentHashMismatch,
    ContentSizeMismatch,
    ContentTypeMismatch,
    ContentUnreadable,
    StorageFull,
    UploadMissing,
    UploadTooLarge,
    UploadUrlExpired,
    UploadUrlInvalid,
)
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.evidence.claims import ClaimAlreadyAnswered, ClaimNeedsApprentice, ClaimVersionMismatch
from portfolio.domain.evidence.declaration import DeclarationMissing, DeclarationNotOwn
from portfolio.domain.evidence.handing_in import EvidenceAlreadyCited
from portfolio.domain.evidence.media import ContentTypeNotAllowed
from portfolio.domain.evidence.refusals import (
    EvidenceAlreadySubmitted,
    EvidenceNotSealed,
    EvidenceNotSubmitted,
    EvidenceUnknown,
    EvidenceVersionFixed,
    EvidenceWithdrawnAlready,
    ProductionDateInvalid,
    ProductionDateMissing,
)
from portfolio.domain.evidence.upload import EvidenceLimitReached
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from tests.api.conftest import Tell
from tests.api.test_bad_input import no_room
from tests.api.world import (
    DECLARED,
    NOTES,
    SELECTOR,
    TODAY,
    TOMORROW,
    World,
    cite,
    finding,
    offer,
    put,
    refused,
    upload,
)
from tests.infra.vault import files
from tests.pages.visitor import kept

SUBMIT = {"version": 1, "declaration": DECLARED}


# --- offer, bytes, seal -----------------------------------------------------------------------------------------------


def test_an_offer_answers_where_to_put_the_bytes(tell: Tell) -> None:
    world = tell("enrolled")
    mia, content = world.as_("mia"), files.pdf()
    answer = mia.post("/evidence", offer(world, content))
    receipt = answer.get_json()
    assert answer.headers["Location"] == f"/v1/evidence/{receipt['id']}"
    assert receipt["version_number"] == 1
    ((number, url),) = [(part["number"], part["url"]) for part in receipt["parts"]]
    assert number == 1
    assert put(world, url, content).status_code == 204
    mia.does(f"/evidence/{receipt['id']}/upload", {"version": 1})
    (version,) = mia.sees(f"/evidence/{receipt['id']}")["versions"]
    assert (version["stage"], version["name"], version["bounds"]["pages"]) == ("sealed", "Mia", [[595.0, 842.0]])
    assert "object_id" not in version


def test_a_repeated_offer_answers_the_same_places(tell: Tell) -> None:
    world = tell("enrolled")
    mia, body, once = world.as_("mia"), offer(world, NOTES, "text/plain"), {"Idempotency-Key": "offer-1"}
    first = mia.does("/evidence", body, headers=once)
    world.now += timedelta(minutes=5)
    places = kept(world)
    assert mia.does("/evidence", body, headers=once) == first
    assert kept(world) == places
    assert len(mia.sees("/enrolments/{enrolment}/evidence")["items"]) == 1


def test_a_draft_can_ask_for_fresh_places(tell: Tell) -> None:
    world = tell("enrolled")
    mia = world.as_("mia")
    (old,) = mia.does("/evidence", offer(world, NOTES, "text/plain"), name="draft")["parts"]
    world.now += timedelta(hours=2)
    refused(put(world, old["url"], NOTES), UploadUrlExpired)
    (new,) = mia.sees("/evidence/{draft}/upload")["parts"]
    assert put(world, new["url"], NOTES).status_code == 204
    refused(world.as_("assessor").get("/evidence/{draft}/upload"), NotVisible)
    mia.does("/evidence/{draft}/upload", {"version": 1})
    refused(mia.get("/evidence/{draft}/upload?version=1"), EvidenceVersionFixed)


@pytest.mark.parametrize(
    ("refusal", "fields"),
    [
        (EvidenceLimitReached, {"size": 0}),
        (EvidenceLimitReached, {"size": 2_000_000_001}),
        (ContentTypeNotAllowed, {"media_type": "application/x-msdownload"}),
        (ContentTypeNotAllowed, {"media_type": "text/html"}),
        (ContentTypeNotAllowed, {"media_type": "application/octet-stream", "filename": "report.doc"}),
        (ProductionDateInvalid, {"produced_on": TOMORROW}),
        (NotVisible, {"enrolment_id": str(uuid4())}),
        (FieldsNotValid, {"sha256": "a" * 64 + "\n"}),
    ],
)
def test_an_offer_that_cannot_be_is_refused_and_leaves_nothing_in_the_vault(
    tell: Tell, refusal: type[Rejected], fields: dict[str, Any]
) -> None:
    world = tell("enrolled")
    refused(world.as_("mia").post("/evidence", offer(world, NOTES, **fields)), refusal)
    assert kept(world) == []
    assert list(differences(world.journal, world.services.vault, lambda _done, _of: None)) == []


def test_a_browser_that_does_not_know_a_file_may_say_nothing_of_its_type(tell: Tell) -> None:
    world = tell("enrolled")
    upload(world, "hours", b"Day,Hours\n2026-11-29,7\n", "", filename="hours.csv")
    upload(world, "plan", files.pdf(), "", filename="plan")
    types = [world.as_("mia").sees(f"/evidence/{{{name}}}")["versions"][0]["media_type"] for name in ("hours", "plan")]
    assert types == ["text/csv", "application/pdf"]


def test_a_next_version_that_must_wait_is_refused_and_leaves_nothing_in_the_vault(tell: Tell) -> None:
    world = tell("sealed")
    before = kept(world)
    second = {name: value for name, value in offer(world, NOTES).items() if name != "enrolment_id"}
    refused(world.as_("mia").post("/evidence/{evidence}/versions", second), EvidenceVersionFixed)
    assert kept(world) == before


def test_an_offer_is_not_recorded_where_the_vault_has_no_room(tell: Tell) -> None:
    world = tell("enrolled")
    mia, head = world.as_("mia"), world.journal.head()
    with no_room(10):
        refused(mia.post("/evidence", offer(world, NOTES)), StorageFull)
    assert world.journal.head() == head
    assert kept(world) == []


def test_only_the_apprentice_offers_and_seals(tell: Tell) -> None:
    world = tell("sealed")
    refused(world.as_("coach").post("/evidence", offer(world, NOTES)), NotPermitted)
    refused(world.as_("noah").post("/evidence", offer(world, NOTES)), NotVisible)
    refused(world.as_("coach").post("/evidence/{evidence}/upload", {"version": 1}), NotVisible)


def test_a_tampered_upload_address_is_refused(tell: Tell) -> None:
    world = tell("enrolled")
    (part,) = world.as_("mia").does("/evidence", offer(world, NOTES, "text/plain"))["parts"]
    refused(put(world, part["url"].replace("signature=", "signature=0"), NOTES), UploadUrlInvalid)
    refused(put(world, part["url"].replace("expires=1", "expires=2"), NOTES), UploadUrlInvalid)


def test_other_bytes_than_announced_are_refused_on_the_way(tell: Tell) -> None:
    world = tell("enrolled")
    (part,) = world.as_("mia").does("/evidence", offer(world, NOTES, "text/plain"), name="draft")["parts"]
    refused(put(world, part["url"], NOTES[:-1]), ContentSizeMismatch)
    refused(put(world, part["url"], NOTES + b"."), UploadTooLarge)
    refused(put(world, part["url"], NOTES[:-2] + b"!\n"), ContentHashMismatch)
    refused(world.as_("mia").post("/evidence/{draft}/upload", {"version": 1}), UploadMissing)


@pytest.mark.parametrize(
    ("refusal", "content", "media_type"),
    [
        (ContentTypeMismatch, files.picture("PNG"), "application/pdf"),
        (ContentTypeNotAllowed, files.EXECUTABLE, "application/pdf"),
        (ContentTypeNotAllowed, b"<script>alert(1)</script>", "text/plain"),
        (ContentUnreadable, files.pdf()[:60], "application/pdf"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_not_sealed(
    tell: Tell, refusal: type[Rejected], content: bytes, media_type: str
) -> None:
    world = tell("enrolled")
    mia = world.as_("mia")
    (part,) = mia.does("/evidence", offer(world, content, media_type), name="draft")["parts"]
    assert put(world, part["url"], content).status_code == 204
    refused(mia.post("/evidence/{draft}/upload", {"version": 1}), refusal)
    (version,) = mia.sees("/evidence/{draft}")["versions"]
    assert (version["stage"], version["refusal"]) == ("refused", refusal.code)


def test_sealing_again_under_the_same_key_answers_the_same_even_later(tell: Tell) -> None:
    world = tell("enrolled")
    mia, once = world.as_("mia"), {"Idempotency-Key": "seal-1"}
    (part,) = mia.does("/evidence", offer(world, NOTES, "text/plain"), name="draft")["parts"]
    put(world, part["url"], NOTES)
    first = mia.does("/evidence/{draft}/upload", {"version": 1}, headers=once)
    mia.does("/evidence/{draft}/submission", SUBMIT)
    assert mia.does("/evidence/{draft}/upload", {"version": 1}, headers=once) == first
    refused(mia.post("/evidence/{draft}/upload", {"version": 1}), EvidenceVersionFixed)


def test_evidence_that_is_not_there_is_not_found(tell: Tell) -> None:
    world = tell("submitted")
    mia = world.as_("mia")
    refused(mia.get(f"/evidence/{uuid4()}"), NotVisible)
    refused(mia.post("/evidence/{evidence}/upload", {"version": 2}), EvidenceUnknown)
    refused(mia.get("/evidence/{evidence}/content?version=2"), EvidenceUnknown)
    refused(mia.post("/evidence/{enrolment}/submission", SUBMIT), NotVisible)


# --- submission and versions ------------------------------------------------------------------------------------------


def test_a_file_that_has_not_arrived_is_not_handed_in(tell: Tell) -> None:
    world = tell("enrolled")
    mia = world.as_("mia")
    mia.does("/evidence", offer(world, NOTES, "text/plain"), name="draft")
    refused(mia.post("/evidence/{draft}/submission", SUBMIT), EvidenceNotSealed)


@pytest.mark.parametrize(
    "declaration",
    [
        {"wording": "authenticity/0", "ai_use": "none"},
        {"wording": "authenticity/1", "ai_use": "assisted"},
        {"wording": "authenticity/1", "ai_use": "assisted", "ai_detail": "  "},
    ],
)
def test_handing_in_needs_the_declaration_shown(tell: Tell, declaration: dict[str, str]) -> None:
    body = {"version": 1, "declaration": declaration}
    refused(tell("sealed").as_("mia").post("/evidence/{evidence}/submission", body), DeclarationMissing)


def test_a_draft_is_described_before_it_is_handed_in(tell: Tell) -> None:
    world = tell("enrolled")
    mia, plan = world.as_("mia"), files.pdf()
    receipt = mia.does("/evidence", {**offer(world, plan, title="IMG_2093"), "produced_on": None}, name="evidence")
    put(world, receipt["parts"][0]["url"], plan)
    mia.does("/evidence/{evidence}/upload", {"version": 1})
    assert mia.sees("/evidence/{evidence}")["versions"][0]["produced_on"] is None
    refused(mia.post("/evidence/{evidence}/submission", SUBMIT), ProductionDateMissing)
    described = {"version": 1, "title": "Front light", "produced_on": TODAY}
    refused(mia.post("/evidence/{evidence}/description", {**described, "produced_on": TOMORROW}), ProductionDateInvalid)
    mia.does("/evidence/{evidence}/description", described)
    mia.does("/evidence/{evidence}/submission", SUBMIT)
    refused(mia.post("/evidence/{evidence}/description", described), EvidenceAlreadySubmitted)
    (version,) = world.as_("assessor").sees("/evidence/{evidence}")["versions"]
    assert (version["title"], version["produced_on"]) == ("Front light", TODAY)
    assert world.as_("assessor").sees("/queues/assessor")["items"][0]["title"] == "Front light"


def test_only_the_apprentice_declares_the_work_their_own(tell: Tell) -> None:
    refused(tell("submitted").as_("coach").post("/evidence/{evidence}/submission", SUBMIT), DeclarationNotOwn)


def test_what_was_handed_in_is_not_handed_in_or_discarded_again(tell: Tell) -> None:
    mia = tell("submitted").as_("mia")
    refused(mia.post("/evidence/{evidence}/submission", SUBMIT), EvidenceAlreadySubmitted)
    refused(mia.post("/evidence/{evidence}/discard", {"version": 1}), EvidenceAlreadySubmitted)


def test_a_returned_version_is_followed_by_a_new_one_and_stays_readable(tell: Tell) -> None:
    world = tell("submitted")
    mia, assessor, newer = world.as_("mia"), world.as_("assessor"), files.pdf((300, 300), (300, 300))
    assessor.does("/evidence/{evidence}/return", {"version": 1, "reason": "Page two is missing."})
    body = {name: value for name, value in offer(world, newer).items() if name != "enrolment_id"}
    receipt = mia.does("/evidence/{evidence}/versions", body)
    assert receipt["version_number"] == 2
    refused(mia.post("/evidence/{evidence}/versions", body), EvidenceVersionFixed)
    put(world, receipt["parts"][0]["url"], newer)
    mia.does("/evidence/{evidence}/upload", {"version": 2})
    assert [v["number"] for v in assessor.sees("/evidence/{evidence}")["versions"]] == [1]
    mia.does("/evidence/{evidence}/submission", {**SUBMIT, "version": 2})
    stages = [(v["stage"], [c["code"] for c in v["claims"]]) for v in assessor.sees("/evidence/{evidence}")["versions"]]
    assert stages == [("replaced", ["K1", "S11"]), ("submitted", [])]
    assert assessor.get("/evidence/{evidence}/content").data == newer
    assert assessor.get("/evidence/{evidence}/content?version=1").data == files.pdf((595, 842))
    refused(mia.post("/evidence/{evidence}/claims", {"version": 1, "codes": ["K2"]}), EvidenceWithdrawnAlready)


def test_what_waits_is_accepted_once_and_what_was_accepted_is_still_returned(tell: Tell) -> None:
    world = tell("submitted")
    assessor, back = world.as_("assessor"), {"version": 1, "reason": "Page two is missing."}
    assessor.does("/evidence/{evidence}/acceptance", {"version": 1})
    refused(assessor.post("/evidence/{evidence}/acceptance", {"version": 1}), EvidenceNotSubmitted)
    refused(world.as_("coach").post("/evidence/{evidence}/return", back), AssessorConflicted)
    assessor.does("/evidence/{evidence}/return", back)
    assert [each["stage"] for each in world.as_("mia").sees("/evidence/{evidence}")["versions"]] == ["returned"]
    refused(assessor.post("/evidence/{evidence}/return", back), EvidenceNotSubmitted)
    refused(world.as_("mia").post("/evidence/{evidence}/acceptance", {"version": 1}), NotPermitted)


def test_a_draft_is_discarded_bytes_and_all(tell: Tell) -> None:
    world = tell("sealed")
    mia = world.as_("mia")
    objects = [path for path in (world.folder / "vault/objects").rglob("*") if path.is_file()]
    assert len(objects) == 1
    mia.does("/evidence/{evidence}/discard", {"version": 1})
    assert not objects[0].exists()
    assert mia.sees("/enrolments/{enrolment}/evidence")["items"] == []
    for path in ("", "/content", "/content?version=1", "/upload"):
        refused(mia.get(f"/evidence/{{evidence}}{path}"), NotVisible)


def test_a_version_is_withdrawn_unless_a_decision_cites_it(tell: Tell) -> None:
    world = tell("submitted")
    mia = world.as_("mia")
    body = {"version": 1, "reason": "Wrong file."}
    mia.does("/evidence/{evidence}/withdrawal", body)
    refused(mia.post("/evidence/{evidence}/withdrawal", body), EvidenceWithdrawnAlready)
    refused(world.as_("assessor").get("/evidence/{evidence}"), NotVisible)
    assert mia.sees("/evidence/{evidence}")["versions"][0]["stage"] == "withdrawn"


def test_what_a_decision_cites_stays(tell: Tell) -> None:
    world = tell("submitted")
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    findings = [finding_on(world, code) for code in ("S11", "S12")]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})
    shown = assessor.sees("/assessments/{attempt}/context")["shown"]
    body = {"grade": "pass", "reasons": "Met.", "context_hash": shown}
    assessor.does("/assessments/{attempt}/decisions", body)
    refused(
        world.as_("mia").post("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "No."}), EvidenceAlreadyCited
    )


def finding_on(world: World, code: str) -> dict[str, Any]:
    world.ids.setdefault("observation", world["evidence"])
    return finding(world, code, cites=[cite(world, "evidence")])


# --- claims -----------------------------------------------------------------------------------------------------------


def test_claims_stand_with_their_place_until_dropped(tell: Tell) -> None:
    world = tell("submitted")
    mia = world.as_("mia")
    mia.does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K2", "K1"]})
    mia.does("/evidence/{evidence}/claims/dropped", {"version": 1, "code": "S11"})
    (version,) = mia.sees("/evidence/{evidence}")["versions"]
    assert version["claims"] == [
        {
            "code": "K1",
            "place": SELECTOR,
            "fragment": "page=1&viewrect=10,20,100,50",
            "where": "page 1, the marked area",
        },
        {"code": "K2", "place": None, "fragment": "", "where": ""},
    ]
    refused(mia.post("/evidence/{evidence}/claims/dropped", {"version": 1, "code": "S11"}), ClaimVersionMismatch)


def test_only_the_apprentice_claims_and_only_codes_of_their_route(tell: Tell) -> None:
    world = tell("submitted")
    body = {"version": 1, "codes": ["K2"]}
    refused(world.as_("coach").post("/evidence/{evidence}/claims", body), ClaimNeedsApprentice)
    refused(world.as_("assessor").post("/evidence/{evidence}/claims", body), NotPermitted)
    problem = refused(
        world.as_("mia").post("/evidence/{evidence}/claims", {**body, "codes": ["K26", "K2", "K99"]}), OutcomeNotInRoute
    )
    assert problem["codes"] == ["K26", "K99"]


def test_a_claim_an_assessor_answered_stays(tell: Tell) -> None:
    world = tell("found")
    body = {"findings": [finding(world, "S11", cites=[cite(world, "evidence")])]}
    world.as_("assessor").does("/assessments/{attempt}/findings", body)
    dropped = {"version": 1, "code": "S11"}
    refused(world.as_("mia").post("/evidence/{evidence}/claims/dropped", dropped), ClaimAlreadyAnswered)
