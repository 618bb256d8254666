"""Holds: while a decision is appealed, nothing it rests on is taken away and nothing else decides about it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.kernel import RuleBroken

Cases = dict[UUID, Appeal]
"""The appeals of an enrolment, by id."""


class RecordOnHold(RuleBroken, rule="RETENTION-2"):
    """A decision is held while it is appealed: what happens to it follows from the outcome of the appeal."""


def open_case_on(assessment_id: UUID, cases: Cases) -> UUID | None:
    """Return the open case on a decision of this attempt, None if there is none."""
    return next((id_ for id_, case in cases.items() if case.is_open() and case.attempt_id == assessment_id), None)


def check_not_held(assessment_id: UUID, cases: Cases, by_case: UUID | None = None) -> None:
    """Refuse to supersede or set aside a decision of this attempt while it is appealed, but for the case's own."""
    held_by = open_case_on(assessment_id, cases)
    if held_by is not None and not (held_by == by_case and cases[held_by].upheld()):
        raise RecordOnHold(
            "An appeal against a decision on this attempt is open: wait for its end.", appeals=[str(held_by)]
        )


def check_bytes_not_held(evidence_id: UUID, version: int, cases: Cases, attempts: dict[UUID, Assessment]) -> None:
    """Refuse to discard bytes that the context of a decision names which is appealed now."""
    for case_id, case in cases.items():
        attempt = attempts.get(case.attempt_id)
        decided = attempt.decision(case.decision_id) if case.is_open() and attempt else None
        named = {(each.evidence_id, each.version) for each in decided.context.available} if decided else set()
        if attempt and (evidence_id, version) in named:
            what = f"The decision on {attempt.opening().in_words()} rests on it and is appealed"
            raise RecordOnHold(f"{what}: wait for the end of the appeal.", appeals=[str(case_id)])


def orders(cases: Cases, case_id: UUID | None, decision_id: UUID) -> bool:
    """Return whether the case is on record, was against this very decision, and was upheld."""
    case = cases.get(case_id) if case_id else None
    return case is not None and case.decision_id == decision_id and case.upheld()


def holds_in_words(cases: Cases, attempts: Mapping[UUID, Assessment]) -> Iterable[str]:
    """Return a sentence for each open case of the enrolment: the tenth part of a decision's context."""
    for case in cases.values():
        if case.is_open():
            attempt = attempts.get(case.attempt_id)
            against = f"the decision on {attempt.opening().in_words()}" if attempt else "what was done"
            yield f"an appeal against {against}"
