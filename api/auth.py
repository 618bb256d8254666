"""Who is calling: a program by its bearer token, a browser by its session; nobody else gets past the door."""

import re
from contextlib import suppress
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Flask, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.browsers import browser_in_words
from api.errors import CrossSiteRequest, challenge, problem, status_of, wants_page
from api.rates import address as client_address
from api.rates import count
from api.security import note
from api.services import SAFE, services
from portfolio.application.invitations import take_up
from portfolio.application.ports import FactUnreadable, Unauthenticated
from portfolio.application.programs import SignedIn, acting_by
from portfolio.domain.kernel import NotPermitted

OPEN = {
    "api-docs.openapi_json": "the reference is public",
    "docs.reference": "the reference is public",
    "docs.resource": "the reference is public",
    "docs.call": "the reference is public",
    "docs.shape": "the reference is public",
    "docs.all_problems": "an error's type leads here",
    "docs.one_problem": "an error's type leads here",
    "docs.help_page": "who cannot sign in needs it most",
    "docs.help_for": "who cannot sign in needs it most",
    "health.up": "asked by machines that watch the service",
    "health.ready": "asked by machines that watch the service",
    "health.metrics": "asked by machines that watch the service; nothing in it is about a person",
    "oauth.issue_token": "a program shows here which one it is",
    "oauth.public_keys": "what is signed here can be checked by anybody",
    "oauth.metadata": "it says where programs sign in",
    "by_mail.ask": "nobody is signed in yet",
    "by_mail.asked": "nobody is signed in yet",
    "by_mail.look": "nobody is signed in yet",
    "by_mail.press": "nobody is signed in yet",
    "sign_in.show": "nobody is signed in yet",
    "sign_in.enter": "nobody is signed in yet",
    "providers.begin": "nobody is signed in yet",
    "providers.finish": "the answer of a provider says who it is",
    "providers.end": "the signature of a provider is the permission",
    "uploads.receive_part": "the signature in the address is the permission",
    "static": "style and script are public",
}
"""The only routes that answer without knowing who asks, and why."""

API = "/v1/"
"""Below which programs find what is for them."""
TRIED = ("sign_in.enter", "providers.finish")
"""The routes at which somebody tries to sign in."""

ENDING = "sign_in.leave"
"""The route that whoever is suspended uses too, or whose record cannot be read: it ends their session."""

LONGEST_CODE = 10_000
"""Bytes of the form with a code: whole links are pasted there too."""

PORTS = {"http": 80, "https": 443}

WANTED = "wanted"
"""The cookie that holds the address of the page somebody wanted before they signed in."""

WANTED_SECONDS = 1800

PAGE = re.compile(r"[/](?![/\\])[!-~]{0,2000}")
"""An address below our root; browsers read two slashes, or one and a backslash, as the name of another site."""

blueprint = Blueprint("sign_in", __name__)


class PageForPeople(NotPermitted, rule="PROGRAM-1"):
    """Pages are for people: a program uses the calls below /v1."""


CAME_FROM = "came-from"
"""The cookie that holds what is needed to sign out at the provider where somebody signed in."""


def cookie_name(what: str = "portfolio") -> str:
    """Return a cookie's name, the session's if none is given."""
    return cookie_of(services().base_url, what)


def cookie_of(base_url: str, what: str = "portfolio") -> str:
    """Return the name of a cookie of the service at ``base_url``; by https browsers bind it to this host, or to https.

    What is bound to a host is sent to all of it: below a path of its own a deployment cannot have that.
    """
    base = urlsplit(base_url)
    if base.scheme != "https":
        return what
    return f"__Secure-{what}" if base.path else f"__Host-{what}"


def cookie_path() -> str:
    """Return below which path browsers send the session's cookie: ours, and to no other deployment on this host."""
    return request.script_root or "/"


def secure() -> bool:
    """Tell whether people reach this service by https."""
    return services().base_url.startswith("https:")


def identify() -> None:
    """Find out who is calling before any route runs; raise ``Unauthenticated`` if nobody can be named.

    The record is looked at once for all of it, and for all that is only read afterwards.
    """
    if request.endpoint is None or request.endpoint in OPEN:
        return
    moves = services().journal.moves
    moves.hold()
    with suppress(*([FactUnreadable] if request.endpoint == ENDING else [])):
        caller_of_request()
    if request.endpoint != ENDING:
        services().session().check_not_shut_out(g.person)
    if request.method not in SAFE:
        moves.let_go()


def let_go(answer: Response) -> Response:
    """Hold no look at the record any longer: what is streamed from here on goes by the record as it is then."""
    services().journal.moves.let_go()
    return answer


def caller_of_request() -> None:
    """Note whose token or session this request carries; raise ``Unauthenticated``, ``ProgramStopped``."""
    bearer = bearer_of_request()
    if isinstance(bearer, UUID):
        g.person = bearer
        return
    if not request.path.startswith(API):
        raise PageForPeople
    g.program = bearer.program_id
    acting = acting_by(services().session(), bearer)
    g.person, g.services = acting.person, services().for_program(acting)


def bearer_of_request() -> UUID | SignedIn:
    """Return the person or program whose token this request carries, or the person whose session."""
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("Authorization: send Bearer and the token.")
        return services().tokens.bearer_of(token.strip(), client_address())
    secret = request.cookies.get(cookie_name())
    if secret is None:
        raise Unauthenticated
    refuse_cross_site()
    return services().sessions.person_of(secret)


def refuse_cross_site() -> None:
    """Refuse what a page of another site made the browser send with our cookie: a question by script, or any command.

    A link from elsewhere still leads here: it names no origin.
    """
    if request.method in SAFE:
        origin = request.headers.get("Origin")
        if origin is not None and origin_of(origin) != origin_of(services().base_url):
            raise CrossSiteRequest
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        same = origin_of(request.headers.get("Origin", "")) == origin_of(services().base_url)
    else:
        same = site in ("same-origin", "none")
    if not same:
        raise CrossSiteRequest


def origin_of(address: str) -> tuple[str, str | None, int] | None:
    """Return scheme, host and port of an address, None if it has none."""
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None


def at_the_door(refusal: Unauthenticated) -> Response:
    """Answer somebody whom nobody can name: a program with the refusal, a person with the page on which they sign in.

    Their browser keeps the address of the page they wanted, or whose form they sent, and is led there afterwards.
    """
    if not wants_page():
        return problem(refusal)
    tried, by_link = request.endpoint in TRIED, request.endpoint == "sign_in.enter"
    g.refused = refusal.code  # for the security log
    wanted = "" if tried else wanted_page()
    page = door(
        fault=str(refusal) if by_link else "",
        why=str(refusal) if not by_link and (tried or cookie_name() in request.cookies) else "",
        wanted=wanted,
        lost=request.method not in SAFE and not tried,
    )
    answer = Response(page, status_of(Unauthenticated), content_type="text/html; charset=utf-8")
    answer.headers["WWW-Authenticate"] = challenge()
    if wanted:
        answer.set_cookie(
            cookie_name(WANTED),
            wanted,
            max_age=WANTED_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=secure(),
            path=cookie_path(),
        )
    return answer


def wanted_page() -> str:
    """Return the address of the page that was asked for, or that a form was sent from; empty if it is none of ours."""
    if request.method in SAFE:
        return asked_address(request.full_path.rstrip("?"))
    parts = urlsplit(request.headers.get("Referer", ""))
    ours = origin_of(request.headers.get("Referer", "")) == origin_of(services().base_url)
    return asked_address(f"{parts.path}?{parts.query}".rstrip("?").removeprefix(request.script_root)) if ours else ""


def asked_address(path: str) -> str:
    """Return an address of ours, None of another site's: it begins with our root and one slash."""
    return f"{request.script_root}{path}" if PAGE.fullmatch(path) else ""


@blueprint.get("/sign-in")
def show() -> str:
    """Show a button that uses the link up: programs that preview links only look, they do not press.

    A link carries its code behind the #, which no browser sends: it stands in no log on the way, and in no Referer.
    """
    return door()


def door(**said: object) -> str:
    """Return the page on which people sign in."""
    return render_template("sign_in.html", providers=services().providers.offered, **said)


@blueprint.post("/sign-in")
def enter() -> Response:
    """Exchange the link's code, or the whole link, for a session."""
    request.max_content_length = LONGEST_CODE  # anybody may send it, and a long form takes long to read
    refuse_cross_site()
    code = request.form.get("code", "").rpartition("code=")[2].strip()
    try:
        secret = services().sessions.open(code, browser_in_words(request.user_agent.string))
    except Unauthenticated:
        note("sign-in-failed", how="link")
        count("sign-in")  # only here: nobody with a good link waits for what others try from the same address
        raise
    return let_in(secret, "link")


def let_in(secret: str, how: str) -> Response:
    """Give a browser its new session, and lead it to the page that it wanted; ``how`` names the way in, in the log."""
    person = services().sessions.person_of(secret)
    note("sign-in", person, how=how, session=services().sessions.id_of(secret))
    services().sessions.close(request.cookies.get(cookie_name(), ""))  # one that this browser leaves behind
    take_up(person, services().session(), services().handler)
    wanted = request.cookies.get(cookie_name(WANTED), "").removeprefix(request.script_root)
    answer = redirect(asked_address(wanted) or url_for("pages.home"), 303)
    if cookie_name(WANTED) in request.cookies:
        answer.delete_cookie(cookie_name(WANTED), path=cookie_path(), secure=secure(), httponly=True, samesite="Lax")
    answer.set_cookie(cookie_name(), secret, httponly=True, samesite="Lax", secure=secure(), path=cookie_path())
    return answer


@blueprint.post("/sign-out")
def leave() -> Response:
    """End the session."""
    services().sessions.close(request.cookies.get(cookie_name(), ""))
    return to_the_door()


def to_the_door() -> Response:
    """Send the browser to where people sign in, without its session; by way of the provider, if it came from one.

    A page leads there: where a form is sent to may be none of another site, nor may it redirect to one.
    """
    if elsewhere := services().providers.leave(request.cookies.get(cookie_name(CAME_FROM), "")):
        answer: Response = make_response(render_template("signed_out.html", elsewhere=elsewhere))
    else:
        answer = redirect(url_for("sign_in.show"), 303)
    for cookie in (cookie_name(), cookie_name(CAME_FROM)):
        answer.delete_cookie(cookie, path=cookie_path(), secure=secure(), httponly=True, samesite="Lax")
    return answer


def register(app: Flask) -> None:
    """Make the application ask who is calling, and offer sign-in."""
    app.before_request(identify)
    app.after_request(let_go)
    app.teardown_request(lambda _: services().journal.moves.let_go())
    app.register_error_handler(Unauthenticated, at_the_door)
    app.register_blueprint(blueprint)
