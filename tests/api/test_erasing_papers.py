"""Over HTTP: the scan of a signed paper goes for good once two people said so, and what it says stays (ERASURE-3)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.enrolment.refusals import PaperUnknown
from portfolio.domain.erasure import (
    ErasureByOneAlone,
    ErasureNeedsFreePerson,
    ErasureNotApproved,
    ErasureUnderWay,
    FileWasErased,
)
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.test_papers import (
    PAPERS,
    announced,
    another_officer,
    declares,
    differences,
    lodged_by_coach,
    sealed,
    taken_back,
    to_appeal,
    to_move,
)
from tests.api.world import TODAY, World, appeal, refused

WHY = {"reason": "Page 1 shows somebody else's passport."}
SENTENCE = "The file was erased on 2 November 2026, as two people approved: Page 1 shows somebody else's passport."


def erased(world: World, paper: UUID) -> None:
    world.as_("responsible").does(f"/enrolments/{{enrolment}}/papers/{paper}/erasure", WHY)
    world.as_("admin").does(f"/enrolments/{{enrolment}}/papers/{paper}/erasure/confirmation", WHY)
    world.reads.settle()


def shown(world: World, who: str) -> dict[str, Any]:
    paper: dict[str, Any] = world.as_(who).sees(PAPERS)["items"][-1]
    return paper


def test_a_scan_is_gone_once_two_people_said_so_and_what_the_paper_says_stays_in_force(tell: Tell) -> None:
    world = tell("enrolled")
    paper = sealed(world, to_move(world, "lead"))
    before = shown(world, "mia")
    world.as_("responsible").does(f"{PAPERS}/{paper}/erasure", WHY)
    world.reads.settle()
    assert world.as_("mia").get(f"{PAPERS}/{paper}/content").status_code == 200
    assert shown(world, "lead")["erasure"] == {**WHY, "stage": "approved", "erased_on": None}
    world.as_("admin").does(f"{PAPERS}/{paper}/erasure/confirmation", {"reason": "So it does."})
    world.reads.settle()
    assert list(world.services.vault.objects()) == []
    after = shown(world, "mia")
    assert after.pop("erasure") == {**WHY, "stage": "erased", "erased_on": "2026-11-02"}
    assert after == {name: value for name, value in before.items() if name != "erasure"}
    for who in ("mia", "lead", "responsible"):
        problem = refused(world.as_(who).get(f"{PAPERS}/{paper}/content"), FileWasErased)
        assert (problem["status"], problem["detail"]) == (410, SENTENCE)
    assert differences(world) == []
    (given,) = world.as_("mia").sees("/enrolments/{enrolment}")["consents"]
    assert (given["paper_id"], given["taken_back"]) == (str(paper), False)
    told = [entry["sentence"] for entry in world.as_("mia").sees("/enrolments/{enrolment}/audit-trail")["items"]]
    assert [each for each in told if "erased" in each] == [
        "approved that the scan of a paper that Mia signed is erased for good: Page 1 shows somebody else's passport.",
        "confirmed as the second person that the scan of a paper that Mia signed is erased: So it does.",
        "erased the scan of a paper that Mia signed; what the paper said stays in force.",
    ]


def test_a_route_is_changed_by_a_consent_whose_scan_is_gone(tell: Tell) -> None:
    world = tell("enrolled")
    another_officer(world, "stranger")
    declares(world, "stranger")
    paper = sealed(world, to_move(world))
    world.as_("responsible").does(f"{PAPERS}/{paper}/erasure", WHY)
    refused(world.as_("admin").post(f"{PAPERS}/{paper}/erasure/confirmation", WHY), ErasureNeedsFreePerson)
    world.as_("stranger").does(f"{PAPERS}/{paper}/erasure/confirmation", WHY)
    world.reads.settle()
    body = {"route": "LET", "form_id": world["form"], "effective_on": TODAY, "reason": "A new job."}
    world.as_("admin").does("/enrolments/{enrolment}/route", body)


def test_nobody_erases_a_scan_alone_or_twice_and_what_is_dropped_stays(tell: Tell) -> None:
    world = tell("enrolled")
    paper = sealed(world, to_move(world, "lead"))
    path = f"{PAPERS}/{paper}/erasure"
    responsible, admin = world.as_("responsible"), world.as_("admin")
    refused(admin.post(f"{path}/confirmation", WHY), ErasureNotApproved)
    responsible.does(path, WHY)
    refused(responsible.post(path, WHY), ErasureUnderWay)
    refused(responsible.post(f"{path}/confirmation", WHY), ErasureByOneAlone)
    admin.does(f"/enrolments/{{enrolment}}/papers/{paper}/erasure/dropped", WHY)
    refused(admin.post(f"{path}/dropped", WHY), ErasureNotApproved)
    world.reads.settle()
    assert shown(world, "mia")["erasure"] is None
    assert len(list(world.services.vault.objects())) == 1
    responsible.does(path, WHY)
    admin.does(f"{path}/confirmation", WHY)
    world.reads.settle()
    for each in (path, f"{path}/confirmation", f"{path}/dropped"):
        refused(responsible.post(each, WHY), FileWasErased)


def test_who_may_not_is_turned_away_and_only_a_sealed_paper_is_there(tell: Tell) -> None:
    world = tell("enrolled")
    path = f"{PAPERS}/{sealed(world, to_move(world, 'lead'))}/erasure"
    for who in ("mia", "coach", "employer", "assessor", "lead", "officer"):
        for each in (path, f"{path}/confirmation", f"{path}/dropped"):
            refused(world.as_(who).post(each, WHY), NotPermitted)
    refused(world.as_("admin").post(path, WHY), NotPermitted)
    refused(world.as_("stranger").post(path, WHY), NotVisible)
    for paper in (announced(world, to_move(world, "lead")), uuid4()):
        for each in ("erasure", "erasure/confirmation", "erasure/dropped"):
            refused(world.as_("responsible").post(f"{PAPERS}/{paper}/{each}", WHY), PaperUnknown)


@pytest.mark.parametrize("name", ["coach", "lead"])
def test_who_has_a_part_or_is_named_leaves_it_to_others(tell: Tell, name: str) -> None:
    world = tell("enrolled")
    path = f"{PAPERS}/{sealed(world, to_move(world, 'lead'))}/erasure"
    another_officer(world, name)
    if name == "coach":
        refused(world.as_(name).post(path, WHY), InterestNotDeclared)
        declares(world, name)
    refused(world.as_(name).post(path, WHY), ErasureNeedsFreePerson)


def test_a_paper_is_held_while_the_appeal_is_open_that_it_is_about(tell: Tell) -> None:
    world = tell("decided")
    lodged_by_coach(world)
    consented = shown(world, "mia")["paper_id"]
    withdrawing = sealed(world, taken_back(world))
    moving = sealed(world, to_move(world, "lead"))
    for paper in (consented, withdrawing):
        refused(world.as_("responsible").post(f"{PAPERS}/{paper}/erasure", WHY), RecordOnHold)
    erased(world, moving)
    world.as_("responsible").does("/appeals/{appeal}/withdrawal-on-paper", {"paper_id": withdrawing})
    for paper in (consented, withdrawing):
        erased(world, UUID(str(paper)))
    assert [world.services.vault.digest(each) for each in (moving, withdrawing)] == [None, None]
    assert world.as_("mia").sees("/appeals/{appeal}")["status"] == "withdrawn"


def test_a_paper_waits_for_the_end_of_an_appeal_that_was_lodged_after_the_second_person_confirmed(tell: Tell) -> None:
    world = tell("decided")
    paper = sealed(world, to_appeal(world))
    world.as_("responsible").does(f"{PAPERS}/{paper}/erasure", WHY)
    world.as_("admin").does(f"{PAPERS}/{paper}/erasure/confirmation", WHY)
    world.as_("coach").does("/appeals", appeal(world), name="appeal")
    world.reads.settle()
    assert shown(world, "mia")["erasure"]["stage"] == "confirmed"
    assert world.as_("mia").get(f"{PAPERS}/{paper}/content").status_code == 200
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    world.now += timedelta(minutes=61)
    world.reads.settle()
    assert shown(world, "mia")["erasure"]["stage"] == "erased"
