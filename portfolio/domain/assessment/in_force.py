"""What is in force for deciding an attempt: the decision context, put together from the records it rests on."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import cast
from uuid import UUID

import msgspec
from msgspec import UNSET

from portfolio.domain.appeal.hold import Cases, holds_in_words
from portfolio.domain.assessment.assessor import is_assigned, scrutiny_route
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.context import (
    NONE,
    Available,
    ClosedAttempt,
    CriteriaInForce,
    Decider,
    DecisionContext,
    EnrolmentInForce,
    FormInForce,
    NeverOpened,
    PlanInForce,
    VersionRef,
    cited_by,
    in_order,
    never_opened,
    sealed,
    with_findings,
)
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.assessment.findings import ForFindings
from portfolio.domain.calendar import day_in_words
from portfolio.domain.criteria import Criteria
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.facts import EvidenceRecorded, EvidenceServed, FileSealed
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.record import Testimony
from portfolio.domain.form import Form, code_order
from portfolio.domain.kernel import NOBODY, Recorded
from portfolio.domain.person import Person
from portfolio.domain.plan import PlanEdition
from portfolio.domain.vocabulary import LEAD_ASSESSOR


class ForDecision(ForFindings):
    """All that is in force for deciding an attempt, with the apprentice as a person and the software that decides.

    ``histories`` has the entries of every evidence item, oldest first; ``streams`` the version of every record that the
    context was read from, in order; ``attempts_here`` the attempts of the enrolment by their ids, with the
    ``components`` that they were at.
    """

    apprentice: Person
    deployment: Deployment
    histories: dict[UUID, Sequence[Recorded]]
    streams: tuple[tuple[str, int], ...]
    software: str
    attempts_here: dict[UUID, Assessment]
    cases: Cases = {}


def decision_context(
    attempt: Assessment,
    assessment_id: UUID,
    known: ForDecision,
    *,
    decision_id: UUID = NOBODY,
    supersedes: UUID | None = None,
    newer: tuple[StatementFound, ...] = (),
    adopted: tuple[str, ...] = (),
) -> DecisionContext:
    """Return all that is in force for deciding this attempt now.

    A superseding decision brings ``newer`` findings with it, and adopts earlier ones on the codes ``adopted``.
    """
    opened = attempt.opening()
    available = tuple(
        version
        for evidence_id, item in known.evidence.items()
        for version in _available(evidence_id, item, known.histories[evidence_id])
    )
    served = tuple(
        VersionRef(evidence_id=evidence_id, version=entry.fact.version, redaction=entry.fact.redaction or UNSET)
        for evidence_id in known.evidence
        for entry in known.histories[evidence_id]
        if isinstance(entry.fact, EvidenceServed) and entry.by == known.by
    )
    cited = cited_by(attempt.findings)
    context = DecisionContext(
        decision_id=decision_id,
        assessment_id=assessment_id,
        apprentice=opened.apprentice,
        at=known.at,
        software=known.software,
        streams=known.streams,
        plan=_plan(known.edition, known.enrolment, known.today),
        form=_form(known.form, opened),
        criteria=_criteria(known.criteria, opened),
        decider=_decider(opened, known),
        available=available,
        cited=cited,
        served=served,
        never_opened=never_opened(_not_opened(available, served, known), cited),
        closed_attempts=_closed(opened, known) or UNSET,
        enrolment=_enrolment(known),
        findings=in_order(attempt.findings),
        holds="; ".join(holds_in_words(known.cases, known.attempts_here)) or NONE,
        supersedes=str(supersedes) if supersedes else NONE,
    )
    if supersedes is None:
        return sealed(context)
    return with_findings(sealed(context), newer, tuple(sorted(adopted, key=code_order)))


def _not_opened(
    available: tuple[Available, ...], served: tuple[VersionRef, ...], known: ForDecision
) -> tuple[NeverOpened, ...]:
    """Return the versions that the decider neither opened, in whichever copy, nor wrote."""
    opened = {(each.evidence_id, each.version) for each in served}
    written = {
        evidence_id
        for evidence_id, history in known.histories.items()
        for entry in history
        if isinstance(entry.fact, EvidenceRecorded) and entry.by == known.by
    }
    return tuple(
        NeverOpened(evidence_id=version.evidence_id, version=version.version, cited_for=())
        for version in available
        if (version.evidence_id, version.version) not in opened and version.evidence_id not in written
    )


def _closed(opened: AttemptOpened, known: ForDecision) -> tuple[ClosedAttempt, ...]:
    """Return the attempts at the same component that were closed undecided, as they were opened."""
    component = known.components.of(opened)
    return tuple(
        ClosedAttempt(
            assessment_id=assessment_id,
            number=each.opened.number,
            reason=each.closed.reason,
            findings=in_order(each.findings),
        )
        for assessment_id, each in known.attempts_here.items()
        if each.opened and each.closed and component and known.components.may_be_at(each.opened, component, known.form)
    )


def _plan(edition: PlanEdition, enrolment: Enrolment, today: date) -> PlanInForce:
    route = enrolment.route_on(today)
    return PlanInForce(
        reference=edition.plan.reference if edition.plan else "",
        version_label=edition.plan.version_label if edition.plan else "",
        sha256=edition.sha256,
        printed_as_draft=edition.plan is None or edition.plan.draft,
        approved=edition.approved,
        rulings=tuple(f"{ruling.warning}: {ruling.reading}" for ruling in edition.rulings),
        route=route.route if route else "",
        route_since=route.since if route else None,
    )


def _enrolment(known: ForDecision) -> EnrolmentInForce:
    enrolment = known.enrolment
    return EnrolmentInForce(
        name=known.apprentice.name,
        employer=enrolment.employer_on(known.today),
        centre_ukprn=enrolment.centre_ukprn,
        starts_on=enrolment.lasting.starts_on,
        state=enrolment.lasting.state_on(known.today),
    )


def _form(form: Form, opened: AttemptOpened) -> FormInForce:
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


def _criteria(criteria: Criteria, opened: AttemptOpened) -> CriteriaInForce:
    return CriteriaInForce(
        criteria_id=opened.criteria_id,
        version=criteria.version,
        sha256=criteria.sha256,
        trace=tuple(f"{line.key}: {line.category}, {line.level}" for line in criteria.criteria),
        grade_rules=criteria.grade_rules,
    )


def _authority(opened: AttemptOpened, known: ForDecision) -> str:
    if is_assigned(opened, known):
        return f"assigned assessor of {opened.component}"
    return "lead assessor" if LEAD_ASSESSOR in known.person.roles else NONE


def _decider(opened: AttemptOpened, known: ForDecision) -> Decider:
    return Decider(
        person_id=known.by,
        relation=", ".join(sorted(known.person.keeps(known.enrolment.relations(known.by, known.today)))) or NONE,
        authority=_authority(opened, known),
        roles=tuple(sorted(known.person.roles)),
        training=tuple(
            f"{held.kind} on {day_in_words(held.occurred_on)}"
            for held in known.person.competences
            if held.occurred_on <= known.today
        ),
        standardised=known.person.standardised_on(opened.criteria_id, known.today),
        interests=tuple(
            f"{declared.interest}, declared after a view" if declared.late else declared.interest
            for declared in known.person.declared(opened.apprentice)
        ),
        scrutiny_route=_scrutiny_route(opened, known),
    )


def _scrutiny_route(opened: AttemptOpened, known: ForDecision) -> str:
    """Return by which scrutiny route who decides does so, with both people, "none" for everybody who is free."""
    route = scrutiny_route(opened, known)
    if route is None:
        return NONE
    return (
        f"recorded by {route.officer}: {route.assessor}, who coached the apprentice, decides and "
        f"{route.second_person} confirms, because: {route.reason}"
    )


def _available(evidence_id: UUID, item: Evidence, history: Sequence[Recorded]) -> list[Available]:
    """Return the versions of an item that are handed in, with when each was received and how it was screened."""
    received = {
        entry.fact.version: (entry.at, getattr(entry.fact, "screening", "none configured"))
        for entry in history
        if isinstance(entry.fact, FileSealed | EvidenceRecorded)
    }
    wrote = {
        entry.fact.version: entry.by
        for entry in history
        if isinstance(entry.fact, EvidenceRecorded) and not isinstance(entry.fact.record, Testimony)
    }
    return [
        Available(
            evidence_id=evidence_id,
            version=version.number,
            kind=version.kind,
            stage=version.stage,
            sha256=version.sha256,
            size=version.size,
            media_type=version.media_type,
            received_at=received[version.number][0],
            produced_on=cast(date, version.produced_on),  # only of a draft nobody has said it
            screening=received[version.number][1],
            declaration=version.declaration,
            original=True,
            claims=tuple(sorted(version.claims, key=code_order)),
            annotations=version.annotations,
            written_by=wrote.get(version.number, UNSET),
            corrects=version.corrects or UNSET,
            reason=version.reason or UNSET,
        )
        for version in item.versions
        if version.handed_in() and version.number in received and not version.erased()
    ]
