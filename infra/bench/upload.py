"""Upload: a file through the folder vault, hashed and sealed, against copying it and hashing the copy."""

import subprocess
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from infra.bench.large_file import chunks
from infra.bench.measure import Row, elapsed, ratio_row, rounds
from infra.bench.peers.copy import copied
from infra.bench.stores import Bench
from infra.bench.upload_memory import upload_memory
from infra.vault.folder import FolderVault
from infra.vault.incoming import Portion
from portfolio.application.parts import bytes_of
from portfolio.domain.kernel import NOBODY

SIZE = 400_000_000
"""Bytes of the file."""


def upload(bench: Bench) -> list[Row]:
    """Return the rows of uploading one large file: how fast, and with what memory."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "large.txt"
        with file.open("wb") as out:
            for chunk in chunks(SIZE):
                out.write(chunk)
        sha256 = subprocess.run(["sha256sum", file], capture_output=True, check=True).stdout.split()[0].decode()  # noqa: S603, S607 - the user's own coreutils
        vault = FolderVault(folder / "vault", b"bench", "", lambda: datetime.now(UTC))

        def ours() -> float:
            object_id = uuid4()

            def put() -> None:
                with file.open("rb") as stream:
                    while parts := vault.offer(object_id, SIZE, sha256, NOBODY):
                        for part in parts:
                            signed = dict(parse_qsl(urlsplit(part.url).query))
                            size = bytes_of(SIZE, part.number)
                            portion = Portion(stream, size)
                            vault.receive(object_id, part.number, stream=portion, content_length=size, **signed)
                vault.complete(object_id)
                vault.seal(object_id, size=SIZE, sha256=sha256, media_type="text/plain")

            seconds = elapsed(put)
            vault.discard(object_id)
            return SIZE / seconds

        rates = rounds({"portfolio": ours, "cp, sync and sha256sum": partial(copied, file, SIZE)}, bench.rounds)
    return [ratio_row("Upload through the folder vault, 400 MB", rates, goal=0.5), *upload_memory()]
