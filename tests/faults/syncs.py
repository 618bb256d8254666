"""A disk that does not confirm what was written: every sync of a program fails while a file is there."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from infra.main import Record, new_id, open_record
from infra.settings import Settings
from portfolio.application.ports import Idempotency
from portfolio.domain.kernel import Rejected
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM

SOURCE = Path(__file__).with_suffix(".c")


class NoCompiler(Exception):
    """There is no C compiler on this machine."""


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
    record.vault.offer(object_id, len(content), digest)
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
