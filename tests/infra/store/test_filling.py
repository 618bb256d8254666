"""A store of an earlier release gets the links that it did not know, before anything is appended."""

from pathlib import Path

import pytest

from infra.main import open_record
from infra.settings import Settings
from infra.store.filling import links_to_fill
from portfolio.application.indexes import ADDED_LATER, CASES_OF_PERSON, HOLDERS_OF_ROLE, index_rows
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.catalogue import FACTS
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import ADMINISTRATOR
from tests.golden_stores import copy_store
from tests.tools.examples import examples_of

RELEASE = "0.1.0"


def check_filled(settings: Settings) -> None:
    """Insist that who holds a role, and who is part of a case, is listed as their facts say."""
    with open_record(settings, read_only=True) as record:
        journal = record.journal
        entries = journal.since(0, journal.head())
        people = {entry.originator_id for entry in entries if entry.tag == "person.registered"}
        appeals = {entry.originator_id for entry in entries if entry.tag == "appeal.lodged"}
        holders = {
            person
            for person in people
            if ADMINISTRATOR in PERSON.fold(entry.fact for entry in journal.read(person)).granted()
        }
        assert holders
        assert set(journal.links(HOLDERS_OF_ROLE, ADMINISTRATOR)) == holders
        for appeal in appeals:
            for party in APPEAL.fold(entry.fact for entry in journal.read(appeal)).took_part:
                assert appeal in journal.links(CASES_OF_PERSON, str(party))
        assert appeals


def test_a_folder_is_filled_in_when_it_is_opened_to_be_written_and_not_before(tmp_path: Path) -> None:
    settings = Settings.read(copy_store(RELEASE, "sqlite", tmp_path))
    with open_record(settings, read_only=True) as record:
        assert record.journal.links(HOLDERS_OF_ROLE, ADMINISTRATOR) == []
    for _ in range(2):
        with open_record(settings):
            pass
        check_filled(settings)


def test_a_database_is_filled_in_when_it_is_migrated(tmp_path: Path, empty_database: str) -> None:
    settings = Settings.read(copy_store(RELEASE, "postgres", tmp_path, empty_database))
    for _ in range(2):
        settings.store.migrate(None)
        check_filled(settings)


def test_a_store_in_which_every_name_is_listed_is_not_read_again() -> None:
    assert links_to_fill(ADDED_LATER.keys(), lambda _: pytest.fail("the facts were read")) == []


@pytest.mark.parametrize("name", ADDED_LATER)
def test_a_link_that_was_added_later_names_every_fact_that_brings_it(name: str) -> None:
    bringing = {kind for kind in FACTS for fact in examples_of(kind) for row in index_rows(fact) if row.name == name}
    assert bringing == set(ADDED_LATER[name])
