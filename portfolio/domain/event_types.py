"""The types of events that other systems are told: each a name and ids that stay as they are whatever becomes of facts.

An event says that something happened to a record, and no more than where to read what: whoever may read it asks for it.
A type never changes its meaning; one that does is another number (``.v2``), told beside the old one. Fields may be
added to a type, never taken away.
"""

from datetime import datetime
from uuid import UUID

from portfolio.domain.kernel import Value


class Event(Value):
    """Something that happened: its own id, where the record has it, and when it was recorded."""

    id: UUID
    position: int
    timestamp: datetime


class OfPlan(Event):
    """It happened to an edition of a plan."""

    plan_id: UUID


class PlanImported(OfPlan, tag="plan.imported.v1"):
    """The text of a plan was read: what could not be told apart in it has to be ruled on before it is approved."""


class PlanApproved(OfPlan, tag="plan.approved.v1"):
    """An edition of a plan may be used."""


class CriteriaApproved(Event, tag="criteria.approved.v1"):
    """A version of criteria may be decided against."""

    criteria_id: UUID


class FormApproved(Event, tag="form.approved.v1"):
    """A form may be enrolled on."""

    form_id: UUID


class OfPerson(Event):
    """It happened to what is recorded of a person."""

    person_id: UUID


class PersonRegistered(OfPerson, tag="person.registered.v1"):
    """Somebody is known here."""


class PersonCorrected(OfPerson, tag="person.corrected.v1"):
    """A name, or where somebody works, was put right."""


class RolesChanged(OfPerson, tag="person.roles-changed.v1"):
    """Somebody was given a role, or one of theirs ended."""


class PersonSuspended(OfPerson, tag="person.suspended.v1"):
    """Somebody may not act until they are reinstated."""


class PersonReinstated(OfPerson, tag="person.reinstated.v1"):
    """Somebody who was suspended may act again."""


class OfEnrolment(Event):
    """It happened to an enrolment, or to what lies in it."""

    enrolment_id: UUID


class EnrolmentBegun(OfEnrolment, tag="enrolment.begun.v1"):
    """An apprentice was enrolled."""


class EnrolmentPaused(OfEnrolment, tag="enrolment.paused.v1"):
    """The enrolment is paused, from a day that it says."""


class EnrolmentResumed(OfEnrolment, tag="enrolment.resumed.v1"):
    """The enrolment goes on, from a day that it says."""


class EnrolmentEnded(OfEnrolment, tag="enrolment.ended.v1"):
    """The enrolment has ended, or will on a day that it says."""


class EndTakenBack(OfEnrolment, tag="enrolment.end-taken-back.v1"):
    """The end that was recorded of the enrolment was an error."""


class EnrolmentCorrected(OfEnrolment, tag="enrolment.corrected.v1"):
    """A learner number, an employer, a centre or a start was written wrongly and put right."""


class EmployerChanged(OfEnrolment, tag="enrolment.employer-changed.v1"):
    """The apprentice moves to another employer, on a day that the enrolment says."""


class RouteChanged(OfEnrolment, tag="enrolment.route-changed.v1"):
    """The apprentice follows another route, from a day that the enrolment says."""


class PartsChanged(OfEnrolment, tag="enrolment.parts-changed.v1"):
    """A person has a part in the enrolment, has one no longer, or theirs was put right."""

    person_id: UUID


class OfConsent(OfEnrolment):
    """It happened to a consent of the apprentice, or to the question for one."""


class ConsentAsked(OfConsent, tag="consent.asked.v1"):
    """Somebody asks the apprentice to let them do one thing for them."""

    question_id: UUID


class ConsentGiven(OfConsent, tag="consent.given.v1"):
    """The apprentice lets somebody do one thing for them."""

    consent_id: UUID


class ConsentTakenBack(OfConsent, tag="consent.taken-back.v1"):
    """The apprentice no longer lets them."""

    consent_id: UUID


class ConsentDeclined(OfConsent, tag="consent.declined.v1"):
    """The apprentice said no to what they were asked."""

    question_id: UUID


class ConsentQuestionWithdrawn(OfConsent, tag="consent.question-withdrawn.v1"):
    """Whoever asked for a consent asks no longer."""

    question_id: UUID


class OfVersion(OfEnrolment):
    """It happened to a version of an evidence item."""

    evidence_id: UUID
    version: int


class FileSealed(OfVersion, tag="evidence.file-sealed.v1"):
    """A file was checked and is kept."""


class FileRefused(OfVersion, tag="evidence.file-refused.v1"):
    """A file was checked and is not taken: the item says why."""


class EvidenceHandedIn(OfVersion, tag="evidence.handed-in.v1"):
    """The apprentice handed the version in."""


class EvidenceRecorded(OfVersion, tag="evidence.recorded.v1"):
    """Somebody wrote a record, or wrote theirs anew."""


class EvidenceAccepted(OfVersion, tag="evidence.accepted.v1"):
    """The version is taken into assessment."""


class EvidenceReturned(OfVersion, tag="evidence.returned.v1"):
    """The version was given back with a reason."""


class EvidenceReplaced(OfVersion, tag="evidence.replaced.v1"):
    """A newer version stands in its place."""


class ClaimsChanged(OfVersion, tag="evidence.claims-changed.v1"):
    """The apprentice says that the version shows a code, or no longer says so."""

    code: str


class EvidenceRemarked(OfVersion, tag="evidence.remarked.v1"):
    """A remark was made on the version."""

    annotation_id: UUID


class EvidenceRedacted(OfVersion, tag="evidence.redacted.v1"):
    """Places of the version are hidden from some readers, or no longer: read it again."""


class EvidenceWithdrawn(OfVersion, tag="evidence.withdrawn.v1"):
    """The apprentice took the version back: whoever keeps a copy of it has no reason to any more."""


class FileErased(OfVersion, tag="evidence.file-erased.v1"):
    """The bytes of the version were erased: whoever keeps a copy of them has to erase it too."""


class OfAttempt(OfEnrolment):
    """It happened to an attempt at a component."""

    assessment_id: UUID


class AttemptOpened(OfAttempt, tag="attempt.opened.v1"):
    """An attempt is open."""


class AttemptClosed(OfAttempt, tag="attempt.closed.v1"):
    """The attempt ended undecided."""


class OfDecision(OfAttempt):
    """It happened to a decision on an attempt."""

    decision_id: UUID


class GradeDecided(OfDecision, tag="decision.made.v1"):
    """A grade was decided; where a second person is asked, it counts once they have confirmed it."""


class DecisionConfirmed(OfDecision, tag="decision.confirmed.v1"):
    """The second person confirmed the decision."""


class DecisionDeclined(OfDecision, tag="decision.declined.v1"):
    """The second person declined the decision."""


class DecisionSuperseded(OfDecision, tag="decision.superseded.v1"):
    """Another decision stands in the place of this one."""

    superseded_by: UUID


class DecisionSetAside(OfDecision, tag="decision.set-aside.v1"):
    """The decision is without effect, and none stands in its place."""


class OfAppeal(OfEnrolment):
    """It happened to an appeal."""

    appeal_id: UUID


class AppealLodged(OfAppeal, tag="appeal.lodged.v1"):
    """A decision is challenged."""


class AppealAdmitted(OfAppeal, tag="appeal.admitted.v1"):
    """The appeal will be heard."""


class AppealNotAdmitted(OfAppeal, tag="appeal.not-admitted.v1"):
    """The appeal is not heard."""


class SecondLookAsked(OfAppeal, tag="appeal.second-look-asked.v1"):
    """The appellant asks that somebody else looks again at whether it is heard."""


class PanelChanged(OfAppeal, tag="appeal.panel-changed.v1"):
    """The panel was convened, or somebody else sits on it."""


class AppealDecided(OfAppeal, tag="appeal.decided.v1"):
    """The panel gave its outcome."""


class AppealWithdrawn(OfAppeal, tag="appeal.withdrawn.v1"):
    """The appeal was taken back."""
