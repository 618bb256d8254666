"""What the rules of evidence know in their tests: Mia's enrolment and its people, a plan, attempts and the vault."""

from typing import Any
from uuid import UUID

from portfolio.domain.assessment.assessor import ForAssessor
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.context import VersionRef
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.assessment.finding import Citation, Finding, StatementFound
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.annotations import ForAnnotation
from portfolio.domain.evidence.claims import ForClaim, ForDrop
from portfolio.domain.evidence.facts import EvidenceAnnotated, EvidenceServed
from portfolio.domain.evidence.handing_in import ForAnswer, WithAttempts
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.evidence.quota import Quota
from portfolio.domain.evidence.selector import Bounds, WholeItem
from portfolio.domain.evidence.serving import ForView
from portfolio.domain.evidence.upload import ForOffer
from portfolio.domain.evidence.written import ForRecord
from portfolio.domain.kernel import Known, Recorded, changed
from portfolio.domain.person import Person
from portfolio.domain.plan import PlanEdition
from portfolio.domain.vocabulary import Role
from tests.domain.assessing import COMPONENTS
from tests.domain.test_decision_context import CONTEXT
from tests.domain.test_enrolment import ENROLLED, part
from tests.domain.test_opening import OPENED
from tests.domain.world import (
    ANNOTATION_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    COACH,
    DECISION_ID,
    EVIDENCE_ID,
    NOW,
    OBJECT_ID,
    OFFICER,
    SHA,
    TODAY,
    form,
    outcome,
    person,
    plan,
)

BOUNDS = Bounds(media_type="application/pdf", pages=((595, 842),))
MIAS = ENROLMENT.fold((ENROLLED,))
ASSESSED = ENROLMENT.fold((ENROLLED, part(ASSESSOR, "assessor"), part(COACH, "coach")))
ASSESSING = ForAssessor(
    by=ASSESSOR,
    at=NOW,
    today=TODAY,
    person=person("assessor"),
    enrolment=ASSESSED,
    other_enrolments=(),
    form=form(),
    earlier=(),
    components=COMPONENTS,
)
MIA_NOW = Known(by=APPRENTICE, at=NOW, today=TODAY)
TO_OFFER = ForOffer(
    by=APPRENTICE, at=NOW, today=TODAY, enrolment=MIAS, attempts=(), here=(), everywhere=(), quota=Quota()
)


def edition(*codes: str) -> PlanEdition:
    """Return a plan edition with these codes in its core."""
    return PlanEdition(plan=plan(outcomes=(outcome("AO1", None, *codes),)))


BYTES = Sealed(object_id=OBJECT_ID, sha256=SHA, size=1000, bounds=BOUNDS)
"""What a check found of the announced bytes."""

WATCHED = Assessment(opened=changed(OPENED, codes=frozenset({"S1", "S2"})))
WITNESSED = ForRecord(
    by=ASSESSOR,
    at=NOW,
    today=TODAY,
    enrolment=MIAS,
    edition=edition("S1", "S2"),
    attempts={ATTEMPT_ID: WATCHED},
    attempt=WATCHED,
    assessing=ASSESSING,
)
TO_CLAIM = ForClaim(by=APPRENTICE, at=NOW, today=TODAY, enrolment=MIAS, edition=edition("K2", "K10", "K11"), texts=())


def found(code: str, evidence_id: UUID = EVIDENCE_ID, version: int = 1) -> Assessment:
    """Return an attempt with one finding, which cites this version."""
    cites = (Citation(evidence_id=evidence_id, version=version),)
    finding = Finding(code=code, judgement="met", reason="seen", cites=cites)
    return Assessment(findings=(StatementFound(finding=finding, assessor=ASSESSOR),))


def to_drop(*attempts: Assessment, by: UUID = APPRENTICE) -> ForDrop:
    """Return what dropping a claim rests on."""
    return ForDrop(by=by, at=NOW, today=TODAY, attempts=attempts)


def decided(evidence_id: UUID = EVIDENCE_ID, version: int = 1) -> Assessment:
    """Return an attempt with a decision that was set aside later and rests on this version."""
    ref = VersionRef(evidence_id=evidence_id, version=version)
    context = changed(CONTEXT, cited=(("K1", ()), ("K2", (ref,))))
    decision = GradeDecided(
        decision_id=DECISION_ID, grade="pass", reasons="All met.", decider=ASSESSOR, context=context
    )
    return Assessment(decisions=(decision,), voided=frozenset({DECISION_ID}))


def to_withdraw(*attempts: Assessment) -> WithAttempts:
    """Return what a withdrawal rests on."""
    return WithAttempts(by=APPRENTICE, at=NOW, today=TODAY, attempts=attempts)


def to_answer(*attempts: Assessment, **fields: Any) -> ForAnswer:
    """Return what a return or an acceptance rests on."""
    known = ForAnswer(
        by=ASSESSOR,
        at=NOW,
        today=TODAY,
        person=person("assessor"),
        enrolment=ASSESSED,
        other_enrolments=(),
        attempts=attempts,
    )
    return changed(known, **fields)


ANNOTATED = EvidenceAnnotated(
    annotation_id=ANNOTATION_ID,
    version=1,
    sha256=SHA,
    selector=WholeItem(),
    kind="pointer",
    audience="apprentice and assessors",
    text="look here",
    revises=None,
)


def remarking(
    *texts: str,
    by: UUID = ASSESSOR,
    role: Role = "assessor",
    author: UUID = ASSESSOR,
    copies: frozenset[int] = frozenset({0}),
) -> ForAnnotation:
    """Return what a remark rests on: who makes it, a remark by ``author`` before it, and text of a file if read.

    ``copies`` are those of the version that they were shown.
    """
    held = frozenset({role})
    made = Recorded(
        originator_id=EVIDENCE_ID, originator_version=4, fact=ANNOTATED, by=author, at=NOW, causation=OFFICER
    )
    return ForAnnotation(
        by=by,
        at=NOW,
        today=TODAY,
        person=Person(name="Ada", roles=held, ever_roles=held),
        enrolment=ASSESSED,
        other_enrolments=(),
        history=(made,),
        texts=texts,
        copies=copies,
    )


def view(by: UUID = ASSESSOR, *attempts: Assessment, served: tuple[int, ...] = (), redaction: int = 0) -> ForView:
    """Return what showing rests on: somebody who was shown these versions, and which copy is for them."""
    history = tuple(
        Recorded(
            originator_id=EVIDENCE_ID,
            originator_version=number,
            fact=EvidenceServed(version=version),
            by=by,
            at=NOW,
            causation=OFFICER,
        )
        for number, version in enumerate(served, start=5)
    )
    return ForView(by=by, at=NOW, today=TODAY, attempts=attempts, history=history, redaction=redaction)
