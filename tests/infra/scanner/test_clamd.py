"""ClamAV in earnest: what it finds, what it must not leave out, and what is said while it is away."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.scanner.clamd import CHUNK_BYTES, DEEPER_THAN_ANY, MOST_BYTES, Clamd, Feed, archive
from portfolio.application.ports import MalwareFound, MalwareNotRuledOut, NotScanned
from portfolio.domain.evidence.media import LARGEST_FILE
from tests.infra.scanner.conftest import now
from tests.infra.scanner.daemon import EICAR, Daemon
from tests.infra.vault.files import docx

MEGABYTE = bytes(range(256)) * 4096


class Behind:
    """A file of so many megabytes with some bytes behind them, of which one at a time is in memory."""

    def __init__(self, megabytes: int, last: bytes, on_the_way: Callable[[], None] | None = None) -> None:
        self._pieces = iter([*[MEGABYTE] * megabytes, last])
        self._on_the_way = on_the_way
        self._rest = b""
        self.pieces = 0

    def read(self, size: int) -> bytes:
        if not self._rest:
            self._rest = next(self._pieces, b"")
            self.pieces += 1
            if self.pieces == 3 and self._on_the_way:
                self._on_the_way()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


class Endless(io.BytesIO):
    """A file without an end."""

    def read(self, size: int | None = None) -> bytes:
        return MEGABYTE[:size]


def behind(megabytes: int, last: bytes = EICAR, on_the_way: Callable[[], None] | None = None) -> io.BytesIO:
    return Behind(megabytes, last, on_the_way)  # type: ignore[return-value]  # all that is asked of it is to be read


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Callable[..., tuple[Daemon, Clamd]]]:
    """A clamd that is set up otherwise, or that may come to harm."""
    running: list[Daemon] = []

    def start(**changed: str) -> tuple[Daemon, Clamd]:
        running.append(Daemon(tmp_path, **changed))
        return running[-1], Clamd(str(running[-1].socket), now)

    yield start
    for daemon in running:
        daemon.stop()


@pytest.mark.parametrize(
    "content",
    [EICAR, b"Notes.\n" + EICAR + b"\nmore notes", docx({"word/media/image1.bin": EICAR}), archive(archive(EICAR))],
    ids=["plain", "among text", "in a document", "in an archive in an archive"],
)
def test_malware_is_found_and_named(clamd: Clamd, content: bytes) -> None:
    with pytest.raises(MalwareFound, match=r"\(Eicar-Ours\.UNOFFICIAL\)"):
        clamd.scan(io.BytesIO(content))
    assert clamd.scan(io.BytesIO(b"What comes next is judged by itself."))


@pytest.mark.parametrize("megabytes", [25, pytest.param(101, marks=pytest.mark.slow)])
def test_malware_is_found_behind_much_else(clamd: Clamd, megabytes: int) -> None:
    with pytest.raises(MalwareFound):
        clamd.scan(behind(megabytes))
    assert clamd.scan(behind(megabytes, b"Nothing of the kind."))


def test_a_large_file_takes_no_memory(clamd: Clamd) -> None:
    clamd.scan(behind(1, b""))
    tracemalloc.start()
    try:
        clamd.scan(behind(60, b""))
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_the_largest_file_is_one_that_clamav_can_look_at() -> None:
    assert LARGEST_FILE <= MOST_BYTES
    feed = Feed(Endless())
    for _ in range(MOST_BYTES // CHUNK_BYTES):
        feed.read(1)
    with pytest.raises(MalwareNotRuledOut):
        feed.read(1)


def test_a_file_that_holds_more_than_can_be_looked_at_is_no_clean_one(clamd: Clamd) -> None:
    nested = b"Notes."
    for _ in range(DEEPER_THAN_ANY):
        nested = archive(nested)
    with pytest.raises(MalwareNotRuledOut):
        clamd.scan(io.BytesIO(nested))


def test_a_scanner_that_calls_clean_what_it_left_out_is_not_believed(
    other: Callable[..., tuple[Daemon, Clamd]],
) -> None:
    _, clamd = other(AlertExceedsMax="")
    assert "set AlertExceedsMax to yes" in (clamd.check() or "")
    with pytest.raises(NotScanned):
        clamd.scan(io.BytesIO(b"Notes."))


@pytest.mark.parametrize("limit", ["StreamMaxLength", "MaxFileSize", "MaxScanSize"])
def test_a_limit_below_the_largest_file_is_named_and_no_large_file_is_clean(
    other: Callable[..., tuple[Daemon, Clamd]], limit: str
) -> None:
    _, clamd = other(**{limit: "20M"})
    assert limit in (clamd.check() or "")
    assert clamd.scan(behind(15, b"Small enough."))
    with pytest.raises(NotScanned):
        clamd.scan(behind(25))


def test_while_the_scanner_is_down_nothing_is_clean_and_then_it_goes_on(
    other: Callable[..., tuple[Daemon, Clamd]],
) -> None:
    daemon, clamd = other()
    assert clamd.scan(io.BytesIO(b"Notes."))
    daemon.stop()
    assert "does not answer" in (clamd.check() or "")
    with pytest.raises(NotScanned):
        clamd.scan(io.BytesIO(b"Notes."))
    daemon.start()
    assert clamd.scan(io.BytesIO(b"Notes."))


def test_a_scanner_that_is_killed_in_the_middle_has_found_nothing_clean(
    other: Callable[..., tuple[Daemon, Clamd]],
) -> None:
    daemon, clamd = other()
    with pytest.raises(NotScanned):
        clamd.scan(behind(30, b"", on_the_way=daemon.kill))
    daemon.start()
    with pytest.raises(MalwareFound):
        clamd.scan(behind(30))
