"""Findings: an assessor's judgement on each code, with the evidence it rests on."""

from typing import Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from portfolio.domain.kernel import Fact, Value
from portfolio.domain.words import OptionalKey, OptionalReason, OptionalStatement

Judgement = Literal["met", "not met", "not judged"]


class Citation(Value):
    """One evidence version a finding rests on, judged valid, authentic and current for the code (VACS-1).

    ``redaction`` is the number of the redacted copy that the assessor was shown; left out or 0, it is the original.
    """

    evidence_id: UUID
    version: int
    valid: bool = True
    authentic: bool = True
    current: bool = True
    reason: OptionalReason = ""
    redaction: int | UnsetType = UNSET

    def holds(self) -> bool:
        """Return whether all three judgements are yes."""
        return self.valid and self.authentic and self.current


class Finding(Value):
    """What an assessor says of one code; ``sufficient`` is about all cited versions together.

    ``nothing_shows_it`` is said of a "not met" that cites nothing because nothing handed in shows the code.
    """

    code: str
    judgement: Judgement
    reason: OptionalStatement
    criterion: OptionalKey = ""
    cites: tuple[Citation, ...] = ()
    sufficient: bool = True
    nothing_shows_it: bool | UnsetType = UNSET


class StatementFound(Fact, tag="assessment.statement-found"):
    """An assessor judged one code."""

    finding: Finding
    assessor: UUID
