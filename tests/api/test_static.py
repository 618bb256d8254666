"""Styles and scripts: compressed, kept for ever by browsers, at an address that changes with them; nothing else."""

import gzip
import re
from pathlib import Path

import pytest

from api import brand
from api.static import FOLDER, FOR_EVER
from tests.api.shell import Shell, shell
from tests.tools.vendor_frontend import README, digest_of

LARGEST_TOGETHER = 150_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell(tmp_path_factory.mktemp("static"))


@pytest.fixture
def sheet(service: Shell) -> str:
    """Return the address of a sheet, as a page names it."""
    return next(each for each in addresses(service) if each.endswith("/site.css"))


def addresses(service: Shell) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', service.stranger.get("/help").text)


def test_a_file_is_kept_for_ever_under_the_address_that_pages_name(service: Shell, sheet: str) -> None:
    answer = service.stranger.get(sheet)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOR_EVER)
    assert answer.data == (FOLDER / "site.css").read_bytes()


def test_under_an_older_address_it_is_asked_for_again_each_time(service: Shell) -> None:
    answer = service.stranger.get("/static/000000000000/site.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_its_address_changes_with_what_is_in_any_of_them(service: Shell, sheet: str, tmp_path: Path) -> None:
    assert service.services.colour != "#7a0019"
    other = shell(tmp_path / "other", colour="#7a0019")
    assert sheet not in addresses(other)


def test_who_takes_it_compressed_gets_it_so(service: Shell, sheet: str) -> None:
    packed = service.stranger.get(sheet, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.data) == service.stranger.get(sheet).data


@pytest.mark.parametrize("name", ["vendor/README.md", "../common.py", "..%2fcommon.py", "none.css", "", "vendor"])
def test_nothing_else_of_the_folder_or_beside_it_is_served(service: Shell, name: str) -> None:
    assert service.stranger.get(f"/static/x/{name}").status_code == 404


def test_all_of_them_together_are_small() -> None:
    files = [path for path in FOLDER.rglob("*") if path.suffix in (".css", ".js")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < LARGEST_TOGETHER


def test_what_is_of_others_is_as_it_was_fetched() -> None:
    told = dict(re.findall(r"^    ([0-9a-f]{64})  (\S+)$", README.read_text(encoding="utf-8"), re.MULTILINE))
    vendor = README.parent
    found = {digest_of(path): path.name for path in vendor.iterdir() if path.suffix in (".css", ".js")}
    assert found == told


def test_what_is_of_others_names_no_font_or_image() -> None:
    for path in README.parent.iterdir():
        assert not re.search(r"url\(|GDS", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("colour", ["#22405f", "#000000", "#7a0019", "#767676", "#6A1B9A"])
def test_a_colour_that_white_can_be_read_on_is_taken_and_buttons_can_be_seen_in_the_dark(colour: str) -> None:
    assert brand.may_be(colour)
    dark = re.findall("--act:(#[0-9a-f]{6})", brand.sheet(colour))
    assert [brand.contrast(brand.read(each), brand.NIGHT) >= 3 for each in dark] == [True]
    assert [brand.contrast(brand.read(each), brand.WHITE) >= 4.5 for each in dark] == [True]


@pytest.mark.parametrize("colour", ["#ffffff", "#777777", "#fd0", "red", "#22405f; }", ""])
def test_another_is_not(colour: str) -> None:
    assert not brand.may_be(colour)


def test_contrast_is_what_the_standard_says() -> None:
    assert brand.contrast(brand.WHITE, brand.BLACK) == pytest.approx(21)
    assert brand.contrast(brand.read("#777777"), brand.WHITE) == pytest.approx(4.478, abs=0.001)
