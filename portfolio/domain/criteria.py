"""Grading criteria: what an assessor decides against, versioned, approved and traced to the plan's descriptors."""

import hashlib
from collections.abc import Callable, Iterable
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
    Recorded,
    RuleBroken,
    State,
    Value,
    changed,
)
from portfolio.domain.plan import PlanEdition
from portfolio.domain.vocabulary import RESPONSIBLE_OFFICER, Role
from portfolio.domain.words import Key, Name, Reason, Statement


class Criterion(Value):
    """One written criterion, with the descriptor cell (category, level) it interprets."""

    key: Key
    text: Statement
    category: str
    level: str


class GradeRule(Value):
    """Whether a grade may be given only where every code of the component is met."""

    grade: Key
    every_code_met: bool


class Criteria(State):
    """One version of criteria; ``follows`` is the version before it in its line."""

    plan_id: UUID = NOBODY
    title: str = ""
    version: str = ""
    scale: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    sha256: str = ""
    approved: bool = False
    grade_rules: tuple[GradeRule, ...] = ()
    follows: UUID | None = None

    def written(self) -> bool:
        """Return whether there are such criteria."""
        return self.plan_id != NOBODY

    def needs_every_code(self, grade: str) -> bool:
        """Return whether the grade is given only where every code is met; what is not said is not needed."""
        return GradeRule(grade=grade, every_code_met=True) in self.grade_rules


class DraftCriteria(Command):
    """Write one version of a component's criteria; ``scale`` lists its grades from the lowest.

    ``grade_rules`` says of each grade whether every code must be met for it; empty, that is not said yet. ``follows``
    names the version that this one comes after: together they are one line.
    """

    criteria_id: UUID
    plan_id: UUID
    title: Name
    version: Key
    scale: tuple[Key, ...]
    criteria: tuple[Criterion, ...]
    grade_rules: tuple[GradeRule, ...] = ()
    follows: UUID | None = None

    def followed(self) -> UUID:
        """Return the version it follows, ``NOBODY`` where it begins a line."""
        return self.follows or NOBODY


class ApproveCriteria(Command):
    """Approve this version for use."""

    criteria_id: UUID


class AddGradeRules(Command):
    """Say once, of a version that does not say it yet, for which grades every code must be met."""

    criteria_id: UUID
    grade_rules: tuple[GradeRule, ...]


class RecordPredecessor(Command):
    """Record once which version these criteria follow, where their draft did not say it."""

    criteria_id: UUID
    follows: UUID
    reason: Reason


class ForDraft(Known):
    """The version that the draft names as the one it follows."""

    followed: Criteria


class ForPredecessor(ForDraft):
    """The version named, and its line: the ids of it and of those before it."""

    line: tuple[UUID, ...]


class ForApproval(Known):
    """The plan edition the criteria are for, and who drafted them."""

    edition: PlanEdition
    drafters: frozenset[UUID] = frozenset()


class ForGradeRules(Known):
    """The roles of who asks, and who drafted the criteria."""

    roles: frozenset[Role]
    drafters: frozenset[UUID]


class CriteriaDrafted(Fact, tag="criteria.drafted", omit_defaults=True):
    """A version of criteria is written; ``sha256`` is how others cite it. No ``grade_rules``: it does not say them."""

    plan_id: UUID
    title: str
    version: str
    scale: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    sha256: str
    grade_rules: tuple[GradeRule, ...] = ()
    follows: UUID | None = None


class CriteriaApproved(Fact, tag="criteria.approved"):
    """The version may be decided against from here on."""

    sha256: str


class GradeRulesAdded(Fact, tag="criteria.grade-rules-added"):
    """The version says from here on for which grades every code must be met."""

    grade_rules: tuple[GradeRule, ...]


class PredecessorRecorded(Fact, tag="criteria.predecessor-recorded"):
    """The criteria follow this version, which their draft did not say."""

    follows: UUID
    reason: str


class CriteriaUnknown(NotVisible):
    """There are no such criteria: draft them first."""


class CriteriaNotApproved(RuleBroken, rule="FORM-6"):
    """Criteria must be approved, and each traced to a descriptor of the plan, before they are used."""


class ApproverIsDrafter(RuleBroken, rule="PERSON-4"):
    """Nobody approves what they drafted: another lead assessor or a responsible officer does."""


class CriteriaVersionFixed(RuleBroken, rule="FORM-7"):
    """A written version of criteria never changes; write a new version."""


class GradeRepeated(RuleBroken, rule="DECISION-3"):
    """A scale names each grade once."""


class GradeRulesIncomplete(RuleBroken, rule="DECISION-3"):
    """Say of each grade of the scale, once, whether every code must be met for it."""


class GradeRulesMissing(RuleBroken, rule="DECISION-3"):
    """The criteria do not say for which grades every code must be met: the responsible officer says it first, once."""


class GradeRulesNotYours(RuleBroken, rule="DECISION-3"):
    """Who drafted criteria says until their approval which grades need every code; a responsible officer may later."""


class GradeRulesSaid(RuleBroken, rule="FORM-7"):
    """These criteria say already for which grades every code must be met; write a new version to change it."""


class PredecessorNotInPlan(RuleBroken, rule="FORM-8"):
    """Criteria follow an earlier version that is written for the same plan, and none that follows them."""


class PredecessorFixed(RuleBroken, rule="FORM-8"):
    """Which version these criteria follow is on record, once and for all."""


CriteriaFact = CriteriaDrafted | CriteriaApproved | GradeRulesAdded | PredecessorRecorded


def line_of(criteria_id: UUID, version: Callable[[UUID], Criteria]) -> tuple[UUID, ...]:
    """Return the ids of a version and of all before it, the first one of its line last; ``version`` looks one up."""
    line = [criteria_id]
    while before := version(line[-1]).follows:
        line.append(before)
    return tuple(line)


def later_than(criteria_id: UUID, followers: Callable[[UUID], Iterable[UUID]]) -> tuple[UUID, ...]:
    """Return the ids of all that come after a version; ``followers`` gives those that follow one directly."""
    line = [criteria_id]
    for each in line:
        line.extend(followers(each))
    return tuple(line[1:])


def draft_criteria(criteria: Criteria, command: DraftCriteria, known: ForDraft) -> list[CriteriaFact]:
    """Write one version, once, that follows at most one of the same plan (FORM-7, FORM-8)."""
    if criteria.written():
        raise CriteriaVersionFixed
    if command.follows is not None and known.followed.plan_id != command.plan_id:
        raise PredecessorNotInPlan
    if doubles := _doubles(command.scale):
        raise GradeRepeated(f"scale: name each of these once: {', '.join(doubles)}.", grades=doubles)
    words: tuple[object, ...] = (
        str(command.plan_id),
        command.title,
        command.version,
        command.scale,
        command.criteria,
    )
    if command.grade_rules:
        _check_grade_rules(command.grade_rules, command.scale)
        words = (*words, command.grade_rules)
    if command.follows is not None:
        words = (*words, str(command.follows))
    drafted = CriteriaDrafted(
        plan_id=command.plan_id,
        title=command.title,
        version=command.version,
        scale=command.scale,
        criteria=command.criteria,
        sha256=hashlib.sha256(msgspec.json.encode(words)).hexdigest(),
        grade_rules=command.grade_rules,
        follows=command.follows,
    )
    return [drafted]


def drafters(history: Iterable[Recorded]) -> frozenset[UUID]:
    """Return who wrote criteria: their draft, or which grades need every code."""
    return frozenset(entry.by for entry in history if isinstance(entry.fact, CriteriaDrafted | GradeRulesAdded))


def approve_criteria(criteria: Criteria, command: ApproveCriteria, known: ForApproval) -> list[CriteriaFact]:
    """Approve what another drafted, traced to the plan, that says what grades need (FORM-6, PERSON-4, DECISION-3)."""
    if not criteria.written():
        raise CriteriaUnknown
    if criteria.approved:
        return []
    if known.by in known.drafters:
        raise ApproverIsDrafter
    plan = known.edition.plan
    cells = {(cell.category, cell.level) for cell in plan.descriptors} if plan else set()
    untraced = [line.key for line in criteria.criteria if (line.category, line.level) not in cells]
    if untraced or not criteria.criteria or len(criteria.scale) < 2 or _doubles(criteria.scale):
        raise CriteriaNotApproved(_what_is_missing(criteria, untraced), untraced=untraced)
    if not criteria.grade_rules:
        raise GradeRulesMissing(
            "Who drafted these criteria says first which grades need every code met, or a responsible officer does."
        )
    return [CriteriaApproved(sha256=criteria.sha256)]


def add_grade_rules(criteria: Criteria, command: AddGradeRules, known: ForGradeRules) -> list[CriteriaFact]:
    """Say for which grades every code must be met, once (DECISION-3, FORM-7)."""
    if not criteria.written():
        raise CriteriaUnknown
    if criteria.grade_rules:
        raise GradeRulesSaid
    own_draft = known.by in known.drafters and not criteria.approved
    if not own_draft and RESPONSIBLE_OFFICER not in known.roles:
        raise GradeRulesNotYours
    _check_grade_rules(command.grade_rules, criteria.scale)
    return [GradeRulesAdded(grade_rules=command.grade_rules)]


def _doubles(scale: tuple[str, ...]) -> list[str]:
    """Return the grades that a scale names more than once, in whatever case of letters."""
    grades = [grade.casefold() for grade in scale]
    return [grade for number, grade in enumerate(scale) if grade.casefold() in grades[:number]]


def _check_grade_rules(grade_rules: tuple[GradeRule, ...], scale: tuple[str, ...]) -> None:
    if sorted(rule.grade for rule in grade_rules) != sorted(set(scale)):
        raise GradeRulesIncomplete(grades=scale)


def _what_is_missing(criteria: Criteria, untraced: list[str]) -> str:
    if not criteria.criteria:
        return "No criteria are written."
    if len(criteria.scale) < 2:
        return "The scale needs at least two grades."
    if doubles := _doubles(criteria.scale):
        return f"The scale names {', '.join(doubles)} twice: write a version that names each grade once."
    return f"Not traced to a descriptor of the plan: {', '.join(untraced)}."


def record_predecessor(criteria: Criteria, command: RecordPredecessor, known: ForPredecessor) -> list[CriteriaFact]:
    """Record which version approved criteria follow, once; a draft names it itself (FORM-8)."""
    if not criteria.written():
        raise CriteriaUnknown
    if criteria.follows is not None:
        raise PredecessorFixed
    if not criteria.approved:
        raise CriteriaNotApproved("Write a draft that names the version it follows, and have that approved.")
    if known.followed.plan_id != criteria.plan_id or command.criteria_id in known.line:
        raise PredecessorNotInPlan
    return [PredecessorRecorded(follows=command.follows, reason=command.reason)]


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
                grade_rules=fact.grade_rules,
                follows=fact.follows,
            )
        case CriteriaApproved():
            return changed(criteria, approved=True)
        case GradeRulesAdded(grade_rules=grade_rules):
            return changed(criteria, grade_rules=grade_rules)
        case PredecessorRecorded(follows=follows):
            return changed(criteria, follows=follows)
    assert_never(fact)


CRITERIA = Aggregate(
    "criteria_id", Criteria(), (draft_criteria, approve_criteria, add_grade_rules, record_predecessor), evolve
)
