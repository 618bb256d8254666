"""What the rules of an enrolment refuse."""

from portfolio.domain.kernel import NotVisible, RuleBroken


class EnrolmentUnknown(NotVisible):
    """There is no such enrolment."""


class EnrolmentExists(RuleBroken):
    """This enrolment is recorded already."""


class EnrolledByAnother(RuleBroken, rule="INTEREST-8"):
    """Nobody enrols themselves: another administrator does, whom `portfolio grant` on the server can make one."""


class UkprnInvalid(RuleBroken, rule="ENROLMENT-10"):
    """The number of a centre, its UKPRN, is eight digits that begin with 1: look it up in the register of providers."""


class UlnInvalid(RuleBroken, rule="ENROLMENT-2"):
    """A unique learner number has ten digits, the first not 0, and the last is its check digit."""


class UlnAlreadyEnrolled(RuleBroken, rule="ENROLMENT-2"):
    """This unique learner number is enrolled on the same standard already: end that one or correct its number first."""


class StandardAlreadyTaken(RuleBroken, rule="ENROLMENT-2"):
    """This person is enrolled on the same standard already: go on with that enrolment, or end it first."""


class EnrolmentHasEnded(RuleBroken, rule="ENROLMENT-7"):
    """The enrolment has ended, so nothing new begins in it unless an attempt is open: an error is taken back."""


class EnrolmentIsPaused(RuleBroken, rule="ENROLMENT-7"):
    """The enrolment is paused: what is open goes on, and an attempt is opened once the enrolment is resumed."""


class EnrolmentNotPaused(RuleBroken, rule="ENROLMENT-7"):
    """No break of the enrolment waits for its end, or for an earlier one than is on record."""


class EnrolmentNotEnded(RuleBroken, rule="ENROLMENT-7"):
    """No end of the enrolment is on record that could be taken back."""


class DaysNotInOrder(RuleBroken, rule="ENROLMENT-7"):
    """An enrolment begins, has its breaks one after the other, and ends; an end is recorded once its day has come."""


class AttemptOutside(RuleBroken, rule="ENROLMENT-7"):
    """An attempt would lie outside the enrolment: close it if it was opened in error, or give another day."""


class EmployerUnknown(RuleBroken, rule="ENROLMENT-8"):
    """No employer is on record from that day on: name the first day of one that is."""


class FormNotForRoute(RuleBroken, rule="ENROLMENT-1"):
    """The form must be approved, for this plan edition, and serve the route."""


class RouteChangeAgreed(RuleBroken, rule="ENROLMENT-3"):
    """Another change is agreed for that day or a later one: name its day in `cancels` to put this one in its place."""


class OptionChangeTooLate(RuleBroken, rule="ENROLMENT-3"):
    """The option cannot change once a result is issued."""


class ConsentMissing(RuleBroken, rule="CONSENT-1, ENROLMENT-3, APPEAL-4"):
    """The apprentice must consent first, to this person doing just this, once: by their own command, or on paper."""


class ConsentUnknown(RuleBroken, rule="CONSENT-1"):
    """There is no such consent that could be taken back."""


class PurposeUnknown(RuleBroken, rule="CONSENT-1"):
    """Consent is to an appeal against a decision made in this enrolment, or to a route of its plan."""


class ConsentNotYoursToAsk(RuleBroken, rule="CONSENT-4"):
    """Who would do it asks: a coach to appeal for the apprentice, an administrator to move them to another route."""


class ConsentNotAskedAgain(RuleBroken, rule="CONSENT-4"):
    """This is not asked again: it waits for an answer, is agreed to, or is the apprentice's alone."""


class QuestionUnknown(RuleBroken, rule="CONSENT-4"):
    """No such question waits for an answer: the apprentice answers it once, and whoever asked it withdraws it."""


class PaperUnknown(NotVisible):
    """There is no such paper that you may see."""


class PaperNotAScan(RuleBroken, rule="CONSENT-3"):
    """A signed paper is kept as it was scanned or photographed: as PDF, JPEG, PNG or HEIC."""


class PaperNeedsFreeOfficer(RuleBroken, rule="CONSENT-3"):
    """A signed paper is sealed by a responsible officer whom it does not name and who is free of what it is about."""


class PaperKeptBefore(RuleBroken, rule="CONSENT-3"):
    """This very scan is sealed with the enrolment already: a signed paper says one thing, once."""


class PaperOfAnother(RuleBroken, rule="CONSENT-3"):
    """Whoever announced a signed paper seals it: announce it yourself."""


class AssessorConflicted(RuleBroken, rule="INTEREST-2, INTEREST-3"):
    """Whoever has an interest in the apprentice, or ever taught, coached or employed them, leaves it to another."""


class ApprenticeHasNoOtherPart(RuleBroken, rule="INTEREST-8"):
    """An apprentice has no other part in their own enrolment: assign somebody else."""


class AssessorIsQualityAssurer(RuleBroken, rule="INTEREST-4"):
    """Nobody assures the quality of what they judge or confirm: assign somebody else, or to other components."""


class PartsOverlap(RuleBroken, rule="ENROLMENT-9"):
    """The person has this part until a later day: let it begin on that day, or bring that end forward first."""


class EndNotBroughtForward(RuleBroken, rule="ENROLMENT-9"):
    """The end of a part is brought forward, never put off: from its day on the part is given again."""


class PartWasUsed(RuleBroken, rule="ENROLMENT-9"):
    """The person did something, or was shown some of the work, since they were given this part: end it instead."""


class TieTakenBackInstead(RuleBroken, rule="ENROLMENT-9"):
    """Nobody is freed of having coached or employed by another day: take it back, which another officer confirms."""


class NothingTakenBack(RuleBroken, rule="ENROLMENT-9"):
    """No part of this person that was taken back waits for a responsible officer."""


class ScrutinyRouteNotAllowed(RuleBroken, rule="INTEREST-2"):
    """A scrutiny route is for a centre's own assessor who coached the apprentice, on what the centre marks."""


class ScrutinyRouteNotOwn(RuleBroken, rule="INTEREST-2"):
    """Whoever records a scrutiny route is neither of the two people it names: another responsible officer can."""


class SecondPersonNotFree(RuleBroken, rule="INTEREST-2"):
    """The second person is an assessor without a tie to the apprentice or a part in the attempt, and standardised."""


class AlreadyAssigned(RuleBroken):
    """The person has such a part already: to change it, end it first and give it anew, with all its components."""


class ReleaseTooEarly(RuleBroken, rule="PERSON-8"):
    """A part ends on no day before it began, and on none before what the person did in it."""


class NotAssigned(RuleBroken):
    """The person has no such part here that goes on: an end on record is brought forward by a correction."""
