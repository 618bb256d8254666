"""Describing: the apprentice says of a draft what it is called and on which day the work was produced (EVIDENCE-3)."""

from datetime import date

from portfolio.domain.evidence.commands import DescribeDraft
from portfolio.domain.evidence.facts import DraftDescribed
from portfolio.domain.evidence.item import DRAFTS, Evidence
from portfolio.domain.evidence.refusals import (
    STANDS,
    EvidenceAlreadySubmitted,
    ProductionDateInvalid,
    known_version,
)
from portfolio.domain.kernel import A_DAY_THAT_HAS_COME, Known


def describe_draft(item: Evidence, command: DescribeDraft, known: Known) -> list[DraftDescribed]:
    """Record title and day of a draft where they are other than before (EVIDENCE-3, EVIDENCE-6)."""
    version = known_version(item, command.version)
    if version.stage not in DRAFTS:
        raise EvidenceAlreadySubmitted(STANDS[version.stage])
    if command.produced_on is not None:
        check_day(command.produced_on, known.today)
    if (command.title, command.produced_on) == (version.title, version.produced_on):
        return []
    return [DraftDescribed(version=version.number, title=command.title, produced_on=command.produced_on)]


def check_day(produced_on: date, today: date) -> None:
    """Refuse a day on which the work cannot have been produced, because it has not come."""
    if produced_on > today:
        raise ProductionDateInvalid(f"produced_on: {A_DAY_THAT_HAS_COME}", days=["produced_on"])
