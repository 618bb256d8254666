"""Consents: what an apprentice is asked to let others do for them, once, their answers, and what they agreed to."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from api.consent_questions import DeclinedIn, QuestionIn
from api.decided import appeal_against
from api.enrolments import ConsentIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import back_to, fresh, named, pages, render
from api.pages.forms import asks_first, form, run, shown_again
from api.pages.questions import asked, holds, in_words, posted_as, purpose_as, used_in_appeals, whose
from api.reads import Sight, see
from api.services import caller, services, today
from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.consent import (
    AskConsent,
    DeclineConsent,
    GiveConsent,
    TakeConsentBack,
    WithdrawQuestion,
)
from portfolio.domain.enrolment.facts import AppealForMe, Purpose, RouteForMe
from portfolio.domain.enrolment.questions import may_be_agreed_to
from portfolio.domain.enrolment.refusals import ConsentMissing
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.plan import PLAN, recorded_plan
from portfolio.domain.vocabulary import COACH


class Offer(NamedTuple):
    """What the apprentice may let a person do although nobody asked; ``fields`` are what a yes posts."""

    who: str
    part: str
    what: str
    fields: dict[str, str]


class Given(NamedTuple):
    """A consent: to whom, for what, and what became of it; ``back`` is where it is taken back, None once it is gone."""

    who: str
    what: str
    stands: str
    back: str | None


@pages.get("/enrolments/<uuid:enrolment_id>/consents")
def consents(enrolment_id: UUID) -> str:
    """Show the apprentice what they are asked and what they let others do, and others what they can ask, and asked."""
    fresh()
    sight = see(ENROLMENT, enrolment_id)
    own = caller() == sight.state.apprentice
    return render(
        "consents.html",
        enrolment_id=enrolment_id,
        own=own,
        apprentice=named([sight.state.apprentice]).get(sight.state.apprentice, ""),
        asked=[*asked(sight)],
        offers=[*offers(sight)] if own else [],
        to_ask=[] if own else [*to_ask(sight)],
        given=given(sight),
        key=new_id(),
        schemas={"question": QuestionIn, "declined": DeclinedIn},
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
    """Let them no longer do it, once that is asked."""
    question = asks_first(
        "Take your consent back?",
        "They may then no longer do it. If they have appealed for you, the appeal goes on and is yours alone.",
        "Take it back",
        url_for(".consents", enrolment_id=enrolment_id),
    )
    if question:
        return question
    done = run(TakeConsentBack(enrolment_id=enrolment_id, consent_id=consent_id))
    return back_to(".consents", done.position, enrolment_id=enrolment_id)


@pages.post("/enrolments/<uuid:enrolment_id>/consent-questions")
@shown_again(consents)
def ask(enrolment_id: UUID) -> Response:
    """Ask the apprentice for a consent."""
    body = form(QuestionIn, also=dict(parse_qsl(request.form.get("what", ""))))
    done = run(AskConsent(enrolment_id=enrolment_id, question_id=new_id(), **body))
    return back_to(".consents", done.position, enrolment_id=enrolment_id)


@pages.post("/enrolments/<uuid:enrolment_id>/consent-questions/<uuid:question_id>/refusal")
@shown_again(lambda enrolment_id, question_id: consents(enrolment_id))  # noqa: ARG005 - the page is the enrolment's
def say_no(enrolment_id: UUID, question_id: UUID) -> Response:
    """Say no to what is asked."""
    body = form(DeclinedIn)
    done = run(DeclineConsent(enrolment_id=enrolment_id, question_id=question_id, **body))
    return back_to(".consents", done.position, enrolment_id=enrolment_id)


@pages.post("/enrolments/<uuid:enrolment_id>/consent-questions/<uuid:question_id>/withdrawal")
@shown_again(lambda enrolment_id, question_id: consents(enrolment_id))  # noqa: ARG005 - the page is the enrolment's
def ask_no_longer(enrolment_id: UUID, question_id: UUID) -> Response:
    """Take a question back, once that is asked."""
    question = asks_first(
        "Take your question back?",
        "The apprentice then no longer finds it among what waits for them. That you asked stays on record. After you "
        "have taken it back twice, you cannot ask the same again.",
        "Take it back",
        url_for(".consents", enrolment_id=enrolment_id),
    )
    if question:
        return question
    done = run(WithdrawQuestion(enrolment_id=enrolment_id, question_id=question_id))
    return back_to(".consents", done.position, enrolment_id=enrolment_id)


def offers(sight: Sight[Enrolment]) -> Iterator[Offer]:
    """Yield the appeals that each coach could lodge for the apprentice and has not asked about."""
    coaches = {part.person_id for part in sight.state.assigned if part.assignment == COACH and part.on(today())}
    on_record = {(each.person_id, each.purpose) for each in sight.state.questions if may_be_agreed_to(each)}
    purposes = [*appeals_possible(sight)] if coaches else []
    names, deciding = named(coaches), services().deciding()
    for person_id in sorted(coaches):
        for purpose in purposes:
            command = GiveConsent(enrolment_id=sight.stream, consent_id=new_id(), person_id=person_id, purpose=purpose)
            open_to_a_yes = (person_id, purpose) not in on_record and not holds(sight, person_id, purpose)
            if open_to_a_yes and refusal_of(command, deciding) is None:
                yield Offer(
                    who=names.get(person_id, ""),
                    part=whose(sight, person_id),
                    what=in_words(sight, purpose),
                    fields=posted_as(person_id, purpose),
                )


def appeals_possible(sight: Sight[Enrolment]) -> Iterator[AppealForMe]:
    """Yield, for each decision that the person at the page could appeal against now, or with consent, to do so."""
    deciding = services().deciding()
    for attempt_id, attempt in sight.session.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, sight.stream):
        for decision in attempt.decisions:
            refusal = refusal_of(appeal_against(attempt_id, decision.decision_id), deciding)
            if refusal is None or isinstance(refusal, ConsentMissing):
                yield AppealForMe(assessment_id=attempt_id, decision_id=decision.decision_id)


def to_ask(sight: Sight[Enrolment]) -> Iterator[tuple[str, str]]:
    """Yield what the person at the page may ask for, as the fields that the question posts, and in words."""
    now = sight.state.route_on(today())
    routes = recorded_plan(sight.session.state(PLAN, sight.state.plan_id)).routes()
    purposes: list[Purpose] = [
        *appeals_possible(sight),
        *(RouteForMe(route=route) for route in routes if now is None or route != now.route),
    ]
    deciding = services().deciding()
    for purpose in purposes:
        command = AskConsent(enrolment_id=sight.stream, question_id=new_id(), purpose=purpose, reason=TYPED)
        if refusal_of(command, deciding) is None:
            yield urlencode(purpose_as(purpose)), in_words(sight, purpose)


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
