"""Sign: whose work the files are, a last look at what is handed in, one signature for all of it, and what is next."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from api.errors import FieldsNotValid
from api.evidence import SubmissionIn
from api.evidence_shown import claims_shown, history_shown
from api.ids import new_id
from api.judging import refusal_of
from api.pages.common import back_to, pages, render
from api.pages.forms import form, refused_page, run, shown_again
from api.pages.hand_in.chosen import Draft, asked_files, chosen, names_of, own_items, step
from api.pages.hand_in.files import handed_in_at
from api.reads import Sight, see, wait_for
from api.services import caller, today
from api.trail import name_of
from portfolio.application.ports import Receipt, Unauthenticated
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import SubmitEvidence
from portfolio.domain.evidence.declaration import (
    AUTHENTICITY_WORDINGS,
    CURRENT_AUTHENTICITY,
    AuthenticityDeclaration,
    DeclarationMissing,
)
from portfolio.domain.evidence.item import DRAFTS
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from portfolio.domain.vocabulary import ASSESSOR

UNSIGNED = AuthenticityDeclaration(wording=CURRENT_AUTHENTICITY, ai_use="none")


class Sheet(NamedTuple):
    """One draft before it is handed in: where its claims point, and why it would be refused, None if it would not."""

    draft: Draft
    claims: list[dict[str, Any]]
    why_not: Rejected | None


def sheets(drafts: list[Draft], declaration: AuthenticityDeclaration) -> list[Sheet]:
    """Return the drafts as they would be handed in with this declaration."""
    return [
        Sheet(
            each,
            claims_shown(each.version, history_shown(see(EVIDENCE, each.evidence_id))),
            refusal_of(submission(each, declaration)),
        )
        for each in drafts
    ]


def submission(draft: Draft, declaration: AuthenticityDeclaration) -> SubmitEvidence:
    """Return what hands a draft in."""
    return SubmitEvidence(evidence_id=draft.evidence_id, version=draft.version.number, declaration=declaration)


@pages.get("/enrolments/<uuid:enrolment_id>/hand-in/own-work")
def own_work(enrolment_id: UUID) -> str:
    """Ask for the use of tools, and for the declaration in the wording that is signed."""
    sight = step(enrolment_id)
    drafts = chosen(sight)
    return render(
        "hand_in/own_work.html",
        enrolment_id=enrolment_id,
        files=names_of(drafts),
        sheets=sheets(drafts, UNSIGNED),
        name=name_of(sight.session, caller()),
        wording=AUTHENTICITY_WORDINGS[CURRENT_AUTHENTICITY],
        wording_version=CURRENT_AUTHENTICITY,
        schema=SubmissionIn,
    )


@pages.get("/enrolments/<uuid:enrolment_id>/hand-in/check")
def check_again(enrolment_id: UUID) -> Response:
    """Lead whoever comes back to the last look without a declaration to where it is signed."""
    step(enrolment_id)
    return redirect(url_for(".own_work", enrolment_id=enrolment_id, file=[*map(str, asked_files())]))


@pages.post("/enrolments/<uuid:enrolment_id>/hand-in/check")
@shown_again(own_work)
def check(enrolment_id: UUID) -> Response:
    """Show all that is handed in, as it will be recorded, and what is not and why."""
    sight = step(enrolment_id)
    declaration = form(SubmissionIn, only=("declaration",))["declaration"]
    drafts = chosen(sight)
    looked_at = sheets(drafts, declaration)
    if unsigned := next((each.why_not for each in looked_at if isinstance(each.why_not, DeclarationMissing)), None):
        raise unsigned
    named = {each.evidence_id for each in drafts}
    left = [each for each in own_items(sight) if each.version.stage in DRAFTS and each.evidence_id not in named]
    page = render(
        "hand_in/check.html",
        enrolment_id=enrolment_id,
        files=names_of(drafts),
        signed=[each for each in looked_at if each.why_not is None],
        unfinished=[each for each in looked_at if each.why_not is not None],
        left=left,
        declaration=declaration,
        key=new_id(),
    )
    return Response(page, content_type="text/html; charset=utf-8")


@pages.post("/enrolments/<uuid:enrolment_id>/hand-in/submission")
@shown_again(own_work)
def hand_in_all(enrolment_id: UUID) -> Response:
    """Hand in each file that stood above the signature; what is refused is named, and the others are handed in."""
    step(enrolment_id)
    declaration = form(SubmissionIn, only=("declaration",))["declaration"]
    signed = [signed_file(text) for text in request.form.getlist("signed")]
    if not signed:
        raise FieldsNotValid("Files: name what you hand in.")
    items = [see(EVIDENCE, evidence_id).state for evidence_id, _ in signed]  # all are theirs, or nothing is done
    done: list[Receipt] = []
    refused: list[tuple[str, Rejected]] = []
    for item, (evidence_id, number) in zip(items, signed, strict=True):
        command = SubmitEvidence(evidence_id=evidence_id, version=number, declaration=declaration)
        try:
            done.append(run(command, f"submit {evidence_id} {number}"))
        except (NotPermitted, NotVisible, Unauthenticated):
            raise
        except Rejected as refusal:
            version = item.version(number)
            refused.append((version.title if version else "", refusal))
    position = max((each.position for each in done), default=None)
    files = [evidence_id for evidence_id, _ in signed]
    if position is not None and not refused:
        return back_to(".handed_in", position, enrolment_id=enrolment_id, file=[*map(str, files)])
    wait_for(position)
    return refused_page(told(step(enrolment_id), files, refused), refused[0][1])


def signed_file(text: str) -> tuple[UUID, int]:
    """Return the item and the number of its version that a form names."""
    item, _, number = text.partition(" ")
    try:
        return UUID(item), int(number)
    except ValueError as error:
        raise FieldsNotValid("Files: name an item and its version.") from error


@pages.get("/enrolments/<uuid:enrolment_id>/hand-in/done")
def handed_in(enrolment_id: UUID) -> str:
    """Show what was handed in, when, who sees it now and what happens next."""
    return told(step(enrolment_id), asked_files(), [])


def told(sight: Sight[Enrolment], files: list[UUID], refused: list[tuple[str, Rejected]]) -> str:
    """Return the page that says what has become of these files."""
    items = [each for each in own_items(sight) if each.evidence_id in files]
    times = [(each, handed_in_at(sight, each.evidence_id, each.version.number)) for each in items]
    there = [(each, at) for each, at in times if at is not None]
    return render(
        "hand_in/done.html",
        enrolment_id=sight.stream,
        there=[each for each, _ in there],
        at=max((at for _, at in there), default=None),
        refused_files=refused,
        left=[each for each in own_items(sight) if each.version.stage in DRAFTS],
        assessors=assessors(sight),
    )


def assessors(sight: Sight[Enrolment]) -> list[str]:
    """Return the names of those who are assigned as assessors today."""
    people = {each.person_id for each in sight.state.assigned if each.assignment == ASSESSOR and each.on(today())}
    return sorted(name_of(sight.session, each) for each in people)
