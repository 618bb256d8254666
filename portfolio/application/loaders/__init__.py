"""Loaders: what each rule must know, read from the record. A loader returns states and judges nothing.

They read the journal, never a view, and every stream they read is part of what the append insists on.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args, get_type_hints
from uuid import UUID

from portfolio.application.loaders import (
    appeal,
    assessment,
    criteria,
    deployment,
    enrolment,
    evidence,
    form,
    identity,
    person,
    plan,
    program,
)
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.kernel import Command, Known

Loader = Callable[[ReadSession, Any, UUID, datetime], Known]
"""Reads what the rule of a command must know; its annotations name the command, or several, and what it returns."""


def only_now(_: ReadSession, __: Command, by: UUID, at: datetime) -> Known:
    """Return who asks and when, for a rule that needs no other record."""
    return Known(by=by, at=at, today=london_day(at))


NEEDING_MORE: tuple[Loader, ...] = (
    deployment.for_clock,
    deployment.for_loss,
    person.for_declaration,
    plan.for_import,
    criteria.for_draft,
    criteria.for_predecessor,
    criteria.for_approval,
    criteria.for_grade_rules,
    form.for_draft,
    form.for_component,
    form.for_approval,
    enrolment.for_enrolment,
    enrolment.for_days,
    enrolment.for_taking_back,
    enrolment.for_route,
    enrolment.for_assignment,
    enrolment.for_release,
    enrolment.for_assignment_correction,
    enrolment.for_confirmation,
    enrolment.for_consent,
    enrolment.for_question,
    enrolment.for_paper,
    enrolment.for_completed_paper,
    person.for_webhook,
    person.for_grant,
    person.for_end,
    person.for_suspension,
    person.for_competence,
    person.for_correction,
    identity.for_linking,
    identity.for_acceptance,
    person.for_address,
    person.for_invitation,
    enrolment.for_scrutiny_route,
    appeal.for_lodging,
    appeal.for_second_look,
    appeal.for_hearing,
    appeal.for_withdrawal,
    appeal.for_panel,
    appeal.for_addition,
    appeal.for_replacement,
    assessment.for_attempt,
    assessment.for_findings,
    assessment.for_attempt_as_it_is,
    assessment.for_confirming,
    assessment.for_grade,
    assessment.for_supersession,
    assessment.for_void,
    evidence.for_offer,
    evidence.for_next_version,
    evidence.for_record,
    evidence.for_record_correction,
    evidence.for_claim,
    evidence.for_drop,
    evidence.for_answer,
    evidence.for_withdrawal,
    evidence.for_annotation,
    evidence.for_view,
    evidence.for_original,
    evidence.for_discard,
    evidence.for_erasure,
    evidence.for_paper_erasure,
    program.for_owner,
)


def commands_of(loader: Loader) -> tuple[type[Command], ...]:
    """Return the commands that a loader serves."""
    return get_args(get_type_hints(loader)["command"] | None)[:-1]  # a union with None, of one or of several


LOADERS: dict[type[Command], Loader] = {command: loader for loader in NEEDING_MORE for command in commands_of(loader)}


def load(session: ReadSession, command: Command, by: UUID, at: datetime) -> Any:
    """Return what the rule of a command must know."""
    return LOADERS.get(type(command), only_now)(session, command, by, at)
