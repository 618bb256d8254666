"""What an apprentice who cannot sign in says on signed paper, over HTTP, on a real vault (CONSENT-3)."""

from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.fsck import files as files_checked
from portfolio.application.ports import ContentHashMismatch, UploadMissing
from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.state import AppealUnknown
from portfolio.domain.appeal.withdrawing import (
    AppealAlreadyDecided,
    AppealNotYours,
    PaperOvertaken,
    PaperSaysNothingOfIt,
)
from portfolio.domain.assessment.findings import FindingNeedsEvidence
from portfolio.domain.enrolment.refusals import (
    ConsentMissing,
    ConsentUnknown,
    EnrolmentUnknown,
    PaperKeptBefore,
    PaperNeedsFreeOfficer,
    PaperNotAScan,
    PaperOfAnother,
    PaperUnknown,
    PurposeUnknown,
)
from portfolio.domain.evidence.media import ContentTypeNotAllowed
from portfolio.domain.evidence.upload import EvidenceLimitReached
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import PersonUnknown
from tests.api.conftest import Tell
from tests.api.story import admitted, convened, lodged
from tests.api.world import TODAY, World, appeal, cite, consent, finding, put, refused, sha
from tests.infra.vault import files

SCAN = files.pdf((300, 200))
WIDTHS = count(301)
PAPERS = "/enrolments/{enrolment}/papers"


def announcement(says: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "says": says,
        "reason": "Has no phone since the accident.",
        "filename": "letter.pdf",
        "media_type": "application/pdf",
        "size": len(SCAN),
        "sha256": sha(SCAN),
        **fields,
    }


def to_appeal(world: World, who: str = "coach") -> dict[str, Any]:
    purpose = {"type": "appeal", "assessment_id": world["attempt"], "decision_id": world["decision"]}
    return {"type": "consent", "person_id": world[who], "purpose": purpose}


def to_move(world: World, who: str = "admin") -> dict[str, Any]:
    return {"type": "consent", "person_id": world[who], "purpose": {"type": "route", "route": "LET"}}


def announced(world: World, says: dict[str, Any], by: str = "responsible", scan: bytes = b"") -> UUID:
    scan = scan or files.pdf((next(WIDTHS), 200))
    receipt = world.as_(by).does(PAPERS, announcement(says, size=len(scan), sha256=sha(scan)))
    (part,) = receipt["parts"]
    assert put(world, part["url"], scan).status_code == 204
    return UUID(receipt["paper_id"])


def sealed(world: World, says: dict[str, Any], by: str = "responsible") -> UUID:
    paper = announced(world, says, by)
    world.as_(by).does(f"/enrolments/{{enrolment}}/papers/{paper}/upload")
    return paper


def another_officer(world: World, name: str) -> None:
    world.as_("admin").does(f"/people/{{{name}}}/roles", {"role": "responsible officer"})


def declares(world: World, name: str, interest: str = "none") -> None:
    world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world["mia"], "interest": interest})


def lodged_by_coach(world: World) -> None:
    sealed(world, to_appeal(world))
    world.as_("coach").does("/appeals", appeal(world), name="appeal")


def taken_back(world: World) -> dict[str, Any]:
    return {"type": "appeal withdrawn", "appeal_id": world["appeal"]}


def test_a_coach_appeals_with_consent_on_signed_paper_once(tell: Tell) -> None:
    world = tell("decided")
    refused(world.as_("coach").post("/appeals", appeal(world)), ConsentMissing)
    paper = announced(world, to_appeal(world))
    refused(world.as_("coach").post("/appeals", appeal(world)), ConsentMissing)
    world.as_("responsible").does(f"{PAPERS}/{paper}/upload")
    (given,) = world.as_("mia").sees("/enrolments/{enrolment}")["consents"]
    assert (given["person_id"], given["paper_id"]) == (str(world["coach"]), str(paper))
    world.as_("coach").does("/appeals", appeal(world), name="appeal")
    assert world.as_("mia").sees("/appeals/{appeal}")["appellant"] == str(world["coach"])
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    refused(world.as_("coach").post("/appeals", appeal(world)), ConsentMissing)


def test_an_administrator_moves_a_route_with_consent_on_signed_paper(tell: Tell) -> None:
    world = tell("enrolled")
    body = {"route": "LET", "form_id": world["form"], "effective_on": TODAY, "reason": "A new job."}
    sealed(world, to_move(world, "lead"))
    refused(world.as_("admin").post("/enrolments/{enrolment}/route", body), ConsentMissing)
    sealed(world, to_move(world))
    world.as_("admin").does("/enrolments/{enrolment}/route", body)


def test_consent_on_paper_is_taken_back_by_the_apprentices_command_or_by_another_paper(tell: Tell) -> None:
    world = tell("decided")
    mia = world.as_("mia")
    first = sealed(world, to_appeal(world))
    mia.does(f"/enrolments/{{enrolment}}/consents/{first}/withdrawal")
    refused(world.as_("coach").post("/appeals", appeal(world)), ConsentMissing)
    second = sealed(world, to_appeal(world))
    back = {"type": "consent taken back", "consent_id": second}
    again = announced(world, back)
    sealed(world, back)
    world.as_("responsible").does(f"{PAPERS}/{again}/upload")
    refused(world.as_("coach").post("/appeals", appeal(world)), ConsentMissing)
    refused(world.as_("responsible").post(PAPERS, announcement(back)), ConsentUnknown)
    facts = [each["kind"] for each in mia.sees("/enrolments/{enrolment}/audit-trail")["items"]]
    assert facts.count("enrolment.consent-taken-back") == 2


def test_an_appeal_lodged_for_the_apprentice_is_withdrawn_on_signed_paper(tell: Tell) -> None:
    world = tell("decided")
    lodged_by_coach(world)
    path = "/appeals/{appeal}/withdrawal-on-paper"
    responsible = world.as_("responsible")
    refused(world.as_("coach").post("/appeals/{appeal}/withdrawal"), AppealNotYours)
    refused(responsible.post(path, {"paper_id": uuid4()}), PaperSaysNothingOfIt)
    consented = UUID(world.as_("mia").sees("/enrolments/{enrolment}")["consents"][0]["paper_id"])
    refused(responsible.post(path, {"paper_id": consented}), PaperSaysNothingOfIt)
    paper = announced(world, taken_back(world))
    refused(responsible.post(path, {"paper_id": paper}), PaperSaysNothingOfIt)
    responsible.does(f"{PAPERS}/{paper}/upload")
    assert world.as_("mia").sees("/appeals/{appeal}")["status"] == "lodged"
    for name in ("coach", "mia", "officer", "admin"):
        refused(world.as_(name).post(path, {"paper_id": paper}), NotPermitted)
    responsible.does(path, {"paper_id": paper})
    assert world.as_("mia").sees("/appeals/{appeal}")["status"] == "withdrawn"
    refused(responsible.post(path, {"paper_id": paper}), AppealAlreadyDecided)
    refused(responsible.post(PAPERS, announcement(taken_back(world))), AppealAlreadyDecided)
    last = world.as_("mia").sees("/enrolments/{enrolment}/audit-trail")["items"][-1]
    assert last["sentence"] == "withdrew the appeal, as Mia said on signed paper."


def test_a_paper_that_was_not_used_withdraws_nothing_after_the_apprentice_acted_on_the_appeal(tell: Tell) -> None:
    world = tell("lodged")
    paper = sealed(world, taken_back(world))
    world.as_("officer").does("/appeals/{appeal}/refusal", {"because": "out of time", "reason": "It came late."})
    world.as_("mia").does("/appeals/{appeal}/second-look", {"statement": "I want to go on."})
    path, responsible = "/appeals/{appeal}/withdrawal-on-paper", world.as_("responsible")
    refused(responsible.post(path, {"paper_id": paper}), PaperOvertaken)
    responsible.does(path, {"paper_id": sealed(world, taken_back(world))})


def test_an_officer_who_has_a_part_in_it_by_now_seals_no_paper_that_they_announced(tell: Tell) -> None:
    world = tell("decided")
    paper = announced(world, to_appeal(world))
    declares(world, "responsible", "personal")
    refused(world.as_("responsible").post(f"{PAPERS}/{paper}/upload"), PaperNeedsFreeOfficer)


def test_only_a_responsible_officer_who_declared_keeps_a_signed_paper(tell: Tell) -> None:
    world = tell("decided")
    for name in ("mia", "coach", "admin", "assessor", "officer", "lead"):
        refused(world.as_(name).post(PAPERS, announcement(to_appeal(world))), NotPermitted)
    another_officer(world, "stranger")
    refused(world.as_("stranger").post(PAPERS, announcement(to_appeal(world))), InterestNotDeclared)
    declares(world, "stranger")
    sealed(world, to_appeal(world), "stranger")
    another_officer(world, "mia")
    refused(world.as_("mia").post(PAPERS, announcement(to_appeal(world))), NotPermitted)


@pytest.mark.parametrize("name", ["coach", "employer"])
def test_whoever_has_a_tie_to_the_apprentice_keeps_no_signed_paper(tell: Tell, name: str) -> None:
    world = tell("enrolled")
    another_officer(world, name)
    declares(world, name)
    refused(world.as_(name).post(PAPERS, announcement(to_move(world))), PaperNeedsFreeOfficer)


def test_whoever_a_paper_names_neither_keeps_it_nor_one_that_takes_it_back(tell: Tell) -> None:
    world = tell("enrolled")
    another_officer(world, "lead")
    refused(world.as_("lead").post(PAPERS, announcement(to_move(world, "lead"))), PaperNeedsFreeOfficer)
    given = sealed(world, to_move(world, "lead"))
    back = announcement({"type": "consent taken back", "consent_id": given})
    refused(world.as_("lead").post(PAPERS, back), PaperNeedsFreeOfficer)
    sealed(world, to_move(world), "lead")


def test_whoever_has_an_interest_keeps_no_signed_paper(tell: Tell) -> None:
    world = tell("enrolled")
    declares(world, "responsible", "personal")
    refused(world.as_("responsible").post(PAPERS, announcement(to_move(world))), PaperNeedsFreeOfficer)


@pytest.mark.parametrize("name", ["assessor", "quality"])
def test_whoever_took_part_keeps_no_paper_about_an_appeal_but_one_about_a_route(tell: Tell, name: str) -> None:
    world = tell("decided")
    another_officer(world, name)
    refused(world.as_(name).post(PAPERS, announcement(to_appeal(world))), PaperNeedsFreeOfficer)
    sealed(world, to_move(world), name)
    lodged_by_coach(world)
    refused(world.as_(name).post(PAPERS, announcement(taken_back(world))), PaperNeedsFreeOfficer)
    paper = sealed(world, taken_back(world))
    refused(world.as_(name).post("/appeals/{appeal}/withdrawal-on-paper", {"paper_id": paper}), OfficerNotFree)


def test_whoever_set_a_decision_aside_keeps_no_paper_about_an_appeal(tell: Tell) -> None:
    world = tell("decided")
    void = {"decision_id": world["decision"], "reason_code": "marking error", "reason": "The wrong form."}
    world.as_("responsible").does("/assessments/{attempt}/voids", {**void, "bars": False, "bars_because": "A slip."})
    refused(world.as_("responsible").post(PAPERS, announcement(to_appeal(world))), PaperNeedsFreeOfficer)


def test_whoever_is_part_of_the_case_keeps_no_paper_about_it_and_withdraws_nothing(tell: Tell) -> None:
    world = tell("admitted")
    another_officer(world, "officer")
    refused(world.as_("officer").post(PAPERS, announcement(taken_back(world))), PaperNeedsFreeOfficer)
    paper = sealed(world, taken_back(world))
    refused(world.as_("officer").post("/appeals/{appeal}/withdrawal-on-paper", {"paper_id": paper}), OfficerNotFree)


def test_a_paper_is_about_what_there_is(tell: Tell) -> None:
    world = tell("decided")
    responsible = world.as_("responsible")
    nothing = {"type": "appeal", "assessment_id": world["attempt"], "decision_id": uuid4()}
    refused(responsible.post(PAPERS, announcement({**to_appeal(world), "purpose": nothing})), PurposeUnknown)
    refused(responsible.post(PAPERS, announcement({**to_appeal(world), "person_id": uuid4()})), PersonUnknown)
    unknown = {"type": "consent taken back", "consent_id": uuid4()}
    refused(responsible.post(PAPERS, announcement(unknown)), ConsentUnknown)
    refused(responsible.post(PAPERS, announcement({"type": "appeal withdrawn", "appeal_id": uuid4()})), AppealUnknown)
    refused(responsible.post(f"/enrolments/{uuid4()}/papers", announcement(to_appeal(world))), EnrolmentUnknown)


def test_a_paper_is_a_scan_that_is_not_empty(tell: Tell) -> None:
    world = tell("enrolled")
    responsible, says = world.as_("responsible"), to_move(world)
    refused(responsible.post(PAPERS, announcement(says, media_type="text/plain")), PaperNotAScan)
    refused(responsible.post(PAPERS, announcement(says, media_type="text/html")), ContentTypeNotAllowed)
    refused(responsible.post(PAPERS, announcement(says, size=0)), EvidenceLimitReached)
    answer = responsible.post(PAPERS, announcement(says, reason="  "))
    assert answer.status_code == 422


def test_a_paper_says_nothing_before_its_bytes_are_there_and_right(tell: Tell) -> None:
    world = tell("enrolled")
    receipt = world.as_("responsible").does(PAPERS, announcement(to_move(world)))
    path = f"{PAPERS}/{receipt['paper_id']}"
    refused(world.as_("responsible").post(f"{path}/upload"), UploadMissing)
    (part,) = receipt["parts"]
    refused(put(world, part["url"], bytes(len(SCAN))), ContentHashMismatch)
    refused(world.as_("responsible").get(f"{path}/content"), PaperUnknown)
    refused(world.as_("responsible").post(f"{PAPERS}/{uuid4()}/upload"), PaperUnknown)
    assert world.as_("mia").sees("/enrolments/{enrolment}")["consents"] == []
    assert put(world, part["url"], SCAN).status_code == 204
    world.as_("responsible").does(f"{path}/upload")
    version = world.as_("responsible").does(f"{path}/upload")["version"]
    assert world.as_("responsible").does(f"{path}/upload")["version"] == version, "sealed once"
    assert len(world.as_("mia").sees("/enrolments/{enrolment}")["consents"]) == 1


def test_a_paper_is_sealed_by_the_officer_who_announced_it(tell: Tell) -> None:
    world = tell("enrolled")
    another_officer(world, "stranger")
    declares(world, "stranger")
    paper = announced(world, to_move(world))
    refused(world.as_("stranger").post(f"{PAPERS}/{paper}/upload"), PaperOfAnother)
    assert list(world.services.vault.objects()) == [], "nothing is kept"
    world.as_("responsible").does(f"{PAPERS}/{paper}/upload")


def test_one_paper_says_one_thing_once(tell: Tell) -> None:
    world = tell("enrolled")
    first, second = announced(world, to_move(world), scan=SCAN), announced(world, to_move(world, "lead"), scan=SCAN)
    world.as_("responsible").does(f"{PAPERS}/{first}/upload")
    refused(world.as_("responsible").post(f"{PAPERS}/{second}/upload"), PaperKeptBefore)
    world.as_("mia").does(f"/enrolments/{{enrolment}}/consents/{first}/withdrawal")
    refused(world.as_("responsible").post(PAPERS, announcement(to_move(world))), PaperKeptBefore)
    assert differences(world) == []


def test_a_repeated_announcement_answers_the_first(tell: Tell) -> None:
    world = tell("enrolled")
    key = {"Idempotency-Key": "letter-1"}
    first = world.as_("responsible").does(PAPERS, announcement(to_move(world)), headers=key)
    again = world.as_("responsible").does(PAPERS, announcement(to_move(world)), headers=key)
    assert (again["paper_id"], again["version"]) == (first["paper_id"], first["version"])


def test_the_apprentice_the_person_named_and_whoever_hears_the_case_read_the_paper(tell: Tell) -> None:
    world = tell("convened")
    papers = [sealed(world, to_appeal(world)), sealed(world, to_move(world)), sealed(world, taken_back(world))]
    readers = {
        "mia": papers,
        "responsible": papers,
        "coach": papers[:1],
        "admin": papers[1:2],
        "officer": [papers[0], papers[2]],
        "chair": [papers[0], papers[2]],
        "assessor": [],
        "employer": [],
        "quality": [],
        "lead": [],
    }
    for name, readable in readers.items():
        caller = world.as_(name)
        assert [each["paper_id"] for each in caller.sees(PAPERS)["items"]] == list(map(str, readable)), name
        for paper in papers:
            answer = caller.get(f"{PAPERS}/{paper}/content")
            if paper in readable:
                assert (answer.status_code, answer.data[:4]) == (200, b"%PDF"), name
            else:
                refused(answer, PaperUnknown)
    refused(world.as_("noah").get(PAPERS), NotVisible)
    (first, *_) = world.as_("mia").sees(PAPERS)["items"]
    assert (first["name_of_officer"], first["sealed"]) == ("Responsible", True)
    assert first["reason"] == "Has no phone since the accident."
    trail = str(world.as_("quality").sees("/enrolments/{enrolment}/audit-trail"))
    assert "a paper that Mia signed" in trail
    assert "accident" not in trail, "the reason is for those who may read the paper"


def test_a_member_of_a_panel_reads_no_paper_about_another_case(tell: Tell) -> None:
    world = tell("lodged")
    paper = sealed(world, {"type": "appeal withdrawn", "appeal_id": world["appeal"]})
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    for step in (lodged, admitted, convened):
        step(world)
    own = sealed(world, to_appeal(world))
    assert [each["paper_id"] for each in world.as_("chair").sees(PAPERS)["items"]] == [str(own)]
    refused(world.as_("chair").get(f"{PAPERS}/{paper}/content"), PaperUnknown)
    assert [each["paper_id"] for each in world.as_("officer").sees(PAPERS)["items"]] == [str(paper), str(own)]


def test_a_signed_paper_is_never_evidence(tell: Tell) -> None:
    world = tell("found")
    before = {path: world.as_("assessor").sees(path) for path in ("/enrolments/{enrolment}/evidence",)}
    context = world.as_("assessor").sees("/assessments/{attempt}/context")
    readiness = world.as_("mia").sees("/enrolments/{enrolment}/readiness")
    paper = world.ids["paper"] = sealed(world, to_move(world))
    for path, answer in before.items():
        assert world.as_("assessor").sees(path) == answer
    assert world.as_("mia").sees("/enrolments/{enrolment}/readiness") == readiness
    now = world.as_("assessor").sees("/assessments/{attempt}/context")
    assert (now["available"], str(paper) in str(now)) == (context["available"], False)
    for name in ("mia", "responsible", "assessor"):
        refused(world.as_(name).get("/evidence/{paper}"), NotVisible)
        refused(world.as_(name).get("/evidence/{paper}/content"), NotVisible)
    judged = {"findings": [finding(world, "S11", cites=[cite(world, "paper")])]}
    refused(world.as_("assessor").post("/assessments/{attempt}/findings", judged), FindingNeedsEvidence)


def test_fsck_knows_the_bytes_of_a_signed_paper(tell: Tell) -> None:
    world = tell("enrolled")
    paper = sealed(world, to_move(world))
    assert differences(world) == []
    world.services.vault.discard(paper)
    (told,) = differences(world)
    assert told.startswith(f"the file {paper} of a signed paper, enrolment {world['enrolment']} is missing: put ")


def differences(world: World) -> list[str]:
    return [*files_checked.differences(world.journal, world.services.vault, lambda _done, _of: None)]


def test_consent_by_command_is_on_no_paper(tell: Tell) -> None:
    world = tell("enrolled")
    consent(world, "admin", type="route", route="LET")
    (given,) = world.as_("mia").sees("/enrolments/{enrolment}")["consents"]
    assert given["paper_id"] == str(UUID(int=0))
