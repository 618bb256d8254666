"""The server's first process is killed: whoever it leaves behind notices at once and gives the folder back."""

import hashlib
import os
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from infra.lock import FolderInUse, folder_lock
from infra.main import open_record
from portfolio.domain.kernel import NOBODY
from tests.faults.postgres import wait_until
from tests.faults.service import Server

SIZE = 5_000_000


def is_free(folder: Path) -> bool:
    try:
        with folder_lock(folder):
            return True
    except FolderInUse:
        return False


@pytest.mark.slow
def test_the_folder_is_free_again_soon_although_an_upload_was_under_way(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with open_record(server.settings) as record:
        (part,) = record.vault.offer(uuid4(), SIZE, hashlib.sha256(bytes(SIZE)).hexdigest(), NOBODY)
    server.start()
    address, to = urlsplit(server.settings.base_url), urlsplit(part.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as upload:
        head = f"PUT {to.path}?{to.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {SIZE}\r\n\r\n"
        upload.sendall(head.encode() + bytes(SIZE // 2))
        incoming = server.settings.folder / "vault" / "incoming"
        wait_until(lambda: any(path.stat().st_size > 0 for path in incoming.glob("*.part")), "nothing is received")
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: is_free(server.settings.folder), "the folder is still held")
    server.end(signal.SIGKILL)
    server.start()
    server.end(signal.SIGTERM)
