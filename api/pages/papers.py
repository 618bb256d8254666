"""Papers: those that an apprentice signed who cannot sign in, how each stands, and a form that takes one in."""

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec
from flask import g, request
from werkzeug.wrappers import Response

from api.ids import new_id
from api.pages.common import as_day, back_to, fresh, named, pages, render
from api.pages.evidence.upload import MeasuredFile, chosen_file, refuse_too_large
from api.pages.forms import form, once, query_of, shown_again
from api.pages.plain import Plain
from api.papers import PaperIn, get_paper, papers_shown
from api.people import PeopleIn, people_page
from api.rates import count
from api.reads import Sight, see
from api.services import caller, services, today
from api.trail import contested_by, decision_named
from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT
from portfolio.application.uploads import Offered
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.consent import stands
from portfolio.domain.enrolment.facts import AppealForMe, ConsentOnPaper, Purpose, RouteForMe, Said, WithdrawnOnPaper
from portfolio.domain.enrolment.papers import SCANS, AnnouncePaper, CompletePaper
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.media import TAKEN
from portfolio.domain.kernel import NotPermitted
from portfolio.domain.plan import PLAN, recorded_plan
from portfolio.domain.sentences import FROM

MOST_FOUND = "20"
"""People of one look for a name."""


@pages.get("/enrolments/<uuid:enrolment_id>/papers")
def papers(enrolment_id: UUID) -> str:
    """Show the signed papers of an enrolment that the person may read, and the form to those who take papers in."""
    fresh()
    sight = see(ENROLMENT, enrolment_id)
    takes = may_announce(sight)
    person = g.get("posted", request.args).get("person", "").strip()  # no name stands in an address we lead to
    found = people_called(person) if takes and person else {}
    shown = [(paper, in_words(sight, paper["says"])) for paper in papers_shown(sight)]
    return render(
        "papers.html",
        enrolment_id=enrolment_id,
        papers=shown,
        takes=takes,
        choices=[*choices(sight, enrolment_id)] if takes else [],
        name=named([sight.state.apprentice]).get(sight.state.apprentice, ""),
        people=[*nameable(sight, found)] if takes else [],
        person=person,
        found=len(found),
        scans=", ".join(TAKEN[media_type].name for media_type in SCANS),
        key=new_id(),
        schemas={"paper": PaperIn},
    )


@pages.get("/enrolments/<uuid:enrolment_id>/papers/<uuid:paper_id>/content")
def paper_content(enrolment_id: UUID, paper_id: UUID) -> Response:
    """Send the bytes of a sealed paper."""
    return cast(Response, get_paper(enrolment_id=enrolment_id, paper_id=paper_id))


@pages.post("/enrolments/<uuid:enrolment_id>/papers")
@shown_again(papers)
def take_paper(enrolment_id: UUID) -> Response:
    """Take the scan of a paper with what it says; the check that seals it may take longer than this request."""
    if not may_announce(see(ENROLMENT, enrolment_id)):
        raise NotPermitted  # before any byte is read
    count("uploads")
    refuse_too_large()
    said = dict(parse_qsl(request.form.get("paper", "")))
    posted, file = form(PaperIn, only=("says", "reason"), also=said), chosen_file()
    received = cast(MeasuredFile, file.stream)
    sha256 = received.digest.hexdigest()
    name = form(PaperIn, only=("filename",), also={"filename": file.filename or ""})["filename"]
    command = AnnouncePaper(
        enrolment_id=enrolment_id,
        paper_id=new_id(),
        filename=name,
        media_type=file.mimetype,
        size=received.size,
        sha256=sha256,
        **posted,
    )
    uploads = services().uploads
    receipt = uploads.offer(command, caller(), idempotency=once("announce", sha256))
    paper_id = msgspec.json.decode(receipt.extra, type=Offered).object_id
    paper = services().session().state(ENROLMENT, enrolment_id).paper(paper_id)
    if paper is not None and paper.stage == "announced":
        services().vault.offer(paper_id, paper.size, paper.sha256, caller())  # an earlier try's place may be swept
        services().vault.take(paper_id, file.stream, paper.size)
    complete = CompletePaper(enrolment_id=enrolment_id, paper_id=paper_id)
    receipt = uploads.complete(complete, caller(), idempotency=once("complete", sha256))
    return back_to(".papers", receipt.position, enrolment_id=enrolment_id)


def people_called(name: str) -> dict[UUID, str]:
    """Return up to so many people of whose names the words looked for are beginnings, with whom they work for."""
    query = query_of(PeopleIn, {"search": name, "sort": "name", "limit": MOST_FOUND})
    return {row["person_id"]: f"{row['name']}{FROM[row['works_for']]}" for row in people_page(query)["items"]}


def nameable(sight: Sight[Enrolment], found: dict[UUID, str]) -> Iterator[tuple[str, str]]:
    """Yield whom a paper can name, for a select: nobody, who was looked for, and who has or had a part here."""
    yield "", "Nobody: it takes something back"
    parts = {
        part.person_id: ", ".join(sorted(sight.state.ever(part.person_id, today()))) for part in sight.state.assigned
    }
    names = named(parts)
    told = {**{each: f"{names.get(each, '')}, {part}" for each, part in parts.items() if part}, **found}
    for person_id in [*found, *sorted(told.keys() - found.keys(), key=lambda each: told[each])]:
        if person_id != sight.state.apprentice:
            yield str(person_id), told[person_id]


def may_announce(sight: Sight[Enrolment]) -> bool:
    """Tell whether the person at the page takes papers in."""
    return permissions.may(permissions.MAY[AnnouncePaper], sight.held)


def in_words(sight: Sight[Enrolment], said: Said) -> str:
    """Return what a paper says, after "That"."""
    if isinstance(said, WithdrawnOnPaper):
        return f"the appeal of {day_of(sight, said.appeal_id)} is taken back"
    consent = sight.state.consent_on(said)
    if consent is None:
        return "a consent no longer holds"
    who = named([consent.person_id]).get(consent.person_id, str(consent.person_id))
    may = "may" if isinstance(said, ConsentOnPaper) else "may no longer"
    return f"{who} {may} {to_do(sight, consent.purpose)}"


def to_do(sight: Sight[Enrolment], purpose: Purpose) -> str:
    """Return what somebody may do for the apprentice."""
    if isinstance(purpose, RouteForMe):
        return f"move them to the route {purpose.route}"
    against = decision_named(sight.session, purpose.assessment_id, purpose.decision_id)
    return f"appeal for them against {Plain.of(sight.session, sight.stream)(against)}"


def day_of(sight: Sight[Enrolment], appeal_id: UUID) -> str:
    """Return the day on which an appeal was lodged."""
    return as_day(sight.session.history(appeal_id)[0].at)


def choices(sight: Sight[Enrolment], enrolment_id: UUID) -> Iterator[tuple[str, str]]:
    """Yield what a paper can say here, each as the fields of it that the form posts, and in words."""
    session, enrolment = sight.session, sight.state
    plan = recorded_plan(session.state(PLAN, enrolment.plan_id))
    purposes: list[Purpose] = [
        AppealForMe(assessment_id=attempt_id, decision_id=decision.decision_id)
        for attempt_id, attempt in session.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, enrolment_id)
        for decision in attempt.decisions
    ]
    purposes += [RouteForMe(route=route) for route in plan.routes()]
    for purpose in purposes:
        told = {f"says.purpose.{name}": value for name, value in msgspec.to_builtins(purpose).items()}
        yield posting({"says.type": "consent", **told}), f"the person named may {to_do(sight, purpose)}"
    for each in enrolment.consents:
        if stands(enrolment, each.consent_id):
            said: dict[str, Any] = {"says.type": "consent taken back", "says.consent_id": each.consent_id}
            who = named([each.person_id]).get(each.person_id, "")
            yield posting(said), f"{who} may no longer {to_do(sight, each.purpose)}"
    for appeal_id, appeal in session.each(APPEAL, APPEALS_OF_ENROLMENT, enrolment_id):
        if appeal.is_open():
            said = {"says.type": "appeal withdrawn", "says.appeal_id": appeal_id}
            against = Plain.of(session, enrolment_id)(contested_by(session, appeal))
            yield posting(said), f"the appeal of {day_of(sight, appeal_id)} against {against} is taken back"


def posting(fields: dict[str, Any]) -> str:
    """Return fields as the value of one choice."""
    return urlencode({name: str(value) for name, value in fields.items()})
