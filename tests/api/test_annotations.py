"""Annotations over HTTP: pinned to a place in the very bytes that were read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from portfolio.application.originals import StoredFileAltered
from portfolio.domain.evidence.annotations import (
    AnnotationHashMismatch,
    AnnotationNotYours,
    AnnotationUnknown,
    BasisNeedsAssessor,
)
from portfolio.domain.evidence.facts import UploadOffered
from portfolio.domain.evidence.selector import QuoteNotFound, SelectorNotForMedia, SelectorOutOfBounds
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from tests.api.conftest import Tell
from tests.api.world import ITEMS, NOTES, SELECTOR, World, refused, sha
from tests.infra.vault import files


def path(item: str = "pdf") -> str:
    return f"/evidence/{{{item}}}/annotations"


def remark(world: World, content: bytes, selector: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"version": 1, "sha256": sha(content), "selector": selector, "kind": "formative"}
    return {**body, "audience": "apprentice and assessors", "text": "Name the second hazard.", **fields}


GOOD: list[tuple[str, dict[str, Any], str]] = [
    ("pdf", SELECTOR, "page=1&viewrect=10,20,100,50"),
    ("image", {"type": "image region", "x": 0, "y": 10, "width": 40, "height": 20}, "xywh=pixel:0,10,40,20"),
    ("sound", {"type": "time range", "start": 0.25, "end": 1.5}, "t=0.25,1.5"),
    ("text", {"type": "text quote", "exact": "six lanterns", "prefix": "Rigged ", "suffix": ","}, ""),
    ("text", {"type": "whole item"}, ""),
]


@pytest.mark.parametrize(("item", "selector", "fragment"), GOOD)
def test_a_remark_is_pinned_to_a_place(tell: Tell, item: str, selector: dict[str, Any], fragment: str) -> None:
    world, content = tell("collected"), ITEMS[item][0]
    receipt = world.as_("assessor").does(path(item), remark(world, content, selector))
    (shown,) = world.as_("mia").sees(f"/evidence/{{{item}}}")["versions"][0]["annotations"]
    assert shown["selector"] == selector
    assert (shown["fragment"], shown["annotation_id"], shown["name"]) == (
        fragment,
        receipt["annotation_id"],
        "Assessor",
    )
    assert (shown["sha256"], shown["revises"]) == (sha(content), None)


BAD: list[tuple[str, dict[str, Any], type[Rejected]]] = [
    ("pdf", {**SELECTOR, "page": 2}, SelectorOutOfBounds),
    ("pdf", {**SELECTOR, "x": 500}, SelectorOutOfBounds),
    ("pdf", {**SELECTOR, "width": -1}, SelectorOutOfBounds),
    ("pdf", {"type": "time range", "start": 0, "end": 1}, SelectorNotForMedia),
    ("pdf", {"type": "text quote", "exact": "a"}, SelectorNotForMedia),
    ("image", SELECTOR, SelectorNotForMedia),
    ("image", {"type": "image region", "x": 1, "y": 0, "width": 40, "height": 1}, SelectorOutOfBounds),
    ("sound", {"type": "time range", "start": 1, "end": 2}, SelectorOutOfBounds),
    ("sound", {"type": "time range", "start": 1, "end": 1}, SelectorOutOfBounds),
    ("text", {"type": "text quote", "exact": "seven lanterns"}, QuoteNotFound),
]


@pytest.mark.parametrize(("item", "selector", "refusal"), BAD)
def test_a_place_that_is_not_there_is_refused(
    tell: Tell, item: str, selector: dict[str, Any], refusal: type[Rejected]
) -> None:
    world, content = tell("collected"), ITEMS[item][0]
    refused(world.as_("assessor").post(path(item), remark(world, content, selector)), refusal)
    assert world.as_("mia").sees(f"/evidence/{{{item}}}")["versions"][0]["annotations"] == []


SHAPES: list[tuple[Any, str]] = [
    ("whole item", "selector"),
    ({}, "selector.type"),
    ({"type": "circle"}, "selector.type"),
    ({"type": ["whole item"]}, "selector.type"),
    ({**SELECTOR, "page": "1"}, "selector.page"),
    ({**SELECTOR, "page": True}, "selector.page"),
    ({**SELECTOR, "x": 1e300}, "selector.x"),
    ({**SELECTOR, "depth": 1}, "selector.depth"),
    ({"type": "time range", "start": 0}, "selector.end"),
    ({"type": "text quote", "exact": "\x1b[2J"}, "selector.exact"),
]


@pytest.mark.parametrize(("selector", "field"), SHAPES)
def test_a_selector_of_no_known_shape_names_the_field(tell: Tell, selector: Any, field: str) -> None:
    world = tell("collected")
    answer = world.as_("assessor").post(path(), remark(world, ITEMS["pdf"][0], selector))
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [field])


def test_a_remark_on_other_bytes_is_refused(tell: Tell) -> None:
    world = tell("collected")
    refused(world.as_("assessor").post(path(), remark(world, NOTES, SELECTOR)), AnnotationHashMismatch)


def test_a_claim_quotes_the_text_of_its_file(tell: Tell) -> None:
    world = tell("collected")
    mia = world.as_("mia")
    claim = {"version": 1, "codes": ["K20"], "place": {"type": "text quote", "exact": "six lanterns"}}
    mia.does("/evidence/{text}/claims", claim)
    claims = mia.sees("/evidence/{text}")["versions"][0]["claims"]
    assert [(each["code"], each["where"]) for each in claims if each["place"]] == [("K20", "the words “six lanterns”")]
    unheard = {**claim, "codes": ["K21"], "place": {"type": "text quote", "exact": "seven lanterns"}}
    refused(mia.post("/evidence/{text}/claims", unheard), QuoteNotFound)


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"Rigged six bananas!"), Path.unlink])
def test_no_quote_is_looked_for_in_other_bytes_than_were_sealed(tell: Tell, spoil: Callable[[Path], None]) -> None:
    world, content = tell("collected"), ITEMS["text"][0]
    stored = world.journal.read(world["text"])[0].fact
    assert isinstance(stored, UploadOffered)
    path_of = world.folder / "vault/objects" / str(stored.object_id)[:2] / str(stored.object_id)
    path_of.chmod(0o600)
    spoil(path_of)
    body = remark(world, content, {"type": "text quote", "exact": "six bananas"})
    assessor = world.as_("assessor")
    refused(assessor.post(path("text"), body), StoredFileAltered)
    assert world.handler.originals.check() is not None


def test_a_remark_is_revised_by_a_new_one_that_links_back(tell: Tell) -> None:
    world, content = tell("collected"), ITEMS["pdf"][0]
    assessor = world.as_("assessor")
    first = assessor.does(path(), remark(world, content, SELECTOR))["annotation_id"]
    assessor.does(path(), remark(world, content, SELECTOR, revises=UUID(first), text="Name the third hazard."))
    shown = world.as_("mia").sees("/evidence/{pdf}")["versions"][0]["annotations"]
    assert [(each["text"], each["revises"]) for each in shown] == [
        ("Name the second hazard.", None),
        ("Name the third hazard.", first),
    ]
    refused(assessor.post(path(), remark(world, content, SELECTOR, revises=uuid4())), AnnotationUnknown)


def test_a_repeated_remark_is_made_once(tell: Tell) -> None:
    world, content = tell("collected"), ITEMS["pdf"][0]
    once = {"Idempotency-Key": "remark-1"}
    first = world.as_("assessor").does(path(), remark(world, content, SELECTOR), headers=once)
    assert world.as_("assessor").does(path(), remark(world, content, SELECTOR), headers=once) == first
    assert len(world.as_("mia").sees("/evidence/{pdf}")["versions"][0]["annotations"]) == 1


def test_a_remark_for_assessors_is_not_shown_to_the_apprentice(tell: Tell) -> None:
    world, content = tell("collected"), ITEMS["pdf"][0]
    body = remark(world, content, SELECTOR, audience="assessors", text="Copied from Noah?")
    world.as_("assessor").does(path(), body)
    trail = "/enrolments/{enrolment}/audit-trail?kind=evidence.annotated"
    for person, shown in (("mia", False), ("quality", True), ("officer", True)):
        caller = world.as_(person)
        assert bool(caller.sees("/evidence/{pdf}")["versions"][0]["annotations"]) is shown
        assert ("Copied" in str(caller.sees(trail))) is shown
    assert "made a remark for assessors on version 1." in str(world.as_("mia").sees(trail))


def test_nobody_remarks_on_a_draft_and_the_apprentice_never(tell: Tell) -> None:
    world = tell("sealed")
    content = files.pdf((595, 842))
    refused(world.as_("assessor").post(path("evidence"), remark(world, content, SELECTOR)), NotVisible)
    refused(world.as_("mia").post(path("evidence"), remark(world, content, SELECTOR)), NotPermitted)
    refused(world.as_("second").post(path("evidence"), remark(world, content, SELECTOR)), NotVisible)


def test_only_its_author_revises_a_remark_and_only_an_assessor_says_what_a_finding_rests_on(tell: Tell) -> None:
    world, content = tell("collected"), ITEMS["pdf"][0]
    made = world.as_("assessor").does(path(), remark(world, content, SELECTOR, kind="basis of finding"))
    revision = remark(world, content, SELECTOR, revises=made["annotation_id"])
    refused(world.as_("coach").post(path(), revision), AnnotationNotYours)
    world.as_("assessor").does(path(), revision)
    for person in ("coach", "quality"):
        basis = remark(world, content, SELECTOR, kind="basis of finding")
        refused(world.as_(person).post(path(), basis), BasisNeedsAssessor)


def test_a_remark_for_assessors_reaches_neither_coach_nor_employer(tell: Tell) -> None:
    world, content = tell("collected"), ITEMS["pdf"][0]
    world.as_("assessor").does(path(), remark(world, content, SELECTOR, audience="assessors", text="Copied?"))
    for person in ("assessor", "quality", "lead", "responsible", "officer"):
        assert "Copied?" in str(world.as_(person).sees("/evidence/{pdf}"))
    for person in ("mia", "coach", "employer", "admin"):
        assert "Copied?" not in str(world.as_(person).sees("/evidence/{pdf}"))


def test_a_remark_for_assessors_is_not_there_for_a_coach_who_would_revise_it(tell: Tell) -> None:
    world, content = tell("collected"), ITEMS["pdf"][0]
    made = world.as_("assessor").does(path(), remark(world, content, SELECTOR, audience="assessors"))
    revision = remark(world, content, SELECTOR, revises=made["annotation_id"])
    refused(world.as_("coach").post(path(), revision), AnnotationUnknown)
    refused(world.as_("quality").post(path(), revision), AnnotationNotYours)
