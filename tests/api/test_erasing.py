"""Over HTTP: a file goes for good once two people said so, and everybody who asks for it is told (ERASURE-3)."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.erasure import (
    ErasureByOneAlone,
    ErasureNeedsFreePerson,
    ErasureNotApproved,
    ErasureUnderWay,
    FileWasErased,
    NothingToErase,
)
from portfolio.domain.evidence.erasure import FileErased
from portfolio.domain.evidence.refusals import EvidenceUnknown
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import DECLARED, NOTES, SELECTOR, World, appeal, finding, hand_in, of_the_work, offer, put, refused
from tests.infra.vault import files

PDF = files.pdf((595, 842))
WHY = {"version": 1, "reason": "Page 1 shows somebody else's passport."}
SENTENCE = "The file was erased on 2 November 2026, as two people approved: Page 1 shows somebody else's passport."


def erased(world: World, name: str = "evidence", version: int = 1) -> None:
    """Let a responsible officer approve and an administrator confirm that a file is erased, and wait until it is."""
    why = {**WHY, "version": version}
    world.as_("responsible").does(f"/evidence/{{{name}}}/erasure", why)
    world.as_("admin").does(f"/evidence/{{{name}}}/erasure/confirmation", why)
    world.reads.settle()


def objects(world: World) -> set[Any]:
    return set(world.services.vault.objects())


def content(world: World, who: str, name: str = "evidence", **query: Any) -> TestResponse:
    return world.as_(who).get(f"/evidence/{{{name}}}/content", query_string=query)


def shown(world: World, who: str, name: str = "evidence") -> dict[str, Any]:
    version: dict[str, Any] = world.as_(who).sees(f"/evidence/{{{name}}}")["versions"][-1]
    return version


def test_a_file_is_gone_once_two_people_said_so_and_what_was_recorded_of_it_stays(tell: Tell) -> None:
    world = tell("submitted")
    before = shown(world, "assessor")
    assert len(objects(world)) == 1
    world.as_("responsible").does("/evidence/{evidence}/erasure", WHY)
    world.reads.settle()
    assert content(world, "mia").data == PDF
    assert shown(world, "mia")["erasure"] == {"reason": WHY["reason"], "stage": "approved", "erased_on": None}
    world.as_("admin").does("/evidence/{evidence}/erasure/confirmation", {"version": 1, "reason": "So it does."})
    world.reads.settle()
    assert objects(world) == set()
    after = shown(world, "assessor")
    assert after.pop("erasure") == {"reason": WHY["reason"], "stage": "erased", "erased_on": "2026-11-02"}
    assert after.pop("claims") == []
    assert after == {name: value for name, value in before.items() if name not in ("erasure", "claims")}
    told = [entry["sentence"] for entry in world.as_("mia").sees("/enrolments/{enrolment}/audit-trail")["items"]]
    assert [each for each in told if "erased" in each] == [
        "approved that the file of version 1 is erased for good: Page 1 shows somebody else's passport.",
        "confirmed as the second person that the file of version 1 is erased: So it does.",
        "erased the file of version 1 and its previews; what was recorded of it stays.",
    ]


@pytest.mark.parametrize("who", ["mia", "assessor", "coach", "employer", "responsible"])
def test_whoever_asks_for_an_erased_file_is_told_when_it_went_and_why(tell: Tell, who: str) -> None:
    world = tell("submitted")
    erased(world)
    for path in ("content", "previews", "preview?part=page"):
        problem = refused(world.as_(who).get(f"/evidence/{{evidence}}/{path}"), FileWasErased)
        assert problem["status"] == 410
        assert problem["detail"] == SENTENCE


def test_its_previews_go_with_it(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("assessor").get("/evidence/{evidence}/preview?part=page")
    world.previews.settle()
    assert list(world.previews.store.entries())
    world.as_("assessor").get("/evidence/{evidence}/preview?part=page&page=1")
    erased(world)
    assert list(world.previews.store.entries()) == []


def test_a_preview_that_is_made_while_its_file_goes_is_not_kept(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("assessor").get("/evidence/{evidence}/preview?part=page")
    (making,) = world.previews.asked
    for entry in list(objects(world)):
        world.services.vault.discard(entry)
    with pytest.raises(Exception, match="missing or no longer"):
        world.previews.make(making)
    assert list(world.previews.store.entries()) == []


def test_nobody_erases_a_file_alone_and_nobody_has_it_erased_twice(tell: Tell) -> None:
    world = tell("submitted")
    responsible, admin = world.as_("responsible"), world.as_("admin")
    refused(admin.post("/evidence/{evidence}/erasure/confirmation", WHY), ErasureNotApproved)
    responsible.does("/evidence/{evidence}/erasure", WHY)
    refused(responsible.post("/evidence/{evidence}/erasure", WHY), ErasureUnderWay)
    refused(responsible.post("/evidence/{evidence}/erasure/confirmation", WHY), ErasureByOneAlone)
    world.reads.settle()
    assert len(objects(world)) == 1
    admin.does("/evidence/{evidence}/erasure/confirmation", WHY)
    refused(admin.post("/evidence/{evidence}/erasure/dropped", WHY), ErasureUnderWay)
    world.reads.settle()
    for path in ("erasure", "erasure/confirmation", "erasure/dropped"):
        refused(responsible.post(f"/evidence/{{evidence}}/{path}", WHY), FileWasErased)


def test_what_is_dropped_is_not_erased(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("responsible").does("/evidence/{evidence}/erasure", WHY)
    world.as_("admin").does("/evidence/{evidence}/erasure/dropped", {"version": 1, "reason": "It is her own."})
    refused(world.as_("admin").post("/evidence/{evidence}/erasure/confirmation", WHY), ErasureNotApproved)
    world.reads.settle()
    assert content(world, "mia").data == PDF
    assert shown(world, "mia")["erasure"] is None


def test_who_may_not_is_turned_away(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("responsible").does("/evidence/{evidence}/erasure", WHY)
    for who in ("mia", "coach", "employer", "assessor", "lead", "quality"):
        for path in ("erasure", "erasure/confirmation", "erasure/dropped"):
            refused(world.as_(who).post(f"/evidence/{{evidence}}/{path}", WHY), NotPermitted)
    refused(world.as_("admin").post("/evidence/{evidence}/erasure", WHY), NotPermitted)
    for who in ("stranger", "noah"):
        refused(world.as_(who).post("/evidence/{evidence}/erasure", WHY), NotVisible)


def test_an_officer_with_a_part_or_without_a_declaration_leaves_it_to_others(tell: Tell) -> None:
    world = tell("submitted")
    for who in ("assessor", "third"):
        world.as_("admin").does(f"/people/{{{who}}}/roles", {"role": "responsible officer"})
    refused(world.as_("assessor").post("/evidence/{evidence}/erasure", WHY), ErasureNeedsFreePerson)
    refused(world.as_("third").post("/evidence/{evidence}/erasure", WHY), InterestNotDeclared)
    world.as_("third").does("/people/{third}/interests", {"apprentice": world["mia"], "interest": "personal"})
    refused(world.as_("third").post("/evidence/{evidence}/erasure", WHY), ErasureNeedsFreePerson)


def test_nothing_is_erased_that_a_decision_rests_on_while_it_is_appealed(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does("/evidence/{evidence}/erasure", WHY)
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    refused(world.as_("admin").post("/evidence/{evidence}/erasure/confirmation", WHY), RecordOnHold)
    world.as_("admin").does("/evidence/{evidence}/erasure/dropped", WHY)
    refused(world.as_("responsible").post("/evidence/{evidence}/erasure", WHY), RecordOnHold)
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    erased(world)
    assert world.as_("mia").sees("/assessments/{attempt}")["decisions"][0]["grade"] == "pass"
    assert objects(world) == set()


def test_what_was_written_is_no_file_and_a_draft_is_nobody_elses(tell: Tell) -> None:
    world = tell("found")
    refused(world.as_("responsible").post("/evidence/{observation}/erasure", WHY), NothingToErase)
    mia = world.as_("mia")
    described = {name: value for name, value in offer(world, PDF).items() if name != "enrolment_id"}
    (part,) = mia.does("/evidence/{evidence}/versions", described)["parts"]
    put(world, part["url"], PDF)
    mia.does("/evidence/{evidence}/upload", {"version": 2})
    refused(world.as_("responsible").post("/evidence/{evidence}/erasure", {**WHY, "version": 2}), EvidenceUnknown)
    mia.does("/evidence/{evidence}/submission", {"version": 2, "declaration": DECLARED})
    mia.does("/evidence/{evidence}/withdrawal", {"version": 2, "reason": "Wrong file."})
    assert len(objects(world)) == 2
    erased(world, version=2)
    assert len(objects(world)) == 1
    assert content(world, "mia", version=1).status_code == 200
    refused(content(world, "mia", version=2), FileWasErased)


def test_nothing_new_rests_on_an_erased_file_and_another_one_follows_it(tell: Tell) -> None:
    world = tell("found")
    erased(world)
    mia, assessor = world.as_("mia"), world.as_("assessor")
    refused(mia.post("/evidence/{evidence}/claims", {"version": 1, "codes": ["K2"]}), FileWasErased)
    refused(assessor.post("/evidence/{evidence}/acceptance", {"version": 1}), FileWasErased)
    remark = {
        "kind": "formative",
        "audience": "assessors",
        "text": "Again, please.",
        "sha256": shown(world, "mia")["sha256"],
    }
    at_a_place = {**remark, "version": 1, "selector": SELECTOR}
    refused(assessor.post("/evidence/{evidence}/annotations", at_a_place), FileWasErased)
    assessor.does("/evidence/{evidence}/annotations", {**remark, "version": 1, "selector": {"type": "whole item"}})
    cited = assessor.post("/assessments/{attempt}/findings", {"findings": [of_the_work(world, "S11")]})
    assert cited.status_code == 409
    assessor.does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]})
    assessor.does("/evidence/{evidence}/return", {"version": 1, "reason": "Its file is gone."})
    described = {name: value for name, value in offer(world, NOTES, "text/plain").items() if name != "enrolment_id"}
    mia.does("/evidence/{evidence}/versions", described)


def test_no_words_are_quoted_from_a_text_that_was_erased(tell: Tell) -> None:
    world = tell("submitted")
    hand_in(world, "notes", NOTES, "text/plain")
    quote = {"type": "text quote", "exact": "six lanterns"}
    remark = {"version": 1, "kind": "pointer", "audience": "assessors", "text": "Here.", "selector": quote}
    remark |= {"sha256": shown(world, "assessor", "notes")["sha256"]}
    world.as_("assessor").does("/evidence/{notes}/annotations", remark)
    erased(world, "notes")
    refused(world.as_("assessor").post("/evidence/{notes}/annotations", remark), FileWasErased)
    claim = {"version": 1, "codes": ["K3"], "place": quote}
    refused(world.as_("mia").post("/evidence/{notes}/claims", claim), FileWasErased)
    (kept,) = shown(world, "assessor", "notes")["annotations"]
    assert kept["selector"]["exact"] == "six lanterns"


def test_a_decision_does_not_rest_on_what_was_erased_until_the_code_is_judged_anew(tell: Tell) -> None:
    world = tell("found")
    assessor = world.as_("assessor")
    assessor.does("/assessments/{attempt}/findings", {"findings": [of_the_work(world, "S11")]})
    erased(world)
    context = assessor.sees("/assessments/{attempt}/context")
    named = {each["evidence_id"] for each in context["available"]} if "available" in context else set()
    assert str(world["evidence"]) not in named
    decision = {"grade": "pass", "reasons": "Both codes are met.", "context_hash": context["shown"]}
    assert assessor.post("/assessments/{attempt}/decisions", decision).status_code == 409
    assessor.does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]})
    shown_now = assessor.sees("/assessments/{attempt}/context")["shown"]
    assessor.does("/assessments/{attempt}/decisions", {**decision, "context_hash": shown_now})


def test_a_file_that_waits_for_another_role_is_not_said_to_be_gone_and_is_tried_again_each_hour(tell: Tell) -> None:
    world = tell("submitted")
    vault: Any = world.services.vault
    (object_id,) = objects(world)
    shard = world.folder / "vault" / "objects" / str(object_id)[:2]
    (shard / str(object_id)).rename(world.folder / "elsewhere")
    (shard / str(object_id)).mkdir()  # which is not unlinked
    erased(world)
    assert shown(world, "mia")["erasure"]["stage"] == "confirmed"
    (shard / str(object_id)).rmdir()
    (world.folder / "elsewhere").rename(shard / str(object_id))
    assert content(world, "mia").data == PDF
    world.now += timedelta(minutes=59)
    world.reads.settle()
    assert shown(world, "mia")["erasure"]["stage"] == "confirmed"
    world.now += timedelta(minutes=2)
    world.reads.settle()
    assert shown(world, "mia")["erasure"]["stage"] == "erased"
    assert vault.digest(object_id) is None


def test_bytes_that_are_gone_before_the_record_says_so_are_not_missing(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("responsible").does("/evidence/{evidence}/erasure", WHY)
    world.as_("admin").does("/evidence/{evidence}/erasure/confirmation", WHY)
    for each in objects(world):
        world.services.vault.erase(each)
    refused(content(world, "mia"), FileWasErased)
    assert world.services.originals.check() is None
    world.reads.settle()
    assert [entry.fact for entry in world.journal.read(world["evidence"]) if isinstance(entry.fact, FileErased)]
