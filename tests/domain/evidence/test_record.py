"""Records that people write: observation, testimony, discussion (EVIDENCE-8)."""

from datetime import date
from typing import Any

import pytest

from portfolio.domain.evidence.record import (
    Discussion,
    DiscussionRecordIncomplete,
    Observation,
    ObservationRecordIncomplete,
    ObservationTimeInvalid,
    SeenCode,
    WitnessIncomplete,
    check_record,
    check_time,
    record_text,
)
from portfolio.domain.evidence.record import (
    Testimony as WitnessTestimony,  # pytest takes every name in Test… for a test
)
from portfolio.domain.kernel import changed
from tests.domain.world import ATTEMPT_ID, NOW, TODAY, TOMORROW, YESTERDAY

SEEN_CODES = (SeenCode(code="S1", what="rigged safely"), SeenCode(code="S2", what="seen in place, not copied"))
OBSERVATION = Observation(
    assessment_id=ATTEMPT_ID, place="Arena", occurred_on=TODAY, from_time="09:00", to_time="11:30", seen=SEEN_CODES
)
TESTIMONY = WitnessTestimony(
    witness="Bo",
    role="crew chief",
    competence="ten years of rigging",
    relation="colleague",
    first_hand=True,
    statement="I saw Mia rig.",
    occurred_on=TODAY,
)
DISCUSSION = Discussion(assessment_id=ATTEMPT_ID, occurred_on=TODAY, minutes=40, topics=SEEN_CODES)


@pytest.mark.parametrize("record", [OBSERVATION, TESTIMONY, DISCUSSION])
def test_a_complete_record_is_taken(record: Any) -> None:
    check_record(record)


@pytest.mark.parametrize(
    ("name", "blank"),
    [("place", " "), ("from_time", ""), ("to_time", ""), ("seen", ()), ("seen", (SeenCode(code="S1", what=" "),))],
)
def test_an_observation_names_place_time_and_what_was_seen_for_each_code(name: str, blank: object) -> None:
    with pytest.raises(ObservationRecordIncomplete, match=name) as refusal:
        check_record(changed(OBSERVATION, **{name: blank}))
    assert refusal.value.members == {"missing": [name]}


@pytest.mark.parametrize(
    ("name", "blank"),
    [
        ("witness", ""),
        ("role", ""),
        ("competence", ""),
        ("relation", " "),
        ("statement", ""),
        ("first_hand", False),
    ],
)
def test_a_testimony_names_the_witness_and_is_given_at_first_hand(name: str, blank: object) -> None:
    with pytest.raises(WitnessIncomplete, match=name) as refusal:
        check_record(changed(TESTIMONY, **{name: blank}))
    assert refusal.value.members == {"missing": [name]}


@pytest.mark.parametrize(
    ("name", "blank"), [("minutes", 0), ("topics", ()), ("topics", (*SEEN_CODES, SeenCode(code="S3", what="")))]
)
def test_a_discussion_names_its_length_and_what_was_said_for_each_code(name: str, blank: object) -> None:
    with pytest.raises(DiscussionRecordIncomplete, match=name) as refusal:
        check_record(changed(DISCUSSION, **{name: blank}))
    assert refusal.value.members == {"missing": [name]}


AN_HOUR_IN_OCTOBER = changed(OBSERVATION, occurred_on=date(2026, 10, 25), from_time="01:30", to_time="01:15")
IN_MARCH = changed(OBSERVATION, occurred_on=date(2026, 3, 29))
NIGHT = changed(OBSERVATION, occurred_on=YESTERDAY, from_time="22:30", to_time="01:15", ends_on=TODAY)


@pytest.mark.parametrize(
    "observed",
    [
        OBSERVATION,
        NIGHT,
        changed(NIGHT, from_time="10:00", to_time="10:00"),
        changed(OBSERVATION, ends_on=TODAY),
        AN_HOUR_IN_OCTOBER,
        changed(IN_MARCH, from_time="00:59", to_time="02:00"),
        changed(IN_MARCH, occurred_on=date(2026, 3, 28), ends_on=date(2026, 3, 29), from_time="12:00", to_time="13:00"),
    ],
)
def test_an_observation_begins_and_ends_at_real_times_in_london(observed: Observation) -> None:
    check_time(observed, NOW)


@pytest.mark.parametrize(
    ("observed", "name"),
    [
        (changed(OBSERVATION, from_time="9 o'clock"), "from_time"),
        (changed(OBSERVATION, from_time="9:00"), "from_time"),
        (changed(OBSERVATION, to_time="24:00"), "to_time"),
        (changed(OBSERVATION, to_time="11:60"), "to_time"),
        (changed(OBSERVATION, from_time="10:01"), "from_time"),
        (changed(OBSERVATION, to_time="09:00"), "to_time"),
        (changed(OBSERVATION, to_time="08:59"), "to_time"),
        (changed(NIGHT, ends_on=None), "to_time"),
        (changed(NIGHT, to_time="22:31"), "to_time"),
        (changed(NIGHT, ends_on=TOMORROW), "to_time"),
        (changed(NIGHT, ends_on=date(2026, 12, 6)), "to_time"),
        (changed(OBSERVATION, ends_on=date.max), "to_time"),
        (changed(OBSERVATION, ends_on=date.min), "to_time"),
        (changed(IN_MARCH, from_time="01:30", to_time="03:00"), "from_time"),
        (changed(IN_MARCH, from_time="00:30", to_time="01:59"), "to_time"),
        (changed(AN_HOUR_IN_OCTOBER, from_time="00:30", to_time="00:30", ends_on=date(2026, 10, 26)), "to_time"),
    ],
)
def test_no_other_time_is_taken_and_the_field_is_named(observed: Observation, name: str) -> None:
    with pytest.raises(ObservationTimeInvalid, match=name) as refusal:
        check_time(observed, NOW)
    assert refusal.value.members == {"times": [name]}


def test_a_record_is_shown_as_plain_text_with_everything_in_it() -> None:
    assert record_text(OBSERVATION) == (
        f"Observation record\nAttempt: {ATTEMPT_ID}\nPlace: Arena\nTime: 2026-12-08, 09:00 to 11:30\n"
        "S1: rigged safely\nS2: seen in place, not copied\n"
    )
    assert "\nObserver: Ada\nPlace: Arena\n" in record_text(OBSERVATION, "Ada")
    assert "\nTime: 2026-12-07, 22:30 to 2026-12-08, 01:15\n" in record_text(NIGHT)
    assert record_text(TESTIMONY) == (
        "Witness testimony\nWitness: Bo, crew chief\nCompetence: ten years of rigging\nRelation: colleague\n"
        "First hand: yes\nDate: 2026-12-08\nI saw Mia rig.\n"
    )
    assert record_text(DISCUSSION) == (
        f"Professional discussion record\nAttempt: {ATTEMPT_ID}\nDate: 2026-12-08, 40 minutes\n"
        "S1: rigged safely\nS2: seen in place, not copied\n"
    )
