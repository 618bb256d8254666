"""Accounts at providers over HTTP: who is shown them, and who takes them away or lets them in (IDENTITY-2, -3)."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from infra.identity.openid.providers import OpenIdProviders
from infra.identity.openid.sealed import Seal
from portfolio.application.ports import Unauthenticated
from portfolio.application.providers import Accounts, ProviderUnavailable, word_of
from portfolio.application.reactions import Reactions
from portfolio.domain.identity import (
    AnotherIdentityLinked,
    IdentityLinkedAlready,
    IdentityNotLinked,
    IdentityUnknown,
    LinkIdentity,
)
from portfolio.domain.kernel import NOBODY, NotPermitted, NotVisible
from portfolio.domain.providers import FollowProvider
from portfolio.domain.standing import OwnStanding
from portfolio.domain.vocabulary import SYSTEM, Role
from tests.api.conftest import Tell
from tests.api.world import BASE, World, refused
from tests.infra.openid.given import SECRET, configured, now
from tests.pages.page import Page
from tests.pages.visitor import Visitor

COLLEGE = "https://login.college.example"
WHY = {"reason": "She has a new one."}


def claims(world: World, name: str, person: str = "mia") -> UUID:
    """Let an account with the address of somebody try to sign in; keep its id."""
    identity = world.ids[name] = uuid5(NOBODY, name)
    world.handler.execute(LinkIdentity(identity_id=identity, issuer=COLLEGE, person_id=world[person]), SYSTEM)
    return identity


@pytest.fixture
def world(tell: Tell) -> World:
    """Give people, of whom one has two accounts: the second was refused."""
    world = tell("people")
    claims(world, "first")
    claims(world, "second")
    return world


def test_an_account_is_taken_away_and_another_one_let_in(world: World) -> None:
    admin = world.as_("admin")
    listed = admin.sees("/people/{mia}/identities")["items"]
    assert [(each["state"], each["hindrance"]) for each in listed] == [("linked", None), ("refused", "another account")]
    assert {each["provider"] for each in listed} == {COLLEGE}
    refused(admin.post("/identities/{second}/acceptance", WHY), AnotherIdentityLinked)
    admin.does("/identities/{first}/removal", WHY)
    admin.does("/identities/{second}/acceptance", WHY)
    listed = admin.sees("/people/{mia}/identities")["items"]
    assert [(each["state"], each["hindrance"]) for each in listed] == [("refused", "taken away"), ("linked", None)]
    refused(admin.post("/identities/{first}/removal", WHY), IdentityNotLinked)
    refused(admin.post("/identities/{second}/acceptance", WHY), IdentityLinkedAlready)
    refused(admin.post("/identities/{mia}/removal", WHY), IdentityUnknown)


def test_nobody_lets_in_an_account_of_their_own(world: World) -> None:
    claims(world, "one", "admin")
    claims(world, "two", "admin")
    admin = world.as_("admin")
    admin.does("/identities/{one}/removal", WHY)
    refused(admin.post("/identities/{two}/acceptance", WHY), OwnStanding)


def test_people_are_shown_their_own_accounts_and_administrators_everybodys(world: World) -> None:
    for person in ("mia", "admin", "responsible"):
        assert len(world.as_(person).sees("/people/{mia}/identities")["items"]) == 2
    refused(world.as_("officer").get("/people/{mia}/identities"), NotPermitted)
    refused(world.as_("coach").get("/people/{mia}/identities"), NotVisible)
    for person in ("mia", "responsible", "coach"):
        refused(world.as_(person).post("/identities/{first}/removal", WHY), NotVisible)


def test_whom_an_account_has_signed_in_is_signed_out_when_it_is_taken_away(world: World) -> None:
    sessions = world.services.sessions
    by_it = sessions.begin(world["mia"], origin=f"{word_of(world['first'])} another")
    by_another = sessions.begin(world["mia"], origin=word_of(world["second"]))
    world.as_("admin").does("/identities/{first}/removal", WHY)
    reactions = Reactions(world.handler, world.journal, sign_out=sessions.end_from)
    for entry in world.journal.since(world.journal.head() - 1):
        reactions.react(entry)
    with pytest.raises(Unauthenticated):
        sessions.person_of(by_it)
    assert sessions.person_of(by_another) == world["mia"]


def test_a_provider_that_does_not_answer_signs_nobody_in(world: World) -> None:
    away = configured("http://127.0.0.1:1")
    providers = OpenIdProviders([away], Accounts(world.handler, lambda _: None), Seal(SECRET, now), one_time, BASE, now)
    world.services = replace(world.services, providers=providers)
    stranger = world.app.test_client()
    refused(stranger.get("/sign-in/with/college"), ProviderUnavailable)
    refused(stranger.get("/sign-in/with/another"), NotVisible)
    assert "Sign in with College" in stranger.get("/sign-in").text


def one_time(*_: object) -> bool:
    return True


def test_the_page_of_a_person_shows_their_accounts_and_what_can_be_done_with_each(world: World) -> None:
    admin = Visitor(world, "admin")
    page = admin.reads("/people/{mia}")
    assert "Signs them in" in page.text
    assert "Not let in: they sign in with another account of this provider." in page.text
    taken = admin.reads("/people/{mia}/accounts/{first}/removal")
    page = admin.does(taken, "removal", **WHY)
    assert "Taken away: it does not sign them in any more." in page.text
    let_in = admin.reads("/people/{mia}/accounts/{second}/acceptance")
    page = admin.does(let_in, "acceptance", **WHY)
    assert "Signs them in" in page.text
    admin.reads("/people/{noah}/accounts/{second}/removal", 404)
    assert "Take away" not in Page(Visitor(world, "mia").ask("/people/{mia}").text).text


def test_what_a_provider_says_of_roles_is_shown_with_its_source_and_what_is_not_so(world: World) -> None:
    admin = Visitor(world, "admin")

    def says(*roles: Role) -> None:
        at = datetime.now(UTC)
        word = FollowProvider(person_id=world["noah"], issuer=COLLEGE, roles=frozenset(roles), said_at=at)
        world.handler.execute(word, SYSTEM)

    says("employer", "coach")
    assert page_of_noah(admin).count(f"given by sign-in at {COLLEGE}") == 2
    assert world.as_("noah").sees("/people/{noah}/identities")["unfollowed"] == []
    world.as_("admin").does("/people/{noah}/roles/end", {"role": "coach", "reason": "He teaches no more."})
    says("coach")
    told = page_of_noah(admin)
    assert f"ended by sign-in at {COLLEGE}" in told
    assert "ended by Admin: He teaches no more." in told
    assert f"What {COLLEGE} said last gives them the role coach, which they do not hold." in told
    assert "This role of theirs was ended here" in told
    (left,) = world.as_("admin").sees("/people/{noah}/identities")["unfollowed"]
    assert (left["role"], left["wanted"], left["refusal"]) == ("coach", "given", "role-ended-here")
    assert "Not as a provider says" not in Page(Visitor(world, "officer").ask("/people/{noah}").text).text
    world.as_("admin").does("/people/{noah}/roles", {"role": "coach", "reason": "He is back."})
    assert "Not as a provider says" not in page_of_noah(admin)


def page_of_noah(visitor: Visitor) -> str:
    return visitor.reads("/people/{noah}").text
