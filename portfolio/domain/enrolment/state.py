"""The state of an enrolment: who is enrolled on what, who has which part in it, and how each fact changes that."""

from datetime import date
from typing import assert_never
from uuid import UUID

from portfolio.domain.components import Components, Placed
from portfolio.domain.enrolment.erasure import (
    PaperErased,
    PaperErasureApproved,
    PaperErasureConfirmed,
    PaperErasureDropped,
)
from portfolio.domain.enrolment.facts import (
    AppealForMe,
    ApprenticeEnrolled,
    AssignmentCorrected,
    AssignmentTakenBack,
    CentreCorrected,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentOnPaper,
    ConsentQuestionWithdrawn,
    ConsentTakenBack,
    EmployerChanged,
    EmployerCorrected,
    EndBroughtForward,
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentFact,
    EnrolmentPaused,
    EnrolmentResumed,
    PaperAnnounced,
    PaperReceived,
    PaperRefused,
    PaperSealed,
    PersonAssigned,
    PersonReleased,
    Purpose,
    RouteChanged,
    RouteForMe,
    Said,
    ScrutinyRouteRecorded,
    StartCorrected,
    TakenBackOnPaper,
    TakingBackConfirmed,
    UlnCorrected,
    WithdrawnOnPaper,
)
from portfolio.domain.enrolment.lasting import EmployerFrom, Lasting, employer_on, employers_after, lasting_after
from portfolio.domain.enrolment.paper import Paper, papers_after
from portfolio.domain.enrolment.parts import Assigned, parts_after
from portfolio.domain.enrolment.questions import Question, questions_after
from portfolio.domain.enrolment.refusals import EnrolmentUnknown
from portfolio.domain.kernel import NOBODY, State, Value, changed
from portfolio.domain.plan import PlanEdition
from portfolio.domain.vocabulary import (
    ASSESSOR,
    ASSIGNED,
    COACH,
    INTERNAL_QUALITY_ASSURER,
    SECOND_PERSON,
    THE_APPRENTICE,
    Assignment,
    Relation,
)


class Consent(Value):
    """What the apprentice lets a person do for them, unless it was ``taken_back`` or, for a route, ``used``."""

    consent_id: UUID
    person_id: UUID
    purpose: Purpose
    taken_back: bool = False
    used: bool = False
    paper_id: UUID = NOBODY


class RouteFrom(Value):
    """The route and form that hold from a day on."""

    since: date
    route: str
    form_id: UUID


def route_on(routes: tuple[RouteFrom, ...], day: date) -> RouteFrom | None:
    """Return the route that holds on a day, of routes in the order of their days: before the first begins, the first.

    A change from a day before the enrolment begins holds from its beginning.
    """
    held = (route for route in reversed(routes) if max(route.since, routes[0].since) <= day)
    return next(held, routes[0] if routes else None)


def routes_begun(routes: tuple[RouteFrom, ...], starts_on: date) -> tuple[RouteFrom, ...]:
    """Return the routes with another first day of the first one, which is that of the enrolment."""
    return (*(changed(first, since=starts_on) for first in routes[:1]), *routes[1:])


def routes_after(routes: tuple[RouteFrom, ...], moved: RouteChanged) -> tuple[RouteFrom, ...]:
    """Return the routes in the order of their days after one more change; of one day, the last recorded holds."""
    remaining = tuple(route for route in routes[1:] if route.since not in moved.cancels)
    added = RouteFrom(since=moved.effective_on, route=moved.route, form_id=moved.form_id)
    return (*routes[:1], *sorted((*remaining, added), key=lambda route: route.since))


class Enrolment(State):
    """Who is enrolled on what, how long, with which employer and centre, and who has which part in it."""

    apprentice: UUID = NOBODY
    uln: str = ""
    plan_id: UUID = NOBODY
    plan_reference: str = ""
    centre_ukprn: str = ""
    employers: tuple[EmployerFrom, ...] = ()
    lasting: Lasting = Lasting()
    routes: tuple[RouteFrom, ...] = ()
    assigned: tuple[Assigned, ...] = ()
    scrutiny_routes: tuple[ScrutinyRouteRecorded, ...] = ()
    consents: tuple[Consent, ...] = ()
    questions: tuple[Question, ...] = ()
    papers: tuple[Paper, ...] = ()

    def route_on(self, day: date) -> RouteFrom | None:
        """Return the route and form that hold on a day: a change to come does not count yet (ENROLMENT-3)."""
        return route_on(self.routes, day)

    def exists(self) -> bool:
        """Return whether there is such an enrolment."""
        return self.apprentice != NOBODY

    def takes(self, plan_reference: str) -> bool:
        """Return whether the apprentice is on this standard by it: until its end is recorded (ENROLMENT-2)."""
        return self.plan_reference == plan_reference and self.lasting.ended is None

    def held_by(self) -> tuple[EmployerFrom, ...]:
        """Return the employers there were: a move that was to come after the end never came."""
        ended = self.lasting.ended
        return self.employers[:1] + tuple(each for each in self.employers[1:] if not ended or each.since < ended.on)

    def employer_on(self, day: date) -> str:
        """Return the employer on a day; after the end, the last there was."""
        return employer_on(self.held_by(), day)

    def form_on(self, day: date) -> UUID:
        """Return the form that is taken on a day, ``NOBODY`` where nobody is enrolled."""
        route = self.route_on(day)
        return route.form_id if route else NOBODY

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.apprentice

    def relations(self, person: UUID, today: date) -> set[Relation]:
        """Return "the apprentice", "second person …", and "assigned coach" and so on for parts held today."""
        held: set[Relation] = {ASSIGNED[assignment] for assignment in self._parts(person, today)}
        if person == self.apprentice:
            held.add(THE_APPRENTICE)
        if any(route.second_person == person for route in self.scrutiny_routes):
            held.add(SECOND_PERSON)
        return held

    def scrutiny_route(self, assessor: UUID, form_id: UUID, component: str) -> ScrutinyRouteRecorded | None:
        """Return the scrutiny route by which this assessor may decide the component of the form, None without one."""
        wanted = (assessor, form_id, component)
        return next((route for route in self.scrutiny_routes if named(route) == wanted), None)

    def paper(self, paper_id: UUID) -> Paper | None:
        """Return the paper of this id, None if there is none."""
        return next((paper for paper in self.papers if paper.paper_id == paper_id), None)

    def officer_of(self, paper_id: UUID) -> UUID:
        """Return who announced a paper, ``NOBODY`` if there is none of this id."""
        return next((paper.officer for paper in self.papers if paper.paper_id == paper_id), NOBODY)

    def kept_before(self, sha256: str) -> bool:
        """Return whether a paper of these very bytes is sealed."""
        return any(paper.sealed and paper.sha256 == sha256 for paper in self.papers)

    def unanswered(self) -> tuple[Question, ...]:
        """Return what the apprentice was asked to let somebody do and has not answered yet."""
        return tuple(each for each in self.questions if each.answer == "none yet")

    def consent_on(self, said: Said) -> ConsentOnPaper | None:
        """Return the consent that a paper gives or takes back, None if it is about none that there is."""
        if isinstance(said, ConsentOnPaper):
            return said
        wanted = said.consent_id if isinstance(said, TakenBackOnPaper) else None
        given = (each for each in self.consents if each.consent_id == wanted)
        return next((ConsentOnPaper(person_id=each.person_id, purpose=each.purpose) for each in given), None)

    def named_on(self, said: Said) -> UUID:
        """Return whom a paper names as who may, or may no longer, do something, ``NOBODY`` if it names no one."""
        consent = self.consent_on(said)
        return consent.person_id if consent else NOBODY

    def about_an_appeal(self, said: Said) -> bool:
        """Return whether what is said on paper is about an appeal, and not about a route."""
        consent = self.consent_on(said)
        return consent is None or not isinstance(consent.purpose, RouteForMe)

    def about_case(self, said: Said, appeal_id: UUID, decision_id: UUID) -> bool:
        """Return whether a paper is about this appeal: it withdraws it, or consents to one against its decision."""
        if isinstance(said, WithdrawnOnPaper):
            return said.appeal_id == appeal_id
        consent = self.consent_on(said)
        against = consent.purpose if consent else None
        return isinstance(against, AppealForMe) and against.decision_id == decision_id

    def ever(self, person: UUID, today: date) -> frozenset[Assignment]:
        """Return every part the person had here on some day up to this one."""
        return frozenset(part.assignment for part in self.assigned if part.person_id == person and part.ran(today))

    def coached_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as coach today."""
        return COACH in self._parts(person, today)

    def assured_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as internal quality assurer today."""
        return INTERNAL_QUALITY_ASSURER in self._parts(person, today)

    def assessed_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as assessor of at least one component today."""
        return ASSESSOR in self._parts(person, today)

    def assures(self, person: UUID, place: Placed, components: Components, today: date) -> bool:
        """Return whether the person assures the quality of what may be this component, today or later."""
        return any(
            part.person_id == person
            and part.assignment == INTERNAL_QUALITY_ASSURER
            and (part.ends_on is None or today < part.ends_on)
            and (not part.components or any(components.may_be_same(each, place) for each in part.places()))
            for part in self.assigned
        )

    def _parts(self, person: UUID, today: date) -> set[Assignment]:
        return {part.assignment for part in self.assigned if part.person_id == person and part.on(today)}

    def forms_of_parts(self) -> frozenset[UUID]:
        """Return the forms on which the components are named that parts are limited to."""
        return frozenset(part.form_id for part in self.assigned if part.components)

    def assesses(self, person: UUID, place: Placed, components: Components, today: date) -> bool:
        """Return whether the person is assigned as assessor of this component today, whatever its key was then."""
        return any(
            part.person_id == person
            and part.assignment == ASSESSOR
            and part.on(today)
            and (not part.components or any(components.same(each, place) for each in part.places()))
            for part in self.assigned
        )


def named(route: ScrutinyRouteRecorded) -> tuple[UUID, UUID, str]:
    """Return whose scrutiny route it is, and for which component of which form: a later one takes its place."""
    return route.assessor, route.form_id, route.component


def check_exists(enrolment: Enrolment) -> None:
    """Refuse to go on where nobody is enrolled."""
    if not enrolment.exists():
        raise EnrolmentUnknown


def _part_ended(enrolment: Enrolment, fact: PersonReleased) -> Assigned | None:
    """Return the part that a release ended: in old records it may also have brought a later end forward."""
    theirs = [
        part for part in enrolment.assigned if (part.person_id, part.assignment) == (fact.person_id, fact.assignment)
    ]
    open_ones = [part for part in theirs if part.ends_on is None]
    later = [part for part in theirs if part.ends_on is not None and part.ends_on > fact.ends_on]
    return next(iter((*open_ones, *reversed(later))), None)


def route_codes(enrolment: Enrolment, edition: PlanEdition, today: date) -> frozenset[str]:
    """Return the codes of the apprentice's route on this day; ``edition`` is the plan they are enrolled on."""
    held = enrolment.route_on(today)
    return edition.plan.codes_of(held.route) if edition.plan and held else frozenset()


def evolve(enrolment: Enrolment, fact: EnrolmentFact) -> Enrolment:
    """Apply a fact."""
    match fact:
        case ApprenticeEnrolled():
            first = RouteFrom(since=fact.starts_on, route=fact.route, form_id=fact.form_id)
            return Enrolment(
                apprentice=fact.apprentice,
                uln=fact.uln,
                plan_id=fact.plan_id,
                plan_reference=fact.plan_reference,
                centre_ukprn=fact.centre_ukprn,
                employers=employers_after((), fact),
                lasting=lasting_after(Lasting(), fact),
                routes=(first,),
            )
        case EnrolmentPaused() | EnrolmentResumed() | EnrolmentEnded() | EndTakenBack():
            return changed(enrolment, lasting=lasting_after(enrolment.lasting, fact))
        case StartCorrected(starts_on=starts_on):
            return changed(
                enrolment,
                lasting=lasting_after(enrolment.lasting, fact),
                employers=employers_after(enrolment.employers, fact),
                routes=routes_begun(enrolment.routes, starts_on),
            )
        case EmployerChanged() | EmployerCorrected():
            return changed(enrolment, employers=employers_after(enrolment.employers, fact))
        case UlnCorrected(uln=uln):
            return changed(enrolment, uln=uln)
        case CentreCorrected(centre_ukprn=centre_ukprn):
            return changed(enrolment, centre_ukprn=centre_ukprn)
        case RouteChanged():
            consents = tuple(
                changed(consent, used=True)
                if isinstance(consent.purpose, RouteForMe) and not consent.taken_back
                else consent
                for consent in enrolment.consents
            )
            return changed(
                enrolment,
                routes=routes_after(enrolment.routes, fact),
                consents=consents,
                questions=questions_after(enrolment.questions, fact),
            )
        case ConsentGiven(consent_id=consent_id, person_id=person_id, purpose=purpose):
            consent = Consent(consent_id=consent_id, person_id=person_id, purpose=purpose, paper_id=fact.paper_id)
            questions = questions_after(enrolment.questions, fact)
            return changed(enrolment, consents=(*enrolment.consents, consent), questions=questions)
        case ConsentAsked() | ConsentDeclined() | ConsentQuestionWithdrawn():
            return changed(enrolment, questions=questions_after(enrolment.questions, fact))
        case ConsentTakenBack(consent_id=consent_id):
            return changed(
                enrolment,
                consents=tuple(
                    changed(consent, taken_back=True) if consent.consent_id == consent_id else consent
                    for consent in enrolment.consents
                ),
            )
        case PersonAssigned():
            part = Assigned(
                person_id=fact.person_id,
                assignment=fact.assignment,
                starts_on=fact.starts_on,
                components=fact.components,
                form_id=fact.form_id if fact.form_id != NOBODY else enrolment.form_on(fact.starts_on),
            )
            return changed(enrolment, assigned=(*enrolment.assigned, part))
        case PersonReleased(ends_on=ends_on):
            released = _part_ended(enrolment, fact)
            return changed(
                enrolment,
                assigned=tuple(
                    changed(part, ends_on=ends_on) if part is released else part for part in enrolment.assigned
                ),
            )
        case EndBroughtForward() | AssignmentCorrected() | AssignmentTakenBack() | TakingBackConfirmed():
            return changed(enrolment, assigned=parts_after(enrolment.assigned, fact))
        case ScrutinyRouteRecorded():
            others = tuple(each for each in enrolment.scrutiny_routes if named(each) != named(fact))
            return changed(enrolment, scrutiny_routes=(*others, fact))
        case (
            PaperAnnounced()
            | PaperReceived()
            | PaperRefused()
            | PaperSealed()
            | PaperErasureApproved()
            | PaperErasureConfirmed()
            | PaperErasureDropped()
            | PaperErased()
        ):
            return changed(enrolment, papers=papers_after(enrolment.papers, fact))
    assert_never(fact)
