"""Records that people write instead of uploading a file: observation, witness testimony, professional discussion."""

import re
from datetime import date, datetime, time, timedelta
from typing import assert_never
from uuid import UUID

from portfolio.domain.calendar import Day, day_in_words, london_moments
from portfolio.domain.kernel import NOBODY, RuleBroken, Value
from portfolio.domain.words import OptionalName, OptionalReason, OptionalStatement


class SeenCode(Value):
    """What was seen or said for one code."""

    code: str
    what: OptionalStatement


class Observation(Value, tag="observation record", omit_defaults=True):
    """What an observer saw in one attempt, code by code, from a time on its day to another, as London's clocks show.

    ``ends_on`` is the day it ended, where that is the next one.
    """

    assessment_id: UUID
    place: OptionalName
    occurred_on: Day
    from_time: OptionalName
    to_time: OptionalName
    seen: tuple[SeenCode, ...]
    ends_on: Day | None = None


class Testimony(Value, tag="witness testimony"):
    """What a witness says at first hand."""

    witness: OptionalName
    role: OptionalName
    competence: OptionalReason
    relation: OptionalReason
    first_hand: bool
    statement: OptionalStatement
    occurred_on: Day


class Discussion(Value, tag="professional discussion record"):
    """What an apprentice and an assessor discussed, code by code."""

    assessment_id: UUID
    occurred_on: Day
    minutes: int
    topics: tuple[SeenCode, ...]


LONGEST = timedelta(hours=24)
"""No observation takes longer."""

Record = Observation | Testimony | Discussion


class ObservationRecordIncomplete(RuleBroken, rule="EVIDENCE-8"):
    """An observation record names place, time, attempt and what was seen for each code."""


class ObservationTimeInvalid(RuleBroken, rule="EVIDENCE-8"):
    """An observation begins and ends at real times in London, not in the future and at most 24 hours apart."""


class WitnessIncomplete(RuleBroken, rule="EVIDENCE-8"):
    """A testimony names the witness, their role, competence and relation, and is given at first hand."""


class DiscussionRecordIncomplete(RuleBroken, rule="EVIDENCE-8"):
    """A discussion record names its length and what was discussed for each code."""


def check_record(record: Record) -> None:
    """Refuse a record that leaves out what its kind must name."""
    match record:
        case Observation(place=place, from_time=begin, to_time=end, seen=lines):
            if blank := _blank({"place": place, "from_time": begin, "to_time": end, "seen": _all_filled_in(lines)}):
                raise ObservationRecordIncomplete(f"Missing: {', '.join(blank)}.", missing=blank)
        case Testimony(witness=witness, role=role, competence=competence, relation=relation, statement=statement):
            first_hand = "yes" if record.first_hand else ""
            stated = {
                "witness": witness,
                "role": role,
                "competence": competence,
                "relation": relation,
                "statement": statement,
                "first_hand": first_hand,
            }
            if blank := _blank(stated):
                raise WitnessIncomplete(f"Missing: {', '.join(blank)}.", missing=blank)
        case Discussion(minutes=minutes, topics=topics):
            if blank := _blank({"minutes": "yes" if minutes > 0 else "", "topics": _all_filled_in(topics)}):
                raise DiscussionRecordIncomplete(f"Missing: {', '.join(blank)}.", missing=blank)
        case _:
            assert_never(record)


def check_time(record: Observation, now: datetime) -> None:
    """Refuse an observation that does not begin by now and end after that within a day (EVIDENCE-8).

    In the night in which clocks go back an hour comes twice: whichever of the two makes sense is taken.
    """
    begins = _moments(record.occurred_on, "from_time", record.from_time)
    ends = _moments(record.ends_on or record.occurred_on, "to_time", record.to_time)
    if begins[0] > now:
        raise ObservationTimeInvalid("from_time: it has not begun yet: write it down once it has.", times=["from_time"])
    if not any(timedelta() < end - begin <= LONGEST for begin in begins for end in ends):
        raise ObservationTimeInvalid(
            "to_time: it ends after it begins, and within 24 hours: say with ends_on if it ended on the next day.",
            times=["to_time"],
        )


def _moments(day: date, name: str, written: str) -> tuple[datetime, ...]:
    if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", written):
        raise ObservationTimeInvalid(f"{name}: write hours and minutes, such as 09:30 or 22:05.", times=[name])
    if not (moments := london_moments(day, time.fromisoformat(written))):
        raise ObservationTimeInvalid(
            f"{name}: on {day_in_words(day)} no clock in London showed {written}, because clocks went forward.",
            times=[name],
        )
    return moments


def _blank(stated: dict[str, str]) -> list[str]:
    return [name for name, text in stated.items() if not text.strip()]


def _all_filled_in(codes: tuple[SeenCode, ...]) -> str:
    return "yes" if codes and all(line.what.strip() for line in codes) else ""


def _day_of_end(record: Observation) -> str:
    return f"{record.ends_on.isoformat()}, " if record.ends_on not in (None, record.occurred_on) else ""


def codes_of(record: Record) -> frozenset[str]:
    """Return the codes that the record speaks of."""
    match record:
        case Observation(seen=lines) | Discussion(topics=lines):
            return frozenset(line.code for line in lines)
        case Testimony():
            return frozenset()
    assert_never(record)


def attempt_of(record: Record) -> UUID:
    """Return the attempt that a record is of: a testimony is of none (``NOBODY``)."""
    return NOBODY if isinstance(record, Testimony) else record.assessment_id


def record_text(record: Record, observer: str = "") -> str:
    """Return the record as the plain text that is shown, hashed and quoted, with who observed where that is known."""
    match record:
        case Observation():
            head = [
                "Observation record",
                f"Attempt: {record.assessment_id}",
                *([f"Observer: {observer}"] if observer else []),
                f"Place: {record.place}",
                f"Time: {record.occurred_on.isoformat()}, {record.from_time} to {_day_of_end(record)}{record.to_time}",
            ]
            lines = [*head, *(f"{line.code}: {line.what}" for line in record.seen)]
        case Testimony():
            lines = [
                "Witness testimony",
                f"Witness: {record.witness}, {record.role}",
                f"Competence: {record.competence}",
                f"Relation: {record.relation}",
                f"First hand: {'yes' if record.first_hand else 'no'}",
                f"Date: {record.occurred_on.isoformat()}",
                record.statement,
            ]
        case Discussion():
            head = [
                "Professional discussion record",
                f"Attempt: {record.assessment_id}",
                f"Date: {record.occurred_on.isoformat()}, {record.minutes} minutes",
            ]
            lines = [*head, *(f"{line.code}: {line.what}" for line in record.topics)]
        case _:
            assert_never(record)
    return "\n".join(lines) + "\n"
