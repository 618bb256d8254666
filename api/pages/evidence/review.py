"""Review: the forms with which an assessor, a coach or a quality assurer answers an item."""

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from api.evidence import NumberIn, ReasonIn
from api.pages.assessor_queue import next_in_queue
from api.pages.common import back_to, named, pages
from api.pages.evidence.confirming import annotate, keep_remark, question_before
from api.pages.evidence.marks import page_of_place
from api.pages.evidence.page import item
from api.pages.evidence.view import requested_version
from api.pages.forms import form, run, shown_again
from api.people import InterestIn
from api.reads import see
from api.services import caller
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import AcceptEvidence, ReturnEvidence
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
    """Take a version into assessment, once that is confirmed, and go on to the next item if that is asked for."""
    command = AcceptEvidence(evidence_id=evidence_id, **form(NumberIn))
    sight = see(EVIDENCE, evidence_id)
    title, name = requested_version(sight).title, named([sight.state.apprentice])[sight.state.apprentice]
    asks = f"Accept version {command.version} of {title}?"
    says = f"{name} sees it now. Accepting says that it can be judged: it is no finding and no grade. "
    says += "You can still return it, with a reason, until a finding rests on it."
    if page := question_before(evidence_id, command, asks, says, "Accept it"):
        return page
    following = next_in_queue(evidence_id, command.version) if request.form["sure"] == "next" else ""
    keep_remark(evidence_id)
    done = run(command)
    if not following:
        return back_to(".item", done.position, evidence_id=evidence_id, **also_shown())
    return redirect(f"{following}{'&' if '?' in following else '?'}after={done.position}", 303)


@pages.post("/evidence/<uuid:evidence_id>/return")
@shown_again(item)
def give_back(evidence_id: UUID) -> Response:
    """Give a version back to the apprentice, once that is confirmed."""
    command = ReturnEvidence(evidence_id=evidence_id, **form(ReasonIn))
    sight = see(EVIDENCE, evidence_id)
    title, name = requested_version(sight).title, named([sight.state.apprentice])[sight.state.apprentice]
    asks = f"Return version {command.version} of {title} to {name}?"
    if page := question_before(
        evidence_id, command, asks, f"{name} reads your reason: “{command.reason}”", "Return it"
    ):
        return page
    keep_remark(evidence_id)
    return back_to(".item", run(command).position, evidence_id=evidence_id, **also_shown())


@pages.post("/evidence/<uuid:evidence_id>/annotations")
@shown_again(item)
def remark(evidence_id: UUID) -> Response:
    """Keep a remark at a place of the version that was shown, and show it there."""
    receipt, made = annotate(evidence_id)
    page = page_of_place(made.selector)
    there: dict[str, Any] = {"evidence_id": evidence_id, "version": made.version, "page": page}
    there |= also_shown()
    return redirect(url_for(".item", **there, after=receipt.position, _anchor="remarks"), 303)


def also_shown() -> dict[str, str]:
    """Return what else the form names that its page shows: the queue, and the version beside."""
    return {name: request.form[name] for name in ("queue", "beside") if request.form.get(name)}
