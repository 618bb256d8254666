"""Preview: a recording made playable and pages drawn, in the confined child, against the usual tools alone."""

import io
import resource
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from infra.bench.measure import Row, ceiling_row, elapsed, ratio_row, rounds
from infra.bench.peers.shown import with_ffmpeg, with_poppler
from infra.bench.stores import Bench
from infra.demo.files import desk_log
from infra.vault.previews.maker import SandboxMaker
from portfolio.application.recipes import PAGES_TOGETHER

SECONDS, SIZE, RATE = 5, (1920, 1080), 25
LINES = [f"{number:02}:00  Patch sheet checked against the desk, channel {number} of 48." for number in range(30)]


def preview(bench: Bench) -> list[Row]:
    """Return the rows of making previews: how fast, and with what memory in a child."""
    maker = SandboxMaker()
    with TemporaryDirectory(prefix="portfolio-bench-") as name:
        film, log = Path(name) / "film.mov", Path(name) / "log.pdf"
        film.write_bytes(phone_film())
        log.write_bytes(desk_log([LINES] * PAGES_TOGETHER))
        pages = " ".join(map(str, range(1, PAGES_TOGETHER + 1)))
        of_film, of_log = made(maker, "playable", "video/quicktime", film), made(maker, "page", pages, log)
        return [
            *row(bench, f"Recording made playable, {SECONDS} s of HEVC 1080p", of_film, "ffmpeg", with_ffmpeg(film)),
            *row(
                bench,
                f"{PAGES_TOGETHER} pages in two sizes with their words",
                of_log,
                "pdftoppm twice and pdftotext",
                with_poppler(log, PAGES_TOGETHER),
            ),
        ]


def row(bench: Bench, what: str, ours: Callable[[], float], name: str, peer: Callable[[], float] | None) -> list[Row]:
    """Return the row beside a peer, in seconds where the peer is not installed, and that of the child's memory."""
    ours()
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_000
    memory = ceiling_row(f"{what}, memory of the largest child so far, in MB", most, goal=None)
    if peer is None:
        return [ceiling_row(f"{what}, in seconds ({name} is not installed)", 1 / ours(), goal=None), memory]
    return [ratio_row(what, rounds({"portfolio": ours, name: peer}, bench.rounds), goal=None), memory]


def made(maker: SandboxMaker, recipe: str, argument: str, file: Path) -> Callable[[], float]:
    """Return what makes a preview of a file and tells how often a second that could be done."""

    def keep(_name: str, content: IO[bytes]) -> None:
        while content.read(1 << 20):
            pass

    def once() -> None:
        with file.open("rb") as stream:
            maker.make(recipe, argument, iter(lambda: stream.read(1 << 20), b""), keep, lambda _done: None)

    return lambda: 1 / elapsed(once)


def phone_film() -> bytes:
    """Return film as a phone makes it: HEVC with sound, whose grey changes from line to line and moves."""
    import av  # which only this bench needs

    out = io.BytesIO()
    with av.open(out, "w", format="mov") as recording:
        options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        film: Any = recording.add_stream("libx265", RATE, options=options)
        film.width, film.height, film.pix_fmt = *SIZE, "yuv420p"
        sound: Any = recording.add_stream("aac", 48_000, layout="mono")
        for number in range(SECONDS * RATE):
            frame = av.VideoFrame(*SIZE, "yuv420p")
            for plane in frame.planes:
                ramp = bytes((at * 7 + number * 3) % 220 + 16 for at in range(512)) * (plane.line_size // 512 + 2)
                lines = (ramp[at % 509 :][: plane.line_size] for at in range(plane.height))
                plane.update(b"".join(lines).ljust(plane.buffer_size, b"\0")[: plane.buffer_size])
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            recording.mux(film.encode(frame))
        recording.mux(film.encode(None))
        for number in range(SECONDS * 48_000 // 1024):
            heard = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            heard.sample_rate, heard.pts, heard.time_base = 48_000, number * 1024, Fraction(1, 48_000)
            heard.planes[0].update(bytes(heard.planes[0].buffer_size))
            recording.mux(sound.encode(heard))
        recording.mux(sound.encode(None))
    return out.getvalue()
