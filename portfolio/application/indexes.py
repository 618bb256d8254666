"""Index rows: what the append transaction writes beside a fact, and ``fsck`` derives again from the facts."""

from collections.abc import Iterable
from uuid import UUID

from portfolio.application.ports import IndexRow
from portfolio.domain.addresses import AddressRegistered, AddressRemoved
from portfolio.domain.appeal.facts import (
    AppealAdmitted,
    AppealDecided,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    ConsequenceRefused,
    DecisionSubject,
    PanelConvened,
    PanelMemberAdded,
    PanelMemberReplaced,
)
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.criteria import CriteriaDrafted, PredecessorRecorded
from portfolio.domain.enrolment.erasure import PaperErasureConfirmed
from portfolio.domain.enrolment.facts import (
    ApprenticeEnrolled,
    AssignmentTakenBack,
    EndBroughtForward,
    EndTakenBack,
    EnrolmentEnded,
    PersonReleased,
    UlnCorrected,
)
from portfolio.domain.evidence.erasure import ErasureConfirmed
from portfolio.domain.evidence.facts import EvidenceRecorded, UploadOffered
from portfolio.domain.identity import IdentityLinked, IdentityRefused
from portfolio.domain.kernel import NOBODY, Fact
from portfolio.domain.person import RoleEnded, RoleGranted
from portfolio.domain.plan import PlanImported
from portfolio.domain.program.facts import ProgramRegistered
from portfolio.domain.standing import PersonSuspended

ULN = "uln"
ADDRESS = "e-mail address"
OPEN_APPEAL = "open appeal"
ENROLMENTS_OF_PERSON = "enrolments of person"
EVIDENCE_OF_ENROLMENT = "evidence of enrolment"
ATTEMPTS_OF_ENROLMENT = "attempts of enrolment"
APPEALS_OF_ENROLMENT = "appeals of enrolment"
CASES_OF_PERSON = "cases of person"
DEPARTURES_OF_CASE = "departures of case"
APPEALS_WITH_TASKS = "appeals with refused consequences"
EDITIONS_OF_PLAN = "editions of plan"
CRITERIA_THAT_FOLLOW = "criteria that follow"
HOLDERS_OF_ROLE = "holders of role"
PROGRAMS = "programs"
IDENTITIES_OF_PERSON = "identities of person"
ERASURES = "records with files to erase"
OF_EVIDENCE, OF_PAPERS = "", "papers"
ERASURE_OF_FILE = "erasure of file"

ADDED_LATER: dict[str, tuple[type[Fact], ...]] = {
    CRITERIA_THAT_FOLLOW: (CriteriaDrafted, PredecessorRecorded),
    CASES_OF_PERSON: (
        AppealLodged,
        AppealAdmitted,
        AppealNotAdmitted,
        PanelConvened,
        PanelMemberAdded,
        PanelMemberReplaced,
    ),
    HOLDERS_OF_ROLE: (RoleGranted, RoleEnded),
}
"""Links that stores of earlier releases lack, with the facts that bring them: filled in before the next append."""


def index_rows(fact: Fact) -> tuple[IndexRow, ...]:
    """Return the rows this fact brings; they name the fact's own stream."""
    match fact:
        case ApprenticeEnrolled(apprentice=apprentice, uln=uln, plan_reference=reference):
            return (
                IndexRow(name=ULN, key=f"{uln} {reference}", unique=True),
                IndexRow(name=ENROLMENTS_OF_PERSON, key=str(apprentice)),
            )
        case EnrolmentEnded() | EndTakenBack() | UlnCorrected(ended=False):
            return (IndexRow(name=ULN, key="", unique=True, release=True), *_number_of(fact))
        case UploadOffered(version=1, enrolment_id=enrolment) | EvidenceRecorded(version=1, enrolment_id=enrolment):
            return (IndexRow(name=EVIDENCE_OF_ENROLMENT, key=str(enrolment)),)
        case AttemptOpened(enrolment_id=enrolment):
            return (IndexRow(name=ATTEMPTS_OF_ENROLMENT, key=str(enrolment)),)
        case AppealLodged(enrolment_id=enrolment, subject=DecisionSubject(decision_id=decision_id)):
            return (
                IndexRow(name=OPEN_APPEAL, key=str(decision_id), unique=True),
                IndexRow(name=APPEALS_OF_ENROLMENT, key=str(enrolment)),
                *_cases_of({fact.apprentice, fact.appellant, *fact.took_part}),
            )
        case AppealAdmitted(officer=officer):
            return _cases_of({officer})
        case PanelConvened(members=members, officer=officer):
            return _cases_of({*members, officer})
        case (
            PanelMemberAdded(member=member, officer=officer) | PanelMemberReplaced(replacement=member, officer=officer)
        ):
            return _cases_of({member, officer})
        case AppealNotAdmitted(officer=officer):
            return (IndexRow(name=OPEN_APPEAL, key="", unique=True, release=True), *_cases_of({officer}))
        case AppealDecided() | AppealWithdrawn():
            return (IndexRow(name=OPEN_APPEAL, key="", unique=True, release=True),)
        case PersonSuspended() | PersonReleased() | EndBroughtForward() | AssignmentTakenBack():
            return _departures_of(fact.cases)
        case ConsequenceRefused():
            return (IndexRow(name=APPEALS_WITH_TASKS, key=""),)
        case ErasureConfirmed() | PaperErasureConfirmed():
            return _erasure_of(fact)
        case ProgramRegistered() | PlanImported():
            return (_listed(fact),)
        case CriteriaDrafted(follows=UUID() as follows) | PredecessorRecorded(follows=follows):
            return (IndexRow(name=CRITERIA_THAT_FOLLOW, key=str(follows)),)
        case _:
            return _of_people(fact)


def _of_people(fact: Fact) -> tuple[IndexRow, ...]:
    """Return the rows that a fact of somebody's roles or accounts brings."""
    match fact:
        case RoleGranted(role=role):
            return (IndexRow(name=HOLDERS_OF_ROLE, key=role),)
        case RoleEnded(role=role, cases=cases):
            return (IndexRow(name=HOLDERS_OF_ROLE, key=role, release=True), *_departures_of(cases))
        case IdentityLinked(person_id=person_id) | IdentityRefused(person_id=person_id):
            return (IndexRow(name=IDENTITIES_OF_PERSON, key=str(person_id)),)
        case AddressRegistered(digest=digest, replaces=replaces):
            return (*(_released(ADDRESS) * replaces), IndexRow(name=ADDRESS, key=digest, unique=True))
        case AddressRemoved():
            return _released(ADDRESS)
        case _:
            return ()


def _listed(fact: PlanImported | ProgramRegistered) -> IndexRow:
    if isinstance(fact, PlanImported):
        return IndexRow(name=EDITIONS_OF_PLAN, key=fact.plan.version_label)
    return IndexRow(name=PROGRAMS, key="")


def _released(name: str) -> tuple[IndexRow, ...]:
    """Return the row by which a stream holds no unique key of this name any more."""
    return (IndexRow(name=name, key="", unique=True, release=True),)


def _number_of(fact: EnrolmentEnded | EndTakenBack | UlnCorrected) -> tuple[IndexRow, ...]:
    """Return the learner number that an enrolment holds from here on: none once it has ended."""
    if isinstance(fact, EnrolmentEnded):
        return ()
    return (IndexRow(name=ULN, key=f"{fact.uln} {fact.plan_reference}", unique=True),)


def _erasure_of(fact: ErasureConfirmed | PaperErasureConfirmed) -> tuple[IndexRow, ...]:
    among, file = (OF_EVIDENCE, fact.object_id) if isinstance(fact, ErasureConfirmed) else (OF_PAPERS, fact.paper_id)
    return (IndexRow(name=ERASURES, key=among), IndexRow(name=ERASURE_OF_FILE, key=str(file)))


def _departures_of(cases: Iterable[UUID]) -> tuple[IndexRow, ...]:
    return tuple(IndexRow(name=DEPARTURES_OF_CASE, key=str(case)) for case in cases)


def _cases_of(people: Iterable[UUID]) -> tuple[IndexRow, ...]:
    return tuple(IndexRow(name=CASES_OF_PERSON, key=str(person)) for person in sorted(people) if person != NOBODY)
