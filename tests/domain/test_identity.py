"""Whom an account at a provider signs in (IDENTITY-1, -2, -3)."""

from portfolio.domain.identity import (
    IDENTITY,
    AcceptIdentity,
    AnotherIdentityLinked,
    ForIdentity,
    Identity,
    IdentityAccepted,
    IdentityLinked,
    IdentityLinkedAlready,
    IdentityNotLinked,
    IdentityRefused,
    IdentityUnknown,
    IdentityUnlinked,
    LinkIdentity,
    UnlinkIdentity,
)
from portfolio.domain.kernel import Fact, changed
from portfolio.domain.person import PERSON, Person, PersonRegistered, PersonUnknown
from portfolio.domain.standing import OwnStanding
from portfolio.domain.vocabulary import SYSTEM
from tests.domain.given import given
from tests.domain.world import APPRENTICE, COACH, NOW, OFFICER, TODAY, an_id

COLLEGE, TOWN = "https://login.college.example", "https://login.town.example"
ACCOUNT = an_id("account")
MIA = PERSON.fold([PersonRegistered(name="Mia", works_for="employer")])

LINKED = IdentityLinked(person_id=APPRENTICE, issuer=COLLEGE)
TAKEN = IdentityUnlinked(person_id=APPRENTICE, issuer=COLLEGE, reason="She left the college.")
REFUSED = IdentityRefused(person_id=APPRENTICE, issuer=COLLEGE, why="another account")
REFUSED_AS_TAKEN = changed(REFUSED, why="taken away")
ACCEPTED = IdentityAccepted(person_id=APPRENTICE, issuer=COLLEGE, reason="She is back.")
LINK = LinkIdentity(identity_id=ACCOUNT, issuer=COLLEGE, person_id=APPRENTICE)
UNLINK = UnlinkIdentity(identity_id=ACCOUNT, reason="She left the college.")
ACCEPT = AcceptIdentity(identity_id=ACCOUNT, reason="She is back.")


def theirs(person: Person = MIA, **accounts: Identity) -> ForIdentity:
    """Return what is known of Mia and her accounts."""
    named = {an_id(name.replace("_", " ")): each for name, each in accounts.items()}
    return ForIdentity(by=OFFICER, at=NOW, today=TODAY, person=person, theirs=named)


def account(*facts: Fact) -> Identity:
    return IDENTITY.fold(facts)


NO_OTHER = theirs()
WITH_ANOTHER = theirs(another_account=account(LINKED))


def test_an_account_is_linked_to_the_person_of_its_verified_address_once() -> None:
    given(IDENTITY).when(LINK, NO_OTHER).records(LINKED)
    given(IDENTITY, LINKED).when(LINK, theirs(account=account(LINKED))).records_nothing()


def test_an_account_that_is_linked_stays_with_its_person_whoever_has_its_address_now() -> None:
    given(IDENTITY, LINKED).when(changed(LINK, person_id=COACH), NO_OTHER).records_nothing()


def test_nobody_is_signed_in_who_is_not_registered() -> None:
    given(IDENTITY).when(LINK, theirs(person=Person())).rejected(PersonUnknown)


def test_a_second_account_of_a_provider_is_refused_and_that_is_recorded_once() -> None:
    given(IDENTITY).when(LINK, WITH_ANOTHER).records(REFUSED)
    given(IDENTITY, REFUSED).when(LINK, WITH_ANOTHER).records_nothing()


def test_an_account_of_another_provider_is_linked_beside_the_first() -> None:
    elsewhere = IdentityLinked(person_id=APPRENTICE, issuer=TOWN)
    given(IDENTITY).when(LINK, theirs(another_account=account(elsewhere))).records(LINKED)


def test_a_second_account_is_linked_once_the_first_was_taken_away() -> None:
    before = theirs(another_account=account(LINKED, TAKEN), account=account(REFUSED))
    given(IDENTITY, REFUSED).when(LINK, before).records(LINKED)


def test_an_account_that_was_taken_away_is_refused_until_somebody_lets_it() -> None:
    given(IDENTITY, LINKED, TAKEN).when(LINK, NO_OTHER).records_nothing()
    given(IDENTITY, LINKED, TAKEN).when(changed(LINK, person_id=COACH), NO_OTHER).records(
        IdentityLinked(person_id=COACH, issuer=COLLEGE)
    )
    moved = (LINKED, TAKEN, IdentityLinked(person_id=COACH, issuer=COLLEGE), changed(TAKEN, person_id=COACH))
    given(IDENTITY, *moved).when(LINK, NO_OTHER).records(REFUSED_AS_TAKEN)
    given(IDENTITY, LINKED, TAKEN).when(ACCEPT, NO_OTHER).records(ACCEPTED)
    given(IDENTITY, LINKED, TAKEN, ACCEPTED, TAKEN, ACCEPTED).when(LINK, NO_OTHER).records_nothing()


def test_only_an_account_that_signs_somebody_in_is_taken_away() -> None:
    given(IDENTITY, LINKED).when(UNLINK).records(TAKEN)
    given(IDENTITY, LINKED, TAKEN).when(UNLINK).rejected(IdentityNotLinked)
    given(IDENTITY, REFUSED).when(UNLINK).rejected(IdentityNotLinked)
    given(IDENTITY).when(UNLINK).rejected(IdentityUnknown)


def test_an_account_that_was_refused_is_let_in_by_somebody_else_than_its_person() -> None:
    given(IDENTITY, REFUSED).when(ACCEPT, NO_OTHER).records(ACCEPTED)
    given(IDENTITY, REFUSED).when(ACCEPT, changed(NO_OTHER, by=APPRENTICE)).rejected(OwnStanding)
    given(IDENTITY, REFUSED).when(ACCEPT, changed(NO_OTHER, by=SYSTEM)).records(ACCEPTED)
    given(IDENTITY).when(ACCEPT, NO_OTHER).rejected(IdentityUnknown)
    given(IDENTITY, LINKED).when(ACCEPT, NO_OTHER).rejected(IdentityLinkedAlready)


def test_an_account_is_not_let_in_beside_another_one_there() -> None:
    given(IDENTITY, REFUSED).when(ACCEPT, WITH_ANOTHER).rejected(AnotherIdentityLinked)
    itself = theirs(account=account(REFUSED), another_account=account(LINKED, TAKEN))
    given(IDENTITY, REFUSED).when(ACCEPT, itself).records(ACCEPTED)


def test_an_account_is_about_its_person() -> None:
    assert account(LINKED).subject() == APPRENTICE
