"""Previews: made once, when somebody first asks, of the sealed bytes alone; nobody waits for one."""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import pytest

from portfolio.application.originals import StoredFile, StoredFileAltered
from portfolio.application.ports import Busy
from portfolio.application.preview_ports import Kept, NotMade, Why
from portfolio.application.previews import (
    FAILED,
    LONG_AT_ONCE,
    QUICK_AT_ONCE,
    SENTENCES,
    WAITING,
    WAITING_OF_ONE,
    ManyPreviews,
    NoPreview,
    PreviewBeingMade,
    Previews,
)
from portfolio.application.recipes import DOCUMENT, PAGES_TOGETHER, Asked, Making, Part, making_of
from tests.domain.world import an_id

CONTENT = b"the sealed bytes"
MIA, JOAN = an_id("mia"), an_id("joan")
JPEG, PDF, DOCX, MOV = "image/jpeg", "application/pdf", "application/vnd.docx", "video/quicktime"


def a_file(name: str = "file", sha256: str = hashlib.sha256(CONTENT).hexdigest()) -> StoredFile:
    return StoredFile(object_id=an_id(name), sha256=sha256, size=len(CONTENT))


def of(file: StoredFile, media_type: str, part: Part, page: int = 1, **hidden: Any) -> Asked:
    """Return a part that is asked for."""
    return Asked(file=file, media_type=media_type, part=part, page=page, **hidden)


class Shelf:
    """Previews in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.held: dict[str, float] = {}

    def find(self, key: str) -> Kept | None:
        return Kept(size=len(self.kept[key]), mark=str(hash(self.kept[key]))) if key in self.kept else None

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        if key not in self.kept:
            raise FileNotFoundError(key)
        yield self.kept[key][start:end]

    def keep(self, key: str, content: IO[bytes]) -> None:
        self.kept[key] = content.read()

    def entries(self) -> Iterator[tuple[str, int]]:
        return iter([(key, len(content)) for key, content in self.kept.items()])

    def remove(self, prefix: str) -> None:
        for key in [key for key in self.kept if key.startswith(prefix)]:
            del self.kept[key]

    @contextmanager
    def claim(self, key: str) -> Iterator[Callable[[float], None] | None]:
        if key in self.held:
            yield None
            return
        self.held[key] = 0.0
        try:
            yield lambda done: self.held.__setitem__(key, done)
        finally:
            del self.held[key]

    def progress(self, key: str) -> float | None:
        return self.held.get(key)

    def sweep(self) -> None:
        pass

    def check(self) -> str | None:
        return None


class Cook:
    """Gives back what it is told to, of each recipe."""

    pages = 20

    def __init__(self) -> None:
        self.gives: dict[str, dict[str, bytes]] = {
            "picture": {"thumbnail": b"small", "screen": b"large"},
            "document": {"document": b"a PDF"},
            "recording": {"about": b'{"plays": false}', "waveform": b"wave"},
            "playable": {"playable": b"film"},
        }
        self.gives_words = True
        self.lacking: str | None = None
        self.why: Why | None = None
        self.made: list[tuple[str, str, bytes]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def lacks(self, recipe: str) -> str | None:
        return self.lacking if recipe == "document" else None

    def make(
        self,
        recipe: str,
        argument: str,
        source: Iterable[bytes],
        keep: Callable[[str, IO[bytes]], None],
        progress: Callable[[float], None],
    ) -> None:
        self.made.append((recipe, argument, b"".join(source)))
        if recipe == "page":
            numbers = [number for number in argument.partition("\n")[0].split() if int(number) <= self.pages]
            parts = ("page", "page-small", "words", "text")[: 4 if self.gives_words else 2]
            self.gives["page"] = {f"{part}.{number}": b"x" for number in numbers for part in parts}
            self.gives["page"] = {"pages": b"%d" % self.pages} | self.gives["page"]
        progress(0.5)
        self.meanwhile()
        for name, content in self.gives[recipe].items():
            keep(name, io.BytesIO(content))
            if self.why:
                break
        if self.why:
            raise NotMade(self.why)

    def stop(self) -> None:
        pass


class Stepped(Previews):
    """Makes what was asked for when it is told to."""

    shelf: Shelf
    cook: Cook

    def __init__(self, content: bytes = CONTENT) -> None:
        self.shelf, self.cook, self.asked = Shelf(), Cook(), list[Making]()
        super().__init__(self.shelf, self.cook, lambda _file, start, end: iter([content[start:end]]))

    def start(self, making: Making) -> None:
        self.asked.append(making)

    def step(self) -> None:
        self.run(self.asked.pop(0))


@pytest.fixture
def previews() -> Stepped:
    return Stepped()


def being_made(previews: Stepped, file: StoredFile, media_type: str, part: Part, page: int = 1) -> PreviewBeingMade:
    with pytest.raises(PreviewBeingMade) as caught:
        previews.get(MIA, of(file, media_type, part, page))
    return caught.value


def test_who_asks_first_has_it_made_and_is_told_so(previews: Stepped) -> None:
    assert "Ask again in 1 s" in str(being_made(previews, a_file(), JPEG, "screen"))
    assert previews.state(of(a_file(), JPEG, "screen")).state == "being made"
    previews.step()
    preview = previews.get(JOAN, of(a_file(), JPEG, "screen"))
    assert (preview.sha256, preview.recipe, preview.media_type) == (a_file().sha256, "picture/1", "image/jpeg")
    assert b"".join(previews.read(preview, 0, 5)) == b"large"
    assert b"".join(previews.read(preview, 1, 3)) == b"ar"
    assert previews.cook.made == [("picture", JPEG, CONTENT)]


def test_asking_how_it_stands_begins_nothing(previews: Stepped) -> None:
    assert previews.state(of(a_file(), JPEG, "thumbnail")).state == "not made yet"
    assert previews.asked == []


def test_one_is_made_once_however_often_it_is_asked_for(previews: Stepped) -> None:
    for _ in range(3):
        being_made(previews, a_file(), JPEG, "screen")
        being_made(previews, a_file(), JPEG, "thumbnail")
    assert len(previews.asked) == 1
    making = previews.asked[0]
    with previews.shelf.claim(making.key):  # another process is at it
        previews.step()
        assert previews.cook.made == []
        assert previews.state(of(a_file(), JPEG, "screen")).done == 0
    being_made(previews, a_file(), JPEG, "screen")
    previews.step()
    being_made(previews, a_file("another"), JPEG, "screen")
    assert not previews.make(making)  # the other was quicker
    assert len(previews.cook.made) == 1


def test_how_far_it_is_is_told(previews: Stepped) -> None:
    being_made(previews, a_file(), MOV, "waveform")
    previews.step()
    told: list[str] = []
    previews.cook.meanwhile = lambda: told.append(str(being_made(previews, a_file(), MOV, "playable")))
    previews.step()
    assert told == ["This preview is being made. 50% is done. Ask again in 10 s."]


def test_no_more_wait_than_there_is_room_for_of_all_and_of_one(previews: Stepped) -> None:
    people = [an_id(f"person {number}") for number in range(WAITING // WAITING_OF_ONE + 1)]
    for number in range(WAITING):
        with pytest.raises(PreviewBeingMade):
            previews.get(people[number // WAITING_OF_ONE], of(a_file(f"file {number}"), JPEG, "screen"))
    with pytest.raises(ManyPreviews):
        previews.get(people[-1], of(a_file("one more"), JPEG, "screen"))
    previews.step()
    with pytest.raises(ManyPreviews):  # one of the first person's has ended, of this one none
        previews.get(people[1], of(a_file("one more"), JPEG, "screen"))
    with pytest.raises(PreviewBeingMade):
        previews.get(people[0], of(a_file("one more"), JPEG, "screen"))


def test_of_other_bytes_than_were_sealed_nothing_is_shown() -> None:
    previews = Stepped(b"some other bytes")
    being_made(previews, a_file(), JPEG, "screen")
    with pytest.raises(StoredFileAltered):
        previews.make(previews.asked[0])
    previews.step()
    assert previews.shelf.kept == {}


def test_a_preview_of_other_bytes_or_of_an_older_recipe_is_not_found(previews: Stepped) -> None:
    key = making_of(a_file(), JPEG, making_of(a_file(), JPEG, DOCUMENT).recipe).folder.replace("document.1", "picture")
    previews.shelf.kept = {f"{key}.0/screen": b"old", f"{key}.1/screen": b"now"}
    assert previews.state(of(a_file(), JPEG, "screen")).state == "made"
    assert previews.state(of(a_file(sha256="0" * 64), JPEG, "screen")).state == "not made yet"
    del previews.shelf.kept[f"{key}.1/screen"]
    assert previews.state(of(a_file(), JPEG, "screen")).state == "not made yet"


@pytest.mark.parametrize("why", ["too long", "too much", "unreadable"])
def test_what_a_recipe_gave_up_is_not_tried_again_and_says_why(previews: Stepped, why: Why) -> None:
    previews.cook.why = why
    being_made(previews, a_file(), JPEG, "screen")
    previews.step()
    with pytest.raises(NoPreview, match=SENTENCES[why]):
        previews.get(MIA, of(a_file(), JPEG, "screen"))
    assert previews.get(MIA, of(a_file(), JPEG, "thumbnail")).recipe == "picture/1"  # it was given back before
    assert previews.asked == []


def test_what_went_wrong_outside_is_tried_again(previews: Stepped) -> None:
    def full() -> None:
        raise Busy

    previews.cook.meanwhile = full
    being_made(previews, a_file(), JPEG, "screen")
    previews.step()
    assert previews.state(of(a_file(), JPEG, "screen")).sentence == FAILED
    previews.cook.meanwhile = lambda: None
    being_made(previews, a_file(), JPEG, "screen")
    previews.step()
    assert previews.get(MIA, of(a_file(), JPEG, "screen"))
    assert previews.state(of(a_file(), JPEG, "screen")).sentence == ""


def test_a_part_that_nobody_asked_of_the_recipe_is_not_kept(previews: Stepped) -> None:
    previews.cook.gives["picture"] = {"screen/../../other": b"x", "screen": b"x"}
    being_made(previews, a_file(), JPEG, "screen")
    previews.step()
    assert [key for key in previews.shelf.kept if "other" in key] == []


def test_pages_are_made_with_those_beside_them_the_one_asked_for_first(previews: Stepped) -> None:
    being_made(previews, a_file(), PDF, "page", 11)
    previews.step()
    assert previews.cook.made == [("page", "11 9 10 12 13 14 15 16", CONTENT)]
    for number in range(PAGES_TOGETHER + 1, 2 * PAGES_TOGETHER + 1):
        assert previews.get(MIA, of(a_file(), PDF, "page-small", number)).media_type == "image/jpeg"
    assert previews.get(MIA, of(a_file(), PDF, "words", 11)).media_type == "application/json"
    assert previews.page_count(a_file()) == 20
    with pytest.raises(NoPreview, match="It has no page 21: the last one is 20"):
        previews.get(MIA, of(a_file(), PDF, "page", 21))
    assert previews.state(of(a_file(), PDF, "page", 1)).state == "not made yet"


def test_a_page_that_takes_too_long_leaves_the_pages_beside_it_to_be_tried(previews: Stepped) -> None:
    previews.cook.why = "too long"
    being_made(previews, a_file(), PDF, "page", 3)
    previews.step()
    assert previews.state(of(a_file(), PDF, "page", 3)).sentence == SENTENCES["too long"]
    assert previews.state(of(a_file(), PDF, "page", 4)).state == "not made yet"


def test_pages_of_a_document_are_made_of_its_pdf(previews: Stepped) -> None:
    being_made(previews, a_file(), DOCX, "page", 2)
    previews.step()
    previews.step()
    assert [(recipe, source) for recipe, _, source in previews.cook.made] == [("document", CONTENT), ("page", b"a PDF")]
    assert previews.get(MIA, of(a_file(), DOCX, "page", 1))


def test_where_documents_cannot_be_made_it_is_said_why(previews: Stepped) -> None:
    previews.cook.lacking = "There is no LibreOffice."
    with pytest.raises(NoPreview, match="There is no LibreOffice"):
        previews.get(MIA, of(a_file(), DOCX, "page", 1))
    assert previews.asked == []


def test_a_recording_that_browsers_play_is_not_made_again(previews: Stepped) -> None:
    previews.cook.gives["recording"] = {"about": b'{"plays": true}', "waveform": b"wave"}
    being_made(previews, a_file(), MOV, "playable")
    previews.step()
    with pytest.raises(NoPreview, match="Browsers play the original"):
        previews.get(MIA, of(a_file(), MOV, "playable"))
    with pytest.raises(NoPreview, match="has nothing of the kind"):  # it has no film
        previews.get(MIA, of(a_file(), MOV, "poster"))


def test_one_that_they_do_not_play_is(previews: Stepped) -> None:
    being_made(previews, a_file(), MOV, "playable")
    previews.step()
    previews.step()
    assert previews.get(MIA, of(a_file(), MOV, "playable")).media_type == "video/mp4"
    assert [recipe for recipe, *_ in previews.cook.made] == ["recording", "playable"]


def test_a_file_has_no_previews_of_another_kind(previews: Stepped) -> None:
    with pytest.raises(NoPreview):
        previews.get(MIA, of(a_file(), JPEG, "page"))


def test_of_a_file_that_is_gone_nothing_stays_also_if_it_is_just_being_made(previews: Stepped) -> None:
    for name in ("file", "other"):
        being_made(previews, a_file(name), JPEG, "screen")
        previews.step()
    being_made(previews, a_file(), PDF, "page")
    previews.cook.meanwhile = lambda: previews.forget(a_file().object_id)
    previews.step()
    assert {key.partition("/")[0] for key in previews.shelf.kept} == {str(a_file("other").object_id)}
    previews.cook.meanwhile = lambda: None
    being_made(previews, a_file(), JPEG, "screen")
    previews.step()
    assert previews.get(MIA, of(a_file(), JPEG, "screen"))


def test_threads_of_its_own_make_them_and_end() -> None:
    shelf, cook = Shelf(), Cook()
    previews = Previews(shelf, cook, lambda _file, start, end: iter([CONTENT[start:end]]))
    with pytest.raises(PreviewBeingMade):
        previews.get(MIA, of(a_file(), JPEG, "screen"))
    for pool in previews._pools.values():
        pool.shutdown()
    assert previews.get(MIA, of(a_file(), JPEG, "screen"))
    assert [pool._max_workers for pool in previews._pools.values()] == [LONG_AT_ONCE, QUICK_AT_ONCE]
    previews.close()
