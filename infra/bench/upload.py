"""Upload: a file sent in parts to a real server and sealed, against copying it, syncing it and hashing the copy."""

import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bench.large_file import write_large_file
from infra.bench.measure import Row, ceiling_row, ratio_row, rounds
from infra.bench.memory import Grown, tells, watched
from infra.bench.peers.copy import copied
from infra.bench.service import serving
from infra.bench.stores import Bench

MEGABYTE = 10**6
MOST_OVER_IDLE = 32.0
"""Megabytes by which a process may grow; the child that looks at a text has no more in all."""


def upload(bench: Bench) -> list[Row]:
    """Return the rows of uploading one large file: how fast, and with what memory in each process.

    Both begin with a file that the system has just written. The server begins when it is asked for a place, and has
    done it when the file is checked and sealed.
    """
    size = bench.megabytes * MEGABYTE
    with TemporaryDirectory(prefix="portfolio-bench-") as name:
        file = write_large_file(Path(name) / "large.txt", size)
        with serving(Path(name)) as service:

            def ours() -> float:
                begun = time.perf_counter()
                item = service.bring(file, "text/plain")
                service.finish(item)
                seconds = time.perf_counter() - begun
                service.discard(item)
                return size / seconds

            memory = []
            if tells():
                with watched(service.pid) as grown:
                    ours()
                memory = memory_rows(f"Upload of {bench.megabytes:,} MB", grown, MOST_OVER_IDLE)
            rates = rounds({"portfolio": ours, "cp, sync and sha256sum": partial(copied, file, size)}, bench.rounds)
    what = f"Upload of {bench.megabytes:,} MB in parts to a server with the files in its folder, until it is sealed"
    return [ratio_row(what, rates, goal=0.5), *memory]


def memory_rows(what: str, grown: Grown, most_of_child: float | None) -> list[Row]:
    """Return the rows of the server's process that grew most, and of the largest child, with all it has."""
    return [
        ceiling_row(f"{what}, memory by which a process of the server grows, in MB", grown.most(), goal=MOST_OVER_IDLE),
        ceiling_row(
            f"{what}, memory of the child that looks at it, in MB", grown.most_of_children(), goal=most_of_child
        ),
    ]
