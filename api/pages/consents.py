"""Consents: what an apprentice lets others do for them, once: the question, and the answer that they can take back.

Nobody's asking is on record. Who needs a consent gives the apprentice the address of the question.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from flask import request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from api.decided import appeal_against, decision_called
from api.enrolments import ConsentIn
from api.ids import new_id
from api.judging import refusal_of
from api.pages.common import back_to, fresh, named, pages, render
from api.pages.forms import as_json, form, run, shown_again
from api.pages.said import route_named
from api.reads import Sight, see
from api.services import caller, services, today
from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.lodging import LodgeAppeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.consent import GiveConsent, TakeConsentBack, consent_to
from portfolio.domain.enrolment.facts import AppealForMe, Purpose, RouteForMe
from portfolio.domain.enrolment.refusals import ConsentMissing
from portfolio.domain.enrolment.routes import ChangeRoute
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN, recorded_plan
from portfolio.domain.sentences import FROM
from portfolio.domain.vocabulary import COACH


class Question(NamedTuple):
    """Whether a person may do one thing; ``fields`` are what the answer posts."""

    who: str
    part: str
    what: str
    appeal: bool
    fields: dict[str, str]


class Given(NamedTuple):
    """A consent: to whom, for what, and what became of it; ``back`` is where it is taken back, None once it is gone."""

    who: str
    what: str
    stands: str
    back: str | None


@pages.get("/enrolments/<uuid:enrolment_id>/consents")
def consents(enrolment_id: UUID) -> str:
    """Show the apprentice what they let others do and may let them do, and others which question they can ask."""
    fresh()
    sight = see(ENROLMENT, enrolment_id)
    own = caller() == sight.state.apprentice
    return render(
        "consents.html",
        enrolment_id=enrolment_id,
        own=own,
        apprentice=named([sight.state.apprentice]).get(sight.state.apprentice, ""),
        questions=[*questions(sight)] if own else [],
        to_ask=[] if own else [*to_ask(sight)],
        given=given(sight),
        key=new_id(),
    )


@pages.post("/enrolments/<uuid:enrolment_id>/consents")
@shown_again(consents)
def give(enrolment_id: UUID) -> Response:
    """Let somebody do one thing, once."""
    body = form(ConsentIn)
    done = run(GiveConsent(enrolment_id=enrolment_id, consent_id=new_id(), **body))
    return back_to(".consents", done.position, enrolment_id=enrolment_id)


@pages.post("/enrolments/<uuid:enrolment_id>/consents/<uuid:consent_id>/withdrawal")
@shown_again(lambda enrolment_id, consent_id: consents(enrolment_id))  # noqa: ARG005 - the page is the enrolment's
def take_back(enrolment_id: UUID, consent_id: UUID) -> Response:
    """Let them no longer do it."""
    done = run(TakeConsentBack(enrolment_id=enrolment_id, consent_id=consent_id))
    return back_to(".consents", done.position, enrolment_id=enrolment_id)


def questions(sight: Sight[Enrolment]) -> Iterator[Question]:
    """Yield what the apprentice may answer: whether each coach may appeal for them, and what the address asks."""
    coaches = {part.person_id for part in sight.state.assigned if part.assignment == COACH and part.on(today())}
    purposes = [*appeals_possible(sight)] if coaches else []
    wanted: list[tuple[UUID, Purpose]] = [(coach, purpose) for coach in sorted(coaches) for purpose in purposes]
    wanted += [each for each in asked_by_address() if each not in wanted]
    deciding = services().deciding()
    for person_id, purpose in wanted:
        command = GiveConsent(enrolment_id=sight.stream, consent_id=new_id(), person_id=person_id, purpose=purpose)
        if not holds(sight, person_id, purpose) and refusal_of(command, deciding) is None:
            yield Question(
                who=named([person_id]).get(person_id, ""),
                part="your coach" if person_id in coaches else whose(sight, person_id),
                what=in_words(sight, purpose),
                appeal=isinstance(purpose, AppealForMe),
                fields=posted_as(person_id, purpose),
            )


def whose(sight: Sight[Enrolment], person_id: UUID) -> str:
    """Return whom somebody works for."""
    return FROM[sight.session.state(PERSON, person_id).works_for].removeprefix(", ")


def asked_by_address() -> list[tuple[UUID, Purpose]]:
    """Return the question that the address of the page asks, none if it asks none that can be read."""
    reader = ConsentIn()
    with suppress(ValidationError):
        body = reader.load(as_json(reader, request.args))
        return [(body["person_id"], body["purpose"])]
    return []


def appeals_possible(sight: Sight[Enrolment]) -> Iterator[AppealForMe]:
    """Yield, for each decision that the person at the page could appeal against now, or with consent, to do so."""
    deciding = services().deciding()
    for attempt_id, attempt in sight.session.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, sight.stream):
        for decision in attempt.decisions:
            refusal = refusal_of(appeal_against(attempt_id, decision.decision_id), deciding)
            if refusal is None or isinstance(refusal, ConsentMissing):
                yield AppealForMe(assessment_id=attempt_id, decision_id=decision.decision_id)


def used_in_appeals(sight: Sight[Enrolment]) -> frozenset[UUID]:
    """Return the consents by which somebody has appealed."""
    return frozenset(case.consent_id for _, case in sight.session.each(APPEAL, APPEALS_OF_ENROLMENT, sight.stream))


def holds(sight: Sight[Enrolment], person_id: UUID, purpose: Purpose) -> bool:
    """Tell whether a person has a consent to this that is not used up."""
    with suppress(ConsentMissing):
        consent_to(sight.state, person_id, purpose, used_in_appeals(sight))
        return True
    return False


def to_ask(sight: Sight[Enrolment]) -> Iterator[tuple[str, str]]:
    """Yield what the person at the page can do here once the apprentice consents, with the address of the question."""
    purposes: list[Purpose] = []
    if permissions.may(permissions.MAY[LodgeAppeal], sight.held):
        purposes += appeals_possible(sight)
    if permissions.may(permissions.MAY[ChangeRoute], sight.held):
        now = sight.state.route_on(today())
        routes = recorded_plan(sight.session.state(PLAN, sight.state.plan_id)).routes()
        purposes += [RouteForMe(route=route) for route in routes if now is None or route != now.route]
    for purpose in purposes:
        if not holds(sight, caller(), purpose):
            address = url_for(".consents", enrolment_id=sight.stream)
            yield in_words(sight, purpose), f"{address}?{urlencode(posted_as(caller(), purpose))}"


def given(sight: Sight[Enrolment]) -> list[Given]:
    """Return the consents that the person at the page may read, the newest first."""
    used, own = used_in_appeals(sight), caller() == sight.state.apprentice
    names = named(each.person_id for each in sight.state.consents)
    return [
        Given(
            who=names.get(each.person_id, ""),
            what=in_words(sight, each.purpose),
            stands="Taken back"
            if each.taken_back
            else "Used: it was done"
            if each.used or each.consent_id in used
            else "Holds: it has not been done yet",
            back=url_for(".take_back", enrolment_id=sight.stream, consent_id=each.consent_id)
            if own and not each.taken_back and not each.used
            else None,
        )
        for each in reversed(sight.state.consents)
        if sight.shows("consents") or each.person_id == caller()
    ]


def in_words(sight: Sight[Enrolment], purpose: Purpose) -> str:
    """Return what is to be done, after "may"."""
    whom = "you" if caller() == sight.state.apprentice else "the apprentice"
    if isinstance(purpose, RouteForMe):
        return f"move {whom} to the route {route_named(sight, purpose.route)}"
    decision = decision_called(sight.session, purpose.assessment_id, purpose.decision_id)
    return f"appeal for {whom} against {decision}"


def posted_as(person_id: UUID, purpose: Purpose) -> dict[str, str]:
    """Return a question as the fields that its answer posts."""
    told = {f"purpose.{name}": str(value) for name, value in msgspec.to_builtins(purpose).items()}
    return {"person_id": str(person_id), **told}
