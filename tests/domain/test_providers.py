"""What follows from a provider's word on somebody's roles (IDENTITY-4, -5, -6)."""

from datetime import timedelta

from portfolio.domain.kernel import Fact, changed
from portfolio.domain.person import PERSON, EndRole, GrantRole, PersonRegistered, PersonUnknown, RoleEnded, RoleGranted
from portfolio.domain.providers import FollowProvider, ProviderSaid, RoleEndedHere, steps
from portfolio.domain.standing import Case, HearsOpenCase, LastAdministrator, PartyToOpenCase, PersonSuspended
from portfolio.domain.vocabulary import SYSTEM, Role
from tests.domain.given import given
from tests.domain.world import APPEAL_ID, ASSESSOR, FREE, NOW, person

COLLEGE, TOWN = "https://login.college.example", "https://login.town.example"
REGISTERED = PersonRegistered(name="Ada", works_for="assessment organisation")
OPEN = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR}))
FOLLOWING = changed(FREE, by=SYSTEM, actor=person())


def word(*roles: Role, issuer: str = COLLEGE, later: int = 0) -> FollowProvider:
    at = NOW + timedelta(seconds=later)
    return FollowProvider(person_id=ASSESSOR, issuer=issuer, roles=frozenset(roles), said_at=at)


def said(*roles: Role, issuer: str = COLLEGE, later: int = 0) -> ProviderSaid:
    return ProviderSaid(issuer=issuer, roles=frozenset(roles), said_at=NOW + timedelta(seconds=later))


def gave(role: Role, issuer: str = COLLEGE) -> RoleGranted:
    return RoleGranted(role=role, provider=issuer)


def ended(role: Role, issuer: str = COLLEGE) -> RoleEnded:
    return RoleEnded(role=role, provider=issuer)


COACH: tuple[Fact, ...] = (REGISTERED, said("coach"), gave("coach"))


def test_what_a_provider_says_is_noted_and_given_with_its_source() -> None:
    given(PERSON, REGISTERED).when(word("coach", "assessor"), FOLLOWING).records(
        said("assessor", "coach"), gave("assessor"), gave("coach")
    )
    assert given(PERSON, *COACH).state.roles == {"coach"}


def test_what_is_said_again_or_never_was_records_nothing() -> None:
    given(PERSON, *COACH).when(word("coach", later=60), FOLLOWING).records_nothing()
    given(PERSON, REGISTERED).when(word(), FOLLOWING).records_nothing()
    given(PERSON).when(word("coach"), FOLLOWING).rejected(PersonUnknown)


def test_what_a_provider_says_no_more_ends_what_it_gave() -> None:
    given(PERSON, *COACH).when(word("assessor", later=60), FOLLOWING).records(
        said("assessor", later=60), gave("assessor"), ended("coach")
    )
    over = (*COACH, said(later=60), ended("coach"))
    assert given(PERSON, *over).state.roles == frozenset()
    two = (REGISTERED, said("coach", "assessor"), gave("assessor"), gave("coach"))
    given(PERSON, *two, said("coach", later=60), ended("assessor")).when(word(later=90), FOLLOWING).records(
        said(later=90), ended("coach")
    )
    back = said("coach", later=90)
    given(PERSON, *over).when(word("coach", later=90), FOLLOWING).records(back, gave("coach"))


def test_what_people_gave_stays_whatever_a_provider_says() -> None:
    by_people = (REGISTERED, RoleGranted(role="coach"))
    given(PERSON, *by_people).when(word("coach"), FOLLOWING).records(said("coach"))
    given(PERSON, *by_people, said("coach")).when(word(later=60), FOLLOWING).records(said(later=60))


def test_what_people_gave_anew_is_not_the_providers_any_more() -> None:
    taken_over = (*COACH, RoleEnded(role="coach"), RoleGranted(role="coach"))
    given(PERSON, *taken_over).when(word(later=60), FOLLOWING).records(said(later=60))


def test_a_provider_does_not_end_what_another_one_gave() -> None:
    given(PERSON, *COACH).when(word(issuer=TOWN), FOLLOWING).records_nothing()
    both = (*COACH, said("coach", issuer=TOWN))
    given(PERSON, *COACH).when(word("coach", issuer=TOWN), FOLLOWING).records(said("coach", issuer=TOWN))
    given(PERSON, *both).when(word(issuer=TOWN, later=60), FOLLOWING).records(said(issuer=TOWN, later=60))
    given(PERSON, *both).when(word(later=60), FOLLOWING).records(said(later=60), ended("coach"))
    without = (*both, said(later=60), ended("coach"))
    given(PERSON, *without).when(word("coach", issuer=TOWN, later=90), FOLLOWING).records(gave("coach", TOWN))


def test_an_older_word_changes_nothing() -> None:
    newer = (*COACH, said(later=60), ended("coach"))
    given(PERSON, *newer).when(word("coach", later=59), FOLLOWING).records_nothing()
    given(PERSON, *newer).when(word("coach", later=59, issuer=TOWN), FOLLOWING).records(
        said("coach", later=59, issuer=TOWN), gave("coach", TOWN)
    )


def test_a_role_that_people_ended_is_not_given_by_a_providers_word_however_often_it_is_said() -> None:
    by_people = (REGISTERED, RoleGranted(role="coach"), RoleEnded(role="coach"))
    for history in ((*COACH, RoleEnded(role="coach")), by_people):
        here = given(PERSON, *history)
        assert gave("coach") not in here.when(word("coach", later=60), FOLLOWING).facts
        (left,) = steps(here.state, word("coach"), FOLLOWING)
        assert (left.role, left.gives, type(left.refusal)) == ("coach", True, RoleEndedHere)
        again = (*history, said(later=70))
        assert gave("coach") not in given(PERSON, *again).when(word("coach", later=80), FOLLOWING).facts


def test_a_role_that_people_ended_is_given_again_by_people() -> None:
    here = given(PERSON, *COACH, RoleEnded(role="coach"))
    here.when(GrantRole(person_id=ASSESSOR, role="coach"), FREE).records(RoleGranted(role="coach"))
    assert not given(PERSON, *here.history, RoleGranted(role="coach")).state.provided.ended


def test_a_providers_word_is_judged_by_the_rules_for_administrators_and_the_rest_of_it_stands() -> None:
    hears = changed(OPEN, members=frozenset({ASSESSOR}))
    known = changed(FOLLOWING, cases=(hears,))
    both = word("coach", "panel member")
    given(PERSON, REGISTERED).when(both, known).records(said("coach", "panel member"), gave("panel member"))
    refused, _ = steps(PERSON.fold([REGISTERED]), both, known)
    assert (refused.role, type(refused.refusal)) == ("coach", HearsOpenCase)
    noted = given(PERSON, REGISTERED, said("coach", "panel member"), gave("panel member"))
    noted.when(both, FOLLOWING).records(gave("coach"))


def test_a_part_in_an_open_case_keeps_the_role_until_it_is_over() -> None:
    known = changed(FOLLOWING, cases=(OPEN,))
    given(PERSON, *COACH).when(word(later=60), known).records(said(later=60))
    (left,) = steps(PERSON.fold(COACH), word(later=60), known)
    assert (left.role, left.gives, type(left.refusal)) == ("coach", False, PartyToOpenCase)
    given(PERSON, *COACH, said(later=60)).when(word(later=90), FOLLOWING).records(ended("coach"))


def test_the_last_administrator_stays_whatever_a_provider_says() -> None:
    history = (REGISTERED, said("administrator"), gave("administrator"))
    alone = changed(FOLLOWING, administrators={ASSESSOR: person("administrator")})
    given(PERSON, *history).when(word(later=60), alone).records(said(later=60))
    (left,) = steps(PERSON.fold(history), word(later=60), alone)
    assert type(left.refusal) is LastAdministrator
    given(PERSON, *history, said(later=60)).when(word(later=90), FOLLOWING).records(ended("administrator"))


def test_what_is_given_to_somebody_who_is_suspended_waits() -> None:
    suspended = (REGISTERED, PersonSuspended(reason="Under inquiry.", cases=()))
    given(PERSON, *suspended).when(word("coach"), FOLLOWING).records(said("coach"), gave("coach"))
    state = given(PERSON, *suspended, said("coach"), gave("coach")).state
    assert not state.roles
    assert state.waiting == {"coach"}
    given(PERSON, *suspended, said("coach"), gave("coach")).when(word(later=60), FOLLOWING).records(
        said(later=60), ended("coach")
    )


def test_an_administrator_ends_what_a_provider_gave_as_any_role() -> None:
    given(PERSON, *COACH).when(EndRole(person_id=ASSESSOR, role="coach", reason="Left."), FREE).records(
        RoleEnded(role="coach", reason="Left.")
    )
    assert given(PERSON, *COACH, RoleEnded(role="coach")).state.provided.gave == {}
