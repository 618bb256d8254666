"""Grading criteria: what an assessor decides against, versioned, approved and traced to the plan's descriptors."""

import hashlib
from typing import assert_never
from uuid import UUID

import msgspec

from portfolio.domain.kernel import Command, Fact, LookedUp, NotVisible, RuleBroken, State, Undivided, Value, changed
from portfolio.domain.plan import Plan


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
    plan: LookedUp[Plan | None] = None


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


class CriteriaUnknown(NotVisible, rule="FORM-6"):
    """There are no such criteria: draft them first."""


class CriteriaNotApproved(RuleBroken, rule="FORM-6"):
    """Criteria must be approved, and each traced to a descriptor of the plan, before they are used."""


class CriteriaVersionFixed(RuleBroken, rule="FORM-7"):
    """A written version of criteria never changes; write a new version."""


class Criteria(State):
    """One version of criteria."""

    plan_id: UUID | None = None
    title: str = ""
    version: str = ""
    scale: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    sha256: str = ""
    approved: bool = False


CriteriaCommand = DraftCriteria | ApproveCriteria
CriteriaFact = CriteriaDrafted | CriteriaApproved


def decide(state: Criteria, command: CriteriaCommand) -> list[CriteriaFact]:
    """Turn a request into facts, or refuse it."""
    match command:
        case DraftCriteria():
            if state.plan_id is not None:
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
        case ApproveCriteria(plan=plan):
            if state.plan_id is None:
                raise CriteriaUnknown
            if state.approved:
                return []
            cells = {(cell.category, cell.level) for cell in plan.descriptors} if plan else set()
            loose = [line.key for line in state.criteria if (line.category, line.level) not in cells]
            if loose or not state.criteria or len(state.scale) < 2:
                raise CriteriaNotApproved(_what_is_missing(state, loose), untraced=loose)
            return [CriteriaApproved(sha256=state.sha256)]
    assert_never(command)


def _what_is_missing(state: Criteria, loose: list[str]) -> str:
    if not state.criteria:
        return "No criteria are written."
    if len(state.scale) < 2:
        return "The scale needs at least two grades."
    return f"Not traced to a descriptor of the plan: {', '.join(loose)}."


def evolve(state: Criteria, fact: CriteriaFact) -> Criteria:
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
            return changed(state, approved=True)
    assert_never(fact)


CRITERIA = Undivided("criteria_id", Criteria(), (), evolve, (DraftCriteria, ApproveCriteria), decide)
