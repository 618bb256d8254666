"""Replay: the record of one enrolment or decision as it was, from the streams themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import reduce
from typing import Any, cast, get_args
from uuid import UUID

from portfolio.application.indexes import (
    APPEALS_OF_ENROLMENT,
    ATTEMPTS_OF_ENROLMENT,
    DEPARTURES_OF_CASE,
    EVIDENCE_OF_ENROLMENT,
)
from portfolio.application.loaders.assessment import for_assessor
from portfolio.application.loaders.components import components_of
from portfolio.application.moments import at_end_of
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import AppealFact, DecisionSubject
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import may_judge
from portfolio.domain.assessment.facts import (
    AttemptOpened,
    DecisionConfirmed,
    DecisionDeclined,
    DecisionVoided,
    GradeDecided,
    GradeDecisionSuperseded,
)
from portfolio.domain.calendar import LONDON
from portfolio.domain.components import Components
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import (
    AboutConsent,
    ApprenticeEnrolled,
    AssignmentTakenBack,
    EndBroughtForward,
    PersonReleased,
    RouteChanged,
    StartCorrected,
)
from portfolio.domain.enrolment.paper import PaperFact
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.drafts import seen_by_others
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.form import FORM, Form
from portfolio.domain.interests import CorrectionConfirmed, InterestDeclared
from portfolio.domain.kernel import NOBODY, Aggregate, Fact, NotVisible, Recorded, Value, changed
from portfolio.domain.person import PERSON, RoleEnded, RoleGranted
from portfolio.domain.plan import PLAN, Plan, PlanUnknown
from portfolio.domain.readiness.outcomes import OutcomeState, Readiness, Step, readiness, states_on, step_on
from portfolio.domain.readiness.picture import Picture, effective_on, see
from portfolio.domain.rows import Rule
from portfolio.domain.standing import PersonReinstated, PersonSuspended

KEPT_FROM_SOME: dict[type[Fact], Rule] = {
    **dict.fromkeys(get_args(AppealFact), permissions.READS["appeals here"]),
    **dict.fromkeys(get_args(AboutConsent), permissions.READS["consents"]),
    **dict.fromkeys(get_args(PaperFact), permissions.READS["signed papers"]),
}
"""Facts that only some offices read, and the row that says which."""

CHILDREN: dict[str, Aggregate[Any]] = {
    EVIDENCE_OF_ENROLMENT: EVIDENCE,
    ATTEMPTS_OF_ENROLMENT: ASSESSMENT,
    APPEALS_OF_ENROLMENT: APPEAL,
}

MOVES_FIGURES = (
    ApprenticeEnrolled
    | StartCorrected
    | RouteChanged
    | AttemptOpened
    | GradeDecided
    | DecisionConfirmed
    | DecisionDeclined
    | GradeDecisionSuperseded
    | DecisionVoided
)
"""The facts that may change how much is assessed: neither claims nor findings that no decision rests on."""


def enrolment_log(session: ReadSession, enrolment_id: UUID) -> list[Recorded]:
    """Return every fact of an enrolment and of its evidence, attempts and appeals, in order of the log."""
    log = [*session.history(enrolment_id)]
    for name, aggregate in CHILDREN.items():
        streams = session.links(name, enrolment_id)
        session.read_ahead(aggregate, streams, whole=True)
        for stream in streams:
            with session.passing_over(stream):
                log += session.history(stream)
    return sorted(log, key=_position)


def _position(entry: Recorded) -> int:
    return entry.position


def replayed_readiness(
    session: ReadSession, enrolment_id: UUID, day: date, *, drafts: bool = True, appeals: bool = True
) -> Readiness:
    """Return readiness on a day, by facts known to this read session that were true by then."""
    picture = _picture_on(day, _dated(enrolment_log(session, enrolment_id)))
    if not picture.there_on(day):
        raise NotVisible("The apprentice was not enrolled yet.")
    return readiness_of(session, picture, day, drafts=drafts, appeals=appeals, then=at_end_of(day, session))


def _dated(log: Iterable[Recorded]) -> list[tuple[date, Recorded]]:
    return [(effective_on(entry), entry) for entry in log]


def _picture_on(day: date, log: Iterable[tuple[date, Recorded]]) -> Picture:
    return reduce(see, (entry for since, entry in log if since <= day), Picture())


def replayed_states(
    session: ReadSession, enrolment_id: UUID, days: Mapping[date, ReadSession], *, drafts: bool, appeals: bool
) -> Iterator[tuple[date, tuple[OutcomeState, ...]]]:
    """Yield where the outcomes stood on each of these days on which the apprentice was enrolled, given with their ends.

    As ``replayed_readiness`` has it of one day.
    """
    log = _dated(enrolment_log(session, enrolment_id))
    for day, then in days.items():
        picture = _picture_on(day, log)
        if picture.there_on(day):
            shown, plan, form, components = _rests_on(session, picture, day, drafts=drafts, appeals=appeals)
            yield day, states_on(shown, plan, form, components, day, _out(then, shown, day))


def readiness_of(
    session: ReadSession,
    picture: Picture,
    day: date,
    *,
    drafts: bool = True,
    appeals: bool = True,
    then: ReadSession | None = None,
) -> Readiness:
    """Return readiness of a picture, with the plan and form it rests on, for who may see ``drafts`` or ``appeals``.

    ``then`` knows what was on record on that day, unless the session itself does.
    """
    shown, plan, form, components = _rests_on(session, picture, day, drafts=drafts, appeals=appeals)
    names = {each.second_person: session.state(PERSON, each.second_person).name for each in shown.scrutiny}
    return readiness(shown, plan, form, components, day, names, _out(then or session, shown, day))


def _rests_on(
    session: ReadSession, picture: Picture, day: date, *, drafts: bool, appeals: bool
) -> tuple[Picture, Plan, Form, Components]:
    """Return a picture as it is shown, with its plan, the form taken on a day, and the components of its attempts."""
    picture = picture if drafts else picture.without_drafts()
    picture = picture if appeals else picture.without_appeals()
    plan = session.state(PLAN, picture.plan_id).plan
    route = picture.route_on(day)
    if route is None:  # nobody was enrolled yet
        raise NotVisible("The apprentice was not enrolled yet.")
    if plan is None:
        raise PlanUnknown
    components = components_of(session, (route.form_id, *(attempt.form_id for attempt in picture.attempts)))
    return picture, plan, session.state(FORM, route.form_id), components


def course(session: ReadSession, enrolment_id: UUID, until: date) -> list[Step]:
    """Return how much was assessed on the first day, and from each day up to ``until`` on which that changed.

    By facts known to this read session that were true by then, as ``replayed_readiness`` has it of one day.
    """
    log = [entry for entry in session.history(enrolment_id) if isinstance(entry.fact, MOVES_FIGURES)]
    for stream in session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id):
        with session.passing_over(stream):
            log += [entry for entry in session.history(stream) if isinstance(entry.fact, MOVES_FIGURES)]
    log.sort(key=_position)
    routes, dated = reduce(see, log, Picture()).routes, _dated(log)
    days = {since for since, _ in dated} | {route.since for route in routes}
    pictures = ((day, _picture_on(day, dated)) for day in sorted(days) if day <= until)
    steps: list[Step] = []
    for day, picture in pictures:
        step = _step(session, picture, day) if picture.there_on(day) else None
        if step is not None and (not steps or changed(step, day=steps[-1].day) != steps[-1]):
            steps.append(step)
    return steps


def _step(session: ReadSession, picture: Picture, day: date) -> Step | None:
    plan, route = session.state(PLAN, picture.plan_id).plan, picture.route_on(day)
    if plan is None or route is None:
        return None
    components = components_of(session, (route.form_id, *(attempt.form_id for attempt in picture.attempts)))
    return step_on(picture, plan, session.state(FORM, route.form_id), components, day)


def _out(session: ReadSession, picture: Picture, day: date) -> dict[UUID, set[UUID]]:
    """Return, by attempt that goes on, who found something there and may not judge it on that day."""
    noon = datetime.combine(day, time(12), LONDON)
    return {
        of: {
            finder
            for finder in set(attempt.finders.values())
            if not may_judge(session.state(ASSESSMENT, of), for_assessor(session, of, finder, noon))
        }
        for of, attempt in ((each.assessment_id, each) for each in picture.attempts if each.goes_on())
    }


class Chronology(Value):
    """The replay of one decision for a panel.

    ``before``: what the decider could see when they decided, in order, and did in the same act. ``served``: what of it
    they were served. ``later``: what came after, labelled apart. ``known_at``: the position of the decision, or
    another one that was asked for; ``on_record`` is then what was on record by it. Nobody but the apprentice sees a
    draft, so a version's facts count from the day it was handed in, and never if it was not.
    """

    appeal_id: UUID
    enrolment_id: UUID
    assessment_id: UUID
    decision: Recorded
    known_at: int
    before: tuple[Recorded, ...]
    served: tuple[Recorded, ...]
    later: tuple[Recorded, ...]
    on_record: tuple[Recorded, ...]


def chronology(
    session: ReadSession, appeal_id: UUID, known_at: int | None = None, *, with_the_case: bool = False
) -> Chronology:
    """Return the replay of the decision an appeal is against, and what was on record by the position asked for.

    ``with_the_case`` it ends where a case that is no longer open ended (APPEAL-9).
    """
    appeal = session.state(APPEAL, appeal_id)
    subject = appeal.subject_of_appeal
    if not isinstance(subject, DecisionSubject):
        raise NotVisible
    decision = next(
        entry
        for entry in session.history(subject.assessment_id)
        if isinstance(entry.fact, GradeDecided) and entry.fact.decision_id == subject.decision_id
    )
    same_act = (entry for entry in session.history(subject.assessment_id) if entry.causation == decision.causation)
    cut, decider = max(map(_position, same_act)), decision.by
    end = session.history(appeal_id)[-1].position if with_the_case and not appeal.is_open() else None
    log = [
        *_background(session, appeal, subject.assessment_id, decision),
        *_departures(session, appeal_id),
        *enrolment_log(session, appeal.enrolment_id),
    ]
    known = {entry.position: entry for entry in log if end is None or entry.position <= end}
    entries = sorted(known.values(), key=_position)
    served = [entry for entry in entries if isinstance(entry.fact, EvidenceServed)]
    seen_from = _seen_from([entry for entry in entries if not isinstance(entry.fact, EvidenceServed)])
    return Chronology(
        appeal_id=appeal_id,
        enrolment_id=appeal.enrolment_id,
        assessment_id=subject.assessment_id,
        decision=decision,
        known_at=decision.position if known_at is None else known_at,
        before=tuple(entry for entry, position in seen_from if position <= cut and _open_to_decider(entry, decision)),
        served=tuple(entry for entry in served if entry.by == decider and entry.position <= cut),
        later=tuple(entry for entry, position in seen_from if position > cut),
        on_record=tuple(entry for entry, position in seen_from if known_at is not None and position <= known_at),
    )


def _open_to_decider(entry: Recorded, decision: Recorded) -> bool:
    """Return whether a fact was not kept from who decided: of appeals, consents and papers only some offices read."""
    decided = cast(GradeDecided, decision.fact)
    offices = frozenset(decided.context.decider.roles)
    row = KEPT_FROM_SOME.get(type(entry.fact))
    return row is None or permissions.may(row, offices)


def _seen_from(entries: Sequence[Recorded]) -> list[tuple[Recorded, int]]:
    """Return the facts with the position from which others than the apprentice could see them, drafts left out."""
    public = seen_by_others(entries)
    return [(entry, public[entry.position]) for entry in entries if entry.position in public]


def _departures(session: ReadSession, appeal_id: UUID) -> Sequence[Recorded]:
    """Return how people who were part of the case while it was open were suspended or lost a role or part (PERSON-5).

    The streams are theirs, and for a part that of its enrolment, which may be another one of the apprentice's.
    """
    log = (entry for stream in session.links(DEPARTURES_OF_CASE, appeal_id) for entry in session.history(stream))
    kinds = PersonSuspended | RoleEnded | PersonReleased | EndBroughtForward | AssignmentTakenBack
    return [entry for entry in log if isinstance(entry.fact, kinds) and appeal_id in entry.fact.cases]


def _background(session: ReadSession, appeal: Appeal, assessment_id: UUID, decision: Recorded) -> Sequence[Recorded]:
    """Return the facts of the plan, the form, the criteria and the decider that the decision rests on.

    What the decider declared about other apprentices, why they were given or lost a role or were suspended, and what
    became of them later, is nobody's business here.
    """
    opened = session.state(ASSESSMENT, assessment_id).opened
    if opened is None:
        return ()
    enrolment = session.state(ENROLMENT, opened.enrolment_id)
    streams = {enrolment.plan_id, opened.form_id, opened.criteria_id} - {NOBODY}
    log = (entry for stream in streams for entry in session.history(stream))
    of_decider = (_of_decider(entry, appeal.apprentice, decision) for entry in session.history(decision.by))
    return [*log, *(entry for entry in of_decider if entry is not None)]


def _of_decider(entry: Recorded, apprentice: UUID, decision: Recorded) -> Recorded | None:
    """Return what a fact about the decider says of this decision's authority, None if it bears on none of it."""
    match entry.fact:
        case InterestDeclared(apprentice=about) | CorrectionConfirmed(apprentice=about):
            return entry if about == apprentice else None
        case PersonSuspended() | PersonReinstated():
            return None
        case RoleGranted() | RoleEnded() as fact:
            entry = changed(entry, fact=changed(fact, reason=""))
    return entry if entry.position <= decision.position else None
