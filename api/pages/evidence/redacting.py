"""Redacting: the forms with which a responsible officer hides parts of a version, and opens its original to a panel."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.evidence import AnnotationIn
from api.pages.common import back_to, pages
from api.pages.evidence.actions import hidden_now
from api.pages.evidence.page import item
from api.pages.evidence.places import place_named
from api.pages.evidence.view import requested_version
from api.pages.forms import form, run, shown_again
from api.reads import see
from api.redactions import OpeningIn, RedactionIn
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import OpenOriginal, RedactEvidence
from portfolio.domain.evidence.redacting import ALWAYS_HIDDEN_FROM, NotRedactable
from portfolio.domain.evidence.selector import Hideable


@pages.post("/evidence/<uuid:evidence_id>/redaction")
@shown_again(item)
def redact(evidence_id: UUID) -> Response:
    """Hide one place of the version more than before."""
    asked = form(RedactionIn, only=("version", "hidden_from", "reason", "follows"))
    places = (*hidden_now(requested_version(see(EVIDENCE, evidence_id))), place_posted())
    readers = ALWAYS_HIDDEN_FROM | asked.pop("hidden_from")
    done = run(RedactEvidence(evidence_id=evidence_id, places=places, hidden_from=readers, **asked))
    return back_to(".item", done.position, evidence_id=evidence_id, version=asked["version"])


def place_posted() -> Hideable:
    """Return the one place that the form names."""
    place = form(AnnotationIn, only=("selector",), also=place_named("selector"))["selector"]
    if not isinstance(place, Hideable):
        raise NotRedactable
    return place


@pages.post("/evidence/<uuid:evidence_id>/redaction/end")
@shown_again(item)
def hide_nothing(evidence_id: UUID) -> Response:
    """Hide nothing of the version any more."""
    asked = form(RedactionIn, only=("version", "reason", "follows"))
    done = run(RedactEvidence(evidence_id=evidence_id, places=(), hidden_from=frozenset(), **asked))
    return back_to(".item", done.position, evidence_id=evidence_id, version=asked["version"])


@pages.post("/evidence/<uuid:evidence_id>/original")
@shown_again(item)
def open_original(evidence_id: UUID) -> Response:
    """Let the panel of a case look at the original of the version."""
    asked = form(OpeningIn)
    done = run(OpenOriginal(evidence_id=evidence_id, **asked))
    return back_to(".item", done.position, evidence_id=evidence_id, version=asked["version"])
