"""Assignments that do not overlap, and how they are put right (ENROLMENT-9, PERSON-8, INTEREST-3)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portfolio.application.indexes import index_rows
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignment_corrections import (
    BringEndForward,
    ConfirmTakingBack,
    CorrectAssignment,
    ForAssignmentCorrection,
    ForConfirmation,
    TakeAssignmentBack,
)
from portfolio.domain.enrolment.assignments import ForRelease
from portfolio.domain.enrolment.facts import (
    AssignmentCorrected,
    AssignmentTakenBack,
    EndBroughtForward,
    PersonAssigned,
    PersonReleased,
    TakingBackConfirmed,
)
from portfolio.domain.enrolment.refusals import (
    AssessorConflicted,
    EndNotBroughtForward,
    EnrolmentUnknown,
    NotAssigned,
    NothingTakenBack,
    PartsOverlap,
    PartWasUsed,
    ReleaseTooEarly,
    TieTakenBackInstead,
)
from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceServed
from portfolio.domain.form import ComponentUnknown
from portfolio.domain.interests import CorrectionByAnother, InterestDeclared, OfficerConflicted
from portfolio.domain.kernel import Command, Fact, Known, Recorded, changed
from portfolio.domain.standing import Case, PartyToOpenCase
from tests.domain.given import given
from tests.domain.test_enrolment import AN_ASSESSOR, ASSIGN, ASSIGNED, ENROLLED
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    COACH,
    ENROLMENT_ID,
    FREE,
    NOW,
    OFFICER,
    TODAY,
    TOMORROW,
    YESTERDAY,
    person,
)

COACHES = PersonAssigned(person_id=COACH, assignment="coach", starts_on=TODAY, components=frozenset())
ENDS = PersonReleased(person_id=ASSESSOR, assignment="assessor", ends_on=TOMORROW, reason="new post")
WHO: dict[str, Any] = {"enrolment_id": ENROLMENT_ID, "person_id": ASSESSOR, "assignment": "assessor", "reason": "slip"}
FORWARD = BringEndForward(**WHO, was=TOMORROW, ends_on=TODAY)
CORRECT = CorrectAssignment(**WHO, began_on=TODAY, starts_on=YESTERDAY, components=frozenset({"C2"}))
BACK = TakeAssignmentBack(**WHO, began_on=TODAY)
CONFIRM = ConfirmTakingBack(**{**WHO, "person_id": COACH, "assignment": "coach"}, began_on=TODAY)
TAKEN_BACK = AssignmentTakenBack(person_id=ASSESSOR, assignment="assessor", began_on=TODAY, reason="slip")
WAITS = changed(TAKEN_BACK, person_id=COACH, assignment="coach", waits=True)
CONFIRMED = TakingBackConfirmed(person_id=COACH, assignment="coach", began_on=TODAY, reason="slip")
OFFICERS = ForConfirmation(
    by=OFFICER, at=NOW, today=TODAY, officers={OFFICER: person("responsible officer")}, other_enrolments=(), history=()
)


def history(*facts: Fact, by: UUID = OFFICER) -> tuple[Recorded, ...]:
    return tuple(
        Recorded(
            originator_id=ENROLMENT_ID,
            originator_version=number,
            position=number,
            fact=fact,
            by=by,
            at=NOW,
            causation=OFFICER,
        )
        for number, fact in enumerate(facts, start=1)
    )


def releasing(*facts: Fact, by: UUID = OFFICER, **fields: Any) -> ForRelease:
    known = ForRelease(
        by=FREE.by,
        at=FREE.at,
        today=FREE.today,
        actor=FREE.actor,
        cases=FREE.cases,
        administrators=FREE.administrators,
        history=history(*facts, by=by),
    )
    return changed(known, **fields)


def correcting(*facts: Fact, by: UUID = OFFICER, **fields: Any) -> ForAssignmentCorrection:
    known = ForAssignmentCorrection(
        by=AN_ASSESSOR.by,
        at=AN_ASSESSOR.at,
        today=AN_ASSESSOR.today,
        person=AN_ASSESSOR.person,
        other_enrolments=(),
        attempts=(),
        form_id=AN_ASSESSOR.form_id,
        components=AN_ASSESSOR.components,
        cases=(),
        history=history(*facts, by=by),
    )
    return changed(known, **fields)


SERVED = EvidenceServed(version=1)


@pytest.mark.parametrize(
    ("command", "known"),
    [(FORWARD, releasing()), (CORRECT, correcting()), (BACK, releasing()), (CONFIRM, OFFICERS)],
)
def test_only_an_enrolment_that_there_is_has_parts_to_put_right(command: Command, known: Known) -> None:
    given(ENROLMENT).when(command, known).rejected(EnrolmentUnknown)


def test_parts_of_one_person_at_one_component_do_not_overlap() -> None:
    held = given(ENROLMENT, ENROLLED, ASSIGNED, ENDS)
    held.when(ASSIGN, AN_ASSESSOR).rejected(PartsOverlap, "9 December 2026")
    held.when(changed(ASSIGN, components=frozenset()), AN_ASSESSOR).rejected(PartsOverlap)
    held.when(changed(ASSIGN, starts_on=TOMORROW), AN_ASSESSOR).records(changed(ASSIGNED, starts_on=TOMORROW))
    held.when(changed(ASSIGN, components=frozenset({"C2"})), AN_ASSESSOR).records(
        changed(ASSIGNED, components=frozenset({"C2"}))
    )
    coach = changed(ASSIGN, assignment="coach", components=frozenset())
    assert held.when(coach, changed(AN_ASSESSOR, person=person("coach"))).refusal is None
    never = given(ENROLMENT, ENROLLED, ASSIGNED, changed(ENDS, ends_on=TODAY))
    never.when(changed(ASSIGN, starts_on=YESTERDAY), AN_ASSESSOR).records(changed(ASSIGNED, starts_on=YESTERDAY))


def test_an_end_is_brought_forward_and_not_before_what_was_done() -> None:
    held = given(ENROLMENT, ENROLLED, ASSIGNED, ENDS)
    brought = EndBroughtForward(
        person_id=ASSESSOR, assignment="assessor", was=TOMORROW, ends_on=TODAY, reason="slip", cases=()
    )
    held.when(FORWARD, releasing(ASSIGNED)).records(brought)
    held.when(changed(FORWARD, ends_on=TOMORROW), releasing(ASSIGNED)).rejected(EndNotBroughtForward)
    held.when(changed(FORWARD, ends_on=YESTERDAY), releasing(ASSIGNED)).rejected(ReleaseTooEarly)
    held.when(changed(FORWARD, was=YESTERDAY), releasing(ASSIGNED)).rejected(NotAssigned)
    given(ENROLMENT, ENROLLED, ASSIGNED).when(FORWARD, releasing(ASSIGNED)).rejected(NotAssigned)
    assert given(ENROLMENT, ENROLLED, ASSIGNED, ENDS, brought).state.assigned[0].ends_on == TODAY
    other = changed(brought, person_id=COACH)
    assert given(ENROLMENT, ENROLLED, ASSIGNED, ENDS, other).state.assigned[0].ends_on == TOMORROW
    assert given(ENROLMENT, ENROLLED, ASSIGNED, ENDS, changed(brought, was=TODAY)).state.assigned[0].ends_on == TOMORROW


def test_of_two_parts_one_after_the_other_each_ends_no_earlier_than_what_was_done_in_it() -> None:
    first, second = (changed(ASSIGNED, starts_on=TODAY - timedelta(days=days)) for days in (9, 4))
    over = changed(ENDS, ends_on=TODAY - timedelta(days=4))
    did = changed(history(EvidenceAccepted(version=1), by=ASSESSOR)[0], at=NOW - timedelta(days=6), position=2)
    since = changed(did, at=NOW, position=5)
    entries = (*history(first), did, *(changed(each, position=4) for each in history(second)), since)
    both = given(ENROLMENT, ENROLLED, first, over, second)
    earlier = changed(FORWARD, was=over.ends_on, ends_on=TODAY - timedelta(days=7))
    refused = both.when(earlier, releasing(history=entries)).refusal
    assert isinstance(refused, ReleaseTooEarly)
    assert refused.members["days"] == [str(TODAY - timedelta(days=6))]
    assert both.when(changed(earlier, ends_on=TODAY - timedelta(days=6)), releasing(history=entries)).refusal is None


def test_what_was_done_on_the_day_a_part_ended_keeps_its_end_there_but_not_what_was_done_after() -> None:
    first, over = changed(ASSIGNED, starts_on=TODAY - timedelta(days=9)), changed(ENDS, ends_on=TODAY)
    did = changed(history(EvidenceAccepted(version=1), by=ASSESSOR)[0], position=2)
    release = changed(history(over)[0], position=3)
    ended, earlier = given(ENROLMENT, ENROLLED, first, over), changed(FORWARD, was=TODAY, ends_on=YESTERDAY)
    ended.when(earlier, releasing(history=(*history(first), did, release))).rejected(ReleaseTooEarly)
    since = (*history(first), release, changed(did, position=4))
    assert ended.when(earlier, releasing(history=since)).refusal is None
    others = (changed(release, fact=changed(over, person_id=COACH), position=5), *since)
    assert ended.when(earlier, releasing(history=others)).refusal is None
    brought = EndBroughtForward(
        person_id=ASSESSOR, assignment="assessor", was=TOMORROW, ends_on=TODAY, reason="slip", cases=()
    )
    again = (*history(first), did, changed(release, fact=brought))
    given(ENROLMENT, ENROLLED, first, ENDS, brought).when(earlier, releasing(history=again)).rejected(ReleaseTooEarly)


def test_of_parts_from_one_day_each_has_what_was_done_since_it_was_given_and_the_last_is_put_right() -> None:
    second = changed(ASSIGNED, components=frozenset({"C2"}))
    did = changed(history(EvidenceAccepted(version=1), by=ASSESSOR)[0], position=2)
    entries = (*history(ASSIGNED), did, *(changed(each, position=4) for each in history(second)))
    both = given(ENROLMENT, ENROLLED, ASSIGNED, ENDS, second)
    both.when(FORWARD, releasing(history=entries)).rejected(ReleaseTooEarly)
    both.when(BACK, releasing(history=entries)).records(TAKEN_BACK)
    after = given(ENROLMENT, ENROLLED, ASSIGNED, ENDS, second, TAKEN_BACK)
    assert [part.components for part in after.state.assigned] == [frozenset({"C1"})]
    after.when(BACK, releasing(history=entries)).rejected(PartWasUsed)


def test_no_part_that_was_taken_back_is_brought_to_an_earlier_end() -> None:
    forward = changed(FORWARD, person_id=COACH, assignment="coach", was=TODAY, ends_on=YESTERDAY)
    given(ENROLMENT, ENROLLED, COACHES, WAITS).when(forward, releasing(COACHES)).rejected(NotAssigned)


def test_a_part_that_was_put_right_is_on_record_since_then() -> None:
    right = AssignmentCorrected(
        person_id=ASSESSOR,
        assignment="assessor",
        began_on=TODAY,
        was=frozenset(),
        starts_on=YESTERDAY,
        components=frozenset(),
        reason="slip",
    )
    corrected = given(ENROLMENT, ENROLLED, ASSIGNED, right)
    moved = changed(BACK, began_on=YESTERDAY)
    corrected.when(moved, releasing(ASSIGNED, right)).records(changed(TAKEN_BACK, began_on=YESTERDAY))
    used = (*history(ASSIGNED, right), *(changed(each, position=3) for each in history(SERVED, by=ASSESSOR)))
    corrected.when(moved, releasing(history=used)).rejected(PartWasUsed)


def test_a_part_that_goes_on_is_put_right_as_if_it_had_been_given_so() -> None:
    held = given(ENROLMENT, ENROLLED, ASSIGNED)
    right = AssignmentCorrected(
        person_id=ASSESSOR,
        assignment="assessor",
        began_on=TODAY,
        was=frozenset({"C1"}),
        starts_on=YESTERDAY,
        components=frozenset({"C2"}),
        form_id=ASSIGNED.form_id,
        reason="slip",
    )
    held.when(CORRECT, correcting(ASSIGNED)).records(right)
    (part,) = given(ENROLMENT, ENROLLED, ASSIGNED, right).state.assigned
    assert (part.starts_on, part.components, part.form_id) == (YESTERDAY, frozenset({"C2"}), ASSIGNED.form_id)
    never = (ASSIGNED, changed(ENDS, ends_on=TODAY))
    unheld, _ = given(ENROLMENT, ENROLLED, *never, ASSIGNED, right).state.assigned
    assert (unheld.starts_on, unheld.ends_on) == (TODAY, TODAY)
    same = changed(CORRECT, starts_on=TODAY, components=frozenset({"C1"}))
    held.when(same, correcting(ASSIGNED)).records_nothing()
    held.when(changed(CORRECT, components=frozenset({"C9"})), correcting(ASSIGNED)).rejected(ComponentUnknown)
    held.when(changed(CORRECT, began_on=YESTERDAY), correcting(ASSIGNED)).rejected(NotAssigned)
    held.when(changed(CORRECT, assignment="coach"), correcting(ASSIGNED)).rejected(NotAssigned)
    given(ENROLMENT, ENROLLED, ASSIGNED, ENDS).when(CORRECT, correcting(ASSIGNED)).rejected(NotAssigned)
    interested = changed(
        person("assessor"), interests=(InterestDeclared(apprentice=APPRENTICE, interest="personal", detail=""),)
    )
    held.when(CORRECT, correcting(ASSIGNED, person=interested)).rejected(AssessorConflicted)


def test_whoever_did_or_was_shown_anything_in_a_part_had_it() -> None:
    held = given(ENROLMENT, ENROLLED, ASSIGNED)
    used = (*history(ASSIGNED), history(ASSIGNED, SERVED, by=ASSESSOR)[1])
    held.when(BACK, releasing(history=used)).rejected(PartWasUsed)
    held.when(CORRECT, correcting(history=used)).rejected(PartWasUsed)
    before = (changed(used[1], position=0), *history(ASSIGNED))
    held.when(BACK, releasing(history=before)).records(TAKEN_BACK)
    others = history(ASSIGNED, SERVED, by=COACH)
    held.when(BACK, releasing(history=others)).records(TAKEN_BACK)


def test_a_part_that_ties_nobody_is_gone_once_it_is_taken_back() -> None:
    given(ENROLMENT, ENROLLED, ASSIGNED).when(BACK, releasing(ASSIGNED)).records(TAKEN_BACK)
    gone = given(ENROLMENT, ENROLLED, ASSIGNED, COACHES, TAKEN_BACK)
    assert [part.person_id for part in gone.state.assigned] == [COACH]
    gone.when(BACK, releasing(ASSIGNED)).rejected(NotAssigned)
    gone.when(CONFIRM, OFFICERS).rejected(NothingTakenBack)


def test_a_tie_that_ran_holds_until_a_responsible_officer_confirms_that_it_never_was() -> None:
    back = changed(BACK, person_id=COACH, assignment="coach")
    given(ENROLMENT, ENROLLED, COACHES).when(back, releasing(COACHES)).records(WAITS)
    waiting = given(ENROLMENT, ENROLLED, COACHES, WAITS)
    (part,) = waiting.state.assigned
    assert (part.on(TODAY), part.ran(TODAY), part.taken_back) == (False, True, True)
    waiting.when(back, releasing(COACHES)).rejected(NotAssigned)
    waiting.when(CONFIRM, OFFICERS).records(CONFIRMED)
    waiting.when(changed(CONFIRM, began_on=TOMORROW), OFFICERS).rejected(NothingTakenBack)
    assert given(ENROLMENT, ENROLLED, COACHES, WAITS, CONFIRMED).state.assigned == ()
    assert given(ENROLMENT, ENROLLED, COACHES, WAITS, COACHES, WAITS).state.assigned == (part, part)
    again = given(ENROLMENT, ENROLLED, COACHES, WAITS, COACHES, CONFIRMED).state.assigned
    assert [each.taken_back for each in again] == [False]
    given(ENROLMENT, ENROLLED, COACHES).when(CONFIRM, OFFICERS).rejected(NothingTakenBack)


def test_a_tie_that_has_not_begun_frees_nobody_and_waits_for_nobody() -> None:
    later = changed(COACHES, starts_on=TOMORROW)
    back = changed(BACK, person_id=COACH, assignment="coach", began_on=TOMORROW)
    at_once = changed(WAITS, began_on=TOMORROW, waits=False)
    given(ENROLMENT, ENROLLED, later).when(back, releasing(later)).records(at_once)


def test_neither_another_day_nor_an_end_frees_of_a_tie() -> None:
    known = correcting(COACHES, person=person("coach"))
    moved = changed(CORRECT, person_id=COACH, assignment="coach", starts_on=TOMORROW, components=frozenset())
    coached = given(ENROLMENT, ENROLLED, COACHES)
    coached.when(moved, known).rejected(TieTakenBackInstead)
    assert coached.when(changed(moved, starts_on=YESTERDAY), known).refusal is None
    later = given(ENROLMENT, ENROLLED, changed(COACHES, starts_on=TOMORROW))
    earlier = changed(COACHES, starts_on=TOMORROW)
    command = changed(moved, began_on=TOMORROW, starts_on=TODAY)
    assert later.when(command, correcting(earlier, person=person("coach"))).refusal is None


def test_who_confirms_is_another_person_and_free() -> None:
    waiting = given(ENROLMENT, ENROLLED, COACHES, WAITS)
    own = changed(OFFICERS, by=COACH, officers={COACH: person("responsible officer")})
    waiting.when(CONFIRM, own).rejected(CorrectionByAnother)
    waiting.when(CONFIRM, changed(OFFICERS, history=history(WAITS))).rejected(CorrectionByAnother, "took back")
    others = changed(WAITS, began_on=YESTERDAY), changed(WAITS, person_id=ASSESSOR), COACHES
    for entries in (history(*others), history(WAITS, by=ASSESSOR)):
        waiting.when(CONFIRM, changed(OFFICERS, history=entries)).records(CONFIRMED)
    elsewhere = given(ENROLMENT, ENROLLED, changed(COACHES, person_id=OFFICER)).state
    waiting.when(CONFIRM, changed(OFFICERS, other_enrolments=(elsewhere,))).rejected(OfficerConflicted)


def test_somebody_in_an_open_case_keeps_a_part_unless_a_free_officer_takes_it() -> None:
    case = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR}))
    held = given(ENROLMENT, ENROLLED, ASSIGNED, ENDS)
    held.when(FORWARD, releasing(ASSIGNED, cases=(case,))).rejected(PartyToOpenCase)
    held.when(BACK, releasing(ASSIGNED, cases=(case,))).rejected(PartyToOpenCase)
    officer = person("responsible officer")
    (taken,) = held.when(BACK, releasing(ASSIGNED, cases=(case,), actor=officer)).facts
    assert taken == changed(TAKEN_BACK, cases=(APPEAL_ID,))
    assert [row.key for row in index_rows(taken)] == [str(APPEAL_ID)]
