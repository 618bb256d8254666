"""A file on its way into either vault, the process killed before and after each thing it does there, and done twice."""

import hashlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from infra.vault import incoming
from infra.vault.folder import FolderVault
from portfolio.application.parts import PART_BYTES, bytes_of, count_of, missing
from portfolio.application.ports import UploadMissing, UploadPart, Vault
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import NOBODY
from tests.infra.vault import files
from tests.infra.vault.buckets import put, running
from tests.soak import SOAK

CONTENT = files.TEXT * (PART_BYTES // len(files.TEXT) + 9)  # two parts
SHORT = files.TEXT
OBJECT = UUID(int=4711)
KILLED = 9
APART = 1 if SOAK > 1 else 7
"""Lines between two kills: few enough that each thing done has its own."""

Put = Callable[[UploadPart, bytes], None]
Step = Callable[[Vault, Put, bytes], object]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def part_of(content: bytes, number: int) -> bytes:
    return content[(number - 1) * PART_BYTES : number * PART_BYTES]


def offer(vault: Vault, _: Put, content: bytes) -> Sequence[UploadPart]:
    return vault.offer(OBJECT, len(content), "", NOBODY)


def send(vault: Vault, to: Put, content: bytes) -> None:
    """Put what the vault lacks."""
    for part in offer(vault, to, content):
        to(part, part_of(content, part.number))


def complete(vault: Vault, _: Put, content: bytes) -> None:
    vault.complete(OBJECT, [sha256(part_of(content, n + 1)) for n in range(count_of(len(content)))])


STEPS: dict[str, Step] = {"offer": offer, "parts": send, "complete": complete}


def resume(vault: Vault, to: Put, content: bytes) -> None:
    """Go on as a sender does who was told nothing, twice, and seal: the file is there once and is what was sent."""
    for _ in range(2):
        send(vault, to, content)
        complete(vault, to, content)
    assert [part.number for part in vault.held(OBJECT)] == missing(len(content), ())
    sealed = vault.seal(OBJECT, size=len(content), sha256="", media_type="text/plain")
    assert (sealed.sha256, list(vault.objects())) == (sha256(content), [OBJECT])


def never_shown_half(vault: Vault, content: bytes) -> None:
    """Insist that what the vault says it holds is what was sent, and that nothing incomplete is sealed."""
    assert list(vault.objects()) == []
    held = {part.number: part for part in vault.held(OBJECT)}
    for number, part in held.items():
        assert part.size == bytes_of(len(content), number)
        assert part.sha256 in ("", sha256(part_of(content, number)))
    if missing(len(content), held):
        with pytest.raises(UploadMissing):
            vault.complete(OBJECT)


# --- in the folder: killed at each line of what it does ---------------------------------------------------------------


class Credulous(FolderVault):
    """Takes a file for what it was declared as: that is not what is killed here, and takes long."""

    @staticmethod
    def inspect(_file: BinaryIO, declared: str) -> Bounds:
        return Bounds(media_type=declared)


def in_folder(folder: Path) -> tuple[FolderVault, Put]:
    vault = Credulous(folder, b"secret", "", lambda: datetime.now(UTC))

    def to(part: UploadPart, content: bytes) -> None:
        signed = dict(parse_qsl(urlsplit(part.url).query))
        stream = io.BytesIO(content)
        vault.receive(OBJECT, part.number, stream=stream, content_length=len(content), **signed)

    return vault, to


def killed_at(line: int, work: Callable[[], object], code: str) -> bool:
    """Do this in a child that dies before the so many-th line of a file of code; tell whether it died."""
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, KILLED)
        return status == KILLED
    left = line

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename != code:
            return None
        if event == "line":
            left -= 1
            if not left:
                os._exit(KILLED)
        return trace

    status = 1
    try:
        sys.settrace(trace)
        work()
        status = 0
    finally:
        sys.settrace(None)
        os._exit(status)


@pytest.mark.slow
@pytest.mark.parametrize("content", [SHORT, CONTENT], ids=["one part", "two"])
@pytest.mark.parametrize("at", STEPS)
def test_in_the_folder_a_kill_at_any_line_shows_nothing_half_and_is_gone_on_from(
    tmp_path: Path, at: str, content: bytes
) -> None:
    line, died = 1 - APART, True
    while died:
        line += APART
        folder = tmp_path / f"{at} {line}"
        vault, to = in_folder(folder)
        for name, step in STEPS.items():
            if name == at:
                break
            step(vault, to, content)
        died = killed_at(line, lambda: STEPS[at](vault, to, content), incoming.__file__)  # noqa: B023 - called at once
        never_shown_half(in_folder(folder)[0], content)
        resume(*in_folder(folder), content)
    assert line > 3 * APART


# --- in a bucket: killed before and after each request to the storage -------------------------------------------------


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killing(client: Any, request: int, when: str) -> Iterator[list[str]]:
    """Kill before or after the so many-th request, or let it be sent twice; give the requests that were made."""
    made: list[str] = []

    def before(model: Any, **_: Any) -> None:
        made.append(model.name)
        if when == "before" and len(made) == request:
            raise Killed

    def after(**_: Any) -> None:
        if when == "after" and len(made) == request:
            raise Killed

    client.meta.events.register_first("before-call.s3", before)
    client.meta.events.register_last("after-call.s3", after)
    try:
        yield made
    finally:
        client.meta.events.unregister("before-call.s3", before)
        client.meta.events.unregister("after-call.s3", after)


@pytest.mark.slow
@pytest.mark.parametrize("server", ["moto", pytest.param("radosgw", marks=pytest.mark.s3)])
@pytest.mark.parametrize("content", [SHORT, CONTENT], ids=["one part", "two"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_in_a_bucket_a_kill_around_any_request_shows_nothing_half_and_is_gone_on_from(
    monkeypatch: pytest.MonkeyPatch, server: str, content: bytes, when: str
) -> None:
    with running(server, monkeypatch) as storage:
        vault = storage.vault

        def to(part: UploadPart, piece: bytes) -> None:
            put(part.url, piece, **part.headers).raise_for_status()

        request, died = 0, True
        while died:
            request += 1
            with killing(storage.application, request, when) as made:
                try:
                    for step in STEPS.values():
                        step(vault, to, content)
                    died = False
                except Killed:
                    pass
            never_shown_half(vault, content)
            resume(vault, to, content)
            vault.discard(OBJECT)
            assert vault.held(OBJECT) == []
        assert request > 3, made
