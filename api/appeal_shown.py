"""What a person is shown of an appeal: what the panel says to each other is its own until the outcome."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal, get_args
from uuid import UUID

from marshmallow import fields

from api.appellants import appellant_of
from api.fields import Id, Moment
from api.reads import Sight
from api.schemas import Schema
from api.shapes import Demo, OneOf, fields_of, shape, word
from api.trail import may_read_deliberation, name_of
from portfolio.domain.appeal.facts import (
    Answer,
    AppealAdmitted,
    AppealDecided,
    AppealNotAdmitted,
    Consequence,
    ConsequenceClosed,
    ConsequenceDrawn,
    ConsequenceRefused,
    Ground,
    NotHeardFor,
    Outcome,
    Subject,
)
from portfolio.domain.appeal.state import Appeal, Status
from portfolio.domain.kernel import Recorded

Admission = AppealAdmitted | AppealNotAdmitted
"""Facts that answer whether an appeal is heard."""


class MemberOut(Schema):
    """A member of the panel."""

    person_id = Id(required=True)
    name = fields.String(required=True)
    independent = fields.Boolean(required=True)
    recused = fields.Boolean(required=True)


class AdmissionOut(Schema):
    """An answer to whether the appeal is heard: the first, or the one of the second look."""

    admitted = fields.Boolean(required=True)
    by = Id(required=True)
    name = fields.String(required=True)
    at = Moment(required=True)
    because = word(NotHeardFor, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class ProposalOut(Schema):
    """An outcome that a member proposed, which those in ``behind`` stand behind."""

    proposal = fields.Integer(required=True)
    member = Id(required=True)
    name = fields.String(required=True)
    proposed_on = fields.Date(required=True)
    outcome = word(Outcome, required=True)
    reasons = fields.String(required=True)
    answers = fields.List(fields.Nested(shape(Answer)), required=True)
    cites = fields.List(Id(), required=True)
    behind = fields.List(Id(), required=True)


class PanelAnswerOut(Schema):
    """Where a member stands: behind a proposal, or behind none (null), with their own account."""

    member = Id(required=True)
    name = fields.String(required=True)
    proposal = fields.Integer(required=True, allow_none=True)
    account = fields.String(required=True)


class ConsequenceOut(Schema):
    """What follows from the upheld appeal: ``drawn`` on an attempt, ``refused`` and why, or ``closed`` and why."""

    consequence = word(Consequence, required=True)
    became = word(Literal["drawn", "refused", "closed"], required=True)
    at = Moment(required=True)
    assessment_id = Id(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class AppealOut(Schema):
    """An appeal and where it stands; what has not happened yet is null or empty.

    ``open``: the case goes on, and what it is about is held. ``proposals`` and ``panel_answers`` are the panel's own
    until its outcome.
    """

    demo = Demo()
    appeal_id = Id(required=True)
    status = word(Status, required=True)
    open = fields.Boolean(required=True)
    set_aside = fields.Boolean(
        required=True, metadata={"description": "What is contested is that the decision was set aside."}
    )
    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    lodged_by = Id(required=True, metadata={"description": "Who lodged it; a coach, where the apprentice consented."})
    appellant = Id(required=True, metadata={"description": "The apprentice, once a coach who lodged it may not act."})
    appellant_name = fields.String(required=True)
    subject = OneOf(get_args(Subject), required=True)
    grounds = fields.List(fields.Nested(shape(Ground)), required=True)
    lodged_at = Moment(required=True)
    refusal = fields.String(required=True, allow_none=True)
    admissions = fields.List(fields.Nested(AdmissionOut), required=True)
    panel = fields.List(fields.Nested(MemberOut), required=True)
    divided = fields.Boolean(required=True)
    proposals = fields.List(fields.Nested(ProposalOut), required=True)
    panel_answers = fields.List(fields.Nested(PanelAnswerOut), required=True)
    outcome = word(Outcome, required=True, allow_none=True)
    reasons = fields.String(required=True, allow_none=True)
    answers = fields.List(fields.Nested(shape(Answer)), required=True)
    consequences = fields.List(fields.Nested(ConsequenceOut), required=True)


def appeal_shown(sight: Sight[Appeal]) -> dict[str, Any]:
    """Return an appeal in the shape ``AppealOut``."""
    appeal, history = sight.state, sight.session.history(sight.stream)
    named = partial(name_of, sight.session)
    appellant = appellant_of(sight.session, appeal)
    admissions = [admission(entry, named) for entry in history if isinstance(entry.fact, Admission)]
    decided = next((entry.fact for entry in history if isinstance(entry.fact, AppealDecided)), None)
    deliberation = sight.state if may_read_deliberation(sight, sight.stream) else Appeal()
    return {
        "appeal_id": sight.stream,
        "status": appeal.status,
        "open": appeal.is_open(),
        "set_aside": appeal.set_aside,
        "enrolment_id": appeal.enrolment_id,
        "apprentice": appeal.apprentice,
        "name": named(appeal.apprentice),
        "lodged_by": appeal.appellant,
        "appellant": appellant,
        "appellant_name": named(appellant),
        "subject": appeal.subject_of_appeal,
        "grounds": appeal.grounds,
        "lodged_at": history[0].at,
        "refusal": admissions[-1]["reason"] if admissions else None,
        "admissions": admissions,
        "panel": [
            {
                "person_id": member,
                "name": named(member),
                "independent": member in appeal.independent,
                "recused": member in appeal.recused,
            }
            for member in sorted(appeal.members)
        ],
        "divided": appeal.divided,
        "proposals": [
            {
                **fields_of(each),
                "name": named(each.member),
                "behind": sorted(answer.member for answer in appeal.answers if answer.proposal == each.proposal),
            }
            for each in deliberation.proposals
        ],
        "panel_answers": [
            {**fields_of(each), "proposal": each.proposal or None, "name": named(each.member)}
            for each in deliberation.answers
        ],
        "outcome": decided and decided.outcome,
        "reasons": decided and decided.reasons,
        "answers": decided.answers if decided else (),
        "consequences": consequences(history),
    }


def admission(entry: Recorded, named: Callable[[UUID], str]) -> dict[str, Any]:
    """Return an answer to whether the appeal is heard in the shape ``AdmissionOut``."""
    refused = entry.fact if isinstance(entry.fact, AppealNotAdmitted) else None
    return {
        "admitted": refused is None,
        "by": entry.by,
        "name": named(entry.by),
        "at": entry.at,
        "because": refused and refused.because,
        "reason": refused and refused.reason,
    }


def consequences(history: Sequence[Recorded]) -> list[dict[str, Any]]:
    """Return what became of each consequence, last, in the shape ``ConsequenceOut``."""
    last: dict[str, dict[str, Any]] = {}
    for entry in history:
        row = {"at": entry.at, "assessment_id": None, "reason": None}
        match entry.fact:
            case ConsequenceDrawn(consequence=what, assessment_id=attempt):
                last[what] = {**row, "consequence": what, "became": "drawn", "assessment_id": attempt}
            case ConsequenceRefused(consequence=what, why=why):
                last[what] = {**row, "consequence": what, "became": "refused", "reason": why}
            case ConsequenceClosed(consequence=what, reason=reason):
                last[what] = {**row, "consequence": what, "became": "closed", "reason": reason}
    return list(last.values())
