"""The board: readiness, and a form that hands in a file whole or not at all."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from infra.store.journal import EventJournal
from portfolio.application.ports import OutcomeUnknown
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.evidence.quota import Quota
from tests.api.conftest import Tell
from tests.api.scrutiny import waiting as decided_by_a_scrutiny_route
from tests.api.test_replacing_decisions import SUPERSESSIONS, supersession, voiding, with_second_assessor
from tests.api.world import BASE, NOTES, TODAY, TOMORROW, YESTERDAY, World, decision, finding
from tests.infra.vault import files
from tests.pages.page import Page
from tests.pages.visitor import DECLARED, OWN, Visitor, a_file, filled, kept

BOARD = "/enrolments/{enrolment}"


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("enrolled")


@pytest.fixture
def mia(world: World) -> Visitor:
    return Visitor(world, "mia")


def listed(world: World) -> list[tuple[str, str, list[str]]]:
    items = world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"]
    return [(item["title"], item["stage"], item["claims"]) for item in items]


def test_the_board_says_what_is_open_and_that_claims_do_not_count(mia: Visitor) -> None:
    page = mia.reads(BOARD)
    assert "0 of 6 outcomes and 0 of 48 codes are assessed, as of 2 November 2026." in page.text
    assert "Handing in and claiming do not count as assessed, and assessed does not mean passed." in page.text
    assert len(list(page.section("outcomes").all("details"))) == 6
    assert (
        "K1 under AO1: nothing claimed yet; it will be assessed by your portfolio (Component C2)."
        in page.section("outcomes").text
    )


def test_who_is_not_the_apprentice_is_told_to_whom_the_sentences_speak(world: World, mia: Visitor) -> None:
    told = "What is said below is said to the apprentice."
    assert told in Visitor(world, "coach").reads(BOARD).text
    assert told not in mia.reads(BOARD).text


def test_the_board_shows_another_day(mia: Visitor) -> None:
    assert "as of 1 September 2026" in mia.reads(f"{BOARD}?as_of=2026-09-01").text
    assert "The apprentice was not enrolled yet." in mia.reads(f"{BOARD}?as_of=2026-08-31", 404).text


def test_a_board_of_another_day_says_which_parts_are_of_today(mia: Visitor) -> None:
    assert "as it is today" not in mia.reads(BOARD).text
    earlier, later = mia.reads(f"{BOARD}?as_of=2026-09-01"), mia.reads(f"{BOARD}?as_of={TOMORROW}")
    for page in (earlier, later):
        assert page.section("evidence").one("h2").text == "Evidence, as it is today, 2 November 2026"
    assert "by what is known today of 3 November 2026, which is still to come." in later.text


@pytest.mark.parametrize("asked", ["as_of=1.10.2026", "as_of=2026-13-01", "after=soon"])
def test_an_address_that_cannot_be_read_is_answered_in_a_sentence_with_a_way_back(mia: Visitor, asked: str) -> None:
    page = mia.reads(f"{BOARD}?{asked}", 422)
    (back,) = (link for link in page.top.all("a") if link.text == "Back to the page")
    assert page.top.one("h1").text.startswith(("As of: Not a day such as", "After: Not a position"))
    assert mia.reads(back.attributes["href"]).top.one("h1").text == "My outcomes"


def test_a_file_is_handed_in_with_its_claims_and_declaration(world: World, mia: Visitor) -> None:
    page = mia.does(mia.reads(BOARD), "evidence", **filled(codes=["S11", "K1"], **DECLARED))
    assert page.top.one("h1").text == "Risk assessment"
    assert listed(world) == [("Risk assessment", "submitted", ["K1", "S11"])]


def test_without_the_declaration_it_is_kept_as_a_draft(world: World, mia: Visitor) -> None:
    page = mia.does(mia.reads(BOARD), "evidence", **filled())
    assert listed(world) == [("Risk assessment", "sealed", [])]
    assert "Hand in this draft" in page.text


def test_how_ai_was_used_stands_in_the_declaration(mia: Visitor) -> None:
    page = mia.does(mia.reads(BOARD), "evidence", **filled(**DECLARED, **{"declaration.ai_detail": "Spelling."}))
    assert "AI use: assisted – Spelling." in page.text


def test_a_browser_that_knows_no_type_is_helped_by_the_name(world: World, mia: Visitor) -> None:
    unknown = a_file(NOTES, "notes.TXT", "application/octet-stream")
    mia.does(mia.reads(BOARD), "evidence", **filled(file=unknown))
    assert listed(world) == [("Risk assessment", "sealed", [])]


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"title": ""}, 422, "Title: fill this in."),
        ({"title": "   "}, 422, "Title: fill this in."),
        ({"title": "x" * 201}, 422, "Title: Length must be between 1 and 200."),
        ({"title": "\u3164"}, 422, "title: Write something that can be seen."),
        ({"title": "Risk \u202egpj.exe"}, 422, "title: Holds a character from U+202A to U+202E"),
        ({"produced_on": ""}, 422, "Day the work was produced: fill this in."),
        ({"produced_on": "1.11.2026"}, 422, "Day the work was produced: Not a day such as 2026-03-01."),
        ({"produced_on": TOMORROW}, 409, "The day the work was produced, seen or said cannot lie in the future"),
        ({"file": (b"", "", "")}, 422, "File: choose a file."),
        ({"file": a_file(name="x" * 256 + ".pdf")}, 422, "Filename: Length must be between 1 and 255."),
        ({"file": a_file(name="risk\x01.pdf")}, 422, "Filename: Holds a control character"),
        ({"file": a_file(b"")}, 409, "The file is empty or larger than the 2 GB that are taken"),
        (
            {"file": a_file(files.EXECUTABLE, "risk.exe", "application/x-msdownload")},
            409,
            "A file that ends in .exe is a program",
        ),
        ({"file": a_file(files.EXECUTABLE)}, 409, "Files of this type are not taken as evidence"),
        ({"file": a_file(NOTES)}, 409, "The file was declared as application/pdf but is TXT."),
        ({"file": a_file(files.pdf()[:200])}, 409, "The file cannot be opened as what it says it is"),
        ({"codes": ["K99"]}, 409, "Not in the apprentice's route: K99."),
        ({"declaration.ai_detail": "x" * 10_001, **DECLARED}, 422, "Use of AI: "),
    ],
)
def test_a_refused_upload_is_answered_in_a_sentence_and_leaves_nothing_behind(
    world: World, mia: Visitor, wrong: dict[str, object], status: int, sentence: str
) -> None:
    given = filled(**{"title": "My “plot”", **DECLARED, **wrong})
    again = mia.refused(mia.reads(BOARD), "evidence", status, **given)
    assert sentence in again.refusal
    assert (
        "It was not done, and what you wrote is still in the form; only the file has to be chosen again."
        in again.refusal
    )
    way, _ = again.top.one(role="alert").all("a")
    assert again.top.one("form", id=way.attributes["href"][1:]).attributes["action"] == again.form("evidence")[0]
    assert listed(world) == []
    assert kept(world) == []
    _, fields = again.form("evidence")
    assert (fields["title"], fields["produced_on"]) == (given["title"], given["produced_on"])
    mia.does(again, "evidence", **filled(title="Corrected", **DECLARED, **{"declaration.ai_detail": ""}, file=a_file()))
    assert listed(world) == [("Corrected", "submitted", [])]


@dataclass
class Unconfirmed:
    """A journal whose disk fails before it confirms an append."""

    journal: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.journal, name)

    def append(self, *_: Any) -> None:
        raise OutcomeUnknown


def test_a_form_of_which_nobody_knows_whether_it_was_done_does_not_say_that_it_was_not(
    world: World, mia: Visitor
) -> None:
    page = mia.reads(BOARD)
    world.services = replace(
        world.services, handler=replace(world.handler, journal=cast(EventJournal, Unconfirmed(world.journal)))
    )
    again = Visitor(world, "mia").refused(page, "evidence", 503, **filled(title="Plot"))
    assert "Nobody knows whether this was recorded" in again.refusal
    assert "It may have been done: send the form again, and it is done only once, and what you" in again.refusal
    assert "It was not done" not in again.refusal
    assert again.form("evidence")[1]["title"] == "Plot"


def test_a_form_of_too_many_fields_is_not_told_that_it_has_too_many_bytes(world: World, mia: Visitor) -> None:
    answer = mia.send(mia.reads(BOARD), "evidence", **filled(codes=["K1"] * 1000))
    assert answer.status_code == 413
    assert "The form has more fields, or longer ones, than any form of ours" in answer.text
    assert (listed(world), kept(world)) == ([], [])


@dataclass
class Noughts:
    """So many bytes of a file, made while they are read."""

    left: int

    def read(self, size: int) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return bytes(size)


def test_of_a_form_that_is_longer_than_its_fields_can_be_nothing_is_read(mia: Visitor) -> None:
    """A million bytes of fields take a second to tell apart, and whoever is signed in could send them for ever."""
    page, sent = mia.reads(BOARD), io.BytesIO(b"a=&" * 300_000)
    answer = mia.client.post(
        page.form("evidence")[0],
        base_url=BASE,
        content_type="application/x-www-form-urlencoded",
        headers=OWN,
        environ_overrides={"wsgi.input": sent, "CONTENT_LENGTH": "900000"},
    )
    assert (answer.status_code, sent.tell()) == (413, 0)
    assert "Send at most 300000 bytes here." in answer.text


def test_a_file_far_too_large_is_refused_in_a_sentence_before_any_of_it_is_read(world: World, mia: Visitor) -> None:
    page, sent = mia.reads(BOARD), Noughts(too_large := 2_002_000_000)
    answer = mia.client.post(
        page.form("evidence")[0],
        base_url=BASE,
        content_type="multipart/form-data; boundary=x",
        headers=OWN,
        environ_overrides={"wsgi.input": sent, "CONTENT_LENGTH": str(sent.left)},
    )
    assert answer.status_code == 409
    assert "The file is empty or larger than the 2 GB that are taken" in Page(answer.text).refusal
    assert sent.left == too_large
    assert listed(world) == []
    assert kept(world) == []


def suspended(world: World) -> None:
    world.as_("admin").does("/people/{mia}/suspension", {"reason": "An inquiry."})


def withdrawn_from_the_plan(world: World) -> None:
    end = {"how": "withdrawn", "ended_on": TODAY, "reason": "She left."}
    world.as_("admin").does("/enrolments/{enrolment}/end", end)


def full(world: World) -> None:
    world.services = replace(world.services, handler=replace(world.handler, quota=Quota(bytes_of_enrolment=1_000_000)))


def with_drafts_enough(world: World) -> None:
    world.services = replace(world.services, handler=replace(world.handler, quota=Quota(drafts_of_person=0)))


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (suspended, "suspended"),
        (withdrawn_from_the_plan, "ended"),
        (full, "more room than the enrolment has"),
        (with_drafts_enough, "as many drafts as one person may have"),
    ],
)
def test_a_large_file_that_is_refused_whatever_it_holds_is_not_read(
    world: World, mia: Visitor, happens: Callable[[World], None], sentence: str
) -> None:
    page, sent = mia.reads(BOARD), Noughts(large := 90_000_000)
    happens(world)
    answer = Visitor(world, "mia").client.post(
        page.form("evidence")[0],
        base_url=BASE,
        content_type="multipart/form-data; boundary=x",
        headers=OWN,
        environ_overrides={"wsgi.input": sent, "CONTENT_LENGTH": str(sent.left)},
    )
    assert answer.status_code in (403, 409)
    assert sentence in answer.text
    assert sent.left == large


def test_a_form_sent_twice_makes_one_item(world: World, mia: Visitor) -> None:
    page = mia.reads(BOARD)
    first, second = (mia.send(page, "evidence", **filled(file=a_file(), codes=["K1"])) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location.partition("?")[0] == second.location.partition("?")[0]
    assert listed(world) == [("Risk assessment", "sealed", ["K1"])]


def test_a_refused_form_sent_again_is_refused_again_and_still_leaves_nothing(world: World, mia: Visitor) -> None:
    page = mia.reads(BOARD)
    for _ in range(3):
        assert "is TXT" in mia.refused(page, "evidence", 409, **filled(file=a_file(NOTES))).refusal
    assert listed(world) == []
    assert kept(world) == []


def test_what_was_discarded_can_be_brought_again_with_the_same_form(world: World, mia: Visitor) -> None:
    page = mia.reads(BOARD)
    given = filled(codes=["K1"], **{"declaration.wording": ""})
    mia.does(mia.does(page, "evidence", **given), "discard")
    assert listed(world) == []
    mia.does(page, "evidence", **given | {"file": a_file()})
    assert listed(world) == [("Risk assessment", "sealed", ["K1"])]


def test_another_file_under_the_same_form_is_another_item(world: World, mia: Visitor) -> None:
    page = mia.reads(BOARD)
    mia.does(page, "evidence", **filled())
    mia.does(page, "evidence", **filled(file=a_file(files.pdf((100, 100)))))
    assert len(listed(world)) == 2


def test_nobody_else_is_offered_the_form_or_may_send_it(world: World, mia: Visitor) -> None:
    path, fields = mia.reads(BOARD).form("evidence")
    for person in ("coach", "assessor", "lead"):
        visitor = Visitor(world, person)
        assert "evidence" not in visitor.reads(BOARD).actions
        assert visitor.post(path, {**fields, **filled(file=a_file())}).status_code == 403
    assert Visitor(world, "stranger").post(path, {**fields, **filled(file=a_file())}).status_code == 404
    assert Visitor(world, "stranger").ask(BOARD).status_code == 404
    assert kept(world) == []


@pytest.mark.parametrize(
    "site",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": ""}],
)
def test_a_form_on_another_site_does_nothing_here(world: World, mia: Visitor, site: dict[str, str]) -> None:
    path, fields = mia.reads(BOARD).form("evidence")
    answer = mia.post(path, {**fields, **filled(produced_on=YESTERDAY, file=a_file())}, **site)
    assert answer.status_code == 403
    assert "came from a page of another site" in Page(answer.text).text
    assert listed(world) == []


@pytest.mark.parametrize(
    "wrong", [{"produced_on": TOMORROW}, {"file": a_file(files.EXECUTABLE, "risk.exe", "application/x-msdownload")}]
)
def test_an_upload_that_the_rules_refuse_is_not_even_announced(
    world: World, mia: Visitor, wrong: dict[str, object]
) -> None:
    head = world.journal.head()
    mia.refused(mia.reads(BOARD), "evidence", 409, **filled(**wrong))
    assert world.journal.head() == head
    assert kept(world) == []


def cards(page: Page) -> list[dict[str, str]]:
    """Return what the cards of the decisions say, by row."""
    return [
        {
            "title": card.one("h3").text,
            "tag": " ".join(tag.text for tag in card.all("strong") if "govuk-tag" in tag.attributes.get("class", "")),
            **{key.text: value.text for key, value in zip(card.all("dt"), card.all("dd"), strict=True)},
        }
        for card in page.section("decisions").all("article")
    ]


def test_the_board_says_for_whom_a_decision_by_a_scrutiny_route_waits(tell: Tell) -> None:
    world = decided_by_a_scrutiny_route(tell("approved"))
    sentence = "It does not count yet: it waits for Second, the second person of its scrutiny route."
    assert sentence in Visitor(world, "mia").reads(BOARD).text
    world.as_("second").does("/assessments/{attempt}/confirmations", {"decision_id": world["decision"]})
    assert sentence not in Visitor(world, "mia").reads(BOARD).text


def test_a_decision_is_told_with_grade_reasons_decider_codes_and_what_can_be_done(tell: Tell) -> None:
    world = tell("decided")
    (card,) = cards(Visitor(world, "mia").reads(BOARD))
    assert card == {
        "title": "Component C1, attempt 1",
        "tag": "",
        "Grade": "Pass",
        "Reasons": "Both codes are met.",
        "Decided by": "Assessor, assessor, on Monday 2 November 2026 at 09:00",
        "Codes": "2 of 2 met.",
        "What you can do next": "You can appeal, if something was not done as it should have been: you yourself, or "
        "your coach for you if you let them.",
    }
    (of_coach,) = cards(Visitor(world, "coach").reads(BOARD))
    assert of_coach["What comes next"] == "The apprentice can appeal, or you for them with their consent."
    (of_assessor,) = cards(Visitor(world, "assessor").reads(BOARD))
    assert of_assessor["What comes next"] == "An appeal is the apprentice’s, or their coach’s with consent."


def not_met(world: World) -> dict[str, Any]:
    codes = [finding(world, "S11"), finding(world, "S12", judgement="not met", reason="The run was stopped.")]
    return {"findings": codes}


def test_a_code_that_is_not_met_stands_in_the_card_with_its_reason_and_the_way_on(tell: Tell) -> None:
    world = tell("found")
    assessor = world.as_("assessor")
    assessor.does("/assessments/{attempt}/findings", not_met(world))
    assessor.does("/assessments/{attempt}/decisions", decision(world, grade="fail", reasons="S12 was not shown."))
    page = Visitor(world, "mia").reads(BOARD)
    (card,) = cards(page)
    assert card["Codes"] == "1 of 2 met. Not met: S12 – “The run was stopped.”"
    assert (
        "Ask your coach about another attempt: one more can be decided. Coach coaches you."
        in card["What you can do next"]
    )
    assert "Component C1, decided 2 November 2026 Not met: S12 Met: S11" in page.section("outcomes").text


def test_codes_stand_under_the_component_that_judges_them_by_the_word_for_where_they_stand(tell: Tell) -> None:
    world = tell("submitted")
    shown = Visitor(world, "mia").reads(BOARD).section("outcomes").text
    assert "Component C1, nothing judged yet Claimed: S11 Nothing claimed: S12" in shown
    assert "Component C2, nothing judged yet Claimed: K1 Nothing claimed: K4" in shown
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    assert (
        "Component C1, an attempt is open Claimed: S11" in Visitor(world, "mia").reads(BOARD).section("outcomes").text
    )


def test_a_decision_that_was_replaced_stays_below_the_one_in_its_place(tell: Tell) -> None:
    world = tell("decided")
    world.now += timedelta(days=3)
    with_second_assessor(world)
    world.as_("second").does(SUPERSESSIONS, supersession(world))
    new, old = cards(Visitor(world, "mia").reads(BOARD))
    assert (new["tag"], old["tag"]) == ("", "Replaced")
    assert old["What became of it"] == "Second put another decision in its place on Thursday 5 November 2026 at 09:00."
    then = Visitor(world, "mia").reads(f"{BOARD}?as_of={TODAY}")
    (as_it_was,) = cards(then)
    assert (as_it_was["tag"], as_it_was["What you can do next"]) == ("", "It counted on that day.")
    assert "You see this page as it stood on 2 November 2026." in then.text


def test_a_decision_that_was_set_aside_says_by_whom_and_why(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does("/assessments/{attempt}/voids", voiding(world))
    (card,) = cards(Visitor(world, "mia").reads(BOARD))
    assert card["tag"] == "Set aside"
    assert card["What became of it"].startswith(
        "It was set aside by Responsible on Monday 2 November 2026 at 09:00 because: “The log was copied.” "
        "What it judged is assessed again."
    )


def test_a_decision_under_appeal_leads_to_the_case_and_offers_no_other_appeal(tell: Tell) -> None:
    page = Visitor(tell("lodged"), "mia").reads(BOARD)
    (card,) = cards(page)
    assert card["tag"] == "Under review"
    assert (
        card["What you can do next"] == "An appeal against it is open; it counts until it is replaced. See the appeals"
    )
    assert "The appeal of 2 November 2026" in page.section("appeals").text


def test_how_it_went_is_drawn_and_stands_in_a_table(tell: Tell) -> None:
    world = tell("decided")
    course = Visitor(world, "mia").reads(BOARD).section("course")
    said = "Codes assessed: 0 of 48 from 1 September 2026; 2 of 48 from 2 November 2026"
    assert course.one("svg").one("title").text == said
    assert [row.text for row in course.one("tbody").all("tr")] == [
        "1 September 2026 0 of 48 0 of 6",
        "2 November 2026 2 of 48 0 of 6",
    ]
    (first, _) = (link.attributes["href"] for link in course.one("table").all("a"))
    assert "as of 1 September 2026" in Visitor(world, "mia").reads(first).text
    assert [*Visitor(world, "mia").reads(first).section("course").one("tbody").all("tr")][1:] == []


def test_an_apprentice_sees_small_pictures_of_their_work_and_nobody_else_is_shown_any(tell: Tell) -> None:
    world = tell("submitted")
    mia = Visitor(world, "mia")
    (small,) = (image.attributes["src"] for image in mia.reads(BOARD).section("evidence").all("img"))
    assert mia.ask(small).content_type == "image/svg+xml"
    world.previews.settle()
    assert mia.ask(small).content_type == "image/jpeg"
    for person in ("assessor", "coach"):
        (drawn,) = (
            image.attributes["src"] for image in Visitor(world, person).reads(BOARD).section("evidence").all("img")
        )
        assert drawn.endswith("/pages.svg")
        assert Visitor(world, person).ask(drawn).status_code == 200
        assert Visitor(world, person).ask(small).status_code == 403
    assert not [entry for entry in world.journal.read(world["evidence"]) if isinstance(entry.fact, EvidenceServed)]


def test_evidence_is_called_what_people_call_it(tell: Tell) -> None:
    world = tell("collected")
    shown = Visitor(world, "mia").reads(BOARD).section("evidence")
    texts = " ".join(item.text for item in shown.all("li"))
    for kind in ("PDF", "Picture", "Sound recording", "Text"):
        assert f"{kind} Handed in" in texts
