"""People: who is registered, with which roles, by name."""

from uuid import UUID

from portfolio.domain.corrections import EmploymentCorrected, NameCorrected
from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from portfolio.domain.standing import PersonReinstated, PersonSuspended
from projections.machinery.database import Reads
from projections.people import PEOPLE, PersonCard, names, names_taken
from tests.domain.world import TODAY, an_id
from tests.projections.support import StreamFacts, on, views_after

ADA, BEN, CY = an_id("Ada"), an_id("Ben"), an_id("Cy")


def registered(person: UUID, name: str) -> StreamFacts:
    return on(person, PersonRegistered(name=name, works_for="centre"))


def people(reads: Reads, *also: str, search: str = "") -> list[PersonCard]:
    return [found.card for found in PEOPLE.find(reads, TODAY, also=also, search=search, limit=50)]


def test_a_person_is_listed_with_the_roles_held_now_in_order() -> None:
    roles = on(
        ADA,
        RoleGranted(role="coach"),
        RoleGranted(role="assessor"),
        RoleGranted(role="employer"),
        RoleEnded(role="coach"),
    )
    with views_after(registered(ADA, "Ada"), roles) as reads:
        card = PersonCard(name="Ada", works_for="centre", position=1, roles=("assessor", "employer"))
        assert people(reads) == [card]
        assert people(reads, "role=assessor", "role=employer") == [card]
        assert people(reads, "role=coach") == []


def test_a_person_whose_last_role_ended_holds_none() -> None:
    with views_after(registered(ADA, "Ada"), on(ADA, RoleGranted(role="coach"), RoleEnded(role="coach"))) as reads:
        assert people(reads)[0].roles == ()


def test_who_is_suspended_is_listed_as_such_until_reinstated() -> None:
    suspended, back = PersonSuspended(reason="why", cases=()), PersonReinstated(reason="why")
    for facts, says in (((suspended,), True), ((suspended, back), False)):
        with views_after(registered(ADA, "Ada"), on(ADA, RoleGranted(role="coach"), *facts)) as reads:
            (card,) = people(reads)
            assert people(reads, f"state={'suspended' if says else 'active'}") == [card]
            assert people(reads, f"state={'active' if says else 'suspended'}") == []
        assert (card.suspended, card.roles) == (says, ("coach",))


def test_people_come_by_name_whenever_they_were_registered() -> None:
    with views_after(registered(CY, "Cy"), registered(ADA, "ada"), registered(BEN, "Ben")) as reads:
        assert [person.name for person in people(reads)] == ["ada", "Ben", "Cy"]


def test_a_person_is_found_by_what_was_put_right_of_them_alone() -> None:
    facts = (
        NameCorrected(name="Bea", was="Ada", reason="slip"),
        EmploymentCorrected(works_for="employer", was="centre", reason="slip"),
    )
    with views_after(registered(ADA, "Ada"), on(ADA, *facts)) as reads:
        (card,) = people(reads, "works_for=employer", search="bea")
        assert (card.name, card.works_for) == ("Bea", "employer")
        assert people(reads, "works_for=centre") == people(reads, search="ada") == []


def test_people_are_found_by_whom_they_work_for() -> None:
    with views_after(registered(ADA, "Ada")) as reads:
        assert len(people(reads, "works_for=centre")) == 1
        assert people(reads, "works_for=employer") == []


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


def test_a_name_is_taken_whatever_its_accents_and_case() -> None:
    with views_after(registered(ADA, "Zoë Ames"), registered(BEN, "Ben")) as reads:
        assert names_taken(reads, ["ZOE AMES", "Ben", "Be", "Cy"]) == {"ZOE AMES", "Ben"}
        assert names_taken(reads, []) == set()
