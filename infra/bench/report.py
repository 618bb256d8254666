"""The report of ``portfolio bench``: one line a row, or JSON."""

from collections.abc import Callable, Mapping

from infra.bench.append import append
from infra.bench.check import check
from infra.bench.command import command
from infra.bench.growth import growth
from infra.bench.http import http
from infra.bench.latency import latency
from infra.bench.lists import lists
from infra.bench.measure import Row
from infra.bench.pages import pages
from infra.bench.preview import preview
from infra.bench.project import project, rebuild
from infra.bench.replay import replay
from infra.bench.seen import seen
from infra.bench.stores import Bench
from infra.bench.upload import upload

BENCHES: Mapping[str, Callable[[Bench], list[Row]]] = {
    "append": append,
    "command": command,
    "replay": replay,
    "project": project,
    "rebuild": rebuild,
    "latency": latency,
    "lists": lists,
    "pages": pages,
    "seen": seen,
    "http": http,
    "growth": growth,
    "upload": upload,
    "check": check,
    "preview": preview,
}
"""By name."""


def line(row: Row) -> str:
    """Return a row as a line to read."""
    verdict = "no goal" if row.goal is None else f"goal {row.goal:g} met" if row.met else f"short of {row.goal:g}"
    peers = "; ".join(f"{name} {ratio:g}" for name, ratio in row.peers.items())
    return f"{row.row}: {row.figure:g} ({verdict}){f' – peers: {peers}' if peers else ''}"
