"""Memory of an upload: a real server takes a file of 2 GB and seals it, while all its processes are watched."""

import hashlib
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from infra.bench.facts import append_of, enrolment
from infra.bench.large_file import chunks, piece
from infra.bench.measure import Row, ceiling_row
from infra.demo.client import Client
from infra.demo.show import server
from infra.deployment import create
from infra.identity.keys import UPLOAD_KEY, KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import VAULT, now, open_record
from infra.settings import Settings
from infra.vault.folder import FolderVault
from portfolio.application.parts import PART_BYTES, bytes_of
from portfolio.application.ports import UploadPart
from portfolio.domain.evidence.facts import UploadOffered
from portfolio.domain.kernel import NOBODY, changed
from portfolio.domain.person import GrantRole, RegisterPerson
from portfolio.domain.vocabulary import SYSTEM

SIZE = 2_000_000_000
"""Bytes of the file: four times what people may hand in, so that what grows with a file shows."""
GOOD_FOR = timedelta(hours=1)
POLL_SECONDS = 0.01
"""Seconds between two looks at the processes: one that ends is taken as it was then."""
PROCESSES = Path("/proc")
"""Where Linux tells what processes use."""


def upload_memory(size: int = SIZE) -> list[Row]:
    """Return the row of the memory that the server's processes take beyond idle, none on a system that does not tell.

    A process that begins meanwhile counts with all it has.
    """
    if not (PROCESSES / "self" / "clear_refs").exists():
        return []
    with TemporaryDirectory(prefix="portfolio-bench-") as name:
        settings = Settings.read(
            {
                "PORTFOLIO_FOLDER": f"{name}/data",
                "PORTFOLIO_PORT": str(free_port()),
                "PORTFOLIO_SCANNER": "none",
            }
        )
        settings.folder.mkdir()
        create(settings, "live", "An administrator")
        apprentice, evidence_id, places = announce(settings, size)
        token = LocalTokens(KeyFolder(settings.keys), now).issue(apprentice, GOOD_FOR)
        client = Client(settings.base_url, token)
        with server(settings) as process:
            client.get("/readyz")  # answered by the process that will do the work, which has begun then
            with watched(process.pid) as grown:
                send(client, size, places)
                client.post(f"/v1/evidence/{evidence_id}/upload", {"version": 1})
    name = f"Upload of {size // 10**6:,} MB, memory of the largest growth of a process over idle, in MB"
    return [ceiling_row(name, max(grown.values()) / 1_000, goal=32.0)]


def send(client: Client, size: int, places: Callable[[], Sequence[UploadPart]]) -> None:
    """Send all parts of the file to the places that are given for them."""
    while parts := places():
        for part in parts:
            to = urlsplit(part.url)
            content = piece((part.number - 1) * PART_BYTES, bytes_of(size, part.number))
            client.call("PUT", f"{to.path}?{to.query}", content)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def announce(settings: Settings, size: int) -> tuple[UUID, UUID, Callable[[], Sequence[UploadPart]]]:
    """Record an apprentice and the offer of a file, and return who, the evidence item, and what gives places."""
    sha256 = hashlib.sha256()
    for chunk in chunks(size):
        sha256.update(chunk)
    with open_record(settings) as record:
        streams = enrolment(uuid4(), uuid4())
        enrolment_id, apprentice, enrolled = next(streams)
        evidence_id, _, facts = next(streams)
        offered = cast(UploadOffered, facts[0])
        changes = {"size": size, "sha256": sha256.hexdigest(), "media_type": "text/plain", "filename": "log.txt"}
        record.handler.execute(RegisterPerson(person_id=apprentice, name="An apprentice", works_for="employer"), SYSTEM)
        record.handler.execute(GrantRole(person_id=apprentice, role="apprentice"), SYSTEM)
        record.journal.append(*append_of(enrolment_id, apprentice, enrolled))
        record.journal.append(*append_of(evidence_id, apprentice, [changed(offered, **changes)]))
    key = KeyFolder(settings.keys).read(UPLOAD_KEY)
    vault = FolderVault(settings.folder / VAULT, key, settings.base_url, now, limit_bytes=size)
    return apprentice, evidence_id, partial(vault.offer, offered.object_id, size, sha256.hexdigest(), NOBODY)


@contextmanager
def watched(parent: int) -> Iterator[dict[int, int]]:
    """Give, at the end, by how many kilobytes this process and those below it have grown at most."""
    idle, most, stop = {}, dict[int, int](), Event()
    for pid in family(parent):
        idle[pid] = memory(pid, "VmRSS")
        (PROCESSES / str(pid) / "clear_refs").write_text("5")  # the most it had begins again with what it has

    def watch() -> None:
        while not stop.wait(POLL_SECONDS):
            had = {pid: memory(pid, "VmHWM") for pid in family(parent)}
            most.update({pid: most_had - idle.get(pid, 0) for pid, most_had in had.items() if most_had})

    thread = Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        stop.set()
        thread.join()


def family(parent: int) -> list[int]:
    """Return a process and all below it, leaving out those that are just ending."""
    children: dict[int, list[int]] = {}
    for status in PROCESSES.glob("[0-9]*/stat"):
        try:
            above = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(above, []).append(int(status.parent.name))
    family = [parent]
    for pid in family:
        family += children.get(pid, [])
    return family


def memory(pid: int, name: str) -> int:
    """Return one of the kilobyte figures of a process, 0 if it has just ended."""
    try:
        status = (PROCESSES / str(pid) / "status").read_text()
    except OSError:
        return 0
    return int(status.partition(f"{name}:")[2].split()[0]) if name in status else 0
