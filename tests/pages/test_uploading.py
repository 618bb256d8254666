"""Sending files in a real browser: in parts, over a line that breaks, also after a reload, and once."""

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.bench.large_file import chunks
from portfolio.application.parts import PART_BYTES
from portfolio.domain.evidence.facts import EvidenceSubmitted, FileSealed, UploadOffered
from tests.api.conftest import Tell
from tests.api.world import TODAY, World
from tests.faults.postgres import free_port
from tests.faults.proxy import Proxy
from tests.infra.vault import files
from tests.pages.browsing import Desk, barriers, chromium, serving
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

LARGE = 200_000_000
LONGEST = 1000 * 240
"""Milliseconds that are waited for what takes long on a busy machine."""
SEED = 11
BETWEEN_CUTS = (10_000_000, 40_000_000)
"""Seconds."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Line:
    """The line between a browser and the service: it can be cut every now and then."""

    def __init__(self) -> None:
        self.port = free_port()
        self._proxy = Proxy(self.port)
        self.address = f"http://127.0.0.1:{self._proxy.port}"
        self.cuts = 0
        self._stop = Event()
        self._thread: Thread | None = None

    def bad(self) -> None:
        """Cut everything again and again from now on: each time so many more bytes were sent, however fast it is."""
        self._thread = Thread(target=self._cut, daemon=True)
        self._thread.start()

    def good(self) -> None:
        """Cut nothing any more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _cut(self) -> None:
        chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
        cut_at = chance.randint(*BETWEEN_CUTS)
        while not self._stop.wait(0.005):
            if self._proxy.sent >= cut_at:
                self.cuts += self._proxy.cut(chance, 1.0, 200)
                cut_at = self._proxy.sent + chance.randint(*BETWEEN_CUTS)

    def close(self) -> None:
        self.good()
        self._proxy.close()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


@pytest.fixture
def base(line: Line) -> str:
    """Return the base URL: browsers come over the line, also to put parts."""
    return line.address


@pytest.fixture
def desk(browser: Browser, tell: Tell, line: Line) -> Iterator[Desk]:
    world = tell("enrolled")
    with serving(world, line.port):
        yield Desk(browser, world, line.address)
        for context in browser.contexts:
            context.close()


def opened(desk: Desk) -> Page:
    """Open the page with the form and wait until the script is there."""
    page = desk.sits("mia")
    page.goto(desk.path("/enrolments/{enrolment}"))
    expect(page.get_by_label("Or take one now")).to_be_visible()
    return page


def recorded(world: World, kind: type) -> list[Any]:
    return [entry.fact for entry in world.journal.since(0, 10_000) if isinstance(entry.fact, kind)]


def made(folder: Path, size: int, name: str = "log.txt") -> Path:
    file = folder / name
    with file.open("wb") as out:
        for chunk in chunks(size):
            out.write(chunk)
    return file


def test_a_file_is_sent_claimed_and_handed_in_beside_what_was_typed(desk: Desk, tmp_path: Path) -> None:
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(files.pdf())
    page = opened(desk)
    page.get_by_label("Title").fill("Rigging plan")
    page.get_by_label("File", exact=True).set_input_files(plan)
    page.get_by_label("Day the work was produced").fill(TODAY)
    page.get_by_label("K1", exact=True).check()
    page.get_by_label("I declare this and hand the file in now.").check()
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rigging plan")
    [offered], [_], [_] = (recorded(desk.world, kind) for kind in (UploadOffered, FileSealed, EvidenceSubmitted))
    assert (offered.filename, offered.produced_on.isoformat()) == ("plan.pdf", TODAY)
    told = datetime.fromtimestamp(plan.stat().st_mtime, UTC)
    assert abs((offered.last_modified - told).total_seconds()) < 1
    assert desk.complaints == []


def fill(page: Page, *chosen: Path, title: str = "Desk log", declared: bool = False) -> None:
    """Fill the form in and choose files."""
    page.get_by_label("Title").fill(title)
    page.get_by_label("File", exact=True).set_input_files(list(chosen))
    page.get_by_label("Day the work was produced").fill(TODAY)
    if declared:
        page.get_by_label("I declare this and hand the file in now.").check()


def upload(page: Page) -> None:
    page.get_by_role("button", name="Upload", exact=True).click()


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def test_a_large_file_arrives_once_over_a_line_that_breaks_again_and_again(
    desk: Desk, line: Line, tmp_path: Path
) -> None:
    log = made(tmp_path, LARGE)
    page = opened(desk)
    fill(page, log, declared=True)
    line.bad()
    upload(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk log", timeout=LONGEST)
    line.good()
    [_], [sealed], [_] = (recorded(desk.world, kind) for kind in (UploadOffered, FileSealed, EvidenceSubmitted))
    assert (sealed.sha256, sealed.size) == (sha256(log), LARGE)
    assert line.cuts > 0
    assert [*desk.world.services.vault.objects()] == [sealed.object_id]


def test_after_a_reload_the_same_file_goes_on_where_it_was_and_what_was_typed_is_still_there(
    desk: Desk, tmp_path: Path
) -> None:
    log = made(tmp_path, 3 * PART_BYTES)
    page = opened(desk)
    page.route("**/uploads/*/2?*", lambda route: route.abort())
    fill(page, log, title="Log of the third day")
    upload(page)
    expect(page.get_by_text("the line broke").first).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 2 * PART_BYTES)
    page.unroute_all()
    page.on("dialog", lambda dialog: dialog.accept())
    put = []
    page.on("request", lambda request: put.append(request.url) if request.method == "PUT" else None)
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Log of the third day")
    page.get_by_label("File", exact=True).set_input_files(log)
    expect(page.get_by_text("was begun before").first).to_be_visible()
    upload(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Log of the third day")
    assert [url.partition("?")[0].rpartition("/")[2] for url in put] == ["2"]
    [offered], [sealed] = recorded(desk.world, UploadOffered), recorded(desk.world, FileSealed)
    assert sealed.sha256 == sha256(log)
    assert offered.object_id == sealed.object_id


def test_several_files_are_dropped_paused_and_each_kept_as_an_item(desk: Desk, tmp_path: Path) -> None:
    first, second = made(tmp_path, 2 * PART_BYTES, "first.txt"), made(tmp_path, 900, "second.txt")
    page = opened(desk)
    fill(page, first, second)
    page.route("**/uploads/**", lambda _: None)
    upload(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("first.txt: paused").first).to_be_visible()
    page.unroute("**/uploads/**")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("link", name="Desk log: second.txt")).to_be_visible(timeout=1000 * PATIENCE)
    expect(page.get_by_role("link", name="Desk log: first.txt")).to_be_visible()
    assert len(recorded(desk.world, FileSealed)) == 2


def test_what_is_not_taken_is_said_before_anything_is_sent(desk: Desk, tmp_path: Path) -> None:
    program, empty = tmp_path / "setup.exe", tmp_path / "empty.txt"
    program.write_bytes(b"MZ")
    empty.write_bytes(b"")
    page = opened(desk)
    asked: list[str] = []
    fill(page, program, empty)
    page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_text("setup.exe: files of this type are not taken. We take PDF").first).to_be_visible()
    expect(page.get_by_text("empty.txt: the file is empty").first).to_be_visible()
    upload(page)
    assert barriers(page) == []
    assert asked == []
    assert recorded(desk.world, UploadOffered) == []


def test_a_refusal_is_told_beside_the_file_and_nothing_typed_is_lost(desk: Desk, tmp_path: Path) -> None:
    notes = tmp_path / "plan.pdf"
    notes.write_bytes(b"no PDF at all")
    page = opened(desk)
    fill(page, notes, title="Rigging plan")
    upload(page)
    expect(page.get_by_text("plan.pdf: The file").first).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Rigging plan")
    expect(page.get_by_label("Day the work was produced")).to_have_value(TODAY)


def test_the_day_of_production_is_suggested_from_the_file_and_never_over_what_was_typed(
    desk: Desk, tmp_path: Path
) -> None:
    photo, other = tmp_path / "photo.jpg", tmp_path / "other.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe1 Exif 2026:10:31 14:05:00 ")
    other.write_bytes(b"\xff\xd8\xff\xe1 Exif 2026:10:01 14:05:00 ")
    page = opened(desk)
    day = page.get_by_label("Day the work was produced")
    page.get_by_label("File", exact=True).set_input_files(photo)
    expect(day).to_have_value("2026-10-31")
    expect(page.get_by_text("Suggested from the file")).to_be_visible()
    day.fill(TODAY)
    page.get_by_label("File", exact=True).set_input_files(other)
    expect(page.get_by_text("other.jpg").first).to_be_visible()
    expect(day).to_have_value(TODAY)
