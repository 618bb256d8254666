"""Whole trails: what a person did anywhere, and what bears on one decision, as far as the caller may read it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any, cast
from uuid import UUID

from api.blueprint import Blueprint
from api.evidence_shown import history_shown
from api.exports import exports
from api.reads import Sight, named_if_unread, page, see, wait_for
from api.services import services
from api.trail import ActsIn, TrailIn, TrailOut, entries, read_only
from portfolio.application.indexes import APPEALS_OF_ENROLMENT
from portfolio.application.ports import Unread
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.decisions import DecisionUnknown
from portfolio.domain.catalogue import AGGREGATES
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotPermitted, NotVisible, Recorded
from portfolio.domain.permissions import ABOUT_AN_APPRENTICE
from portfolio.domain.person import PERSON
from projections.acts import acts

whole_trails = Blueprint("whole-trails", "What a person did anywhere, and what bears on one decision.", below="people")
of_decisions = Blueprint("of-decisions", "What bears on one decision.", below="assessments")

NOT_SHOWN = (NotVisible, NotPermitted, InterestNotDeclared)


@whole_trails.get("/<uuid:person_id>/acts")
@whole_trails.arguments(ActsIn, location="query")
@exports(whole_trails, TrailOut)
def get_acts_of_person(query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Show what a person did in every record whose audit trail you may read, fact by fact."""
    return acts_page(query, person_id)


def acts_page(query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Return a page of what a person did (``ActsIn``, ``TrailOut``), as far as the caller may read it."""
    see(PERSON, person_id, ask="acts of a person")
    wait_for(query["after"])
    facts = acts(
        services().reads,
        services().journal,
        actor=person_id,
        kind=query["kind"],
        since=query["since"],
        until=query["until"],
        after=query["cursor"][0] if query["cursor"] else 0,
        limit=query["limit"] + 1,
    )
    answer = page(facts, query["limit"], lambda entry: (entry.position,))
    return {**answer, "items": _told(answer["items"])}


def _told(facts: Iterable[Recorded | Unread]) -> list[dict[str, Any]]:
    """Return facts as the caller may read them, oldest first, each by what they are to its record."""
    trail_of, sights, of_each = cache(_trail_of), dict[UUID, Sight[Any] | None](), dict[UUID, list[Recorded]]()
    for entry in read_only(facts):
        if entry.originator_id not in sights:
            sights[entry.originator_id] = _sight_of(entry, trail_of)
        if sight := sights[entry.originator_id]:
            of_each.setdefault(sight.stream, []).append(entry)
    seen = {sight.stream: sight for sight in sights.values() if sight}
    rows = (row for stream, told in of_each.items() for row in entries(seen[stream], told))
    return sorted(rows, key=lambda row: cast(int, row["position"]))


def _sight_of(entry: Recorded, trail_of: Callable[[UUID], Sight[Any] | None]) -> Sight[Any] | None:
    """Return the record of a fact, or the enrolment it belongs to, if the caller may read its trail."""
    name = entry.tag.partition(".")[0]
    if name == "enrolment":
        return trail_of(entry.originator_id)
    with suppress(*NOT_SHOWN), named_if_unread():
        record = see(AGGREGATES[name], entry.originator_id)
        return trail_of(record.state.enrolment_id) if name in ABOUT_AN_APPRENTICE else record
    return None


def _trail_of(enrolment_id: UUID) -> Sight[Any] | None:
    with suppress(*NOT_SHOWN), named_if_unread():
        return see(ENROLMENT, enrolment_id, ask="audit trail")
    return None


@of_decisions.get("/<uuid:assessment_id>/decisions/<uuid:decision_id>/audit-trail")
@of_decisions.arguments(TrailIn, location="query")
@exports(of_decisions, TrailOut)
def get_decision_trail(query: dict[str, Any], assessment_id: UUID, decision_id: UUID) -> dict[str, Any]:
    """Show what happened to the attempt of a decision, the evidence that it rested on, and the appeals against it."""
    sight = see(ASSESSMENT, assessment_id, ask="audit trail")
    if all(decision.decision_id != decision_id for decision in sight.state.decisions):
        raise DecisionUnknown
    wait_for(query["after"])
    after = query["cursor"][0] if query["cursor"] else 0
    facts = sorted(_of_decision(sight, decision_id), key=lambda entry: entry.position)
    asked = [
        entry
        for entry in facts
        if entry.position > after
        and query["actor"] in (None, entry.by)
        and query["kind"] in (None, entry.tag)
        and (query["since"] is None or query["since"] <= entry.at)
        and (query["until"] is None or entry.at < query["until"])
    ]
    answer = page(asked, query["limit"], lambda entry: (entry.position,))
    return {**answer, "items": entries(sight, answer["items"])}


def _of_decision(sight: Sight[Any], decision_id: UUID) -> Iterator[Recorded]:
    """Yield the facts of every record that bears on a decision and that the caller may read."""
    yield from sight.session.history(sight.stream)
    for item in sorted({item for item, _ in sight.state.rested_on(frozenset({decision_id}))}):
        with suppress(*NOT_SHOWN), named_if_unread():
            yield from history_shown(see(EVIDENCE, item, ask="audit trail"))
    for appeal_id, appeal in sight.session.each(APPEAL, APPEALS_OF_ENROLMENT, sight.state.enrolment_id):
        if appeal.decision_id == decision_id:
            with suppress(*NOT_SHOWN), named_if_unread():
                yield from see(APPEAL, appeal_id).session.history(appeal_id)
