"""What can happen on the way to the erasure of a version's file."""

from datetime import date
from uuid import UUID

from portfolio.domain.kernel import Fact


class ErasureApproved(Fact, tag="evidence.erasure-approved"):
    """A responsible officer approved that the file of a version is erased for good, and why; nobody does it alone."""

    version: int
    object_id: UUID
    sha256: str
    reason: str


class ErasureConfirmed(Fact, tag="evidence.erasure-confirmed"):
    """A second person confirmed it, and why: from here on the file is erased."""

    version: int
    object_id: UUID
    reason: str


class ErasureDropped(Fact, tag="evidence.erasure-dropped"):
    """What was approved and not confirmed is not done: the file stays."""

    version: int
    object_id: UUID
    reason: str


class FileErased(Fact, tag="evidence.file-erased"):
    """Nothing of the file is left in the vault, and none of its previews; what was recorded of it stays."""

    version: int
    object_id: UUID
    erased_on: date


ErasureFact = ErasureApproved | ErasureConfirmed | ErasureDropped | FileErased
