"""The harness itself: an answer without a commit is named as a loss, also where nobody can go on after it."""

import random
import sys
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from infra.main import now, open_record
from portfolio.domain.evidence.facts import FileSealed
from tests.application.stage import Stage
from tests.faults.injected import Fault
from tests.faults.kill import Counts, Rounds
from tests.faults.postgres import wait_until
from tests.faults.sending import Kept, enrol, files_missing
from tests.faults.service import Server


class Lie(Fault):
    """A write is acknowledged and never committed."""

    def service(self, folder: Path) -> Server:
        """Return a service over a disk that lies when it is told to."""
        self._lying = folder / "lying"
        return Server(folder, command=[sys.executable, "-m", "tests.faults.forgetful", str(self._lying)])

    def inject(self) -> None:
        """Let it lie until the service has found out, after which nobody can go on."""
        self._lying.touch()
        wait_until(lambda: self.server.caller.ask("GET", "/readyz").status == 503, "nobody notices")
        assert not self._lying.exists(), "nothing is recorded any more"


@pytest.mark.slow
def test_a_file_that_is_not_sealed_or_whose_bytes_are_not_there_is_named_as_a_loss(tmp_path: Path) -> None:
    server = Server(tmp_path)
    enrol(server.settings)
    with open_record(server.settings) as record:
        stage = Stage(record.journal, at=now())
        stage.hand_in()
        (sealed,) = stage.facts(FileSealed)
        assert isinstance(sealed.fact, FileSealed)
        never = Kept(UUID(int=4711), "never", sealed.fact.sha256)
        gone = Kept(sealed.originator_id, "gone", sealed.fact.sha256)
        assert list(files_missing(record, [never, gone])) == [
            "never is not sealed as the bytes that were sent, as answered",
            "the bytes of gone are not there, as answered",
        ]


@pytest.mark.slow
def test_what_was_acknowledged_without_a_commit_is_named_as_a_loss(tmp_path: Path) -> None:
    counts = Counts("lie", 0)
    with closing(Lie(random.Random(0), tmp_path, None)) as fault:  # noqa: S311 - moments, not secrets
        Rounds(fault, None, counts).run(1, lambda _: None)
    assert counts.wrong[0].startswith("nothing is recorded any more")
    assert [line for line in counts.wrong if line.endswith(", as answered")]
