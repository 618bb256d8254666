"""Board: what was decided, where each outcome and code stands, the evidence, and how it went."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from api.decided import contested, decided
from api.enrolments import readiness_at
from api.fields import Day
from api.pages.common import as_day, asked, fresh, named, pages, render
from api.pages.course import drawn
from api.pages.enrolments.enrolled import in_office
from api.pages.papers import may_announce
from api.pages.said import CODE_STATES, route_named
from api.papers import readable_papers
from api.reads import Sight, items_seen, see
from api.services import caller, today
from api.trail import name_of
from portfolio.application.indexes import APPEALS_OF_ENROLMENT
from portfolio.application.replay import course
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.lodging import LodgeAppeal
from portfolio.domain.appeal.state import where_it_stands
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.scrutiny import RecordScrutinyRoute
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.commands import OfferEvidence
from portfolio.domain.readiness.codes import CodeState, ComponentReadiness
from portfolio.domain.readiness.outcomes import OutcomeReadiness
from portfolio.domain.vocabulary import COACH


@pages.get("/enrolments/<uuid:enrolment_id>")
def board(enrolment_id: UUID) -> str:
    """Show the decisions, outcomes and evidence of one enrolment, today or as of a day."""
    fresh()
    sight = see(ENROLMENT, enrolment_id, ask="readiness")
    readiness = readiness_at(sight, asked("as_of", Day()))
    past = readiness.as_of < today()
    return render(
        "board.html",
        enrolment_id=enrolment_id,
        readiness=readiness,
        route=route_named(sight, readiness.route),
        decisions=decided(sight, readiness.as_of if past else None),
        outcomes=[OutcomeShown(each, tuple(judged_by(each, readiness.components))) for each in readiness.outcomes],
        components={each.component: each for each in readiness.components},
        course=drawn(course(sight.session, enrolment_id, readiness.as_of), readiness.as_of),
        coaches=coaches_of(sight),
        reads_trail=sight.shows("audit trail"),
        administers=sight.shows("audit trail") and in_office() and caller() != sight.state.apprentice,
        consents=sight.shows("consents") or permissions.may(permissions.MAY[LodgeAppeal], sight.held),
        routes=permissions.may(permissions.MAY[RecordScrutinyRoute], sight.held),
        apprentice=sight.state.apprentice,
        own=caller() == sight.state.apprentice,
        names=named([sight.state.apprentice]),
        items=items_seen(sight),
        offers=may_offer(sight),
        papers=bool(readable_papers(sight)) or may_announce(sight),
        appeals=appeals_shown(sight, enrolment_id),
        today=today(),
    )


class JudgedBy(NamedTuple):
    """The codes of an outcome that one component judges, by the word for where they stand; None where none does."""

    component: ComponentReadiness | None
    codes: tuple[tuple[CodeState, tuple[str, ...]], ...]


class OutcomeShown(NamedTuple):
    """An outcome with its codes."""

    readiness: OutcomeReadiness
    judged_by: tuple[JudgedBy, ...]


def judged_by(outcome: OutcomeReadiness, components: Sequence[ComponentReadiness]) -> Iterator[JudgedBy]:
    """Yield the codes of an outcome by the component that judges them, those not met first."""
    for component in (*components, None):
        key = component.component if component else ""
        here = [each for each in outcome.codes if each.component == key]
        codes = {state: tuple(each.code for each in here if each.state == state) for state in CODE_STATES}
        if here:
            yield JudgedBy(component, tuple((state, of_it) for state, of_it in codes.items() if of_it))


def coaches_of(sight: Sight[Enrolment]) -> list[str]:
    """Return the names of those who coach the apprentice today."""
    parts = (part for part in sight.state.assigned if part.assignment == COACH and part.on(today()))
    return [name_of(sight.session, person) for person in sorted({part.person_id for part in parts})]


def may_offer(sight: Sight[Enrolment]) -> bool:
    """Tell whether the person at the page may bring evidence here."""
    return permissions.may(permissions.MAY[OfferEvidence], sight.held)


def appeals_shown(sight: Sight[Enrolment], enrolment_id: UUID) -> Sequence[tuple[UUID, str, str, str, bool]]:
    """Return the appeals of the enrolment, for those who may know of them.

    Of each its id, its day, what it is against, where it stands, and whether the person at the page may read its
    chronology.
    """
    if not sight.shows("appeals here"):
        return ()
    known = [*sight.session.each(APPEAL, APPEALS_OF_ENROLMENT, enrolment_id)]
    held = [sight.session.held(caller(), each, appeal, enrolment_id, today()) for each, appeal in known]
    return [
        (
            each,
            as_day(sight.session.history(each)[0].at),
            contested(sight.session, appeal),
            f"The panel gave its outcome: {appeal.outcome}." if appeal.outcome else where_it_stands(appeal),
            permissions.may(permissions.READS["chronology"], words),
        )
        for (each, appeal), words in zip(known, held, strict=True)
    ]
