"""Consequences: what follows from an upheld appeal is drawn, or is a task of the responsible officer until it is."""

from uuid import UUID

from portfolio.domain.appeal.facts import (
    AppealFact,
    Consequence,
    ConsequenceClosed,
    ConsequenceDrawn,
    ConsequenceRefused,
)
from portfolio.domain.appeal.lineage import ForPanel, check_officer
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.state import Appeal, check_lodged
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.assessment.opening import goes_on
from portfolio.domain.components import Components
from portfolio.domain.enrolment.state import RouteFrom
from portfolio.domain.kernel import Command, Known, NotVisible
from portfolio.domain.words import Name, OptionalReason, Statement


class NoteConsequence(Command):
    """Keep that something that follows from the upheld appeal was done, on this attempt."""

    appeal_id: UUID
    consequence: Consequence
    assessment_id: UUID


class NoteRefusedConsequence(Command):
    """Keep that a rule refused something that follows from the upheld appeal."""

    appeal_id: UUID
    consequence: Consequence
    refusal: Name
    why: Statement


class CloseConsequence(Command):
    """Give up a consequence that a rule refused, saying why."""

    appeal_id: UUID
    consequence: Consequence
    reason: OptionalReason


class ConsequenceNotOpen(NotVisible, rule="APPEAL-16"):
    """No such consequence of this appeal waits for anybody."""


def note_consequence(appeal: Appeal, command: NoteConsequence, known: Known) -> list[AppealFact]:
    """Record what was done, once."""
    check_lodged(appeal)
    if command.consequence not in appeal.pending:
        return []
    return [ConsequenceDrawn(consequence=command.consequence, assessment_id=command.assessment_id)]


def note_refused_consequence(appeal: Appeal, command: NoteRefusedConsequence, known: Known) -> list[AppealFact]:
    """Record why it was refused, and again only if that is another reason than last time (APPEAL-16)."""
    check_lodged(appeal)
    refused = ConsequenceRefused(consequence=command.consequence, refusal=command.refusal, why=command.why)
    return [] if command.consequence in appeal.settled or refused in appeal.refused else [refused]


def close_consequence(appeal: Appeal, command: CloseConsequence, known: ForPanel) -> list[AppealFact]:
    """Close the task as an officer who is free of the matter, with a reason (APPEAL-16, APPEAL-10)."""
    check_lodged(appeal)
    if all(each.consequence != command.consequence for each in appeal.refused):
        raise ConsequenceNotOpen
    check_officer(appeal, known)
    if not command.reason.strip():
        raise OutcomeIncomplete("Say why it is not drawn any more.")
    return [ConsequenceClosed(consequence=command.consequence, reason=command.reason)]


def attempt_that_goes_on(
    contested: AttemptOpened, attempts: dict[UUID, Assessment], route: RouteFrom | None, components: Components
) -> UUID | None:
    """Return the attempt at the component that waits for its decision already: it is the new attempt (APPEAL-10)."""
    if route is None:
        return None
    open_ones = (
        attempt_id
        for attempt_id, attempt in attempts.items()
        if attempt.opened is not None
        and goes_on(attempt, route)
        and key_now(attempt.opened, route, components) == key_now(contested, route, components)
    )
    return next(open_ones, None)


def key_now(opened: AttemptOpened, route: RouteFrom | None, components: Components) -> str:
    """Return the key on the form taken now of the component that the attempt was at.

    Where it has none it is the old key, marked as such if it names another component there: no attempt is opened at it.
    """
    form = components.forms.get(route.form_id) if route else None
    component = components.counting_as(opened, form) if form else None
    if component is not None:
        return component.key
    return f"former {opened.component}" if form and form.component(opened.component) else opened.component
