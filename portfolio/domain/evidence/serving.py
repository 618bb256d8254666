"""Serving: a version is shown to somebody, and the first time is recorded (INTEREST-1)."""

from collections.abc import Sequence

from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.refusals import EvidenceNotSealed, EvidenceNotSubmitted, known_version
from portfolio.domain.kernel import Known, Recorded, RuleBroken
from portfolio.domain.person import Person


class ForView(Known):
    """The enrolment, the person who asks, and everything recorded of the item."""

    enrolment: Enrolment
    person: Person
    history: Sequence[Recorded]


class InterestNotDeclared(RuleBroken, rule="INTEREST-1"):
    """Declare what you are to this apprentice before the first view of the work."""


def serve_evidence(item: Evidence, command: ServeEvidence, known: ForView) -> list[EvidenceServed]:
    """Show what was handed in; record the first view by anybody but the apprentice (INTEREST-1)."""
    version = known_version(item, command.version)
    if version.bounds is None:
        raise EvidenceNotSealed
    if known.by == item.apprentice:
        return []
    if not version.handed_in():
        raise EvidenceNotSubmitted
    if must_declare(known) and not known.person.declared(item.apprentice):
        raise InterestNotDeclared
    return [] if served_before(version.number, known) else [EvidenceServed(version=version.number)]


def must_declare(known: ForView) -> bool:
    """Return whether who asks assesses or assures the apprentice."""
    enrolment = known.enrolment
    return enrolment.assessed_by(known.by, known.today) or enrolment.assured_by(known.by, known.today)


def served_before(number: int, known: ForView) -> bool:
    """Return whether this person was shown this version already."""
    return any(
        isinstance(entry.fact, EvidenceServed) and entry.by == known.by and entry.fact.version == number
        for entry in known.history
    )
