"""Changes of an enrolment: it is paused, resumed and ended, moved to another employer, and what was wrong put right."""

from typing import Any
from uuid import UUID

from api.blueprint import Blueprint
from api.fields import Day, Id, Text
from api.schemas import ReceiptOut, Schema
from api.shapes import Several, word
from api.writes import execute
from portfolio.domain.enrolment.assignment_corrections import (
    BringEndForward,
    ConfirmTakingBack,
    CorrectAssignment,
    TakeAssignmentBack,
)
from portfolio.domain.enrolment.corrections import (
    CorrectCentre,
    CorrectEmployer,
    CorrectStart,
    CorrectUln,
    MoveToEmployer,
)
from portfolio.domain.enrolment.ending import EndEnrolment, PauseEnrolment, ResumeEnrolment, TakeEndBack
from portfolio.domain.enrolment.facts import Ending
from portfolio.domain.vocabulary import Assignment

enrolment_changes = Blueprint(
    "enrolment-changes",
    "An enrolment is paused, resumed and ended, and what was wrong is put right; nothing on record goes away.",
    below="enrolments",
)


class PauseIn(Schema):
    """From which day an enrolment is paused, and why."""

    pauses_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


class ResumptionIn(Schema):
    """From which day an enrolment goes on, earlier than is on record if that is; the day of the pause takes it back."""

    resumes_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


class EndIn(Schema):
    """How an enrolment ended, from which day on, and why."""

    how = word(Ending, required=True)
    ended_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


class EndTakenBackIn(Schema):
    """Why the end that is on record was an error."""

    reason = Text(2000, lines=True, required=True)


class UlnIn(Schema):
    """The right learner number, and why: write neither number into the reason, which more people read."""

    uln = Text(20, required=True)
    reason = Text(2000, lines=True, required=True)


class EmployerIn(Schema):
    """The employer to whom the apprentice moves on a day, and why."""

    employer = Text(required=True)
    effective_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


class EmployerCorrectionIn(Schema):
    """The right name of the employer who is on record from the day ``since`` on, and why."""

    since = Day(required=True)
    employer = Text(required=True)
    reason = Text(2000, lines=True, required=True)


class CentreIn(Schema):
    """The right number of the centre, and why."""

    centre_ukprn = Text(50, required=True)
    reason = Text(2000, lines=True, required=True)


class StartIn(Schema):
    """The right first day, and why."""

    starts_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


class PartIn(Schema):
    """A part of a person, by the day from which it is on record, and why it is taken back, or that is confirmed."""

    person_id = Id(required=True)
    assignment = word(Assignment, required=True)
    began_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


class PartCorrectionIn(PartIn):
    """The right day and components of a part that goes on; no components means all."""

    starts_on = Day(required=True)
    components = Several(Text(50), frozenset, most=100, load_default=frozenset())


class EarlierEndIn(Schema):
    """An earlier end of a part than ``was``, which is on record; the day it ends no longer counts."""

    person_id = Id(required=True)
    assignment = word(Assignment, required=True)
    was = Day(required=True)
    ends_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


@enrolment_changes.post("/<uuid:enrolment_id>/pause")
@enrolment_changes.arguments(PauseIn)
@enrolment_changes.response(201, ReceiptOut)
def pause_enrolment(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Pause an enrolment: what is open goes on, and no attempt is opened until it is resumed."""
    return execute(PauseEnrolment(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/resumption")
@enrolment_changes.arguments(ResumptionIn)
@enrolment_changes.response(201, ReceiptOut)
def resume_enrolment(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Resume an enrolment that is paused, or put right that its last break ended earlier."""
    return execute(ResumeEnrolment(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/end")
@enrolment_changes.arguments(EndIn)
@enrolment_changes.response(201, ReceiptOut)
def end_enrolment(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """End an enrolment: what is open goes on, cases too, and the apprentice may enrol on the standard again."""
    return execute(EndEnrolment(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/end/withdrawal")
@enrolment_changes.arguments(EndTakenBackIn)
@enrolment_changes.response(201, ReceiptOut)
def take_end_back(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Take back an end that was recorded in error."""
    return execute(TakeEndBack(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/uln-correction")
@enrolment_changes.arguments(UlnIn)
@enrolment_changes.response(201, ReceiptOut)
def correct_uln(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Correct a learner number that was mistyped, which is free then."""
    return execute(CorrectUln(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/employer")
@enrolment_changes.arguments(EmployerIn)
@enrolment_changes.response(201, ReceiptOut)
def move_to_employer(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Move the apprentice to another employer from a day on."""
    return execute(MoveToEmployer(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/employer-correction")
@enrolment_changes.arguments(EmployerCorrectionIn)
@enrolment_changes.response(201, ReceiptOut)
def correct_employer(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Correct the name of an employer on record."""
    return execute(CorrectEmployer(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/centre-correction")
@enrolment_changes.arguments(CentreIn)
@enrolment_changes.response(201, ReceiptOut)
def correct_centre(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Correct the number of the centre."""
    return execute(CorrectCentre(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/start-correction")
@enrolment_changes.arguments(StartIn)
@enrolment_changes.response(201, ReceiptOut)
def correct_start(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Correct the first day of an enrolment."""
    return execute(CorrectStart(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/releases/correction")
@enrolment_changes.arguments(EarlierEndIn)
@enrolment_changes.response(201, ReceiptOut)
def bring_end_forward(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Bring the end of a person's part forward."""
    return execute(BringEndForward(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/assignments/correction")
@enrolment_changes.arguments(PartCorrectionIn)
@enrolment_changes.response(201, ReceiptOut)
def correct_assignment(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Correct the day or the components of a part in which nothing was done."""
    return execute(CorrectAssignment(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/assignments/withdrawal")
@enrolment_changes.arguments(PartIn)
@enrolment_changes.response(201, ReceiptOut)
def take_assignment_back(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Take back a part that a person never had; one that tied them to the apprentice still does until confirmed."""
    return execute(TakeAssignmentBack(enrolment_id=enrolment_id, **body))


@enrolment_changes.post("/<uuid:enrolment_id>/assignments/withdrawal/confirmation")
@enrolment_changes.arguments(PartIn)
@enrolment_changes.response(201, ReceiptOut)
def confirm_taking_back(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Confirm that a person never had a part, which frees them of the conflict."""
    return execute(ConfirmTakingBack(enrolment_id=enrolment_id, **body))
