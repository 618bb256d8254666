"""The rules of findings: who judges which codes, on what evidence, until the decision."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from portfolio.domain.assessment.assessor import ForAssessor, check_assessor, check_not_declined
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AssessmentFact, AttemptOpened
from portfolio.domain.assessment.finding import Finding, StatementFound
from portfolio.domain.criteria import Criteria
from portfolio.domain.enrolment.state import route_codes
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.redacting import WHOLE, check_copy_named
from portfolio.domain.form import OutcomeNotInRoute, code_order
from portfolio.domain.kernel import NOBODY, Command, RuleBroken
from portfolio.domain.plan import PlanEdition
from portfolio.domain.vocabulary import EvidenceKind


class RecordFindings(Command):
    """Judge codes, many in one call."""

    assessment_id: UUID
    findings: tuple[Finding, ...]


class ForFindings(ForAssessor):
    """What says who may assess, the plan edition, the criteria, and every evidence item of the enrolment by its id.

    ``copies`` are, for each version of which parts are or were hidden, those that the person was shown (EVIDENCE-9).
    """

    edition: PlanEdition
    criteria: Criteria
    evidence: dict[UUID, Evidence]
    copies: dict[tuple[UUID, int], frozenset[int]] = {}


class FindingRepeated(RuleBroken, rule="FINDING-1"):
    """One call judges each code once."""


class FindingNeedsEvidence(RuleBroken, rule="FINDING-1"):
    """A "met" or "not met" cites a version handed in; a "not met" alone may say that nothing handed in shows it."""


class CriterionNotInCriteria(RuleBroken, rule="FINDING-1"):
    """A finding names a criterion of the criteria that the attempt is decided against."""


class CodeNotInComponent(RuleBroken, rule="FINDING-2"):
    """The component does not cover this code."""


class EvidenceKindNotAllowed(RuleBroken, rule="EVIDENCE-4"):
    """The component's evidence rules do not take this kind of evidence."""


class JudgementNeedsReason(RuleBroken, rule="VACS-1"):
    """Each judgement, and each "no" about a cited version, has a reason."""


class EvidenceNotSufficient(RuleBroken, rule="VACS-2"):
    """A "met" needs one cited version that is valid, authentic and current, and enough evidence in all."""


class RecordOfAnotherAttempt(RuleBroken, rule="FINDING-1"):
    """A finding cites an observation or discussion of its own attempt only: write one of it, or cite other evidence."""


class FindingFixedByDecision(RuleBroken, rule="FINDING-3"):
    """The attempt is decided: a finding changes only by a decision that supersedes it, or in another attempt."""


def record_findings(attempt: Assessment, command: RecordFindings, known: ForFindings) -> list[AssessmentFact]:
    """Record what the assessor found, code by code, until the decision (FINDING-3)."""
    opened = attempt.opening()
    check_assessor(opened, known)
    attempt.check_open()
    if attempt.decided():
        raise FindingFixedByDecision(attempt.how_decided())
    check_not_declined(attempt, known)
    return [*statements_found(opened, command.assessment_id, command.findings, known)]


def statements_found(
    opened: AttemptOpened, assessment_id: UUID, findings: tuple[Finding, ...], known: ForFindings
) -> list[StatementFound]:
    """Return a fact for each finding of the person who asks, or refuse the findings."""
    check_findings(
        findings,
        codes=opened.codes,
        route_codes=route_codes(known.enrolment, known.edition, known.today),
        citable=citable(known.evidence),
        kinds=opened.evidence_kinds,
        shown=codes_shown(known.evidence, opened.evidence_kinds, assessment_id),
        criteria=[line.key for line in known.criteria.criteria],
    )
    check_of_this_attempt(findings, known.evidence, assessment_id)
    for cite in (cite for finding in findings for cite in finding.cites):
        check_copy_named(cite.redaction or 0, known.copies.get((cite.evidence_id, cite.version), WHOLE))
    return [StatementFound(finding=finding, assessor=known.by) for finding in findings]


def citable(evidence: dict[UUID, Evidence]) -> dict[tuple[UUID, int], EvidenceKind]:
    """Return the kinds of the evidence versions that a finding may rest on."""
    return {
        (evidence_id, version.number): version.kind
        for evidence_id, item in evidence.items()
        for version in item.versions
        if version.citable()
    }


def codes_shown(evidence: dict[UUID, Evidence], kinds: frozenset[EvidenceKind], assessment_id: UUID) -> frozenset[str]:
    """Return the codes that evidence which findings of an attempt may cite is claimed for or written of.

    It is handed in, of a kind that the component takes, and no record of another attempt.
    """
    versions = (version for item in evidence.values() for version in item.versions)
    return frozenset[str]().union(
        *(
            each.claims | each.written_of
            for each in versions
            if each.stage in ("submitted", "accepted")
            and each.kind in kinds
            and each.attempt_id in (None, assessment_id)
        )
    )


def check_of_this_attempt(findings: Iterable[Finding], evidence: dict[UUID, Evidence], assessment_id: UUID) -> None:
    """Refuse findings that rest on an observation or discussion of another attempt (FINDING-1)."""
    elsewhere = {item for item, each in evidence.items() if each.attempt_id() not in (NOBODY, assessment_id)}
    lost = {each.code for each in findings if any(cite.evidence_id in elsewhere for cite in each.cites)}
    if lost:
        codes = sorted(lost, key=code_order)
        raise RecordOfAnotherAttempt(f"Judge {', '.join(codes)} without what was seen or said in another.", codes=codes)


def check_findings(
    findings: tuple[Finding, ...],
    *,
    codes: frozenset[str],
    route_codes: frozenset[str],
    citable: dict[tuple[UUID, int], EvidenceKind],
    kinds: frozenset[EvidenceKind],
    shown: frozenset[str],
    criteria: Sequence[str],
) -> None:
    """Refuse findings that judge a code twice or out of place, rest on nothing, or are unreasoned or not borne out."""
    judged = [finding.code for finding in findings]
    if twice := sorted({code for code in judged if judged.count(code) > 1}, key=code_order):
        raise FindingRepeated(f"Judged more than once: {', '.join(twice)}.", codes=twice)
    if outside := sorted(set(judged) - route_codes, key=code_order):
        raise OutcomeNotInRoute(f"Not in the apprentice's route: {', '.join(outside)}.", codes=outside)
    if outside := sorted(set(judged) - codes, key=code_order):
        raise CodeNotInComponent(f"Not in this component: {', '.join(outside)}.", codes=outside)
    for finding in findings:
        if finding.criterion and finding.criterion not in criteria:
            raise CriterionNotInCriteria(
                f"{finding.criterion!r} is none of: {', '.join(criteria)}.", codes=[finding.code], criteria=criteria
            )
        if not finding.reason.strip():
            raise JudgementNeedsReason(f"{finding.code} has none.", codes=[finding.code])
        if finding.nothing_shows_it is True:
            _check_shown_by_nothing(finding, shown)
        else:
            _check_cites(finding, citable, kinds)


def _check_shown_by_nothing(finding: Finding, shown: frozenset[str]) -> None:
    if finding.judgement != "not met" or finding.cites:
        raise FindingNeedsEvidence(
            f"For {finding.code}: only a “not met” that cites nothing says that nothing handed in shows the code.",
            codes=[finding.code],
        )
    if finding.code in shown:
        raise FindingNeedsEvidence(
            f"For {finding.code}: evidence that is handed in is claimed for it or speaks of it: cite that.",
            codes=[finding.code],
        )


def _check_cites(
    finding: Finding, citable: dict[tuple[UUID, int], EvidenceKind], kinds: frozenset[EvidenceKind]
) -> None:
    unknown = [cite for cite in finding.cites if (cite.evidence_id, cite.version) not in citable]
    if unknown or not (finding.cites or finding.judgement == "not judged"):
        raise FindingNeedsEvidence(
            f"For {finding.code}: cite evidence that is handed in, or find it not met and say that nothing shows it.",
            codes=[finding.code],
        )
    for cite in finding.cites:
        kind = citable[cite.evidence_id, cite.version]
        if kind not in kinds:
            raise EvidenceKindNotAllowed(
                f"For {finding.code}: {kind}; it takes {', '.join(sorted(kinds))}.", codes=[finding.code]
            )
        if not cite.holds() and not cite.reason.strip():
            raise JudgementNeedsReason(f"A version cited for {finding.code} has none.", codes=[finding.code])
    if finding.judgement == "met" and not (finding.sufficient and any(cite.holds() for cite in finding.cites)):
        raise EvidenceNotSufficient(f"For {finding.code}.", codes=[finding.code])
