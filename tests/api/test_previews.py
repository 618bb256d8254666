"""Previews over HTTP: shown to whom the version is, recorded as a view, and never waited for."""

import io
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from portfolio.application.previews import ManyPreviews, NoPreview, PreviewBeingMade
from portfolio.domain.evidence.facts import EvidenceServed, FileSealed
from portfolio.domain.evidence.refusals import EvidenceNotSealed
from portfolio.domain.kernel import NotVisible, StaleVersion
from tests.api.conftest import Tell
from tests.api.world import ITEMS, World, hand_in, offer, refused, sha, upload
from tests.infra.vault import files
from tests.infra.vault.previews.test_recipes import photo

PHOTO = photo("JPEG", (800, 600), orientation=6)


@pytest.fixture
def world(tell: Tell) -> World:
    world = tell("submitted")
    hand_in(world, "photo", PHOTO, "image/jpeg", filename="photo.jpg")
    return world


def ask(world: World, who: str, name: str, **query: Any) -> TestResponse:
    return world.as_(who).get(f"/evidence/{{{name}}}/preview", query_string=query)


def made(world: World, who: str, name: str, **query: Any) -> TestResponse:
    """Ask for a preview, let it be made, and ask again."""
    refused(ask(world, who, name, **query), PreviewBeingMade)
    world.previews.settle()
    answer = ask(world, who, name, **query)
    assert answer.status_code == 200, answer.text
    return answer


def views(world: World, name: str) -> list[Any]:
    history = world.journal.read(world[name])
    return [entry.by for entry in history if isinstance(entry.fact, EvidenceServed)]


def test_a_preview_is_upright_bare_and_says_what_it_is_of(world: World) -> None:
    answer = made(world, "assessor", "photo", part="thumbnail")
    image = Image.open(io.BytesIO(answer.data))
    assert image.size == (240, 320)
    assert not image.getexif()
    assert answer.headers["Preview-Of"] == sha(PHOTO)
    assert answer.headers["Preview-Recipe"] == "picture/1"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_asks_while_it_is_being_made_is_told_when_to_come_again(world: World) -> None:
    answer = ask(world, "assessor", "photo", part="screen")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert views(world, "photo") == []


def test_one_is_answered_by_etag_and_in_parts(world: World) -> None:
    whole = made(world, "assessor", "photo", part="screen")
    etag = whole.headers["ETag"]
    path = "/evidence/{photo}/preview?part=screen"
    assessor = world.as_("assessor")
    part = assessor.get(path, headers={"Range": "bytes=100-199", "If-Range": etag})
    assert (part.status_code, part.data) == (206, whole.data[100:200])
    assert assessor.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert assessor.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
    refused(assessor.get(path, headers={"If-Match": '"other"'}), StaleVersion)


def test_to_be_sent_one_is_to_be_shown_the_version_and_to_look_ahead_is_not(world: World) -> None:
    made(world, "mia", "photo", part="screen")
    assert views(world, "photo") == []
    ahead = world.as_("assessor").get("/evidence/{photo}/preview?part=screen", headers={"Sec-Purpose": "prefetch"})
    assert ahead.status_code == 503
    world.as_("assessor").get("/evidence/{photo}/previews")
    world.as_("assessor").client.head(world.as_("assessor").path("/evidence/{photo}/preview?part=screen"))
    assert views(world, "photo") == []
    for _ in range(2):
        ask(world, "assessor", "photo", part="screen")
    assert views(world, "photo") == [world["assessor"]]


@pytest.mark.parametrize("path", ["/evidence/{photo}/preview?part=screen", "/evidence/{photo}/previews"])
def test_one_is_shown_to_nobody_who_may_not_see_the_version(world: World, path: str) -> None:
    made(world, "mia", "photo", part="screen")
    for nobody in ("stranger", "noah", "chair"):
        refused(world.as_(nobody).get(path), NotVisible)
    assert world.app.test_client().get(world.as_("mia").path(path)).status_code == 401
    assert views(world, "photo") == []


@pytest.mark.parametrize("path", ["/evidence/{draft}/preview?part=screen", "/evidence/{draft}/previews"])
def test_one_of_a_draft_is_its_apprentices(world: World, path: str) -> None:
    upload(world, "draft", PHOTO, "image/jpeg", filename="photo.jpg")
    refused(world.as_("assessor").get(path), NotVisible)
    assert world.as_("mia").get(path).status_code in (200, 503)


def test_there_is_none_of_what_is_not_sealed(world: World) -> None:
    world.as_("mia").does("/evidence", offer(world, PHOTO, "image/jpeg", filename="photo.jpg"), name="waits")
    for path in ("/evidence/{waits}/preview?part=screen", "/evidence/{waits}/previews"):
        refused(world.as_("mia").get(path), EvidenceNotSealed)


def test_pages_come_with_their_text_and_where_each_word_stands(world: World) -> None:
    page = made(world, "assessor", "evidence", part="page")
    assert Image.open(io.BytesIO(page.data)).size == (1131, 1600)
    words = ask(world, "assessor", "evidence", part="words")
    assert words.get_json()["page"] == 1
    text = ask(world, "assessor", "evidence", part="text")
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    beyond = refused(ask(world, "assessor", "evidence", part="page", page=2), NoPreview)
    assert beyond["detail"] == "It has no page 2: the last one is 1."


@pytest.mark.parametrize("query", [{}, {"part": "other"}, {"part": "page", "page": 0}, {"part": "page", "page": 2001}])
def test_what_is_no_part_is_not_answered(world: World, query: dict[str, Any]) -> None:
    assert ask(world, "mia", "evidence", **query).status_code == 422


def test_it_is_said_what_there_is_to_look_at(world: World) -> None:
    before = world.as_("assessor").sees("/evidence/{photo}/previews")
    assert before["kind"] == "picture"
    assert before["sha256"] == sha(PHOTO)
    assert [(part["part"], part["state"]) for part in before["parts"]] == [
        ("thumbnail", "not made yet"),
        ("screen", "not made yet"),
    ]
    assert world.previews.asked == []
    ask(world, "assessor", "photo", part="screen")
    assert {part["state"] for part in world.as_("mia").sees("/evidence/{photo}/previews")["parts"]} == {"being made"}
    world.previews.settle()
    assert {part["state"] for part in world.as_("mia").sees("/evidence/{photo}/previews")["parts"]} == {"made"}
    assert world.as_("mia").sees("/evidence/{evidence}/previews")["pages"] == 1


def test_of_sound_there_is_a_drawing_and_no_picture(world: World) -> None:
    hand_in(world, "sound", *ITEMS["sound"], filename="call.wav")
    assert Image.open(io.BytesIO(made(world, "assessor", "sound", part="waveform").data)).size == (1000, 160)
    refused(ask(world, "assessor", "sound", part="poster"), NoPreview)
    played = refused(ask(world, "assessor", "sound", part="playable"), NoPreview)
    assert played["detail"] == "Browsers play the original."


def test_who_asks_for_very_many_is_told_to_come_again(world: World) -> None:
    for number in range(9):
        content = photo("JPEG", (100 + number, 100))
        hand_in(world, f"photo {number}", content, "image/jpeg", filename="photo.jpg")
    answers = [ask(world, "assessor", f"photo {number}", part="screen") for number in range(9)]
    for answer in answers[:-1]:
        refused(answer, PreviewBeingMade)
    refused(answers[-1], ManyPreviews)


def test_a_discarded_draft_leaves_no_preview(world: World) -> None:
    upload(world, "draft", PHOTO, "image/jpeg", filename="photo.jpg")
    made(world, "mia", "draft", part="screen")
    kept = len(list(world.previews.store.entries()))
    world.as_("mia").does("/evidence/{draft}/discard", {"version": 1})
    assert len(list(world.previews.store.entries())) == kept - 2
    assert list(world.previews.store.entries()) == []


def test_of_an_altered_file_none_is_made(world: World) -> None:
    (object_id,) = (
        entry.fact.object_id for entry in world.journal.read(world["photo"]) if isinstance(entry.fact, FileSealed)
    )
    path = world.folder / "vault" / "objects" / str(object_id)[:2] / str(object_id)
    path.chmod(0o600)
    path.write_bytes(files.picture("JPEG").ljust(len(PHOTO), b"\0")[: len(PHOTO)])
    for _ in range(2):
        refused(ask(world, "assessor", "photo", part="screen"), PreviewBeingMade)
        world.previews.settle()
    assert list(world.previews.store.entries()) == []


def test_a_record_is_shown_as_it_is_written(tell: Tell) -> None:
    world = tell("convened")
    refused(ask(world, "assessor", "observation", part="page"), NoPreview)
    assert world.as_("assessor").sees("/evidence/{observation}/previews")["parts"] == []
