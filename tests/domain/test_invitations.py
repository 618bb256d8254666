"""Invitations: to the address that somebody has, not too often, and only where the mail can go (ADDRESS-2)."""

from datetime import timedelta
from uuid import UUID

from portfolio.domain.addresses import AddressNotRegistered, AddressRegistered, AddressRemoved
from portfolio.domain.invitations import (
    AGAIN_AFTER,
    ForInvitation,
    InvitationTakenUp,
    InvitedLately,
    InviteeSuspended,
    InvitePerson,
    NoMailServer,
    PersonInvited,
    TakeInvitationUp,
)
from portfolio.domain.kernel import Fact, NotVisible, Recorded
from portfolio.domain.person import PERSON, PersonRegistered
from portfolio.domain.standing import PersonSuspended
from tests.domain.given import given
from tests.domain.world import COACH, NOW, TODAY

REGISTERED = PersonRegistered(name="Jo", works_for="centre")
HAS, OTHER = AddressRegistered(digest="a"), AddressRegistered(digest="b", replaces=True)
INVITED = PersonInvited(digest="a")
ADMIN = UUID(int=1)
INVITE, TAKE_UP = InvitePerson(person_id=COACH), TakeInvitationUp(person_id=COACH)


def knowing(*invited: str, ago: timedelta = timedelta(0), mails: bool = True) -> ForInvitation:
    facts: list[Fact] = [REGISTERED, *(PersonInvited(digest=digest) for digest in invited)]
    history = tuple(
        Recorded(
            originator_id=COACH, originator_version=number, fact=fact, by=ADMIN, at=NOW - ago, causation=UUID(int=2)
        )
        for number, fact in enumerate(facts, 1)
    )
    return ForInvitation(by=ADMIN, at=NOW, today=TODAY, mails=mails, history=history)


def test_somebody_is_invited_to_the_address_that_they_have_under_its_keyed_hash() -> None:
    given(PERSON, REGISTERED, HAS).when(INVITE, knowing()).records(INVITED)
    given(PERSON, REGISTERED, HAS, OTHER).when(INVITE, knowing("a")).records(PersonInvited(digest="b"))


def test_nobody_is_invited_where_no_mail_can_reach_them() -> None:
    given(PERSON).when(INVITE, knowing()).rejected(NotVisible)
    given(PERSON, REGISTERED, HAS).when(INVITE, knowing(mails=False)).rejected(NoMailServer)
    given(PERSON, REGISTERED).when(INVITE, knowing()).rejected(AddressNotRegistered)
    given(PERSON, REGISTERED, HAS, AddressRemoved()).when(INVITE, knowing()).rejected(AddressNotRegistered)


def test_whoever_is_suspended_is_not_invited() -> None:
    suspended = PersonSuspended(reason="An inquiry.", cases=())
    given(PERSON, REGISTERED, HAS, suspended).when(INVITE, knowing()).rejected(InviteeSuspended)


def test_the_same_address_is_not_invited_again_within_a_day() -> None:
    given(PERSON, REGISTERED, HAS, INVITED).when(INVITE, knowing("a")).rejected(InvitedLately)
    almost = knowing("a", ago=AGAIN_AFTER - timedelta(seconds=1))
    given(PERSON, REGISTERED, HAS, INVITED).when(INVITE, almost).rejected(InvitedLately)
    given(PERSON, REGISTERED, HAS, INVITED).when(INVITE, knowing("a", ago=AGAIN_AFTER)).records(INVITED)


def test_nobody_is_invited_more_than_three_times_a_day_whatever_address_is_registered() -> None:
    given(PERSON, REGISTERED, HAS).when(INVITE, knowing("b", "c")).records(INVITED)
    given(PERSON, REGISTERED, HAS).when(INVITE, knowing("b", "c", "d")).rejected(InvitedLately)
    given(PERSON, REGISTERED, HAS).when(INVITE, knowing("b", "c", "d", ago=AGAIN_AFTER)).records(INVITED)


def test_an_invitation_holds_until_they_sign_in_or_have_another_address_or_none() -> None:
    assert given(PERSON, REGISTERED, HAS, INVITED).state.invited == "a"
    given(PERSON, REGISTERED, HAS, INVITED).when(TAKE_UP).records(InvitationTakenUp())
    for over in (InvitationTakenUp(), OTHER, AddressRemoved()):
        assert given(PERSON, REGISTERED, HAS, INVITED, over).state.invited == ""
        given(PERSON, REGISTERED, HAS, INVITED, over).when(TAKE_UP).records_nothing()
