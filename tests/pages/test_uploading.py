"""Sending files in a real browser: in parts, over a line that breaks, also after a reload, and once."""

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from infra.bench.large_file import chunks
from portfolio.application.parts import PART_BYTES
from portfolio.domain.evidence.facts import EvidenceSubmitted, FileSealed, UploadOffered
from tests.api.conftest import Tell
from tests.api.world import TODAY, World, hand_in
from tests.faults.postgres import free_port
from tests.faults.proxy import Proxy
from tests.infra.vault import files
from tests.pages.browsing import Desk, barriers, desk_before
from tests.pages.handing_in import hands_in_twice
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

LARGE = 200_000_000
LONGEST = 1000 * 240
"""Milliseconds that are waited for what takes long on a busy machine."""
SEED = 11
BETWEEN_CUTS = (10_000_000, 40_000_000)
"""Seconds."""


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
    with desk_before(browser, world, port=line.port, address=line.address) as desk:
        yield desk


def opened(desk: Desk, path: str = "/enrolments/{enrolment}/hand-in") -> Page:
    """Open the page with the form and wait until the script is there."""
    page = desk.sits("mia")
    page.goto(desk.path(path))
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


def choose(page: Page, *chosen: Path) -> None:
    """Choose files, which are sent at once."""
    page.get_by_label("Add files").set_input_files([*chosen])


def arrived(page: Page, title: str, timeout: float = 1000 * PATIENCE) -> Locator:
    """Wait until a file is in the list as the server has it, and return its row."""
    row = page.locator("#files > [id]").filter(has_text=title)
    expect(row.get_by_text("Arrived", exact=True)).to_be_visible(timeout=timeout)
    return row


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def test_several_files_arrive_and_stay_drafts_that_are_gone_on_with(desk: Desk, tmp_path: Path) -> None:
    plan, log = tmp_path / "plan.pdf", made(tmp_path, 900, "second day.txt")
    plan.write_bytes(files.pdf())
    page = opened(desk)
    choose(page, plan, log)
    arrived(page, "plan")
    arrived(page, "second day")
    expect(page.get_by_role("heading", name="2 files, not handed in")).to_be_visible()
    offered = recorded(desk.world, UploadOffered)
    assert [(each.filename, each.title, each.produced_on) for each in offered] == [
        ("plan.pdf", "plan", None),
        ("second day.txt", "second day", None),
    ]
    told = datetime.fromtimestamp(plan.stat().st_mtime, UTC)
    assert abs((offered[0].last_modified - told).total_seconds()) < 1
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("step 2 of 4, file 1 of 2")).to_be_visible()
    assert recorded(desk.world, EvidenceSubmitted) == []
    assert barriers(page) == []
    assert desk.complaints == []


def test_a_large_file_arrives_once_over_a_line_that_breaks_again_and_again(
    desk: Desk, line: Line, tmp_path: Path
) -> None:
    log = made(tmp_path, LARGE)
    page = opened(desk)
    line.bad()
    choose(page, log)
    arrived(page, "log", LONGEST)
    line.good()
    [_], [sealed] = (recorded(desk.world, kind) for kind in (UploadOffered, FileSealed))
    assert (sealed.sha256, sealed.size) == (sha256(log), LARGE)
    assert line.cuts > 0
    assert [*desk.world.services.vault.objects()] == [sealed.object_id]


def test_after_a_reload_the_same_file_goes_on_where_it_was(desk: Desk, tmp_path: Path) -> None:
    log = made(tmp_path, 3 * PART_BYTES)
    page = opened(desk)
    page.route("**/uploads/*/2?*", lambda route: route.abort())
    choose(page, log)
    expect(page.get_by_text("Waits for a connection", exact=True)).to_be_visible(timeout=1000 * PATIENCE)
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 2 * PART_BYTES)
    page.on("dialog", lambda dialog: dialog.accept())
    desk.world.reads.settle()
    page.reload()
    expect(page.get_by_text("Not all of it has arrived")).to_be_visible()
    page.unroute_all()  # only now: before, the page that was left might have sent it
    put = []
    page.on("request", lambda request: put.append(request.url) if request.method == "PUT" else None)
    choose(page, log)
    arrived(page, "log")
    assert [url.partition("?")[0].rpartition("/")[2] for url in put] == ["2"]
    [offered], [sealed] = recorded(desk.world, UploadOffered), recorded(desk.world, FileSealed)
    assert sealed.sha256 == sha256(log)
    assert offered.object_id == sealed.object_id


def test_a_file_is_paused_and_goes_on(desk: Desk, tmp_path: Path) -> None:
    log = made(tmp_path, 2 * PART_BYTES)
    page = opened(desk)
    page.route("**/uploads/**", lambda _: None)
    choose(page, log)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused by you", exact=True)).to_be_visible()
    assert barriers(page) == []
    page.unroute("**/uploads/**")
    page.get_by_role("button", name="Go on").click()
    arrived(page, "log")
    assert len(recorded(desk.world, FileSealed)) == 1


def test_what_is_not_taken_is_said_before_anything_is_sent(desk: Desk, tmp_path: Path) -> None:
    program, empty, archive = tmp_path / "setup.exe", tmp_path / "empty.txt", tmp_path / "studio.zip"
    program.write_bytes(b"MZ")
    empty.write_bytes(b"")
    archive.write_bytes(b"PK")
    page = opened(desk)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, program, empty, archive)
    expect(page.get_by_text("A file that ends in .exe is a program").first).to_be_visible()
    expect(page.get_by_text("The file is empty").first).to_be_visible()
    expect(page.get_by_text("take the files out of it and upload them one by one").first).to_be_visible()
    assert barriers(page) == []
    assert asked == []
    assert recorded(desk.world, UploadOffered) == []
    page.get_by_role("button", name="Take out").first.click()
    expect(page.get_by_text("A file that ends in .exe is a program")).to_have_count(0)


def test_a_refusal_is_told_beside_the_file(desk: Desk, tmp_path: Path) -> None:
    notes = tmp_path / "plan.pdf"
    notes.write_bytes(b"no PDF at all")
    page = opened(desk)
    choose(page, notes)
    expect(page.get_by_text("The file was declared as application/pdf but is TXT.").first).to_be_visible()


def test_the_listener_is_told_each_quarter_and_each_change_once(desk: Desk, tmp_path: Path) -> None:
    log = made(tmp_path, 4 * PART_BYTES)
    page = opened(desk)
    page.evaluate(
        """() => { window.told = []; const says = document.querySelector('#form-files [role=status]');
        new MutationObserver(() => window.told.push(says.textContent)).observe(says, { childList: true }) }"""
    )
    choose(page, log)
    arrived(page, "log")
    told = page.evaluate("window.told")
    assert told[-1].startswith("log.txt: Arrived.")
    quarters = [each.partition(" sent")[0] for each in told if "per cent" in each]
    assert quarters
    assert len(quarters) == len(set(quarters))
    assert len(told) < 15


def test_a_version_that_came_back_is_followed_by_a_file_sent_in_parts(desk: Desk, tmp_path: Path) -> None:
    world = desk.world
    hand_in(world, "log", files.pdf(), title="Desk log")
    world.as_("assessor").does("/evidence/{log}/return", {"version": 1, "reason": "Page 2 is missing."})
    whole = tmp_path / "whole.pdf"
    whole.write_bytes(files.pdf((300, 300), (300, 300)))
    page = opened(desk, "/evidence/{log}/again")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.get_by_role("heading", name="The new file").click()  # a browser asks only whoever has touched the page
    page.get_by_label("The file that puts it right").set_input_files(whole)
    expect(page.get_by_role("heading", name="What does this PDF show?")).to_be_visible(timeout=1000 * PATIENCE)
    expect(page.get_by_label("Title")).to_have_value("Desk log")
    expect(page.get_by_text("Page 2 is missing.")).to_be_visible()
    assert asked == []
    assert [each.version for each in recorded(world, UploadOffered)] == [1, 2]
    assert desk.complaints == []


def test_what_was_typed_of_a_draft_is_back_after_the_session_ended(desk: Desk, tmp_path: Path) -> None:
    log = made(tmp_path, 900)
    page = opened(desk)
    choose(page, log)
    arrived(page, "log")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Title").fill("Log of the third day")
    page.get_by_label("When was the work done?").fill(TODAY)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what the browser gave
    page.goto(desk.path("/enrolments/{enrolment}/hand-in"))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Title")).to_have_value("Log of the third day")
    expect(page.get_by_label("When was the work done?")).to_have_value(TODAY)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Is this your own work?")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_files_are_handed_in_from_a_phone_returned_and_handed_in_again(desk: Desk, tmp_path: Path) -> None:
    hands_in_twice(desk, tmp_path, scripted=True)
    assert [each for each in desk.complaints if "422" not in each and "Autofocus" not in each] == []
