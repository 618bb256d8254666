"""People: who is registered, with which roles, by name."""

from uuid import UUID

from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from portfolio.domain.standing import PersonReinstated, PersonSuspended
from projections.people import PersonRow, names, people
from tests.domain.world import an_id
from tests.projections.support import StreamFacts, on, views_after

ADA, BEN, CY = an_id("Ada"), an_id("Ben"), an_id("Cy")


def registered(person: UUID, name: str) -> StreamFacts:
    return on(person, PersonRegistered(name=name, works_for="centre"))


def test_a_person_is_listed_with_the_roles_held_now_in_order() -> None:
    roles = on(
        ADA,
        RoleGranted(role="coach"),
        RoleGranted(role="assessor"),
        RoleGranted(role="employer"),
        RoleEnded(role="coach"),
    )
    with views_after(registered(ADA, "Ada"), roles) as reads:
        assert people(reads) == [
            PersonRow(person_id=ADA, name="Ada", works_for="centre", roles=("assessor", "employer"), suspended=False)
        ]


def test_a_person_whose_last_role_ended_holds_none() -> None:
    with views_after(registered(ADA, "Ada"), on(ADA, RoleGranted(role="coach"), RoleEnded(role="coach"))) as reads:
        assert people(reads)[0].roles == ()


def test_who_is_suspended_is_listed_as_such_until_reinstated() -> None:
    suspended, back = PersonSuspended(reason="why", cases=()), PersonReinstated(reason="why")
    for facts, says in (((suspended,), True), ((suspended, back), False)):
        with views_after(registered(ADA, "Ada"), on(ADA, RoleGranted(role="coach"), *facts)) as reads:
            (row,) = people(reads)
        assert (row.suspended, row.roles) == (says, ("coach",))


def test_people_come_by_name_whenever_they_were_registered() -> None:
    with views_after(registered(CY, "Cy"), registered(ADA, "Ada"), registered(BEN, "Ben")) as reads:
        assert [person.name for person in people(reads)] == ["Ada", "Ben", "Cy"]


def test_namesakes_are_on_one_page_each_and_none_is_left_out() -> None:
    with views_after(*(registered(person, "Sam") for person in (ADA, BEN, CY))) as reads:
        listed: list[UUID] = []
        after = None
        while page := people(reads, after=after, limit=1):
            listed += [person.person_id for person in page]
            after = (page[0].name, page[0].person_id)
    assert listed == sorted((ADA, BEN, CY))


def test_names_are_told_of_those_who_are_registered() -> None:
    with views_after(registered(ADA, "Ada"), registered(BEN, "Ben")) as reads:
        assert names(reads, [ADA, ADA, CY]) == {ADA: "Ada"}
        assert names(reads, []) == {}


def test_many_names_are_told_at_once() -> None:
    crowd = [an_id(f"person {number}") for number in range(1200)]
    with views_after(*(registered(person, str(person)) for person in crowd)) as reads:
        while reads.step():
            pass
        assert names(reads, crowd) == {person: str(person) for person in crowd}
