"""Handing in, step by step: files, what each shows and where, whose work it is, a last look, and what happens next."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from portfolio.domain.evidence.declaration import AUTHENTICITY_WORDINGS, CURRENT_AUTHENTICITY
from tests.api.conftest import Tell
from tests.api.world import BASE, ITEMS, TODAY, TOMORROW, World, hand_in
from tests.infra.vault import files
from tests.pages.page import Page
from tests.pages.visitor import DECLARED, OWN, Visitor, a_file

HAND_IN = "/enrolments/{enrolment}/hand-in"
SIGNED = {"declaration.ai_use": "none", **DECLARED}


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("enrolled")


@pytest.fixture
def mia(world: World) -> Visitor:
    return Visitor(world, "mia")


def listed(world: World) -> list[tuple[str, str, list[str]]]:
    items = world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"]
    return [(item["title"], item["stage"], item["claims"]) for item in items]


def versions(world: World, number: int = -1) -> list[dict[str, Any]]:
    items = world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"]
    return world.as_("mia").sees(f"/evidence/{items[number]['evidence_id']}")["versions"]  # type: ignore[no-any-return]


def follow(mia: Visitor, answer: TestResponse) -> Page:
    assert answer.status_code == 303, answer.text
    return mia.reads(answer.location)


def go_on(mia: Visitor, page: Page) -> Page:
    """Send the form of the files that are ticked."""
    form = page.top.one("form", id="go-on")
    ticked = [box.attributes["value"] for box in form.all("input", name="file") if "checked" in box.attributes]
    return mia.reads(f"{form.attributes['action']}?{'&'.join(f'file={each}' for each in ticked)}")


def sent(mia: Visitor, *chosen: tuple[bytes, str, str]) -> Page:
    """Send files in the first step."""
    return mia.does(mia.reads(HAND_IN), "files", files=[*chosen])


def described(mia: Visitor, page: Page, **fields: Any) -> Page:
    return mia.does(page, "describe", **{"produced_on": TODAY, **fields})


def the_way(page: Page, text: str) -> str:
    """Return where the only such link leads."""
    (link,) = {link.attributes["href"] for link in page.top.all("a") if link.text == text}
    return link


def test_two_files_are_handed_in_under_one_signature(world: World, mia: Visitor) -> None:
    page = sent(mia, a_file(name="Front light.pdf"), a_file(files.picture("JPEG"), "IMG_2093.jpg", "image/jpeg"))
    assert "2 files, not handed in" in page.text
    assert "Nobody else can see these files until you hand them in." in page.text
    assert listed(world) == [("Front light", "sealed", []), ("IMG_2093", "sealed", [])]
    page = go_on(mia, page)
    assert "step 2 of 4, file 1 of 2" in page.text
    page = described(mia, page, title="Plot", codes=["K1"])
    assert "K1: the whole PDF" in page.text
    page = mia.does(page, "places", then="on")
    assert "What does this picture show?" in page.text
    page = described(mia, page, title="Studio 2")
    assert "For all 2 files: Plot, Studio 2." in page.text
    assert AUTHENTICITY_WORDINGS[CURRENT_AUTHENTICITY] in page.text
    assert not [each for each in page.top.all("input") if "checked" in each.attributes]
    answer = mia.send(page, "check", **SIGNED)
    assert answer.status_code == 200
    page = Page(answer.text)
    assert "Own work; no tool used." in page.text
    assert "K1: the whole PDF" in page.text
    assert listed(world)[0][1] == "sealed"
    page = mia.does(page, "submission")
    assert page.top.one("h1").text == "2 files handed in"
    assert "Assessor can see them now, and accepts each one or returns it with a reason" in page.text
    assert listed(world) == [("Plot", "submitted", ["K1"]), ("Studio 2", "submitted", [])]
    assert {version["declaration"]["ai_use"] for n in (0, 1) for version in versions(world, n)} == {"none"}


def test_what_is_not_taken_is_named_and_the_others_stay(world: World, mia: Visitor) -> None:
    answer = mia.send(
        mia.reads(HAND_IN), "files", files=[a_file(), a_file(b"PK\x03\x04", "studio.zip", "application/zip")]
    )
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "studio.zip Not taken A file that ends in .zip is an archive" in page.text
    assert listed(world) == [("risk", "sealed", [])]


def test_a_draft_is_kept_with_what_was_said_so_far_and_gone_on_with_later(world: World, mia: Visitor) -> None:
    page = go_on(mia, sent(mia, a_file()))
    page = mia.does(page, "describe", title="Risk plan", produced_on="", codes=["K1"], then="stop")
    assert listed(world) == [("Risk plan", "sealed", ["K1"])]
    page = go_on(mia, page)
    assert [
        each.attributes["value"] for each in page.top.all("input", name="codes") if "checked" in each.attributes
    ] == ["K1"]
    assert page.form("describe")[1]["title"] == "Risk plan"


def test_without_its_day_nothing_goes_on_and_what_was_typed_stays(world: World, mia: Visitor) -> None:
    page = go_on(mia, sent(mia, a_file()))
    again = mia.refused(page, "describe", 409, title="Risk plan", produced_on="", codes=["K1"])
    assert "When was the work done? Fill this in." in again.text
    assert again.form("describe")[1]["title"] == "Risk plan"
    assert listed(world) == [("risk", "sealed", [])]
    again = mia.refused(page, "describe", 409, title="Risk plan", produced_on=TOMORROW, codes=["K1"])
    assert listed(world) == [("risk", "sealed", [])], "all of it, or nothing"


def test_a_code_that_is_unticked_is_taken_back_and_one_claimed_elsewhere_meanwhile_is_not(
    world: World, mia: Visitor
) -> None:
    page = go_on(mia, sent(mia, a_file()))
    described(mia, page, codes=["K1", "K4"])
    page = go_on(mia, mia.reads(HAND_IN))
    item = world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"][0]["evidence_id"]
    world.as_("mia").does(f"/evidence/{item}/claims", {"version": 1, "codes": ["K5"]})
    described(mia, page, codes=["K4"])
    assert listed(world) == [("risk", "sealed", ["K4", "K5"])]


def test_each_box_says_what_its_code_has(tell: Tell) -> None:
    world = tell("submitted")
    mia = Visitor(world, "mia")
    page = go_on(mia, sent(mia, a_file()))
    boxes = {label.attributes["for"]: label.text for label in page.top.all("label")}
    assert boxes["c-K1"] == "K1 – claimed with Risk assessment"
    assert boxes["c-K4"] == "K4 – no evidence yet"
    assert "S11" in page.text, "it stays in reach"


def test_the_day_is_suggested_from_the_file_and_never_recorded_for_its_apprentice(world: World, mia: Visitor) -> None:
    content = files.pdf() + b"\n% /CreationDate (D:20261031120000Z)\n"
    page = go_on(mia, sent(mia, a_file(content)))
    assert page.form("describe")[1]["produced_on"] == "2026-10-31"
    assert "Suggested from the file: put it right if it was another day." in page.text
    assert versions(world)[0]["produced_on"] is None


def test_a_claim_points_at_a_place_that_the_file_has(world: World, mia: Visitor) -> None:
    page = described(mia, go_on(mia, sent(mia, a_file())), codes=["K1", "K4"])
    place = {"place.page": "1", "place.x": "10", "place.y": "10", "place.height": "20"}
    again = mia.refused(page, "places", 409, codes=["K1"], **place, **{"place.width": "6000"})
    assert "K1: the whole PDF" in again.text
    page = mia.does(page, "places", codes=["K1"], **place, **{"place.width": "60"})
    assert "K1: page 1, the marked area" in page.text
    assert "K4: the whole PDF" in page.text
    page = mia.does(page, "places", codes=["K1", "K4"])
    assert "K1: the whole PDF" in page.text


@pytest.mark.parametrize("then", ["on", "stop"])
def test_whoever_goes_on_or_stops_keeps_the_place_that_they_have_marked(world: World, mia: Visitor, then: str) -> None:
    page = described(mia, go_on(mia, sent(mia, a_file())), codes=["K1", "K4"])
    place = {"place.page": "1", "place.x": "10", "place.y": "10", "place.width": "60", "place.height": "20"}
    mia.refused(page, "places", 422, then=then, **place)
    mia.does(page, "places", then=then, codes=["K4"], **place)
    (version,) = versions(world)
    places = {claim["code"]: (claim["place"] or {}).get("type") for claim in version["claims"]}
    assert places == {"K1": None, "K4": "pdf rectangle"}


def test_the_question_about_tools_is_answered_and_nothing_is_signed_unasked(world: World, mia: Visitor) -> None:
    page = described(mia, go_on(mia, sent(mia, a_file())))
    again = mia.refused(page, "check", 422, **{"declaration.ai_detail": "Spelling."})
    assert "Did you use a tool that makes text, pictures, sound or code? Fill this in." in again.text
    assert "Declaration: fill this in." in again.text
    again = mia.refused(page, "check", 409, **DECLARED, **{"declaration.ai_use": "assisted"})
    assert "Say how AI was used." in again.text
    answer = mia.send(
        page, "check", **DECLARED, **{"declaration.ai_use": "assisted", "declaration.ai_detail": "Spelling."}
    )
    page = mia.does(Page(answer.text), "submission")
    assert versions(world)[0]["declaration"] == {
        "wording": CURRENT_AUTHENTICITY,
        "ai_use": "assisted",
        "ai_detail": "Spelling.",
    }


def test_what_cannot_be_handed_in_is_named_before_and_after_the_signature(world: World, mia: Visitor) -> None:
    page = sent(mia, a_file(), a_file(files.picture("JPEG"), "photo.jpg", "image/jpeg"))
    page = described(mia, go_on(mia, page), title="Plot")
    files_step = mia.reads(HAND_IN)
    ids = [box.attributes["value"] for box in files_step.top.all("input", name="file", type="checkbox")]
    own_work = mia.reads(f"{HAND_IN}/own-work?file={ids[0]}&file={ids[1]}")
    assert "photo cannot be handed in yet: Say first on which day the work was produced" in own_work.text
    answer = mia.send(own_work, "check", **SIGNED)
    check = Page(answer.text)
    assert "Not handed in photo: Say first on which day the work was produced" in check.text
    path, fields = check.form("submission")
    both = [f"{each} 1" for each in ids]
    answer = mia.post(path, {**fields, **SIGNED, "signed": both})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert page.top.one("h1").text == "One file handed in"
    assert "photo: Say first on which day the work was produced" in page.section("not").text
    assert listed(world) == [("Plot", "submitted", []), ("photo", "sealed", [])]


def test_a_signature_sent_twice_hands_in_once(world: World, mia: Visitor) -> None:
    page = described(mia, go_on(mia, sent(mia, a_file())))
    check = Page(mia.send(page, "check", **SIGNED).text)
    head = [follow(mia, mia.send(check, "submission")).top.one("h1").text for _ in range(2)]
    assert head == ["One file handed in"] * 2
    assert listed(world) == [("risk", "submitted", [])]


def test_a_draft_is_discarded_only_after_a_question(world: World, mia: Visitor) -> None:
    page = mia.reads(the_way(sent(mia, a_file()), "Take out risk"))
    assert "Discard risk?" in page.text
    assert listed(world) == [("risk", "sealed", [])]
    page = mia.does(page, "discard")
    assert "No files yet" in page.text
    assert listed(world) == []


def test_the_same_file_is_told(tell: Tell) -> None:
    world = tell("submitted")
    page = sent(Visitor(world, "mia"), a_file(files.pdf((595, 842))))
    assert "You handed in this same file on 2 November 2026 as Risk assessment." in page.text


def test_what_came_back_is_put_right_beside_its_reason_and_remarks(tell: Tell) -> None:
    world = tell("submitted")
    assessor, mia = world.as_("assessor"), Visitor(world, "mia")
    sha256 = assessor.sees("/evidence/{evidence}")["versions"][0]["sha256"]
    assessor.get("/evidence/{evidence}/content")
    remark = {
        "version": 1,
        "sha256": sha256,
        "selector": {"type": "whole item"},
        "kind": "formative",
        "audience": "apprentice and assessors",
        "text": "Which day?",
    }
    assessor.does("/evidence/{evidence}/annotations", remark)
    assessor.does("/evidence/{evidence}/return", {"version": 1, "reason": "Page two is missing."})
    page = mia.reads("/evidence/{evidence}/again")
    assert "Assessor returned it on 2 November 2026: Page two is missing." in page.text
    assert "Which day?" in page.text
    page = mia.does(page, "versions", files=a_file(files.pdf((300, 300), (300, 300))))
    assert "What version 1 claimed is ticked: K1, S11." in page.text
    assert "Page two is missing." in page.text
    assert [claim["code"] for claim in versions(world)[1]["claims"]] == [], "nothing is taken over silently"
    again = mia.reads("/evidence/{evidence}/again")
    assert "You have begun version 2. Only you can see it." in again.text
    page = described(mia, page, codes=["K1"])
    page = Page(mia.send(mia.does(page, "places", then="on"), "check", **SIGNED).text)
    assert "version 2, in the place of version 1" in page.text
    mia.does(page, "submission")
    stages = [(v["stage"], [c["code"] for c in v["claims"]]) for v in versions(world)]
    assert stages == [("replaced", ["K1", "S11"]), ("submitted", ["K1"])]


def test_nobody_else_hands_in_or_is_shown_a_draft(world: World, mia: Visitor) -> None:
    page = sent(mia, a_file())
    path, fields = page.form("files")
    for person in ("coach", "assessor", "lead", "admin"):
        visitor = Visitor(world, person)
        for last in ("", "/describe", "/places", "/own-work", "/done", "/take-out"):
            assert visitor.ask(f"{HAND_IN}{last}").status_code == 403, (person, last)
        assert visitor.post(path, {**fields, "files": a_file()}).status_code == 403
    stranger = Visitor(world, "stranger")
    assert stranger.ask(HAND_IN).status_code == 404
    assert stranger.post(path, {**fields, "files": a_file()}).status_code == 404


def test_a_signature_for_somebody_elses_file_is_not_taken(tell: Tell) -> None:
    world = tell("submitted")
    mia = Visitor(world, "mia")
    page = described(mia, go_on(mia, sent(mia, a_file())))
    path, fields = Page(mia.send(page, "check", **SIGNED).text).form("submission")
    mine = fields["signed"]
    for others in ("00000000-0000-4000-8000-000000000000 1", "no item", f"{mine.split()[0]} x"):
        answer = mia.post(path, {**fields, "signed": [mine, others]})
        assert answer.status_code in (404, 422)
        assert listed(world)[-1][1] == "sealed"


def test_each_step_of_what_is_gone_says_so(world: World, mia: Visitor) -> None:
    assert "There is no such draft any more" in mia.reads(f"{HAND_IN}/describe", 404).text
    assert "There is no such draft any more" in mia.reads(f"{HAND_IN}/own-work", 404).text
    assert "There is no such draft any more" in mia.reads(f"{HAND_IN}/take-out").text
    answer = mia.client.get(mia.at(f"{HAND_IN}/check".format_map(world.ids)), base_url=BASE, headers=OWN)
    assert answer.status_code == 302
    hand_in(world, "sound", *ITEMS["sound"], filename="call.wav")
    assert "Nothing was handed in" in mia.reads(f"{HAND_IN}/done").text
