"""Quota: how much room the files of an enrolment may take, and how many drafts one person may have (EVIDENCE-12)."""

from collections.abc import Iterable

from portfolio.domain.evidence.item import DRAFTS, Evidence, Version
from portfolio.domain.kernel import RuleBroken, Value


class Quota(Value):
    """So many bytes of files, announced or kept, an enrolment may have, and so many drafts a person."""

    bytes_of_enrolment: int = 50_000_000_000
    drafts_of_person: int = 100


class TooManyDrafts(RuleBroken, rule="EVIDENCE-12"):
    """You have as many drafts as one person may have: hand some in, or discard some first."""


class EnrolmentFull(RuleBroken, rule="EVIDENCE-12"):
    """This file would take more room than the enrolment has: discard drafts, or ask who runs the service for more."""


def files(items: Iterable[Evidence]) -> Iterable[Version]:
    """Yield the versions of these items whose bytes are kept or waited for."""
    for item in items:
        for version in item.versions:
            kept = version.stage not in ("refused", "discarded") and not version.erased()
            if version.object_id is not None and kept:
                yield version


def check_room(size: int, here: Iterable[Evidence], everywhere: Iterable[Evidence], quota: Quota) -> None:
    """Refuse one more file where its person's drafts or its enrolment's bytes would be too many (EVIDENCE-12).

    ``here`` are the items of its enrolment, ``everywhere`` those of all enrolments of its apprentice.
    """
    if sum(version.stage in DRAFTS for version in files(everywhere)) >= quota.drafts_of_person:
        raise TooManyDrafts(f"At most {quota.drafts_of_person} are kept. Hand some in, or discard some first.")
    taken = sum(version.size for version in files(here))
    if taken + size > quota.bytes_of_enrolment:
        raise EnrolmentFull(
            f"{taken:,} of {quota.bytes_of_enrolment:,} bytes are taken, and the file has {size:,}. "
            "Discard drafts, or ask who runs the service for more."
        )
