"""Events: what other systems are told of facts. A fact without a row here is told to nobody."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from portfolio.domain import corrections as people
from portfolio.domain import criteria, form, person, plan, standing
from portfolio.domain import event_types as told
from portfolio.domain.appeal import facts as appeal
from portfolio.domain.assessment import facts as assessment
from portfolio.domain.enrolment import facts as enrolment
from portfolio.domain.event_types import Event
from portfolio.domain.evidence import erasure
from portfolio.domain.evidence import facts as evidence
from portfolio.domain.kernel import Entry, Fact

NAMESPACE = UUID("6f9d2a3e-6a5b-5c1e-9a44-2c0b7e1f4d10")
"""What the ids of events are made in."""


class Telling(NamedTuple):
    """How a fact is told: as which event, with which of its own fields."""

    kind: type[Event]
    names: tuple[str, ...]


def _of(kind: type[Event], *names: str) -> Telling:
    return Telling(kind, names)


EVENTS: Mapping[type[Fact], Telling] = {
    plan.PlanImported: _of(told.PlanImported),
    plan.PlanApproved: _of(told.PlanApproved),
    criteria.CriteriaApproved: _of(told.CriteriaApproved),
    form.FormApproved: _of(told.FormApproved),
    person.PersonRegistered: _of(told.PersonRegistered),
    people.NameCorrected: _of(told.PersonCorrected),
    people.EmploymentCorrected: _of(told.PersonCorrected),
    person.RoleGranted: _of(told.RolesChanged),
    person.RoleEnded: _of(told.RolesChanged),
    standing.PersonSuspended: _of(told.PersonSuspended),
    standing.PersonReinstated: _of(told.PersonReinstated),
    enrolment.ApprenticeEnrolled: _of(told.EnrolmentBegun),
    enrolment.EnrolmentPaused: _of(told.EnrolmentPaused),
    enrolment.EnrolmentResumed: _of(told.EnrolmentResumed),
    enrolment.EnrolmentEnded: _of(told.EnrolmentEnded),
    enrolment.EndTakenBack: _of(told.EndTakenBack),
    enrolment.UlnCorrected: _of(told.EnrolmentCorrected),
    enrolment.EmployerCorrected: _of(told.EnrolmentCorrected),
    enrolment.CentreCorrected: _of(told.EnrolmentCorrected),
    enrolment.StartCorrected: _of(told.EnrolmentCorrected),
    enrolment.EmployerChanged: _of(told.EmployerChanged),
    enrolment.RouteChanged: _of(told.RouteChanged),
    enrolment.PersonAssigned: _of(told.PartsChanged, "person_id"),
    enrolment.PersonReleased: _of(told.PartsChanged, "person_id"),
    enrolment.EndBroughtForward: _of(told.PartsChanged, "person_id"),
    enrolment.AssignmentCorrected: _of(told.PartsChanged, "person_id"),
    enrolment.AssignmentTakenBack: _of(told.PartsChanged, "person_id"),
    enrolment.ConsentAsked: _of(told.ConsentAsked, "question_id"),
    enrolment.ConsentGiven: _of(told.ConsentGiven, "consent_id"),
    enrolment.ConsentTakenBack: _of(told.ConsentTakenBack, "consent_id"),
    enrolment.ConsentDeclined: _of(told.ConsentDeclined, "question_id"),
    enrolment.ConsentQuestionWithdrawn: _of(told.ConsentQuestionWithdrawn, "question_id"),
    evidence.FileSealed: _of(told.FileSealed, "version"),
    evidence.FileRefused: _of(told.FileRefused, "version"),
    evidence.EvidenceSubmitted: _of(told.EvidenceHandedIn, "version"),
    evidence.EvidenceRecorded: _of(told.EvidenceRecorded, "version"),
    evidence.EvidenceAccepted: _of(told.EvidenceAccepted, "version"),
    evidence.EvidenceReturned: _of(told.EvidenceReturned, "version"),
    evidence.EvidenceReplaced: _of(told.EvidenceReplaced, "version"),
    evidence.StatementClaimed: _of(told.ClaimsChanged, "version", "code"),
    evidence.ClaimDropped: _of(told.ClaimsChanged, "version", "code"),
    evidence.EvidenceAnnotated: _of(told.EvidenceRemarked, "version", "annotation_id"),
    evidence.EvidenceRedacted: _of(told.EvidenceRedacted, "version"),
    evidence.EvidenceWithdrawn: _of(told.EvidenceWithdrawn, "version"),
    erasure.FileErased: _of(told.FileErased, "version"),
    assessment.AttemptOpened: _of(told.AttemptOpened),
    assessment.AttemptClosed: _of(told.AttemptClosed),
    assessment.GradeDecided: _of(told.GradeDecided, "decision_id"),
    assessment.DecisionConfirmed: _of(told.DecisionConfirmed, "decision_id"),
    assessment.DecisionDeclined: _of(told.DecisionDeclined, "decision_id"),
    assessment.GradeDecisionSuperseded: _of(told.DecisionSuperseded, "decision_id", "superseded_by"),
    assessment.DecisionVoided: _of(told.DecisionSetAside, "decision_id"),
    appeal.AppealLodged: _of(told.AppealLodged),
    appeal.AppealAdmitted: _of(told.AppealAdmitted),
    appeal.AppealNotAdmitted: _of(told.AppealNotAdmitted),
    appeal.SecondLookAsked: _of(told.SecondLookAsked),
    appeal.PanelConvened: _of(told.PanelChanged),
    appeal.PanelMemberAdded: _of(told.PanelChanged),
    appeal.PanelMemberRecused: _of(told.PanelChanged),
    appeal.PanelMemberReplaced: _of(told.PanelChanged),
    appeal.AppealDecided: _of(told.AppealDecided),
    appeal.AppealWithdrawn: _of(told.AppealWithdrawn),
}
"""The facts that are told, each as which event and with which of its fields."""

KINDS: tuple[type[Event], ...] = tuple(dict.fromkeys(kind for kind, _ in EVENTS.values()))
"""Every type of event, in the order of the reference."""

RECORD: Mapping[type[Event], str] = {
    told.OfVersion: "evidence_id",
    told.OfAttempt: "assessment_id",
    told.OfAppeal: "appeal_id",
    told.OfEnrolment: "enrolment_id",
    told.OfPerson: "person_id",
    told.OfPlan: "plan_id",
    told.CriteriaApproved: "criteria_id",
    told.FormApproved: "form_id",
}
"""Which field of an event names the stream of its fact; the first class that fits counts."""


def type_of(kind: type[Event]) -> str:
    """Return the name of a type of events."""
    return str(kind.__struct_config__.tag)


TYPES: Mapping[str, type[Event]] = {type_of(kind): kind for kind in KINDS}
"""Every type of events by its name."""


def record_of(kind: type[Event]) -> str:
    """Return which field of such an event names the record that it happened to."""
    return next(field for of, field in RECORD.items() if issubclass(kind, of))


def event_of(entry: Entry, owner: UUID | None) -> Event | None:
    """Return what other systems are told of a fact, None if nothing; ``owner`` is the enrolment its stream lies in."""
    row = EVENTS.get(type(entry.fact))
    if row is None:
        return None
    kind, names = row
    fields: dict[str, Any] = {name: getattr(entry.fact, name) for name in names}
    fields[record_of(kind)] = entry.originator_id
    if issubclass(kind, told.OfEnrolment):
        fields["enrolment_id"] = owner
    make: Callable[..., Event] = kind
    return make(id=id_of(entry), position=entry.position, timestamp=entry.at, **fields)


def id_of(entry: Entry) -> UUID:
    """Return the id of what is told of a fact: the same each time, and another one for every other fact."""
    return uuid5(NAMESPACE, f"{entry.originator_id} {entry.originator_version} {entry.at.isoformat()}")
