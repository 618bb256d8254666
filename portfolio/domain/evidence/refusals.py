"""What several rules of evidence refuse, and the checks they share."""

from uuid import UUID

from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.kernel import NotVisible, RuleBroken


class EvidenceUnknown(NotVisible):
    """There is no such evidence, or no such version of it."""


class EvidenceExists(RuleBroken):
    """This evidence is recorded already."""


class EvidenceVersionFixed(RuleBroken, rule="EVIDENCE-2"):
    """The bytes of a version never change; a correction is a new version."""


class ProductionDateInvalid(RuleBroken, rule="EVIDENCE-3"):
    """The day the work was produced, seen or said cannot lie in the future."""


class EvidenceNotSealed(RuleBroken, rule="EVIDENCE-1"):
    """The file has not been received and checked yet."""


class EvidenceNotSubmitted(RuleBroken, rule="EVIDENCE-6"):
    """Only a version that is handed in is shown to others or remarked on, and only one that waits is answered."""


class EvidenceAlreadySubmitted(RuleBroken, rule="EVIDENCE-6"):
    """The version was submitted already: what was handed in is not discarded or handed in again."""


class EvidenceWithdrawnAlready(RuleBroken, rule="CLAIM-2"):
    """The version was withdrawn, replaced or discarded: claim with the newest version, or hand in a new one."""


def known_version(item: Evidence, number: int) -> Version:
    """Return the version of this number, or refuse."""
    version = item.version(number)
    if version is None:
        raise EvidenceUnknown
    return version


def shown_version(item: Evidence, number: int, by: UUID) -> Version:
    """Return the version of this number as it is there for a person: to all but the apprentice no draft is."""
    version = known_version(item, number)
    if version.is_draft() and by != item.apprentice:
        raise EvidenceUnknown
    return version


def check_live(version: Version) -> None:
    """Refuse a version that was withdrawn, replaced or discarded."""
    if version.stage in ("replaced", "withdrawn", "discarded"):
        raise EvidenceWithdrawnAlready
