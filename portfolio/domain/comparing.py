"""Comparing: what differs between two texts of a plan, and between a version of criteria and the one it follows."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from portfolio.domain.criteria import Criteria, Criterion
from portfolio.domain.plan import Descriptor, Mapping, Methods, Outcome, Plan

T = TypeVar("T")


@dataclass(frozen=True)
class Compared(Generic[T]):
    """Of things of one kind: those only the later has, those only the earlier has, and pairs that are not the same."""

    added: Sequence[T] = ()
    removed: Sequence[T] = ()
    changed: Sequence[tuple[T, T]] = ()

    def __bool__(self) -> bool:
        """Return whether anything differs."""
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class CodeMoved:
    """A code that stands elsewhere in a later text: under no outcome before or after where it is new or gone."""

    code: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class PlanChanges:
    """What differs between two texts of a plan; ``marks`` are codes whose boldness or asterisk does, as printed."""

    outcomes: Compared[Outcome] = field(default_factory=Compared)
    codes: Sequence[CodeMoved] = ()
    marks: Sequence[tuple[Mapping, Mapping]] = ()
    routes: Compared[str] = field(default_factory=Compared)
    descriptors: Compared[Descriptor] = field(default_factory=Compared)
    methods: tuple[Methods, Methods] | None = None
    words: Sequence[tuple[str, str, str]] = ()

    def __bool__(self) -> bool:
        """Return whether anything that a plan says as data differs."""
        return any((self.outcomes, self.codes, self.marks, self.routes, self.descriptors, self.methods, self.words))


@dataclass(frozen=True)
class CriteriaChanges:
    """What differs between two versions of criteria; ``moved`` rest on another descriptor and say the same."""

    lines: Compared[Criterion] = field(default_factory=Compared)
    moved: Sequence[tuple[Criterion, Criterion]] = ()
    scale: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    grade_rules: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Return whether anything differs but title and version."""
        return any((self.lines, self.moved, self.scale, self.grade_rules))


def compared(
    before: Iterable[T], after: Iterable[T], name: Callable[[T], Hashable], words: Callable[[T], Hashable]
) -> Compared[T]:
    """Compare things of one kind, the same thing where they have the same name; of several, the nth with the nth."""
    old, new = _named(before, name), _named(after, name)
    return Compared(
        added=[each for key, each in new.items() if key not in old],
        removed=[each for key, each in old.items() if key not in new],
        changed=[(old[key], each) for key, each in new.items() if key in old and words(old[key]) != words(each)],
    )


def _named(things: Iterable[T], name: Callable[[T], Hashable]) -> dict[Hashable, T]:
    seen: Counter[Hashable] = Counter()
    named: dict[Hashable, T] = {}
    for each in things:
        key = name(each)
        named[key, seen[key]] = each
        seen[key] += 1
    return named


def plan_changes(before: Plan, after: Plan) -> PlanChanges:
    """Return what differs between two texts of a plan, as they were read; how a text is laid out is no difference."""
    words = [
        (name, old, new)
        for name, old, new in (
            ("title", before.title, after.title),
            ("level", str(before.level or ""), str(after.level or "")),
            ("integration", before.integration, after.integration),
            ("printed as a draft", _yes(before.draft), _yes(after.draft)),
        )
        if old != new
    ]
    named = compared(before.options, after.options, lambda option: option.key, lambda option: option.name)
    return PlanChanges(
        outcomes=compared(
            before.outcomes,
            after.outcomes,
            lambda outcome: (outcome.option, outcome.key),
            lambda outcome: (outcome.title, outcome.description),
        ),
        codes=_codes_moved(before, after),
        marks=_marks_changed(before, after),
        routes=Compared(
            added=[option.name for option in named.added],
            removed=[option.name for option in named.removed],
            changed=[(old.name, new.name) for old, new in named.changed],
        ),
        descriptors=compared(
            before.descriptors,
            after.descriptors,
            lambda cell: (cell.category, cell.level),
            lambda cell: cell.text,
        ),
        methods=(before.methods, after.methods) if before.methods != after.methods else None,
        words=words,
    )


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _codes_moved(before: Plan, after: Plan) -> list[CodeMoved]:
    """Return the codes that stand under other outcomes, a pair of outcomes each; those that stay are left out."""
    old, new = _standing(before), _standing(after)
    moved: list[CodeMoved] = []
    for code in dict.fromkeys([*old, *new]):
        gone = [key for key in old.get(code, ()) if key not in new.get(code, ())]
        come = [key for key in new.get(code, ()) if key not in old.get(code, ())]
        for number in range(max(len(gone), len(come))):
            moved.append(CodeMoved(code, *(keys[number] if number < len(keys) else None for keys in (gone, come))))
    return moved


def _standing(plan: Plan) -> dict[str, list[str]]:
    standing: dict[str, list[str]] = {}
    for outcome in plan.outcomes:
        for mapping in outcome.codes:
            standing.setdefault(mapping.code, []).append(outcome.key)
    return standing


def _marks_changed(before: Plan, after: Plan) -> list[tuple[Mapping, Mapping]]:
    old = {(outcome.key, mapping.code): mapping for outcome in before.outcomes for mapping in outcome.codes}
    return [
        (was, mapping)
        for outcome in after.outcomes
        for mapping in outcome.codes
        if (was := old.get((outcome.key, mapping.code)))
        and (was.mandatory, was.english_maths) != (mapping.mandatory, mapping.english_maths)
    ]


def criteria_changes(before: Criteria, after: Criteria) -> CriteriaChanges:
    """Return what differs between two versions of criteria, line by line by their keys."""
    lines = compared(before.criteria, after.criteria, lambda line: line.key, lambda line: line.text)
    moved = compared(before.criteria, after.criteria, lambda line: line.key, lambda line: (line.category, line.level))
    old, new = ({rule.grade: rule.every_code_met for rule in each.grade_rules} for each in (before, after))
    return CriteriaChanges(
        lines=lines,
        moved=moved.changed,
        scale=(before.scale, after.scale) if before.scale != after.scale else None,
        grade_rules=[grade for grade, needs in new.items() if grade in old and old[grade] != needs],
    )
