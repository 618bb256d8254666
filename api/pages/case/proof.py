"""Proof: whether what the decision rested on is still what it was, found out anew each time the page is shown."""

from dataclasses import dataclass
from typing import Literal

from api.asked import lacking
from api.pages.case.of import Case
from portfolio.domain.assessment.context import Available
from portfolio.domain.evidence.aggregate import EVIDENCE

Word = Literal["unchanged", "changed", "cannot be checked"]


@dataclass(frozen=True)
class Proof:
    """The verdict on the record in one word, what it was found by, and what of it gives cause."""

    verdict: Word
    says: str
    faults: tuple[str, ...] = ()


def proof_of(case: Case) -> Proof:
    """Compare what was stored with the decision with its own seal, and each item's fingerprint with the record's."""
    if not case.decided.context.intact():
        return Proof("changed", "What was stored with the decision does not match the seal that was stored with it.")
    faults = [found for each in case.decided.context.available if (found := fault_of(case, each))]
    if faults:
        return Proof("changed", "Items are not on record any more as they were when it was decided.", tuple(faults))
    gone = [each for each in case.decided.context.available if is_erased(case, each)]
    if lacking() or gone:
        titles = tuple(f"The file of {case.title(each.evidence_id, each.version)} was erased." for each in gone)
        return Proof("cannot be checked", "A part of what it rested on cannot be read any more.", titles)
    return Proof(
        "unchanged",
        "What was stored with the decision was sealed then. It was compared with that seal just now, and every item "
        "in it with its own fingerprint on record: nothing in it was altered, and nothing left out of it.",
    )


def fault_of(case: Case, available: Available) -> str:
    """Return what is wrong with an item's place in the record, empty if nothing."""
    version = case.session.state(EVIDENCE, available.evidence_id).version(available.version)
    title = case.title(available.evidence_id, available.version)
    if version is None:
        return f"{title} is not there."
    return "" if version.sha256 == available.sha256 else f"{title} has another fingerprint."


def is_erased(case: Case, available: Available) -> bool:
    """Tell whether an item's file is gone for good."""
    version = case.session.state(EVIDENCE, available.evidence_id).version(available.version)
    return version is not None and version.erased()
