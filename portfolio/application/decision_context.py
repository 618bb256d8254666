"""Building the decision context from the record: the same for showing it before and for storing it with a decision."""

import hashlib
from datetime import date, datetime
from uuid import UUID

import msgspec

from portfolio.application.indexes import EVIDENCE_OF_ENROLMENT
from portfolio.application.read_session import ReadSession
from portfolio.domain.assessment import ASSESSMENT, AttemptOpened
from portfolio.domain.context import (
    Available,
    CriteriaInForce,
    Decider,
    DecisionContext,
    FormInForce,
    PlanInForce,
    VersionRef,
    cited_by,
    sealed,
    with_findings,
)
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.enrolment import ENROLMENT
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import EvidenceRecorded, EvidenceServed, FileSealed
from portfolio.domain.finding import Finding, StatementFound
from portfolio.domain.form import FORM, code_order
from portfolio.domain.kernel import NOBODY
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN

SOFTWARE = "portfolio 0.1.0"


def decision_context(
    session: ReadSession,
    assessment_id: UUID,
    by: UUID,
    at: datetime,
    today: date,
    *,
    decision_id: UUID = NOBODY,
    supersedes: UUID | None = None,
    newer: tuple[Finding, ...] = (),
) -> DecisionContext | None:
    """Return all that is in force for deciding this attempt now, None if there is no such attempt."""
    attempt = session.state(ASSESSMENT, assessment_id)
    opened = attempt.opened
    if opened is None:
        return None
    available, served = _evidence(session, opened.enrolment_id, by)
    plan, form = _plan(session, opened, today), _form(session, opened)
    criteria, decider = _criteria(session, opened), _decider(session, opened, by, today)
    findings = tuple(sorted(attempt.findings, key=lambda found: code_order(found.finding.code)))
    context = DecisionContext(
        decision_id=decision_id,
        assessment_id=assessment_id,
        apprentice=opened.apprentice,
        at=at,
        software=SOFTWARE,
        streams=tuple(sorted((str(stream), version) for stream, version in session.read_set(NOBODY).streams.items())),
        plan=plan,
        form=form,
        criteria=criteria,
        decider=decider,
        available=available,
        cited=cited_by(findings),
        served=served,
        findings=findings,
        supersedes=str(supersedes) if supersedes else "none",
    )
    added = tuple(StatementFound(finding=finding, assessor=by) for finding in newer)
    return with_findings(sealed(context), added) if added else sealed(context)


def _plan(session: ReadSession, opened: AttemptOpened, today: date) -> PlanInForce:
    enrolment = session.state(ENROLMENT, opened.enrolment_id)
    held = enrolment.route_on(today)
    edition = session.state(PLAN, enrolment.plan_id)
    return PlanInForce(
        reference=edition.plan.reference if edition.plan else "",
        version_label=edition.plan.version_label if edition.plan else "",
        sha256=edition.sha256,
        printed_as_draft=edition.plan is None or edition.plan.draft,
        approved=edition.approved,
        rulings=tuple(f"{warning}: {ruling}" for warning, ruling in edition.rulings),
        route=held.route if held else "",
        route_since=held.since if held else None,
    )


def _form(session: ReadSession, opened: AttemptOpened) -> FormInForce:
    form = session.state(FORM, opened.form_id)
    component = form.component(opened.component)
    return FormInForce(
        form_id=opened.form_id,
        proof_sha256=hashlib.sha256(msgspec.json.encode(form.proof, order="deterministic")).hexdigest(),
        component=opened.component,
        method=component.method if component else "",
        marker=component.marker if component else None,
        scrutiny=component.scrutiny if component else None,
        codes=tuple(sorted(opened.codes, key=code_order)),
    )


def _criteria(session: ReadSession, opened: AttemptOpened) -> CriteriaInForce:
    criteria = session.state(CRITERIA, opened.criteria_id)
    return CriteriaInForce(
        criteria_id=opened.criteria_id,
        version=criteria.version,
        sha256=criteria.sha256,
        trace=tuple(f"{line.key}: {line.category}, {line.level}" for line in criteria.criteria),
    )


def _decider(session: ReadSession, opened: AttemptOpened, by: UUID, today: date) -> Decider:
    person = session.state(PERSON, by)
    enrolment = session.state(ENROLMENT, opened.enrolment_id)
    assigned = enrolment.assesses(by, opened.component, today)
    return Decider(
        person_id=by,
        relation=", ".join(sorted(enrolment.relations(by, today))) or "none",
        authority=f"assigned assessor of {opened.component}" if assigned else "none",
        roles=tuple(sorted(person.roles)),
        training=tuple(f"{known.kind} on {known.occurred_on.isoformat()}" for known in person.competences),
        standardised=person.standardised_on(opened.criteria_id),
        interests=tuple(declared.interest for declared in person.declared(opened.apprentice)),
    )


def _evidence(
    session: ReadSession, enrolment_id: UUID, by: UUID
) -> tuple[tuple[Available, ...], tuple[VersionRef, ...]]:
    available: list[Available] = []
    served: list[VersionRef] = []
    for evidence_id in session.links(EVIDENCE_OF_ENROLMENT, enrolment_id):
        item = session.state(EVIDENCE, evidence_id)
        history = session.history(evidence_id)
        received = {
            entry.fact.version: (entry.at, getattr(entry.fact, "screening", "none configured"))
            for entry in history
            if isinstance(entry.fact, FileSealed | EvidenceRecorded)
        }
        served += [
            VersionRef(evidence_id=evidence_id, version=entry.fact.version)
            for entry in history
            if isinstance(entry.fact, EvidenceServed) and entry.by == by
        ]
        available += [
            Available(
                evidence_id=evidence_id,
                version=version.number,
                kind=version.kind,
                stage=version.stage,
                sha256=version.sha256,
                size=version.size,
                media_type=version.media_type,
                received_at=received[version.number][0],
                produced_on=version.produced_on,
                screening=received[version.number][1],
                declaration=version.declaration,
                original=True,
                claims=tuple(sorted(version.claims, key=code_order)),
                annotations=version.annotations,
            )
            for version in item.versions
            if version.handed_in() and version.number in received
        ]
    return tuple(available), tuple(served)
