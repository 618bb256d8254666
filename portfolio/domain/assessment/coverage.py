"""Coverage: what of the evidence stands beside each code of an attempt, as claimed, as spoken of, and as cited."""

from collections.abc import Iterable
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Value
from portfolio.domain.plan import Plan


class Cover(Value):
    """One evidence version beside one code.

    ``claimed``: by the apprentice; ``spoken_of``: in a record that others wrote; ``cited``: by the current finding.
    """

    evidence_id: UUID
    version: int
    claimed: bool
    spoken_of: bool
    cited: bool


class CodesOfOutcome(Value):
    """The codes of an attempt that an outcome of the plan groups; ``key`` is "" for those that none groups any more."""

    key: str
    title: str
    codes: tuple[str, ...]


def offered_to_findings(
    attempt: Assessment, assessment_id: UUID, evidence: dict[UUID, Evidence]
) -> dict[tuple[UUID, int], Version]:
    """Return the versions that findings of an attempt may rest on and that are up to date, by item and number.

    They are handed in and not replaced, of a kind that the component takes, and no record of another attempt. A version
    that a current finding cites is among them whatever became of it, as long as it may be cited.
    """
    kinds = attempt.opening().evidence_kinds
    cited = _cited(attempt)
    return {
        (evidence_id, version.number): version
        for evidence_id, item in evidence.items()
        for version in item.versions
        if version.citable() and version.kind in kinds and version.attempt_id in (None, assessment_id)
        if version.stage in ("submitted", "accepted") or (evidence_id, version.number) in cited
    }


def coverage(attempt: Assessment, assessment_id: UUID, evidence: dict[UUID, Evidence]) -> dict[str, tuple[Cover, ...]]:
    """Return for each code of an attempt, K2 before K10, the versions claimed for it, that speak of it or are cited.

    What a current finding cites is told also where it may not be cited any more.
    """
    offered = offered_to_findings(attempt, assessment_id, evidence)
    cites = {each.finding.code: each.finding.cites for each in attempt.findings}
    return {
        code: tuple(
            Cover(
                evidence_id=place[0],
                version=place[1],
                claimed=place in offered and code in offered[place].claims,
                spoken_of=place in offered and code in offered[place].written_of,
                cited=place in {(cite.evidence_id, cite.version) for cite in cites.get(code, ())},
            )
            for place in _beside(code, offered, ((cite.evidence_id, cite.version) for cite in cites.get(code, ())))
        )
        for code in sorted(attempt.opening().codes, key=code_order)
    }


def _cited(attempt: Assessment) -> set[tuple[UUID, int]]:
    return {(cite.evidence_id, cite.version) for each in attempt.findings for cite in each.finding.cites}


def _beside(
    code: str, offered: dict[tuple[UUID, int], Version], cited: Iterable[tuple[UUID, int]]
) -> list[tuple[UUID, int]]:
    said = [place for place, version in offered.items() if code in version.claims | version.written_of]
    return list(dict.fromkeys([*said, *cited]))


def by_outcome(codes: Iterable[str], plan: Plan | None, route: str) -> tuple[CodesOfOutcome, ...]:
    """Return codes under the outcomes of a route in the order the plan prints them; those of none come last."""
    left = set(codes)
    groups = []
    for outcome in plan.outcomes_of(route) if plan else ():
        if here := sorted({mapping.code for mapping in outcome.codes} & left, key=code_order):
            groups.append(CodesOfOutcome(key=outcome.key, title=outcome.title, codes=tuple(here)))
            left -= set(here)
    rest = CodesOfOutcome(key="", title="", codes=tuple(sorted(left, key=code_order)))
    return (*groups, *([rest] if left else []))
