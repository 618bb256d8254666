"""What pages with much work on them ask of the record: no more, the more there is."""

from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from infra.store.journal import EventJournal
from tests.api.conftest import Tell
from tests.api.world import ITEMS, hand_in
from tests.pages.test_board import BOARD
from tests.pages.visitor import Visitor


@dataclass
class Counting:
    """A journal that counts how often streams are read."""

    journal: Any
    reads: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.journal, name)

    def read(self, *asked: Any, **more: Any) -> Any:
        self.reads += 1
        return self.journal.read(*asked, **more)


@pytest.mark.parametrize(("path", "person"), [(BOARD, "mia"), ("/assessments/{attempt}", "assessor")])
def test_a_page_asks_no_more_of_the_journal_the_more_evidence_there_is(tell: Tell, path: str, person: str) -> None:
    world, whole = tell("decided"), []
    for number in range(2):
        Visitor(world, person).reads(path)  # what is folded is kept
        counting = Counting(world.journal)
        world.services = replace(world.services, journal=cast(EventJournal, counting))
        Visitor(world, person).reads(path)
        whole.append(counting.reads)
        world.services = replace(world.services, journal=world.journal)
        for more in range(4):
            hand_in(world, f"more {number} {more}", *ITEMS["text"], title="More")
    assert whole[0] == whole[1] > 0
