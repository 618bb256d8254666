"""Board: the apprentice's readiness with what is still open, their evidence, and a form that hands in a file."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from werkzeug.wrappers import Response

from api.enrolments import readiness_at
from api.evidence import SubmissionIn, VersionIn
from api.fields import Day
from api.ids import new_id
from api.pages.common import as_day, asked, back_to, fresh, named, pages, render
from api.pages.evidence.upload import take_in
from api.pages.forms import shown_again
from api.pages.papers import may_announce
from api.papers import readable_papers
from api.reads import Sight, items_seen, see
from api.services import caller, today
from api.trail import contested_by, name_of
from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.confirming import second_person_of
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import Enrolment, route_codes
from portfolio.domain.evidence.commands import OfferEvidence
from portfolio.domain.evidence.declaration import AUTHENTICITY_WORDINGS, CURRENT_AUTHENTICITY
from portfolio.domain.form import code_order
from portfolio.domain.kernel import NotPermitted
from portfolio.domain.plan import PLAN


@pages.get("/enrolments/<uuid:enrolment_id>")
def board(enrolment_id: UUID) -> str:
    """Show readiness of one enrolment, today or as of a day, and its evidence."""
    fresh()
    sight = see(ENROLMENT, enrolment_id, ask="readiness")
    readiness = readiness_at(sight, asked("as_of", Day()))
    edition = sight.session.state(PLAN, sight.state.plan_id)
    return render(
        "board.html",
        enrolment_id=enrolment_id,
        readiness=readiness,
        apprentice=sight.state.apprentice,
        own=caller() == sight.state.apprentice,
        names=named([sight.state.apprentice]),
        items=items_seen(sight),
        offers=may_offer(sight),
        papers=bool(readable_papers(sight)) or may_announce(sight),
        appeals=appeals_shown(sight, enrolment_id),
        waiting=decisions_that_wait(sight, enrolment_id),
        codes=sorted(route_codes(sight.state, edition, today()), key=code_order),
        wording=AUTHENTICITY_WORDINGS[CURRENT_AUTHENTICITY],
        wording_version=CURRENT_AUTHENTICITY,
        today=today(),
        key=new_id(),
        schemas={"file": VersionIn, "submission": SubmissionIn},
    )


def may_offer(sight: Sight[Enrolment]) -> bool:
    """Tell whether the person at the page may bring evidence here."""
    return permissions.may(permissions.MAY[OfferEvidence], sight.held)


def decisions_that_wait(sight: Sight[Enrolment], enrolment_id: UUID) -> list[tuple[str, str]]:
    """Return each decision that waits for the second person of its scrutiny route: its attempt, and their name."""
    return [
        (attempt.opening().in_words(), name_of(sight.session, second_person_of(attempt, sight.state)))
        for _, attempt in sight.session.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, enrolment_id)
        if attempt.waiting() is not None
    ]


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
            contested_by(sight.session, appeal),
            appeal.status,
            permissions.may(permissions.READS["chronology"], words),
        )
        for (each, appeal), words in zip(known, held, strict=True)
    ]


@pages.post("/enrolments/<uuid:enrolment_id>/evidence")
@shown_again(board)
def upload(enrolment_id: UUID) -> Response:
    """Take a file with its title, day, claims and declaration; without the declaration it stays a draft."""
    if not may_offer(see(ENROLMENT, enrolment_id)):
        raise NotPermitted  # before any byte is read
    receipt = take_in(partial(OfferEvidence, evidence_id=new_id(), enrolment_id=enrolment_id))
    return back_to(".item", receipt.position, evidence_id=receipt.stream)
