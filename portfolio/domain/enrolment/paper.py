"""A signed paper of an enrolment, and how each fact changes it."""

from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.enrolment.erasure import (
    PaperErased,
    PaperErasureApproved,
    PaperErasureConfirmed,
    PaperErasureDropped,
    PaperErasureFact,
)
from portfolio.domain.enrolment.facts import PaperAnnounced, PaperReceived, PaperRefused, PaperSealed, Said
from portfolio.domain.erasure import Erasure, confirmed, done
from portfolio.domain.kernel import Value, changed

PaperFact = PaperAnnounced | PaperReceived | PaperRefused | PaperSealed | PaperErasureFact

PaperStage = Literal["announced", "received", "refused", "sealed"]


class Paper(Value):
    """What the apprentice said on signed paper, once it is sealed; its bytes lie in the vault under its id.

    One that was ``refused`` has the ``refusal`` and the sentence that says ``why``. ``erasure``: that the bytes are to
    be erased, or were; what the paper says holds as before.
    """

    paper_id: UUID
    says: Said
    reason: str
    officer: UUID
    filename: str
    media_type: str
    size: int
    sha256: str
    stage: PaperStage = "announced"
    storage_version: str = ""
    blocks: str = ""
    refusal: str = ""
    why: str = ""
    erasure: Erasure | None = None

    @property
    def sealed(self) -> bool:
        """Return whether what it says holds."""
        return self.stage == "sealed"


def papers_after(papers: tuple[Paper, ...], fact: PaperFact) -> tuple[Paper, ...]:
    """Return the papers after one more fact of one of them."""
    if isinstance(fact, PaperAnnounced):
        return (*papers, _announced(fact))
    return tuple(_after(paper, fact) if paper.paper_id == fact.paper_id else paper for paper in papers)


def _after(paper: Paper, fact: PaperReceived | PaperRefused | PaperSealed | PaperErasureFact) -> Paper:
    match fact:
        case PaperReceived():
            return changed(paper, stage="received")
        case PaperRefused(refusal=refusal, why=why):
            return changed(paper, stage="refused", refusal=refusal, why=why)
        case PaperSealed(sha256=sha256, storage_version=storage_version, blocks=blocks):
            return changed(paper, stage="sealed", sha256=sha256, storage_version=storage_version, blocks=blocks)
        case PaperErasureApproved(reason=reason):
            return changed(paper, erasure=Erasure(reason=reason))
        case PaperErasureConfirmed():
            return changed(paper, erasure=confirmed(paper.erasure))
        case PaperErasureDropped():
            return changed(paper, erasure=None)
        case PaperErased(erased_on=day):
            return changed(paper, erasure=done(paper.erasure, day))
    assert_never(fact)


def _announced(fact: PaperAnnounced) -> Paper:
    return Paper(
        paper_id=fact.paper_id,
        says=fact.says,
        reason=fact.reason,
        officer=fact.officer,
        filename=fact.filename,
        media_type=fact.media_type,
        size=fact.size,
        sha256=fact.sha256,
    )
