"""The queue of an assessor: what waits, counted, filtered, and one piece after the other."""

from urllib.parse import parse_qsl, urlsplit

from flask import g

from api.pages.assessor_queue import in_queue, next_in_queue
from tests.api.conftest import Tell
from tests.api.test_assessor_queue import world  # noqa: F401 - a fixture
from tests.api.test_declare_first import declare
from tests.api.world import BASE, World, hand_in
from tests.pages.page import Page
from tests.pages.visitor import Visitor


def links(page: Page) -> dict[str, str]:
    return {link.text: link.attributes["href"] for link in page.top.one("main").all("a")}


def rows(page: Page) -> list[str]:
    return [row.text for row in page.top.one("tbody").all("tr")]


def test_the_assessor_finds_what_waits_oldest_first(world: World) -> None:  # noqa: F811
    assessor = Visitor(world, "assessor")
    page = assessor.reads("/queue")
    assert rows(page) == [
        "Risk assessment Mia PDF K1, S11 2 November 2026",
        "Rig Mia picture none claimed 2 November 2026",
        "Component C1, attempt 1 Mia attempt to decide 0 of 2 judged by you 2 November 2026",
        "Say first what you are to Noah Noah not shown yet not shown yet 2 November 2026",
    ]
    assert page.top.one("caption").text == "4 pieces of work, oldest first"
    assert "1 of these wait until you say what you are to the apprentice whose they are." in page.text
    assert "Queue 4 waiting" in page.top.one("nav").text
    assert assessor.reads(links(page)["Risk assessment"]).top.one("h1").text == "Risk assessment"
    assert assessor.reads(links(page)["Say first what you are to Noah"]).top.one("h1").text.endswith("Noah")
    assert Visitor(world, "mia").ask("/queue").status_code == 403


def test_a_filter_is_chosen_with_its_count_and_taken_off_again(world: World) -> None:  # noqa: F811
    assessor = Visitor(world, "assessor")
    page = assessor.reads("/queue?kind=PDF&apprentice={mia}&outcome=&age=")
    assert rows(page) == ["Risk assessment Mia PDF K1, S11 2 November 2026"]
    assert page.top.one("caption").text == "1 piece of work of 4, oldest first"
    assert "picture (1)" in page.text
    assert "Noah (1)" not in page.text
    found = links(page)
    assert dict(parse_qsl(urlsplit(found["Remove this filter Kind: PDF"]).query)) == {"apprentice": str(world["mia"])}
    assert len(rows(assessor.reads(found["Clear all filters"]))) == 4
    none = assessor.reads("/queue?kind=recording")
    assert "Nothing that waits is of this kind." in none.text
    assert assessor.ask("/queue?kind=film").status_code == 422


def test_pages_of_the_queue_go_on_and_back_to_the_beginning(world: World) -> None:  # noqa: F811
    for number in range(23):
        hand_in(
            world, f"note {number}", f"Note {number}.".encode(), "text/plain", filename="n.txt", title=f"N {number}"
        )
    assessor = Visitor(world, "assessor")
    first = assessor.reads("/queue?sort=-recorded")
    second = assessor.reads(links(first)["Next page"])
    assert (len(rows(first)), len(rows(second))) == (25, 2)
    assert "Next page" not in links(second)
    assert rows(assessor.reads(links(second)["Back to the beginning"])) == rows(first)


def test_an_empty_queue_says_so(tell: Tell) -> None:
    page = Visitor(tell("submitted"), "lead").reads("/queue")
    assert "Nothing waits for you." in page.text


def place(world: World, person: str, piece: str, query: str) -> tuple[int, int, str, str] | None:  # noqa: F811
    """Return where a piece stands in a queue: its number, of how many, and the ids of what stands beside it."""
    world.reads.settle()
    with world.app.test_request_context(f"/?queue={query}", base_url=BASE):
        g.person = world[person]
        found = in_queue(world[piece], 1)
        after = next_in_queue(world[piece], 1)
    if found is None:
        assert after == ""
        return None
    assert after == (found.following or found.back)
    ids = {str(value): name for name, value in world.ids.items()}
    beside = [next((n for v, n in ids.items() if v in each), each) for each in (found.previous, found.following)]
    return found.number, found.total, beside[0], beside[1]


def test_a_piece_knows_its_place_and_what_stands_beside_it(world: World) -> None:  # noqa: F811
    declare(world, "assessor", "noah")
    assert place(world, "assessor", "evidence", "sort%3Drecorded") == (1, 4, "", "picture")
    assert place(world, "assessor", "picture", "sort%3Drecorded") == (2, 4, "evidence", "attempt")
    assert place(world, "assessor", "note", "sort%3Drecorded") == (4, 4, "attempt", "")
    assert place(world, "assessor", "picture", "sort%3D-recorded") == (3, 4, "attempt", "evidence")
    assert place(world, "assessor", "note", "sort%3D-name") == (1, 4, "", "attempt")
    assert place(world, "assessor", "note", "sort%3Dname") == (4, 4, "attempt", "")
    assert place(world, "assessor", "evidence", "kind%3DPDF") == (1, 1, "", "")
    assert place(world, "assessor", "evidence", "component%3DC2") == (1, 2, "", "note")


def test_what_was_answered_still_knows_what_comes_next(world: World) -> None:  # noqa: F811
    world.as_("assessor").does("/evidence/{evidence}/acceptance", {"version": 1})
    assert place(world, "assessor", "evidence", "sort%3Drecorded") == (0, 3, "", "picture")
    assert place(world, "assessor", "evidence", "kind%3DPDF") == (0, 0, "", "")


def test_who_has_no_such_queue_or_names_none_is_told_no_place(world: World) -> None:  # noqa: F811
    for person in ("second", "coach", "mia"):
        assert place(world, person, "evidence", "sort%3Drecorded") is None
    assert place(world, "assessor", "evidence", "") is None


def test_beside_what_is_not_declared_stands_the_question_what_one_is(world: World) -> None:  # noqa: F811
    hand_in(world, "late", b"Later.", "text/plain", filename="n.txt", title="Late")
    assert place(world, "assessor", "late", "sort%3Drecorded") == (5, 5, "/interests", "")
    assert place(world, "assessor", "late", "kind%3Dtext") == (1, 1, "", "")
