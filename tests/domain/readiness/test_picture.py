"""The picture readiness is computed from, folded from facts; and the day a fact was true from (two times)."""

from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import msgspec
import pytest

from portfolio.domain.appeal.facts import AppealNotAdmitted, AppealWithdrawn
from portfolio.domain.assessment.facts import AttemptClosed
from portfolio.domain.enrolment.facts import (
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentPaused,
    EnrolmentResumed,
    RouteChanged,
    StartCorrected,
)
from portfolio.domain.enrolment.lasting import Lasting
from portfolio.domain.enrolment.state import RouteFrom
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDiscarded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceWithdrawn,
)
from portfolio.domain.kernel import Fact, Recorded, changed
from portfolio.domain.readiness.picture import AppealNote, AttemptNote, ClaimNote, Picture, effective_on, see
from tests.domain.evidence.test_claims_and_annotations import ANNOTATED, CLAIMED
from tests.domain.evidence.test_evidence import OFFERED, SEALED, SUBMITTED, recorded
from tests.domain.evidence.test_record import OBSERVATION, TESTIMONY
from tests.domain.test_appeal import DECIDED as APPEAL_DECIDED
from tests.domain.test_appeal import LODGED
from tests.domain.test_assessment import DECIDED, DECIDED_AGAIN, K1, S1, SUPERSEDED, VOIDED
from tests.domain.test_decision_context import found
from tests.domain.test_enrolment import ENROLLED
from tests.domain.test_opening import OPENED
from tests.domain.world import (
    APPEAL_ID,
    ATTEMPT_ID,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    NOW,
    OBJECT_ID,
    OFFICER,
    OTHER_FORM_ID,
    PLAN_ID,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
)


def entry(fact: Fact, stream: UUID = EVIDENCE_ID, at: datetime = NOW) -> Recorded:
    return Recorded(
        originator_id=stream, originator_version=1, fact=fact, by=OFFICER, at=at, causation=OFFICER, subject=None
    )


def seen(*entries: Recorded) -> Picture:
    return reduce(see, entries, Picture())


START = entry(ENROLLED, ENROLMENT_ID)
CLAIM = entry(CLAIMED)
NOTE = ClaimNote(code="K2", evidence_id=EVIDENCE_ID, version=1, claimed_on=TODAY)
OPEN = entry(OPENED, ATTEMPT_ID)
DECISION = entry(DECIDED, ATTEMPT_ID)
LODGE = entry(LODGED, APPEAL_ID)


def test_an_enrolment_begins_the_picture() -> None:
    first = RouteFrom(since=YESTERDAY, route="LET", form_id=FORM_ID)
    lasting = Lasting(starts_on=YESTERDAY)
    assert seen(START) == Picture(
        enrolment_id=ENROLMENT_ID, plan_id=PLAN_ID, recorded_on=TODAY, lasting=lasting, routes=(first,)
    )


def test_an_apprentice_is_there_from_the_first_day_or_from_the_recording_before_it() -> None:
    assert not seen(START).there_on(YESTERDAY - timedelta(days=1))
    assert seen(START).there_on(YESTERDAY)
    ahead = seen(START, entry(StartCorrected(starts_on=TOMORROW, was=YESTERDAY, reason="a slip"), ENROLMENT_ID))
    assert (ahead.there_on(YESTERDAY), ahead.there_on(TODAY)) == (False, True)
    assert ahead.routes == (RouteFrom(since=TOMORROW, route="LET", form_id=FORM_ID),)


def test_breaks_and_the_end_are_in_the_picture() -> None:
    paused = entry(EnrolmentPaused(pauses_on=TODAY, reason="ill"), ENROLMENT_ID)
    resumed = entry(EnrolmentResumed(resumes_on=TOMORROW, reason="well"), ENROLMENT_ID)
    ended = entry(EnrolmentEnded(how="withdrawn", ended_on=TOMORROW, reason="left"), ENROLMENT_ID)
    back = entry(
        EndTakenBack(ended_on=TOMORROW, uln="9276308686", plan_reference="ST9999", reason="a slip"), ENROLMENT_ID
    )
    states = [seen(START, *given).lasting.state_on(TOMORROW) for given in ([paused], [paused, resumed], [ended])]
    assert states == ["paused", "running", "withdrawn"]
    assert seen(START, ended, back) == seen(START)


def test_a_change_of_route_holds_from_its_day() -> None:
    moved = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=TOMORROW, reason="moved house")
    routes = seen(START, entry(moved, ENROLMENT_ID))
    assert [held.route for day in (YESTERDAY, TODAY, TOMORROW) if (held := routes.route_on(day))] == [
        "LET",
        "LET",
        "CVT",
    ]


def test_before_any_enrolment_there_is_no_route() -> None:
    assert Picture().route_on(TODAY) is None


def test_a_claim_is_noted_until_it_is_dropped() -> None:
    assert seen(CLAIM).claims == (NOTE,)
    assert seen(CLAIM, entry(changed(CLAIMED, code="K10")), entry(ClaimDropped(version=1, code="K10"))).claims == (
        NOTE,
    )


@pytest.mark.parametrize(
    "gone",
    [
        EvidenceWithdrawn(version=1, reason="wrong"),
        EvidenceReplaced(version=1, replaced_by=2),
        DraftDiscarded(version=1, object_id=OBJECT_ID),
    ],
)
def test_a_version_that_is_gone_takes_its_claims_with_it_and_no_others(gone: Fact) -> None:
    second = entry(changed(CLAIMED, version=2))
    other_item = entry(CLAIMED, ATTEMPT_ID)
    assert [(note.evidence_id, note.version) for note in seen(CLAIM, second, other_item, entry(gone)).claims] == [
        (EVIDENCE_ID, 2),
        (ATTEMPT_ID, 1),
    ]


@pytest.mark.parametrize("fact", [SEALED, SUBMITTED, ANNOTATED])
def test_uploads_and_remarks_change_nothing(fact: Fact) -> None:
    assert seen(CLAIM, entry(fact)) == seen(CLAIM)


RETURNED = EvidenceReturned(version=1, reason="page 2 is missing")


def test_the_title_of_each_version_is_known_and_whether_it_is_a_draft_or_was_returned() -> None:
    key = f"{EVIDENCE_ID}/1"
    stages = [
        seen(entry(OFFERED), *(entry(fact) for fact in after)).stages
        for after in ((), (SUBMITTED,), (SUBMITTED, RETURNED))
    ]
    assert seen(entry(OFFERED)).titles == {key: "Desk log"}
    assert stages == [{key: "draft"}, {}, {key: "returned"}]
    assert seen(entry(OFFERED), CLAIM).without_drafts().claims == ()
    assert seen(entry(OFFERED), CLAIM, entry(SUBMITTED), entry(RETURNED)).without_drafts().claims == (NOTE,)


def only(picture: Picture) -> AttemptNote:
    (attempt,) = picture.attempts
    return attempt


def test_findings_alone_are_no_decision() -> None:
    attempt = only(seen(OPEN, entry(K1, ATTEMPT_ID), entry(S1, ATTEMPT_ID)))
    assert attempt.codes == {"K1", "S1"}
    assert (attempt.component, attempt.decisions, attempt.effective()) == ("C1", (), None)
    assert (set(attempt.judged), attempt.goes_on()) == ({"K1", "S1"}, True)


def test_of_each_code_the_latest_judgement_is_noted() -> None:
    again = (entry(found("K1", "not judged"), ATTEMPT_ID), entry(found("S1", "not met"), ATTEMPT_ID))
    assert only(seen(OPEN, entry(K1, ATTEMPT_ID), *again)).judged == {"S1"}


def test_a_closed_attempt_goes_on_no_more() -> None:
    attempt = only(seen(OPEN, entry(K1, ATTEMPT_ID), entry(AttemptClosed(reason="broken off"), ATTEMPT_ID)))
    assert (attempt.closed, attempt.goes_on(), set(attempt.judged)) == (True, False, {"K1"})
    assert not only(seen(OPEN, DECISION)).goes_on()


def test_a_decision_holds_the_findings_of_its_context() -> None:
    (decision,) = only(seen(OPEN, DECISION)).decisions
    assert (decision.status, decision.decided_on, decision.grade) == ("effective", TODAY, "pass")
    assert [(note.code, note.judgement) for note in decision.found] == [("K1", "met"), ("S1", "met")]


def test_a_superseded_decision_is_marked_and_stays() -> None:
    attempt = only(seen(OPEN, DECISION, entry(DECIDED_AGAIN, ATTEMPT_ID), entry(SUPERSEDED, ATTEMPT_ID)))
    assert [decision.status for decision in attempt.decisions] == ["superseded", "effective"]


def test_a_decision_set_aside_is_marked_with_its_reason() -> None:
    (decision,) = only(seen(OPEN, DECISION, entry(VOIDED, ATTEMPT_ID))).decisions
    assert (decision.status, decision.why_void) == ("void", "copied")


def test_a_decision_belongs_to_its_own_attempt() -> None:
    other = entry(OPENED, OTHER_FORM_ID)
    assert [len(attempt.decisions) for attempt in seen(OPEN, other, DECISION).attempts] == [1, 0]


@pytest.mark.parametrize("end", [AppealNotAdmitted(reason="late"), APPEAL_DECIDED, AppealWithdrawn()])
def test_an_appeal_is_open_until_it_ends(end: Fact) -> None:
    assert seen(LODGE).appeals == (AppealNote(appeal_id=APPEAL_ID, decision_id=DECISION_ID),)
    assert seen(LODGE, entry(end, APPEAL_ID)).appeals == ()
    assert len(seen(LODGE, entry(end, ATTEMPT_ID)).appeals) == 1


@pytest.mark.parametrize(
    ("fact", "day"),
    [
        (OFFERED, TODAY),
        (RouteChanged(route="CVT", form_id=FORM_ID, effective_on=YESTERDAY, reason="?"), YESTERDAY),
        (RouteChanged(route="CVT", form_id=FORM_ID, effective_on=TOMORROW, reason="?"), TODAY),
        (recorded(changed(OBSERVATION, occurred_on=YESTERDAY)), YESTERDAY),
        (recorded(OBSERVATION), TODAY),
    ],
)
def test_a_fact_is_true_from_its_own_day_where_that_is_earlier_than_its_record(fact: Fact, day: date) -> None:
    assert effective_on(entry(fact)) == day


def test_days_are_those_of_london() -> None:
    summer = datetime.fromisoformat("2026-07-01T23:30:00+00:00")
    assert effective_on(entry(OFFERED, at=summer)) == date(2026, 7, 2)
    assert effective_on(entry(OFFERED, at=summer - timedelta(hours=1))) == date(2026, 7, 1)


def at_claim(moment: Any) -> date:
    (note,) = seen(entry(CLAIMED, at=moment)).claims
    return note.claimed_on


def test_a_claim_carries_the_day_in_london() -> None:
    assert at_claim(datetime.fromisoformat("2026-07-01T23:30:00+00:00")) == date(2026, 7, 2)


def test_a_decision_counts_as_observed_by_codes_judged_on_an_observation_record_of_its_very_attempt() -> None:
    record, another = changed(OBSERVATION, assessment_id=ATTEMPT_ID), changed(OBSERVATION, assessment_id=OTHER_FORM_ID)

    def observed(*written: Recorded, decision: Any = DECIDED) -> list[bool]:
        picture = seen(START, OPEN, *written, entry(decision, ATTEMPT_ID))
        return [each.observed for attempt in picture.attempts for each in attempt.decisions]

    assert observed(entry(recorded(record))) == [True]
    assert observed() == [False]
    assert observed(entry(recorded(another))) == [False]
    assert observed(entry(recorded(TESTIMONY))) == [False]
    assert observed(entry(recorded(record), an_id("uncited"))) == [False]
    unjudged = tuple(changed(each, finding=changed(each.finding, judgement="not judged")) for each in (K1, S1))
    context = changed(DECIDED.context, findings=unjudged)
    assert observed(entry(recorded(record)), decision=changed(DECIDED, context=context)) == [False]


def test_what_is_kept_of_a_picture_differs_only_at_its_end_after_another_claim() -> None:
    one = msgspec.json.encode(Picture(titles={"a/1": "A title"}, claims=(NOTE,)))
    two = msgspec.json.encode(Picture(titles={"a/1": "A title"}, claims=(NOTE, NOTE)))
    assert two.startswith(one.removesuffix(b"]}"))
    assert msgspec.json.decode(two, type=Picture).claims == (NOTE, NOTE)
