"""Files: the first step, in which files are chosen and sent, and the page beside a version that came back."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from api.evidence_shown import annotations_shown, history_shown
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import back_to, fresh, pages, render
from api.pages.evidence.upload import Refused, take_in
from api.pages.forms import refused_page, shown_again
from api.pages.hand_in.chosen import Draft, asked_files, names_of, own_items, step, waiting
from api.reads import Sight, see, wait_for
from api.services import today
from api.trail import name_of
from portfolio.domain import permissions
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import DiscardDraft, OfferEvidence, OfferVersion
from portfolio.domain.evidence.facts import EvidenceReturned, EvidenceSubmitted
from portfolio.domain.evidence.item import DRAFTS, Evidence, Version
from portfolio.domain.evidence.refusals import EvidenceUnknown, EvidenceVersionFixed
from portfolio.domain.kernel import NOBODY, NotPermitted


class Twin(NamedTuple):
    """A version with the same bytes that was handed in before."""

    evidence_id: UUID
    title: str
    on: Any


@pages.get("/enrolments/<uuid:enrolment_id>/hand-in")
def hand_in(enrolment_id: UUID, refused_files: list[Refused] | None = None) -> str:
    """Show the files that are not handed in yet, each with how it stands, and take more."""
    sight = step(enrolment_id)
    drafts, items = waiting(sight), own_items(sight)
    return render(
        "hand_in/files.html",
        enrolment_id=enrolment_id,
        drafts=[(each, twin_of(sight, each, items)) for each in drafts],
        here=url_for(".hand_in", enrolment_id=enrolment_id, file=names_of(drafts) if asked_files() else None),
        can_go_on=any(each.version.stage in DRAFTS for each in drafts),
        refused_files=refused_files or [],
        barred=refusal_of(OfferEvidence(evidence_id=NOBODY, enrolment_id=enrolment_id, **LEAST, produced_on=None)),
        key=new_id(),
    )


LEAST: dict[str, Any] = {
    "object_id": NOBODY,
    "title": TYPED,
    "filename": TYPED,
    "media_type": "text/plain",
    "size": 1,
    "sha256": "",
}
"""A file of which nothing is known yet, for asking whether one would be taken."""


def twin_of(sight: Sight[Enrolment], draft: Draft, items: list[Draft]) -> Twin | None:
    """Return where the same file was handed in before, and when."""
    for other in items:
        twin = draft.twin([other])
        if twin is not None:
            return Twin(other.evidence_id, twin.title, handed_in_at(sight, other.evidence_id, twin.number))
    return None


def handed_in_at(sight: Sight[Any], evidence_id: UUID, number: int) -> Any:
    """Return when a version was handed in, None if it was not."""
    return next(
        (
            entry.at
            for entry in sight.session.history(evidence_id)
            if isinstance(entry.fact, EvidenceSubmitted) and entry.fact.version == number
        ),
        None,
    )


@pages.post("/enrolments/<uuid:enrolment_id>/hand-in/files")
@shown_again(hand_in)
def take_files(enrolment_id: UUID) -> Response:
    """Take the files of this form as drafts; what is refused is named, and the others stay."""
    if not permissions.may(permissions.MAY[OfferEvidence], see(ENROLMENT, enrolment_id).held):
        raise NotPermitted  # before any byte is read

    def announce(**file: Any) -> OfferEvidence:
        return OfferEvidence(evidence_id=new_id(), enrolment_id=enrolment_id, **file)

    taken, refused_files = take_in(announce)
    if not refused_files:
        return back_to(".hand_in", max(each.position for each in taken), enrolment_id=enrolment_id)
    wait_for(max((each.position for each in taken), default=None))
    return refused_page(hand_in(enrolment_id, refused_files), refused_files[0].why)


@pages.get("/evidence/<uuid:evidence_id>/again")
def hand_in_again(evidence_id: UUID) -> str:
    """Show a version that came back with why and with its remarks, beside the form of the file that puts it right."""
    fresh()
    sight = see(EVIDENCE, evidence_id)
    if not sight.shows("drafts"):
        raise NotPermitted
    barred = refusal_of(OfferVersion(evidence_id=evidence_id, **LEAST, produced_on=today()))
    return render(
        "hand_in/again.html",
        enrolment_id=sight.state.enrolment_id,
        evidence_id=evidence_id,
        before=before(sight, came_back(sight)),
        going_on=isinstance(barred, EvidenceVersionFixed) and sight.state.versions[-1].stage in DRAFTS,
        barred=barred,
        key=new_id(),
    )


def came_back(sight: Sight[Evidence]) -> Version:
    """Return the newest version that is no draft: handed in, taken back, or with a file that was not taken."""
    shown = [each for each in sight.state.versions if each.handed_in() or each.stage in ("refused", "withdrawn")]
    if not shown:
        raise EvidenceUnknown("It was never handed in: go on with the draft.")
    return shown[-1]


def before(sight: Sight[Evidence], version: Version) -> dict[str, Any]:
    """Return a version that was handed in, as its apprentice is shown it beside the next one."""
    history = history_shown(sight)
    returns = [
        entry for entry in history if isinstance(entry.fact, EvidenceReturned) and entry.fact.version == version.number
    ]
    return {
        "evidence_id": sight.stream,
        "version": version,
        "came_back": returns[-1] if returns else None,
        "by": name_of(sight.session, returns[-1].by) if returns else "",
        "remarks": [*annotations_shown(sight, version, history)],
    }


@pages.post("/evidence/<uuid:evidence_id>/versions")
@shown_again(hand_in_again)
def upload_next_version(evidence_id: UUID) -> Response:
    """Take a file as the next version, a draft at first; the old one stays."""
    sight = see(EVIDENCE, evidence_id)
    if not permissions.may(permissions.MAY[OfferVersion], sight.held):
        raise NotPermitted  # before any byte is read

    def announce(**file: Any) -> OfferVersion:
        return OfferVersion(evidence_id=evidence_id, **{**file, "title": sight.state.versions[-1].title})

    taken, refused_files = take_in(announce, most=1)
    if refused_files:
        raise refused_files[0].why
    place = {"enrolment_id": sight.state.enrolment_id, "file": str(evidence_id)}
    return back_to(".describe", taken[-1].position, **place)


@pages.get("/enrolments/<uuid:enrolment_id>/hand-in/take-out")
def take_out(enrolment_id: UUID) -> str:
    """Ask once more before a draft is thrown away."""
    drafts = waiting(step(enrolment_id))
    draft = drafts[0] if drafts else None
    command = draft and DiscardDraft(evidence_id=draft.evidence_id, version=draft.version.number)
    if command is not None and (refusal := refusal_of(command)):
        raise refusal
    return render("hand_in/take_out.html", enrolment_id=enrolment_id, draft=draft, key=new_id())
