"""Coach, employer and quality assurer do their day's work, each by keyboard alone and by the tree alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.api.conftest import Tell
from tests.api.world import BASE, TODAY
from tests.pages.browsing import NARROW, desk_before
from tests.pages.drivers import ByKeyboard, ByTree, Driver

pytestmark = pytest.mark.slow


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


def advises(coach: Driver) -> None:
    """Let a coach see how far an apprentice is, and leave advice on their work, from home."""
    coach.reads("0 of 48 codes")
    _remarks(coach, "Advice to Mia", "Mia and assessors", "Say who checked it.")


def assures(quality: Driver) -> None:
    """Let a quality assurer look at what is in an apprentice's record, and tell assessors where to look, from home."""
    quality.follow("Mia")
    quality.follow("The whole record")
    quality.reads("handed in version 1, declared as own work")
    quality.follow("Home")
    _remarks(quality, "Look here", "Assessors only", "The day is missing.")


def _remarks(who: Driver, kind: str, audience: str, text: str) -> None:
    who.follow("Mia")
    who.follow("Risk assessment")
    who.write("Remark", text)
    who.choose(kind)
    who.choose(audience)
    who.press("Keep the remark")
    who.reads(text)


def vouches(employer: Driver) -> None:
    """Let an employer write what they saw of an apprentice's work, from home."""
    employer.follow("Write a testimony")
    employer.write("What it is about", "The load-in")
    employer.write_day("The day it was", TODAY)
    employer.write("What you saw or know", "Mia checked each point before it took weight.")
    employer.write("Your name", "Rita Vance")
    employer.write("Your role at work", "production manager")
    employer.write("What makes you competent", "Fifteen years of touring.")
    employer.write("How you work with Mia", "She was on my crew.")
    employer.tick("I was there")
    employer.press("Record the testimony")
    employer.reads("The load-in")


DAYS = {"coach": advises, "employer": vouches, "quality": assures}
"""Who does what, from their home."""


@pytest.mark.parametrize("how", [ByKeyboard, ByTree])
@pytest.mark.parametrize(("person", "does"), DAYS.items(), ids=DAYS)
def test_their_work_is_done_on_pages(
    browser: Browser, tell: Tell, person: str, does: Callable[[Driver], None], how: type[Driver]
) -> None:
    with desk_before(browser, tell("submitted")) as desk:
        page = desk.sits(person, width=NARROW)
        page.goto(desk.path("/"))
        does(how(page))
        assert desk.complaints == []
