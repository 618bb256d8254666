"""Standing of one code: the rulings that count on the form taken, those set aside, and what goes on or waits for it."""

from collections.abc import Mapping
from uuid import UUID

from portfolio.domain.components import Components, carries
from portfolio.domain.form import Component, Form
from portfolio.domain.kernel import Value
from portfolio.domain.plan import Plan
from portfolio.domain.readiness.picture import AttemptNote, ClaimNote, DecisionNote, FoundNote, Picture


class Basis(Value):
    """What readiness rests on: the picture with the findings that count, the plan, and the form and route now taken.

    ``components`` knows that form and those of the attempts. ``judged``: the codes that somebody judged, whether it
    counts or not. ``names`` are those of second people. ``core`` has the codes that carry between routes.
    ``counted``: the attempts that count on the form taken, each with the component that it counts for.
    ``appealed`` has the decisions that an open appeal is against.
    """

    picture: Picture
    plan: Plan
    form: Form
    components: Components
    route: str
    judged: frozenset[str]
    names: Mapping[UUID, str]
    core: frozenset[str]
    counted: tuple[tuple[Component, AttemptNote], ...]
    appealed: frozenset[UUID]


class Ruling(Value):
    """One decision's finding on a code, with its attempt and the component of the form taken that it counts for."""

    component: Component
    attempt: AttemptNote
    decision: DecisionNote
    note: FoundNote


class CodeStanding(Value):
    """Where one code stands.

    ``effective``: of each component the latest attempt's ruling. ``void``: rulings that were set aside.
    ``waiting``: rulings that count once the second person of a scrutiny route confirms them.
    ``going_on``: attempts that cover it and can be decided. ``judged_before``: some attempt judged it, whether it
    counts or not.
    ``covered_by``: the components of the form taken that cover it. ``claimed``: some version that counts, or is still
    to be handed in, claims it.
    """

    code: str
    effective: tuple[Ruling, ...]
    void: tuple[Ruling, ...]
    waiting: tuple[Ruling, ...]
    going_on: tuple[AttemptNote, ...]
    judged_before: bool
    claims: tuple[ClaimNote, ...]
    claimed: bool
    covered_by: tuple[Component, ...]

    def met(self) -> bool:
        """Return whether every component's decision that counts found it met."""
        return all(ruling.note.judgement == "met" for ruling in self.effective)


def standings(basis: Basis) -> dict[str, CodeStanding]:
    """Return where each code of the route stands on the form and route taken."""
    claims, rulings = dict[str, list[ClaimNote]](), dict[str, list[Ruling]]()
    for claim in basis.picture.claims:
        claims.setdefault(claim.code, []).append(claim)
    for component, attempt in basis.counted:
        for ruling in _rulings(basis, component, attempt):
            rulings.setdefault(ruling.note.code, []).append(ruling)
    every = basis.plan.codes_of(basis.route)
    return {code: _standing(basis, code, claims.get(code, []), rulings.get(code, [])) for code in every}


def _standing(basis: Basis, code: str, claims: list[ClaimNote], rulings: list[Ruling]) -> CodeStanding:
    """Return where a code stands that is claimed by these and ruled on by those."""
    attempts = [
        (component, attempt) for component, attempt in basis.counted if _judges(basis, component, attempt, code)
    ]
    latest = {component.key: attempt for component, attempt in attempts if attempt.effective() is not None}
    effective = [each for each in _of(rulings, "effective") if latest.get(each.component.key) is each.attempt]
    return CodeStanding(
        code=code,
        effective=tuple(effective),
        void=tuple(_of(rulings, "void")),
        waiting=tuple(_of(rulings, "waiting")),
        going_on=tuple([attempt for _, attempt in attempts if attempt.goes_on() and attempt.route == basis.route]),
        judged_before=code in basis.judged,
        claims=tuple(claims),
        claimed=any(basis.picture.stage_of(claim) != "returned" for claim in claims),
        covered_by=tuple([component for component in basis.form.components if code in component.codes]),
    )


def _judges(basis: Basis, component: Component, attempt: AttemptNote, code: str) -> bool:
    return code in component.codes and carries(attempt, code, basis.route, basis.core)


def _of(rulings: list[Ruling], status: str) -> list[Ruling]:
    return [each for each in rulings if each.decision.status == status]


def _rulings(basis: Basis, component: Component, attempt: AttemptNote) -> list[Ruling]:
    return [
        Ruling(component=component, attempt=attempt, decision=decision, note=note)
        for decision in attempt.decisions
        for note in decision.found
        if note.judgement != "not judged" and _judges(basis, component, attempt, note.code)
    ]
