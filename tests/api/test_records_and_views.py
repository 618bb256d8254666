"""Evidence over HTTP: records that somebody else writes, and who is shown the bytes."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.errors import LookedAhead, RangeNotSatisfiable
from portfolio.application.originals import StoredFileAltered
from portfolio.domain.evidence.handing_in import RecordNotYours
from portfolio.domain.evidence.record import DiscussionRecordIncomplete, ObservationRecordIncomplete, WitnessIncomplete
from portfolio.domain.evidence.refusals import (
    EvidenceNotSealed,
    EvidenceVersionFixed,
    ProductionDateInvalid,
)
from portfolio.domain.evidence.written import WitnessIsApprentice
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotVisible, Rejected
from tests.api.conftest import Tell
from tests.api.world import (
    NOTES,
    TODAY,
    TOMORROW,
    World,
    hand_in,
    observation,
    offer,
    refused,
    upload,
)
from tests.infra.vault import files

# --- records ----------------------------------------------------------------------------------------------------------


def test_a_record_reads_as_the_text_that_is_hashed(tell: Tell) -> None:
    world = tell("found")
    answer = world.as_("mia").get("/evidence/{observation}/content")
    assert answer.get_data(as_text=True).splitlines()[0] == "Observation record"
    assert answer.headers["Content-Disposition"] == "attachment; filename=observation-record.txt"
    (version,) = world.as_("mia").sees("/evidence/{observation}")["versions"]
    assert (version["kind"], version["stage"], version["name"]) == ("observation record", "accepted", "Assessor")
    assert version["size"] == len(answer.data)
    part = world.as_("mia").get("/evidence/{observation}/content", headers={"Range": "bytes=0-10"})
    assert (part.status_code, part.data) == (206, b"Observation")


RECORDS: dict[type[Rejected], dict[str, Any]] = {
    ObservationRecordIncomplete: {"place": " "},
    ProductionDateInvalid: {"occurred_on": TOMORROW},
    OutcomeNotInRoute: {"seen": [{"code": "K26", "what": "Seen."}]},
    DiscussionRecordIncomplete: {
        "kind": "professional discussion record",
        "assessment_id": str(uuid4()),
        "occurred_on": TODAY,
        "minutes": 0,
        "topics": [],
    },
    WitnessIncomplete: {
        "kind": "witness testimony",
        "witness": "Amina",
        "role": "Crew chief",
        "competence": "",
        "relation": "Supervisor",
        "first_hand": False,
        "statement": "Mia rigged six lanterns.",
        "occurred_on": TODAY,
    },
}


@pytest.mark.parametrize("refusal", RECORDS)
def test_a_record_that_leaves_something_out_is_refused(tell: Tell, refusal: type[Rejected]) -> None:
    world = tell("found")
    fields = RECORDS[refusal]
    body = observation(world, **fields)
    if "kind" in fields:
        body["record"] = fields
    refused(world.as_("assessor").post("/evidence/records", body), refusal)


def test_an_observation_names_an_attempt_of_this_enrolment(tell: Tell) -> None:
    world = tell("found")
    body = observation(world, assessment_id=world["form"])
    problem = refused(world.as_("assessor").post("/evidence/records", body), ObservationRecordIncomplete)
    assert problem["missing"] == ["assessment_id"]


def test_nobody_is_a_witness_of_their_own_work(tell: Tell) -> None:
    world = tell("found")
    refused(world.as_("mia").post("/evidence/records", observation(world)), WitnessIsApprentice)
    refused(world.as_("second").post("/evidence/records", observation(world)), NotVisible)


def test_an_observation_is_not_the_apprentice_s_to_take_back(tell: Tell) -> None:
    body = {"version": 1, "reason": "It went badly."}
    refused(tell("found").as_("mia").post("/evidence/{observation}/withdrawal", body), RecordNotYours)


def test_no_file_takes_the_place_of_a_record(tell: Tell) -> None:
    world = tell("found")
    body = {name: value for name, value in offer(world, NOTES).items() if name != "enrolment_id"}
    refused(world.as_("mia").post("/evidence/{observation}/versions", body), EvidenceVersionFixed)


# --- reading the bytes ------------------------------------------------------------------------------------------------


def served(world: World) -> list[str]:
    body = world.as_("officer").sees("/enrolments/{enrolment}/audit-trail?kind=evidence.served")
    return [item["name"] for item in body["items"]]


def test_the_first_view_by_anybody_but_the_apprentice_is_recorded(tell: Tell) -> None:
    world = tell("submitted")
    for person in ("mia", "assessor", "assessor", "coach"):
        answer = world.as_(person).get("/evidence/{evidence}/content")
        assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", files.pdf((595, 842)))
    assert served(world) == ["Assessor", "Coach"]


def test_nothing_is_shown_to_staff_before_they_declared_their_interests(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("admin").does(
        "/enrolments/{enrolment}/assignments",
        {"person_id": world["second"], "assignment": "assessor", "starts_on": TODAY},
    )
    world.ids["fresh"] = UUID(world.as_("admin").does("/people", {"name": "Fresh", "works_for": "centre"})["id"])
    world.as_("admin").does("/people/{fresh}/roles", {"role": "assessor"})
    body = {"person_id": world["fresh"], "assignment": "assessor", "starts_on": TODAY}
    world.as_("admin").does("/enrolments/{enrolment}/assignments", body)
    refused(world.as_("fresh").get("/evidence/{evidence}/content"), InterestNotDeclared)
    assert served(world) == []


def test_a_draft_is_for_its_apprentice_only(tell: Tell) -> None:
    world = tell("sealed")
    for path in ("/evidence/{evidence}", "/evidence/{evidence}/content", "/evidence/{evidence}/content?version=1"):
        assert world.as_("mia").get(path).status_code == 200
        for person in ("assessor", "coach", "admin"):
            refused(world.as_(person).get(path), NotVisible)
    assert served(world) == []


def test_bytes_come_in_ranges_and_only_if_changed(tell: Tell) -> None:
    world = tell("submitted")
    mia, whole = world.as_("mia"), files.pdf((595, 842))
    answer = mia.get("/evidence/{evidence}/content", headers={"Range": "bytes=5-9"})
    assert (answer.status_code, answer.data) == (206, whole[5:10])
    assert answer.headers["Content-Range"] == f"bytes 5-9/{len(whole)}"
    etag = answer.headers["ETag"]
    assert mia.get("/evidence/{evidence}/content", headers={"If-None-Match": etag}).status_code == 304
    refused(mia.get("/evidence/{evidence}/content", headers={"Range": "bytes=9999-"}), RangeNotSatisfiable)
    head = mia.client.head(mia.path("/evidence/{evidence}/content"))
    assert (head.status_code, head.content_length, head.data) == (200, len(whole), b"")


SENT_NOTHING: dict[str, dict[str, str]] = {
    "If-None-Match": {"If-None-Match": "*"},
    "If-Match": {"If-Match": '"another"'},
    "a range outside": {"Range": "bytes=9999-"},
    "a browser that looks ahead": {"Sec-Purpose": "prefetch;prerender"},
    "a link on another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
}


@pytest.mark.parametrize("asked", SENT_NOTHING)
@pytest.mark.parametrize("item", ["evidence", "observation"])
def test_nobody_has_seen_what_was_not_sent(tell: Tell, item: str, asked: str) -> None:
    world = tell("found")
    coach, before = world.as_("coach"), served(world)
    answer = coach.client.get(coach.path(f"/evidence/{{{item}}}/content"), headers=SENT_NOTHING[asked])
    assert answer.status_code in (303, 304, 412, 416, 503)
    assert b"%PDF" not in answer.data
    assert served(world) == before


def test_a_request_for_the_headers_alone_is_no_view(tell: Tell) -> None:
    world = tell("found")
    coach, before = world.as_("coach"), served(world)
    for path in ("/evidence/{evidence}/content", "/evidence/{observation}/content", "/evidence/{observation}"):
        assert coach.client.head(coach.path(path)).status_code == 200
    assert served(world) == before
    coach.sees("/evidence/{observation}")
    assert served(world) == [*before, "Coach"]


def test_a_browser_that_looks_ahead_is_refused_and_a_link_on_another_site_leads_to_the_page(tell: Tell) -> None:
    world = tell("found")
    coach = world.as_("coach")
    for path in ("/evidence/{evidence}/content", "/evidence/{observation}"):
        refused(coach.get(path, headers=SENT_NOTHING["a browser that looks ahead"]), LookedAhead)
        answer = coach.client.get(coach.path(path), headers=SENT_NOTHING["a link on another site"])
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/evidence/")


def test_what_may_not_be_shown_is_refused_before_a_condition_is_looked_at(tell: Tell) -> None:
    world = tell("enrolled")
    world.as_("mia").does("/evidence", offer(world, NOTES, "text/plain"), name="draft")
    for headers in SENT_NOTHING["If-None-Match"], SENT_NOTHING["If-Match"], {}:
        refused(world.as_("mia").get("/evidence/{draft}/content", headers=headers), EvidenceNotSealed)


def test_a_stored_file_that_was_altered_is_refused_by_name_and_not_counted_as_seen(tell: Tell) -> None:
    world = tell("submitted")
    (path,) = (world.folder / "vault/objects").glob("*/*")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    for headers in {}, {"Range": "bytes=0-"}, {"Range": "bytes=0-3"}:
        refused(world.as_("coach").get("/evidence/{evidence}/content", headers=headers), StoredFileAltered)
    assert served(world) == []
    assert "missing or altered: 1." in str(world.services.originals.check())


@pytest.mark.parametrize(
    "filename", ["../../etc/passwd", "..\\..\\boot.ini", 'a"b\u200e.pdf', "CON:<|>?.pdf", "риск.pdf"]
)
def test_a_file_name_with_tricks_is_harmless(tell: Tell, filename: str) -> None:
    world = tell("enrolled")
    hand_in(world, "tricky", files.pdf(), filename=filename)
    shown = world.as_("mia").get("/evidence/{tricky}/content").headers["Content-Disposition"]
    assert shown.startswith("attachment; filename=")
    assert not set(shown) & set("/\\<>|?:\u202e")
    assert {path.name for path in world.folder.iterdir()} == {"keys", "facts.db", "vault", "views.db"} | {
        path.name for path in world.folder.glob("*.db-*")
    }


def test_a_control_character_in_a_file_name_is_refused(tell: Tell) -> None:
    world = tell("enrolled")
    answer = world.as_("mia").post("/evidence", offer(world, NOTES, filename="a\x00.pdf"))
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["filename"])


def test_a_draft_uploaded_as_text_is_served_as_text(tell: Tell) -> None:
    world = tell("enrolled")
    upload(world, "notes", NOTES, "text/plain", filename="notes.txt")
    answer = world.as_("mia").get("/evidence/{notes}/content")
    assert (answer.content_type, answer.data) == ("text/plain; charset=utf-8", NOTES)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
