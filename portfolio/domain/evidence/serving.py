"""Serving: a version is shown to somebody, and the first time is recorded."""

from collections.abc import Sequence

from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.refusals import EvidenceNotSealed, EvidenceNotSubmitted, shown_version
from portfolio.domain.kernel import Known, Recorded


class ForView(Known):
    """Everything recorded of the item."""

    history: Sequence[Recorded]


def serve_evidence(item: Evidence, command: ServeEvidence, known: ForView) -> list[EvidenceServed]:
    """Show what was handed in; record the first view by anybody but the apprentice (INTEREST-1)."""
    version = shown_version(item, command.version, known.by)
    if version.bounds is None:
        raise EvidenceNotSealed
    if known.by == item.apprentice:
        return []
    if not version.handed_in():
        raise EvidenceNotSubmitted
    return [] if served_before(version.number, known) else [EvidenceServed(version=version.number)]


def served_before(number: int, known: ForView) -> bool:
    """Return whether this person was shown this version already."""
    return any(
        isinstance(entry.fact, EvidenceServed) and entry.by == known.by and entry.fact.version == number
        for entry in known.history
    )
