"""A deployment that is killed between received, checked and sealed goes on where it was, on each vault, and once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from infra.fsck.files import differences
from infra.scanner.none import NoScanner
from infra.store.journal import EventJournal
from portfolio.application.checking import Checker
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Idempotency, Vault
from portfolio.application.previews import Previews
from portfolio.application.uploads import Uploads
from portfolio.domain.evidence.commands import CompleteUpload
from portfolio.domain.evidence.facts import FileReceived, FileRefused, FileSealed
from portfolio.domain.kernel import Rejected, changed
from tests.application.conftest import SECRET, begun
from tests.application.stage import LOG, MIA, Stage
from tests.application.test_uploads import OFFER
from tests.checking import AtOnce
from tests.infra.vault import files
from tests.infra.vault.conftest import Storage, digest_of

__all__ = ["begun"]

KEY = Idempotency(key="it is all there", fingerprint=b"f")
COMPLETE = CompleteUpload(evidence_id=LOG, version=1)
DAMAGED = files.pdf()[:300]


class Killed(BaseException):
    """The process ends here: nothing of ours catches this."""


@dataclass
class Dying:
    """Passes on whatever a part is asked, until it is asked one thing: then all ends, before it is done or after."""

    whole: Any
    call: str
    when: str

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self.whole, name)
        return self._last(asked) if name == self.call else asked

    def execute(self, command: Any, *values: Any, **terms: Any) -> Any:
        """Give a command, whose name may be what all ends at."""
        give = self.whole.execute
        return (self._last(give) if type(command).__name__ == self.call else give)(command, *values, **terms)

    def _last(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        def last(*values: Any, **terms: Any) -> Any:
            if self.when == "after":
                ask(*values, **terms)
            raise Killed

        return last


@pytest.fixture
def stage(begun: Path, tmp_path: Path) -> Iterator[Stage]:
    journal = EventJournal.in_file(Path(shutil.copy(begun, tmp_path / "facts.db")), secret=SECRET)
    stage = Stage(journal)
    stage.enrol()
    yield stage
    journal.close()


def complete(stage: Stage, vault: Any, call: str = "", when: str = "") -> None:
    """Say that the file is all there, in a new process, which ends where it is told to."""
    handler = CommandHandler(stage.journal, cast(Vault, vault), stage.now, stage.handler.new_id)
    dying = Dying(handler, call, when), Dying(vault, call, when)
    checking: Any = AtOnce(Checker(*dying, NoScanner()))  # type: ignore[arg-type]  # they answer as the whole does
    uploads = Uploads(*dying, cast(Previews, None), checking)  # type: ignore[arg-type]  # so here
    with suppress(Killed, Rejected):
        uploads.complete(COMPLETE, MIA, idempotency=KEY)


def go_on(stage: Stage, vault: Vault) -> None:
    """Do what is done after a restart, twice: whoever sent the file asks again, and what waits is checked."""
    for _ in range(2):
        complete(stage, vault)
        for file in stage.waiting():
            Checker(stage.handler, vault, NoScanner()).check(file)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["complete", "CompleteUpload", "seal", "SealFile"])
def test_a_file_is_sealed_once_wherever_it_was_cut_off(stage: Stage, storage: Storage, call: str, when: str) -> None:
    content = files.TEXT
    object_id = storage.upload(content)
    fields = {"media_type": "text/plain", "size": len(content), "sha256": digest_of(content)}
    stage.do(changed(OFFER, object_id=object_id, **fields), MIA)
    complete(stage, storage.vault, call, when)
    go_on(stage, storage.vault)
    assert [len(stage.facts(kind)) for kind in (FileReceived, FileSealed, FileRefused)] == [1, 1, 0]
    assert storage.vault.digest(object_id) == digest_of(content)
    assert list(differences(stage.journal, storage.vault, lambda _done, _of: None)) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["CompleteUpload", "seal", "RefuseFile", "discard"])
def test_a_file_is_refused_once_wherever_it_was_cut_off(stage: Stage, storage: Storage, call: str, when: str) -> None:
    object_id = storage.upload(DAMAGED)
    fields = {"media_type": "application/pdf", "size": len(DAMAGED), "sha256": digest_of(DAMAGED)}
    stage.do(changed(OFFER, object_id=object_id, **fields), MIA)
    complete(stage, storage.vault, call, when)
    go_on(stage, storage.vault)
    assert [len(stage.facts(kind)) for kind in (FileReceived, FileSealed, FileRefused)] == [1, 0, 1]
    (refused,) = stage.facts(FileRefused)
    assert cast(FileRefused, refused.fact).refusal == "content-unreadable", "and not for being gone"
    assert storage.vault.digest(object_id) is None
    assert list(differences(stage.journal, storage.vault, lambda _done, _of: None)) == []
