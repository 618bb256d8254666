"""What no history can bring about, whoever tries whatever in whatever order.

The checks read the bare facts and know nothing of the code that decided.
"""

from datetime import date
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.application.loaders.components import components_of
from portfolio.application.replay import enrolment_log, replayed_readiness
from portfolio.domain.appeal.facts import AppealDecided, AppealLodged, PanelConvened
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.facts import (
    AttemptClosed,
    AttemptOpened,
    DecisionVoided,
    GradeDecided,
    GradeDecisionSuperseded,
)
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.calendar import london_day
from portfolio.domain.catalogue import AGGREGATES
from portfolio.domain.enrolment.facts import (
    AppealForMe,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentQuestionWithdrawn,
    ConsentTakenBack,
)
from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceRecorded, EvidenceReturned, StatementClaimed
from portfolio.domain.form import FORM
from portfolio.domain.kernel import Recorded, tag_of
from portfolio.domain.person import RoleGranted
from portfolio.domain.plan import PLAN
from portfolio.domain.readiness.outcomes import readiness
from portfolio.domain.readiness.picture import Picture, see
from tests.application.stage import ENROLMENT, MIA, Stage
from tests.properties.asking import QUESTIONS
from tests.properties.histories import STEPS, history, play
from tests.properties.naive import (
    Log,
    assigned_as_assessor,
    attempt_of_record,
    becomes,
    before,
    course,
    interests,
    of,
    parts,
    roles,
    standardised,
    took_part,
    works_for,
)
from tests.properties.record import Step
from tests.soak import times

HISTORIES = st.lists(STEPS, min_size=6, max_size=24)


def check_nothing_begins_in_a_break_or_after_the_end(stage: Stage) -> None:
    log = stage.log()
    for entry, fact in of(log, AttemptOpened):
        assert fact.after_appeal or course(before(log, entry), london_day(entry.at)) == "running"


def check_deciders(stage: Stage) -> None:
    log = stage.log()
    for entry, fact in of(log, GradeDecided):
        then, person = before(log, entry), fact.decider
        assert entry.by == person
        assert person != MIA
        assert interests(then, person) == {"none"}
        ran = {part.assignment for part in parts(then, person) if part.ran(london_day(entry.at))}
        assert not ran & {"coach", "employer"}
        assert assigned_as_assessor(then, person, london_day(entry.at))
        assert roles(then, person) & {"assessor", "centre assessor"}
        assert standardised(then, person, london_day(entry.at))
        (opened,) = [each for each in history(stage, entry.originator_id) if isinstance(each.fact, AttemptOpened)]
        assert person not in set_aside(before(log, opened), opened.fact)


def set_aside(log: Log, opened: Any) -> set[UUID]:
    """Return who took part in attempts at the same component of which a decision was set aside."""
    same = {entry.originator_id for entry, fact in of(log, AttemptOpened) if fact.component == opened.component}
    void = {entry.originator_id for entry, _ in of(log, DecisionVoided)} & same
    return {fact.assessor for entry, fact in of(log, StatementFound) if entry.originator_id in void} | {
        fact.decider for entry, fact in of(log, GradeDecided) if entry.originator_id in void
    }


def check_attempts(stage: Stage) -> None:
    log = stage.log()
    for entry, _ in of(log, AttemptClosed):
        then, own = before(log, entry), history(stage, entry.originator_id)
        finders, held = {fact.assessor for _, fact in of(own, StatementFound)}, roles(then, entry.by)
        assert entry.by not in finders
        if finders:
            assert held & {"responsible officer", "lead assessor"}
        else:
            assert "administrator" in held or assigned_as_assessor(then, entry.by, london_day(entry.at))
        assert not list(of(own, GradeDecided))
    at = {entry.originator_id: fact.component for entry, fact in of(log, AttemptOpened)}
    standing: dict[str, int] = dict.fromkeys(at.values(), 0)
    for entry in log:
        if isinstance(entry.fact, GradeDecided):
            standing[at[entry.originator_id]] += 1
            assert standing[at[entry.originator_id]] <= 2 or entry.fact.context.supersedes != "none"
        elif isinstance(entry.fact, GradeDecisionSuperseded | DecisionVoided):
            standing[at[entry.originator_id]] -= 1


def check_decisions_stand(stage: Stage) -> None:
    log = stage.log()
    attempts = {entry.originator_id for entry, _ in of(log, AttemptOpened)}
    for attempt in attempts:
        own = history(stage, attempt)
        decided = [fact for _, fact in of(own, GradeDecided)]
        gone = {fact.decision_id for _, fact in of(own, GradeDecisionSuperseded)} | {
            fact.decision_id for _, fact in of(own, DecisionVoided)
        }
        standing = [fact for fact in decided if fact.decision_id not in gone]
        assert len(standing) <= 1
        state = stage.session().state(ASSESSMENT, attempt)
        assert state.effective() == (standing[0] if standing else None)
        for length in range(len(own)):
            earlier = ASSESSMENT.fold(entry.fact for entry in own[:length]).decisions
            assert state.decisions[: len(earlier)] == earlier
        for fact in decided:
            assert state.decision(fact.decision_id) == fact


def check_evidence_was_there(stage: Stage) -> None:
    for _, fact in of(stage.log(), GradeDecided):
        there = {(version.evidence_id, version.version) for version in fact.context.available}
        cited = {(ref.evidence_id, ref.version) for _, refs in fact.context.cited for ref in refs}
        assert cited <= there
        assert fact.context.missing() == []
        assert {statement.finding.code for statement in fact.context.findings} == set(fact.context.form.codes)


def check_records_are_of_their_authors(stage: Stage) -> None:
    log = stage.log()
    written: dict[UUID, list[Recorded]] = {}
    for entry, fact in of(log, EvidenceRecorded):
        earlier = written.setdefault(entry.originator_id, [])
        if earlier:
            first = earlier[0]
            assert entry.by == first.by
            assert attempt_of_record(entry) == attempt_of_record(first)
            cited = any(
                ref.evidence_id == entry.originator_id
                for _, decided in of(before(log, entry), GradeDecided)
                for _, refs in decided.context.cited
                for ref in refs
            )
            assert fact.corrects == (fact.version - 1 if cited else None)
        earlier.append(entry)
    for entry, found in of(log, StatementFound):
        for cite in found.finding.cites:
            of_attempt = {attempt_of_record(each) for each in written.get(cite.evidence_id, [])}
            assert of_attempt <= {None, entry.originator_id}


def check_what_is_returned(stage: Stage) -> None:
    log = stage.log()
    for entry, fact in of(log, EvidenceReturned):
        then, file, day = before(log, entry), (entry.originator_id, fact.version), london_day(entry.at)
        for attempt in {opened.originator_id for opened, _ in of(then, AttemptOpened)}:
            own = [each for each in then if each.originator_id == attempt]
            decided = {each.decision_id for _, each in of(own, GradeDecided)}
            gone = {each.decision_id for kind in (GradeDecisionSuperseded, DecisionVoided) for _, each in of(own, kind)}
            latest = {found.finding.code: found.finding for _, found in of(own, StatementFound)}
            if not (list(of(own, AttemptClosed)) or (decided and decided <= gone)):
                assert not [c for f in latest.values() for c in f.cites if (c.evidence_id, c.version) == file]
        if file in {(each.originator_id, accepted.version) for each, accepted in of(then, EvidenceAccepted)}:
            running = {part.assignment for part in parts(then, entry.by) if part.ran(day)}
            assert assigned_as_assessor(then, entry.by, day) or "internal quality assurer" in running


def check_panels(stage: Stage) -> None:
    log = stage.log()
    for entry, fact in of(log, PanelConvened):
        check_panel(before(log, entry), fact.members, london_day(entry.at))
    for entry, _ in of(log, AppealDecided):
        convened = [
            fact for each, fact in of(before(log, entry), PanelConvened) if each.originator_id == entry.originator_id
        ]
        panel = convened[-1]  # others may have been named in its members' place
        check_panel(before(log, entry), panel.members, london_day(entry.at))
        assert entry.by in panel.members


def check_panel(log: Log, members: frozenset[UUID], day: date) -> None:
    assert len(members) >= 2
    assert not members & took_part(log, day)
    outside = set()
    for member in members:
        assert interests(log, member) <= {"none"}
        ever = {fact.role for entry, fact in of(log, RoleGranted) if entry.originator_id == member}
        assert "appeals officer" not in ever
        if works_for(log, member) == "none of these" and ever <= {"panel member"}:
            outside.add(member)
    assert outside


def check_one_open_appeal(stage: Stage) -> None:
    open_against: dict[UUID, UUID] = {}
    for entry in stage.log():
        match entry.fact:
            case AppealLodged(subject=subject):
                decision = subject.decision_id  # type: ignore[union-attr]  # only decisions are appealed against yet
                assert decision not in open_against.values()
                open_against[entry.originator_id] = decision
            case fact if tag_of(fact) in ("appeal.decided", "appeal.not-admitted", "appeal.withdrawn"):
                del open_against[entry.originator_id]


def check_consents_are_asked_once_and_answered_by_mia(stage: Stage) -> None:
    log = stage.log()
    for entry, fact in of(log, ConsentAsked):
        then, day = before(log, entry), london_day(entry.at)
        assert entry.by == fact.person_id != MIA
        assert could_do_it(then, fact, day)
        same = [each for each, asked in of(then, ConsentAsked) if (asked.person_id, asked.purpose) == wish(fact)]
        assert not {becomes(then, each) for each in same} & {"waits", "no"}
    for entry, fact in of(log, ConsentDeclined | ConsentQuestionWithdrawn):
        then = before(log, entry)
        ((asked, question),) = [each for each in of(then, ConsentAsked) if each[1].question_id == fact.question_id]
        assert becomes(then, asked) == "waits"
        assert entry.by == (MIA if isinstance(fact, ConsentDeclined) else question.person_id)
    for entry, _ in of(log, ConsentGiven | ConsentTakenBack):
        assert entry.by == MIA


def wish(fact: Any) -> tuple[UUID, Any]:
    return fact.person_id, fact.purpose


def could_do_it(log: Log, asked: Any, day: date) -> bool:
    """Tell whether who asks for a consent could do what they ask for."""
    if not isinstance(asked.purpose, AppealForMe):
        return "administrator" in roles(log, asked.person_id)
    coached = any(
        part.assignment == "coach" and part.starts_on <= day and (part.ends_on is None or day < part.ends_on)
        for part in parts(log, asked.person_id)
    )
    return coached and "coach" in roles(log, asked.person_id)


def check_claims_count_for_nothing(stage: Stage) -> None:
    log = enrolment_log(stage.session(), ENROLMENT)
    replayed = replayed_readiness(stage.session(), ENROLMENT, stage.today)
    silent = reduce(see, (entry for entry in log if not isinstance(entry.fact, StatementClaimed)), Picture())
    route = silent.route_on(stage.today)
    assert route is not None
    plan = stage.session().state(PLAN, silent.plan_id).plan
    assert plan is not None
    taken = stage.session().state(FORM, route.form_id)
    components = components_of(stage.session(), (route.form_id, *(attempt.form_id for attempt in silent.attempts)))
    without = readiness(silent, plan, taken, components, stage.today, {}, {})
    for each, other in zip(replayed.outcomes, without.outcomes, strict=True):
        assert (each.assessed, each.codes_assessed, each.codes_needed) == (
            other.assessed,
            other.codes_assessed,
            other.codes_needed,
        )
    assert (replayed.codes_assessed, replayed.all_assessed) == (without.codes_assessed, without.all_assessed)


def check_folding(stage: Stage) -> None:
    for stream in {entry.originator_id for entry in stage.log()}:
        facts = [entry.fact for entry in history(stage, stream)]
        aggregate = AGGREGATES[tag_of(facts[0]).partition(".")[0]]
        whole = aggregate.fold(facts)
        for length in {0, 1, len(facts) // 2, len(facts) - 1}:
            state = aggregate.fold(facts[:length])
            for fact in facts[length:]:
                state = aggregate.evolve(state, fact)
            assert state == whole


CHECKS = (
    check_deciders,
    check_nothing_begins_in_a_break_or_after_the_end,
    check_attempts,
    check_decisions_stand,
    check_evidence_was_there,
    check_records_are_of_their_authors,
    check_what_is_returned,
    check_panels,
    check_one_open_appeal,
    check_consents_are_asked_once_and_answered_by_mia,
    check_claims_count_for_nothing,
    check_folding,
)


def check(steps: list[Step]) -> None:
    stage = play(steps)
    for each in CHECKS:
        each(stage)


@given(HISTORIES)
def test_no_history_breaks_what_decisions_and_panels_rest_on(steps: list[Step]) -> None:
    check(steps)


@given(st.lists(QUESTIONS, min_size=2, max_size=8))
def test_nobody_is_asked_by_whom_or_as_often_as_they_should_not_be(steps: list[Step]) -> None:
    check_consents_are_asked_once_and_answered_by_mia(play(steps))


@pytest.mark.slow
@given(HISTORIES)
@settings(max_examples=times(600))
def test_no_history_of_very_many_breaks_it_either(steps: list[Step]) -> None:
    check(steps)
