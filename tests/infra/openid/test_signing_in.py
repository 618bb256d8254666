"""Signing in at a real provider: who somebody is here, and what of an answer is refused (IDENTITY-1, -2, -3)."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest

from infra.identity.openid.provider import Provider
from infra.identity.openid.providers import OpenIdProviders
from portfolio.application.ports import Unauthenticated
from portfolio.application.providers import ProviderUnavailable
from portfolio.domain.kernel import NotVisible
from tests.infra.openid.given import MIA, NOAH, OURS, Here, configured, now, signs_in
from tests.infra.openid.real import Browser, client, provider, query_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Give the one provider of these tests, which knows us twice."""
    with provider(client(OURS), client(OURS, "town")) as address:
        yield address


@pytest.fixture
def providers(ours: Here, issuer: str) -> OpenIdProviders:
    return ours.at(configured(issuer))


def test_who_signs_in_is_the_person_of_the_address_that_the_provider_has_verified(
    ours: Here, providers: OpenIdProviders
) -> None:
    assert signs_in(providers, "mia").person == MIA
    assert signs_in(providers, "noah").person == NOAH
    assert ours.facts() == ["identity.linked"] * 2


def test_an_account_is_known_again_whatever_became_of_its_address(ours: Here, providers: OpenIdProviders) -> None:
    first = signs_in(providers, "mia")
    ours.addresses["mia@college.example"] = NOAH
    again = signs_in(providers, "mia")
    assert (first.person, again.person) == (MIA, MIA)
    assert ours.facts() == ["identity.linked"]


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ("unverified", "College says no e-mail address of yours that it has verified"),
        ("nameless", "College says no e-mail address of yours that it has verified"),
        ("stranger", "Nobody is registered here with the e-mail address that you have at College"),
    ],
)
def test_nobody_comes_in_without_a_registered_address_that_is_verified(
    ours: Here, providers: OpenIdProviders, account: str, told: str
) -> None:
    with pytest.raises(Unauthenticated, match=told):
        signs_in(providers, account)
    assert ours.facts() == []


def test_a_second_account_with_the_same_address_is_refused_and_that_is_recorded_once(
    ours: Here, providers: OpenIdProviders
) -> None:
    signs_in(providers, "mia")
    for _ in range(2):
        with pytest.raises(Unauthenticated, match="you sign in here with another account"):
            signs_in(providers, "also-mia")
    assert ours.facts() == ["identity.linked", "identity.refused"]
    first, second = ours.ids()
    ours.take_away(first)
    assert signs_in(providers, "also-mia").person == MIA
    with pytest.raises(Unauthenticated, match="this account was taken from you"):
        signs_in(providers, "mia")
    ours.take_away(second)
    ours.accept(first)
    assert signs_in(providers, "mia").person == MIA


def test_nothing_that_is_recorded_names_the_account_or_the_address(ours: Here, providers: OpenIdProviders) -> None:
    signs_in(providers, "also-mia")
    stored = (ours.session().history(identity) for identity in ours.ids())
    told = str([*stored])
    assert told
    assert not re.search(r"also-mia|mia@", told)


def test_an_answer_is_good_once(providers: OpenIdProviders) -> None:
    begun = providers.begin("college")
    answer = query_of(Browser(OURS).signs_in(begun.address, "mia"))
    providers.finish("college", begun.kept, answer)
    with pytest.raises(Unauthenticated, match="ended already: begin it again"):
        providers.finish("college", begun.kept, answer)


def test_a_code_that_was_used_is_refused_by_the_provider_too(ours: Here, providers: OpenIdProviders) -> None:
    begun = providers.begin("college")
    answer = query_of(Browser(OURS).signs_in(begun.address, "mia"))
    providers.finish("college", begun.kept, answer)
    ours.seen.clear()
    with pytest.raises(Unauthenticated, match="cannot be trusted"):
        providers.finish("college", begun.kept, answer)


def test_a_code_of_another_browsers_sign_in_is_worth_nothing(providers: OpenIdProviders) -> None:
    """Whoever slips somebody their own answer has neither the cookie's state nor, with that, its verifier."""
    theirs, mine = providers.begin("college"), providers.begin("college")
    answer = query_of(Browser(OURS).signs_in(theirs.address, "noah"))
    with pytest.raises(Unauthenticated, match="cannot be trusted"):
        providers.finish("college", mine.kept, answer)
    state = query_of(mine.address)["state"]
    with pytest.raises(Unauthenticated, match="not begun in this browser"):
        providers.finish("college", mine.kept, {**answer, "state": state})
    another = providers.begin("college")
    with pytest.raises(Unauthenticated, match="cannot be trusted"):
        providers.finish("college", another.kept, {**answer, "state": query_of(another.address)["state"]})


@pytest.mark.parametrize("kept", ["", "nonsense", "a.b.c.d.e"])
def test_an_answer_is_taken_in_the_browser_that_asked(providers: OpenIdProviders, kept: str) -> None:
    begun = providers.begin("college")
    answer = query_of(Browser(OURS).signs_in(begun.address, "mia"))
    with pytest.raises(Unauthenticated, match="not begun in this browser"):
        providers.finish("college", kept, answer)


def test_an_answer_of_one_provider_is_not_taken_for_anothers(ours: Here, issuer: str) -> None:
    several = ours.at(configured(issuer), configured(issuer, "town"))
    begun = several.begin("town")
    answer = query_of(Browser(OURS).signs_in(begun.address, "mia"))
    with pytest.raises(Unauthenticated, match="not begun in this browser"):
        several.finish("college", begun.kept, answer)
    begun = several.begin("town")
    answer = query_of(Browser(OURS).signs_in(begun.address, "mia"))
    for named in ({**answer, "iss": "https://another.example"}, {k: v for k, v in answer.items() if k != "iss"}):
        with pytest.raises(Unauthenticated, match="cannot be trusted"):
            several.finish("town", begun.kept, named)
        ours.seen.clear()
    assert several.finish("town", begun.kept, answer).person == MIA


def test_who_lets_it_be_at_the_provider_is_told_so(providers: OpenIdProviders) -> None:
    begun, browser = providers.begin("college"), Browser(OURS)
    page = browser.session.get(begun.address)
    abort = re.search(r'href="([^"]+/abort)"', page.text)
    assert abort
    there = urljoin(page.url, abort[1])
    back = browser.follows(browser.session.get(there, allow_redirects=False))
    with pytest.raises(Unauthenticated, match="College has not signed you in"):
        providers.finish("college", begun.kept, query_of(back))


def test_the_provider_is_asked_for_no_more_than_it_takes(providers: OpenIdProviders) -> None:
    asked = query_of(providers.begin("college").address)
    assert asked["scope"] == "openid email"
    assert asked["redirect_uri"] == f"{OURS}/sign-in/with/college/return"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert "client_secret" not in asked


def test_a_wrong_secret_is_found_out_and_never_told(ours: Here, issuer: str, caplog: pytest.LogCaptureFixture) -> None:
    wrong = ours.at(configured(issuer, client_secret="another secret"))
    with pytest.raises(Unauthenticated, match="cannot be trusted"):
        signs_in(wrong, "mia")
    assert "invalid_client" in caplog.text
    assert "another secret" not in caplog.text
    assert "another secret" not in repr(configured(issuer, client_secret="another secret"))


def test_who_signs_out_is_sent_to_the_provider_they_came_from(providers: OpenIdProviders) -> None:
    browser = Browser(OURS)
    place = providers.leave(signs_in(providers, "mia", browser=browser).kept)
    asked = query_of(place)
    assert asked["client_id"] == "portfolio-college"
    assert asked["post_logout_redirect_uri"] == f"{OURS}/sign-in"
    assert browser.follows(browser.session.get(place, allow_redirects=False), logout="yes") == f"{OURS}/sign-in"
    assert providers.leave("") == providers.leave("nonsense") == ""


def test_a_provider_that_does_not_answer_or_is_none_is_said_to_be_so(ours: Here, providers: OpenIdProviders) -> None:
    with pytest.raises(NotVisible):
        providers.begin("town")
    away = ours.at(configured("http://127.0.0.1:1"))
    with pytest.raises(ProviderUnavailable, match="College does not answer as it should"):
        away.begin("college")
    assert away.offered == [("college", "College")]


def test_whether_a_provider_knows_us_is_found_out_without_anybody_signing_in(issuer: str) -> None:
    assert Provider(configured(issuer), OURS, now).knows_us()
    assert not Provider(configured(issuer, client_secret="another"), OURS, now).knows_us()
