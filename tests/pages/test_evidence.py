"""The item: what is shown of it counts as served, and each person is offered what they may do with it."""

from dataclasses import replace
from uuid import UUID

import pytest

from portfolio.domain.evidence.facts import EvidenceServed
from tests.api.conftest import Tell
from tests.api.world import NOTES, TODAY, World, assign, hand_in, observation
from tests.checking import Never
from tests.infra.vault import files
from tests.pages.page import Page
from tests.pages.visitor import DECLARED, Visitor, a_file

ITEM = "/evidence/{evidence}"
OBSERVATION = "/evidence/{observation}"


ADVICE = {"kind": "formative", "audience": "apprentice and assessors"}


def served(world: World, item: str = "evidence") -> list[str]:
    """Return who was shown an item, by name in the world."""
    people = {person: name for name, person in world.ids.items()}
    return [people[entry.by] for entry in world.journal.read(world[item]) if isinstance(entry.fact, EvidenceServed)]


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("submitted")


@pytest.fixture
def mia(world: World) -> Visitor:
    return Visitor(world, "mia")


def given_back(world: World) -> None:
    world.as_("assessor").does("/evidence/{evidence}/return", {"version": 1, "reason": "Page 2 is missing."})


# --- what is shown ---


def test_the_page_says_who_claimed_what_where_and_when(world: World) -> None:
    page = Visitor(world, "assessor").reads(ITEM)
    rows = [row.text for row in page.section("claims").one("tbody").all("tr")]
    assert rows == [f"{code} page 1, the marked area Mia, 2 November 2026, 09:00" for code in ("K1", "S11")]
    assert page.top.one("details", id="facts").text.count("page=1&viewrect=10,20,100,50") == 2


def test_a_download_is_recorded_for_staff_and_not_for_the_apprentice(world: World, mia: Visitor) -> None:
    for visitor in (mia, Visitor(world, "assessor")):
        (link,) = (a for a in visitor.reads(ITEM).section("content").all("a") if a.text == "Download the original")
        assert visitor.ask(link.attributes["href"]).data == mia.ask(link.attributes["href"]).data
    assert served(world) == ["assessor"]


def test_a_file_that_the_page_does_not_show_is_not_served_by_it(world: World) -> None:
    Visitor(world, "assessor").reads(ITEM)
    assert served(world) == []


def test_a_corrected_record_says_so_beside_the_version_that_a_decision_cites(tell: Tell) -> None:
    world = tell("decided")
    record = observation(world, place="Studio")["record"]
    body = {"title": "Observation", "record": record, "reason": "It was in the studio."}
    world.as_("assessor").does(f"{OBSERVATION}/correction", body)
    page = Visitor(world, "mia").reads(f"{OBSERVATION}?version=1").text
    assert "A decision cites this record; its author corrected it since, by version 2" in page
    page = Visitor(world, "mia").reads(OBSERVATION).text
    assert "Of version 1, after a decision cited the record: It was in the studio." in page


def test_a_record_read_on_the_page_is_served_once(tell: Tell) -> None:
    world = tell("found")
    for person in ("mia", "quality", "quality", "coach"):
        assert "Worked safely." in Visitor(world, person).reads(OBSERVATION).section("content").text
    assert served(world, "observation") == ["quality", "coach"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_on_another_site_leads_to_a_page_that_shows_nothing_yet(tell: Tell, site: str) -> None:
    world = tell("found")
    quality = Visitor(world, "quality")
    for path in (OBSERVATION, f"{OBSERVATION}/content"):
        from_there = {"Accept": "text/html", "Sec-Fetch-Site": site}
        answer = quality.client.get(path.format_map(world.ids), headers=from_there, follow_redirects=True)
        assert (answer.status_code, "Worked safely." in answer.text) == (200, False)
    assert served(world, "observation") == []
    (link,) = [a for a in Page(answer.text).top.all("a") if a.text.startswith("Open ")]
    assert "Worked safely." in quality.reads(link.attributes["href"]).section("content").text
    assert served(world, "observation") == ["quality"]


def test_a_browser_that_looks_ahead_or_asks_for_headers_alone_has_seen_nothing(tell: Tell) -> None:
    world = tell("found")
    client, path = Visitor(world, "quality").client, OBSERVATION.format_map(world.ids)
    assert client.get(path, headers={"Accept": "text/html", "Sec-Purpose": "prefetch"}).status_code == 503
    assert client.head(path).status_code == 200
    assert served(world, "observation") == []


def test_a_picture_on_the_page_is_served_with_the_page(world: World) -> None:
    hand_in(world, "photo", files.picture("PNG"), "image/png", filename="a.png")
    page = Visitor(world, "coach").reads("/evidence/{photo}")
    picture = page.section("content").one("image")
    assert picture.attributes["aria-label"] == "Risk assessment"
    answer = Visitor(world, "coach").ask(picture.attributes["href"])
    assert (answer.content_type, answer.headers["Content-Disposition"]) == ("image/png", "inline; filename=a.png")
    assert served(world, "photo") == ["coach"]


@pytest.mark.parametrize("item", ["evidence", "photo", "observation"])
def test_who_has_not_declared_their_interest_is_asked_to_and_shown_nothing_of_the_work(tell: Tell, item: str) -> None:
    world = tell("found")
    hand_in(world, "photo", files.picture("PNG"), "image/png", filename="a.png")
    admin = world.as_("admin")
    admin.does("/people", {"name": "Newcomer", "works_for": "centre"}, name="newcomer")
    admin.does("/people/{newcomer}/roles", {"role": "assessor"})
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "newcomer", "assessor"))
    newcomer = Visitor(world, "newcomer")
    page = newcomer.reads(f"/evidence/{{{item}}}", 409)
    assert page.top.one("h1").text == "Say first what you are to Mia"
    assert page.actions == ["interests"]
    assert "Risk assessment" not in page.text
    assert "Worked safely." not in page.text
    assert newcomer.ask(f"/evidence/{{{item}}}/content").status_code == 409
    assert "newcomer" not in served(world, item)
    chosen = [each for each in page.top.all("input") if "checked" in each.attributes]
    assert chosen == []
    newcomer.refused(page, "interests", 422, interest="none", also=[])
    shown = newcomer.does(page, "interests", interest="none", also=str(world["mia"]))
    assert shown.section("content")
    assert newcomer.ask(f"/evidence/{{{item}}}/content").status_code == 200
    assert "newcomer" in served(world, item)


def test_a_declared_interest_is_kept_as_it_was_said(world: World) -> None:
    admin = world.as_("admin")
    admin.does("/people", {"name": "Newcomer", "works_for": "centre"}, name="newcomer")
    admin.does("/people/{newcomer}/roles", {"role": "internal quality assurer"})
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "newcomer", "internal quality assurer"))
    newcomer = Visitor(world, "newcomer")
    told = {"interest": "trained", "detail": "In 2025.", "also": str(world["mia"])}
    newcomer.does(newcomer.reads("/interests"), "interests", **told)
    declared = world.as_("newcomer").sees("/people/{newcomer}")["interests"]
    assert [(each["apprentice"], each["interest"], each["detail"]) for each in declared] == [
        (str(world["mia"]), "trained", "In 2025.")
    ]


@pytest.mark.parametrize(
    "elsewhere",
    ["", "queue", "//evil.example", "/\\evil.example", "https://evil.example/", "/..", "/../x", "/queue?after=x"],
)
def test_who_has_declared_is_sent_to_a_page_of_ours(world: World, elsewhere: str) -> None:
    declared = {"interest": "none", "also": str(world["mia"]), "back": elsewhere}
    sent = Visitor(world, "quality").post("/interests", declared)
    assert (sent.status_code, sent.location.partition("?")[0]) == (303, f"{world.root}/")


def test_who_need_not_declare_is_not_asked(world: World, mia: Visitor) -> None:
    for visitor in (mia, *(Visitor(world, person) for person in ("coach", "lead", "assessor"))):
        assert "interest" not in visitor.reads(ITEM).actions


def test_a_draft_is_there_for_the_apprentice_only(tell: Tell) -> None:
    world = tell("sealed")
    assert Visitor(world, "mia").reads(ITEM).actions == ["claims", "submission", "discard"]
    assert Visitor(world, "coach").ask(ITEM).status_code == 404
    assert Visitor(world, "coach").ask(f"{ITEM}/content").status_code == 404


@pytest.mark.parametrize(("asked", "status"), [("version=2", 404), ("version=one", 422), ("version=-1", 404)])
def test_a_version_that_is_not_there_is_answered_in_a_sentence(mia: Visitor, asked: str, status: int) -> None:
    assert mia.reads(f"{ITEM}?{asked}", status).top.one("h1").text


def test_remarks_for_assessors_are_not_shown_to_the_apprentice(world: World, mia: Visitor) -> None:
    assessor = Visitor(world, "assessor")
    page = assessor.does(assessor.reads(ITEM), "annotations", **{**ADVICE, "audience": "assessors"}, text="Ask.")
    assert "Advice Ask. Assessor, 2 November 2026, 09:00 · assessors only" in page.section("remarks").text
    assert "There are no remarks." in mia.reads(ITEM).section("remarks").text


# --- what staff may do ---


def test_a_version_is_accepted_or_given_back_with_a_reason(tell: Tell) -> None:
    world = tell("submitted")
    assessor = Visitor(world, "assessor")
    page = assessor.reads(ITEM)
    assert "Why you return it: fill this in." in assessor.refused(page, "return", 422).refusal
    assert "returned version 1: Too dark." in assessor.does(page, "return", reason="Too dark.").text
    other = Visitor(tell("submitted"), "assessor")
    assert "Assessor accepted version 1." in other.does(other.reads(ITEM), "acceptance").text


def test_a_remark_is_kept_at_its_place_once(world: World) -> None:
    assessor = Visitor(world, "assessor")
    page = assessor.reads(ITEM)
    corner = {"selector.page": "1", "selector.x": "10", "selector.y": "20"}
    place = {"selector.type": "pdf rectangle", **corner, "selector.width": "30", "selector.height": "40"}
    for _ in range(2):
        shown = assessor.does(page, "annotations", **place, **ADVICE, text="Here.")
    assert shown.section("remarks").text == (
        "Remarks 1 Advice · page 1 Here. Assessor, 2 November 2026, 09:00 · Mia can read it"
    )
    assert "page=1&viewrect=10,20,30,40" in shown.top.one("details", id="facts").text


def test_a_remark_may_be_as_long_on_the_page_as_in_the_api(world: World) -> None:
    assessor = Visitor(world, "assessor")
    assert assessor.reads(ITEM).top.one("textarea", name="text").attributes["maxlength"] == "5000"
    shown = assessor.does(assessor.reads(ITEM), "annotations", **ADVICE, text="a" * 5000)
    assert "a" * 5000 in shown.section("remarks").text
    refused = assessor.refused(assessor.reads(ITEM), "annotations", 422, **ADVICE, text="a" * 5001)
    assert "Remark: Length must be between 1 and 5000." in refused.refusal


@pytest.mark.parametrize("number", [0, 10**9])
def test_a_form_names_a_version_within_the_bounds_of_the_api(world: World, number: int) -> None:
    assessor = Visitor(world, "assessor")
    refused = assessor.refused(assessor.reads(ITEM), "acceptance", 422, version=str(number))
    assert "Version: Must be greater than or equal to 1" in refused.refusal


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ({"selector.type": "pdf rectangle"}, "Width: fill this in."),
        ({"selector.x": "10"}, "Width: fill this in."),
        ({"selector.type": "pdf rectangle", "selector.page": "1", "selector.x": "a"}, "X: Not a valid number."),
        ({"selector.type": "time range", "selector.start": "1", "selector.end": "2"}, "A time range needs a recording"),
        ({"selector.type": "text quote"}, "Words: fill this in."),
        ({"selector.type": "nowhere"}, "Place: Must be one of: "),
        ({"sha256": "0" * 64}, "The remark was made on other bytes than this version's"),
    ],
)
def test_a_refused_remark_stays_in_the_form(world: World, place: dict[str, str], sentence: str) -> None:
    assessor = Visitor(world, "assessor")
    path, fields = assessor.reads(ITEM).form("annotations")
    answer = assessor.post(path, {**fields, **ADVICE, **place, "text": "A long thought.", "kind": "pointer"})
    assert answer.status_code in (409, 422)
    page = assessor.refused(
        assessor.reads(ITEM), "annotations", answer.status_code, **ADVICE, **place, text="A thought."
    )
    assert sentence in page.refusal
    assert page.form("annotations")[1]["text"] == "A thought."
    assert page.top.one("form", id="form-annotations")


def test_a_form_about_a_version_of_long_ago_shows_that_version_again(world: World, mia: Visitor) -> None:
    given_back(world)
    mia.does(mia.reads(f"{ITEM}/again"), "versions", files=a_file())
    world.as_("mia").does("/evidence/{evidence}/description", {"version": 2, "title": "Second", "produced_on": TODAY})
    mia.does(mia.reads(ITEM), "submission", **DECLARED)
    assessor = Visitor(world, "assessor")
    first = assessor.reads(f"{ITEM}?version=1")
    again = assessor.refused(first, "annotations", 422, **{"selector.type": "text quote"}, **ADVICE, text="Old.")
    assert again.top.one("h1").text == "Risk assessment"


def test_a_number_of_a_version_may_be_nonsense(mia: Visitor, world: World) -> None:
    for nonsense, status in (("9" * 5000, 422), ("99", 404), ("²", 422)):
        answer = mia.post(f"/evidence/{world['evidence']}/withdrawal", {"version": nonsense, "reason": "x"})
        assert answer.status_code == status, nonsense


def test_an_item_that_is_not_there_is_404_whatever_is_sent(mia: Visitor) -> None:
    gone = UUID(int=7)
    for last in ("interest", "acceptance", "return", "annotations", "submission", "claims", "versions", "discard"):
        fields = {"version": "1", "reason": "x", "codes": "K1", **DECLARED, "interest": "none"}
        remark = {
            "selector.type": "whole item",
            "kind": "pointer",
            "audience": "assessors",
            "text": "x",
            "sha256": "0" * 64,
        }
        assert mia.post(f"/evidence/{gone}/{last}", fields | remark | {"sha256": "0" * 64}).status_code == 404, last


def test_a_file_that_waits_to_be_checked_says_so_and_is_handed_in_later(world: World, mia: Visitor) -> None:
    given_back(world)
    in_time, world.services = world.services, replace(world.services, checking=Never("The disk failed."))
    mia.does(mia.reads(f"{ITEM}/again"), "versions", files=a_file())
    page = mia.does(mia.reads(ITEM), "claims", codes=["K1"])
    told = page.top.one(role="status").text
    assert "waits to be checked" in told
    assert "The disk failed." in told
    assert [row.one("th").text for row in page.section("claims").one("tbody").all("tr")] == ["K1"]
    assert "submission" not in page.actions
    world.services = in_time
    world.as_("mia").does("/evidence/{evidence}/upload", {"version": 2})
    assert "submission" not in mia.reads(ITEM).actions, "not without its day"
    world.as_("mia").does("/evidence/{evidence}/description", {"version": 2, "title": "New", "produced_on": TODAY})
    assert "submission" in mia.reads(ITEM).actions


def test_a_file_that_is_refused_later_says_why_and_what_to_do(world: World, mia: Visitor) -> None:
    given_back(world)
    in_time, world.services = world.services, replace(world.services, checking=Never())
    mia.does(mia.reads(f"{ITEM}/again"), "versions", files=a_file(NOTES))
    world.services = in_time
    assert world.as_("mia").post("/evidence/{evidence}/upload", {"version": 2}).status_code == 409
    page = mia.reads(ITEM)
    told = page.top.one(role="alert").text
    assert "is TXT" in told
    assert "Upload another one" in told
    assert "discard" in page.actions
    mia.does(mia.reads(f"{ITEM}/again"), "versions", files=a_file())
    stages = [each["stage"] for each in world.as_("mia").sees("/evidence/{evidence}")["versions"]]
    assert stages == ["returned", "refused", "sealed"]


# --- what was erased ---


def test_the_page_of_a_version_says_how_far_its_erasure_has_come_and_shows_nothing_of_what_is_gone(tell: Tell) -> None:
    world = tell("submitted")
    why = {"version": 1, "reason": "It shows somebody else."}
    world.as_("responsible").does("/evidence/{evidence}/erasure", why)
    page = Visitor(world, "mia").reads(ITEM)
    assert "One person approved that the file is erased, and a second one has to confirm it" in page.text
    assert list(page.section("content").all("a"))
    world.as_("admin").does("/evidence/{evidence}/erasure/confirmation", why)
    world.reads.settle()
    for who in ("mia", "assessor", "coach"):
        page = Visitor(world, who).reads(ITEM)
        gone = "The file was erased on 2 November 2026, as two people approved: It shows somebody else."
        assert gone in page.text
        assert "Download the original" not in page.text
    assert served(world) == []
