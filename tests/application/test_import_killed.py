"""An import that is killed in the middle, twice, is completed by one more press, and nothing is doubled (IMPORT-2)."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest

from infra.store.journal import EventJournal
from portfolio.application.imports.carrying_out import Imports
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned
from portfolio.domain.person import PersonRegistered
from tests.application.conftest import SECRET
from tests.application.imported import ID, MIXED, uln
from tests.application.stage import ADMINISTRATOR, COACH, FORM, PLAN_ID, Stage
from tests.faults.postgres import wait_until
from tests.soak import times

APPRENTICES = times(2_000) // 3
"""Each has three lines: a person, an enrolment, and a coach."""


def lines() -> Iterator[str]:
    yield MIXED
    for number in range(APPRENTICES):
        yield f"person,p{number},Person {number},employer,apprentice\n"
        yield (f"enrolment,e{number},,,,p{number},{uln(number)},{PLAN_ID},{FORM},LET,10000001,Lantern,2026-09-01\n")
        yield f"assignment,,,,,,,,,,,,2026-09-01,e{number},{COACH},coach,\n"


@contextmanager
def opened(facts: Path) -> Iterator[Stage]:
    with closing(EventJournal.in_file(facts, secret=SECRET)) as journal:
        yield Stage(journal)


def carry_out(facts: Path, file: Path) -> None:
    """Import the file in a process that may be killed."""
    with opened(facts) as stage:
        Imports(stage.handler).carry_out(file.read_bytes(), ID, ADMINISTRATOR)


def killed(facts: Path, file: Path, in_the_middle: Callable[[], bool]) -> None:
    process = get_context("spawn").Process(target=carry_out, args=(facts, file))
    process.start()
    wait_until(in_the_middle, "the import does not come so far")
    process.kill()
    process.join()


@pytest.mark.slow
def test_what_is_killed_in_the_middle_twice_is_completed_and_doubles_nothing(begun: Path, tmp_path: Path) -> None:
    facts, file = Path(shutil.copy(begun, tmp_path / "facts.db")), tmp_path / "people.csv"
    file.write_text("".join(lines()))
    with closing(EventJournal.in_file(facts, secret=SECRET, read_only=True)) as journal:
        before, all_of_it = journal.head(), APPRENTICES * 4
        for third in (1, 2):
            killed(facts, file, lambda third=third: journal.head() > before + third * all_of_it // 3)  # type: ignore[misc]
            assert journal.head() < before + all_of_it
    carry_out(facts, file)
    with opened(facts) as stage:
        record = Imports(stage.handler).record_of(ID)
        assert (record.complete(), record.refused, record.left_out) == (True, (), ())
        names = Counter(e.fact.name for e in stage.facts(PersonRegistered) if isinstance(e.fact, PersonRegistered))
        assert dict.fromkeys((f"Person {n}" for n in range(20, APPRENTICES)), 1).items() <= names.items()
        enrolled, assigned = stage.facts(ApprenticeEnrolled), stage.facts(PersonAssigned)
        assert len({e.fact.uln for e in enrolled if isinstance(e.fact, ApprenticeEnrolled)}) == APPRENTICES
        assert (len(enrolled), len(assigned)) == (APPRENTICES, APPRENTICES)
        head = stage.journal.head()
        Imports(stage.handler).carry_out(file.read_bytes(), ID, ADMINISTRATOR)
        assert stage.journal.head() == head
