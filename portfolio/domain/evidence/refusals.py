"""What several rules of evidence refuse, and the checks they share."""

from uuid import UUID

from portfolio.domain.evidence.item import Evidence, Stage, Version
from portfolio.domain.kernel import NotVisible, RuleBroken


class EvidenceUnknown(NotVisible):
    """There is no such evidence, or no such version of it."""


class EvidenceExists(RuleBroken):
    """This evidence is recorded already."""


class EvidenceVersionFixed(RuleBroken, rule="EVIDENCE-2"):
    """The bytes of a version never change; a correction is a new version."""


class ProductionDateInvalid(RuleBroken, rule="EVIDENCE-3"):
    """The day the work was produced, seen or said cannot lie in the future."""


class ProductionDateMissing(RuleBroken, rule="EVIDENCE-3"):
    """Say first on which day the work was produced: nobody guesses it."""


class EvidenceNotSealed(RuleBroken, rule="EVIDENCE-1"):
    """The file has not been received and checked yet."""


class EvidenceNotSubmitted(RuleBroken, rule="EVIDENCE-6"):
    """Only a version that is handed in is shown or remarked on, one that waits accepted, one of these two returned."""


class EvidenceAlreadySubmitted(RuleBroken, rule="EVIDENCE-6"):
    """The version is no draft any more: what was handed in stays as it is, and nothing is handed in twice."""


class EvidenceWithdrawnAlready(RuleBroken, rule="CLAIM-2"):
    """The version was withdrawn, replaced, discarded or refused: claim with the newest one, or hand in a new one."""


STANDS: dict[Stage, str] = {
    "offered": "Its file has not been received yet.",
    "received": "Its file waits to be checked.",
    "refused": "Its file was refused: upload another one as a new version.",
    "sealed": "It is a draft that is not handed in yet.",
    "submitted": "It is handed in and waits for an answer.",
    "returned": "It was handed in and returned: it is put right in a new version.",
    "accepted": "It was handed in and accepted.",
    "replaced": "It was handed in, and a newer version took its place.",
    "withdrawn": "It was withdrawn: hand in a new version.",
    "discarded": "It was discarded as a draft: hand in a new version.",
}
"""Where a version stands, as a sentence."""


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
    """Refuse a version that was withdrawn, replaced, discarded or refused."""
    if version.stage in ("refused", "replaced", "withdrawn", "discarded"):
        raise EvidenceWithdrawnAlready
