"""A real server of the bench's own, and an apprentice who sends it files in parts as any client does."""

import os
import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from infra.bench.facts import append_of, enrolment
from infra.demo.client import Client
from infra.demo.show import server
from infra.deployment import create
from infra.errors import OperatorError
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import now, open_record
from infra.settings import Settings
from portfolio.domain.person import GrantRole, RegisterPerson
from portfolio.domain.vocabulary import SYSTEM

GOOD_FOR = timedelta(hours=3)
PARALLEL = 3
"""Parts that are sent at the same time, as our pages do."""
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 600
"""A figure from a busy machine is better than none."""
RATES = "uploads=100000/minute seals=100000/minute"
"""One person sends here what a college does."""


class NotSealed(OperatorError):
    """The service has not taken the file; the message says what became of it."""


@dataclass(frozen=True)
class Service:
    """A server that runs, the number of its process, and an apprentice of it with an enrolment."""

    pid: int
    client: Client
    enrolment_id: UUID

    def bring(self, file: Path, media_type: str) -> str:
        """Offer a file and put all its parts, and return the item's id."""
        offer = {
            "enrolment_id": str(self.enrolment_id),
            "title": "A large file",
            "filename": file.name,
            "media_type": media_type,
            "size": file.stat().st_size,
            "produced_on": now().date().isoformat(),
        }
        places = self.client.post("/v1/evidence", offer)
        item = str(places["id"])
        with file.open("rb") as stream, ThreadPoolExecutor(PARALLEL) as pool:
            while places["parts"]:
                list(pool.map(partial(put, stream.fileno(), places["part_size"]), places["parts"]))
                places = self.client.get(f"/v1/evidence/{item}/upload")
        return item

    def finish(self, item: str) -> None:
        """Say that a file is all there and return when it is sealed; raise ``NotSealed``."""
        stage = self.client.post(f"/v1/evidence/{item}/upload", {"version": 1})["stage"]
        while stage == "received":
            time.sleep(LOOK_SECONDS)
            stage = self.client.get(f"/v1/evidence/{item}")["versions"][0]["stage"]
        if stage != "sealed":
            raise NotSealed(f"The file is {stage}.")

    def discard(self, item: str) -> None:
        """Take a file that was sent away again."""
        self.client.post(f"/v1/evidence/{item}/discard", {"version": 1})


def put(handle: int, part_size: int, part: Mapping[str, Any]) -> None:
    """Put one part of an open file to where an offer said, as its URL's signature allows anybody to."""
    to = urlsplit(part["url"])
    content = os.pread(handle, part_size, (part["number"] - 1) * part_size)
    Client(f"{to.scheme}://{to.netloc}", timeout=PATIENCE_SECONDS).call(
        "PUT", f"{to.path}?{to.query}", content, part["headers"]
    )


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Service]:
    """Run a server over a new deployment in this folder until the end; ``variables`` are further settings of it."""
    settings = Settings.read(
        {
            "PORTFOLIO_FOLDER": str(folder / "data"),
            "PORTFOLIO_PORT": str(free_port()),
            "PORTFOLIO_SCANNER": "none",
            "PORTFOLIO_RATES": RATES,
            **variables,
        }
    )
    settings.folder.mkdir()
    create(settings, "live", "An administrator")
    with open_record(settings) as record:
        enrolment_id, apprentice, enrolled = next(enrolment(uuid4(), uuid4()))
        record.handler.execute(RegisterPerson(person_id=apprentice, name="An apprentice", works_for="employer"), SYSTEM)
        record.handler.execute(GrantRole(person_id=apprentice, role="apprentice"), SYSTEM)
        record.journal.append(*append_of(enrolment_id, apprentice, enrolled))
    token = LocalTokens(KeyFolder(settings.keys), now).issue(apprentice, GOOD_FOR)
    client = Client(settings.base_url, token, PATIENCE_SECONDS)
    with server(settings) as process:
        client.get("/readyz")  # answered by the process that will do the work, which has begun then
        yield Service(process.pid, client, enrolment_id)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
