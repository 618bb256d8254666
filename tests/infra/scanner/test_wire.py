"""What does not speak as clamd does, or not to the end, has found nothing clean."""

import io
from collections.abc import Callable, Iterator

import pytest

from infra.scanner.clamd import Clamd
from portfolio.application.ports import MalwareFound, NotScanned, Scan, ScanTimedOut
from tests.faults.postgres import free_port
from tests.infra.scanner.conftest import now
from tests.infra.scanner.wire import CLEAN, LEFT_OUT, SILENCE, VERSION, Wire

Serve = Callable[..., Clamd]


@pytest.fixture
def serve() -> Iterator[Serve]:
    wires: list[Wire] = []

    def serve(*answers: bytes | None, version: bytes | None = VERSION, heard: int | None = None) -> Clamd:
        wires.append(Wire(*answers, version=version, heard=heard))
        return Clamd(wires[-1].address, now, answer_seconds=1, ask_seconds=1)

    yield serve
    for wire in wires:
        wire.close()


def test_an_answer_that_is_understood_is_believed(serve: Serve) -> None:
    assert serve(LEFT_OUT, CLEAN).scan(io.BytesIO(b"Notes.")) == Scan(signatures=VERSION.decode().strip())


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"OK\n",
        b"stream: \n",
        b"stream: ok\n",
        b"stream: OKAY\n",
        b"stream: none OK\n",
        b"notes.txt: OK\n",
        b"stream: FOUND\n",
        b"stream: Name with blanks FOUND\n",
        b"stream: " + b"N" * 300 + b" FOUND\n",
        b"stream: \xff\xfe FOUND\n",
        b"stream: Can't write to temporary file ERROR\n",
        b"INSTREAM size limit exceeded. ERROR\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\x00" * 100_000,
        SILENCE,
    ],
)
def test_an_answer_that_is_none_calls_nothing_clean(serve: Serve, answer: bytes | None) -> None:
    with pytest.raises(NotScanned):
        serve(LEFT_OUT, answer).scan(io.BytesIO(b"Notes."))


def test_that_it_did_not_get_to_the_end_of_a_file_in_its_time_is_told_apart(serve: Serve) -> None:
    with pytest.raises(ScanTimedOut):
        serve(LEFT_OUT, b"stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND\n").scan(io.BytesIO(b"Notes."))


def test_a_finding_is_named_in_the_sentence(serve: Serve) -> None:
    with pytest.raises(MalwareFound, match=r"found in this file \(Win\.Test\.EICAR_HDB-1\): have the device"):
        serve(LEFT_OUT, b"stream: Win.Test.EICAR_HDB-1 FOUND\n").scan(io.BytesIO(b"Notes."))


@pytest.mark.parametrize("version", [b"", b"SSH-2.0\n", b"ClamAV\n", b"\xff\n", b"ClamAV 1/2/3/4 ; rm\n", SILENCE])
def test_whoever_has_no_version_of_clamavs_is_not_it(serve: Serve, version: bytes | None) -> None:
    clamd = serve(LEFT_OUT, CLEAN, version=version)
    with pytest.raises(NotScanned):
        clamd.scan(io.BytesIO(b"Notes."))
    assert "cannot be used, so files wait" in (clamd.check() or "")


def test_who_breaks_off_in_the_middle_has_found_nothing_clean(serve: Serve) -> None:
    with pytest.raises(NotScanned):
        serve(LEFT_OUT, CLEAN, heard=20_000).scan(io.BytesIO(b"." * 50_000_000))


def test_who_calls_clean_what_was_left_out_is_not_believed(serve: Serve) -> None:
    with pytest.raises(NotScanned):
        serve(CLEAN, CLEAN).scan(io.BytesIO(b"Notes."))


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (b"ClamAV 1.4.6\n", "no signatures of ClamAV's own"),
        (b"ClamAV 1.4.6/27650/Sat Nov 21 09:00:00 2026\n", "signatures are of 2026-11-21"),
        (b"ClamAV 1.4.6/27650/lately\n", "does not say how old"),
    ],
)
def test_signatures_without_a_recent_day_are_named(serve: Serve, version: bytes, words: str) -> None:
    assert words in (serve(LEFT_OUT, CLEAN, b"", version=version).check() or "")


def test_where_nobody_listens_nothing_is_clean() -> None:
    for address in (f"127.0.0.1:{free_port()}", "/nowhere/clamd.ctl"):
        clamd = Clamd(address, now, answer_seconds=1, ask_seconds=1)
        with pytest.raises(NotScanned):
            clamd.scan(io.BytesIO(b"Notes."))
        assert address in (clamd.check() or "")


class Torn(io.BytesIO):
    """A file of which the disk fails."""

    def read(self, _: int | None = None) -> bytes:
        raise OSError(5, "Input/output error")


def test_what_reading_the_file_raises_is_not_put_down_to_the_scanner(serve: Serve) -> None:
    with pytest.raises(OSError, match="Input/output error"):
        serve(LEFT_OUT, CLEAN).scan(Torn())
