"""Redacted previews: kept apart from those of the original and from each other, and never one in place of another."""

import json
from itertools import permutations
from typing import Any

import pytest

from portfolio.application.hidden import NOT_IN_PLACES, Places
from portfolio.application.previews import ONLY_THE_PICTURE, NoPreview, Preview, PreviewBeingMade
from portfolio.application.recipes import Part
from portfolio.domain.evidence.selector import Bounds, ImageRegion, PdfRectangle, TextQuote, TimeRange, WholeItem
from tests.application.test_previews import CONTENT, DOCX, JPEG, MIA, MOV, PDF, Stepped, a_file, of

FACE = ImageRegion(x=10, y=20, width=30, height=40)
PLATE = ImageRegion(x=1, y=2, width=3, height=4)
NAME = PdfRectangle(page=2, x=72.5, y=100, width=200, height=14)
PHOTO = Bounds(media_type=JPEG, width=400, height=300)
LOG = Bounds(media_type=PDF, pages=((595.0, 842.0),) * 9)


@pytest.fixture
def previews() -> Stepped:
    return Stepped()


def shown(previews: Stepped, media_type: str, part: Part, hidden: Places = (), **more: Any) -> Preview:
    """Return a preview that is made now if it is not there."""
    bounds = {JPEG: PHOTO, PDF: LOG}.get(media_type)
    asked = {"hidden": hidden, "bounds": bounds, **more}
    for _ in range(3):
        try:
            return previews.get(MIA, of(a_file(), media_type, part, **asked))
        except PreviewBeingMade:
            assert previews.state(of(a_file(), media_type, part, **asked)).state == "being made"
            previews.step()
    raise AssertionError("it was not made")


def test_a_redacted_picture_is_told_what_is_hidden_and_says_that_it_is_one(previews: Stepped) -> None:
    preview = shown(previews, JPEG, "screen", (FACE,))
    assert (preview.recipe, preview.sha256, preview.media_type) == ("redacted-picture/1", a_file().sha256, "image/jpeg")
    ((recipe, argument, content),) = previews.cook.made
    assert (recipe, content) == ("picture", CONTENT)
    plain, told = argument.split("\n")
    assert plain == JPEG
    assert json.loads(told) == {"1": {"size": [400, 300], "boxes": [[10, 20, 30, 40]]}}


def test_each_set_of_places_has_previews_of_its_own(previews: Stepped) -> None:
    sets: list[Places] = [(), (FACE,), (PLATE,), (FACE, PLATE)]
    made = [shown(previews, JPEG, "screen", hidden) for hidden in sets]
    assert len(previews.cook.made) == len(sets)
    assert len({preview.key for preview in made}) == len({preview.mark for preview in made}) == len(sets)
    for hidden, preview in zip(sets, made, strict=True):
        assert shown(previews, JPEG, "screen", hidden) == preview
        assert previews.is_there(of(a_file(), JPEG, "screen", hidden=hidden, bounds=PHOTO))
    previews.shelf.remove(made[0].key)
    assert not previews.is_there(of(a_file(), JPEG, "screen"))
    assert previews.state(of(a_file(), JPEG, "screen")).state == "not made yet"


def test_the_order_in_which_places_are_told_makes_no_difference(previews: Stepped) -> None:
    other = ImageRegion(x=5, y=5, width=5, height=5)
    keys = {shown(previews, JPEG, "screen", places).key for places in permutations((FACE, PLATE, other))}
    assert len(keys) == 1
    assert len(previews.cook.made) == 1


def test_pages_are_told_what_is_hidden_of_each_and_have_no_words(previews: Stepped) -> None:
    previews.cook.gives_words = False
    preview = shown(previews, PDF, "page", (NAME,), page=2)
    assert preview.recipe == "redacted-page/1"
    _, argument, _ = previews.cook.made[0]
    plain, told = argument.split("\n")
    assert plain == "2 1 3 4 5 6 7 8"
    areas = json.loads(told)
    assert areas.keys() == {str(number) for number in range(1, 9)}
    assert areas["2"] == {"size": [595, 842], "boxes": [[72.5, 100, 200, 14]]}
    assert areas["1"]["boxes"] == []
    for part in ("words", "text"):
        state = previews.state(of(a_file(), PDF, part, 2, hidden=(NAME,), bounds=LOG))
        assert (state.state, state.recipe, state.sentence) == ("none", "", ONLY_THE_PICTURE)
        with pytest.raises(NoPreview, match=ONLY_THE_PICTURE):
            shown(previews, PDF, part, (NAME,), page=2)
    assert shown(previews, PDF, "page-small", (NAME,), page=1).recipe == "redacted-page/1"
    assert len(previews.cook.made) == 1


def test_a_recipe_that_gives_words_of_a_redacted_page_is_not_believed(previews: Stepped) -> None:
    with pytest.raises(NoPreview):
        shown(previews, PDF, "words", (NAME,))
    with pytest.raises(PreviewBeingMade):
        previews.get(MIA, of(a_file(), PDF, "page", hidden=(NAME,), bounds=LOG))
    previews.step()
    assert not [key for key in previews.shelf.kept if "words" in key or "text" in key]


@pytest.mark.parametrize(
    ("media_type", "hidden"),
    [
        (DOCX, (NAME,)),
        ("text/plain", (TextQuote(exact="secret"),)),
        (JPEG, (NAME,)),
        (JPEG, (FACE, WholeItem())),
        (PDF, (FACE,)),
        (PDF, (NAME, TimeRange(start=0, end=1))),
    ],
)
def test_where_places_cannot_be_left_out_nothing_is_shown(previews: Stepped, media_type: str, hidden: Places) -> None:
    part: Part = "screen" if media_type == JPEG else "page"
    assert previews.state(of(a_file(), media_type, part, hidden=hidden, bounds=LOG)).sentence == NOT_IN_PLACES
    for ask in (previews.get, previews.begin):
        with pytest.raises(NoPreview, match=NOT_IN_PLACES):
            ask(MIA, of(a_file(), media_type, part, hidden=hidden, bounds=LOG))
    previews.prepare(MIA, of(a_file(), media_type, part, hidden=hidden, bounds=LOG))
    assert previews.asked == []


@pytest.mark.parametrize(("media_type", "part", "place"), [(JPEG, "screen", FACE), (PDF, "page", NAME)])
def test_places_without_the_bounds_they_were_recorded_against_are_a_fault(
    previews: Stepped, media_type: str, part: Part, place: Any
) -> None:
    with pytest.raises(ValueError, match="say nothing without the bounds"):
        previews.get(MIA, of(a_file(), media_type, part, hidden=(place,)))


def test_of_a_file_that_is_gone_nothing_redacted_stays(previews: Stepped) -> None:
    shown(previews, JPEG, "screen")
    shown(previews, JPEG, "screen", (FACE,))
    previews.forget(a_file().object_id)
    assert previews.shelf.kept == {}
    with pytest.raises(PreviewBeingMade):
        previews.get(MIA, of(a_file(), JPEG, "screen", hidden=(FACE,), bounds=PHOTO))
    previews.cook.meanwhile = lambda: previews.forget(a_file().object_id)
    previews.step()
    assert previews.shelf.kept == {}


def test_it_can_be_made_before_anybody_asks(previews: Stepped) -> None:
    previews.prepare(MIA, of(a_file(), JPEG, "screen", hidden=(FACE,), bounds=PHOTO))
    previews.step()
    assert previews.is_there(of(a_file(), JPEG, "screen", hidden=(FACE,), bounds=PHOTO))
    assert not previews.is_there(of(a_file(), JPEG, "screen"))


def test_a_redacted_recording_is_always_made_playable(previews: Stepped) -> None:
    hidden = (TimeRange(start=1, end=2.5),)
    previews.cook.gives["recording"] = {"about": b'{"plays": true}', "waveform": b"wave"}
    shown(previews, MOV, "waveform")
    previews.cook.gives["recording"] = {"waveform": b"flat"}
    assert shown(previews, MOV, "waveform", hidden).recipe == "redacted-recording/2"
    assert previews.state(of(a_file(), MOV, "playable", hidden=hidden)).state == "being made"  # since somebody will ask
    assert shown(previews, MOV, "playable", hidden).recipe == "redacted-playable/2"
    assert previews.state(of(a_file(), MOV, "playable")).sentence == "Browsers play the original."
    assert [(recipe, argument.partition("\n")[2]) for recipe, argument, _ in previews.cook.made] == [
        ("recording", ""),
        ("recording", "[[1,2.5]]"),
        ("playable", "[[1,2.5]]"),
    ]


def test_a_redacted_recording_needs_nothing_but_the_original(previews: Stepped) -> None:
    assert shown(previews, MOV, "playable", (TimeRange(start=1, end=2.5),)).media_type == "video/mp4"
    assert [recipe for recipe, *_ in previews.cook.made] == ["playable"]
