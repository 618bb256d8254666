"""Redactions over HTTP: what is hidden from whom, who is shown the original, and which copy is cited."""

import io
from typing import Any

import pytest
from PIL import Image

from portfolio.application.previews import NoPreview, PreviewBeingMade
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.evidence.redacting import (
    CaseNotHeard,
    CopyNotSeen,
    NotRedactable,
    OriginalNotHidden,
    OriginalRedacted,
    OtherCopyShown,
    RedactionChanged,
    RedactionTooNarrow,
    RedactionUnchanged,
)
from portfolio.domain.evidence.selector import SelectorOutOfBounds
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import SELECTOR, World, cite, decides, finding, hand_in, refused, sha
from tests.infra.vault import files
from tests.infra.vault.previews.test_recipes import photo

FACE = {"type": "pdf rectangle", "page": 1, "x": 100, "y": 100, "width": 200, "height": 100}
VISITOR = "A visitor is seen, who was not asked."
REDACT = {"version": 1, "places": [FACE], "reason": VISITOR, "follows": 0}
ALL = ["assessors", "coach", "employer", "panel", "quality assurers"]
REDACTIONS, CONTENT, ITEM = "/evidence/{evidence}/redactions", "/evidence/{evidence}/content", "/evidence/{evidence}"
ORIGINALS, ANNOTATIONS = "/evidence/{evidence}/originals", "/evidence/{evidence}/annotations"
SHOWN_THE_ORIGINAL = ("mia", "assessor", "quality", "lead", "responsible")
KEPT_FROM = ("coach", "employer", "chair", "member", "officer", "admin")


def redact(world: World, **fields: Any) -> None:
    """Hide something, after all that was hidden before."""
    follows = world.as_("responsible").sees(ITEM)["versions"][0]["redactions"]
    world.as_("responsible").does(REDACTIONS, {**REDACT, "follows": follows, **fields})


def page(world: World, who: str, part: str = "page", name: str = "evidence") -> bytes:
    """Return a preview that this person is shown, made if it is not there."""
    path = f"/evidence/{{{name}}}/preview?part={part}"
    if (answer := world.as_(who).get(path)).status_code == 503:
        refused(answer, PreviewBeingMade)
        world.previews.settle()
        answer = world.as_(who).get(path)
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def brightest(image: Image.Image) -> int:
    """Return how bright the brightest pixel is, from 0 to 255."""
    return max(image.convert("L").tobytes())


def views(world: World, name: str = "evidence") -> list[tuple[Any, int]]:
    history = world.journal.read(world[name])
    return [(entry.by, entry.fact.redaction) for entry in history if isinstance(entry.fact, EvidenceServed)]


def shown(world: World, who: str) -> Any:
    return world.as_(who).sees(ITEM)["versions"][0]["redaction"]


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("convened")


def test_coach_employer_and_panel_get_no_way_to_what_is_hidden(world: World) -> None:
    redact(world)
    for who in KEPT_FROM:
        told = refused(world.as_(who).get(CONTENT), OriginalRedacted)
        assert told["rule"] == "ACCESS-4"
        assert shown(world, who)["applies"] is True
        for part in ("words", "text"):
            refused(world.as_(who).get(f"/evidence/{{evidence}}/preview?part={part}"), NoPreview)
        refused(world.as_(who).get(CONTENT, headers={"If-None-Match": "*"}), OriginalRedacted)
        refused(world.as_(who).get(CONTENT, headers={"Range": "bytes=0-9"}), OriginalRedacted)
    for who in SHOWN_THE_ORIGINAL:
        answer = world.as_(who).get(CONTENT)
        assert (answer.status_code, answer.data) == (200, files.pdf((595, 842)))
        assert shown(world, who)["applies"] is False


def test_they_are_shown_pages_on_which_it_is_black(world: World) -> None:
    redact(world)
    hidden, whole = (Image.open(io.BytesIO(page(world, who))).convert("L") for who in ("chair", "assessor"))
    assert hidden.size == whole.size
    scale = hidden.width / 595
    inside = hidden.crop(tuple(round(edge * scale) for edge in (104, 104, 296, 196)))  # type: ignore[arg-type]
    assert brightest(inside) < 16
    beside = tuple(round(edge * scale) for edge in (300, 300, 500, 700))
    assert hidden.crop(beside).tobytes() == whole.crop(beside).tobytes()  # type: ignore[arg-type]


def test_of_a_picture_they_are_shown_a_copy_too(world: World) -> None:
    content = photo("JPEG", (800, 600), orientation=6)
    hand_in(world, "photo", content, "image/jpeg", filename="photo.jpg")
    whole = page(world, "coach", "screen", "photo")
    region = {"type": "image region", "x": 0, "y": 0, "width": 600, "height": 800}
    world.as_("responsible").does("/evidence/{photo}/redactions", {**REDACT, "places": [region]})
    hidden = page(world, "coach", "screen", "photo")
    assert hidden != whole
    assert brightest(Image.open(io.BytesIO(hidden))) < 16
    assert page(world, "assessor", "screen", "photo") == whole
    etag = world.as_("assessor").get("/evidence/{photo}/preview?part=screen").headers["ETag"]
    assert sha(content) not in etag
    asked = world.as_("coach").get("/evidence/{photo}/preview?part=screen", headers={"If-None-Match": etag})
    assert (asked.status_code, asked.data) == (200, hidden)


def test_each_version_says_what_is_hidden_from_whom_by_whom_and_why(world: World) -> None:
    assert shown(world, "coach") is None
    redact(world)
    told = shown(world, "coach")
    assert (told["redaction"], told["hidden_from"], told["reason"]) == (1, ["coach", "employer", "panel"], VISITOR)
    assert (told["by"], told["name"]) == (str(world["responsible"]), "Responsible")
    assert [(each["where"], each["fragment"]) for each in told["places"]] == [
        ("page 1, the marked area", "page=1&viewrect=100,100,200,100")
    ]
    assert world.as_("coach").sees("/evidence/{evidence}/previews")["redaction"] == 1
    assert world.as_("mia").sees("/evidence/{evidence}/previews")["redaction"] == 0
    (told,) = world.as_("mia").sees("/enrolments/{enrolment}/audit-trail?kind=evidence.redacted")["items"]
    assert told["sentence"] == (
        "hid from coach, employer, panel, by redaction 1 of version 1: page 1, the marked area: "
        "A visitor is seen, who was not asked."
    )


def test_it_may_be_hidden_from_assessors_and_quality_assurers_too(world: World) -> None:
    redact(world, hidden_from=ALL)
    for who in (*KEPT_FROM, "assessor", "lead", "quality"):
        refused(world.as_(who).get(CONTENT), OriginalRedacted)
    for who in ("mia", "responsible"):
        assert world.as_(who).get(CONTENT).status_code == 200


def test_what_is_hidden_no_more_is_shown_again(world: World) -> None:
    redact(world)
    refused(world.as_("coach").get(CONTENT), OriginalRedacted)
    redact(world, places=[], hidden_from=[], reason="She agreed.")
    assert world.as_("coach").get(CONTENT).status_code == 200
    assert shown(world, "coach") is None
    redact(world, places=[FACE])
    assert shown(world, "coach")["redaction"] == 3


@pytest.mark.parametrize(
    "who", ["mia", "coach", "employer", "assessor", "quality", "lead", "admin", "chair", "officer"]
)
def test_a_responsible_officer_alone_hides_and_opens(world: World, who: str) -> None:
    refused(world.as_(who).post(REDACTIONS, REDACT), NotPermitted)
    redact(world)
    opening = {"version": 1, "appeal_id": world["appeal"], "reason": "It is contested."}
    refused(world.as_(who).post(ORIGINALS, opening), NotPermitted)


def test_nobody_hides_or_opens_for_whom_the_item_is_not_there(world: World) -> None:
    refused(world.as_("stranger").post(REDACTIONS, REDACT), NotVisible)


@pytest.mark.parametrize("part", ["coach", "employer"])
def test_an_officer_with_a_part_that_it_is_hidden_from_neither_hides_nor_opens(world: World, part: str) -> None:
    world.as_("admin").does("/people/{responsible}/roles", {"role": part})
    redact(world)
    starts = {"person_id": world["responsible"], "assignment": part, "starts_on": "2026-11-02"}
    world.as_("admin").does("/enrolments/{enrolment}/assignments", starts)
    more = {**REDACT, "places": []}
    refused(world.as_("responsible").post(REDACTIONS, more), NotPermitted)
    opening = {"version": 1, "appeal_id": world["appeal"], "reason": "It is contested."}
    refused(world.as_("responsible").post(ORIGINALS, opening), NotPermitted)
    refused(world.as_("responsible").get(CONTENT), OriginalRedacted)


def test_an_officer_declares_first_what_they_are_to_the_apprentice(tell: Tell) -> None:
    world = tell("convened")
    world.as_("admin").does("/people/{third}/roles", {"role": "responsible officer"})
    refused(world.as_("third").post(REDACTIONS, REDACT), InterestNotDeclared)


def test_two_officers_at_once_show_nothing_that_the_other_has_hidden(world: World) -> None:
    redact(world)
    told = refused(world.as_("responsible").post(REDACTIONS, {**REDACT, "places": []}), RedactionChanged)
    assert told["detail"] == "The newest redaction is 1."
    redact(world, places=[FACE, {**FACE, "y": 400}])
    assert world.as_("mia").sees(ITEM)["versions"][0]["redactions"] == 2


def test_what_cannot_be_hidden_is_refused_with_the_way_out(world: World) -> None:
    officer = world.as_("responsible")
    outside = {**FACE, "x": 500}
    refused(officer.post(REDACTIONS, {**REDACT, "places": [outside]}), SelectorOutOfBounds)
    refused(
        officer.post(REDACTIONS, {**REDACT, "places": [{"type": "time range", "start": 0, "end": 1}]}), NotRedactable
    )
    refused(officer.post("/evidence/{observation}/redactions", REDACT), NotRedactable)
    refused(officer.post(REDACTIONS, {**REDACT, "places": []}), RedactionUnchanged)
    told = refused(officer.post(REDACTIONS, {**REDACT, "hidden_from": ["coach"]}), RedactionTooNarrow)
    assert told["missing"] == ["employer", "panel"]
    assert officer.post(REDACTIONS, {**REDACT, "hidden_from": ["friends"]}).status_code == 422
    assert officer.post(REDACTIONS, {**REDACT, "places": [FACE] * 501}).status_code == 422


def test_who_is_about_to_be_sent_a_copy_in_which_less_is_hidden_than_now_looks_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    redact(world)
    page(world, "chair")
    read = world.previews.read

    def hide_more(*asked: Any) -> Any:
        redact(world, places=[FACE, {**FACE, "y": 400}])
        return read(*asked)

    monkeypatch.setattr(world.previews, "read", hide_more)
    refused(world.as_("coach").get("/evidence/{evidence}/preview?part=page"), OtherCopyShown)
    assert (world["coach"], 1) not in views(world)


# --- the original, opened to a panel ---


def test_a_panel_is_shown_the_original_that_an_officer_opened_to_it_while_its_case_is_open(world: World) -> None:
    redact(world)
    opening = {"version": 1, "appeal_id": world["appeal"], "reason": "The face is what is contested."}
    world.as_("responsible").does(ORIGINALS, opening)
    assert world.as_("chair").get(CONTENT).status_code == 200
    assert (world["chair"], 0) in views(world)
    assert shown(world, "chair")["opened_for"] == [str(world["appeal"])]
    for who in ("coach", "employer", "officer", "admin"):
        refused(world.as_(who).get(CONTENT), OriginalRedacted)
    refused(world.as_("responsible").post(ORIGINALS, opening), OriginalNotHidden)
    (told,) = world.as_("mia").sees("/enrolments/{enrolment}/audit-trail?kind=evidence.original-opened")["items"]
    assert told["sentence"] == (
        "opened the original of version 1 to the panel of an appeal: The face is what is contested."
    )
    decides(world, outcome="dismissed")
    refused(world.as_("chair").get(CONTENT), OriginalRedacted)


def test_it_is_opened_for_no_case_but_an_open_one_of_this_apprentice(world: World) -> None:
    opening = {"version": 1, "appeal_id": world["appeal"], "reason": "It is contested."}
    refused(world.as_("responsible").post(ORIGINALS, opening), OriginalNotHidden)
    redact(world)
    refused(world.as_("responsible").post(ORIGINALS, {**opening, "appeal_id": world["evidence"]}), CaseNotHeard)
    decides(world, outcome="dismissed")
    refused(world.as_("responsible").post(ORIGINALS, opening), CaseNotHeard)


# --- which copy is cited ---


def remark(world: World, **fields: Any) -> dict[str, Any]:
    made = {"version": 1, "sha256": sha(files.pdf((595, 842))), "selector": SELECTOR, "kind": "formative"}
    return {**made, "audience": "apprentice and assessors", "text": "Look here.", **fields}


def test_a_remark_names_the_copy_that_its_author_was_shown(world: World) -> None:
    redact(world)
    refused(world.as_("coach").post(ANNOTATIONS, remark(world, redaction=1)), CopyNotSeen)
    page(world, "coach")
    assert (world["coach"], 1) in views(world)
    told = refused(world.as_("coach").post(ANNOTATIONS, remark(world)), CopyNotSeen)
    assert told["detail"] == "You were shown redaction 1."
    world.as_("coach").does(ANNOTATIONS, remark(world, redaction=1))
    (made,) = world.as_("mia").sees(ITEM)["versions"][0]["annotations"]
    assert made["redaction"] == 1


def test_a_finding_names_the_copy_that_its_assessor_was_shown(tell: Tell) -> None:
    world, findings = tell("found"), "/assessments/{attempt}/findings"
    redact(world, hidden_from=ALL)
    assessor = world.as_("assessor")

    def found(**fields: Any) -> dict[str, Any]:
        return {"findings": [finding(world, "S11", cites=[cite(world, "evidence", **fields)])]}

    told = refused(assessor.post(findings, found()), CopyNotSeen)
    assert told["detail"] == "You were shown none of it yet."
    page(world, "assessor")
    refused(assessor.post(findings, found()), CopyNotSeen)
    refused(assessor.post(findings, found(redaction=2)), CopyNotSeen)
    assessor.does(findings, found(redaction=1))
    context = assessor.sees("/assessments/{attempt}/context")
    (judged,) = (each["finding"] for each in context["findings"] if each["finding"]["code"] == "S11")
    assert judged["cites"][0]["redaction"] == 1
    cited = next(refs for code, refs in context["cited"] if code == "S11")
    assert [(ref["evidence_id"], ref["redaction"]) for ref in cited] == [(str(world["evidence"]), 1)]
    assert (str(world["evidence"]), 1) in [(ref["evidence_id"], ref.get("redaction")) for ref in context["served"]]
    assert str(world["evidence"]) not in [each["evidence_id"] for each in context["never_opened"]]


def test_who_saw_the_original_before_it_was_redacted_may_still_cite_it(tell: Tell) -> None:
    world, findings = tell("found"), "/assessments/{attempt}/findings"
    assert world.as_("assessor").get(CONTENT).status_code == 200
    redact(world, hidden_from=ALL)
    whole = {"findings": [finding(world, "S11", cites=[cite(world, "evidence")])]}
    world.as_("assessor").does(findings, whole)
