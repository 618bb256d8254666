"""In which enrolments a person has a part today."""

from datetime import date

from portfolio.domain.appeal.facts import AppealDecided, PanelConvened
from portfolio.domain.enrolment.facts import PersonReleased, RouteChanged
from portfolio.domain.kernel import Fact
from projections.enrolments import PARTS, EnrolmentOf, enrolments_of
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    COACH,
    ENROLMENT_ID,
    FORM_ID,
    OTHER_FORM_ID,
    PLAN_ID,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
)
from tests.projections.support import ENROLLED, LODGED, assigned, on, rows_after, views_after

OTHER = an_id("other enrolment")
CHAIR = an_id("chair")


def parts_of(person: object, today: date, *facts: Fact) -> list[str]:
    """Return what a person is to the enrolment on a day, after these facts of it."""
    with views_after(on(ENROLMENT_ID, ENROLLED, *facts)) as reads:
        return [part.relation for part in enrolments_of(reads, person, today)]  # type: ignore[arg-type]  # ids all


def released(ends_on: date) -> PersonReleased:
    return PersonReleased(person_id=ASSESSOR, assignment="assessor", ends_on=ends_on, reason="moved")


def test_the_apprentice_finds_the_own_enrolment_whatever_the_day() -> None:
    with views_after(on(ENROLMENT_ID, ENROLLED)) as reads:
        for day in (date(2020, 1, 1), TODAY):
            assert enrolments_of(reads, APPRENTICE, day) == [
                EnrolmentOf(
                    relation="the apprentice",
                    enrolment_id=ENROLMENT_ID,
                    apprentice=APPRENTICE,
                    plan_id=PLAN_ID,
                    form_id=FORM_ID,
                    route="LET",
                    employer="Stage Ltd",
                    position=1,
                )
            ]


def test_somebody_without_a_part_finds_nothing() -> None:
    assert parts_of(COACH, TODAY, assigned(ASSESSOR)) == []


def test_a_part_begins_on_its_first_day() -> None:
    assert parts_of(ASSESSOR, YESTERDAY, assigned(ASSESSOR)) == []
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR)) == ["assigned assessor"]


def test_a_part_is_over_on_the_day_it_ends() -> None:
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR), released(TOMORROW)) == ["assigned assessor"]
    assert parts_of(ASSESSOR, TOMORROW, assigned(ASSESSOR), released(TOMORROW)) == []


def test_a_person_assigned_again_has_the_part_again_and_the_first_period_stays_as_it_was() -> None:
    twice = (assigned(ASSESSOR), released(TODAY), assigned(ASSESSOR))
    assert parts_of(ASSESSOR, TOMORROW, *twice) == ["assigned assessor"]
    periods = rows_after(PARTS, on(ENROLMENT_ID, *twice, released(TOMORROW))).values()
    assert [period["ends_on"] for period in periods] == [TODAY, TOMORROW]


def test_a_part_in_several_components_is_one_enrolment_and_ends_in_all() -> None:
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR, "assessor", "C1", "C2")) == ["assigned assessor"]
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR, "assessor", "C1", "C2"), released(TODAY)) == []


def test_a_person_can_have_two_parts() -> None:
    both = (assigned(COACH, "coach"), assigned(COACH, "employer"))
    assert parts_of(COACH, TODAY, *both) == ["assigned coach", "assigned employer"]


def test_a_panel_member_finds_the_enrolment_whose_appeal_they_hear_for_good() -> None:
    convened = PanelConvened(members=frozenset({CHAIR}), independent=frozenset({CHAIR}))
    decided = AppealDecided(outcome="dismissed", reasons="Nothing was left out.", answers=())
    for facts in ((), (convened,), (convened, decided), (convened, decided, convened)):
        with views_after(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, LODGED, *facts)) as reads:
            parts = [(part.enrolment_id, part.relation) for part in enrolments_of(reads, CHAIR, TODAY)]
        assert parts == ([(ENROLMENT_ID, "member of the panel")] if facts else [])


def test_enrolments_come_oldest_first() -> None:
    with views_after(
        on(ENROLMENT_ID, ENROLLED), on(OTHER, ENROLLED), on(ENROLMENT_ID, assigned(APPRENTICE, "coach"))
    ) as reads:
        parts = [(part.enrolment_id, part.relation) for part in enrolments_of(reads, APPRENTICE, TODAY)]
    assert parts == [(ENROLMENT_ID, "assigned coach"), (ENROLMENT_ID, "the apprentice"), (OTHER, "the apprentice")]


def test_an_enrolment_is_on_the_route_and_form_of_the_day() -> None:
    moved = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=TOMORROW, reason="new job")
    with views_after(on(ENROLMENT_ID, ENROLLED, moved)) as reads:
        days = [enrolments_of(reads, APPRENTICE, day)[0] for day in (date(2020, 1, 1), TODAY, TOMORROW)]
    assert [(part.route, part.form_id) for part in days] == [
        ("LET", FORM_ID),
        ("LET", FORM_ID),
        ("CVT", OTHER_FORM_ID),
    ]
