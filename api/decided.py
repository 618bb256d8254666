"""Decided: every decision of an enrolment as its apprentice reads it, and what can be done next, by the rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from api.assessments import decisions_shown
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.reads import Sight, see_each
from api.services import services
from api.trail import name_of
from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import DecisionSubject, Ground
from portfolio.domain.appeal.lodging import AppealAnsweredTwice, LodgeAppeal
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import DecisionVoided, GradeDecided
from portfolio.domain.calendar import LONDON, day_in_words, london_day
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.form import FORM, code_order
from portfolio.domain.kernel import Rejected
from portfolio.domain.vocabulary import ASSESSOR, CENTRE_ASSESSOR, LEAD_ASSESSOR

DECIDE = (ASSESSOR, CENTRE_ASSESSOR, LEAD_ASSESSOR)
"""The roles in which people decide."""


class Found(NamedTuple):
    """What a decision holds on a code that it does not find met."""

    code: str
    reason: str


class Decided(NamedTuple):
    """A decision on an attempt.

    ``status``, ``reason``, ``waits_for`` and what else became of it stand in ``what_became``, in the fields of the
    API's ``DecisionOut``; ``ended`` says who replaced it or set it aside and when. ``appeal`` is the open case against
    it. ``refusal`` is why the person at the page could not appeal against it now, None if they can; of a day that is
    past nobody asks.
    """

    assessment_id: UUID
    decision_id: UUID
    component: str
    component_name: str
    number: int
    at: datetime
    decider: str
    role: str
    grade: str
    reasons: str
    met: int
    judged: int
    not_met: tuple[Found, ...]
    not_judged: tuple[str, ...]
    what_became: Mapping[str, Any]
    ended: tuple[str, datetime] | None
    appeal: UUID | None
    refusal: Rejected | None

    @property
    def counts(self) -> bool:
        """Tell whether it is in force."""
        return bool(self.what_became["status"] == "effective")


def decided(sight: Sight[Enrolment], day: date | None = None) -> list[Decided]:
    """Return the decisions of an enrolment that the caller may see, newest first; as on record at the end of a day."""
    until = services().journal.position_at(datetime.combine(day, time.max, LONDON)) if day else None
    then = services().session(until) if day else sight.session
    deciding = services().deciding() if day is None else None
    open_cases = _open_cases(sight)
    attempts = see_each(ASSESSMENT, sight.session.links(ATTEMPTS_OF_ENROLMENT, sight.stream))
    shown = [
        each
        for attempt in attempts
        for each in _of_attempt(_as_on_record(attempt, then) if day else attempt, open_cases, deciding)
    ]
    return sorted(shown, key=lambda each: each.at, reverse=True)


def _as_on_record(attempt: Sight[Assessment], then: ReadSession) -> Sight[Assessment]:
    return replace(attempt, session=then, state=then.state(ASSESSMENT, attempt.stream))


def _open_cases(sight: Sight[Enrolment]) -> Mapping[UUID, UUID]:
    if not sight.shows("appeals here"):
        return {}
    cases = sight.session.each(APPEAL, APPEALS_OF_ENROLMENT, sight.stream)
    return {appeal.decision_id: appeal_id for appeal_id, appeal in cases if appeal.is_open()}


def _of_attempt(
    attempt: Sight[Assessment], open_cases: Mapping[UUID, UUID], deciding: ReadSession | None
) -> Iterator[Decided]:
    opened = attempt.state.opened
    if opened is None:
        return
    component = attempt.session.state(FORM, opened.form_id).component(opened.component)
    facts = {fact.decision_id: fact for fact in attempt.state.decisions}
    rows = [*decisions_shown(attempt)]
    ends = _ends(attempt, rows)
    for row in rows:
        fact: GradeDecided = facts[row["decision_id"]]
        findings = {each.finding.code: each.finding for each in fact.context.findings}
        of = {word: [code for code in findings if findings[code].judgement == word] for word in ("met", "not met")}
        yield Decided(
            assessment_id=attempt.stream,
            decision_id=fact.decision_id,
            component=opened.component,
            component_name=component.name if component else opened.component,
            number=opened.number,
            at=row["at"],
            decider=row["name"],
            role=" and ".join(role for role in fact.context.decider.roles if role in DECIDE),
            grade=fact.grade,
            reasons=fact.reasons,
            met=len(of["met"]),
            judged=len(opened.codes),
            not_met=tuple(Found(code, findings[code].reason.strip()) for code in sorted(of["not met"], key=code_order)),
            not_judged=tuple(sorted(opened.codes - {*of["met"], *of["not met"]}, key=code_order)),
            what_became=row,
            ended=ends.get(fact.decision_id),
            appeal=open_cases.get(fact.decision_id),
            refusal=refusal_of(appeal_against(attempt.stream, fact.decision_id), deciding) if deciding else None,
        )


def _ends(attempt: Sight[Assessment], rows: Sequence[Mapping[str, Any]]) -> dict[UUID, tuple[str, datetime]]:
    """Return who replaced a decision, by the one that took its place, or set it aside, and when."""
    made = {row["decision_id"]: (row["name"], row["at"]) for row in rows}
    ends = {row["decision_id"]: made[row["superseded_by"]] for row in rows if row["superseded_by"] in made}
    for entry in attempt.session.history(attempt.stream):
        if isinstance(entry.fact, DecisionVoided):
            ends[entry.fact.decision_id] = (name_of(attempt.session, entry.by), entry.at)
    return ends


def decision_called(session: ReadSession, attempt_id: UUID, decision_id: UUID) -> str:
    """Return what people call a decision, by the name of its component: for a page, where a fact has its key."""
    attempt = session.state(ASSESSMENT, attempt_id)
    opened, made = attempt.opened, attempt.decision(decision_id)
    if opened is None:
        return "what was done"
    component = session.state(FORM, opened.form_id).component(opened.component)
    called = f"the decision on the {component.name if component else opened.component}, attempt {opened.number}"
    if made is None:
        return called
    return f"{called}, of {day_in_words(london_day(made.context.at))} by {name_of(session, made.decider)}"


def appeal_against(attempt_id: UUID, decision_id: UUID) -> LodgeAppeal:
    """Return an appeal against a decision on a ground that any appeal may rest on, to be asked of the rules."""
    return LodgeAppeal(
        appeal_id=new_id(),
        subject=DecisionSubject(assessment_id=attempt_id, decision_id=decision_id),
        grounds=(Ground(ground="procedure", statement=TYPED, items=(attempt_id,)),),
    )


def may_be_written(refusal: Rejected | None) -> bool:
    """Tell by what ``appeal_against`` is refused with whether an appeal may be written: on other grounds, perhaps."""
    return refusal is None or isinstance(refusal, AppealAnsweredTwice)


def contested(session: ReadSession, appeal: Appeal) -> str:
    """Return what an appeal is against, by the name of its component."""
    decision = decision_called(session, appeal.attempt_id, appeal.decision_id)
    return f"the setting aside of {decision}" if appeal.set_aside else decision
