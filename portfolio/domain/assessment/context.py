"""Decision context: all that was in force and available when a grade was decided, with its hash (DECISION-4)."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.criteria import GradeRule
from portfolio.domain.enrolment.lasting import EnrolmentState
from portfolio.domain.evidence.declaration import AuthenticityDeclaration
from portfolio.domain.evidence.facts import EvidenceAnnotated
from portfolio.domain.evidence.item import Stage
from portfolio.domain.form import code_order
from portfolio.domain.kernel import EPOCH, NOBODY, Value, changed
from portfolio.domain.vocabulary import EvidenceKind, MarkerKind, Scrutiny

MANIFEST = "decision-context/1"
NONE = "none"


class PlanInForce(Value):
    """Part 2: the plan edition, its rulings, and the route with its day."""

    reference: str
    version_label: str
    sha256: str
    printed_as_draft: bool
    approved: bool
    rulings: tuple[str, ...]
    route: str
    route_since: date | None


class EnrolmentInForce(Value):
    """Beside part 2: the apprentice's name, employer, centre and first day, and whether the enrolment goes on.

    The learner number is not in it: whoever may read that reads it in the enrolment, of the version in ``streams``.
    """

    name: str
    employer: str
    centre_ukprn: str
    starts_on: date
    state: EnrolmentState


class FormInForce(Value):
    """Part 3: the form, its coverage proof and the component."""

    form_id: UUID
    proof_sha256: str
    component: str
    method: str
    marker: MarkerKind | None
    scrutiny: Scrutiny | None
    codes: tuple[str, ...]


class CriteriaInForce(Value):
    """Part 4: the criteria with their descriptor cells; scheme and policies, or that none is approved.

    ``grade_rules`` is empty where the criteria do not say for which grades every code must be met.
    """

    criteria_id: UUID
    version: str
    sha256: str
    trace: tuple[str, ...]
    grading_scheme: str = "none approved"
    policies: str = NONE
    grade_rules: tuple[GradeRule, ...] | UnsetType = UNSET


class Decider(Value):
    """Part 5: who decides, and with what authority."""

    person_id: UUID
    relation: str
    authority: str
    roles: tuple[str, ...]
    training: tuple[str, ...]
    standardised: bool
    interests: tuple[str, ...]
    scrutiny_route: str = NONE


class Available(Value):
    """Parts 6 and 7: one evidence version that could be seen, with its claims and remarks.

    ``written_by``: who wrote a record of an attempt; decisions of before do not say it. ``corrects``: the version of a
    record that this one puts right although a decision cites the record, and ``reason``: why it was written anew.
    """

    evidence_id: UUID
    version: int
    kind: EvidenceKind
    stage: Stage
    sha256: str
    size: int
    media_type: str
    received_at: datetime
    produced_on: date
    screening: str
    declaration: AuthenticityDeclaration | None
    original: bool
    claims: tuple[str, ...]
    annotations: tuple[EvidenceAnnotated, ...]
    written_by: UUID | UnsetType = UNSET
    corrects: int | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class VersionRef(Value):
    """One evidence version by id and number, and the redacted copy of it that was seen where it was one."""

    evidence_id: UUID
    version: int
    redaction: int | UnsetType = UNSET


class NeverOpened(Value):
    """An available version that the decider never opened; ``cited_for`` has the codes whose findings rest on it."""

    evidence_id: UUID
    version: int
    cited_for: tuple[str, ...]


class ClosedAttempt(Value):
    """An earlier attempt at the component that was closed undecided, and why; its findings are no decision's."""

    assessment_id: UUID
    number: int
    reason: str
    findings: tuple[StatementFound, ...]


class DecisionContext(Value):
    """The eleven parts. A part that does not exist yet reads "none"; nothing is left out.

    ``adopted`` has the codes whose earlier findings a superseding decision adopts by name. What a context of an earlier
    release does not say (``adopted``, ``never_opened``, ``closed_attempts``, ``enrolment``) is not in it at all, so
    that its bytes and hashes stay.

    ``shown`` hashes what the assessor can be shown before deciding: everything but the decision's own id and time,
    what it supersedes, the software's version and those of the streams (they move with drafts and other people's
    views, which change nothing that is shown). ``sha256`` hashes all of it.
    """

    manifest: str = MANIFEST
    decision_id: UUID
    assessment_id: UUID
    apprentice: UUID
    at: datetime
    software: str
    streams: tuple[tuple[str, int], ...]
    plan: PlanInForce
    form: FormInForce
    criteria: CriteriaInForce
    decider: Decider
    available: tuple[Available, ...]
    cited: tuple[tuple[str, tuple[VersionRef, ...]], ...]
    served: tuple[VersionRef, ...]
    findings: tuple[StatementFound, ...]
    adjustments: str = NONE
    considerations: str = NONE
    holds: str = NONE
    sampling: str = NONE
    second_marking: str = NONE
    moderation: str = NONE
    standardisation: str = NONE
    supersedes: str = NONE
    adopted: tuple[str, ...] | UnsetType = UNSET
    never_opened: tuple[NeverOpened, ...] | UnsetType = UNSET
    closed_attempts: tuple[ClosedAttempt, ...] | UnsetType = UNSET
    enrolment: EnrolmentInForce | UnsetType = UNSET
    shown: str = ""
    sha256: str = ""

    def missing(self) -> list[str]:
        """Return the names of parts that say nothing at all."""
        return sorted(name for name, part in msgspec.structs.asdict(self).items() if part == "")  # type: ignore[arg-type]  # a Value is a Struct by its metaclass

    def cited_but_gone(self) -> list[str]:
        """Return the codes whose findings rest on a version that was withdrawn or returned since."""
        there = {(version.evidence_id, version.version) for version in self.available if version.stage != "returned"}
        return [code for code, refs in self.cited if any((ref.evidence_id, ref.version) not in there for ref in refs)]

    def intact(self) -> bool:
        """Return whether all of it is still what was hashed when it was decided in."""
        return self.sha256 == _digest(changed(self, sha256=""))

    def items(self) -> frozenset[UUID]:
        """Return the id of every evidence item and annotation in it: what grounds of an appeal may point at."""
        remarks = (remark.annotation_id for version in self.available for remark in version.annotations)
        return frozenset(version.evidence_id for version in self.available) | frozenset(remarks)


def sealed(context: DecisionContext) -> DecisionContext:
    """Return the context with both hashes filled in."""
    stable = changed(
        context,
        shown="",
        sha256="",
        decision_id=NOBODY,
        at=EPOCH,
        software="",
        supersedes="",
        streams=(),
        adopted=UNSET,
    )
    return _signed(changed(context, shown=_digest(stable)))


def with_findings(
    context: DecisionContext,
    findings: tuple[StatementFound, ...],
    adopted: tuple[str, ...] | UnsetType = UNSET,
) -> DecisionContext:
    """Return a sealed context in which these newer findings stand in the place of older ones on the same codes.

    ``adopted`` has the codes whose older findings are adopted by name.
    """
    newer = {each.finding.code for each in findings}
    older = (each for each in context.findings if each.finding.code not in newer)
    together = in_order((*older, *findings))
    cited = cited_by(together)
    return _signed(
        changed(
            context,
            findings=together,
            cited=cited,
            adopted=adopted,
            never_opened=never_opened(context.never_opened, cited),
        )
    )


def never_opened(
    versions: tuple[NeverOpened, ...] | UnsetType, cited: tuple[tuple[str, tuple[VersionRef, ...]], ...]
) -> tuple[NeverOpened, ...] | UnsetType:
    """Return these versions with the codes that cite each."""
    if versions is UNSET:
        return UNSET
    return tuple(
        changed(
            each,
            cited_for=tuple(
                code
                for code, refs in cited
                if (each.evidence_id, each.version) in ((ref.evidence_id, ref.version) for ref in refs)
            ),
        )
        for each in versions
    )


def in_order(findings: Iterable[StatementFound]) -> tuple[StatementFound, ...]:
    """Return findings by their codes, K2 before K10."""
    return tuple(sorted(findings, key=lambda each: code_order(each.finding.code)))


def cited_by(findings: tuple[StatementFound, ...]) -> tuple[tuple[str, tuple[VersionRef, ...]], ...]:
    """Return the versions each code's finding rests on, codes in order."""
    return tuple(
        (
            each.finding.code,
            tuple(
                VersionRef(evidence_id=cite.evidence_id, version=cite.version, redaction=cite.redaction or UNSET)
                for cite in each.finding.cites
            ),
        )
        for each in in_order(findings)
    )


def _signed(context: DecisionContext) -> DecisionContext:
    return changed(context, sha256=_digest(changed(context, sha256="")))


def _digest(context: DecisionContext) -> str:
    return hashlib.sha256(msgspec.json.encode(context, order="deterministic")).hexdigest()
