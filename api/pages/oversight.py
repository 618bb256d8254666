"""Oversight: what assessors did not settle among themselves, for lead assessors and responsible officers."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import fields, validate

from api.fields import Position
from api.pages.common import asked, fresh, named, pages, render
from api.pages.plain import Plain
from api.reads import Sight, may_ask, named_if_unread, see
from api.services import services, today
from api.trail import entries, name_of, read_only
from portfolio.application.loaders.assessment import for_assessor
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import check_assessor, check_not_declined
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotVisible, Rejected
from projections.assessor_queue import oldest_attempts
from projections.audit_trail import facts_at
from projections.enrolment_list import assessors
from projections.matters import KINDS, counted, matters

A_PAGE = 25
MOST_LOOKED_AT = 50
"""Attempts that wait longest, of which it is asked whether anybody who is assigned may judge them."""


class Stuck(NamedTuple):
    """An attempt that nobody who is assigned may judge now: whose it is, what it is, and why each may not."""

    assessment_id: UUID
    apprentice: str
    what: str
    why_not: tuple[tuple[str, str], ...]


@pages.get("/oversight")
def oversight() -> str:
    """Show the attempts that are stuck, and what was declined, replaced, set aside, closed or let by a route."""
    fresh()
    may_ask("oversight")
    kind = asked("kind", fields.String(validate=validate.OneOf(KINDS)))
    found = matters(services().reads, kind=kind, before=asked("before", Position()), limit=A_PAGE + 1)
    shown = found[:A_PAGE]
    silent, rows = set[UUID](), list[dict[str, Any]]()
    for matter in shown:
        try:
            rows += told(matter.position, matter.enrolment_id)
        except InterestNotDeclared:
            silent.add(matter.enrolment_id)
    stuck = [*nobody_may_judge()]
    return render(
        "oversight.html",
        rows=rows,
        silent=len(silent),
        stuck=stuck,
        kinds=[(key, label, number) for key, label in KINDS.items() if (number := counted(services().reads).get(key))],
        kind=kind,
        kind_called=KINDS.get(kind or "", ""),
        older=shown[-1].position if len(found) > A_PAGE else None,
    )


def told(position: int, enrolment_id: UUID) -> Iterator[dict[str, Any]]:
    """Yield what happened at a position as the trail of its enrolment tells it, with whose it is and where it leads."""
    with suppress(NotVisible), named_if_unread():
        sight = see(ENROLMENT, enrolment_id, ask="audit trail")
        for row in entries(sight, read_only(facts_at(services().journal, [position]))):
            yield {
                **row,
                "sentence": Plain.of(sight.session, enrolment_id)(row["sentence"]),
                "apprentice": named([sight.state.apprentice]).get(sight.state.apprentice, ""),
                "enrolment_id": enrolment_id,
                "called": KINDS[row["kind"]],
                "attempt": row["stream"] if row["stream"] != enrolment_id else None,
            }


def nobody_may_judge() -> Iterator[Stuck]:
    """Yield of the attempts that wait longest those that nobody who is assigned may judge, by the rules."""
    for assessment_id in oldest_attempts(services().reads, MOST_LOOKED_AT):
        with suppress(NotVisible, InterestNotDeclared), named_if_unread():
            attempt = see(ASSESSMENT, assessment_id)
            why_not = refusals(attempt)
            if all(why for _, why in why_not):
                opened = attempt.state.opening()
                yield Stuck(
                    assessment_id,
                    name_of(attempt.session, opened.apprentice),
                    Plain.of(attempt.session, opened.enrolment_id)(opened.in_words()),
                    why_not,
                )


def refusals(attempt: Sight[Assessment]) -> tuple[tuple[str, str], ...]:
    """Return of each who is assigned as assessor today why they may not judge an attempt, empty if they may."""
    enrolment = attempt.session.state(ENROLMENT, attempt.state.enrolment_id)
    return tuple(
        (name_of(attempt.session, person), why_not(attempt, person)) for person in assessors(enrolment, today())
    )


def why_not(attempt: Sight[Assessment], person: UUID) -> str:
    """Return why somebody may not judge an attempt now, as the rule says it to them; empty if they may."""
    known = for_assessor(attempt.session, attempt.stream, person, services().now())
    try:
        check_assessor(attempt.state.opening(), known)
        check_not_declined(attempt.state, known)
    except Rejected as refusal:
        return str(refusal)
    return ""
