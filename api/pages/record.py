"""Record: everything that happened in an enrolment, in sentences, by day, the newest first, narrowed by what is asked.

Several findings or claims in a row are one sentence, with each of them below. Each leads to the fact behind it.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for
from marshmallow import fields, validate

from api.fields import HIGHEST_POSITION, Day, Id, Moment, Position
from api.pages.common import as_day, asked, fresh, named, pages, render
from api.pages.narrowing import begun
from api.pages.plain import Plain
from api.pages.told import grouped
from api.reads import Sight, items_seen, see
from api.services import caller, services
from api.trail import entries, name_of, read_only
from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.calendar import LONDON, london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import NotVisible
from projections.audit_trail import audit_trail, latest, told_of
from projections.audit_trail import before as just_before

A_PAGE = 100
SPECIALISTS = ("appeal.", "enrolment.consent")
"""Of what is not told to everybody who reads a trail its kinds are not offered either."""

DAYS = {"since": "from", "until": "to"}
"""What the first and the last day that are asked for are called."""
NOT_HERE = "something that is not here"


class Narrowed(NamedTuple):
    """What of a record is asked for, as its address says it: None means everything.

    ``since`` and ``until`` are the first and the last day, both of which count.
    """

    person: UUID | None
    kind: str | None
    record: UUID | None
    since: date | None
    until: date | None

    def address(self) -> dict[str, Any]:
        """Return what the address says of it."""
        return {name: value for name, value in self._asdict().items() if value is not None}

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """Return when the first day begins and when the last one is over."""
        after = self.until and self.until + timedelta(days=1)
        return begins(self.since), begins(after)


@pages.get("/enrolments/<uuid:enrolment_id>/record")
def record(enrolment_id: UUID) -> str:
    """Show what happened, a page of it, up to a place in the log (``?before=``), narrowed by what is asked."""
    fresh()
    sight = see(ENROLMENT, enrolment_id, ask="audit trail")
    before = asked("before", Position())
    narrowed = narrowed_by_address()
    log = services().journal
    since, until = narrowed.moments()
    ends = [before] if before else []
    if until:
        ends.append(log.position_at(just_before(until)) + 1)
    facts = latest(
        services().reads,
        log,
        enrolment_id=enrolment_id,
        after=log.position_at(just_before(since)) if since else 0,
        until=min(ends, default=None),
        actor=narrowed.person,
        kind=narrowed.kind,
        stream=narrowed.record,
        limit=A_PAGE + 1,
    )
    shown = facts[:A_PAGE]
    choices = choices_of(sight)
    return render(
        "record.html",
        enrolment_id=enrolment_id,
        own=caller() == sight.state.apprentice,
        apprentice=named([sight.state.apprentice]).get(sight.state.apprentice, ""),
        days=by_day(grouped(sight, [*read_only(reversed(shown))])[::-1], Plain.of(sight.session, enrolment_id)),
        before=before,
        older=shown[-1].position if len(facts) > A_PAGE else None,
        narrowed=narrowed,
        asked=narrowed.address(),
        choices=choices,
        chosen=chosen(narrowed, choices, enrolment_id),
        export={
            "enrolment_id": enrolment_id,
            "actor": narrowed.person,
            "kind": narrowed.kind,
            "record": narrowed.record,
            "since": since and Moment().write(since),
            "until": until and Moment().write(until),
        },
    )


def narrowed_by_address() -> Narrowed:
    """Return what the address of this request asks for."""
    return Narrowed(
        person=asked("person", Id()),
        kind=asked("kind", fields.String(validate=validate.Length(max=100))),
        record=asked("record", Id()),
        since=asked("since", Day()),
        until=asked("until", Day()),
    )


def begins(day: date | None) -> datetime | None:
    """Return when a day begins in London."""
    return datetime.combine(day, time.min, LONDON) if day else None


def choices_of(sight: Sight[Enrolment]) -> dict[str, list[tuple[str, str]]]:
    """Return by whom, of which kind and of which record the caller may ask here, each value with what it is called."""
    people, kinds = told_of(services().reads, sight.stream)
    shown = [
        kind
        for kind in sorted(kinds)
        if not kind.startswith(SPECIALISTS) or sight.shows("appeals here" if kind.startswith("appeal.") else "consents")
    ]
    return {
        "person": sorted(((str(each), name_of(sight.session, each)) for each in people), key=lambda each: each[1]),
        "kind": [(kind, kind_called(kind)) for kind in shown],
        "record": [*records_of(sight)],
    }


def kind_called(kind: str) -> str:
    """Return what people call a kind of fact: Evidence: file stored."""
    aggregate, _, happened = kind.partition(".")
    return f"{aggregate.capitalize()}: {happened.replace('-', ' ').replace('sealed', 'stored')}"


def records_of(sight: Sight[Enrolment]) -> Iterable[tuple[str, str]]:
    """Yield the records of an enrolment that the caller is told of, by what they are called."""
    plain = Plain.of(sight.session, sight.stream)
    yield str(sight.stream), "The enrolment itself"
    for item in items_seen(sight):
        yield str(item.evidence_id), item.title or "A draft"
    for attempt_id, attempt in sight.session.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, sight.stream):
        if attempt.opened:
            yield str(attempt_id), begun(plain(attempt.opened.in_words()))
    if sight.shows("appeals here"):
        for appeal_id, _ in sight.session.each(APPEAL, APPEALS_OF_ENROLMENT, sight.stream):
            yield str(appeal_id), f"The appeal of {as_day(sight.session.history(appeal_id)[0].at)}"


def chosen(narrowed: Narrowed, choices: dict[str, list[tuple[str, str]]], enrolment_id: UUID) -> list[dict[str, str]]:
    """Return what is asked for in words, each with the address of the record without it."""
    address = narrowed.address()
    words = {name: dict(choices[name]).get(str(address[name]), NOT_HERE) for name in choices if name in address}
    days = {name: f"{word} {as_day(address[name])}" for name, word in DAYS.items() if name in address}
    return [
        {"text": text, "href": url_for(".record", enrolment_id=enrolment_id, **{**address, name: None})}
        for name, text in {**words, **days}.items()
    ]


@pages.get("/enrolments/<uuid:enrolment_id>/record/<int:position>")
def fact(enrolment_id: UUID, position: int) -> str:
    """Show one sentence of the record with the fact behind it, and what happened to the same record around it."""
    sight = see(ENROLMENT, enrolment_id, ask="audit trail")
    entry = next(iter(entries(sight, fact_at(enrolment_id, position))), None)
    if entry is None:
        raise NotVisible
    return render(
        "fact.html",
        enrolment_id=enrolment_id,
        own=caller() == sight.state.apprentice,
        apprentice=named([sight.state.apprentice]).get(sight.state.apprentice, ""),
        entry={**entry, "sentence": Plain.of(sight.session, enrolment_id)(entry["sentence"])},
        kind=kind_called(entry["kind"]),
        of=dict(records_of(sight)).get(str(entry["stream"]), ""),
    )


def fact_at(enrolment_id: UUID, position: int) -> list[Any]:
    """Return the fact of an enrolment at a position of the log; nothing if none of its facts stands there."""
    if not 0 < position <= HIGHEST_POSITION:
        return []
    reads, log = services().reads, services().journal
    found = audit_trail(reads, log, enrolment_id=enrolment_id, after=position - 1, limit=1)
    return [each for each in found if each.position == position]


def by_day(rows: Iterable[dict[str, Any]], plain: Plain) -> list[tuple[date, list[dict[str, Any]]]]:
    """Return what is told by the day in London on which it happened, in plain sentences."""
    told = [
        {
            **row,
            "sentence": plain(row["sentence"]),
            "inside": [{**each, "sentence": plain(each["sentence"])} for each in row.get("inside", ())],
        }
        for row in rows
    ]
    return [(day, [*of_it]) for day, of_it in groupby(told, lambda row: london_day(row["at"]))]
