"""E-mail addresses: one is one person's, whoever looks at it, and the record knows it by a keyed hash (ADDRESS-1)."""

from uuid import UUID

import pytest

from portfolio.application.indexes import ADDRESS, index_rows
from portfolio.application.ports import IndexRow
from portfolio.domain.addresses import (
    LONGEST,
    AddressNotRegistered,
    AddressOfAnother,
    AddressRegistered,
    AddressRemoved,
    AddressUnreadable,
    ForAddress,
    RegisterAddress,
    RemoveAddress,
    compared,
    is_address,
    written,
)
from portfolio.domain.kernel import NotVisible
from portfolio.domain.person import PERSON, PersonRegistered
from tests.domain.given import given
from tests.domain.world import COACH, NOW, TODAY

REGISTERED = PersonRegistered(name="Jo", works_for="centre")
HAS = AddressRegistered(digest="a")
REMOVE = RemoveAddress(person_id=COACH)


def for_address(digest: str = "a", holder: UUID | None = None) -> ForAddress:
    return ForAddress(by=COACH, at=NOW, today=TODAY, digest=digest, holder=holder)


def registering(address: str = "jo@college.example") -> RegisterAddress:
    return RegisterAddress(person_id=COACH, address=address)


def test_an_address_is_registered_changed_and_removed_and_the_record_holds_its_hash_alone() -> None:
    other = AddressRegistered(digest="b", replaces=True)
    given(PERSON, REGISTERED).when(registering(), for_address()).records(HAS)
    given(PERSON, REGISTERED, HAS).when(registering(), for_address("b")).records(other)
    given(PERSON, REGISTERED, HAS).when(REMOVE).records(AddressRemoved())
    assert given(PERSON, REGISTERED, HAS, other).state.address == "b"
    assert given(PERSON, REGISTERED, HAS, AddressRemoved()).state.address == ""


def test_the_one_that_they_have_is_registered_once() -> None:
    given(PERSON, REGISTERED, HAS).when(registering(), for_address("a", COACH)).records_nothing()


def test_one_address_is_one_persons() -> None:
    given(PERSON, REGISTERED).when(registering(), for_address(holder=UUID(int=7))).rejected(AddressOfAnother)


def test_what_is_no_address_is_not_registered_and_what_is_not_there_not_removed() -> None:
    given(PERSON, REGISTERED).when(registering("jo at college"), for_address()).rejected(AddressUnreadable)
    given(PERSON, REGISTERED).when(REMOVE).rejected(AddressNotRegistered)
    given(PERSON).when(registering(), for_address()).rejected(NotVisible)
    given(PERSON).when(REMOVE).rejected(NotVisible)


@pytest.mark.parametrize(
    "text",
    [
        "jo@college.example",
        "Jo.O'Neill+portfolio@sub.college-of-the-north.ac.uk",
        f"{'j' * 64}@{'c' * 63}.example",
    ],
)
def test_addresses_that_people_have_are_taken(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jo",
        "@college.example",
        "jo@",
        "jo@localhost",
        "jo@college.example.",
        "jo@-college.example",
        ".jo@college.example",
        "jo.@college.example",
        "j..o@college.example",
        "jo@college@example.com",
        "jo @college.example",
        "jo@college.example\n",
        "jo@college.example\r\nBcc: all@college.example",
        "jo@college.example,all@college.example",
        "Jo <jo@college.example>",
        '"jo"@college.example',
        "jo@[192.0.2.7]",
        "jo@cоllege.example",  # a Cyrillic о
        "jo@ｃollege.example",
        "joé@college.example",
        "jo\u200b@college.example",
        "jo@college\u3002example",
        f"{'j' * 65}@college.example",
        f"jo@{'c' * 64}.example",
        f"jo@{'c.' * 126}example",
        f"{'j' * (LONGEST + 1)}",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert not is_address(text)


def test_an_address_is_known_again_however_its_letters_are_written_and_written_to_as_it_was_given() -> None:
    assert compared(" Jo.Smith@College.EXAMPLE ") == "jo.smith@college.example"
    assert written(" Jo.Smith@College.EXAMPLE ") == "Jo.Smith@college.example"


def test_another_address_lets_the_first_one_go() -> None:
    released = IndexRow(name=ADDRESS, key="", unique=True, release=True)
    taken = IndexRow(name=ADDRESS, key="b", unique=True)
    assert index_rows(AddressRegistered(digest="b")) == (taken,)
    assert index_rows(AddressRegistered(digest="b", replaces=True)) == (released, taken)
    assert index_rows(AddressRemoved()) == (released,)
