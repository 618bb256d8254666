from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import Notification, StoredEvent

from infra.store.codec import FactCodec, FactMapper, Row, Tampered, at_of, stamped
from portfolio.application.ports import NewerRelease
from portfolio.domain.appeal.facts import AppealAdmitted, AppealNotAdmitted, PanelConvened
from portfolio.domain.catalogue import FACTS as CATALOGUE
from portfolio.domain.kernel import Recorded, changed, tag_of
from tests.infra.store.given import FACTS, Noted, Taken

STREAM = UUID("10000000-0000-0000-0000-000000000001")
ENTRY = Recorded(
    originator_id=STREAM,
    originator_version=3,
    position=7,
    fact=Taken(key="K", among=frozenset({"c", "a", "b"})),
    by=UUID("20000000-0000-0000-0000-000000000002"),
    at=datetime(2026, 11, 24, 10, 23, 30, 123456, tzinfo=UTC),
    causation=UUID("30000000-0000-0000-0000-000000000003"),
    subject=UUID("40000000-0000-0000-0000-000000000004"),
)
STORED = (
    bytes.fromhex(
        "01"
        "000661031a0d0ec0"
        "20000000000000000000000000000002"
        "30000000000000000000000000000003"
        "40000000000000000000000000000004"
    )
    + b'{"fact":"test.taken","key":"K","among":["a","b","c"]}'
)
CODEC = FactCodec(FACTS, 1)


def mapper() -> FactMapper:
    ours = FactMapper(transcoder=None)  # type: ignore[arg-type]  # the codec does its work
    ours.codec = CODEC
    return ours


def test_the_stored_bytes_are_a_fixed_header_and_json() -> None:
    assert CODEC.encode(ENTRY) == STORED


def test_what_is_stored_reads_back_the_same() -> None:
    assert CODEC.decode((7, STREAM.bytes, 3, "test.taken", STORED)) == ENTRY


def test_a_row_of_a_damaged_page_is_named() -> None:
    with pytest.raises(Tampered, match="nothing stands where its bytes should"):
        CODEC.decode((7, bytes(16), None, None, None))  # type: ignore[arg-type]  # what such a page is read as


def test_the_time_is_stamped_in_place() -> None:
    assert at_of(STORED[1:9]) == 1795515810123456
    assert CODEC.decode((7, STREAM.bytes, 3, "test.taken", stamped(STORED, -1))).at == datetime(
        1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("tag", "state"),
    [
        pytest.param("test.noted", STORED, id="tag of another fact"),
        pytest.param("test.taken", b"\7" + STORED[1:], id="a number that no release began"),
        pytest.param("test.taken", STORED[:40], id="cut in the header"),
        pytest.param("test.taken", STORED[:-1], id="cut at the end"),
        pytest.param("test.taken", STORED.replace(b"taken", b"never"), id="unknown fact"),
        pytest.param("test.taken", STORED.replace(b'"key"', b'"kez"'), id="unknown field"),
        pytest.param("test.taken", stamped(STORED, 2**62), id="a time beyond time"),
    ],
)
def test_bytes_that_were_not_recorded_like_this_are_named(tag: str, state: bytes) -> None:
    with pytest.raises(Tampered, match=f"fact 3 of stream {STREAM}") as refused:
        CODEC.decode((7, STREAM.bytes, 3, tag, state))
    assert (refused.value.stream, refused.value.version) == (STREAM, 3)


NEWER = b"\2" + STORED[1:].replace(b'"key"', b'"kez"')


def test_a_fact_under_a_higher_number_that_a_release_began_is_of_a_newer_release_whatever_else_it_says() -> None:
    codec = FactCodec(FACTS, 1, begun=lambda: 2)
    assert not codec.outgrown
    with pytest.raises(NewerRelease):
        codec.decode((7, STREAM.bytes, 3, "test.unheard-of", NEWER))
    assert codec.outgrown


def test_under_a_number_that_is_known_an_unknown_field_is_not_what_was_recorded() -> None:
    codec = FactCodec(FACTS, 2, begun=lambda: 2)
    with pytest.raises(Tampered, match="kez"):
        codec.decode((7, STREAM.bytes, 3, "test.taken", NEWER))
    assert not codec.outgrown


def test_the_mapper_stores_a_fact_under_its_tag() -> None:
    assert mapper().to_stored_event(ENTRY) == StoredEvent(STREAM, 3, "test.taken", STORED)


def test_the_mapper_takes_the_position_from_a_notification() -> None:
    assert mapper().to_domain_event(Notification(STREAM, 3, "test.taken", STORED, id=7)) == ENTRY
    assert mapper().to_domain_event(StoredEvent(STREAM, 3, "test.taken", STORED)).position == 0


def test_the_mapper_knows_every_fact_of_the_catalogue() -> None:
    codec = FactMapper(transcoder=None).codec  # type: ignore[arg-type]  # the codec does its work
    assert set(codec._tags) == set(CATALOGUE)  # what it decodes is not shown otherwise


def test_a_fact_outside_the_catalogue_is_not_stored() -> None:
    with pytest.raises(ValueError, match=r"test\.noted"):
        FactMapper(transcoder=None).to_stored_event(  # type: ignore[arg-type]  # the codec does its work
            Recorded(
                originator_id=STREAM,
                originator_version=1,
                fact=Noted(text=""),
                by=ENTRY.by,
                at=ENTRY.at,
                causation=ENTRY.causation,
            )
        )


CHAIR, OFFICER = (UUID(f"{number}0000000-0000-0000-0000-000000000001") for number in (5, 6))
OLD = [
    AppealAdmitted(),
    AppealNotAdmitted(reason="It came late."),
    PanelConvened(members=frozenset({CHAIR}), independent=frozenset({CHAIR})),
]


@pytest.mark.parametrize("fact", OLD)
def test_an_officer_whom_an_earlier_release_did_not_name_is_who_recorded_the_fact(fact: Any) -> None:
    def stored(fact: Any, number: int) -> Row:
        return 7, STREAM.bytes, 3, tag_of(fact), FactCodec(CATALOGUE, number).encode(changed(ENTRY, fact=fact))

    codec = FactCodec(CATALOGUE)
    assert codec.decode(stored(fact, 0)).fact == changed(fact, officer=ENTRY.by)
    assert codec.decode(stored(fact, 1)).fact == fact  # no release stores it like this
    named = changed(fact, officer=OFFICER)
    assert codec.decode(stored(named, 0)).fact == named


def test_what_a_program_recorded_says_so_before_its_json_and_what_people_did_is_not_a_byte_longer() -> None:
    codec, program = FactCodec(FACTS, 2), UUID("50000000-0000-0000-0000-000000000005")
    by_person, by_program = codec.encode(ENTRY), codec.encode(changed(ENTRY, program=program))
    assert by_person[1:] == STORED[1:]
    assert by_program == by_person[:57] + b"\1" + program.bytes + by_person[57:]
    for state, entry in ((by_person, ENTRY), (by_program, changed(ENTRY, program=program))):
        assert codec.decode((7, STREAM.bytes, 3, "test.taken", state)) == entry
    for changed_bytes in (b"\1" + by_program[1:], by_program[:70], by_program[:57] + b"\2" + by_program[58:]):
        with pytest.raises(Tampered):
            codec.decode((7, STREAM.bytes, 3, "test.taken", changed_bytes))
