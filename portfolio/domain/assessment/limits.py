"""How often a component may be attempted: as its form says, and not where every code is met (DECISION-9)."""

from collections.abc import Iterable

from portfolio.domain.assessment.assessor import ForAssessor
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.assessment.finding import Judgement
from portfolio.domain.assessment.in_force import ForDecision
from portfolio.domain.components import Components, carries
from portfolio.domain.form import Component, Form
from portfolio.domain.kernel import RuleBroken
from portfolio.domain.plan import Plan


class AttemptNotAllowed(RuleBroken, rule="DECISION-9"):
    """The component's rules allow no further attempt now."""


class RouteLeft(RuleBroken, rule="DECISION-11"):
    """The attempt was opened for a route that the apprentice has left: it can be closed, not decided."""


def attempts_at(
    component: Component, form: Form, attempts: Iterable[Assessment], components: Components
) -> tuple[Assessment, ...]:
    """Return the attempts at this component of a form, by whatever key it went on theirs."""
    return tuple(each for each in attempts if each.opened and components.may_be_at(each.opened, component, form))


def check_limit(component: Component, attempts: Iterable[Assessment]) -> None:
    """Refuse a decision more than the component allows; an attempt counts once a decision has effect or waits."""
    used, allowed = sum(bool(each.effective() or each.waiting()) for each in attempts), component.maximum_attempts or 0
    if used >= allowed:
        raise AttemptNotAllowed(
            f"{used} of {allowed} attempts at {component.name} are decided; a decision that counts can be appealed."
        )


def check_goes_on(opened: AttemptOpened, known: ForDecision) -> None:
    """Refuse to decide an attempt for a route that was left, or one too many, not ordered on appeal (DECISION-9)."""
    check_route(opened, known)
    component = known.form.component(opened.component)
    if component is not None and opened.after_appeal is None:
        check_limit(component, attempts_at(component, known.form, known.attempts_here.values(), known.components))


def check_route(opened: AttemptOpened, known: ForAssessor) -> None:
    """Refuse to decide an attempt for a route that was left (DECISION-11)."""
    route = known.enrolment.route_on(known.today)
    if route is None or route.route != opened.route:
        raise RouteLeft


def met_codes(
    component: Component, form: Form, route: str, attempts: Iterable[Assessment], components: Components, plan: Plan
) -> frozenset[str]:
    """Return the codes met by the latest attempt, of those at a component, whose decision in effect counts for them."""
    latest: dict[str, Judgement] = {}
    core = plan.core_codes()
    for attempt in attempts:
        opened, decided = attempt.opened, attempt.effective()
        if opened and decided and components.counting_as(opened, form) == component:
            judged = {each.finding.code: each.finding.judgement for each in decided.context.findings}
            counted = (code for code in opened.codes if carries(opened, code, route, core))
            latest.update((code, judged.get(code, "not judged")) for code in counted)
    return frozenset(code for code, judgement in latest.items() if judgement == "met")
