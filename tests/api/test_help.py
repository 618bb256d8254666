"""Help for each part: readable without signing in, with pictures that are small and fetched when they are looked at."""

import re
from pathlib import Path

import pytest
from PIL import Image

from api.docs import ROLES
from api.static import FOLDER
from tests.api.shell import Shell, shell
from tests.pages.page import Page
from tests.tools.screenshots import IN_HELP

LARGEST_PICTURE, ALL_PICTURES = 60_000, 500_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell(tmp_path_factory.mktemp("keys"))


def test_there_is_help_for_each_part_and_the_index_leads_to_it(service: Shell) -> None:
    index = service.stranger.get("/help").text
    for role, title in ROLES.items():
        assert f"/help/{role}" in index
        page = Page(service.stranger.get(f"/help/{role}").text)
        assert page.top.one("h1").text == f"Help: {title.lower()}"
        assert len([*page.top.all("h2")]) > 1
    assert service.stranger.get("/help/nobody").status_code == 404


def test_each_part_has_pictures_small_described_and_fetched_when_they_are_looked_at(service: Shell) -> None:
    shown = set()
    for role in ROLES:
        images = [*Page(service.stranger.get(f"/help/{role}").text).top.all("img")]
        assert images, role
        for image in images:
            name = re.sub(r".*/help/", "", image.attributes["src"])
            file: Path = FOLDER / "help" / name
            with Image.open(file) as picture:
                assert (str(picture.width), str(picture.height)) == (
                    image.attributes["width"],
                    image.attributes["height"],
                )
            assert image.attributes["alt"].endswith(".")
            assert image.attributes["loading"] == "lazy"
            assert file.stat().st_size <= LARGEST_PICTURE
            answer = service.stranger.get(image.attributes["src"])
            assert (answer.status_code, answer.content_type) == (200, "image/png")
            shown.add(file)
    assert shown == set((FOLDER / "help").iterdir())
    assert {file.stem for file in shown} == set(IN_HELP)
    assert sum(file.stat().st_size for file in shown) <= ALL_PICTURES
