"""What the rules of attempts know in these tests: an assigned, prepared assessor, and evidence that is handed in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.decisions import ForSupersession
from portfolio.domain.assessment.in_force import ForDecision, decision_context
from portfolio.domain.assessment.opening import ForAttempt
from portfolio.domain.competences import CompetenceRecorded
from portfolio.domain.components import Components
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.enrolment.state import Enrolment, RouteFrom
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.declaration import CURRENT_AUTHENTICITY, AuthenticityDeclaration
from portfolio.domain.evidence.facts import EvidenceFact, EvidenceServed, EvidenceSubmitted, FileSealed, UploadOffered
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Fact, Recorded, changed
from portfolio.domain.person import Person
from portfolio.domain.plan import PlanEdition
from tests.domain.world import (
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CRITERIA,
    CRITERIA_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    NOW,
    OBJECT_ID,
    PLAN,
    PLAN_ID,
    SHA,
    TODAY,
    YESTERDAY,
    an_id,
    form,
    person,
)


def prepared(*roles: str, interest: Any = "none") -> Person:
    """Return somebody who declared this interest in the apprentice and is standardised on the criteria."""
    declared = InterestDeclared(apprentice=APPRENTICE, interest=interest, detail="")
    standardised = CompetenceRecorded(
        kind="standardised", criteria_id=CRITERIA_ID, occurred_on=YESTERDAY, detail="training day"
    )
    return changed(person(*roles), interests=(declared,), competences=(standardised,))


def assigned(person_id: UUID = ASSESSOR, assignment: Any = "assessor", **fields: Any) -> Assigned:
    part = Assigned(person_id=person_id, assignment=assignment, starts_on=YESTERDAY, components=frozenset())
    return changed(part, **fields)


ON_LET = RouteFrom(since=YESTERDAY, route="LET", form_id=FORM_ID)
ENROLMENT = Enrolment(apprentice=APPRENTICE, plan_id=PLAN_ID, routes=(ON_LET,), assigned=(assigned(),))
EDITION = PlanEdition(plan=PLAN, sha256=SHA, approved=True)
LIVE = Deployment(mode="live")

HANDED_IN: tuple[EvidenceFact, ...] = (
    UploadOffered(
        enrolment_id=ENROLMENT_ID,
        apprentice=APPRENTICE,
        version=1,
        title="Desk log",
        filename="log.pdf",
        media_type="application/pdf",
        size=1000,
        sha256=SHA,
        object_id=OBJECT_ID,
        produced_on=YESTERDAY,
    ),
    FileSealed(
        version=1,
        object_id=OBJECT_ID,
        sha256=SHA,
        size=1000,
        bounds=Bounds(media_type="application/pdf", pages=((595.0, 842.0),)),
        screening="none configured",
    ),
    EvidenceSubmitted(version=1, declaration=AuthenticityDeclaration(wording=CURRENT_AUTHENTICITY, ai_use="none")),
)
SERVED = EvidenceServed(version=1)


def recorded(stream: UUID, *facts: Fact, by: UUID = APPRENTICE) -> tuple[Recorded, ...]:
    """Return facts as the entries of a stream, an hour apart, the last an hour ago."""
    return tuple(
        Recorded(
            originator_id=stream,
            originator_version=number,
            fact=fact,
            by=by,
            at=NOW - timedelta(hours=1 + len(facts) - number),
            causation=an_id("cause"),
        )
        for number, fact in enumerate(facts, start=1)
    )


def evidence(**items: tuple[Recorded, ...]) -> dict[str, Any]:
    """Return the two fields that hold evidence, for items by the names of their ids."""
    histories = {an_id(name.replace("_", " ")): history for name, history in items.items()}
    folded = {evidence_id: EVIDENCE.fold(each.fact for each in history) for evidence_id, history in histories.items()}
    return {"histories": histories, "evidence": folded}


COMPONENTS = Components(forms={FORM_ID: form()}, lines={CRITERIA_ID: CRITERIA_ID})
"""The one form of these tests, on criteria that follow no others."""

OPENING = ForAttempt(
    by=ASSESSOR,
    at=NOW,
    today=TODAY,
    person=prepared("assessor"),
    enrolment=ENROLMENT,
    other_enrolments=(),
    earlier=(),
    edition=EDITION,
    deployment=LIVE,
    form=form(),
    criteria=CRITERIA,
    attempts=(),
    components=COMPONENTS,
)
"""What an attempt would rest on."""

KNOWN = ForSupersession(
    by=ASSESSOR,
    at=NOW,
    today=TODAY,
    person=prepared("assessor"),
    enrolment=ENROLMENT,
    other_enrolments=(),
    earlier=(),
    form=form(),
    edition=EDITION,
    apprentice=person("apprentice", name="Mia"),
    deployment=LIVE,
    criteria=CRITERIA,
    streams=((str(ENROLMENT_ID), 2),),
    software="portfolio",
    others={},
    later_criteria=(),
    attempts_here={},
    components=COMPONENTS,
    **evidence(evidence=recorded(EVIDENCE_ID, *HANDED_IN)),
)
"""What an assessor finds and decides on."""


def in_context(attempt: Assessment, known: ForDecision = KNOWN, **fields: Any) -> DecisionContext:
    """Return the context of a decision on the attempt in these tests."""
    return decision_context(attempt, ATTEMPT_ID, known, **fields)
