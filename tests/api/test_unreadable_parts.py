"""A fact that cannot be read may have ended a part: whoever has it by a record that lacks one is let in nowhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portfolio.application.ports import FactUnreadable
from portfolio.domain.evidence.quota import Quota
from portfolio.domain.kernel import NotVisible
from tests.api.conftest import Tell
from tests.api.test_annotations import remark
from tests.api.test_unreadable import spoil
from tests.api.world import (
    BASE,
    ITEMS,
    NOTES,
    SELECTOR,
    World,
    assign,
    consent,
    offer,
    refused,
    released_next_day,
    upload,
)

HERE = (
    "/enrolments/{enrolment}",
    "/enrolments/{enrolment}/outline",
    "/enrolments/{enrolment}/readiness",
    "/enrolments/{enrolment}/evidence",
    "/enrolments/{enrolment}/attempts",
    "/enrolments/{enrolment}/decisions",
    "/enrolments/{enrolment}/appeals",
    "/enrolments/{enrolment}/audit-trail",
    "/enrolments/{enrolment}/papers",
    "/evidence/{evidence}",
    "/evidence/{evidence}/content?version=1",
    "/assessments/{attempt}",
)
PAGES = ("/enrolments/{enrolment}", "/evidence/{evidence}", "/evidence/{evidence}/content")
LISTS = ("/enrolments", "/appeals", "/queues/assessor", "/me")
OURS = {"Origin": BASE}


def ways_in(world: World, person: str, *more: str) -> list[str]:
    """Return by which addresses a person is shown anything of Mia's."""
    world.reads.settle()
    caller = world.as_(person)
    here = [path for path in (*HERE, *more) if "attempt" in world.ids or "attempt" not in path]
    addresses = [caller.path(path) for path in here] + [path.format_map(world.ids) for path in PAGES]
    shown = [each for each in addresses if caller.client.get(each, headers={"Accept": "text/html"}).status_code == 200]
    names = (str(world[name]) for name in ("enrolment", "evidence", "attempt", "appeal") if name in world.ids)
    listed = {path: caller.client.get(caller.path(path)).text for path in LISTS}
    listed["page"] = caller.client.get("/", headers={"Accept": "text/html"}).text
    for name in names:
        about = f"of the record {name})"  # what an answer lacks may be named in it
        shown += [path for path, text in listed.items() if name in text.replace(about, "")]
    return shown


def last_fact(world: World, name: str) -> int:
    return len(world.journal.read(world[name]))


@pytest.mark.parametrize(
    ("name", "assignment"),
    [
        ("coach", "coach"),
        ("employer", "employer"),
        ("assessor", "assessor"),
        ("quality", "internal quality assurer"),
    ],
)
def test_whose_part_may_have_ended_is_shown_nothing_by_it(tell: Tell, name: str, assignment: str) -> None:
    world = tell("found")
    assert ways_in(world, name)
    released_next_day(world, name, assignment)
    spoil(world, world["enrolment"], last_fact(world, "enrolment"))
    assert ways_in(world, name) == []


@pytest.mark.parametrize("name", ["coach", "assessor"])
def test_they_are_told_why_and_what_the_operator_can_do(tell: Tell, name: str) -> None:
    world = tell("found")
    released_next_day(world, name, name)
    spoil(world, world["enrolment"], last_fact(world, "enrolment"))
    for path in HERE[:5]:
        problem = refused(world.as_(name).get(path), FactUnreadable)
        assert "`portfolio fsck`" in problem["detail"]
    listed = world.as_(name).sees("/enrolments")
    assert listed["items"] == []
    assert any(str(world["enrolment"]) in each for each in listed["lacks"])


def test_whose_access_rests_on_other_records_goes_on(tell: Tell) -> None:
    world = tell("convened")
    spoil(world, world["enrolment"], last_fact(world, "enrolment"))
    for name in ("mia", "admin", "lead", "responsible", "officer", "chair", "member"):
        assert world.as_(name).get("/enrolments/{enrolment}").status_code == 200, name
        assert world.as_(name).get("/evidence/{evidence}").status_code == 200, name
        if name not in ("chair", "member"):
            assert len(world.as_(name).sees("/enrolments")["items"]) == 1, name


def test_a_stranger_learns_nothing_of_a_record_that_lacks_a_fact(tell: Tell) -> None:
    world = tell("found")
    spoil(world, world["enrolment"], last_fact(world, "enrolment"))
    assert world.as_("stranger").get("/enrolments/{enrolment}").status_code == 404
    assert world.as_("noah").get("/evidence/{evidence}").status_code == 404


def test_a_member_who_may_have_been_recused_is_shown_nothing_by_the_case(tell: Tell) -> None:
    world = tell("convened")
    more = ("/appeals/{appeal}", "/appeals/{appeal}/chronology")
    assert ways_in(world, "chair", *more)
    world.as_("chair").does("/appeals/{appeal}/panel/recusals", {"reason": "I know her family."})
    spoil(world, world["appeal"], last_fact(world, "appeal"))
    assert ways_in(world, "chair", *more) == []
    refused(world.as_("chair").get("/appeals/{appeal}"), FactUnreadable)
    for name in ("officer", "mia", "responsible"):
        assert world.as_(name).get("/appeals/{appeal}").status_code == 200, name
    assert world.as_("coach").get("/enrolments/{enrolment}").status_code == 200


def test_a_coach_whose_consent_may_have_been_taken_back_acts_for_nobody(tell: Tell) -> None:
    world = tell("decided")
    given = consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    context = "/assessments/{attempt}/decisions/{decision}/context"
    assert world.as_("coach").get(context).status_code == 200
    world.as_("mia").does(f"/enrolments/{{enrolment}}/consents/{given}/withdrawal")
    spoil(world, world["enrolment"], last_fact(world, "enrolment"))
    refused(world.as_("coach").get(context), FactUnreadable)


def suspended(world: World) -> None:
    world.as_("admin").does("/people/{assessor}/suspension", {"reason": "An inquiry."})


def role_ended(world: World) -> None:
    world.as_("admin").does("/people/{assessor}/roles/end", {"role": "assessor", "reason": "Left."})


@pytest.mark.parametrize("ended", [suspended, role_ended])
def test_whose_own_record_lacks_a_fact_is_let_in_nowhere(tell: Tell, ended: Callable[[World], None]) -> None:
    world = tell("found")
    token = world.tokens.issue(world["assessor"], timedelta(hours=1))
    cookie = world.services.sessions.open(link(world, "assessor"))
    other = link(world, "assessor")
    ended(world)
    spoil(world, world["assessor"], last_fact(world, "assessor"))
    client = world.app.test_client()
    client.set_cookie("portfolio", cookie)
    for path in (*HERE, *LISTS):
        address = world.as_("admin").path(path)
        refused(world.app.test_client().get(address, headers={"Authorization": f"Bearer {token}"}), FactUnreadable)
        refused(client.get(address), FactUnreadable)
    assert world.app.test_client().post("/sign-in", data={"code": f"code={other}"}, headers=OURS).status_code == 503
    assert client.post("/sign-out", headers=OURS).status_code == 303


def link(world: World, name: str) -> str:
    return str(world.services.sessions.issue_link(world[name])).rpartition("=")[2]  # type: ignore[attr-defined]


def test_work_that_may_have_been_withdrawn_is_shown_to_its_apprentice_alone(tell: Tell) -> None:
    world = tell("submitted")
    before = {name: ways_in(world, name) for name in ("coach", "assessor", "admin")}
    assert all("/v1/evidence" in " ".join(ways) for ways in before.values())
    world.as_("mia").does("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "Not mine."})
    spoil(world, world["evidence"], last_fact(world, "evidence"))
    for name in before:
        assert not [way for way in ways_in(world, name) if str(world["evidence"]) in way], name
        assert world.as_(name).sees("/enrolments/{enrolment}/evidence")["items"] == [], name
        refused(world.as_(name).get("/evidence/{evidence}"), FactUnreadable)
    assert len(world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"]) == 1
    assert world.as_("mia").get("/evidence/{evidence}").status_code == 200


def test_of_an_item_whose_handing_in_cannot_be_read_others_are_told_as_of_a_draft(tell: Tell) -> None:
    world = tell("found")
    world.as_("assessor").does("/evidence/{evidence}/acceptance", {"version": 1})
    kinds = [entry.tag for entry in world.journal.read(world["evidence"])]
    spoil(world, world["evidence"], kinds.index("evidence.submitted") + 1)
    path = "/enrolments/{enrolment}/audit-trail"
    assert "announced “Risk assessment”, version 1." in sentences(world.as_("mia").sees(path))
    assert "announced version 1." in sentences(world.as_("admin").sees(path))


def sentences(trail: Any) -> list[str]:
    return [item["sentence"] for item in trail["items"]]


def test_a_page_offers_no_form_for_a_record_that_takes_no_commands(tell: Tell) -> None:
    world = tell("sealed")
    page = f"/evidence/{world['evidence']}"
    assert "Hand in" in world.as_("mia").client.get(page, headers={"Accept": "text/html"}).text
    spoil(world, world["evidence"], 2)
    answer = world.as_("mia").client.get(page, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "<form" not in answer.text.partition("<main")[2]


def test_who_brings_more_work_is_not_kept_from_it_by_one_item_that_lacks_a_fact(tell: Tell) -> None:
    world = tell("sealed")
    upload(world, "second item", NOTES, "text/plain")
    spoil(world, world["evidence"], 1)
    spoil(world, world["second item"], 2)
    mia = world.as_("mia")
    mia.does("/evidence", offer(world, NOTES, "text/plain"), name="third")
    problem = mia.post("/evidence/{second item}/versions", offer(world, NOTES, "text/plain", enrolment_id=None))
    assert problem.status_code in (422, 503)


def test_files_of_items_that_lack_a_fact_still_count(tell: Tell) -> None:
    world = tell("sealed")
    upload(world, "second item", NOTES, "text/plain")
    spoil(world, world["second item"], 2)
    object.__setattr__(world.handler, "quota", Quota(drafts_of_person=2))
    body: dict[str, Any] = offer(world, NOTES, "text/plain")
    assert world.as_("mia").post("/evidence", body).get_json()["type"] == "/problems/too-many-drafts"


def test_an_appeal_of_which_nothing_can_be_read_hides_no_enrolment(tell: Tell) -> None:
    world = tell("convened")
    spoil(world, world["appeal"], 1)
    for name in ("mia", "coach", "assessor", "admin"):
        for path in ("/enrolments/{enrolment}", "/enrolments/{enrolment}/appeals", "/enrolments/{enrolment}/evidence"):
            answer = world.as_(name).get(path)
            assert answer.status_code == 200, (name, path, answer.text)
            assert any(str(world["appeal"]) in each for each in answer.get_json()["lacks"]), (name, path)
    assert world.as_("chair").get("/enrolments/{enrolment}").status_code == 404


def test_who_is_perhaps_assigned_as_coach_reads_no_remark_for_assessors(tell: Tell) -> None:
    world, content = tell("collected"), ITEMS["pdf"][0]
    world.as_("assessor").does(
        "/evidence/{pdf}/annotations", remark(world, content, SELECTOR, audience="assessors", text="Copied?")
    )
    assert "Copied?" in str(world.as_("lead").sees("/evidence/{pdf}"))
    world.as_("admin").does("/people/{lead}/roles", {"role": "coach"})
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "lead", "coach"))
    assert "Copied?" not in str(world.as_("lead").sees("/evidence/{pdf}"))
    spoil(world, world["enrolment"], last_fact(world, "enrolment"))
    for name in ("lead", "responsible", "officer"):
        shown = world.as_(name).sees("/evidence/{pdf}")
        assert "Copied?" not in str(shown), name
        assert any(f"of the record {world['enrolment']}" in each for each in shown["lacks"]), name
    refused(world.as_("stranger").get("/evidence/{pdf}"), NotVisible)
