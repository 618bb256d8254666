"""What can happen on the way to the erasure of a signed paper's scan."""

from datetime import date
from uuid import UUID

from portfolio.domain.kernel import Fact


class PaperErasureApproved(Fact, tag="enrolment.paper-erasure-approved"):
    """A responsible officer approved that the scan of a paper is erased for good, and why; nobody does it alone."""

    paper_id: UUID
    sha256: str
    reason: str


class PaperErasureConfirmed(Fact, tag="enrolment.paper-erasure-confirmed"):
    """A second person confirmed it, and why: from here on the scan is erased."""

    paper_id: UUID
    reason: str


class PaperErasureDropped(Fact, tag="enrolment.paper-erasure-dropped"):
    """What was approved and not confirmed is not done: the scan stays."""

    paper_id: UUID
    reason: str


class PaperErased(Fact, tag="enrolment.paper-erased"):
    """Nothing of the scan is left in the vault; what the paper said stays in force."""

    paper_id: UUID
    erased_on: date


PaperErasureFact = PaperErasureApproved | PaperErasureConfirmed | PaperErasureDropped | PaperErased
