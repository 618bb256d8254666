"""Questions for a consent: who would use one asks the apprentice for it, who agrees (``/consents``) or says no."""

from typing import Any, get_args
from uuid import UUID

from api.blueprint import Blueprint
from api.fields import Id, Text
from api.ids import new_id
from api.schemas import ReceiptOut, Schema
from api.shapes import OneOf
from api.writes import execute
from portfolio.domain.enrolment.consent import AskConsent, DeclineConsent, WithdrawQuestion
from portfolio.domain.enrolment.facts import Purpose

consent_questions = Blueprint(
    "consent-questions",
    "What an apprentice is asked to let somebody do for them, once; they agree by giving the consent.",
    below="enrolments",
)


class QuestionIn(Schema):
    """What you ask the apprentice to let you do, and why, in your own words."""

    purpose = OneOf(get_args(Purpose), required=True)
    reason = Text(2000, lines=True, required=True)


class AskedOut(ReceiptOut):
    """The receipt of a question, with its id."""

    question_id = Id(required=True)


class DeclinedIn(Schema):
    """A no, with a reason or without one."""

    reason = Text(2000, least=0, lines=True, load_default="")


@consent_questions.post("/<uuid:enrolment_id>/consent-questions")
@consent_questions.arguments(QuestionIn)
@consent_questions.response(201, AskedOut)
def ask_consent(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Ask the apprentice to let you do one thing: appeal against a decision, or move them to another route."""
    question_id = new_id()
    command = AskConsent(enrolment_id=enrolment_id, question_id=question_id, **body)
    return execute(command, extra={"question_id": question_id})


@consent_questions.post("/<uuid:enrolment_id>/consent-questions/<uuid:question_id>/refusal")
@consent_questions.arguments(DeclinedIn)
@consent_questions.response(201, ReceiptOut)
def decline_consent(body: dict[str, Any], enrolment_id: UUID, question_id: UUID) -> dict[str, Any]:
    """Say no; you may still give the consent later."""
    return execute(DeclineConsent(enrolment_id=enrolment_id, question_id=question_id, **body))


@consent_questions.post("/<uuid:enrolment_id>/consent-questions/<uuid:question_id>/withdrawal")
@consent_questions.response(201, ReceiptOut)
def withdraw_question(enrolment_id: UUID, question_id: UUID) -> dict[str, Any]:
    """Ask no longer."""
    return execute(WithdrawQuestion(enrolment_id=enrolment_id, question_id=question_id))
