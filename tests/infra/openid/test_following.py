"""Roles that follow from a provider's word: what it may say, and what is made of that (IDENTITY-4, -5, -6)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest

from infra.identity.openid.followed import Followed
from infra.identity.openid.providers import OpenIdProviders
from portfolio.application.ports import Unauthenticated
from portfolio.application.providers import Unfollowed
from portfolio.domain.kernel import Fact
from portfolio.domain.person import PERSON, EndRole, GrantRole, RoleEnded, RoleGranted
from portfolio.domain.providers import ProviderSaid
from portfolio.domain.vocabulary import SYSTEM, Role
from tests.infra.openid.forged import Forger, forger
from tests.infra.openid.given import ADMIN, MIA, Here, configured, now
from tests.infra.openid.test_forged import logout_token

GIVEN: dict[Role, frozenset[str]] = {
    "coach": frozenset({"Tutors", "Trainers"}),
    "assessor": frozenset({"Assessors"}),
    "administrator": frozenset({"IT"}),
}
FOLLOWED = Followed("groups", GIVEN)


@pytest.fixture(scope="module")
def listening() -> Iterator[Forger]:
    with forger() as there:
        yield there


@pytest.fixture
def there(listening: Forger) -> Forger:
    listening.__dict__.update(Forger(listening.issuer).__dict__)
    listening.userinfo = {"sub": "mia"}
    return listening


@pytest.fixture
def providers(ours: Here, there: Forger) -> OpenIdProviders:
    return ours.at(configured(there.issuer, roles=FOLLOWED))


def roles_of(ours: Here) -> frozenset[Role]:
    return ours.session().state(PERSON, MIA).roles


def about_roles(ours: Here) -> list[Fact]:
    """Return what was recorded of Mia's roles, in order."""
    kinds = RoleGranted | RoleEnded | ProviderSaid
    return [entry.fact for entry in ours.session().history(MIA) if isinstance(entry.fact, kinds)]


def test_roles_follow_what_a_provider_says_with_each_sign_in(
    ours: Here, providers: OpenIdProviders, there: Forger
) -> None:
    assert there.signs_in(providers, groups=["Tutors", "Choir"]).unfollowed == []
    assert roles_of(ours) == {"coach"}
    there.signs_in(providers, groups=["Tutors", "Trainers"])
    there.signs_in(providers, groups=["Assessors"])
    there.signs_in(providers, groups=[])
    assert roles_of(ours) == frozenset()
    told = [fact for fact in about_roles(ours) if not isinstance(fact, ProviderSaid)]
    assert told == [
        RoleGranted(role="coach", provider=there.issuer),
        RoleGranted(role="assessor", provider=there.issuer),
        RoleEnded(role="coach", provider=there.issuer),
        RoleEnded(role="assessor", provider=there.issuer),
    ]
    assert {entry.by for entry in ours.session().history(MIA)} == {SYSTEM}
    assert "Choir" not in str(about_roles(ours))


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        (None, "claim-missing"),
        (7, "claim-unreadable"),
        (True, "claim-unreadable"),
        ({"Assessors": True}, "claim-unreadable"),
        (["Assessors", 7], "claim-unreadable"),
        ([["Assessors"]], "claim-unreadable"),
    ],
)
def test_what_is_missing_or_cannot_be_read_changes_nothing(
    ours: Here, providers: OpenIdProviders, there: Forger, groups: object, why: str
) -> None:
    there.signs_in(providers, groups=["Tutors"])
    before = about_roles(ours)
    assert there.signs_in(providers, groups=groups).unfollowed == [Unfollowed(None, why)]
    assert about_roles(ours) == before
    assert roles_of(ours) == {"coach"}


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"groups": "Assessors"}, {"assessor"}),
        ({"groups": "Assessors Tutors"}, set()),
        ({"groups": ["assessors", " Assessors", "Assessors\n"]}, set()),
        ({"groups": ["Assessors"] * 3}, {"assessor"}),
        ({"groups": [*(f"Group {number}" for number in range(20_000)), "Assessors"]}, {"assessor"}),
        ({"groups": ["administrator", "coach", "assessor"]}, set()),
        ({"roles": ["Assessors"], "groups": []}, set()),
        ({"groups": ["IT", "Tutors"]}, {"administrator", "coach"}),
    ],
    ids=["one", "no list", "another writing", "often", "huge", "names of roles", "another claim", "several"],
)
def test_a_value_gives_a_role_where_it_is_the_very_one(claims: dict[str, Any], roles: set[str]) -> None:
    assert FOLLOWED.roles(claims) == roles


def test_a_claim_that_is_left_out_means_none_where_the_operator_says_so(ours: Here, there: Forger) -> None:
    providers = ours.at(configured(there.issuer, roles=Followed("groups", GIVEN, missing_means_none=True)))
    there.signs_in(providers, groups=["Tutors"])
    elsewhere: dict[str, Any] = {
        "_claim_names": {"groups": "src1"},
        "_claim_sources": {"src1": {"endpoint": "https://graph.example"}},
    }
    assert there.signs_in(providers, **elsewhere).unfollowed == [Unfollowed(None, "claim-missing")]
    assert roles_of(ours) == {"coach"}
    assert there.signs_in(providers).unfollowed == []
    assert roles_of(ours) == frozenset()


def test_what_the_token_leaves_out_is_asked_for_and_counts_of_the_same_account_alone(
    ours: Here, providers: OpenIdProviders, there: Forger
) -> None:
    there.userinfo = {"sub": "noah", "groups": ["IT"]}
    assert there.signs_in(providers).unfollowed == [Unfollowed(None, "provider-unavailable")]
    assert roles_of(ours) == frozenset()
    there.userinfo = {"sub": "mia", "groups": ["Tutors"]}
    assert there.signs_in(providers).unfollowed == []
    assert roles_of(ours) == {"coach"}
    there.metadata = {"userinfo_endpoint": None}
    afresh = ours.at(configured(there.issuer, roles=FOLLOWED))
    assert there.signs_in(afresh).unfollowed == [Unfollowed(None, "claim-missing")]


def test_nothing_follows_where_the_operator_follows_nothing(ours: Here, there: Forger) -> None:
    there.signs_in(ours.at(configured(there.issuer)), groups=["IT"])
    assert about_roles(ours) == []


def test_an_account_that_signs_nobody_in_gives_nobody_a_role(
    ours: Here, providers: OpenIdProviders, there: Forger
) -> None:
    there.signs_in(providers, groups=["Tutors"])
    before = about_roles(ours)
    others: list[dict[str, Any]] = [
        {"sub": "also mia"},
        {"sub": "x", "email": "nobody@college.example"},
        {"nonce": "of another"},
    ]
    for other in others:
        with pytest.raises(Unauthenticated):
            there.signs_in(providers, **cast(Any, {"groups": ["IT"], **other}))
    (mine, _) = ours.ids()
    ours.take_away(mine)
    with pytest.raises(Unauthenticated):
        there.signs_in(providers, groups=["IT"])
    assert about_roles(ours) == before


def test_a_role_that_an_administrator_ended_stays_ended_and_is_told_as_not_followed(
    ours: Here, providers: OpenIdProviders, there: Forger
) -> None:
    there.signs_in(providers, groups=["Tutors"])
    ours.handler.execute(EndRole(person_id=MIA, role="coach", reason="She left."), ADMIN)
    for groups in (["Tutors"], [], ["Tutors"]):
        there.signs_in(providers, groups=groups)
        assert roles_of(ours) == frozenset()
    refused = there.signs_in(providers, groups=["Tutors"]).unfollowed
    assert refused == [Unfollowed("coach", "role-ended-here")]
    ours.handler.execute(GrantRole(person_id=MIA, role="coach"), ADMIN)
    there.signs_in(providers, groups=[])
    assert roles_of(ours) == {"coach"}


def test_the_last_administrator_comes_in_as_one_although_the_provider_says_so_no_more(
    ours: Here, providers: OpenIdProviders, there: Forger
) -> None:
    there.signs_in(providers, groups=["IT"])
    ours.handler.execute(EndRole(person_id=ADMIN, role="administrator"), MIA)
    signed_in = there.signs_in(providers, groups=[])
    assert (signed_in.person, signed_in.unfollowed) == (MIA, [Unfollowed("administrator", "last-administrator")])
    assert roles_of(ours) == {"administrator"}


def test_two_providers_speak_each_for_what_it_gave(ours: Here, there: Forger) -> None:
    town = Followed("groups", {"assessor": frozenset({"Tutors"})})
    with forger() as other:
        both = ours.at(configured(there.issuer, roles=FOLLOWED), configured(other.issuer, "town", roles=town))
        there.signs_in(both, groups=["Tutors"])
        begun_there = [fact for fact in about_roles(ours) if isinstance(fact, RoleGranted)]
        assert [fact.role for fact in begun_there] == ["coach"]
        other.signs_in(both, provider="town", sub="m", aud="portfolio-town", groups=["Tutors"])
        assert roles_of(ours) == {"coach", "assessor"}
        other.signs_in(both, provider="town", sub="m", aud="portfolio-town", groups=[])
        assert roles_of(ours) == {"coach"}


def test_a_word_that_is_older_than_the_last_changes_nothing(
    ours: Here, providers: OpenIdProviders, there: Forger
) -> None:
    there.signs_in(providers, groups=["Tutors"])
    there.signs_in(providers, groups=["Assessors"], iat=int((now() - timedelta(minutes=1)).timestamp()))
    assert roles_of(ours) == {"coach"}


def test_a_logout_token_gives_and_ends_no_role(ours: Here, providers: OpenIdProviders, there: Forger) -> None:
    there.signs_in(providers, groups=["Tutors"])
    before = about_roles(ours)
    providers.ended("college", logout_token(there, groups=["IT"]))
    providers.ended("college", logout_token(there, groups=[], jti="two"))
    assert about_roles(ours) == before


def test_the_provider_is_asked_for_the_scope_that_the_operator_names(ours: Here, there: Forger) -> None:
    providers = ours.at(configured(there.issuer, roles=Followed("groups", GIVEN, scope="groups")))
    assert "scope=openid+email+groups&" in providers.begin("college").address
