"""The page for operators: administrators alone see it, and each line says whether anything is to be done."""

from collections.abc import Callable
from dataclasses import replace

from tests.api.conftest import Tell
from tests.api.world import World
from tests.pages.visitor import Visitor


def lines(world: World) -> dict[str, tuple[str, str]]:
    """Return how each thing stands, and what is said of it."""
    page = Visitor(world, "admin").reads("/operations")
    rows = [[cell.text for cell in row.all("th", "td")] for row in page.top.all("tr", role="row")]
    return {row[0]: (row[1], row[2]) for row in rows if row[1] != "How it stands"}


def test_it_says_of_each_thing_whether_anything_is_to_be_done(tell: Tell) -> None:
    world = tell("enrolled")
    says: dict[str, Callable[[], str | None]] = {"store": lambda: "The disk is full.", "clock": lambda: None}
    notes: dict[str, Callable[[], str | None]] = {"scanner": lambda: "It is three days old."}
    world.services = replace(world.services, checks=says, notes=notes)
    assert lines(world) == {
        "Facts": ("Do this", "The disk is full."),
        "Malware scanner": ("Look at this", "It is three days old."),
        "Nothing wrong": ("Good", "Clock."),
        "Room left": ("Good", "20 GB on the disk of the folder."),
        "Backup": ("Look at this", "None by portfolio backup is known here."),
        "Set-up": ("Do this", "Make room. 2 November 2026, 08:50"),
    }
    assert "2 to do, 2 to look at, 2 good." in Visitor(world, "admin").reads("/operations").top.one("main").text


def test_administrators_alone_see_it(tell: Tell) -> None:
    world = tell("enrolled")
    for who in ("mia", "responsible", "lead"):
        assert Visitor(world, who).ask("/operations").status_code == 403
    assert "Operations" not in Visitor(world, "responsible").reads("/").top.one("nav").text
    assert "Operations" in Visitor(world, "admin").reads("/").top.one("nav").text
