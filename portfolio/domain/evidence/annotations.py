"""Annotations: a remark is pinned to a place in the bytes that were read, and revised by a new one."""

from collections.abc import Sequence
from uuid import UUID

from portfolio.domain.enrolment.conflict import check_free_to_assess
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.erasure import check_not_erased
from portfolio.domain.evidence.commands import AnnotateEvidence
from portfolio.domain.evidence.facts import EvidenceAnnotated
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.redacting import check_copy_named
from portfolio.domain.evidence.refusals import EvidenceNotSubmitted, shown_version
from portfolio.domain.evidence.selector import WholeItem, check_place
from portfolio.domain.kernel import Known, Recorded, RuleBroken
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import ASSESSOR, CENTRE_ASSESSOR


class ForAnnotation(Known):
    """The person who remarks, the apprentice's enrolments, all recorded of the item, and the text of a file quoted.

    ``copies`` are those of the version that its author may name as what they saw (EVIDENCE-9).
    """

    person: Person
    enrolment: Enrolment
    other_enrolments: tuple[Enrolment, ...]
    history: Sequence[Recorded]
    texts: tuple[str, ...]
    copies: frozenset[int]


class AnnotationHashMismatch(RuleBroken, rule="ANNOTATION-1"):
    """The remark was made on other bytes than this version's: read it again."""


class AnnotationUnknown(RuleBroken, rule="ANNOTATION-3"):
    """There is no such remark to revise."""


class AnnotationNotYours(RuleBroken, rule="ANNOTATION-3"):
    """Only its author revises a remark; make a remark of your own beside it."""


class BasisNeedsAssessor(RuleBroken, rule="ANNOTATION-3"):
    """Only an assigned assessor says what a finding rests on; make the remark formative or a pointer."""


def annotate_evidence(item: Evidence, command: AnnotateEvidence, known: ForAnnotation) -> list[EvidenceAnnotated]:
    """Pin a remark to a place that the version handed in has (ANNOTATION-1 to ANNOTATION-3).

    One whose file was erased is remarked on as a whole (ERASURE-3).
    """
    version = shown_version(item, command.version, known.by)
    if not version.handed_in() or version.bounds is None:
        raise EvidenceNotSubmitted
    if command.sha256 != version.sha256:
        raise AnnotationHashMismatch
    if not isinstance(command.selector, WholeItem):
        check_not_erased(version.erasure)
    check_copy_named(command.redaction, known.copies)
    check_place(command.selector, version.bounds, known.texts)
    if command.revises is not None:
        _check_revises(command.revises, known)
    if command.kind == "basis of finding" and not _assesses(known):
        raise BasisNeedsAssessor
    if command.kind == "basis of finding":
        check_free_to_assess(known.enrolment, known.other_enrolments, known.person, known.by, known.today)
    return [
        EvidenceAnnotated(
            annotation_id=command.annotation_id,
            version=version.number,
            sha256=command.sha256,
            selector=command.selector,
            kind=command.kind,
            audience=command.audience,
            text=command.text,
            revises=command.revises,
            redaction=command.redaction,
        )
    ]


def _check_revises(annotation_id: UUID, known: ForAnnotation) -> None:
    author, audience = next(
        (
            (entry.by, entry.fact.audience)
            for entry in known.history
            if isinstance(entry.fact, EvidenceAnnotated) and entry.fact.annotation_id == annotation_id
        ),
        (None, None),
    )
    if author == known.by:
        return
    if author is None or (audience == "assessors" and known.enrolment.coached_by(known.by, known.today)):
        raise AnnotationUnknown
    raise AnnotationNotYours


def _assesses(known: ForAnnotation) -> bool:
    holds_the_role = known.person.roles & {ASSESSOR, CENTRE_ASSESSOR}
    return bool(holds_the_role) and known.enrolment.assessed_by(known.by, known.today)
