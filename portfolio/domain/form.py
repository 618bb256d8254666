"""Assessment form: the components that together assess a plan, approved only with a proof that nothing is left out."""

import hashlib
from functools import lru_cache
from typing import assert_never
from uuid import UUID

import msgspec

from portfolio.domain.criteria import ApproverIsDrafter, Criteria, CriteriaNotApproved
from portfolio.domain.deployment import Deployment
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
from portfolio.domain.plan import Plan, PlanEdition, PlanNotApproved, may_rest_on_plan, recorded_plan
from portfolio.domain.vocabulary import EvidenceKind, MarkerKind, Scrutiny
from portfolio.domain.words import Key, Name


class Component(Value):
    """One assessed part with one method. What is None or empty must be stated before the form is approved (FORM-4)."""

    key: Key
    name: Name
    method: str
    codes: frozenset[str]
    criteria_id: UUID | None = None
    marker: MarkerKind | None = None
    scrutiny: Scrutiny | None = None
    maximum_attempts: int | None = None
    evidence_kinds: frozenset[EvidenceKind] = frozenset()

    def unstated(self) -> list[str]:
        """Return the names of what the component does not state yet."""
        needed = ("codes", "criteria_id", "marker", "scrutiny", "maximum_attempts", "evidence_kinds")
        return [name for name in needed if not getattr(self, name)]


class DraftForm(Command):
    """Begin a form that serves these routes of a plan."""

    form_id: UUID
    plan_id: UUID
    title: Name
    routes: tuple[str, ...]


class AddComponent(Command):
    """Add one component to a form that is not approved."""

    form_id: UUID
    component: Component


class ApproveForm(Command):
    """Approve the form; its coverage proof is stored with the approval."""

    form_id: UUID


class OnPlan(Known):
    """The plan edition that the form is for."""

    edition: PlanEdition


class ForApproval(OnPlan):
    """And the deployment, the criteria that the components name, by id, and who drafted the form."""

    deployment: Deployment
    criteria: dict[UUID, Criteria]
    drafters: frozenset[UUID] = frozenset()


class RouteCoverage(Value):
    """For one route: which components cover each of its codes."""

    route: str
    codes: tuple[tuple[str, tuple[str, ...]], ...]


class CoverageProof(Value):
    """That every mandatory code of every route served is assessed: same plan and form, same proof (FORM-5)."""

    plan_sha256: str
    form_sha256: str
    routes: tuple[RouteCoverage, ...]


class FormDrafted(Fact, tag="form.drafted"):
    """A form is begun."""

    plan_id: UUID
    title: str
    routes: tuple[str, ...]


class ComponentAdded(Fact, tag="form.component-added"):
    """The form has one component more."""

    component: Component


class FormApproved(Fact, tag="form.approved"):
    """The form may be taken, with the proof of its coverage."""

    proof: CoverageProof


class FormUnknown(NotVisible):
    """There is no such assessment form: draft it first."""


class ComponentUnknown(RuleBroken, rule="FORM-1"):
    """The form the apprentice takes has no such component."""


class RouteUnknown(RuleBroken, rule="ENROLMENT-1"):
    """The plan has no such route."""


class MethodNotInPlan(RuleBroken, rule="FORM-1"):
    """The plan does not allow this method."""


class ObservationMissing(RuleBroken, rule="FORM-1"):
    """The form needs the methods the plan requires; an additional one never stands for a required one."""


class MandatoryCodeUncovered(RuleBroken, rule="FORM-2"):
    """Every mandatory code of every route served must be covered by a component."""


class OutcomeUncovered(RuleBroken, rule="FORM-3"):
    """Every outcome of every route served must be covered by a component."""


class OutcomeNotInRoute(RuleBroken, rule="FORM-3, CLAIM-1, FINDING-2"):
    """The code belongs to no outcome of this route."""


class ComponentIncomplete(RuleBroken, rule="FORM-4"):
    """Each component states its codes, criteria, marker, scrutiny, attempts and kinds of evidence."""


class ComponentRepeated(RuleBroken, rule="FORM-4"):
    """The form has a component of this key already."""


class CoverageProofMissing(RuleBroken, rule="FORM-5"):
    """A form without a coverage proof cannot be taken: approve it first."""


class VersionInUse(RuleBroken, rule="FORM-7"):
    """An approved form does not change; draft a new one."""


class Form(State):
    """A form, its components by order of adding, and the proof once approved."""

    plan_id: UUID = NOBODY
    title: str = ""
    routes: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    proof: CoverageProof | None = None

    def component(self, key: str) -> Component | None:
        """Return the component of this key."""
        return next((component for component in self.components if component.key == key), None)

    def begun(self) -> bool:
        """Return whether there is such a form."""
        return self.plan_id != NOBODY

    def criteria_ids(self) -> frozenset[UUID]:
        """Return the ids of the criteria that components name."""
        return frozenset(component.criteria_id for component in self.components if component.criteria_id is not None)

    def criteria_of(self, key: str) -> UUID:
        """Return the criteria that the component of this key is decided against, ``NOBODY`` where none are stated."""
        component = self.component(key)
        return (component.criteria_id if component else None) or NOBODY

    def covers(self) -> frozenset[str]:
        """Return every code that some component covers."""
        return frozenset(code for component in self.components for code in component.codes)


FormFact = FormDrafted | ComponentAdded | FormApproved


def draft_form(form: Form, command: DraftForm, known: OnPlan) -> list[FormFact]:
    """Begin a form, once, for routes that its plan has (FORM-7, ENROLMENT-1)."""
    plan = recorded_plan(known.edition)
    if form.begun():
        raise VersionInUse
    if unknown := sorted(set(command.routes) - set(plan.routes())):
        raise RouteUnknown(f"Not a route of {plan.version_label}: {', '.join(unknown)}.", routes=unknown)
    return [FormDrafted(plan_id=command.plan_id, title=command.title, routes=command.routes)]


def add_component(form: Form, command: AddComponent, known: OnPlan) -> list[FormFact]:
    """Add a component with a method of the plan and codes of the routes served (FORM-1, FORM-3, FORM-4, FORM-7)."""
    _check_open(form)
    plan, component = recorded_plan(known.edition), command.component
    if form.component(component.key) is not None:
        raise ComponentRepeated(f"{component.key} is there already.")
    allowed = [method.name for method in plan.methods.required] + list(plan.methods.choose_from)
    if component.method.casefold() not in {method.casefold() for method in allowed}:
        raise MethodNotInPlan(f"{component.method!r} is none of: {', '.join(allowed)}.", methods=allowed)
    served = frozenset[str]().union(*(plan.codes_of(route) for route in form.routes))
    if outside := sorted(component.codes - served):
        raise OutcomeNotInRoute(f"In no route of this form: {', '.join(outside)}.", codes=outside)
    return [ComponentAdded(component=component)]


def approve_form(form: Form, command: ApproveForm, known: ForApproval) -> list[FormFact]:
    """Approve a form of somebody else's, complete and with all of its routes (FORM-1 to FORM-6, PLAN-6, PERSON-4)."""
    _check_open(form)
    if known.by in known.drafters:
        raise ApproverIsDrafter
    plan = recorded_plan(known.edition)
    if not may_rest_on_plan(known.edition, known.deployment):
        raise PlanNotApproved
    if missing := missing_methods(form, plan):
        raise ObservationMissing(f"Missing: {', '.join(missing)}.", methods=missing)
    if gaps := [f"{component.key}: {name}" for component in form.components for name in component.unstated()]:
        raise ComponentIncomplete(f"Not stated: {', '.join(gaps)}.", missing=gaps)
    usable = {key for key, used in known.criteria.items() if used.approved and used.plan_id == form.plan_id}
    if loose := [component.key for component in form.components if component.criteria_id not in usable]:
        raise CriteriaNotApproved(
            f"Components without criteria approved for this plan: {', '.join(loose)}.", components=loose
        )
    codes, outcomes = coverage_gaps(form, plan)
    if codes:
        raise MandatoryCodeUncovered(f"Not covered: {', '.join(codes)}.", codes=codes)
    if outcomes:
        raise OutcomeUncovered(f"Not covered: {', '.join(outcomes)}.", outcomes=outcomes)
    return [FormApproved(proof=coverage_proof(form, plan, known.edition.sha256))]


def _check_open(form: Form) -> None:
    if not form.begun():
        raise FormUnknown
    if form.proof is not None:
        raise VersionInUse


def missing_methods(form: Form, plan: Plan) -> list[str]:
    """Return a phrase for each required method the form has too few components of."""
    used = [component.method.casefold() for component in form.components]
    return [
        f"{method.minimum} {method.name}"
        for method in plan.methods.required
        if used.count(method.name.casefold()) < method.minimum
    ]


def coverage_gaps(form: Form, plan: Plan) -> tuple[list[str], list[str]]:
    """Return the mandatory codes and the outcomes, of the routes served, that no component covers."""
    covered = form.covers()
    served = {outcome.key: outcome for route in form.routes for outcome in plan.outcomes_of(route)}
    outcomes = list(served.values())
    codes = {mapping.code for outcome in outcomes for mapping in outcome.codes if mapping.mandatory} - covered
    bare = [outcome.key for outcome in outcomes if not any(mapping.code in covered for mapping in outcome.codes)]
    return sorted(codes, key=code_order), bare


def coverage_proof(form: Form, plan: Plan, plan_sha256: str) -> CoverageProof:
    """Return which components cover each code of each route; the same plan and form give the same proof."""
    stated = msgspec.json.encode((form.title, form.routes, form.components), order="deterministic")
    routes = tuple(
        RouteCoverage(
            route=route,
            codes=tuple(
                (code, tuple(component.key for component in form.components if code in component.codes))
                for code in sorted(plan.codes_of(route), key=code_order)
            ),
        )
        for route in form.routes
    )
    return CoverageProof(plan_sha256=plan_sha256, form_sha256=hashlib.sha256(stated).hexdigest(), routes=routes)


@lru_cache(maxsize=1_000)
def code_order(code: str) -> tuple[str, int, str, str]:
    """Return a sort key that puts K2 before K10."""
    letters = code.rstrip("0123456789")
    digits = code[len(letters) :].lstrip("0")
    return (letters, len(digits), digits, code)


def evolve(form: Form, fact: FormFact) -> Form:
    """Apply a fact."""
    match fact:
        case FormDrafted():
            return Form(plan_id=fact.plan_id, title=fact.title, routes=fact.routes)
        case ComponentAdded(component=component):
            return changed(form, components=(*form.components, component))
        case FormApproved(proof=proof):
            return changed(form, proof=proof)
    assert_never(fact)


FORM = Aggregate("form_id", Form(), (draft_form, add_component, approve_form), evolve)
