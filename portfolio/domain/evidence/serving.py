"""Serving: a version is shown to somebody, and the first time is recorded."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.erasure import check_not_erased
from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.redacting import OriginalRedacted, OtherCopyShown
from portfolio.domain.evidence.refusals import EvidenceNotSealed, EvidenceNotSubmitted, shown_version
from portfolio.domain.kernel import Known, Recorded


class ForView(Known):
    """All attempts of the enrolment, everything recorded of the item, and which copy of the version is for who asks.

    ``redaction`` is the number of a redacted one, 0 for the original.
    """

    attempts: tuple[Assessment, ...]
    history: Sequence[Recorded]
    redaction: int


def serve_evidence(item: Evidence, command: ServeEvidence, known: ForView) -> list[EvidenceServed]:
    """Show what was handed in, or lay before a decision; record a first view by all but the apprentice (INTEREST-1)."""
    version = shown_version(item, command.version, known.by)
    if version.bounds is None:
        raise EvidenceNotSealed
    if known.by == item.apprentice:
        check_not_erased(version.erasure)
        return []
    if not version.handed_in() and not lay_before_a_decision(command, known):
        raise EvidenceNotSubmitted
    check_not_erased(version.erasure)
    if known.redaction and not command.redaction:
        raise OriginalRedacted
    if command.redaction != known.redaction:
        raise OtherCopyShown
    if served_before(version.number, known.by, known.history, command.redaction):
        return []
    return [EvidenceServed(version=version.number, redaction=command.redaction)]


def lay_before_a_decision(command: ServeEvidence, known: ForView) -> bool:
    """Return whether a decision's context names the version: then it stays readable, also when it was withdrawn."""
    return any((command.evidence_id, command.version) in attempt.rested_on() for attempt in known.attempts)


def served_before(number: int, person_id: UUID, history: Iterable[Recorded], redaction: int = 0) -> bool:
    """Return whether this person was shown this copy of this version already."""
    return redaction in copies_served(number, person_id, history)


def copies_served(number: int, person_id: UUID, history: Iterable[Recorded]) -> frozenset[int]:
    """Return which copies of a version this person was shown: numbers of redactions, 0 for the original."""
    return frozenset(
        entry.fact.redaction
        for entry in history
        if isinstance(entry.fact, EvidenceServed) and entry.by == person_id and entry.fact.version == number
    )
