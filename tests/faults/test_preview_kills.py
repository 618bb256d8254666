"""A preview in the making, the process killed around each thing it does, and asked for of two at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import pytest

from infra.vault.previews import folder as folder_code
from infra.vault.previews.bucket import BROKEN_OFF, BucketPreviews, previews_bucket
from infra.vault.previews.folder import FolderPreviews
from infra.vault.previews.maker import SandboxMaker
from portfolio.application.originals import StoredFile
from portfolio.application.preview_ports import PreviewStore
from portfolio.application.previews import NoPreview, PreviewBeingMade, Previews
from portfolio.application.recipes import PARTS_OF, PICTURE, Asked, Making, kind_of, making_of
from tests.application.test_previews import CONTENT, DOCX, JPEG, MIA, MOV, PDF, Cook, a_file
from tests.faults.postgres import wait_until
from tests.faults.test_upload_kills import APART, killed_at
from tests.infra.vault.buckets import running

KEY = "0a0b/5feceb66/picture.1/making"
ALL = [JPEG, PDF, MOV, DOCX]


class Short(Cook):
    """Has documents of two pages: each is made as every other."""

    pages = 2


class Process(Previews):
    """One process: what is asked of it is made when it works, all of it."""

    def __init__(self, store: PreviewStore, cook: Short) -> None:
        self.asked: list[Making] = []
        super().__init__(store, cook, lambda _file, start, end: iter([CONTENT[start:end]]))

    def start(self, making: Making) -> None:
        self.asked.append(making)

    def work(self) -> None:
        """Make what was asked for; what fails, fails as it does where it is not logged."""
        while self.asked:
            making = self.asked.pop(0)
            self.make(making)
            self._under_way.pop(making.key)
            self._asked_by.pop(making.key)

    def ask(self, file: StoredFile, media_type: str) -> dict[str, bytes]:
        """Ask for each part until it is there; return what is shown."""
        shown: dict[str, bytes] = {}
        for part in PARTS_OF[kind_of(media_type)]:
            for _ in range(4):
                try:
                    preview = self.get(MIA, Asked(file=file, media_type=media_type, part=part))
                    shown[part] = b"".join(self.read(preview, 0, preview.size))
                    break
                except PreviewBeingMade:
                    self.work()
                except NoPreview:
                    shown[part] = b""
                    break
        return shown


def given(media_type: str) -> dict[str, bytes]:
    """Return what is shown of such a file by whom nothing comes in between."""
    return {
        JPEG: {"thumbnail": b"small", "screen": b"large"},
        MOV: {"poster": b"", "waveform": b"wave", "playable": b"film"},
    }.get(media_type, dict.fromkeys(("page", "page-small", "words", "text"), b"x"))


def whole(store: PreviewStore) -> None:
    """Insist that what is there is all of what a recipe gives back."""
    known = {b"small", b"large", b"wave", b"film", b"a PDF", b"x", b"2", b"nothing", b'{"plays": false}'}
    assert {b"".join(store.read(key)) for key, _ in store.entries()} <= known


# --- in the folder: killed at each line of what it does ---------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("media_type", ALL)
def test_in_the_folder_a_kill_at_any_line_shows_nothing_half_and_it_is_made_when_asked_again(
    tmp_path: Path, media_type: str
) -> None:
    line, died = 1 - APART, True
    while died:
        line += APART
        place = tmp_path / str(line)

        def work() -> None:
            Process(FolderPreviews(place), Short()).ask(a_file(), media_type)  # noqa: B023 - called at once

        died = killed_at(line, work, folder_code.__file__)
        store = FolderPreviews(place)
        whole(store)
        assert Process(store, Short()).ask(a_file(), media_type) == given(media_type)
        store.sweep(older_than_seconds=-1)
        assert list((place / "making").iterdir()) == []
    assert line > 3 * APART


@pytest.mark.slow
def test_of_several_processes_that_are_asked_at_once_one_makes_it(tmp_path: Path) -> None:
    store, made = FolderPreviews(tmp_path / "previews"), tmp_path / "made"
    context = get_context("fork")
    at_once = context.Barrier(4)

    def note() -> None:
        with made.open("a") as file:
            file.write("x")

    def work() -> None:
        cook = Short()
        cook.meanwhile = note
        process = Process(store, cook)
        at_once.wait()
        process.make(making_of(a_file(), JPEG, PICTURE))

    processes = [context.Process(target=work) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert made.read_text() == "x"
    assert Process(store, Short()).ask(a_file(), JPEG) == given(JPEG)


# --- in a bucket: killed before and after each request to the storage -------------------------------------------------


class Killed(Exception):
    """The process is gone: nothing of ours catches this, and threads of the library's hand it on."""


@contextmanager
def killing(client: Any, request: int, when: str) -> Iterator[None]:
    """Kill before or after the so many-th request: nothing that would come after it is done."""
    made = 0

    def before(**_: Any) -> None:
        nonlocal made
        made += 1
        if made >= request + (when == "after"):
            raise Killed

    client.meta.events.register_first("before-call.s3", before)
    try:
        yield
    finally:
        client.meta.events.unregister("before-call.s3", before)


def later() -> datetime:
    """Return the time at which a claim of just now has run out."""
    return datetime.now(UTC) + BROKEN_OFF + timedelta(seconds=2)


@pytest.fixture(params=["moto", pytest.param("radosgw", marks=pytest.mark.s3)])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., BucketPreviews]]:
    """Give the store of one process after the other, in the same place."""
    with running(request.param, monkeypatch) as server:

        def process(**options: Any) -> BucketPreviews:
            return BucketPreviews(server.application, previews_bucket(server.bucket), server.prefix, **options)

        yield process


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bucket", "media_type"),
    [*(("moto", media_type) for media_type in ALL), pytest.param("radosgw", JPEG, marks=pytest.mark.s3)],
    indirect=["bucket"],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_in_a_bucket_a_kill_around_any_request_shows_nothing_half_and_it_is_made_when_its_claim_has_run_out(
    bucket: Callable[..., BucketPreviews], media_type: str, when: str
) -> None:
    request, died = 0, True
    while died:
        request += 1
        file, store = a_file(f"{request}"), bucket()
        with killing(store._client, request, when):
            try:
                Process(store, Short()).ask(file, media_type)
                died = False
            except Killed:
                pass
        whole(store)
        assert Process(bucket(now=later), Short()).ask(file, media_type) == given(media_type)
        store.remove(f"{file.object_id}/")
    assert request > 5


def left(store: BucketPreviews) -> list[str]:
    """Return the keys of all that lies in the bucket, claims too."""
    return [entry["Key"].rpartition("/")[2] for entry in store._listed(store._prefix)]


def leave_claim(store: BucketPreviews) -> None:
    """Leave what somebody leaves who was killed while they held a key."""
    store._client.put_object(**store._place(f"{KEY}.held"), Body=b"0.500 a-word")


def test_a_claim_holds_until_it_runs_out_and_is_taken_away_then(bucket: Callable[..., BucketPreviews]) -> None:
    store = bucket()
    leave_claim(store)
    assert store.progress(KEY) == 0.5
    with store.claim(KEY) as tell:
        assert tell is None
    store.sweep()
    assert left(store) == ["making.held"]
    after = bucket(now=later)
    assert after.progress(KEY) is None
    after.sweep()
    assert left(store) == []


def test_a_claim_lasts_as_long_as_whoever_has_it_lives_however_silent_they_are(
    bucket: Callable[..., BucketPreviews],
) -> None:
    alive, other = bucket(renewed_seconds=0.01), bucket()
    with alive.claim(KEY) as tell:
        assert tell is not None
        key = alive._place(f"{KEY}.held")
        first = other._client.head_object(**key)["LastModified"]
        wait_until(lambda: other._client.head_object(**key)["LastModified"] > first, "it is not renewed")
        tell(0.25)
        wait_until(lambda: other.progress(KEY) == 0.25, "nobody is told how far it is")
    assert left(other) == []


def test_of_two_who_find_that_a_claim_has_run_out_one_gets_it(bucket: Callable[..., BucketPreviews]) -> None:
    slow, quick = bucket(now=later), bucket(now=later)
    leave_claim(slow)
    claim = quick.claim(KEY)
    had: list[object] = []

    def overtake(**_: Any) -> None:
        if not had:
            had.append(None)
            had[0] = claim.__enter__()

    slow._client.meta.events.register_first("before-call.s3.PutObject", overtake)
    try:
        with slow.claim(KEY) as tell:
            assert (tell, len(had)) == (None, 1)
            assert had[0] is not None
    finally:
        slow._client.meta.events.unregister("before-call.s3.PutObject", overtake)
    assert left(slow) == ["making.held"], "it is whose it is"


# --- the process itself: its children end with it ---------------------------------------------------------------------

STALLS = """
import resource, time
LIMITS = {resource.RLIMIT_FSIZE: 1 << 20}

def load(argument):
    pass

def make(file, out):
    out.keep("screen", b"large")
    time.sleep(3600)
"""


def stall(place: Path, recipes: Path) -> None:
    """Begin to make a preview, and never be done."""
    previews = Previews(FolderPreviews(place), SandboxMaker(recipes), lambda *_: iter([CONTENT]))
    previews.make(making_of(a_file(), JPEG, PICTURE))


@pytest.mark.slow
def test_with_a_process_that_is_killed_ends_what_it_was_making(tmp_path: Path) -> None:
    (tmp_path / "picture.py").write_text(STALLS)
    store = FolderPreviews(tmp_path / "previews")
    making = making_of(a_file(), JPEG, PICTURE)
    process = get_context("spawn").Process(target=stall, args=(tmp_path / "previews", tmp_path))
    process.start()
    try:
        wait_until(lambda: store.find(f"{making.folder}/screen") is not None, "nothing is made")
        (child,) = psutil.Process(process.pid).children()
        assert store.progress(making.key) == 0
    finally:
        process.kill()
        process.join()
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the child goes on")
    assert store.progress(making.key) is None
    assert Process(store, Short()).ask(a_file(), JPEG) == given(JPEG)
