"""Replay: what was known at a point of the record, what was true on a day, and the chronology for a panel."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from portfolio.application.moments import at_end_of
from portfolio.application.read_session import ReadSession
from portfolio.application.replay import (
    Chronology,
    chronology,
    course,
    enrolment_log,
    replayed_readiness,
    replayed_states,
)
from portfolio.domain.appeal.aggregate import APPEAL as APPEALS_KIND
from portfolio.domain.appeal.facts import AppealLodged, PanelConvened
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.facts import AttemptOpened, GradeDecided
from portfolio.domain.competences import CompetenceRecorded
from portfolio.domain.criteria import CriteriaApproved
from portfolio.domain.enrolment.aggregate import ENROLMENT as ENROLMENT_KIND
from portfolio.domain.enrolment.facts import RouteForMe
from portfolio.domain.enrolment.routes import ChangeRoute
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    ClaimStatements,
    DropClaim,
    ServeEvidence,
    SubmitEvidence,
)
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    EvidenceAccepted,
    EvidenceServed,
    EvidenceSubmitted,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.form import FormApproved
from portfolio.domain.interests import DeclareInterest, InterestDeclared
from portfolio.domain.kernel import Fact, NotVisible, Recorded
from portfolio.domain.person import GrantRole
from portfolio.domain.plan import PlanImported
from portfolio.domain.readiness.outcomes import OutcomeState, Step
from tests.application.stage import (
    ADMINISTRATOR,
    APPEAL,
    ASSESSOR,
    COACH,
    CVT_FORM,
    ENROLMENT,
    FIRST_DAY,
    FORM,
    KNOWLEDGE,
    LOG,
    MIA,
    OBSERVED,
    RESPONSIBLE,
    SKILLS,
    Stage,
)
from tests.domain.evidence.test_evidence import DECLARATION
from tests.domain.world import an_id

EARLY, LATE = an_id("early draft"), an_id("late")


def kinds(entries: Sequence[Recorded]) -> set[type[Fact]]:
    return {type(entry.fact) for entry in entries}


def states(stage: Stage, position: int | None = None) -> dict[str, OutcomeState]:
    replayed = replayed_readiness(stage.session(position), ENROLMENT, stage.today)
    return {outcome.outcome: outcome.state for outcome in replayed.outcomes}


# --- known at ---


def test_a_reading_up_to_a_position_knows_nothing_of_what_came_later(stage: Stage) -> None:
    stage.decided()
    decision = stage.facts(GradeDecided)[0].position
    stage.lodge()
    before, then = stage.session(decision - 1), stage.session(decision)
    assert before.state(ASSESSMENT, OBSERVED).effective() is None
    assert then.state(ASSESSMENT, OBSERVED).effective() is not None
    assert then.state(APPEALS_KIND, APPEAL).status == "none"
    assert then.links("appeals of enrolment", ENROLMENT) == []
    assert stage.session().links("appeals of enrolment", ENROLMENT) == [APPEAL]


def test_readiness_is_as_it_was_then_known(stage: Stage) -> None:
    stage.enrol()
    assert set(states(stage).values()) == {"no claim"}
    stage.hand_in()
    stage.open()
    stage.find()
    stage.decide()
    decided = stage.journal.head()
    stage.lodge()
    stage.convene()
    stage.reactions.react(stage.uphold())
    assert states(stage)["AO1"] == "in assessment"
    assert states(stage, decided)["AO1"] == "partly assessed"
    assert states(stage, decided - 1)["AO1"] == "in assessment"
    assert states(stage, stage.facts(EvidenceSubmitted)[0].position)["LET AO7"] == "no claim"
    assert states(stage, stage.facts(AttemptOpened)[0].position - 1)["LET AO7"] == "claimed"


def test_readiness_of_the_worked_example(stage: Stage) -> None:
    stage.decided()
    replayed = replayed_readiness(stage.session(), ENROLMENT, stage.today)
    assert (replayed.codes_assessed, replayed.codes_needed) == (23, 48)
    assert (replayed.outcomes_assessed, replayed.outcomes_needed) == (0, 6)
    assert len(SKILLS | KNOWLEDGE) == 48


# --- as of ---


class Counted:
    """A journal that keeps what was asked of it."""

    def __init__(self, journal: Any) -> None:
        self._journal = journal
        self.asked: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        def ask(*arguments: Any) -> Any:
            self.asked.append((name, *arguments))
            return getattr(self._journal, name)(*arguments)

        return ask


def test_the_states_on_many_days_are_those_of_each_and_read_each_stream_once(stage: Stage) -> None:
    stage.decided()
    days = [FIRST_DAY - timedelta(days=1), FIRST_DAY, stage.today]
    journal = Counted(stage.journal)
    session = ReadSession(journal)
    for drafts in (True, False):
        ends = {day: at_end_of(day, session) for day in days}
        replayed = dict(replayed_states(session, ENROLMENT, ends, drafts=drafts, appeals=drafts))
        alone = {
            day: replayed_readiness(stage.session(), ENROLMENT, day, drafts=drafts, appeals=drafts) for day in days[1:]
        }
        assert replayed == {day: tuple(each.state for each in of.outcomes) for day, of in alone.items()}
        assert len({*replayed.values()}) == 2
    read = [asked for asked in journal.asked if asked[0] == "read"]
    assert len({stream for _, stream, *_ in read}) == len(read) > 5


def test_readiness_on_a_day_counts_what_was_true_by_its_end(stage: Stage) -> None:
    stage.enrol()
    stage.at += timedelta(days=1)
    stage.hand_in()
    replayed = {
        days: replayed_readiness(stage.session(), ENROLMENT, stage.today - timedelta(days=days)) for days in (0, 1)
    }
    assert {days: [each.state for each in replayed[days].outcomes].count("claimed") for days in replayed} == {
        0: 1,
        1: 0,
    }


def test_before_the_enrolment_there_is_nothing_to_be_ready_for(stage: Stage) -> None:
    stage.enrol()
    with pytest.raises(NotVisible):
        replayed_readiness(stage.session(), ENROLMENT, FIRST_DAY - timedelta(days=1))
    assert replayed_readiness(stage.session(), ENROLMENT, FIRST_DAY).codes_assessed == 0
    with pytest.raises(NotVisible):
        replayed_readiness(stage.session(), an_id("?"), stage.today)


def test_a_route_changed_with_effect_from_earlier_was_true_then_but_not_then_known(stage: Stage) -> None:
    stage.enrol()
    stage.at += timedelta(days=10)
    before = stage.journal.head()
    command = ChangeRoute(
        enrolment_id=ENROLMENT,
        route="CVT",
        form_id=CVT_FORM,
        effective_on=stage.today - timedelta(days=5),
        reason="moved house",
    )
    stage.consent(ADMINISTRATOR, RouteForMe(route="CVT"))
    stage.do(command, ADMINISTRATOR)
    day = stage.today - timedelta(days=5)
    routes = [replayed_readiness(stage.session(until), ENROLMENT, day).route for until in (before, None)]
    assert routes == ["LET", "CVT"]
    assert replayed_readiness(stage.session(), ENROLMENT, day - timedelta(days=1)).route == "LET"


# --- how it went ---


def replayed(stage: Stage, day: date) -> Step:
    """Return the figures of a day as the whole readiness has them."""
    shown = replayed_readiness(stage.session(), ENROLMENT, day)
    return Step(
        day=day,
        codes_assessed=shown.codes_assessed,
        codes_needed=shown.codes_needed,
        outcomes_assessed=shown.outcomes_assessed,
        outcomes_needed=shown.outcomes_needed,
    )


def test_how_it_went_has_the_first_day_and_each_on_which_the_figures_changed(stage: Stage) -> None:
    stage.enrol()
    stage.at += timedelta(days=3)
    stage.hand_in()
    stage.open()
    stage.find()
    stage.at += timedelta(days=2)
    stage.decide()
    stage.at += timedelta(days=4)
    stage.lodge()
    stage.convene()
    stage.reactions.react(stage.uphold())
    stage.at += timedelta(days=1)
    steps = course(stage.session(), ENROLMENT, stage.today)
    days = [stage.today - timedelta(days=days) for days in (5, 1)]
    assert [(step.day, step.codes_assessed) for step in steps] == [(FIRST_DAY, 0), (days[0], 23), (days[1], 0)]
    assert steps == [replayed(stage, step.day) for step in steps]
    assert course(stage.session(), ENROLMENT, days[1] - timedelta(days=1)) == steps[:2]


def test_how_it_went_follows_a_route_from_the_day_on_which_it_held_and_not_before_it_comes(stage: Stage) -> None:
    stage.enrol()
    stage.at += timedelta(days=10)
    for route, form_id, days in (("CVT", CVT_FORM, -5), ("LET", FORM, 3)):
        stage.consent(ADMINISTRATOR, RouteForMe(route=route))
        day = stage.today + timedelta(days=days)
        stage.do(
            ChangeRoute(
                enrolment_id=ENROLMENT, route=route, form_id=form_id, effective_on=day, reason="moved", cancels=()
            ),
            ADMINISTRATOR,
        )
    today = course(stage.session(), ENROLMENT, stage.today)
    assert [step.day for step in today] == [FIRST_DAY, stage.today - timedelta(days=5)]
    assert today == [replayed(stage, step.day) for step in today]
    later = course(stage.session(), ENROLMENT, stage.today + timedelta(days=3))
    assert [step.codes_needed for step in later] == [step.codes_needed for step in (*today, today[0])]


def test_before_the_enrolment_nothing_went_anyhow(stage: Stage) -> None:
    stage.enrol()
    assert course(stage.session(), ENROLMENT, FIRST_DAY - timedelta(days=1)) == []


# --- the log of an enrolment ---


def test_the_log_of_an_enrolment_is_in_order_and_has_its_evidence_attempts_and_appeals(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    log = enrolment_log(stage.session(), ENROLMENT)
    assert [entry.position for entry in log] == sorted(entry.position for entry in log)
    assert {entry.originator_id for entry in log} == {ENROLMENT, LOG, OBSERVED, APPEAL}


# --- chronology ---


def replay(stage: Stage, known_at: int | None = None) -> Chronology:
    return chronology(stage.session(), APPEAL, known_at)


@pytest.fixture
def appealed(stage: Stage) -> Stage:
    """Give a decision with things before it, things after it, drafts and views, and an appeal against it."""
    stage.enrol()
    stage.hand_in()
    stage.draft(EARLY)
    stage.do(DeclareInterest(person_id=ASSESSOR, apprentice=RESPONSIBLE, interest="personal"), ASSESSOR)
    stage.do(ServeEvidence(evidence_id=LOG, version=1), ASSESSOR)
    stage.do(ServeEvidence(evidence_id=LOG, version=1), COACH)
    stage.open()
    stage.find()
    stage.decide()
    stage.hand_in(LATE)
    stage.do(ServeEvidence(evidence_id=LATE, version=1), ASSESSOR)
    stage.do(AcceptEvidence(evidence_id=LOG, version=1), ASSESSOR)
    stage.lodge()
    stage.convene()
    return stage


def test_the_chronology_is_cut_at_the_decision(appealed: Stage) -> None:
    replayed = replay(appealed)
    assert isinstance(replayed.decision.fact, GradeDecided)
    assert replayed.known_at == replayed.decision.position
    assert replayed.before[-1] == replayed.decision
    assert (
        max(entry.position for entry in replayed.before)
        <= replayed.known_at
        < min(entry.position for entry in replayed.later)
    )
    assert (replayed.appeal_id, replayed.enrolment_id, replayed.assessment_id) == (APPEAL, ENROLMENT, OBSERVED)


def test_before_the_decision_stands_all_it_rests_on(appealed: Stage) -> None:
    assert {PlanImported, FormApproved, CriteriaApproved, CompetenceRecorded} <= kinds(replay(appealed).before)


def test_what_the_decider_was_served_stands_apart(appealed: Stage) -> None:
    replayed = replay(appealed)
    assert [(type(entry.fact), entry.by, entry.originator_id) for entry in replayed.served] == [
        (EvidenceServed, ASSESSOR, LOG)
    ]
    assert EvidenceServed not in kinds(replayed.before) | kinds(replayed.later)


def test_what_came_later_stands_apart(appealed: Stage) -> None:
    later = replay(appealed).later
    assert {AppealLodged, PanelConvened, EvidenceAccepted} <= kinds(later)
    assert LATE in {entry.originator_id for entry in later}
    assert LATE not in {entry.originator_id for entry in replay(appealed).before}


def test_a_draft_that_nobody_saw_is_in_no_chronology(appealed: Stage) -> None:
    replayed = replay(appealed)
    assert EARLY not in {entry.originator_id for entry in (*replayed.before, *replayed.later)}


def test_a_draft_handed_in_after_the_decision_is_later_material_from_its_first_fact(appealed: Stage) -> None:
    appealed.do(SubmitEvidence(evidence_id=EARLY, version=1, declaration=DECLARATION), MIA)
    replayed = replay(appealed)
    assert EARLY not in {entry.originator_id for entry in replayed.before}
    assert UploadOffered in kinds([entry for entry in replayed.later if entry.originator_id == EARLY])


def test_what_the_decider_declared_about_others_is_not_told(appealed: Stage) -> None:
    replayed = replay(appealed)
    declared = [entry.fact for entry in (*replayed.before, *replayed.later) if isinstance(entry.fact, InterestDeclared)]
    assert [fact.apprentice for fact in declared] == [MIA]


def test_what_the_decider_could_see_ends_at_the_decision_whatever_point_is_asked_for(appealed: Stage) -> None:
    at_decision, end, start = replay(appealed), replay(appealed, appealed.journal.head()), replay(appealed, 0)
    for other in (end, start):
        assert (other.before, other.served, other.later) == (
            at_decision.before,
            at_decision.served,
            at_decision.later,
        )
    assert AppealLodged not in kinds(end.before)


def test_another_point_has_what_was_on_record_by_it(appealed: Stage) -> None:
    at_decision, end, start = replay(appealed), replay(appealed, appealed.journal.head()), replay(appealed, 0)
    assert (at_decision.on_record, start.on_record) == ((), ())
    assert {entry.position for entry in end.on_record} == {
        entry.position for entry in (*at_decision.before, *at_decision.later)
    }
    middle = replay(appealed, at_decision.known_at + 1).on_record
    assert max(entry.position for entry in middle) <= at_decision.known_at + 1


def test_what_became_of_the_decider_later_is_not_told(appealed: Stage) -> None:
    stage = appealed
    stage.do(GrantRole(person_id=ASSESSOR, role="coach"), ADMINISTRATOR)
    assert ASSESSOR not in {entry.originator_id for entry in replay(stage).later}


def test_a_claim_that_was_taken_back_in_a_draft_is_in_no_chronology(appealed: Stage) -> None:
    appealed.do(ClaimStatements(evidence_id=EARLY, version=1, codes=frozenset({"K1", "K2"})), MIA)
    appealed.do(DropClaim(evidence_id=EARLY, version=1, code="K2"), MIA)
    appealed.do(SubmitEvidence(evidence_id=EARLY, version=1, declaration=DECLARATION), MIA)
    appealed.do(DropClaim(evidence_id=EARLY, version=1, code="K1"), MIA)
    told = [entry.fact for entry in replay(appealed).later if entry.originator_id == EARLY]
    assert {fact.code for fact in told if isinstance(fact, StatementClaimed | ClaimDropped)} == {"K1"}
    assert sum(isinstance(fact, ClaimDropped) for fact in told) == 1


def test_there_is_no_chronology_of_an_appeal_that_was_not_lodged(stage: Stage) -> None:
    with pytest.raises(NotVisible):
        replay(stage)


def test_a_stream_of_another_kind_is_no_record_of_this_kind(stage: Stage) -> None:
    stage.enrol()
    assert ReadSession(stage.journal).state(ENROLMENT_KIND, MIA).subject() != MIA
