"""Check: a file that has arrived is hashed, looked at and sealed beside the requests, against the usual tools alone."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bench.large_file import write_large_file, write_large_sound
from infra.bench.measure import Row, elapsed, ratio_row, rounds
from infra.bench.memory import tells, watched
from infra.bench.peers.looked import with_ffprobe, with_sha256sum
from infra.bench.service import Service, serving
from infra.bench.stores import Bench
from infra.bench.upload import MEGABYTE, MOST_OVER_IDLE, memory_rows


def check(bench: Bench) -> list[Row]:
    """Return the rows of checking one large text and one large recording: how fast, with what memory in each process.

    A check begins when it is said that the file is all there, and has ended when that is answered.
    """
    with TemporaryDirectory(prefix="portfolio-bench-") as name:
        text = write_large_file(Path(name) / "large.txt", bench.megabytes * MEGABYTE)
        sound = write_large_sound(Path(name) / "large.wav", bench.megabytes * MEGABYTE)
        with serving(Path(name)) as service:
            return [
                *rows(bench, service, text, "text/plain", {"sha256sum": with_sha256sum(text)}, MOST_OVER_IDLE),
                *rows(
                    bench,
                    service,
                    sound,
                    "audio/wav",
                    {"sha256sum": with_sha256sum(sound), "sha256sum and ffprobe": with_ffprobe(sound)},
                    None,
                ),
            ]


def rows(
    bench: Bench,
    service: Service,
    file: Path,
    media_type: str,
    peers: Mapping[str, Callable[[], float] | None],
    most_of_child: float | None,
) -> list[Row]:
    """Return the rows of one file, beside those of the peers that are installed."""

    def ours() -> float:
        item = service.bring(file, media_type)
        seconds = elapsed(lambda: service.finish(item))
        service.discard(item)
        return 1 / seconds

    what = f"Check of {bench.megabytes:,} MB of {media_type}, until it is sealed"
    memory = []
    if tells():
        item = service.bring(file, media_type)
        with watched(service.pid) as grown:
            service.finish(item)
        service.discard(item)
        memory = memory_rows(what, grown, most_of_child)
    installed = {name: peer for name, peer in peers.items() if peer is not None}
    return [ratio_row(what, rounds({"portfolio": ours, **installed}, bench.rounds), goal=None), *memory]
