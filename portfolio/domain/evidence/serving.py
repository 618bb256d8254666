"""Serving: a version is shown to somebody, and the first time is recorded."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.refusals import EvidenceNotSealed, EvidenceNotSubmitted, shown_version
from portfolio.domain.kernel import Known, Recorded


class ForView(Known):
    """All attempts of the enrolment, and everything recorded of the item."""

    attempts: tuple[Assessment, ...]
    history: Sequence[Recorded]


def serve_evidence(item: Evidence, command: ServeEvidence, known: ForView) -> list[EvidenceServed]:
    """Show what was handed in, or lay before a decision; record a first view by all but the apprentice (INTEREST-1)."""
    version = shown_version(item, command.version, known.by)
    if version.bounds is None:
        raise EvidenceNotSealed
    if known.by == item.apprentice:
        return []
    if not version.handed_in() and not lay_before_a_decision(command, known):
        raise EvidenceNotSubmitted
    return [] if served_before(version.number, known.by, known.history) else [EvidenceServed(version=version.number)]


def lay_before_a_decision(command: ServeEvidence, known: ForView) -> bool:
    """Return whether a decision's context names the version: then it stays readable, also when it was withdrawn."""
    return any((command.evidence_id, command.version) in attempt.rested_on() for attempt in known.attempts)


def served_before(number: int, person_id: UUID, history: Iterable[Recorded]) -> bool:
    """Return whether this person was shown this version already."""
    return any(
        isinstance(entry.fact, EvidenceServed) and entry.by == person_id and entry.fact.version == number
        for entry in history
    )
