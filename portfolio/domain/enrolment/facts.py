"""What is recorded of an enrolment."""

from datetime import date
from typing import Literal
from uuid import UUID

from portfolio.domain.enrolment.erasure import PaperErasureFact
from portfolio.domain.kernel import NOBODY, Fact, Value
from portfolio.domain.vocabulary import Assignment


class ApprenticeEnrolled(Fact, tag="enrolment.apprentice-enrolled"):
    """The apprentice is enrolled on a plan edition, a form and a route."""

    apprentice: UUID
    uln: str
    plan_id: UUID
    plan_reference: str
    form_id: UUID
    route: str
    centre_ukprn: str
    employer: str
    starts_on: date


Ending = Literal["completed", "withdrawn", "broken off"]
"""How an enrolment ends: the apprentice finished, or left, or the centre or employer broke it off."""


class EnrolmentPaused(Fact, tag="enrolment.paused"):
    """The enrolment is paused from the day given until it is resumed."""

    pauses_on: date
    reason: str


class EnrolmentResumed(Fact, tag="enrolment.resumed"):
    """The enrolment that was paused goes on from the day given."""

    resumes_on: date
    reason: str


class EnrolmentEnded(Fact, tag="enrolment.ended"):
    """The enrolment has ended from the day given: its standard and learner number are free for another one."""

    how: Ending
    ended_on: date
    reason: str


class EndTakenBack(Fact, tag="enrolment.end-taken-back"):
    """The end that was recorded for ``ended_on`` was an error: the learner number is this enrolment's again."""

    ended_on: date
    uln: str
    plan_reference: str
    reason: str


class UlnCorrected(Fact, tag="enrolment.uln-corrected", omit_defaults=True):
    """The apprentice's learner number is ``uln``; ``was`` was written wrongly, and is free.

    Where the enrolment has ``ended``, it holds no number.
    """

    uln: str
    was: str
    plan_reference: str
    reason: str
    ended: bool = False


class EmployerChanged(Fact, tag="enrolment.employer-changed"):
    """The apprentice moves from employer ``was`` to another one on the day given."""

    employer: str
    was: str
    effective_on: date
    reason: str


class EmployerCorrected(Fact, tag="enrolment.employer-corrected"):
    """The employer from the day ``since`` on is ``employer``; ``was`` was written wrongly."""

    since: date
    employer: str
    was: str
    reason: str


class CentreCorrected(Fact, tag="enrolment.centre-corrected"):
    """The centre has this number; ``was`` was written wrongly."""

    centre_ukprn: str
    was: str
    reason: str


class StartCorrected(Fact, tag="enrolment.start-corrected"):
    """The enrolment begins on this day; ``was`` was written wrongly."""

    starts_on: date
    was: date
    reason: str


class AppealForMe(Value, tag="appeal"):
    """To appeal for the apprentice, once, against this decision."""

    assessment_id: UUID
    decision_id: UUID


class RouteForMe(Value, tag="route"):
    """To move the apprentice, once, to this route."""

    route: str


Purpose = AppealForMe | RouteForMe
"""What the apprentice lets somebody do for them."""


class RouteChanged(Fact, tag="enrolment.route-changed", omit_defaults=True):
    """The apprentice follows another route from the day given; earlier findings stay on record.

    ``cancels``: the days of agreed changes that this one takes the place of.
    """

    route: str
    form_id: UUID
    effective_on: date
    reason: str
    consent_id: UUID = NOBODY
    cancels: tuple[date, ...] = ()


class PersonAssigned(Fact, tag="enrolment.person-assigned", omit_defaults=True):
    """A person has a part in this enrolment from the day given; no components means all.

    ``components`` are keys on the form ``form_id``; where it is not said, on the one that held when the part began.
    """

    person_id: UUID
    assignment: Assignment
    starts_on: date
    components: frozenset[str]
    form_id: UUID = NOBODY


class PersonReleased(Fact, tag="enrolment.person-released", omit_defaults=True):
    """The person's part ended on the day given; ``cases`` are the open appeals that they are part of."""

    person_id: UUID
    assignment: Assignment
    ends_on: date
    reason: str
    cases: tuple[UUID, ...] = ()


class EndBroughtForward(Fact, tag="enrolment.end-brought-forward", omit_defaults=True):
    """The person's part ends on an earlier day than ``was``; ``cases`` are the open appeals that they are part of."""

    person_id: UUID
    assignment: Assignment
    was: date
    ends_on: date
    reason: str
    cases: tuple[UUID, ...] = ()


class AssignmentCorrected(Fact, tag="enrolment.assignment-corrected", omit_defaults=True):
    """The part that was recorded from ``began_on``, for the components ``was``, is from another day or for others."""

    person_id: UUID
    assignment: Assignment
    began_on: date
    was: frozenset[str]
    starts_on: date
    components: frozenset[str]
    form_id: UUID = NOBODY
    reason: str


class AssignmentTakenBack(Fact, tag="enrolment.assignment-taken-back", omit_defaults=True):
    """The person never had the part that was recorded from ``began_on``.

    ``waits``: it ties them to the apprentice until that is confirmed. ``cases`` are open appeals they are part of.
    """

    person_id: UUID
    assignment: Assignment
    began_on: date
    reason: str
    waits: bool = False
    cases: tuple[UUID, ...] = ()


class TakingBackConfirmed(Fact, tag="enrolment.taking-back-confirmed"):
    """A responsible officer confirmed that the person never had the part: it is no tie to the apprentice."""

    person_id: UUID
    assignment: Assignment
    began_on: date
    reason: str


class ScrutinyRouteRecorded(Fact, tag="enrolment.scrutiny-route-recorded"):
    """A centre assessor who coached may decide this component of this form; each decision waits for the second person.

    A later route for the same assessor and component stands in the place of this one, also for decisions that wait.
    """

    assessor: UUID
    second_person: UUID
    form_id: UUID
    component: str
    reason: str
    officer: UUID


class ConsentGiven(Fact, tag="enrolment.consent-given", omit_defaults=True):
    """The apprentice lets a person do one thing for them, once; ``paper_id`` where they said so on signed paper."""

    consent_id: UUID
    person_id: UUID
    purpose: Purpose
    paper_id: UUID = NOBODY


class ConsentTakenBack(Fact, tag="enrolment.consent-taken-back", omit_defaults=True):
    """The apprentice lets the person no longer do it; ``paper_id`` where they said so on signed paper."""

    consent_id: UUID
    paper_id: UUID = NOBODY


class ConsentAsked(Fact, tag="enrolment.consent-asked"):
    """Somebody asks the apprentice to let them do one thing for them, once, and says why."""

    question_id: UUID
    person_id: UUID
    purpose: Purpose
    reason: str


class ConsentDeclined(Fact, tag="enrolment.consent-declined"):
    """The apprentice says no to what they were asked; they need not say why."""

    question_id: UUID
    reason: str


class ConsentQuestionWithdrawn(Fact, tag="enrolment.consent-question-withdrawn"):
    """Whoever asked for a consent asks no longer."""

    question_id: UUID


AboutConsent = ConsentGiven | ConsentTakenBack | ConsentAsked | ConsentDeclined | ConsentQuestionWithdrawn
"""What is recorded of consents, and of the questions for them."""


class ConsentOnPaper(Value, tag="consent"):
    """That this person may do one thing for the apprentice, once."""

    person_id: UUID
    purpose: Purpose


class TakenBackOnPaper(Value, tag="consent taken back"):
    """That the consent no longer holds."""

    consent_id: UUID


class WithdrawnOnPaper(Value, tag="appeal withdrawn"):
    """That the appeal is taken back."""

    appeal_id: UUID


Said = ConsentOnPaper | TakenBackOnPaper | WithdrawnOnPaper
"""What an apprentice who cannot sign in says on a paper that they sign."""


class PaperAnnounced(Fact, tag="enrolment.paper-announced"):
    """A paper that the apprentice signed will be kept, as it was scanned; ``reason``: why they cannot sign in."""

    paper_id: UUID
    says: Said
    reason: str
    officer: UUID
    filename: str
    media_type: str
    size: int
    sha256: str


class PaperReceived(Fact, tag="enrolment.paper-received"):
    """The officer said that the bytes of the paper are all there, and they are: they wait to be checked."""

    paper_id: UUID


class PaperRefused(Fact, tag="enrolment.paper-refused"):
    """The paper was checked and is not taken: by which refusal, and the sentence that says why. It is removed."""

    paper_id: UUID
    refusal: str
    why: str


class PaperSealed(Fact, tag="enrolment.paper-sealed", omit_defaults=True):
    """The bytes of the paper were checked and are fixed, under its id; it is never evidence.

    ``screening`` says what looked for malware, ``storage_version`` is the storage's own name for exactly these bytes.
    ``blocks`` is the SHA-256 of the digests of its blocks, which lie beside the file, empty where none do.
    """

    paper_id: UUID
    sha256: str
    size: int
    media_type: str
    screening: str
    storage_version: str = ""
    blocks: str = ""


EnrolmentFact = (
    ApprenticeEnrolled
    | EnrolmentPaused
    | EnrolmentResumed
    | EnrolmentEnded
    | EndTakenBack
    | UlnCorrected
    | EmployerChanged
    | EmployerCorrected
    | CentreCorrected
    | StartCorrected
    | RouteChanged
    | PersonAssigned
    | PersonReleased
    | EndBroughtForward
    | AssignmentCorrected
    | AssignmentTakenBack
    | TakingBackConfirmed
    | ScrutinyRouteRecorded
    | AboutConsent
    | PaperAnnounced
    | PaperReceived
    | PaperSealed
    | PaperRefused
    | PaperErasureFact
)
