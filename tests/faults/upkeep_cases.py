"""More of what is done while a sync fails: the demo, repair, and the acceptance of a loss."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from infra.demo.cast import APPRENTICES, LATECOMER
from infra.main import NoDeployment, new_id, open_record
from portfolio.domain.deployment import LossAccepted
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.faults.case import Case, Done, facts_of, settings_of
from tests.insider import in_file

STRAY = UUID(int=4712)
LONG_AGO = 1_700_000_000


class Demo(Case):
    """The demo's story is told."""

    name = "demo"

    def prepare(self, folder: Path) -> None:
        """Make nothing."""

    def act(self, folder: Path) -> Done:
        """Tell it."""
        return self.command("demo", "--no-serve", "--folder", str(folder / "data"))

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield whether the story is not there to its end."""
        if done.status == 0 and "appeal.outcome-confirmed" not in tags_of(folder):
            yield "the story has no end"

    def doubled(self, folder: Path) -> Iterator[str]:
        """Yield what was told twice."""
        enrolled = len((*APPRENTICES, LATECOMER))
        for tag, number in (
            ("plan.imported", 1),
            ("deployment.created", 1),
            ("enrolment.apprentice-enrolled", enrolled),
        ):
            if tags_of(folder).count(tag) > number:
                yield f"{tag} is there {tags_of(folder).count(tag)} times"


class Repair(Case):
    """Index rows, a file that no fact names and lost views are mended."""

    name = "repair"

    def prepare(self, folder: Path) -> None:
        """Make a deployment and damage it."""
        super().prepare(folder)
        settings = settings_of(folder)
        with in_file(settings.folder / "facts.db") as hand:
            hand.execute("DELETE FROM links")
        stray = settings.folder / "vault" / "objects" / str(STRAY)[:2] / str(STRAY)
        stray.parent.mkdir(parents=True)
        stray.write_bytes(b"nobody's")
        (settings.folder / "views.db").unlink()

    def act(self, folder: Path) -> Done:
        """Mend it."""
        stray = folder / "data" / "vault" / "objects" / str(STRAY)[:2] / str(STRAY)
        if stray.exists():
            os.utime(stray, (LONG_AGO, LONG_AGO))  # a copy is new
        return self.command("repair", "--folder", str(folder / "data"))

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield what was not mended although it was said to be, and whether the file is gone."""
        if done.status == 0:
            yield from self.differences(folder)
        if not [path for path in (folder / "data" / "vault").rglob(str(STRAY)) if path.read_bytes() == b"nobody's"]:
            yield "the file that no fact names is gone"


class AcceptTheLoss(Case):
    """The loss of the newest facts is accepted."""

    name = "accept-loss"
    again = "there is no loss to accept"

    def prepare(self, folder: Path) -> None:
        """Make a deployment, and put an older copy back under newer views and keys."""
        super().prepare(folder)
        settings = settings_of(folder)
        file = settings.folder / "facts.db"
        shutil.copy(file, folder / "older")
        with open_record(settings) as record, settings.store.open_views() as views:
            for name in ("Mia", "Lou"):
                record.handler.execute(RegisterPerson(person_id=new_id(), name=name, works_for="centre"), SYSTEM)
            Projector(record.journal, views, VIEWS).step()
        for left in settings.folder.glob("facts.db-*"):
            left.unlink()
        (folder / "older").replace(file)

    def act(self, folder: Path) -> Done:
        """Accept it."""
        return self.command("accept-loss", "--reason", "The disk is gone.", "--folder", str(folder / "data"))

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield whether it is not on record, or the deployment is not served."""
        if done.status == 0:
            if not self._number(folder):
                yield "the loss is not on record"
            done = self.command("rebuild", "--folder", str(folder / "data"))
            if done.status:
                yield f"nothing goes on: {done.told}"

    def doubled(self, folder: Path) -> Iterator[str]:
        """Yield whether it was accepted twice."""
        if self._number(folder) > 1:
            yield "the loss was accepted twice"

    def _number(self, folder: Path) -> int:
        return sum(isinstance(fact, LossAccepted) for fact in facts_of(folder))


def tags_of(folder: Path) -> list[str]:
    """Return the tag of each fact, none where none is recorded."""
    try:
        with open_record(settings_of(folder), read_only=True) as record:
            return [entry.tag for entry in record.journal.since(0, 10_000)]
    except NoDeployment:
        return []


UPKEEP_CASES: tuple[type[Case], ...] = (Repair, AcceptTheLoss)
SLOW_CASES: tuple[type[Case], ...] = (Demo,)
"""Of hundreds of syncs, each round of some seconds: only taken where they are named."""
