"""In which enrolments a person has a part today, and what finds an enrolment."""

from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest

from portfolio.domain.appeal.facts import AppealDecided, AppealLodged, PanelConvened, PanelMemberRecused
from portfolio.domain.corrections import NameCorrected
from portfolio.domain.enrolment.facts import (
    ApprenticeEnrolled,
    AssignmentCorrected,
    AssignmentTakenBack,
    EmployerChanged,
    EndBroughtForward,
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentPaused,
    EnrolmentResumed,
    PersonReleased,
    RouteChanged,
)
from portfolio.domain.enrolment.lasting import EnrolmentState
from portfolio.domain.kernel import Fact, changed
from portfolio.domain.person import PersonRegistered
from portfolio.domain.vocabulary import PANEL_MEMBER_HERE, SECOND_PERSON, THE_APPRENTICE, Relation
from projections.enrolment_list import ENROLMENT_LIST, WITH_APPEALS, assessors, filed
from projections.machinery.database import Reads
from projections.people import PEOPLE
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    COACH,
    ENROLMENT_ID,
    FORM_ID,
    OTHER_ASSESSOR,
    OTHER_FORM_ID,
    PLAN_ID,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
)
from tests.projections.support import ENROLLED, LODGED, ROUTE, assigned, on, views_after

OTHER = an_id("other enrolment")
CHAIR = an_id("chair")


def found(reads: Reads, *words: str, day: date = TODAY, search: str = "") -> list[UUID]:
    """Return the enrolments filed under all of these words on a day, oldest first."""
    rows = ENROLMENT_LIST.find(reads, day, also=words, search=search, order="recorded", limit=9)
    return [each.item for each in rows]


def parts_of(person: UUID, day: date, *facts: Fact) -> list[Relation]:
    """Return what a person is to the enrolment on a day, after these facts of it."""
    relations: list[Relation] = ["assigned assessor", "assigned coach", "assigned employer", "the apprentice"]
    with views_after(on(ENROLMENT_ID, ENROLLED, *facts)) as reads:
        return [each for each in relations if found(reads, filed(each, person), day=day)]


def released(ends_on: date) -> PersonReleased:
    return PersonReleased(person_id=ASSESSOR, assignment="assessor", ends_on=ends_on, reason="moved")


def test_the_apprentice_finds_the_own_enrolment_whatever_the_day() -> None:
    assert parts_of(APPRENTICE, date(2020, 1, 1)) == parts_of(APPRENTICE, TODAY) == ["the apprentice"]


def test_an_enrolment_is_listed_with_the_name_of_its_apprentice() -> None:
    with views_after(
        on(APPRENTICE, PersonRegistered(name="Mia Åberg", works_for="employer")), on(ENROLMENT_ID, ENROLLED)
    ) as reads:
        (row,) = ENROLMENT_LIST.find(reads, TODAY, search="aberg", limit=5)
        assert (row.card.name, row.card.position) == ("Mia Åberg", 2)
        assert row.card.enrolment.uln == ""
        assert found(reads, search="oberg") == []
        assert found(reads) == [ENROLMENT_ID], "the card of a person is no enrolment"


@pytest.mark.parametrize(
    "word",
    [f"plan_id={PLAN_ID}", "plan=ST9999", "employer=stage ltd", "centre_ukprn=10000000", "route=LET", "state=running"],
)
def test_an_enrolment_is_found_by_what_it_is(word: str) -> None:
    with views_after(on(ENROLMENT_ID, ENROLLED)) as reads:
        assert found(reads, word) == [ENROLMENT_ID]
        assert found(reads, f"{word}?") == []


def test_somebody_without_a_part_finds_nothing() -> None:
    assert parts_of(COACH, TODAY, assigned(ASSESSOR)) == []


def test_a_part_begins_on_its_first_day() -> None:
    assert parts_of(ASSESSOR, YESTERDAY, assigned(ASSESSOR)) == []
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR)) == ["assigned assessor"]


def test_a_part_is_over_on_the_day_it_ends() -> None:
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR), released(TOMORROW)) == ["assigned assessor"]
    assert parts_of(ASSESSOR, TOMORROW, assigned(ASSESSOR), released(TOMORROW)) == []
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR), released(TODAY)) == []


def test_a_person_assigned_again_has_the_part_again_and_the_first_period_stays_as_it_was() -> None:
    twice = (assigned(ASSESSOR), released(TODAY), assigned(ASSESSOR))
    assert parts_of(ASSESSOR, TOMORROW, *twice) == ["assigned assessor"]
    assert parts_of(ASSESSOR, TOMORROW, *twice, released(TOMORROW)) == []
    assert parts_of(ASSESSOR, TODAY, *twice, released(TOMORROW)) == ["assigned assessor"]


def test_a_part_in_several_components_is_one_enrolment_and_ends_in_all() -> None:
    both = (assigned(ASSESSOR, "assessor", "C1"), assigned(ASSESSOR, "assessor", "C2"))
    with views_after(on(ENROLMENT_ID, ENROLLED, *both)) as reads:
        assert found(reads, filed("assigned assessor", ASSESSOR)) == [ENROLMENT_ID]
        (row,) = ENROLMENT_LIST.find(reads, TODAY, limit=5)
        assert assessors(row.card.enrolment, TODAY) == [ASSESSOR]
        assert assessors(row.card.enrolment, YESTERDAY) == []
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR, "assessor", "C1", "C2"), released(TODAY)) == []


def test_a_person_can_have_two_parts() -> None:
    both = (assigned(COACH, "coach"), assigned(COACH, "employer"))
    assert parts_of(COACH, TODAY, *both) == ["assigned coach", "assigned employer"]
    with views_after(on(ENROLMENT_ID, ENROLLED, *both)) as reads:
        words = [filed("assigned coach", COACH), filed("assigned employer", COACH)]
        assert len(ENROLMENT_LIST.find(reads, TODAY, ways=[(word,) for word in words], limit=5)) == 1


def test_a_panel_member_finds_the_enrolment_while_they_hear_its_appeal() -> None:
    convened = PanelConvened(members=frozenset({CHAIR}), independent=frozenset({CHAIR}))
    decided = AppealDecided(outcome="dismissed", reasons="Nothing was left out.", answers=())
    recused = PanelMemberRecused(member=CHAIR, reason="I know her.")
    for facts, there in (((), False), ((convened,), True), ((convened, decided), False), ((convened, recused), False)):
        with views_after(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, LODGED, *facts)) as reads:
            assert found(reads, filed(PANEL_MEMBER_HERE, CHAIR)) == ([ENROLMENT_ID] if there else []), facts
            assert found(reads, WITH_APPEALS) == [ENROLMENT_ID]
            assert found(reads, filed(PANEL_MEMBER_HERE, COACH)) == []


def test_an_enrolment_without_an_appeal_is_not_among_those_with_one() -> None:
    with views_after(on(ENROLMENT_ID, ENROLLED), on(OTHER, ENROLLED), on(APPEAL_ID, of(OTHER))) as reads:
        assert found(reads, WITH_APPEALS) == [OTHER]


def of(enrolment_id: UUID) -> AppealLodged:
    return changed(LODGED, enrolment_id=enrolment_id)


def test_the_second_person_named_last_finds_the_enrolment() -> None:
    another = changed(ROUTE, second_person=COACH)
    for routes, there in (((ROUTE,), OTHER_ASSESSOR), ((ROUTE, another), COACH)):
        with views_after(on(ENROLMENT_ID, ENROLLED, *routes)) as reads:
            for person in (OTHER_ASSESSOR, COACH):
                assert found(reads, filed(SECOND_PERSON, person)) == ([ENROLMENT_ID] if person == there else [])


def test_enrolments_come_oldest_first_and_each_once() -> None:
    with views_after(
        on(ENROLMENT_ID, ENROLLED), on(OTHER, ENROLLED), on(ENROLMENT_ID, assigned(APPRENTICE, "coach"))
    ) as reads:
        assert found(reads, filed(THE_APPRENTICE, APPRENTICE)) == [ENROLMENT_ID, OTHER]


def test_an_enrolment_is_found_by_the_route_of_the_day() -> None:
    moved = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=TOMORROW, reason="new job")
    back = RouteChanged(route="LET", form_id=FORM_ID, effective_on=TOMORROW, reason="she stays")
    earlier = RouteChanged(
        route="CVT", form_id=OTHER_FORM_ID, effective_on=date(2020, 1, 1), reason="wrong from the first"
    )
    for facts, days in (
        ((moved,), {date(2020, 1, 1): "LET", TODAY: "LET", TOMORROW: "CVT"}),
        ((moved, back), {TODAY: "LET", TOMORROW: "LET"}),
        ((earlier,), {date(2019, 1, 1): "LET", TODAY: "CVT", TOMORROW: "CVT"}),
    ):
        with views_after(on(ENROLMENT_ID, ENROLLED, *facts)) as reads:
            for day, route in days.items():
                (row,) = ENROLMENT_LIST.find(reads, day, limit=5)
                holds = row.card.enrolment.route_on(day)
                assert holds is not None
                assert holds.route == route
                other = {"LET": "CVT", "CVT": "LET"}[route]
                assert (found(reads, f"route={route}", day=day), found(reads, f"route={other}", day=day)) == (
                    [ENROLMENT_ID],
                    [],
                )


def test_a_plan_that_somebody_else_is_on_is_not_theirs() -> None:
    elsewhere: ApprenticeEnrolled = changed(ENROLLED, employer="Other Ltd")
    with views_after(on(ENROLMENT_ID, ENROLLED), on(OTHER, elsewhere)) as reads:
        assert found(reads, "employer=other ltd", "route=LET") == [OTHER]
        assert found(reads, "employer=other ltd", "employer=stage ltd") == []


def test_an_enrolment_is_found_by_what_it_is_on_the_day() -> None:
    paused, back = EnrolmentPaused(pauses_on=TODAY, reason="ill"), EnrolmentResumed(resumes_on=TOMORROW, reason="well")
    ended = EnrolmentEnded(ended_on=TOMORROW, how="withdrawn", reason="left")
    taken_back = EndTakenBack(reason="an error", ended_on=TOMORROW, uln="1000000000", plan_reference="ST9999")
    for facts, states in (
        ((paused,), ("running", "paused", "paused")),
        ((paused, back), ("running", "paused", "running")),
        ((paused, ended), ("running", "paused", "withdrawn")),
        ((paused, ended, taken_back), ("running", "paused", "paused")),
    ):
        with views_after(on(ENROLMENT_ID, ENROLLED, *facts)) as reads:
            for day, state in zip((YESTERDAY, TODAY, TOMORROW), states, strict=True):
                there = {each for each in get_args(EnrolmentState) if found(reads, f"state={each}", day=day)}
                assert there == {state}, (facts, day)


def test_an_enrolment_is_found_by_the_employer_of_the_day() -> None:
    moved = EmployerChanged(was="Stage Ltd", employer="New Ltd", effective_on=TOMORROW, reason="moved")
    with views_after(on(ENROLMENT_ID, ENROLLED, moved)) as reads:
        for day, employer in ((TODAY, "stage ltd"), (TOMORROW, "new ltd")):
            assert [each for each in ("stage ltd", "new ltd") if found(reads, f"employer={each}", day=day)] == [
                employer
            ]


def test_an_enrolment_follows_the_name_of_its_apprentice() -> None:
    named = (
        PersonRegistered(name="Mia Berg", works_for="employer"),
        NameCorrected(name="Mia Tal", was="Mia Berg", reason="wed"),
    )
    with views_after(on(APPRENTICE, named[0]), on(ENROLMENT_ID, ENROLLED), on(APPRENTICE, named[1])) as reads:
        assert found(reads, search="berg") == []
        assert found(reads, search="tal") == [ENROLMENT_ID]
        assert [each.item for each in PEOPLE.find(reads, TODAY, search="tal", limit=5)] == [APPRENTICE]
        assert PEOPLE.find(reads, TODAY, search="berg", limit=5) == []


def test_an_assignment_that_was_put_right_is_filed_as_it_is_now() -> None:
    said: dict[str, Any] = {"person_id": ASSESSOR, "assignment": "assessor", "began_on": TODAY, "reason": "a slip"}
    moved = AssignmentCorrected(**said, was=frozenset(), starts_on=TOMORROW, components=frozenset())
    ended = EndBroughtForward(person_id=ASSESSOR, assignment="assessor", was=TOMORROW, ends_on=TODAY, reason="a slip")
    for facts, days in (
        ((AssignmentTakenBack(**said),), ()),
        ((AssignmentTakenBack(**said, waits=True),), ()),
        ((moved,), (TOMORROW,)),
        ((released(TOMORROW), ended), ()),
        ((), (TODAY, TOMORROW)),
    ):
        with views_after(on(ENROLMENT_ID, ENROLLED, assigned(ASSESSOR), *facts)) as reads:
            there = [day for day in (TODAY, TOMORROW) if found(reads, filed("assigned assessor", ASSESSOR), day=day)]
        assert there == [*days], facts
