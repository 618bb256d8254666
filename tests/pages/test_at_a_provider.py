"""Somebody signs in at a real provider, and out again, here and there: a browser, our pages, theirs, all over HTTP."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from infra.identity.openid.followed import Followed
from infra.identity.openid.providers import OpenIdProviders
from infra.identity.openid.sealed import Seal
from portfolio.application.providers import Accounts
from tests.api.conftest import Tell
from tests.api.world import World
from tests.infra.openid.given import SECRET, configured, now
from tests.infra.openid.real import Browser, client, provider, query_of
from tests.pages.visitor import Visitor
from tests.security import Listed

pytestmark = pytest.mark.slow

LIKE_A_BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Service:
    """Our service on a port, and the provider that it sends people to."""

    world: World
    base: str
    issuer: str
    security: Listed

    def browser(self) -> Browser:
        browser = Browser(self.base)
        browser.session.headers.update(LIKE_A_BROWSER)
        return browser

    def signs_in(self, browser: Browser, account: str = "mia") -> requests.Response:
        """Go from our page to theirs and back."""
        begun = browser.session.get(f"{self.base}/sign-in/with/college", allow_redirects=False)
        back = browser.follows(begun, login=account)
        return browser.session.get(back, allow_redirects=False)

    def home(self, browser: Browser) -> requests.Response:
        return browser.session.get(f"{self.base}/")


@pytest.fixture(scope="module")
def service(stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("service")
    behind: list[Any] = []
    server = make_server("127.0.0.1", 0, lambda environ, start: behind[0](environ, start), threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    told: dict[str, Any] = {
        "backchannel_logout_uri": f"{base}/sign-in/with/college/ended",
        "backchannel_logout_session_required": True,
    }
    copied = closing(stages("people").copy(folder / "world", base_url=base))
    with provider(client(base, **told)) as issuer, copied as world:
        known = {"mia@college.example": world["mia"], "tutor@college.example": world["noah"]}
        accounts = Accounts(world.handler, known.get)
        follows = Followed("groups", {"coach": frozenset({"Tutors"})}, scope="groups")
        providers = OpenIdProviders(
            [configured(issuer, roles=follows)], accounts, Seal(SECRET, now), world.services.sign_in.once, base, now
        )
        security = Listed()
        world.services = replace(world.services, providers=providers, security=security)
        behind.append(world.app.wsgi_app)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Service(world, base, issuer, security)
        server.shutdown()
        thread.join()


def test_somebody_signs_in_and_out_at_the_provider(service: Service) -> None:
    browser = service.browser()
    wanted = browser.session.get(f"{service.base}/people/{service.world['mia']}")
    assert wanted.status_code == 401
    assert "Sign in with College" in wanted.text
    answer = service.signs_in(browser)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/people/{service.world['mia']}")
    assert "asked" not in browser.session.cookies.get_dict()
    assert "Mia" in service.home(browser).text
    out = browser.session.post(f"{service.base}/sign-out", allow_redirects=False)
    assert out.status_code == 200
    there = out.text.partition("url=")[2].partition('"')[0].replace("&amp;", "&")
    assert there.startswith(f"{service.issuer}/session/end?")
    again = browser.follows(browser.session.get(there, allow_redirects=False), logout="yes")
    assert again == f"{service.base}/sign-in"
    assert service.home(browser).status_code == 401
    assert "came-from" not in browser.session.cookies.get_dict()


def test_who_signs_out_at_the_provider_is_signed_out_here(service: Service) -> None:
    browser, elsewhere = service.browser(), service.browser()
    service.signs_in(browser)
    service.signs_in(elsewhere)
    browser.signs_out(f"{service.issuer}/session/end")
    assert service.home(browser).status_code == 401
    assert service.home(elsewhere).status_code == 200


def test_an_answer_that_is_not_for_this_browser_lets_nobody_in(service: Service) -> None:
    browser = service.browser()
    begun = browser.session.get(f"{service.base}/sign-in/with/college", allow_redirects=False)
    back = browser.follows(begun, login="mia")
    victim = service.browser().session.get(back, allow_redirects=False)
    assert victim.status_code == 401
    assert "not begun in this browser" in victim.text
    assert not victim.cookies.get_dict()


def test_what_a_browser_keeps_of_a_sign_in_is_for_us_alone_and_no_session_from_before_goes_on(service: Service) -> None:
    browser = service.browser()
    browser.session.cookies.set("portfolio", "made up by somebody else", domain="127.0.0.1")
    begun = browser.session.get(f"{service.base}/sign-in/with/college?next=https://evil.example", allow_redirects=False)
    assert begun.headers["Location"].startswith(f"{service.issuer}/auth?")
    assert "evil" not in begun.headers["Location"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"} <= set(begun.headers["Set-Cookie"].split("; "))
    back = browser.follows(begun, login="mia")
    let_in = browser.session.get(back, allow_redirects=False)
    session = let_in.headers["Set-Cookie"].partition("portfolio=")[2].partition(";")[0]
    assert session
    assert session != "made up by somebody else"


def test_a_refused_answer_is_told_without_what_it_said_and_its_code_goes_nowhere(service: Service) -> None:
    browser = service.browser()
    begun = browser.session.get(f"{service.base}/sign-in/with/college", allow_redirects=False)
    state = query_of(begun.headers["Location"])["state"]
    said = {"error": "<b>call 0900</b>", "error_description": "call 0900", "state": state, "iss": service.issuer}
    there = f"{service.base}/sign-in/with/college/return"
    answer = browser.session.get(there, params=said, allow_redirects=False)
    assert answer.status_code == 401
    assert "College has not signed you in" in answer.text
    assert "0900" not in answer.text
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_is_not_known_here_is_told_what_to_do(service: Service) -> None:
    answer = service.signs_in(service.browser(), "stranger")
    assert answer.status_code == 401
    assert "Nobody is registered here with the e-mail address that you have at College" in answer.text
    assert "Sign in with College" in answer.text


def test_a_provider_that_there_is_not_is_not_there(service: Service) -> None:
    assert requests.get(f"{service.base}/sign-in/with/another", timeout=60).status_code == 404
    ended = f"{service.base}/sign-in/with/college/ended"
    assert requests.post(ended, data={"logout_token": "x.y.z"}, timeout=60).status_code == 400
    assert requests.post(ended, timeout=60).status_code == 400


def test_a_role_that_the_provider_speaks_of_is_given_once_and_ended_here_for_good(service: Service) -> None:
    world, security = service.world, service.security
    assert service.signs_in(service.browser(), "tutor").status_code == 303
    page = Visitor(world, "admin").reads("/people/{noah}")
    assert "given by sign-in at College" in page.text
    assert world.as_("noah").sees("/people/{noah}/identities")["unfollowed"] == []
    world.as_("admin").does("/people/{noah}/roles/end", {"role": "coach", "reason": "He teaches no more."})
    security.lines.clear()
    browser = service.browser()
    assert service.signs_in(browser, "tutor").status_code == 303
    assert service.home(browser).status_code == 200
    noted = {"how": "provider college", "role": "coach", "why": "role-ended-here"}
    assert ("roles-not-followed", world["noah"], noted) in security.lines
    page = Visitor(world, "admin").reads("/people/{noah}")
    assert (
        "What College said last gives them the role coach, which they do not hold. This role of theirs was ended here"
        in page.text
    )
    (left,) = world.as_("admin").sees("/people/{noah}/identities")["unfollowed"]
    assert (left["role"], left["wanted"], left["refusal"]) == ("coach", "given", "role-ended-here")
