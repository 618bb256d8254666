"""A disk that does not confirm what was written: every sync of a program fails, or the n-th of several programs'."""

import hashlib
import io
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from infra.main import Record, new_id, open_record
from infra.settings import Settings
from portfolio.application.ports import Idempotency
from portfolio.domain.kernel import NOBODY, Rejected
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM

SOURCE = Path(__file__).with_suffix(".c")
COUNTS = struct.Struct("qq")
"""As they lie in the file of the counts: syncs that were made, and the number of the one that fails."""


class NoCompiler(Exception):
    """There is no C compiler on this machine."""


class Syncs:
    """The syncs of all programs that run under these ``variables``, counted together."""

    def __init__(self, file: Path, variables: dict[str, str]) -> None:
        self._file = file
        self.variables = variables

    @classmethod
    def under(cls, folder: Path) -> "Syncs":
        """Return those of programs that are still to be started; raise ``NoCompiler``."""
        file = folder / "syncs"
        file.write_bytes(COUNTS.pack(0, 0))
        file.chmod(0o666)  # a database server runs as somebody else
        return cls(file, {**failing_syncs(folder), "SYNCS_COUNTED": str(file)})

    @classmethod
    def ours(cls) -> "Syncs":
        """Return those of this process, which was started under such variables."""
        return cls(Path(os.environ["SYNCS_COUNTED"]), {})

    @property
    def made(self) -> int:
        """Return how many there were."""
        made, _ = COUNTS.unpack(self._file.read_bytes())
        return int(made)

    def fail(self, number: int) -> None:
        """Let the one fail that is so many from now, once; none for 0."""
        with self._file.open("r+b") as file:
            file.seek(COUNTS.size // 2)
            file.write(COUNTS.pack(self.made + number if number else 0, 0)[: COUNTS.size // 2])

    def close(self) -> None:
        """Take away the folder in which they were counted."""
        shutil.rmtree(self._file.parent)

    def failed(self) -> bool:
        """Tell whether the one that was to fail has failed."""
        made, fails = COUNTS.unpack(self._file.read_bytes())
        return bool(0 < fails <= made)


def failing_syncs(folder: Path) -> dict[str, str]:
    """Return the variables under which a program's syncs fail while the file is there that one of them names."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise NoCompiler
    library, fault = folder / "syncs.so", folder / "fault"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the system's own compiler
    return {"LD_PRELOAD": str(library), "SYNCS_FAIL_WHILE": str(fault)}


def record_people(record: Record, fault: Path) -> None:
    """Register people while syncs work, fail and work again."""

    def register(key: str) -> str:
        command = RegisterPerson(person_id=new_id(), name=key, works_for="centre")
        record.handler.execute(command, SYSTEM, idempotency=Idempotency(key=key, fingerprint=b"one"))
        return "recorded"

    tell(register, "before")
    fault.touch()
    tell(register, "meanwhile")
    tell(register, "stopped")
    fault.unlink()
    tell(register, "stopped")
    tell(lambda: str(record.journal.store.fault()))


def seal_a_file(record: Record, fault: Path) -> None:
    """Seal a file while syncs fail, twice, and when they work again."""
    object_id, content = new_id(), b"Rigged six lanterns.\n"
    digest = hashlib.sha256(content).hexdigest()
    record.vault.offer(object_id, len(content), digest, NOBODY)
    record.vault.take(object_id, io.BytesIO(content), len(content))

    def seal() -> str:
        record.vault.seal(object_id, size=len(content), sha256=digest, media_type="text/plain")
        return "sealed"

    fault.touch()
    tell(seal)
    tell(lambda: f"there: {object_id in record.vault.objects()}")
    tell(seal)
    fault.unlink()
    tell(seal)


def tell(act: Callable[..., str], *values: str) -> None:
    """Print what an act answers, or how it is refused."""
    try:
        print(act(*values))  # noqa: T201 - read by the test
    except Rejected as refusal:
        print(f"{refusal.code}: {refusal}")  # noqa: T201 - read by the test


def main() -> None:
    """Do under the settings around us what the command line says, and die without closing anything."""
    settings = Settings.read({name: value for name, value in os.environ.items() if name.startswith("PORTFOLIO_")})
    with open_record(settings) as record:
        {"record": record_people, "seal": seal_a_file}[sys.argv[1]](record, Path(os.environ["SYNCS_FAIL_WHILE"]))
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
