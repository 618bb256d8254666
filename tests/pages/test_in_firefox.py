"""The pages in the other browser that people have: it shows each page whole and complains of nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.api.conftest import Tell
from tests.api.world import BASE, World
from tests.pages.browsing import NARROW, serving
from tests.pages.firefox import MISSING, WHY, InFirefox, firefox
from tests.pages.test_every_page import CASES

pytestmark = [pytest.mark.slow, pytest.mark.skipif(MISSING, reason=WHY)]


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


@contextmanager
def before(world: World) -> Iterator[InFirefox]:
    with serving(world) as address, firefox(world, address) as driver:
        yield driver


def test_firefox_shows_everybody_every_page_and_lets_them_leave(tell: Tell) -> None:
    with before(tell("convened")) as driver:
        for person in sorted({person for _, person in CASES}):
            driver.sits(person)
            for path in [path for path, who in CASES if who == person]:
                driver.goes(path)
                page = driver.does("read")
                assert (bool(page["heading"]), page["wide"] <= NARROW, page["scripted"]) == (True, True, True), path
                assert driver.does("complain") == [], path
            driver.goes("/")
            driver.press("Sign out")
            driver.reads("Sign in")


def test_an_apprentice_consents_in_firefox_and_takes_it_back(tell: Tell) -> None:
    with before(tell("decided")) as driver:
        driver.sits("mia")
        driver.goes("/enrolments/{enrolment}/consents")
        driver.press("Yes, Coach may do this")
        driver.reads("Holds: it has not been done yet.")
        driver.press("Take this back")
        driver.reads("Taken back.")
        assert driver.does("complain") == []
