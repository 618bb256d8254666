"""The service on real stores, told a story as far as a test needs it, and visited with a browser's session."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.api.conftest import stages, tell
from tests.api.world import BASE
from tests.pages.browsing import chromium

__all__ = ["base", "stages", "tell"]


@pytest.fixture(params=["", "/portfolio"], ids=["at the root", "below a path"])
def base(request: pytest.FixtureRequest) -> str:
    """Return the base URL, with a path and without: every page is the same on both."""
    return f"{BASE}{request.param}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium, one for the tests of a file."""
    with chromium() as browser:
        yield browser
