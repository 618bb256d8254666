"""Claims: the apprentice says which codes a version shows, and takes a claim back until it is answered."""

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.state import Enrolment, route_codes
from portfolio.domain.erasure import check_not_erased
from portfolio.domain.evidence.commands import ClaimStatements, DropClaim
from portfolio.domain.evidence.facts import ClaimDropped, StatementClaimed
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.refusals import EvidenceNotSealed, check_live, shown_version
from portfolio.domain.evidence.selector import check_place
from portfolio.domain.form import OutcomeNotInRoute, code_order
from portfolio.domain.kernel import Known, RuleBroken
from portfolio.domain.plan import PlanEdition


class ForClaim(Known):
    """The enrolment with its plan edition, and the text of a file quoted."""

    enrolment: Enrolment
    edition: PlanEdition
    texts: tuple[str, ...]


class ForDrop(Known):
    """All attempts of the enrolment."""

    attempts: tuple[Assessment, ...]


class ClaimNeedsApprentice(RuleBroken, rule="CLAIM-1"):
    """Only the apprentice says which codes their work shows."""


class ClaimVersionMismatch(RuleBroken, rule="CLAIM-2"):
    """There is no such claim on this version; a new version inherits none."""


class ClaimAlreadyAnswered(RuleBroken, rule="CLAIM-2"):
    """An assessor has answered this claim, so it stays."""


def claim_statements(item: Evidence, command: ClaimStatements, known: ForClaim) -> list[StatementClaimed]:
    """Record each code of the route that is not claimed yet, at a place that the version has (CLAIM-1, CLAIM-2)."""
    version = shown_version(item, command.version, known.by)
    if known.by != item.apprentice:
        raise ClaimNeedsApprentice
    check_live(version)
    check_not_erased(version.erasure)
    check_codes(command.codes, route_codes(known.enrolment, known.edition, known.today))
    if command.place is not None:
        if version.bounds is None:
            raise EvidenceNotSealed
        check_place(command.place, version.bounds, known.texts)
    return [
        StatementClaimed(version=version.number, code=code, place=command.place)
        for code in sorted(command.codes - version.claims, key=code_order)
    ]


def drop_claim(item: Evidence, command: DropClaim, known: ForDrop) -> list[ClaimDropped]:
    """Take a claim back that no finding has answered (CLAIM-2)."""
    version = shown_version(item, command.version, known.by)
    if known.by != item.apprentice:
        raise ClaimNeedsApprentice
    if command.code not in version.claims:
        raise ClaimVersionMismatch
    if answered(command, known):
        raise ClaimAlreadyAnswered
    return [ClaimDropped(version=version.number, code=command.code)]


def answered(command: DropClaim, known: ForDrop) -> bool:
    """Return whether a finding on the code cites the version."""
    return any(
        (cite.evidence_id, cite.version) == (command.evidence_id, command.version)
        for attempt in known.attempts
        for statement in attempt.findings
        if statement.finding.code == command.code
        for cite in statement.finding.cites
    )


def check_codes(codes: frozenset[str], of_the_route: frozenset[str]) -> None:
    """Refuse codes that are not of the apprentice's route."""
    if outside := sorted(codes - of_the_route, key=code_order):
        raise OutcomeNotInRoute(f"Not in the apprentice's route: {', '.join(outside)}.", codes=outside)
