"""The pages in the other browser that people have: it shows each page whole and complains of nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.api.conftest import Tell
from tests.api.world import BASE, World
from tests.pages.browsing import NARROW, WIDE, serving
from tests.pages.drivers import Driver
from tests.pages.firefox import MISSING, WHY, InFirefox, firefox
from tests.pages.test_an_apprentice_in_a_browser import failed, reads_and_answers
from tests.pages.test_appeals_in_a_browser import appeals, convenes
from tests.pages.test_every_page import PAGES
from tests.pages.test_others_in_a_browser import DAYS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(MISSING, reason=WHY)]


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


@contextmanager
def before(world: World) -> Iterator[InFirefox]:
    with serving(world) as address, firefox(world, address) as driver:
        yield driver


def test_firefox_shows_every_page_and_lets_people_leave(tell: Tell) -> None:
    seen_by = {path: people[0] for path, people in PAGES.items()}
    with before(tell("convened")) as driver:
        for person in sorted(set(seen_by.values())):
            driver.sits(person)
            for path in [path for path, who in seen_by.items() if who == person]:
                driver.goes(path)
                page = driver.does("read")
                assert (bool(page["heading"]), page["wide"] <= NARROW, page["scripted"]) == (True, True, True), path
                assert driver.does("complain") == [], path
            driver.goes("/")
            driver.press("Sign out")
            driver.reads("Sign in")


def test_an_apprentice_reads_and_answers_in_firefox(tell: Tell) -> None:
    world = failed(tell)
    with before(world) as mia:
        mia.sits("mia")
        mia.goes("/")
        reads_and_answers(mia, world)
        assert mia.does("complain") == []


@pytest.mark.parametrize(("person", "does"), DAYS.items(), ids=DAYS)
def test_the_others_do_their_work_in_firefox(tell: Tell, person: str, does: Callable[[Driver], None]) -> None:
    with before(tell("submitted")) as somebody:
        somebody.sits(person)
        somebody.goes("/")
        does(somebody)
        assert somebody.does("complain") == []


def test_an_assessor_judges_many_codes_at_once_in_firefox(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}, name="attempt")
    with before(world) as assessor:
        assessor.sits("assessor", width=WIDE)
        assessor.goes("/assessments/{attempt}")
        assessor.tick("Choose all 5 codes of AO1")
        assessor.write("One reason for all the codes chosen", "Nothing of it was handed in.")
        assessor.stays("Set to not met")
        assessor.reads("5 of 46 judged. 5 not kept yet.")
        assessor.press("Keep findings")
        assessor.reads("5 of 46 judged.")
        assert assessor.does("complain") == []


def proposes(chair: Driver) -> None:
    """Let a member of the panel go to their answer and propose an outcome, from home."""
    chair.follow("1 appeal to hear")
    chair.follow("The appeal of 2 November 2026")
    chair.follow("Go to your answer")
    chair.press("Propose an outcome")
    for number in (1, 2):
        chair.write(f"Your answer to ground {number}, and why", "It was so.")
    chair.choose("Uphold the appeal")
    chair.write("Reasons for the outcome", "It was left out.")
    chair.press("Check and propose")
    chair.press("Propose: uphold the appeal")
    chair.reads("Proposed by Chair on 2 November 2026: uphold the appeal")


def test_an_appeal_goes_from_its_apprentice_to_its_panel_in_firefox(tell: Tell) -> None:
    world = tell("decided")
    with before(world) as somebody:
        for person, does in (("mia", appeals), ("officer", convenes), ("chair", proposes)):
            world.reads.settle()
            somebody.sits(person)
            somebody.goes("/")
            does(somebody)
        assert somebody.does("complain") == []
