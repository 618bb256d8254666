"""Annotations: a remark is pinned to a place in the bytes that were read, and revised by a new one."""

from portfolio.domain.evidence.commands import AnnotateEvidence
from portfolio.domain.evidence.facts import EvidenceAnnotated
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.refusals import EvidenceNotSubmitted, known_version
from portfolio.domain.evidence.selector import check_selector
from portfolio.domain.kernel import Known, RuleBroken, changed


class ForAnnotation(Known):
    """The text of the version's file, if the remark quotes from a text file; else none."""

    texts: tuple[str, ...]


class AnnotationHashMismatch(RuleBroken, rule="ANNOTATION-1"):
    """The remark was made on other bytes than this version's: read it again."""


class AnnotationUnknown(RuleBroken, rule="ANNOTATION-3"):
    """There is no such remark to revise."""


def annotate_evidence(item: Evidence, command: AnnotateEvidence, known: ForAnnotation) -> list[EvidenceAnnotated]:
    """Pin a remark to a place that the version handed in has (ANNOTATION-1 to ANNOTATION-3)."""
    version = known_version(item, command.version)
    if not version.handed_in() or version.bounds is None:
        raise EvidenceNotSubmitted
    if command.sha256 != version.sha256:
        raise AnnotationHashMismatch
    bounds = version.bounds
    for text in known.texts:
        bounds = changed(bounds, text=text)
    check_selector(command.selector, bounds)
    if command.revises is not None and item.annotation(command.revises) is None:
        raise AnnotationUnknown
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
        )
    ]
