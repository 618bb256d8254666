"""What other systems are told: names that stay, ids and no more, of each fact the same event every time."""

import msgspec
import pytest
from msgspec import inspect

from portfolio.domain.catalogue import FACTS
from portfolio.domain.event_types import Event, OfEnrolment
from portfolio.domain.events import EVENTS, KINDS, TYPES, event_of, id_of, record_of, type_of
from portfolio.domain.kernel import Fact, Recorded
from tests.domain.world import APPRENTICE, ENROLMENT_ID, NOW, an_id
from tests.projections.test_views import examples

NAMES = [
    "appeal.admitted.v1",
    "appeal.decided.v1",
    "appeal.lodged.v1",
    "appeal.not-admitted.v1",
    "appeal.panel-changed.v1",
    "appeal.second-look-asked.v1",
    "appeal.withdrawn.v1",
    "attempt.closed.v1",
    "attempt.opened.v1",
    "consent.asked.v1",
    "consent.declined.v1",
    "consent.given.v1",
    "consent.question-withdrawn.v1",
    "consent.taken-back.v1",
    "criteria.approved.v1",
    "decision.confirmed.v1",
    "decision.declined.v1",
    "decision.made.v1",
    "decision.set-aside.v1",
    "decision.superseded.v1",
    "enrolment.begun.v1",
    "enrolment.corrected.v1",
    "enrolment.employer-changed.v1",
    "enrolment.end-taken-back.v1",
    "enrolment.ended.v1",
    "enrolment.parts-changed.v1",
    "enrolment.paused.v1",
    "enrolment.resumed.v1",
    "enrolment.route-changed.v1",
    "evidence.accepted.v1",
    "evidence.claims-changed.v1",
    "evidence.file-erased.v1",
    "evidence.file-refused.v1",
    "evidence.file-sealed.v1",
    "evidence.handed-in.v1",
    "evidence.recorded.v1",
    "evidence.redacted.v1",
    "evidence.remarked.v1",
    "evidence.replaced.v1",
    "evidence.returned.v1",
    "evidence.withdrawn.v1",
    "form.approved.v1",
    "person.corrected.v1",
    "person.registered.v1",
    "person.reinstated.v1",
    "person.roles-changed.v1",
    "person.suspended.v1",
    "plan.approved.v1",
    "plan.imported.v1",
]
"""The vocabulary as it was published: a name is added here, and never taken away or changed."""


def recorded(fact: Fact, version: int = 1) -> Recorded:
    return Recorded(
        originator_id=an_id("a stream"),
        originator_version=version,
        position=7,
        fact=fact,
        by=APPRENTICE,
        at=NOW,
        causation=an_id("a command"),
    )


def test_the_vocabulary_is_the_one_that_was_published() -> None:
    assert sorted(TYPES) == NAMES


@pytest.mark.parametrize("kind", KINDS, ids=type_of)
def test_an_event_holds_ids_numbers_and_times_and_at_most_a_code_of_the_plan(kind: type[Event]) -> None:
    fields = {field.name: field.type for field in inspect.type_info(kind).fields}  # type: ignore[attr-defined]  # a Struct
    words = {name for name, of in fields.items() if isinstance(of, inspect.StrType)}
    assert words <= {"code"}
    assert all(
        isinstance(of, inspect.UUIDType | inspect.IntType | inspect.DateTimeType)
        for name, of in fields.items()
        if name not in words
    )
    assert {"id", "position", "timestamp", record_of(kind)} <= fields.keys()


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_a_fact_is_told_as_its_row_says_and_else_not_at_all(kind: type[Fact]) -> None:
    for fact in examples(kind):
        event = event_of(recorded(fact), ENROLMENT_ID)
        if kind not in EVENTS:
            assert event is None
            continue
        assert event == event_of(recorded(fact), ENROLMENT_ID)
        assert type(event) is EVENTS[kind][0]
        stream = ENROLMENT_ID if record_of(type(event)) == "enrolment_id" else an_id("a stream")
        assert getattr(event, record_of(type(event))) == stream
        assert not isinstance(event, OfEnrolment) or event.enrolment_id == ENROLMENT_ID
        assert msgspec.json.decode(msgspec.json.encode(event))["type"] == type_of(type(event))


def test_the_next_fact_of_a_record_has_another_id() -> None:
    fact = next(examples(kind)[0] for kind in EVENTS)
    assert id_of(recorded(fact)) == id_of(recorded(fact)) != id_of(recorded(fact, 2))
