"""Lookups: complete a command with what the record knows and a client may not say.

They read the journal, never a view, and every stream they read is part of what the append insists on.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from portfolio.application.decision_context import decision_context
from portfolio.application.indexes import (
    ATTEMPTS_OF_ENROLMENT,
    EVIDENCE_OF_ENROLMENT,
)
from portfolio.application.ports import Vault
from portfolio.application.read_session import ReadSession
from portfolio.domain.assessment import (
    ASSESSMENT,
    Assessment,
    AttemptOpened,
    Authority,
    DecideGrade,
    OpenAttempt,
    RecordFindings,
    SupersedeDecision,
)
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.deployment import DEPLOYMENT, DEPLOYMENT_ID
from portfolio.domain.enrolment import (
    ENROLMENT,
    RouteFrom,
    conflicted,
    route_codes,
)
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    AnnotateEvidence,
    ClaimStatements,
    DropClaim,
    OfferEvidence,
    ServeEvidence,
    WithdrawEvidence,
    WriteRecord,
)
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.evidence.selector import TextQuote
from portfolio.domain.form import FORM
from portfolio.domain.kernel import NOBODY, Command, changed
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN, may_rest_on_plan
from portfolio.domain.vocabulary import EvidenceKind

C = TypeVar("C", bound=Command)

LONGEST_TEXT = 5_000_000
"""Bytes of a text file that are read to find a quote."""

STAFF = ("assigned assessor", "assigned internal quality assurer")
"""Who must declare their interests before the first view (INTEREST-1)."""


class Lookups:
    """Knows, for each command, what the record has to say about it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._of: dict[type[Command], Callable[[ReadSession, Any, UUID, datetime, date], dict[str, Any]]] = {
            OfferEvidence: _offer,
            WriteRecord: _write_record,
            ClaimStatements: _claim,
            DropClaim: _drop_claim,
            AnnotateEvidence: self._annotate,
            ServeEvidence: _serve,
            WithdrawEvidence: _withdraw,
            OpenAttempt: _open_attempt,
            RecordFindings: _findings,
            DecideGrade: _decide,
            SupersedeDecision: _supersede,
        }

    def complete(self, session: ReadSession, command: C, by: UUID, at: datetime, today: date) -> C:
        """Return the command with its looked-up fields filled in from this session."""
        general = {"by": by, "today": today}
        fields: dict[str, Any] = {name: value for name, value in general.items() if hasattr(command, name)}
        if lookup := self._of.get(type(command)):
            fields |= lookup(session, command, by, at, today)
        return changed(command, **fields)

    def _annotate(self, session: ReadSession, command: AnnotateEvidence, *_: object) -> dict[str, Any]:
        version = session.state(EVIDENCE, command.evidence_id).version(command.version)
        wanted = isinstance(command.selector, TextQuote) and version is not None and version.media_type == "text/plain"
        if not wanted or version is None or version.object_id is None:
            return {}
        text = self._vault.read(version.object_id, 0, LONGEST_TEXT, storage_version=version.storage_version)
        return {"file_text": b"".join(text).decode(errors="replace")}


def _may_rest_on_plan(session: ReadSession, plan_id: UUID) -> bool:
    return may_rest_on_plan(session.state(PLAN, plan_id), session.state(DEPLOYMENT, DEPLOYMENT_ID))


def _route_codes(session: ReadSession, enrolment_id: UUID, today: date) -> frozenset[str]:
    enrolment = session.state(ENROLMENT, enrolment_id)
    return route_codes(enrolment, session.state(PLAN, enrolment.plan_id), today)


def _offer(session: ReadSession, command: OfferEvidence, *_: object) -> dict[str, Any]:
    return {"apprentice": session.state(ENROLMENT, command.enrolment_id).apprentice}


def _write_record(session: ReadSession, command: WriteRecord, _: UUID, __: datetime, today: date) -> dict[str, Any]:
    return {
        "apprentice": session.state(ENROLMENT, command.enrolment_id).apprentice,
        "route_codes": _route_codes(session, command.enrolment_id, today),
        "attempts": frozenset(session.links(ATTEMPTS_OF_ENROLMENT, command.enrolment_id)),
    }


def _claim(session: ReadSession, command: ClaimStatements, _: UUID, __: datetime, today: date) -> dict[str, Any]:
    item = session.state(EVIDENCE, command.evidence_id)
    return {"route_codes": _route_codes(session, item.enrolment_id, today)}


def _drop_claim(session: ReadSession, command: DropClaim, *_: object) -> dict[str, Any]:
    item = session.state(EVIDENCE, command.evidence_id)
    attempts = session.links(ATTEMPTS_OF_ENROLMENT, item.enrolment_id)
    return {
        "answered": any(
            found.finding.code == command.code
            and any(
                (cite.evidence_id, cite.version) == (command.evidence_id, command.version)
                for cite in found.finding.cites
            )
            for attempt in attempts
            for found in session.state(ASSESSMENT, attempt).findings
        )
    }


def _serve(session: ReadSession, command: ServeEvidence, by: UUID, _: datetime, today: date) -> dict[str, Any]:
    item = session.state(EVIDENCE, command.evidence_id)
    relations = session.state(ENROLMENT, item.enrolment_id).relations(by, today)
    return {
        "must_declare": bool(relations & set(STAFF)),
        "interest_declared": bool(session.state(PERSON, by).declared(item.apprentice)),
        "served_already": any(
            isinstance(entry.fact, EvidenceServed) and entry.by == by and entry.fact.version == command.version
            for entry in session.history(command.evidence_id)
        ),
    }


def _withdraw(session: ReadSession, command: WithdrawEvidence, *_: object) -> dict[str, Any]:
    item = session.state(EVIDENCE, command.evidence_id)
    decisions = (
        decision
        for attempt in session.links(ATTEMPTS_OF_ENROLMENT, item.enrolment_id)
        for decision in session.state(ASSESSMENT, attempt).decisions
    )
    return {
        "cited": any(
            (ref.evidence_id, ref.version) == (command.evidence_id, command.version)
            for decision in decisions
            for _, refs in decision.context.cited
            for ref in refs
        )
    }


def _open_attempt(session: ReadSession, command: OpenAttempt, _: UUID, __: datetime, today: date) -> dict[str, Any]:
    enrolment = session.state(ENROLMENT, command.enrolment_id)
    held = enrolment.route_on(today)
    if held is None:
        return {}
    form = session.state(FORM, held.form_id)
    stated = form.component(command.component)
    criteria = session.state(CRITERIA, (stated.criteria_id if stated else None) or NOBODY)
    earlier = [
        attempt
        for attempt_id in session.links(ATTEMPTS_OF_ENROLMENT, command.enrolment_id)
        if (attempt := session.state(ASSESSMENT, attempt_id)).opened and attempt.opened.component == command.component
    ]
    barred = (attempt.took_part() for attempt in earlier if attempt.voided)
    return {
        "apprentice": enrolment.apprentice,
        "form_id": held.form_id,
        "form_approved": form.proof is not None,
        "may_rest_on_plan": _may_rest_on_plan(session, enrolment.plan_id),
        "stated": stated,
        "criteria_approved": criteria.approved,
        "route": held.route,
        "route_codes": _route_codes(session, command.enrolment_id, today),
        "earlier_open": any(_goes_on(attempt, held) for attempt in earlier),
        "earlier_counted": sum(attempt.effective() is not None for attempt in earlier),
        "barred": frozenset[UUID]().union(*barred),
    }


def _goes_on(attempt: Assessment, held: RouteFrom) -> bool:
    # An attempt left open on another route or form can never be decided, so it must not bar a new one.
    opened = attempt.opened
    return not attempt.decisions and opened is not None and (opened.route, opened.form_id) == (held.route, held.form_id)


def authority(session: ReadSession, opened: AttemptOpened, by: UUID, today: date) -> Authority:
    """Return what the record says of a person as assessor of this attempt."""
    enrolment = session.state(ENROLMENT, opened.enrolment_id)
    person = session.state(PERSON, by)
    component = session.state(FORM, opened.form_id).component(opened.component)
    role = "centre assessor" if component and component.marker == "centre" else "assessor"
    return Authority(
        assigned=role in person.roles and enrolment.assesses(by, opened.component, today),
        conflicted=conflicted(enrolment, person, by),
        interest_declared=bool(person.declared(opened.apprentice)),
        standardised=person.standardised_on(opened.criteria_id),
    )


def _findings(
    session: ReadSession, command: RecordFindings | SupersedeDecision, by: UUID, _: datetime, today: date
) -> dict[str, Any]:
    opened = session.state(ASSESSMENT, command.assessment_id).opened
    if opened is None:
        return {}
    return {
        "authority": authority(session, opened, by, today),
        "route_codes": _route_codes(session, opened.enrolment_id, today),
        "citable": citable(session, opened.enrolment_id),
    }


def citable(session: ReadSession, enrolment_id: UUID) -> dict[tuple[UUID, int], EvidenceKind]:
    """Return the evidence versions a finding may rest on, with their kinds."""
    return {
        (evidence_id, version.number): version.kind
        for evidence_id in session.links(EVIDENCE_OF_ENROLMENT, enrolment_id)
        for version in session.state(EVIDENCE, evidence_id).versions
        if version.citable()
    }


def _decide(session: ReadSession, command: DecideGrade, by: UUID, at: datetime, today: date) -> dict[str, Any]:
    opened = session.state(ASSESSMENT, command.assessment_id).opened
    if opened is None:
        return {}
    context = decision_context(session, command.assessment_id, by, at, today, decision_id=command.decision_id)
    return {**_in_force(session, opened, by, today), "context": context}


def _in_force(session: ReadSession, opened: AttemptOpened, by: UUID, today: date) -> dict[str, Any]:
    criteria = session.state(CRITERIA, opened.criteria_id)
    plan_id = session.state(ENROLMENT, opened.enrolment_id).plan_id
    return {
        "authority": authority(session, opened, by, today),
        "scale": criteria.scale,
        "criteria_approved": criteria.approved,
        "may_rest_on_plan": _may_rest_on_plan(session, plan_id),
    }


def _supersede(session: ReadSession, command: SupersedeDecision, by: UUID, at: datetime, today: date) -> dict[str, Any]:
    opened = session.state(ASSESSMENT, command.assessment_id).opened
    if opened is None:
        return {}
    fields = _findings(session, command, by, at, today) | _in_force(session, opened, by, today)
    context = decision_context(
        session,
        command.assessment_id,
        by,
        at,
        today,
        decision_id=command.decision_id,
        supersedes=command.supersedes,
        newer=command.findings,
    )
    return {**fields, "context": context}
