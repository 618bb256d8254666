"""Chronology: the replay of a decision under appeal, for a panel whose members are no specialists."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from msgspec import UNSET

from api.appeals import replay_for
from api.fields import KnownAt
from api.pages.common import as_day, asked, fresh, pages, render
from api.pages.verdict import answers, verdict
from api.reads import Sight, position_of, see
from api.trail import contested_by, decision_named, entries, is_told, name_of
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.context import NONE, DecisionContext
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.evidence.facts import StatementClaimed
from portfolio.domain.form import code_order
from portfolio.domain.kernel import NotVisible, Recorded, ids_in


@pages.get("/appeals/<uuid:appeal_id>")
def appeal(appeal_id: UUID) -> str:
    """Show what was known when the decision was made, and apart from it what came later."""
    fresh()
    sight = see(APPEAL, appeal_id, ask="chronology")
    replay = replay_for(sight, position_of(asked("known_at", KnownAt())))
    decided = replay.decision.fact
    if not isinstance(decided, GradeDecided):
        raise NotVisible
    return render(
        "chronology.html",
        appeal_id=appeal_id,
        lodged=as_day(sight.session.history(appeal_id)[0].at),
        contested=contested_by(sight.session, sight.state),
        verdict=verdict(sight, replay, decided),
        answers=answers(sight),
        known_at=replay.known_at,
        decision={
            "by": name_of(sight.session, replay.decision.by),
            "at": replay.decision.at,
            "position": replay.decision.position,
            "grade": decided.grade,
            "reasons": decided.reasons,
            "attempt": sight.session.state(ASSESSMENT, replay.assessment_id).opening().in_words(),
            "sha256": decided.context.sha256,
        },
        context=in_words(decided.context, sight.session),
        before=grouped(sight, replay.before),
        served=grouped(sight, replay.served),
        later=grouped(sight, replay.later),
        on_record=grouped(sight, replay.on_record),
        by_another_point=replay.known_at != replay.decision.position,
    )


def grouped(sight: Sight[Any], facts: Sequence[Recorded]) -> list[dict[str, Any]]:
    """Return facts as the caller may read them; several findings or claims in a row, by one person, as one entry.

    Such an entry holds the others under ``inside``.
    """
    groups = []
    told = [entry for entry in facts if is_told(sight, entry)]
    for _, run in groupby(zip(told, entries(sight, told), strict=True), lambda each: alike(each[0])):
        together, rows = zip(*run, strict=True)
        sentence = summary(together) if len(rows) > 1 else rows[0]["sentence"]
        groups.append(
            {
                **rows[0],
                "sentence": sentence,
                "inside": rows if len(rows) > 1 else (),
            }
        )
    return groups


def alike(entry: Recorded) -> tuple[object, ...]:
    """Return what facts in a row have in common that are told as one."""
    if isinstance(entry.fact, StatementFound | StatementClaimed):
        return type(entry.fact), entry.originator_id, entry.by
    return (entry.position,)


def summary(run: Sequence[Recorded]) -> str:
    """Return what several findings or claims say together, after the name of who made them."""
    if claimed := [entry.fact.code for entry in run if isinstance(entry.fact, StatementClaimed)]:
        return f"claimed {len(claimed)} codes: {', '.join(claimed)}."
    judged = [entry.fact.finding.judgement for entry in run if isinstance(entry.fact, StatementFound)]
    return f"recorded {len(run)} findings: {counted(judged)}."


def counted(judged: Iterable[str]) -> str:
    """Return how many codes were found how, such as "22 met, 1 not met"."""
    return ", ".join(f"{number} {judgement}" for judgement, number in Counter(judged).items()) or "none"


def never_opened_in_words(context: DecisionContext) -> list[tuple[str, str]]:
    """Return a line on what the decider never opened: none for a decision of an earlier release, which did not say."""
    if context.never_opened is UNSET:
        return []
    codes = sorted({code for each in context.never_opened for code in each.cited_for}, key=code_order)
    cited = f"; findings on {', '.join(codes)} rest on them" if codes else ""
    return [("Evidence versions the decider never opened", f"{len(context.never_opened) or 'none'}{cited}")]


def route_in_words(context: DecisionContext, session: ReadSession) -> list[tuple[str, str]]:
    """Return a line on the scrutiny route of the decision, if it went by one, with the names of who is in it."""
    if context.decider.scrutiny_route == NONE:
        return []
    named = context.decider.scrutiny_route
    for id_ in ids_in(named):
        named = named.replace(str(id_), name_of(session, id_))
    return [("Scrutiny route", named)]


def superseded_in_words(context: DecisionContext, session: ReadSession) -> str:
    """Return which decision the decision took the place of, by what people call it."""
    ids = ids_in(context.supersedes)
    return decision_named(session, context.assessment_id, ids[0]) if ids else context.supersedes


def earlier_in_words(context: DecisionContext) -> list[tuple[str, str]]:
    """Return lines on findings adopted by name and on attempts closed before; none where the context says nothing."""
    lines = []
    if context.adopted is not UNSET:
        lines.append(("Findings adopted as they were", ", ".join(context.adopted) or "none"))
    if context.closed_attempts is not UNSET:
        closed = "; ".join(f"attempt {each.number}: {each.reason}" for each in context.closed_attempts)
        lines.append(("Attempts closed undecided before", closed))
    return lines


def enrolment_in_words(context: DecisionContext) -> list[tuple[str, str]]:
    """Return a line on the apprentice as they were on record then; none for a decision of an earlier release."""
    if context.enrolment is UNSET:
        return []
    then = context.enrolment
    course = f"first day {as_day(then.starts_on)}, enrolment {then.state}"
    return [("Apprentice", f"{then.name}, employer {then.employer}, centre {then.centre_ukprn}, {course}")]


def rules_in_words(context: DecisionContext) -> str:
    """Return for which grades every code must be met, as the criteria said it."""
    rules = context.criteria.grade_rules
    if not rules:
        return "not said"
    return "; ".join(f"{rule.grade}: {'every code' if rule.every_code_met else 'not every code'}" for rule in rules)


def in_words(context: DecisionContext, session: ReadSession) -> list[tuple[str, str]]:
    """Return the stored context part by part, each in a line a lay member can read."""
    plan, form, decider = context.plan, context.form, context.decider
    draft = "printed as a draft" if plan.printed_as_draft else "printed as approved"
    cited = {(ref.evidence_id, ref.version) for _, refs in context.cited for ref in refs}
    served = {(ref.evidence_id, ref.version) for ref in context.served}
    return [
        ("Plan", f"{plan.version_label}, {draft}, text {plan.sha256[:12]}; {len(plan.rulings)} rulings in force"),
        *enrolment_in_words(context),
        ("Route", f"{plan.route} since {as_day(plan.route_since)}"),
        (
            "Form and component",
            f"{form.component}, {form.method}, {len(form.codes)} codes, marked by: {form.marker}",
        ),
        ("Criteria", f"version {context.criteria.version}, text {context.criteria.sha256[:12]}"),
        ("Codes that must be met, by grade", rules_in_words(context)),
        ("Grading scheme", context.criteria.grading_scheme),
        ("Policies", context.criteria.policies),
        ("Decider’s authority", decider.authority),
        ("Decider’s training", "; ".join(decider.training) or "none"),
        ("Decider’s interests", "; ".join(decider.interests) or "none declared"),
        *route_in_words(context, session),
        ("Evidence versions available", str(len(context.available))),
        ("Evidence versions cited", str(len(cited))),
        ("Evidence versions served", str(len(served))),
        *never_opened_in_words(context),
        ("Findings", f"{len(context.findings)}: {counted(judged.finding.judgement for judged in context.findings)}"),
        *earlier_in_words(context),
        ("Adjustments", context.adjustments),
        ("Considerations", context.considerations),
        ("Holds", context.holds),
        ("Sampling, second marking, moderation", f"{context.sampling}, {context.second_marking}, {context.moderation}"),
        ("Supersedes", superseded_in_words(context, session)),
    ]
