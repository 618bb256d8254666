"""Drafts: what of an item is the apprentice's alone, and from when others may see the rest (EVIDENCE-6)."""

from collections.abc import Iterable
from uuid import UUID

from portfolio.domain.evidence.facts import (
    ClaimDropped,
    EvidenceFact,
    EvidenceRecorded,
    EvidenceSubmitted,
    StatementClaimed,
)
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.kernel import Recorded


def seen_by_others(entries: Iterable[Recorded]) -> dict[int, int]:
    """Return, by position, the position from which others than the apprentice may see each of these facts.

    Facts of a version count from the moment it was handed in. What is not there is the apprentice's alone: a version
    that never was, and a claim that was taken back before. The entries are whole streams, oldest first.
    """
    log = list(entries)
    handed_in = {
        (entry.originator_id, entry.fact.version): entry.position
        for entry in log
        if isinstance(entry.fact, EvidenceSubmitted | EvidenceRecorded)
    }
    dropped = _dropped_as_drafts(log, handed_in)
    seen: dict[int, int] = {}
    for entry in log:
        if not isinstance(entry.fact, EvidenceFact):
            seen[entry.position] = entry.position
        elif entry.position not in dropped and (since := handed_in.get((entry.originator_id, entry.fact.version))):
            seen[entry.position] = max(since, entry.position)
    return seen


def is_alone(item: Evidence, fact: EvidenceFact) -> bool | None:
    """Return whether a fact of an item is the apprentice's alone, as ``seen_by_others`` says of its whole history.

    None where the state does not tell: of claims with a code that was ever taken back.
    """
    version = item.version(fact.version)
    if version is None or (isinstance(fact, StatementClaimed | ClaimDropped) and fact.code in version.dropped):
        return None
    return version.is_draft()


def _dropped_as_drafts(log: list[Recorded], handed_in: dict[tuple[UUID, int], int]) -> set[int]:
    """Return the positions of claims that were made and taken back before their version was handed in."""
    gone: set[int] = set()
    made: dict[tuple[UUID, int, str], list[int]] = {}
    for entry in log:
        if not isinstance(entry.fact, StatementClaimed | ClaimDropped):
            continue
        since = handed_in.get((entry.originator_id, entry.fact.version))
        if since is not None and entry.position < since:
            key = (entry.originator_id, entry.fact.version, entry.fact.code)
            made.setdefault(key, []).append(entry.position)
            if isinstance(entry.fact, ClaimDropped):
                gone.update(made.pop(key))
    return gone
