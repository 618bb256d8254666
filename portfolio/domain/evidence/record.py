"""Records that people write instead of uploading a file: observation, witness testimony, professional discussion."""

from datetime import date
from typing import assert_never
from uuid import UUID

from portfolio.domain.kernel import RuleBroken, Value
from portfolio.domain.words import OptionalName, OptionalReason, OptionalStatement


class SeenCode(Value):
    """What was seen or said for one code."""

    code: str
    what: OptionalStatement


class Observation(Value, tag="observation record"):
    """What an observer saw in one attempt, code by code."""

    assessment_id: UUID
    place: OptionalName
    occurred_on: date
    from_time: OptionalName
    to_time: OptionalName
    seen: tuple[SeenCode, ...]


class Testimony(Value, tag="witness testimony"):
    """What a witness says at first hand."""

    witness: OptionalName
    role: OptionalName
    competence: OptionalReason
    relation: OptionalReason
    first_hand: bool
    statement: OptionalStatement
    occurred_on: date


class Discussion(Value, tag="professional discussion record"):
    """What an apprentice and an assessor discussed, code by code."""

    assessment_id: UUID
    occurred_on: date
    minutes: int
    topics: tuple[SeenCode, ...]


Record = Observation | Testimony | Discussion


class ObservationRecordIncomplete(RuleBroken, rule="EVIDENCE-8"):
    """An observation record names place, time, attempt and what was seen for each code."""


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


def _blank(stated: dict[str, str]) -> list[str]:
    return [name for name, text in stated.items() if not text.strip()]


def _all_filled_in(codes: tuple[SeenCode, ...]) -> str:
    return "yes" if codes and all(line.what.strip() for line in codes) else ""


def codes_of(record: Record) -> frozenset[str]:
    """Return the codes that the record speaks of."""
    match record:
        case Observation(seen=lines) | Discussion(topics=lines):
            return frozenset(line.code for line in lines)
        case Testimony():
            return frozenset()
    assert_never(record)


def record_text(record: Record) -> str:
    """Return the record as the plain text that is shown, hashed and quoted."""
    match record:
        case Observation():
            head = [
                "Observation record",
                f"Attempt: {record.assessment_id}",
                f"Place: {record.place}",
                f"Time: {record.occurred_on.isoformat()}, {record.from_time} to {record.to_time}",
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
