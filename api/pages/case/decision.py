"""The decision under appeal: who made it with what authority, and which rules were in force then."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import UNSET

from api.pages.case.of import Case
from api.pages.common import as_day
from api.trail import decision_named, name_of
from portfolio.domain.assessment.context import NONE, DecisionContext
from portfolio.domain.kernel import ids_in

Rows = Sequence[tuple[str, str]]

CHECKS = {
    "none": "The form asks for none.",
    "sampling": "The form asks that this component is sampled.",
    "moderation": "The form asks that this component is moderated.",
}


def authority(case: Case) -> Rows:
    """Return who decided, with what authority, training and connection, as it was stored with the decision."""
    decider, name = case.context.decider, case.decider
    rows = [
        ("Decided by", f"{name}, as {case.plain(decider.authority)}"),
        (f"Training of {name}", begun("; ".join(decider.training)) or "None on record"),
        (f"Connection with {case.apprentice}", connection(decider.interests)),
    ]
    if decider.scrutiny_route != NONE:
        route = decider.scrutiny_route
        for id_ in ids_in(route):
            route = route.replace(str(id_), name_of(case.session, id_))
        rows.append(("Scrutiny route", case.plain(route)))
    return rows


def connection(interests: Sequence[str]) -> str:
    """Return what the decider had declared about the apprentice."""
    said = [each for each in interests if each != NONE]
    if said:
        return f"Declared: {'; '.join(said)}"
    return "None, as declared before" if interests else "Not declared"


def begun(words: str) -> str:
    """Return words as they stand at the beginning of a line."""
    return words[:1].upper() + words[1:]


def rules_then(case: Case) -> Rows:
    """Return the rules in force when it was decided, and what was agreed for the apprentice, each in a line."""
    context, criteria = case.context, case.judged_attempt.criteria
    plan, rulings = context.plan, len(context.plan.rulings)
    printed = "printed as a draft" if plan.printed_as_draft else "printed as approved"
    readings = f", with {rulings} {'ruling' if rulings == 1 else 'rulings'} on how its text is read" if rulings else ""
    since = f" since {as_day(plan.route_since)}" if plan.route_since else ""
    return [
        ("Criteria", f"{criteria.title}, version {context.criteria.version}"),
        ("Every code must be met for", grades_in_words(context)),
        (
            "Form",
            f"{case.judged_attempt.name}{by_method(case)}: {len(context.form.codes)} codes, {marked(context)}",
        ),
        ("National plan", f"{plan.version_label or plan.reference}, {printed}{readings}"),
        ("Route", f"{route_named(case)}{since}"),
        ("Grading scheme", said(context.criteria.grading_scheme)),
        ("Policies and procedures", said(context.criteria.policies)),
        *enrolled(context),
        ("Adjustments", said(context.adjustments)),
        ("Special consideration", said(context.considerations)),
        ("Holds", case.plain(said(context.holds))),
        *before_it(case),
    ]


def said(part: str) -> str:
    """Return a part of the context as a page says it: there is none, or what there is."""
    return "None on record then" if part in (NONE, "none approved") else part


def by_method(case: Case) -> str:
    """Return by which method of the plan the component is assessed, unless that is what it is called."""
    method = case.context.form.method
    return "" if method.casefold() == case.judged_attempt.name.casefold() else f", assessed by {method}"


def route_named(case: Case) -> str:
    """Return what the plan calls the route."""
    route, plan = case.context.plan.route, case.plan_then
    name = next((each.name for each in plan.options if each.key == route), "") if plan else ""
    return f"{name} ({route})" if name else route


def marked(context: DecisionContext) -> str:
    """Return who marks the component."""
    return f"marked by the {context.form.marker}" if context.form.marker else "who marks it is not said"


def grades_in_words(context: DecisionContext) -> str:
    """Return for which grades every code must be met, as the criteria said it."""
    rules = context.criteria.grade_rules
    if not rules:
        return "Not said by the criteria"
    strict = [begun(rule.grade) for rule in rules if rule.every_code_met]
    return ", ".join(strict) or "No grade"


def enrolled(context: DecisionContext) -> Rows:
    """Return the apprentice as they were on record then; nothing for a decision of an earlier release."""
    if context.enrolment is UNSET:
        return []
    then = context.enrolment
    course = f"first day {as_day(then.starts_on)}, enrolment {then.state}"
    return [("Apprentice", f"{then.name}, employed by {then.employer}, at centre {then.centre_ukprn}, {course}")]


def before_it(case: Case) -> Rows:
    """Return what went before: findings taken over, attempts closed undecided, the decision it took the place of."""
    context, rows = case.context, []
    if context.adopted is not UNSET and context.adopted:
        rows.append(("Findings taken over", ", ".join(context.adopted)))
    if context.closed_attempts is not UNSET and context.closed_attempts:
        closed = "; ".join(f"attempt {each.number}: {each.reason}" for each in context.closed_attempts)
        rows.append(("Attempts closed undecided before", closed))
    if context.supersedes != NONE:
        ids: list[UUID] = ids_in(context.supersedes)
        named = decision_named(case.session, context.assessment_id, ids[0]) if ids else context.supersedes
        rows.append(("It took the place of", case.plain(named)))
    return rows


def checks_then(case: Case) -> list[str]:
    """Return in sentences what had been done by then to check the marking, and what the form asks for."""
    context = case.context
    done = {"sampled": context.sampling, "second-marked": context.second_marking, "moderated": context.moderation}
    found = [f"It was {word}: {what}." for word, what in done.items() if what != NONE]
    asks = CHECKS.get(context.form.scrutiny or "", "The form does not say what checks it asks for.")
    return [*(found or ["By then it had not been sampled, second-marked or moderated."]), asks]
