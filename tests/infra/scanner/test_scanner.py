"""What holds for every scanner."""

import io
from collections.abc import Callable

import pytest

from portfolio.application.ports import Scanner
from tests.infra.vault.files import docx

CLEAN: dict[str, Callable[[], bytes]] = {
    "nothing": bytes,
    "text": lambda: b"Rigged the lamps.\n" * 1000,
    "a document": docx,
    "a megabyte": lambda: bytes(range(256)) * 4096,
}


class Once(io.RawIOBase):
    """A stream that can only be read, once, a little at a time."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        return self._content.readinto(buffer[:1000])


@pytest.mark.parametrize("kind", CLEAN)
def test_of_a_file_without_malware_it_is_said_by_which_signatures_it_was_looked_at(scanner: Scanner, kind: str) -> None:
    scan = scanner.scan(io.BytesIO(CLEAN[kind]()))
    assert scan.signatures
    assert scanner.scan(io.BytesIO(CLEAN[kind]())) == scan


def test_a_file_that_can_be_read_once_will_do(scanner: Scanner) -> None:
    content = CLEAN["a megabyte"]()
    assert scanner.scan(Once(content)) == scanner.scan(io.BytesIO(content))  # type: ignore[arg-type]


def test_who_works_has_nothing_to_say_but_of_signatures(scanner: Scanner) -> None:
    assert "no signatures of ClamAV's own" in (scanner.check() or "no signatures of ClamAV's own")
