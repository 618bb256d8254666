"""What ``fsck`` says about a facts file in which somebody changed something; each change is planted by hand."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from infra.fsck import chain, facts
from infra.fsck.facts import LATER
from infra.store.journal import EventJournal
from portfolio.application.ports import Idempotency, IndexRow
from portfolio.domain.kernel import Fact
from tests.infra.store.given import MORNING, SECRET, Freed, Listed, Taken, differences, knowing_our_facts, note, request

A, B = UUID(int=10), UUID(int=11)


@pytest.fixture
def journal(in_file: EventJournal) -> EventJournal:
    return in_file


@pytest.fixture
def filled_file(journal: EventJournal, facts_file: Path) -> Path:
    """Give the file of a closed journal with seven facts in two streams, a minute apart, and every kind of row."""
    key = Idempotency(key="one", fingerprint=b"print")
    journal.append(*request(A, 0, note(1), note(2), at=MORNING))
    journal.append(*request(B, 0, Listed(parent="P"), at=MORNING + timedelta(minutes=1)))
    journal.append(*request(A, 2, Listed(parent="P"), at=MORNING + timedelta(minutes=2)))
    journal.append(*request(A, 3, Taken(key="K"), at=MORNING + timedelta(minutes=3), idempotency=key))
    journal.append(*request(B, 1, Taken(key="L"), Freed(), at=MORNING + timedelta(minutes=4)))
    journal.close()
    return facts_file


def plant(path: Path, *statements: str) -> None:
    """Run statements on the file past the triggers, which are put back as they were."""
    with closing(sqlite3.connect(path, isolation_level=None)) as hand:
        triggers = hand.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            hand.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            hand.execute(statement)
        for _, sql in triggers:
            hand.execute(sql)


def differences_in(path: Path) -> list[str]:
    with knowing_our_facts(EventJournal.in_file(path, secret=SECRET, read_only=True)) as journal:
        return differences(journal)


def test_a_store_nobody_touched_has_no_differences(filled_file: Path) -> None:
    assert differences_in(filled_file) == []


def test_checking_reads_a_store_that_another_process_is_writing(journal: EventJournal, facts_file: Path) -> None:
    journal.append(*request(A, 0, note()))
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET, read_only=True)) as reader:

        def write_meanwhile(fact: Fact) -> Iterable[IndexRow]:
            journal.append(*request(A, journal.head(), fact))
            return ()

        assert list(facts.differences(reader, write_meanwhile)) == []
        assert journal.head() == 2
        assert differences(reader) == []


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "a wrong value"])
@pytest.mark.parametrize(
    ("question", "plan"),
    [
        pytest.param(chain.FACTS, r"SEARCH (main\.)?facts USING INTEGER PRIMARY KEY", id="batch of facts"),
        pytest.param(chain.CHAIN, r"SEARCH (main\.)?chain USING INTEGER PRIMARY KEY", id="batch of the chain"),
        pytest.param(
            chain.RECEIPTS, r"SEARCH (main\.)?idempotency USING INDEX idempotency_by_position", id="batch of receipts"
        ),
        pytest.param(facts.FACTS_IN_ORDER, r"SCAN (main\.)?facts", id="facts"),
        pytest.param(facts.STRAY_RECEIPTS, r".*\bSCAN (main\.)?idempotency .*\bEXCEPT .*", id="receipts"),
    ],
)
def test_a_table_is_neither_read_whole_for_each_row_or_batch_nor_sorted(
    filled_file: Path, question: str, plan: str, *, wrong: bool
) -> None:
    plant(filled_file, *["UPDATE facts SET topic = x'00' WHERE position = 2"] * wrong)
    with (
        EventJournal.in_file(filled_file, secret=SECRET, read_only=True) as journal,
        journal.store.snapshot() as snapshot,
    ):
        asked = snapshot.select(f"EXPLAIN QUERY PLAN {question.format(1, 5)}")
        steps = " ".join(detail for *_, detail in asked)
    assert re.match(f"{plan}( \\(.*\\))?( USE TEMP B-TREE FOR RIGHT PART OF ORDER BY)?$", steps), steps


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(
            "DELETE FROM facts WHERE position = 3",
            [
                "position 3 of the log is missing",
                f"at position 6, fact 2 of stream {B} follows fact 0",
                f"the link 'children' of stream {B} does not follow from the facts: {LATER}",
                f"the link 'children' of stream {A} does not follow from the facts: {LATER}",
                f"the link 'children' of stream {A} is missing: {LATER}",
            ],
            id="loss",
        ),
        pytest.param(
            "UPDATE facts SET position = position + 10 WHERE position > 5",
            ["positions 6 to 15 of the log are missing"],
            id="gap",
        ),
        pytest.param(
            "INSERT INTO facts SELECT 8, originator_id, 5, topic, state FROM facts WHERE position = 2",
            [
                f"fact 8 was recorded at {MORNING.isoformat()}, before the one in front of it "
                f"({(MORNING + timedelta(minutes=4)).isoformat()})"
            ],
            id="duplicate under a new version",
        ),
        pytest.param(
            "UPDATE facts SET topic = 'test.freed' WHERE position = 1",
            [f"fact 1 of stream {A} is not what was recorded: it says 'test.noted', its row 'test.freed'"],
            id="another tag",
        ),
        pytest.param(
            "UPDATE facts SET state = substr(state, 1, 80) WHERE position = 1",
            [f"fact 1 of stream {A} is not what was recorded: Input data was truncated"],
            id="cut",
        ),
        pytest.param(
            "UPDATE idempotency SET version = 9",
            [f"an idempotency row answers position 5, fact 9 of {A}: it is not there"],
            id="receipt",
        ),
        pytest.param(
            "DELETE FROM links WHERE hex(stream) LIKE '%0A'",
            [f"the link 'children' of stream {A} is missing: `portfolio repair` mends it"],
            id="lost link",
        ),
        pytest.param(
            "UPDATE unique_keys SET stream = (SELECT originator_id FROM facts WHERE position = 3)",
            [
                f"the unique key 'name' of stream {B} does not follow from the facts: `portfolio repair` mends it",
                f"the unique key 'name' of stream {A} is missing: `portfolio repair` mends it",
            ],
            id="key of another",
        ),
    ],
)
def test_a_planted_difference_is_named(filled_file: Path, statement: str, expected: list[str]) -> None:
    plant(filled_file, statement)
    assert differences_in(filled_file) == expected


def test_two_swapped_facts_are_named(filled_file: Path) -> None:
    plant(
        filled_file,
        "UPDATE facts SET position = 100 WHERE position = 1",
        "UPDATE facts SET position = 1 WHERE position = 2",
        "UPDATE facts SET position = 2 WHERE position = 100",
    )
    assert differences_in(filled_file) == [
        f"at position 1, fact 2 of stream {A} follows fact 0",
        f"at position 2, fact 1 of stream {A} follows fact 2",
        f"at position 4, fact 3 of stream {A} follows fact 1",
    ]


def test_two_facts_with_swapped_contents_are_named(filled_file: Path) -> None:
    plant(
        filled_file,
        "CREATE TEMP TABLE other AS SELECT 7 - position AS position, state FROM facts WHERE position IN (3, 4)",
        "UPDATE facts SET state = (SELECT state FROM other WHERE other.position = facts.position) "
        "WHERE position IN (3, 4)",
    )
    (sentence,) = differences_in(filled_file)
    assert sentence.startswith("fact 4 was recorded at 2026-11-24T09:01:00+00:00, before the one in front of it")


def test_a_dropped_trigger_is_named(filled_file: Path) -> None:
    with closing(sqlite3.connect(filled_file)) as hand:
        hand.execute("DROP TRIGGER facts_are_not_changed")
    (sentence,) = differences_in(filled_file)
    assert sentence.startswith("the file lacks: CREATE TRIGGER facts_are_not_changed")


def test_a_damaged_page_is_named(filled_file: Path) -> None:
    with filled_file.open("r+b") as file:
        file.seek(4096 + 8)
        file.write(b"\xff" * 40)
    assert any("damaged" in sentence for sentence in differences_in(filled_file))
