"""Findings: an assessor's judgement on each code, with the evidence it rests on."""

from typing import Literal
from uuid import UUID

from portfolio.domain.form import OutcomeNotInRoute, code_order
from portfolio.domain.kernel import Fact, RuleBroken, Value
from portfolio.domain.vocabulary import EvidenceKind

Judgement = Literal["met", "not met", "not judged"]


class Citation(Value):
    """One evidence version a finding rests on, judged valid, authentic and current for the code (VACS-1)."""

    evidence_id: UUID
    version: int
    valid: bool = True
    authentic: bool = True
    current: bool = True
    reason: str = ""

    def holds(self) -> bool:
        """Return whether all three judgements are yes."""
        return self.valid and self.authentic and self.current


class Finding(Value):
    """What an assessor says of one code; ``sufficient`` is about all cited versions together."""

    code: str
    judgement: Judgement
    reason: str
    criterion: str = ""
    cites: tuple[Citation, ...] = ()
    sufficient: bool = True


class StatementFound(Fact, tag="assessment.statement-found"):
    """An assessor judged one code."""

    finding: Finding
    assessor: UUID


class Citable(Value):
    """An evidence version that may be cited, and its kind."""

    evidence_id: UUID
    version: int
    kind: EvidenceKind


class FindingRepeated(RuleBroken, rule="FINDING-1"):
    """One call judges each code once."""


class FindingNeedsEvidence(RuleBroken, rule="FINDING-1"):
    """A "met" or "not met" cites at least one handed-in evidence version; "not judged" says why."""


class CodeNotInComponent(RuleBroken, rule="FINDING-2"):
    """The component does not cover this code."""


class EvidenceKindNotAllowed(RuleBroken, rule="EVIDENCE-4"):
    """The component's evidence rules do not take this kind of evidence."""


class JudgementNeedsReason(RuleBroken, rule="VACS-1"):
    """Each judgement, and each "no" about a cited version, has a reason."""


class EvidenceNotSufficient(RuleBroken, rule="VACS-2"):
    """A "met" needs one cited version that is valid, authentic and current, and enough evidence in all."""


def check_findings(
    findings: tuple[Finding, ...],
    *,
    codes: frozenset[str],
    route_codes: frozenset[str],
    citable: dict[tuple[UUID, int], EvidenceKind],
    kinds: frozenset[EvidenceKind],
) -> None:
    """Refuse findings on codes said twice or out of component or route, on no evidence, unreasoned or not borne out."""
    said = [finding.code for finding in findings]
    if twice := sorted({code for code in said if said.count(code) > 1}, key=code_order):
        raise FindingRepeated(f"Judged more than once: {', '.join(twice)}.", codes=twice)
    if outside := sorted(set(said) - route_codes, key=code_order):
        raise OutcomeNotInRoute(f"Not in the apprentice's route: {', '.join(outside)}.", codes=outside)
    if outside := sorted(set(said) - codes, key=code_order):
        raise CodeNotInComponent(f"Not in this component: {', '.join(outside)}.", codes=outside)
    for finding in findings:
        _check_finding(finding, citable, kinds)


def _check_finding(
    finding: Finding, citable: dict[tuple[UUID, int], EvidenceKind], kinds: frozenset[EvidenceKind]
) -> None:
    if not finding.reason.strip():
        raise JudgementNeedsReason(f"{finding.code} has none.", codes=[finding.code])
    if finding.judgement == "not judged":
        return
    unknown = [cite for cite in finding.cites if (cite.evidence_id, cite.version) not in citable]
    if unknown or not finding.cites:
        raise FindingNeedsEvidence(f"For {finding.code}: cite evidence that is handed in.", codes=[finding.code])
    for cite in finding.cites:
        kind = citable[cite.evidence_id, cite.version]
        if kind not in kinds:
            raise EvidenceKindNotAllowed(f"For {finding.code}: {kind}.", codes=[finding.code])
        if not cite.holds() and not cite.reason.strip():
            raise JudgementNeedsReason(f"A version cited for {finding.code} has none.", codes=[finding.code])
    if finding.judgement == "met" and not (finding.sufficient and any(cite.holds() for cite in finding.cites)):
        raise EvidenceNotSufficient(f"For {finding.code}.", codes=[finding.code])
