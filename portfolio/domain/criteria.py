"""Grading criteria: what an assessor decides against, versioned, approved and traced to the plan's descriptors."""

import hashlib
from typing import assert_never
from uuid import UUID

import msgspec

from portfolio.domain.kernel import (
    NOBODY,
    Aggregate,
    Command,
    Fact,
    Known,
    NotVisible,
    RuleBroken,
    State,
    Value,
    changed,
)
from portfolio.domain.plan import PlanEdition


class Criterion(Value):
    """One written criterion, with the descriptor cell (category, level) it interprets."""

    key: str
    text: str
    category: str
    level: str


class DraftCriteria(Command):
    """Write one version of a component's criteria; ``scale`` lists its grades from the lowest."""

    criteria_id: UUID
    plan_id: UUID
    title: str
    version: str
    scale: tuple[str, ...]
    criteria: tuple[Criterion, ...]


class ApproveCriteria(Command):
    """Approve this version for use."""

    criteria_id: UUID


class ForApproval(Known):
    """The plan edition the criteria are for."""

    edition: PlanEdition


class CriteriaDrafted(Fact, tag="criteria.drafted"):
    """A version of criteria is written; ``sha256`` is how others cite it."""

    plan_id: UUID
    title: str
    version: str
    scale: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    sha256: str


class CriteriaApproved(Fact, tag="criteria.approved"):
    """The version may be decided against from here on."""

    sha256: str


class CriteriaUnknown(NotVisible):
    """There are no such criteria: draft them first."""


class CriteriaNotApproved(RuleBroken, rule="FORM-6"):
    """Criteria must be approved, and each traced to a descriptor of the plan, before they are used."""


class CriteriaVersionFixed(RuleBroken, rule="FORM-7"):
    """A written version of criteria never changes; write a new version."""


class Criteria(State):
    """One version of criteria."""

    plan_id: UUID = NOBODY
    title: str = ""
    version: str = ""
    scale: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    sha256: str = ""
    approved: bool = False

    def written(self) -> bool:
        """Return whether there are such criteria."""
        return self.plan_id != NOBODY


CriteriaFact = CriteriaDrafted | CriteriaApproved


def draft_criteria(criteria: Criteria, command: DraftCriteria, known: Known) -> list[CriteriaFact]:
    """Write one version, once (FORM-7)."""
    if criteria.written():
        raise CriteriaVersionFixed
    words = (str(command.plan_id), command.title, command.version, command.scale, command.criteria)
    drafted = CriteriaDrafted(
        plan_id=command.plan_id,
        title=command.title,
        version=command.version,
        scale=command.scale,
        criteria=command.criteria,
        sha256=hashlib.sha256(msgspec.json.encode(words)).hexdigest(),
    )
    return [drafted]


def approve_criteria(criteria: Criteria, command: ApproveCriteria, known: ForApproval) -> list[CriteriaFact]:
    """Approve a version of which every criterion is traced to a descriptor of the plan (FORM-6)."""
    if not criteria.written():
        raise CriteriaUnknown
    if criteria.approved:
        return []
    plan = known.edition.plan
    cells = {(cell.category, cell.level) for cell in plan.descriptors} if plan else set()
    untraced = [line.key for line in criteria.criteria if (line.category, line.level) not in cells]
    if untraced or not criteria.criteria or len(criteria.scale) < 2:
        raise CriteriaNotApproved(_what_is_missing(criteria, untraced), untraced=untraced)
    return [CriteriaApproved(sha256=criteria.sha256)]


def _what_is_missing(criteria: Criteria, untraced: list[str]) -> str:
    if not criteria.criteria:
        return "No criteria are written."
    if len(criteria.scale) < 2:
        return "The scale needs at least two grades."
    return f"Not traced to a descriptor of the plan: {', '.join(untraced)}."


def evolve(criteria: Criteria, fact: CriteriaFact) -> Criteria:
    """Apply a fact."""
    match fact:
        case CriteriaDrafted():
            return Criteria(
                plan_id=fact.plan_id,
                title=fact.title,
                version=fact.version,
                scale=fact.scale,
                criteria=fact.criteria,
                sha256=fact.sha256,
            )
        case CriteriaApproved():
            return changed(criteria, approved=True)
    assert_never(fact)


CRITERIA = Aggregate("criteria_id", Criteria(), (draft_criteria, approve_criteria), evolve)
