"""Review: the forms with which an assessor, a coach or a quality assurer answers an item."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.evidence import AnnotationIn, NumberIn, ReasonIn
from api.ids import new_id
from api.pages.common import back_to, pages
from api.pages.evidence.page import item
from api.pages.forms import form, run, shown_again
from api.people import InterestIn
from api.reads import see
from api.services import caller
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import AcceptEvidence, AnnotateEvidence, ReturnEvidence
from portfolio.domain.interests import DeclareInterest


@pages.post("/evidence/<uuid:evidence_id>/interest")
@shown_again(item)
def declare_interest(evidence_id: UUID) -> Response:
    """Keep what the person at the page says to be to the apprentice."""
    apprentice = see(EVIDENCE, evidence_id, undeclared=True).state.apprentice
    declared = form(InterestIn, only=("interest", "detail"))
    done = run(DeclareInterest(person_id=caller(), apprentice=apprentice, **declared))
    return back_to(".item", done.position, evidence_id=evidence_id)


@pages.post("/evidence/<uuid:evidence_id>/acceptance")
@shown_again(item)
def accept(evidence_id: UUID) -> Response:
    """Take a version into assessment."""
    done = run(AcceptEvidence(evidence_id=evidence_id, **form(NumberIn)))
    return back_to(".item", done.position, evidence_id=evidence_id)


@pages.post("/evidence/<uuid:evidence_id>/return")
@shown_again(item)
def give_back(evidence_id: UUID) -> Response:
    """Give a version back to the apprentice."""
    done = run(ReturnEvidence(evidence_id=evidence_id, **form(ReasonIn)))
    return back_to(".item", done.position, evidence_id=evidence_id)


@pages.post("/evidence/<uuid:evidence_id>/annotations")
@shown_again(item)
def annotate(evidence_id: UUID) -> Response:
    """Keep a remark at a place of the version that was shown."""
    command = AnnotateEvidence(evidence_id=evidence_id, annotation_id=new_id(), **form(AnnotationIn))
    return back_to(".item", run(command).position, evidence_id=evidence_id)
