"""Chronology: the replay of a decision under appeal, for a panel whose members are no specialists."""

from uuid import UUID

from flask import request

from api.common import position_of, see
from api.fields import KnownAt
from api.pages.common import fresh, pages, render
from api.trail import entries, name_of
from portfolio.application.replay import chronology
from portfolio.domain.appeal import APPEAL
from portfolio.domain.assessment import GradeDecided
from portfolio.domain.context import DecisionContext
from portfolio.domain.kernel import NotVisible


@pages.get("/appeals/<uuid:appeal_id>")
def appeal(appeal_id: UUID) -> str:
    """Show what was known when the decision was made, and apart from it what came later."""
    fresh()
    sight = see(APPEAL, appeal_id, ask="chronology")
    asked = request.args.get("known_at")
    told = chronology(sight.reading, appeal_id, position_of(KnownAt().deserialize(asked)) if asked else None)
    decided = told.decision.fact
    if not isinstance(decided, GradeDecided):
        raise NotVisible
    return render(
        "chronology.html",
        ref=str(appeal_id)[:8],
        status=sight.state.status,
        grounds=sight.state.grounds,
        known_at=told.known_at,
        decision={
            "by": name_of(sight.reading, told.decision.by),
            "at": told.decision.at,
            "position": told.decision.position,
            "grade": decided.grade,
            "reasons": decided.reasons,
            "component": decided.context.form.component,
            "sha256": decided.context.sha256,
        },
        context=in_words(decided.context),
        before=entries(sight, told.before),
        served=entries(sight, told.served),
        later=entries(sight, told.later),
    )


def in_words(context: DecisionContext) -> list[tuple[str, str]]:
    """Return the stored context part by part, each in a line a lay member can read."""
    plan, form, decider = context.plan, context.form, context.decider
    draft = "printed as a draft" if plan.printed_as_draft else "printed as approved"
    return [
        ("Plan", f"{plan.version_label}, {draft}, text {plan.sha256[:12]}; {len(plan.rulings)} rulings in force"),
        ("Route", f"{plan.route} since {plan.route_since}"),
        (
            "Form and component",
            f"{form.component}, {form.method}, {len(form.codes)} codes, marked by: {form.marker}",
        ),
        ("Criteria", f"version {context.criteria.version}, text {context.criteria.sha256[:12]}"),
        ("Grading scheme", context.criteria.grading_scheme),
        ("Policies", context.criteria.policies),
        ("Decider’s authority", decider.authority),
        ("Decider’s training", "; ".join(decider.training) or "none"),
        ("Decider’s interests", "; ".join(decider.interests) or "none declared"),
        ("Evidence versions available", str(len(context.available))),
        ("Evidence versions cited", str(len({ref for _, refs in context.cited for ref in map(str, refs)}))),
        ("Evidence versions served", str(len(context.served))),
        ("Findings", f"{len(context.findings)}: {judgements(context)}"),
        ("Adjustments", context.adjustments),
        ("Considerations", context.considerations),
        ("Holds", context.holds),
        ("Sampling, second marking, moderation", f"{context.sampling}, {context.second_marking}, {context.moderation}"),
        ("Supersedes", context.supersedes),
    ]


def judgements(context: DecisionContext) -> str:
    """Return how many codes were found how, such as "22 met, 1 not met"."""
    counts: dict[str, int] = {}
    for found in context.findings:
        counts[found.finding.judgement] = counts.get(found.finding.judgement, 0) + 1
    return ", ".join(f"{number} {judgement}" for judgement, number in counts.items()) or "none"
