"""Handing in: a version is submitted, accepted or returned, and taken back while no decision rests on it."""

from portfolio.domain.appeal.acting import coaches
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.conflict import check_free_to_assess
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.erasure import check_not_erased
from portfolio.domain.evidence.commands import AcceptEvidence, ReturnEvidence, SubmitEvidence, WithdrawEvidence
from portfolio.domain.evidence.declaration import DeclarationNotOwn, check_declaration
from portfolio.domain.evidence.facts import (
    EvidenceAccepted,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceSubmitted,
    EvidenceWithdrawn,
)
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.refusals import (
    STANDS,
    EvidenceAlreadySubmitted,
    EvidenceNotSealed,
    EvidenceNotSubmitted,
    EvidenceWithdrawnAlready,
    ProductionDateMissing,
    shown_version,
)
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Known, RuleBroken
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import ASSESSOR, ASSIGNED, INTERNAL_QUALITY_ASSURER


class WithAttempts(Known):
    """All attempts of the enrolment."""

    attempts: tuple[Assessment, ...]


class ForAnswer(WithAttempts):
    """Who answers, the enrolment and the apprentice's other ones, and all attempts of the enrolment."""

    person: Person
    enrolment: Enrolment
    other_enrolments: tuple[Enrolment, ...]


class RecordNotYours(RuleBroken, rule="EVIDENCE-7"):
    """What somebody else recorded about the work is not the apprentice's to take back."""


class EvidenceCitedByFinding(RuleBroken, rule="EVIDENCE-6"):
    """A finding rests on this version: the assessor judges those codes anew without it before it is returned."""


class EvidenceAlreadyCited(RuleBroken, rule="EVIDENCE-7"):
    """A decision rests on this version, so it stays."""


def submit_evidence(
    item: Evidence, command: SubmitEvidence, known: Known
) -> list[EvidenceSubmitted | EvidenceReplaced]:
    """Take a sealed version with its day and the apprentice's own declaration (EVIDENCE-3, -5).

    It replaces what was handed in (EVIDENCE-6).
    """
    version = shown_version(item, command.version, known.by)
    if known.by != item.apprentice:
        raise DeclarationNotOwn
    if version.stage in ("offered", "received", "refused"):
        raise EvidenceNotSealed(STANDS[version.stage])
    if version.stage != "sealed":
        raise EvidenceAlreadySubmitted(STANDS[version.stage])
    if version.produced_on is None:
        raise ProductionDateMissing
    check_declaration(command.declaration)
    older = [other for other in item.versions[: version.number - 1] if other.handed_in() and other.stage != "replaced"]
    return [
        EvidenceSubmitted(version=version.number, declaration=command.declaration),
        *(EvidenceReplaced(version=other.number, replaced_by=version.number) for other in older),
    ]


def return_evidence(item: Evidence, command: ReturnEvidence, known: ForAnswer) -> list[EvidenceReturned]:
    """Give back a version that waits or was accepted, and that no finding in force rests on (EVIDENCE-6, INTEREST-3).

    A coach returns what waits; what was accepted is returned by who may accept.
    """
    version = shown_version(item, command.version, known.by)
    if version.stage == "accepted" or not coaches(known.enrolment, known.by, known.person, known.today):
        _check_answers(known)
    _check_returnable(version)
    if codes := codes_resting_on(command, known):
        raise EvidenceCitedByFinding(f"Findings that rest on it: {', '.join(codes)}.", codes=codes)
    return [EvidenceReturned(version=version.number, reason=command.reason)]


def accept_evidence(item: Evidence, command: AcceptEvidence, known: ForAnswer) -> list[EvidenceAccepted]:
    """Accept a version that waits and whose file is there (EVIDENCE-6, INTEREST-3, ERASURE-3)."""
    version = shown_version(item, command.version, known.by)
    _check_answers(known)
    if version.stage != "submitted":
        raise EvidenceNotSubmitted(f"Only a version that waits is accepted. {STANDS[version.stage]}")
    check_not_erased(version.erasure)
    return [EvidenceAccepted(version=version.number)]


def _check_answers(known: ForAnswer) -> None:
    """Refuse an assessor who may not assess this apprentice; who is only a quality assurer here assesses nobody."""
    assures = known.enrolment.assured_by(known.by, known.today) and INTERNAL_QUALITY_ASSURER in known.person.roles
    assesses = known.enrolment.assessed_by(known.by, known.today) and known.person.keeps({ASSIGNED[ASSESSOR]})
    if assesses or not assures:
        check_free_to_assess(known.enrolment, known.other_enrolments, known.person, known.by, known.today)


def _check_returnable(version: Version) -> None:
    """Refuse a version that neither waits nor was accepted, and a record, which its author puts right (EVIDENCE-11)."""
    if version.kind != "work product":
        raise EvidenceNotSubmitted("A record is not returned: its author writes it anew.")
    if version.stage not in ("submitted", "accepted"):
        raise EvidenceNotSubmitted(f"Only a version that waits or was accepted is returned. {STANDS[version.stage]}")


def withdraw_evidence(item: Evidence, command: WithdrawEvidence, known: WithAttempts) -> list[EvidenceWithdrawn]:
    """Let the apprentice take back work of their own that no decision cites (EVIDENCE-7)."""
    version = shown_version(item, command.version, known.by)
    if version.kind != "work product":
        raise RecordNotYours
    if cited(command, known):
        raise EvidenceAlreadyCited
    if version.stage == "received":
        raise EvidenceNotSealed("Its file is being checked: wait until that is done, or discard the draft.")
    if version.stage in ("refused", "withdrawn", "discarded"):
        raise EvidenceWithdrawnAlready
    return [EvidenceWithdrawn(version=version.number, reason=command.reason)]


def codes_resting_on(command: ReturnEvidence, known: WithAttempts) -> list[str]:
    """Return the codes whose findings in force cite the version."""
    findings = (each.finding for attempt in known.attempts for each in attempt.findings_in_force())
    resting = {
        finding.code
        for finding in findings
        if any((cite.evidence_id, cite.version) == (command.evidence_id, command.version) for cite in finding.cites)
    }
    return sorted(resting, key=code_order)


def cited(command: WithdrawEvidence, known: WithAttempts) -> bool:
    """Return whether a decision, whatever became of it, rests on the version."""
    return any(
        (ref.evidence_id, ref.version) == (command.evidence_id, command.version)
        for attempt in known.attempts
        for decision in attempt.decisions
        for _, refs in decision.context.cited
        for ref in refs
    )
