"""Lookups: complete a command with what the record knows and a client may not say.

They read the journal, never a view, and every stream they read is part of what the append insists on.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from portfolio.application.indexes import (
    ATTEMPTS_OF_ENROLMENT,
)
from portfolio.application.ports import Vault
from portfolio.application.read_session import ReadSession
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.enrolment import (
    ENROLMENT,
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
from portfolio.domain.kernel import Command, changed
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN

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
