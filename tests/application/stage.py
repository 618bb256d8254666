"""A record on a real journal, with the published plan, people, a form and an apprentice on the route LET."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from infra.scanner.none import NoScanner
from infra.store.journal import EventJournal
from portfolio.application.checking import Checker, Waiting, received_file
from portfolio.application.handler import CommandHandler
from portfolio.application.loaders.assessment import in_force
from portfolio.application.ports import Receipt, Screen, Vault
from portfolio.application.reactions import Reactions
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.admitting import AdmitAppeal
from portfolio.domain.appeal.deciding import ConfirmOutcome, ProposeOutcome
from portfolio.domain.appeal.facts import Answer, DecisionSubject, Ground, Outcome
from portfolio.domain.appeal.lodging import LodgeAppeal
from portfolio.domain.appeal.panel import ConvenePanel
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.decisions import DecideGrade
from portfolio.domain.assessment.finding import Citation, Finding, Judgement
from portfolio.domain.assessment.findings import RecordFindings
from portfolio.domain.assessment.in_force import decision_context
from portfolio.domain.assessment.opening import OpenAttempt
from portfolio.domain.calendar import london_day
from portfolio.domain.competences import RecordCompetence
from portfolio.domain.criteria import ApproveCriteria, Criterion, DraftCriteria, GradeRule
from portfolio.domain.deployment import CreateDeployment
from portfolio.domain.enrolment.assignments import AssignPerson
from portfolio.domain.enrolment.consent import GiveConsent
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.enrolment.facts import Purpose
from portfolio.domain.evidence.commands import (
    ClaimStatements,
    CompleteUpload,
    OfferEvidence,
    ServeEvidence,
    SubmitEvidence,
)
from portfolio.domain.evidence.declaration import CURRENT_AUTHENTICITY, AuthenticityDeclaration
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.form import AddComponent, ApproveForm, Component, DraftForm
from portfolio.domain.interests import DeclareInterest
from portfolio.domain.kernel import Command, Fact, Recorded
from portfolio.domain.person import GrantRole, RegisterPerson
from portfolio.domain.plan import ImportPlan, plan_id_of
from portfolio.domain.vocabulary import SYSTEM, Assignment, Mode, Role, WorksFor
from tests.domain.world import SHA, an_id

TEXT = (Path(__file__).parents[2] / "portfolio" / "plans" / "ST1297-V2.md").read_text(encoding="utf-8")
PLAN_ID = plan_id_of(TEXT)
MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
FIRST_DAY = date(2026, 9, 1)

ADMINISTRATOR, RESPONSIBLE, LEAD = an_id("administrator"), an_id("responsible"), an_id("lead")
MIA, COACH, QUALITY = an_id("Mia"), an_id("coach"), an_id("quality")
ASSESSOR, OTHER_ASSESSOR, CENTRE_ASSESSOR = an_id("assessor"), an_id("other assessor"), an_id("centre assessor")
APPEALS, CHAIR, MEMBER = an_id("appeals"), an_id("chair"), an_id("member")
FORM, CVT_FORM, CRITERIA, ENROLMENT = an_id("form"), an_id("cvt form"), an_id("criteria"), an_id("enrolment")
LOG, OBSERVED, PORTFOLIO = an_id("log"), an_id("observed"), an_id("portfolio attempt")
DECISION, APPEAL = an_id("decision"), an_id("appeal")

PEOPLE: dict[UUID, tuple[WorksFor, Role]] = {
    RESPONSIBLE: ("assessment organisation", "responsible officer"),
    LEAD: ("assessment organisation", "lead assessor"),
    MIA: ("none of these", "apprentice"),
    COACH: ("centre", "coach"),
    QUALITY: ("centre", "internal quality assurer"),
    ASSESSOR: ("assessment organisation", "assessor"),
    OTHER_ASSESSOR: ("assessment organisation", "assessor"),
    CENTRE_ASSESSOR: ("centre", "centre assessor"),
    APPEALS: ("assessment organisation", "appeals officer"),
    CHAIR: ("none of these", "panel member"),
    MEMBER: ("assessment organisation", "panel member"),
}
GRADE_RULES = tuple(GradeRule(grade=each, every_code_met=each != "fail") for each in ("fail", "pass", "distinction"))
SKILLS = frozenset(f"S{n}" for n in (*range(1, 16), 16, 17, 18, 19, 20, 21, 22, 29))
KNOWLEDGE = frozenset(f"K{n}" for n in range(1, 26))
CVT_SKILLS = frozenset(f"S{n}" for n in (*range(1, 16), *range(23, 30)))
CVT_KNOWLEDGE = frozenset(f"K{n}" for n in (*range(1, 20), *range(26, 31)))


class Shelf:
    """The little of a vault that is asked; ``sealed`` and ``discarded`` name what it was to keep and to remove."""

    def __init__(self) -> None:
        self.files: dict[UUID, bytes] = {}
        self.sealed: list[UUID] = []
        self.discarded: list[UUID] = []

    def complete(self, object_id: UUID, digests: Sequence[str] = ()) -> None:
        pass

    def discard(self, object_id: UUID) -> None:
        self.discarded.append(object_id)

    def seal(self, object_id: UUID, *, size: int, sha256: str, media_type: str, screen: Screen) -> Sealed:
        self.sealed.append(object_id)
        screen(BytesIO(self.files.get(object_id, b"")))
        pages = ((595.0, 842.0),) if media_type == "application/pdf" else ()
        bounds = Bounds(media_type=media_type, pages=pages)
        return Sealed(object_id=object_id, sha256=sha256, size=size, bounds=bounds)

    def read(
        self, object_id: UUID, start: int = 0, end: int | None = None, *, storage_version: str = ""
    ) -> Iterator[bytes]:
        yield self.files[object_id][start:end]


@dataclass
class Stage:
    """The record and its hands; ``at`` is the time it is, which every command moves on by a second."""

    journal: EventJournal
    at: datetime = MORNING
    shelf: Shelf = field(default_factory=Shelf)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.vault = cast(Vault, self.shelf)
        self.handler = CommandHandler(self.journal, self.vault, self.now, lambda: UUID(int=next(self.numbers)))
        self.reactions = Reactions(self.handler, self.journal)

    def now(self) -> datetime:
        return self.at

    @property
    def today(self) -> date:
        return london_day(self.at)

    def do(self, command: Command, by: UUID, **terms: Any) -> Receipt:
        """Give a command."""
        self.at += timedelta(seconds=1)
        return self.handler.execute(command, by, **terms)

    def session(self, until: int | None = None) -> ReadSession:
        return ReadSession(self.journal, until, vault=self.vault)

    def log(self) -> Sequence[Recorded]:
        return self.journal.at_positions(range(1, self.journal.head() + 1))

    def facts(self, kind: type[Fact]) -> list[Recorded]:
        """Return every fact of this class, in order."""
        return [entry for entry in self.log() if isinstance(entry.fact, kind)]

    def shown(self, attempt: UUID, by: UUID) -> DecisionContext:
        """Return the context that is shown to somebody before deciding."""
        session = self.session()
        return decision_context(session.state(ASSESSMENT, attempt), attempt, in_force(session, attempt, by, self.at))

    # --- the story ---

    def begin(self, mode: Mode = "demo") -> None:
        """Create the deployment and its people, import the plan."""
        self.do(CreateDeployment(mode=mode), SYSTEM)
        self.register()

    def register(self) -> None:
        """Make the people known, and import the plan."""
        self.do(
            RegisterPerson(person_id=ADMINISTRATOR, name="administrator", works_for="assessment organisation"), SYSTEM
        )
        self.do(GrantRole(person_id=ADMINISTRATOR, role="administrator"), SYSTEM)
        for number, (person_id, (works_for, role)) in enumerate(PEOPLE.items()):
            self.do(RegisterPerson(person_id=person_id, name=f"Person {number}", works_for=works_for), ADMINISTRATOR)
            self.do(GrantRole(person_id=person_id, role=role), ADMINISTRATOR)
        self.do(ImportPlan(plan_id=PLAN_ID, text=TEXT), ADMINISTRATOR)

    def build_form(self) -> None:
        """Draft and approve the criteria and the forms of the routes LET and CVT."""
        self.write_criteria()
        self._form(FORM, "LET", SKILLS, KNOWLEDGE)
        self._form(CVT_FORM, "CVT", CVT_SKILLS, CVT_KNOWLEDGE)

    def write_criteria(self, criteria_id: UUID = CRITERIA, version: str = "1", follows: UUID | None = None) -> None:
        """Draft and approve a version of criteria."""
        criterion = Criterion(key="1", text="Knows.", category="Applied Knowledge", level="Pass")
        draft = DraftCriteria(
            criteria_id=criteria_id,
            plan_id=PLAN_ID,
            title="Criteria",
            version=version,
            scale=("fail", "pass", "distinction"),
            criteria=(criterion,),
            grade_rules=GRADE_RULES,
            follows=follows,
        )
        self.do(draft, LEAD)
        self.do(ApproveCriteria(criteria_id=criteria_id), RESPONSIBLE)

    def _form(self, form_id: UUID, route: str, skills: frozenset[str], knowledge: frozenset[str]) -> None:
        self.do(DraftForm(form_id=form_id, plan_id=PLAN_ID, title=f"{route}-F1", routes=(route,)), LEAD)
        for component in (
            Component(key="C1", name="Observation", method="observation", codes=skills),
            Component(key="C2", name="Portfolio", method="Portfolio", codes=knowledge, marker="centre"),
        ):
            self.do(AddComponent(form_id=form_id, component=stated(component)), LEAD)
        self.do(ApproveForm(form_id=form_id), RESPONSIBLE)

    def enrol(self) -> None:
        """Enrol Mia on LET with her coach, her assessors and a quality assurer."""
        enrol = EnrolApprentice(
            enrolment_id=ENROLMENT,
            apprentice=MIA,
            uln="9276308686",
            plan_id=PLAN_ID,
            form_id=FORM,
            route="LET",
            centre_ukprn="10099999",
            employer="Stage Ltd",
            starts_on=FIRST_DAY,
        )
        self.do(enrol, ADMINISTRATOR)
        parts: list[tuple[UUID, Assignment]] = [
            (COACH, "coach"),
            (ASSESSOR, "assessor"),
            (CENTRE_ASSESSOR, "assessor"),
            (QUALITY, "internal quality assurer"),
        ]
        for person_id, part in parts:
            self.assign(person_id, part)
        for person_id in (ASSESSOR, OTHER_ASSESSOR, CENTRE_ASSESSOR):
            self.prepare(person_id)
        for person_id in (LEAD, RESPONSIBLE, APPEALS, CHAIR, MEMBER):
            self.declare(person_id)

    def consent(self, person_id: UUID, purpose: Purpose) -> None:
        """Let Mia consent that somebody does one thing for her."""
        given = UUID(int=next(self.numbers))
        self.do(GiveConsent(enrolment_id=ENROLMENT, consent_id=given, person_id=person_id, purpose=purpose), MIA)

    def assign(self, person_id: UUID, part: Assignment) -> None:
        assign = AssignPerson(enrolment_id=ENROLMENT, person_id=person_id, assignment=part, starts_on=FIRST_DAY)
        self.do(assign, ADMINISTRATOR)

    def assign_as_assessor(self, person_id: UUID) -> None:
        """Make somebody an assessor of Mia."""
        self.do(GrantRole(person_id=person_id, role="assessor"), ADMINISTRATOR)
        self.assign(person_id, "assessor")

    def prepare(self, person_id: UUID) -> None:
        """Let a person declare that they have no interest and be standardised."""
        self.do(DeclareInterest(person_id=person_id, apprentice=MIA, interest="none"), person_id)
        standardised = RecordCompetence(
            person_id=person_id, kind="standardised", criteria_id=CRITERIA, occurred_on=FIRST_DAY
        )
        self.do(standardised, ADMINISTRATOR)

    def declare(self, person_id: UUID) -> None:
        """Let a person declare, in no time, that they have no interest in Mia."""
        self.handler.execute(DeclareInterest(person_id=person_id, apprentice=MIA, interest="none"), person_id)

    def hand_in(
        self,
        evidence_id: UUID = LOG,
        codes: frozenset[str] = frozenset({"K20", "K21"}),
        media_type: str = "application/pdf",
        content: bytes = b"",
    ) -> None:
        """Let Mia hand in a file, perhaps of this content, and claim codes with it."""
        self.draft(evidence_id, media_type, content)
        declaration = AuthenticityDeclaration(wording=CURRENT_AUTHENTICITY, ai_use="none")
        self.do(SubmitEvidence(evidence_id=evidence_id, version=1, declaration=declaration), MIA)
        self.do(ClaimStatements(evidence_id=evidence_id, version=1, codes=codes), MIA)

    def draft(self, evidence_id: UUID, media_type: str = "application/pdf", content: bytes = b"") -> None:
        """Let Mia upload a file, perhaps of this content, and keep it as a draft."""
        if content:
            self.shelf.files[an_id(f"object of {evidence_id}")] = content
        offer = OfferEvidence(
            evidence_id=evidence_id,
            enrolment_id=ENROLMENT,
            object_id=an_id(f"object of {evidence_id}"),
            title="Desk log",
            filename="log.pdf",
            media_type=media_type,
            size=len(content) or 1000,
            sha256=hashlib.sha256(content).hexdigest() if content else SHA,
            produced_on=FIRST_DAY,
        )
        self.do(offer, MIA)
        self.seal(evidence_id)

    def seal(self, evidence_id: UUID = LOG) -> None:
        """Let Mia say that the file is all there, and the system check it."""
        self.do(CompleteUpload(evidence_id=evidence_id, version=1), MIA)
        self.check(self.waiting()[-1])

    def waiting(self) -> list[Waiting]:
        """Return every file that was received, in order."""
        return [file for entry in self.log() if (file := received_file(entry))]

    def check(self, file: Waiting) -> None:
        """Check a file that was received."""
        self.at += timedelta(seconds=1)
        Checker(self.handler, self.vault, NoScanner()).check(file)

    def open(self, attempt: UUID = OBSERVED, component: str = "C1", by: UUID = ADMINISTRATOR) -> Receipt:
        return self.do(OpenAttempt(assessment_id=attempt, enrolment_id=ENROLMENT, component=component), by)

    def find(
        self,
        attempt: UUID = OBSERVED,
        codes: frozenset[str] = SKILLS,
        by: UUID = ASSESSOR,
        judgement: Judgement = "met",
    ) -> Receipt:
        """Find these codes met on the log."""
        findings = tuple(
            Finding(code=code, judgement=judgement, reason="seen", cites=(Citation(evidence_id=LOG, version=1),))
            for code in sorted(codes)
        )
        return self.do(RecordFindings(assessment_id=attempt, findings=findings), by)

    def decide(
        self, attempt: UUID = OBSERVED, decision: UUID = DECISION, by: UUID = ASSESSOR, grade: str = "pass"
    ) -> Receipt:
        """Decide on the context as it is shown now."""
        command = DecideGrade(
            assessment_id=attempt,
            decision_id=decision,
            grade=grade,
            reasons="So I found.",
            context_hash=self.shown(attempt, by).shown,
        )
        return self.do(command, by)

    def decided(self) -> None:
        """Tell the story up to a decision of the observation."""
        self.enrol()
        self.hand_in()
        self.do(ServeEvidence(evidence_id=LOG, version=1), ASSESSOR)
        self.open()
        self.find()
        self.decide()

    def lodge(self, appeal: UUID = APPEAL, decision: UUID = DECISION, attempt: UUID = OBSERVED) -> Receipt:
        ground = Ground(ground="procedure", statement="The rest breaks were not given.", items=(LOG,))
        subject = DecisionSubject(assessment_id=attempt, decision_id=decision)
        return self.do(LodgeAppeal(appeal_id=appeal, subject=subject, grounds=(ground,)), MIA)

    def convene(self) -> Receipt:
        """Admit the appeal and convene two prepared members, one of them independent."""
        self.do(AdmitAppeal(appeal_id=APPEAL), APPEALS)
        for person_id in (CHAIR, MEMBER):
            prepared = RecordCompetence(person_id=person_id, kind="appeals panel", occurred_on=FIRST_DAY)
            self.do(prepared, ADMINISTRATOR)
        return self.do(ConvenePanel(appeal_id=APPEAL, members=frozenset({CHAIR, MEMBER})), APPEALS)

    def uphold(self, outcome: Outcome = "upheld") -> Recorded:
        """Let the panel uphold the appeal, or give the other outcome; return the fact."""
        answers = (Answer(ground=0, answer="They were not."),)
        proposal = ProposeOutcome(appeal_id=APPEAL, outcome=outcome, reasons="No breaks.", answers=answers)
        self.do(proposal, CHAIR)
        self.do(ConfirmOutcome(appeal_id=APPEAL, proposal=1, account="I read the log."), MEMBER)
        return self.log()[-1]


def stated(component: Component) -> Component:
    """Return a component with all that approval of its form asks for."""
    return Component(
        key=component.key,
        name=component.name,
        method=component.method,
        codes=component.codes,
        criteria_id=CRITERIA,
        marker=component.marker or "assessment organisation",
        scrutiny="none",
        maximum_attempts=2,
        evidence_kinds=frozenset({"work product", "observation record", "professional discussion record"}),
    )


def decide(stage: Stage, by: UUID = ASSESSOR, attempt: UUID = OBSERVED) -> DecideGrade:
    return DecideGrade(
        assessment_id=attempt,
        decision_id=DECISION,
        grade="pass",
        reasons="All met.",
        context_hash=stage.shown(attempt, by).shown,
    )
