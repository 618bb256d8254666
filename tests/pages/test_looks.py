"""The page of a version shows its file as far as it can be shown, and says so where it cannot."""

from collections.abc import Callable

import pytest

from infra.vault.previews.folder import FolderPreviews
from infra.vault.previews.maker import SandboxMaker
from infra.vault.previews.office import NOT_INSTALLED
from portfolio.application.ports import Busy
from portfolio.application.preview_ports import Kept, NotMade
from portfolio.application.previews import SENTENCES
from portfolio.domain.evidence.facts import EvidenceServed
from tests.api.conftest import Tell
from tests.api.world import ITEMS, World, hand_in
from tests.infra.vault import files
from tests.infra.vault.previews.recordings import film
from tests.infra.vault.previews.test_recipes import photo
from tests.pages.page import Element
from tests.pages.visitor import Visitor

LONG = files.pdf(*[(595, 842)] * 12)


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("submitted")


@pytest.fixture
def look(world: World) -> Callable[..., Element]:
    """Return what an assessor sees of a file once all that was asked for is made."""

    def of(name: str, query: str = "", who: str = "assessor") -> Element:
        visitor, path = Visitor(world, who), f"/evidence/{{{name}}}{query}"
        while True:
            shown = visitor.reads(path).section("content")
            if not world.previews.asked:
                return shown
            world.previews.settle()

    return of


def works(world: World, element: Element, attribute: str = "src", who: str = "assessor") -> str:
    """Insist that an address is answered, and return the type of what it is."""
    answer = Visitor(world, who).ask(element.attributes[attribute])
    assert answer.status_code == 200, answer.text
    assert answer.data
    return answer.content_type


def served(world: World, name: str) -> list[object]:
    return [entry.by for entry in world.journal.read(world[name]) if isinstance(entry.fact, EvidenceServed)]


def test_a_picture_is_shown_by_its_preview_and_until_then_as_it_is(world: World, look: Callable[..., Element]) -> None:
    hand_in(world, "photo", photo("JPEG"), "image/jpeg", filename="photo.jpg")
    before = Visitor(world, "assessor").reads("/evidence/{photo}").section("content").one("image")
    assert before.attributes["href"].endswith("/content?version=1")
    after = look("photo").one("image")
    assert "part=screen" in after.attributes["href"]
    assert works(world, after, "href") == "image/jpeg"
    assert served(world, "photo") == [world["assessor"]]


def test_a_page_is_asked_for_begun_and_shown_with_those_beside_it(world: World, look: Callable[..., Element]) -> None:
    hand_in(world, "log", LONG, title="Desk log")
    waits = Visitor(world, "assessor").reads("/evidence/{log}").section("content")
    assert "This page is being prepared" in waits.text
    assert [link.text for link in waits.all("a") if "again" in link.text] == ["Look again in a moment"]
    assert served(world, "log") == []
    shown = look("log", "?page=10")
    large = shown.one("image")
    assert large.attributes["aria-label"] == "Page 10 of 12 of Desk log"
    assert works(world, large, "href") == "image/jpeg"
    assert "Page 10 of 12" in shown.text
    strip = Visitor(world, "assessor").reads("/evidence/{log}?page=10").top.one("ol", id="pages")
    beside = list(strip.all("a"))
    assert [link.text for link in beside] == [f"Page {number}" for number in range(6, 13)]
    assert [link.text for link in beside if "aria-current" in link.attributes] == ["Page 10"]
    assert [works(world, small) for small in strip.all("img")] == ["image/jpeg"] * 7
    (text,) = (link for link in shown.all("a") if link.text == "Read this page as text")
    assert Visitor(world, "assessor").ask(text.attributes["href"]).content_type == "text/plain; charset=utf-8"
    assert served(world, "log") == [world["assessor"]]
    assert Visitor(world, "assessor").ask("/evidence/{log}?page=13").status_code == 422


def test_of_a_recording_that_browsers_play_the_original_is_played(world: World, look: Callable[..., Element]) -> None:
    hand_in(world, "sound", *ITEMS["sound"], filename="call.wav", title="Radio call")
    shown = look("sound")
    assert shown.one("audio").attributes["src"].endswith("/content?version=1")
    assert works(world, shown.one("svg", id="bar").one("image"), "href") == "image/png"


def test_of_one_that_they_do_not_play_another_is(world: World, look: Callable[..., Element]) -> None:
    hand_in(world, "film", film("libx265", "mov"), "video/quicktime", filename="film.mov", title="Fault")
    shown = look("film")
    player = shown.one("video")
    assert "part=playable" in player.attributes["src"]
    assert works(world, player) == "video/mp4"
    assert works(world, player, "poster") == "image/jpeg"


def test_while_it_is_made_the_page_says_how_far_it_is(world: World, look: Callable[..., Element]) -> None:
    hand_in(world, "film", film("libx265", "mov"), "video/quicktime", filename="film.mov")
    page = Visitor(world, "assessor").reads("/evidence/{film}").section("content")
    assert "The recording is being prepared" in page.text
    world.previews.run(world.previews.asked.pop(0))
    page = Visitor(world, "assessor").reads("/evidence/{film}").section("content")
    assert "A version that every browser plays is being prepared." in page.text
    assert not list(page.all("video"))
    assert page.one("img", alt="A picture of Risk assessment")


class WithoutOffice(SandboxMaker):
    """Finds no LibreOffice."""

    def lacks(self, recipe: str) -> str | None:
        return NOT_INSTALLED if recipe == "document" else None


class GivesUp(SandboxMaker):
    """Can make nothing of any file."""

    def make(self, *_: object) -> None:
        raise NotMade("unreadable")


def test_what_cannot_be_made_is_download_only_and_the_page_says_why(world: World, look: Callable[..., Element]) -> None:
    hand_in(world, "notes", files.docx(), files.DOCX, filename="notes.docx")
    world.previews.maker = WithoutOffice()
    assert NOT_INSTALLED in look("notes").text
    hand_in(world, "broken", files.undecodable(), "video/mp4", filename="clip.mp4")
    shown = look("broken")
    assert SENTENCES["unreadable"] in shown.text
    assert [link.text for link in shown.all("a")] == ["Download the original"]


class Away(FolderPreviews):
    """A store that does not answer."""

    def find(self, key: str) -> Kept | None:
        raise Busy("The file storage does not answer: try again in a moment.")


def test_where_previews_cannot_be_had_the_page_says_so_and_shows_the_rest(world: World) -> None:
    world.previews.store = Away(world.folder / "away")
    hand_in(world, "film", film("libx265", "mov"), "video/quicktime", filename="film.mov")
    for name in ("evidence", "film"):
        page = Visitor(world, "assessor").reads(f"/evidence/{{{name}}}")
        assert "Download the original" in page.section("content").text
        assert page.section("claims")
    assert "does not answer" in Visitor(world, "assessor").reads("/evidence/{evidence}").section("content").text
    assert Visitor(world, "assessor").ask("/evidence/{evidence}/preview?part=page").status_code == 503


def test_who_comes_from_another_site_sees_no_page_yet(world: World, look: Callable[..., Element]) -> None:
    look("evidence", who="mia")
    assessor = Visitor(world, "assessor")
    for path in ("/evidence/{evidence}", "/evidence/{evidence}/preview?part=page"):
        answer = assessor.client.get(
            path.format_map(world.ids),
            headers={"Accept": "text/html", "Sec-Fetch-Site": "cross-site"},
            follow_redirects=True,
        )
        assert "Open Risk assessment" in answer.text
    assert served(world, "evidence") == []
