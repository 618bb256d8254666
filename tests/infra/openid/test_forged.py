"""What a provider could say and must not: each check of an answer is broken once, and the answer refused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from infra.identity.openid.discovered import LONGEST_ANSWER
from infra.identity.openid.providers import OpenIdProviders
from portfolio.application.ports import Unauthenticated
from portfolio.application.providers import ProviderUnavailable
from tests.infra.openid.forged import KEY, NEXT_KEY, SOMEBODYS, Forger, forger, signed
from tests.infra.openid.given import MIA, NOAH, Here, configured, now

PUBLIC = KEY.as_dict(private=False)
LOGOUT: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}


@pytest.fixture(scope="module")
def listening() -> Iterator[Forger]:
    with forger() as there:
        yield there


@pytest.fixture
def there(listening: Forger) -> Forger:
    fresh = Forger(listening.issuer)
    listening.__dict__.update(fresh.__dict__)
    return listening


@pytest.fixture
def providers(ours: Here, there: Forger) -> OpenIdProviders:
    return ours.at(configured(there.issuer))


def seconds(later: int) -> int:
    return int(now().timestamp()) + later


def test_a_good_answer_is_taken(providers: OpenIdProviders, there: Forger) -> None:
    assert there.signs_in(providers).person == MIA


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://another.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["portfolio-college", "another"]}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"nonce": "of another question"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"exp": seconds(-100)}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": seconds(100_000)}, "issued in the future"),
        ({"iat": None}, "iat"),
        ({"nbf": seconds(100_000)}, "not yet valid"),
        ({"at_hash": "bm90IHRoaXMgb25l"}, "at_hash"),
    ],
)
def test_a_token_that_is_not_the_answer_to_our_question_is_refused(
    ours: Here, providers: OpenIdProviders, there: Forger, caplog: pytest.LogCaptureFixture, claims: Any, why: str
) -> None:
    with pytest.raises(Unauthenticated, match="What came back from College cannot be trusted"):
        there.signs_in(providers, **claims)
    assert why in caplog.text
    assert ours.facts() == []


@pytest.mark.parametrize(
    ("key", "header"),
    [
        (SOMEBODYS, {}),
        (NEXT_KEY, {}),
        (KEY, {"kid": "two"}),
        (KEY, {"alg": "none"}),
        (KEY.as_pem(private=False), {"alg": "HS256", "kid": "one"}),
        (b"a secret of these tests / + =", {"alg": "HS256", "kid": "one"}),
        (SOMEBODYS, {"jwk": SOMEBODYS.as_dict(private=False)}),
        (SOMEBODYS, {"jku": "http://127.0.0.1:1/keys"}),
        (KEY, {"crit": ["exp"], "exp": 1}),
    ],
    ids=["signature", "another key", "unknown key", "none", "public as secret", "secret", "jwk", "jku", "crit"],
)
def test_a_token_that_the_provider_has_not_signed_is_refused(
    ours: Here, providers: OpenIdProviders, there: Forger, key: ECKey | bytes, header: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated, match="What came back from College cannot be trusted"):
        there.signs_in(providers, key, header)
    assert ours.facts() == []


@pytest.mark.parametrize(
    "granted", [{}, {"access_token": "any"}, {"id_token": "x.y.z", "access_token": "any"}, {"error": "invalid_grant"}]
)
def test_without_an_id_token_nobody_signs_in(
    providers: OpenIdProviders, there: Forger, granted: dict[str, str]
) -> None:
    begun = providers.begin("college")
    state = begun.address.partition("state=")[2].partition("&")[0]
    there.granted = granted
    with pytest.raises((Unauthenticated, ProviderUnavailable)):
        providers.finish("college", begun.kept, {"state": state, "code": "any"})


def test_an_issuer_is_the_very_one_that_the_operator_named(providers: OpenIdProviders, there: Forger) -> None:
    for like in (f"{there.issuer}/", there.issuer.upper(), there.issuer.replace("127.0.0.1", "localhost")):
        with pytest.raises(Unauthenticated, match="cannot be trusted"):
            there.signs_in(providers, iss=like)


def test_the_same_name_at_another_provider_is_another_account(ours: Here, there: Forger) -> None:
    with forger() as other:
        both = ours.at(configured(there.issuer), configured(other.issuer, "town"))
        there.signs_in(both)
        noah = other.signs_in(both, provider="town", aud="portfolio-town", email="noah@college.example")
        assert noah.person == NOAH
        assert there.signs_in(both).person == MIA
    assert len(ours.ids()) == 2


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post"])
def test_the_secret_goes_to_the_provider_that_takes_the_code_and_nowhere_else(
    providers: OpenIdProviders, there: Forger, way: str
) -> None:
    there.metadata = {"token_endpoint_auth_methods_supported": [way]}
    there.signs_in(providers)
    ((credentials, body),) = there.sent
    assert credentials.startswith("Basic ") == (way == "client_secret_basic")
    assert ("client_secret=" in body) == (way == "client_secret_post")
    assert "code_verifier=" in body
    assert not any("secret" in asked or "code" in asked for asked in there.asked)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token", "/me"])
def test_a_provider_that_leads_elsewhere_is_not_followed(providers: OpenIdProviders, there: Forger, path: str) -> None:
    there.userinfo = {"sub": "mia", "email": "mia@college.example", "email_verified": True}
    there.elsewhere = {path: f"{there.issuer}/elsewhere"}
    with pytest.raises((Unauthenticated, ProviderUnavailable)):
        there.signs_in(providers, email=None)
    assert path in there.asked
    assert "/elsewhere" not in there.asked


def test_an_answer_without_end_is_not_read_to_its_end(providers: OpenIdProviders, there: Forger) -> None:
    there.metadata = {"service_documentation": "x" * LONGEST_ANSWER}
    with pytest.raises(ProviderUnavailable):
        providers.begin("college")


def test_a_token_of_a_clock_that_is_far_ahead_or_behind_is_refused(providers: OpenIdProviders, there: Forger) -> None:
    for iat, exp in ((seconds(90), seconds(390)), (seconds(-390), seconds(-90))):
        with pytest.raises(Unauthenticated, match="cannot be trusted"):
            there.signs_in(providers, iat=iat, exp=exp)


@pytest.mark.parametrize("later", [-30, 30])
def test_clocks_may_be_a_little_apart(providers: OpenIdProviders, there: Forger, later: int) -> None:
    assert there.signs_in(providers, iat=seconds(later), exp=seconds(later)).person == MIA


def test_a_sign_in_is_begun_and_finished_within_ten_minutes(ours: Here, there: Forger) -> None:
    clock = [now()]
    providers = ours.at(configured(there.issuer), clock=lambda: clock[0])
    begun = providers.begin("college")
    clock[0] += timedelta(minutes=10)
    with pytest.raises(Unauthenticated, match="more than ten minutes ago"):
        providers.finish("college", begun.kept, {})


def test_a_key_that_is_new_is_fetched_and_one_that_was_taken_away_is_not_taken_for_long(
    ours: Here, there: Forger
) -> None:
    clock = [now()]
    providers = ours.at(configured(there.issuer), clock=lambda: clock[0])
    assert there.signs_in(providers).person == MIA
    there.keys = [NEXT_KEY.as_dict(private=False)]
    with pytest.raises(Unauthenticated):  # keys were fetched a moment ago
        there.signs_in(providers, NEXT_KEY)
    clock[0] += timedelta(seconds=5)
    assert there.signs_in(providers, NEXT_KEY).person == MIA
    with pytest.raises(Unauthenticated):
        there.signs_in(providers, KEY)
    asked = there.asked.count("/keys")
    with pytest.raises(Unauthenticated):
        there.signs_in(providers, KEY)
    assert there.asked.count("/keys") == asked, "made-up keys are looked for now and then only"


def test_a_key_is_not_taken_five_minutes_after_the_provider_took_it_away(ours: Here, there: Forger) -> None:
    clock = [now()]
    providers = ours.at(configured(there.issuer), clock=lambda: clock[0])
    there.signs_in(providers)
    there.keys = [NEXT_KEY.as_dict(private=False)]
    clock[0] += timedelta(minutes=5)
    later = int(clock[0].timestamp())
    with pytest.raises(Unauthenticated):
        there.signs_in(providers, KEY, iat=later, exp=later + 300)


@pytest.mark.parametrize(
    "keys",
    [
        [PUBLIC],
        [
            {**PUBLIC, "use": "sig", "alg": "ES256"},
            {"kty": "nonsense"},
            "nonsense",
            {**PUBLIC, "kid": "two", "use": "enc"},
        ],
        [PUBLIC, RSAKey.generate_key(2048, {"kid": "two"}).as_dict(private=False)],
    ],
)
def test_of_the_keys_that_a_provider_shows_the_right_one_is_taken(
    providers: OpenIdProviders, there: Forger, keys: list[Any]
) -> None:
    there.keys = keys
    assert there.signs_in(providers).person == MIA


@pytest.mark.parametrize(
    "keys",
    [
        [],
        "nonsense",
        [OctKey.generate_key(256, {"kid": "one"}).as_dict()],
        [{**PUBLIC, "use": "enc"}],
        [{**PUBLIC, "alg": "RS256"}],
        [PUBLIC, {**NEXT_KEY.as_dict(private=False), "kid": "one"}],
    ],
    ids=["none", "no list", "a secret", "for something else", "for another way", "two of a name"],
)
def test_a_provider_that_shows_no_fitting_key_signs_nobody_in(
    providers: OpenIdProviders, there: Forger, keys: Any
) -> None:
    there.keys = keys
    with pytest.raises((Unauthenticated, ProviderUnavailable)):
        there.signs_in(providers)


def test_a_token_that_names_no_key_is_of_the_only_one(ours: Here, providers: OpenIdProviders, there: Forger) -> None:
    assert there.signs_in(providers, header={"kid": ""}).person == MIA
    there.keys = [PUBLIC, NEXT_KEY.as_dict(private=False)]
    with pytest.raises(Unauthenticated):
        there.signs_in(ours.at(configured(there.issuer)), header={"kid": ""})


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({"issuer": "https://another.example"}, "calls itself"),
        ({"authorization_endpoint": "http://login.example/auth"}, "authorization_endpoint"),
        ({"token_endpoint": "http://login.example/token"}, "token_endpoint"),
        ({"userinfo_endpoint": "http://login.example/me"}, "userinfo_endpoint"),
        ({"end_session_endpoint": "http://login.example/end"}, "end_session_endpoint"),
        ({"jwks_uri": None}, "jwks_uri"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "client secret"),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_asked(
    providers: OpenIdProviders, there: Forger, caplog: pytest.LogCaptureFixture, metadata: dict[str, Any], why: str
) -> None:
    there.metadata = metadata
    with pytest.raises(ProviderUnavailable):
        providers.begin("college")
    assert why in caplog.text


def test_what_a_provider_says_beside_the_token_counts_only_of_the_same_account(
    providers: OpenIdProviders, there: Forger
) -> None:
    there.userinfo = {"sub": "noah", "email": "mia@college.example", "email_verified": True}
    with pytest.raises(ProviderUnavailable):
        there.signs_in(providers, email=None)
    there.userinfo["sub"] = "mia"
    assert there.signs_in(providers, email=None).person == MIA


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 0, 2, {}, ["true"]])
def test_an_address_counts_only_where_the_provider_says_that_it_has_verified_it(
    providers: OpenIdProviders, there: Forger, verified: object
) -> None:
    with pytest.raises(Unauthenticated, match="no e-mail address of yours that it has verified"):
        there.signs_in(providers, email_verified=verified)


def test_an_operator_may_name_the_claim_that_says_so(ours: Here, there: Forger) -> None:
    providers = ours.at(configured(there.issuer, verified_by="xms_edov"))
    with pytest.raises(Unauthenticated):
        there.signs_in(providers)
    assert there.signs_in(providers, email_verified=None, xms_edov="1").person == MIA


def logout_token(there: Forger, key: ECKey = KEY, header: dict[str, Any] | None = None, **other: Any) -> str:
    good = {"email": None, "email_verified": None, "jti": "one", "events": LOGOUT, "sid": "a session"}
    return signed(there.claims(**{**good, **other}), key, header)


def test_a_provider_says_that_a_session_has_ended(providers: OpenIdProviders, there: Forger) -> None:
    by_session = there.signs_in(providers, sid="a session")
    another = there.signs_in(providers, sid="another session")
    ended = providers.ended("college", logout_token(there, header={"typ": "logout+jwt"}))
    assert ended in by_session.origin.split()
    assert ended not in another.origin.split()
    with pytest.raises(Unauthenticated, match="was used before"):
        providers.ended("college", logout_token(there))


def test_a_provider_says_that_all_sessions_of_an_account_have_ended(providers: OpenIdProviders, there: Forger) -> None:
    opened = [there.signs_in(providers, sid=sid) for sid in ("a session", "another", None)]
    ended = providers.ended("college", logout_token(there, sid=None))
    assert all(ended in each.origin.split() for each in opened)
    assert providers.ended("college", logout_token(there, sid=None, sub="noah", jti="two")) != ended


@pytest.mark.parametrize(
    "other",
    [
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"events": None},
        {"events": {"http://schemas.openid.net/event/another": {}}},
        {"events": list(LOGOUT)},
        {"nonce": "any"},
        {"sub": None, "sid": None},
        {"jti": None},
        {"iat": None},
        {"exp": None},
        {"exp": seconds(-100)},
        {"key": SOMEBODYS},
        {"header": {"alg": "none"}},
    ],
)
def test_a_logout_token_that_is_not_the_providers_ends_nothing(
    providers: OpenIdProviders, there: Forger, other: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated, match="not to be trusted"):
        providers.ended("college", logout_token(there, **other))


def test_an_id_token_is_no_logout_token_and_none_is_an_id_token(providers: OpenIdProviders, there: Forger) -> None:
    there.signs_in(providers)
    with pytest.raises(Unauthenticated):
        providers.ended("college", there.granted["id_token"])
    begun = providers.begin("college")
    state = begun.address.partition("state=")[2].partition("&")[0]
    there.granted = {"id_token": logout_token(there), "access_token": "any"}
    with pytest.raises(Unauthenticated):
        providers.finish("college", begun.kept, {"state": state, "code": "any"})
