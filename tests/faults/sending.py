"""An apprentice who hands in one file after the other, each until it is sealed, and what must be there of them."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from infra.main import Record, now, open_record
from infra.settings import Settings
from infra.store.leases import DOUBLED_AT_MOST, SHORTEST_REST_SECONDS
from portfolio.application.parts import PART_BYTES
from portfolio.domain.evidence.facts import FileSealed, UploadOffered
from tests.application.stage import ENROLMENT, MIA, Stage
from tests.faults.postgres import wait_until
from tests.faults.service import REST, Caller, Unreachable
from tests.patience import PATIENCE

APPRENTICE = MIA
IN_PARTS = 40
"""One file of so many is sent in two parts, the first one too."""
UNTIL_SEALED = PATIENCE + SHORTEST_REST_SECONDS * 2**DOUBLED_AT_MOST
"""Seconds: a file whose check a fault broke off, again and again, rests as long as that before the next one."""
REST_BETWEEN = 0.2
"""Seconds from one file to the next: each is opened in a process of its own."""


def enrol(settings: Settings) -> None:
    """Enrol the apprentice who sends."""
    with open_record(settings) as record:
        stage = Stage(record.journal, at=now())
        stage.register()
        stage.build_form()
        stage.enrol()


class Kept(NamedTuple):
    """A file that was said to be sealed."""

    evidence_id: UUID
    mark: str
    sha256: str


@dataclass
class File:
    """A file on its way: its mark stands in its title; ``parts`` are those to be sent next, None if that is asked."""

    mark: str
    content: bytes
    evidence_id: str = ""
    parts: list[dict[str, Any]] | None = None
    is_sent: bool = False
    is_complete: bool = False


@dataclass
class Sender:
    """Goes on with a file as a program does that was told nothing since its last answer."""

    name: str
    caller: Caller
    answered: list[Kept] = field(default_factory=list)
    _number: int = 0
    _file: File | None = None

    def send(self, stop: Event) -> None:
        """Send files until told to stop."""
        while not stop.is_set():
            if not self._goes_on():
                stop.wait(REST)
            elif self._file is None:
                stop.wait(REST_BETWEEN)

    def repeat(self) -> None:
        """Bring the file that is on its way to its end."""
        wait_until(
            lambda: self._file is None or (self._goes_on() and self._file is None), "a file is not sealed", UNTIL_SEALED
        )

    def _goes_on(self) -> bool:
        """Do the next thing; tell whether it was carried out."""
        file = self._file = self._file or self._next()
        try:
            if not file.evidence_id:
                return self._offer(file)
            if not file.is_sent:
                return self._send(file)
            return self._wait(file) if file.is_complete else self._complete(file)
        except Unreachable:
            file.parts = None
            return False

    def _next(self) -> File:
        self._number += 1
        mark = f"{self.name}/{self._number}"
        size = PART_BYTES + 100 if self._number % IN_PARTS == 1 else 100
        return File(mark, f"{mark}\n".encode() * (size // len(mark) + 1))

    def _offer(self, file: File) -> bool:
        offer = {
            "enrolment_id": str(ENROLMENT),
            "title": file.mark,
            "filename": "notes.txt",
            "media_type": "text/plain",
            "size": len(file.content),
            "produced_on": "2026-01-05",
        }
        answer = self.caller.ask("POST", "/v1/evidence", offer, f"{file.mark}/offer")
        if answer.status >= 400:
            return False
        file.evidence_id, file.parts = answer.body["id"], answer.body["parts"]
        return True

    def _send(self, file: File) -> bool:
        if file.parts is None:
            answer = self.caller.ask("GET", f"/v1/evidence/{file.evidence_id}/upload")
            if answer.status < 400:
                file.parts = answer.body["parts"]
        if not file.parts:
            file.is_sent = file.parts == []
            return file.is_sent
        part = file.parts[0]
        url, start = urlsplit(part["url"]), (part["number"] - 1) * PART_BYTES
        content = file.content[start : start + PART_BYTES]
        answer = self.caller.ask("PUT", f"{url.path}?{url.query}", content, headers=part["headers"])
        file.parts = file.parts[1:] if answer.status < 400 else None
        return answer.status < 400

    def _complete(self, file: File) -> bool:
        path = f"/v1/evidence/{file.evidence_id}/upload"
        answer = self.caller.ask("POST", path, {"version": 1}, f"{file.mark}/complete")
        if answer.status >= 400:
            return False
        file.is_complete = True
        if answer.body["stage"] == "sealed":
            self._sealed(file)
        return True

    def _wait(self, file: File) -> bool:
        answer = self.caller.ask("GET", f"/v1/evidence/{file.evidence_id}")
        stage = answer.body["versions"][0]["stage"] if answer.status < 400 else ""
        if stage == "sealed":
            self._sealed(file)
        elif stage not in ("", "received"):
            self.caller.wrong.append(f"{file.mark} was received and is {stage}")
            self._file = None
        return stage == "sealed"

    def _sealed(self, file: File) -> None:
        self.answered.append(Kept(UUID(file.evidence_id), file.mark, hashlib.sha256(file.content).hexdigest()))
        self._file = None


def files_missing(record: Record, kept: Sequence[Kept]) -> Iterator[str]:
    """Yield which files are not there once, with their bytes, although it was said that they are sealed."""
    offered: Counter[str] = Counter()
    sealed: dict[UUID, list[FileSealed]] = {}
    position = 0
    while entries := record.journal.since(position):
        for entry in entries:
            match entry.fact:
                case UploadOffered(title=mark):
                    offered[mark] += 1
                case FileSealed():
                    sealed.setdefault(entry.originator_id, []).append(entry.fact)
        position = entries[-1].position
    yield from (f"{mark} was offered {number} times" for mark, number in offered.items() if number > 1)
    yield from (f"{item} was sealed {len(facts)} times" for item, facts in sealed.items() if len(facts) > 1)
    for file in kept:
        facts = sealed.get(file.evidence_id, [])
        if [fact.sha256 for fact in facts] != [file.sha256]:
            yield f"{file.mark} is not sealed as the bytes that were sent, as answered"
        elif record.vault.digest(facts[0].object_id) != file.sha256:
            yield f"the bytes of {file.mark} are not there, as answered"
