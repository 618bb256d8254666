"""What facts of erasing files say to a lay reader: rows of the tables in ``sentences.py``."""

from collections.abc import Callable
from typing import Any

from portfolio.domain.enrolment import erasure as enrolment
from portfolio.domain.evidence import erasure as evidence
from portfolio.domain.kernel import Fact
from portfolio.domain.sentences_of_deployment import because

OF_ERASURE: dict[type[Fact], Callable[[Any], str]] = {
    evidence.ErasureApproved: lambda fact: (
        f"approved that the file of version {fact.version} is erased for good{because(fact.reason)}"
    ),
    evidence.ErasureConfirmed: lambda fact: (
        f"confirmed as the second person that the file of version {fact.version} is erased{because(fact.reason)}"
    ),
    evidence.ErasureDropped: lambda fact: (
        f"dropped that the file of version {fact.version} would be erased, so that it stays{because(fact.reason)}"
    ),
    evidence.FileErased: lambda fact: (
        f"erased the file of version {fact.version} and its previews; what was recorded of it stays"
    ),
}

OF_PAPERS_ERASURE: dict[type[Fact], Callable[[Any, str], str]] = {
    enrolment.PaperErasureApproved: lambda fact, name: (
        f"approved that the scan of a paper that {name} signed is erased for good{because(fact.reason)}"
    ),
    enrolment.PaperErasureConfirmed: lambda fact, name: (
        f"confirmed as the second person that the scan of a paper that {name} signed is erased{because(fact.reason)}"
    ),
    enrolment.PaperErasureDropped: lambda fact, name: (
        f"dropped that the scan of a paper that {name} signed would be erased, so that it stays{because(fact.reason)}"
    ),
    enrolment.PaperErased: lambda _, name: (
        f"erased the scan of a paper that {name} signed; what the paper said stays in force"
    ),
}
