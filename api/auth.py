"""Who is calling: a program by its bearer token, a browser by its session; nobody else gets past the door."""

from contextlib import suppress
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.errors import CrossSiteRequest
from api.rates import count
from api.services import services
from portfolio.application.ports import FactUnreadable, Unauthenticated

OPEN = {
    "api-docs.openapi_json": "the reference is public",
    "docs.reference": "the reference is public",
    "docs.all_problems": "an error's type leads here",
    "docs.one_problem": "an error's type leads here",
    "health.up": "asked by machines that watch the service",
    "health.ready": "asked by machines that watch the service",
    "health.metrics": "asked by machines that watch the service; nothing in it is about a person",
    "sign_in.show": "nobody is signed in yet",
    "sign_in.enter": "nobody is signed in yet",
    "uploads.receive_part": "the signature in the address is the permission",
    "static": "style and script are public",
}
"""The only routes that answer without knowing who asks, and why."""

ENDING = "sign_in.leave"
"""The route that whoever is suspended uses too, or whose record cannot be read: it ends their session."""

LONGEST_CODE = 10_000
"""Bytes of the form with a code: whole links are pasted there too."""

PORTS = {"http": 80, "https": 443}

SAFE = {"GET", "HEAD", "OPTIONS"}

blueprint = Blueprint("sign_in", __name__)


def cookie_name() -> str:
    """Return the session cookie's name; under https browsers then bind it to this host, or take it from https only.

    What is bound to a host is sent to all of it: below a path of its own a deployment cannot have that.
    """
    if not secure():
        return "portfolio"
    return "__Secure-portfolio" if request.script_root else "__Host-portfolio"


def cookie_path() -> str:
    """Return below which path browsers send the session's cookie: ours, and to no other deployment on this host."""
    return request.script_root or "/"


def secure() -> bool:
    """Tell whether people reach this service by https."""
    return services().base_url.startswith("https:")


def identify() -> None:
    """Find out who is calling before any route runs; raise ``Unauthenticated`` if nobody can be named."""
    if request.endpoint is None or request.endpoint in OPEN:
        return
    with suppress(*([FactUnreadable] if request.endpoint == ENDING else [])):
        g.person = person_of_request()
    if request.endpoint != ENDING:
        services().session().check_not_shut_out(g.person)


def person_of_request() -> UUID:
    """Return the person whose token or session this request carries."""
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("Authorization: send Bearer and the token.")
        return services().tokens.person_of(token.strip())
    secret = request.cookies.get(cookie_name())
    if secret is None:
        raise Unauthenticated
    refuse_cross_site()
    return services().sessions.person_of(secret)


def refuse_cross_site() -> None:
    """Refuse an unsafe request that a page of another site made the browser send (it would carry our cookie)."""
    if request.method in SAFE:
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


@blueprint.get("/sign-in")
def show() -> str:
    """Show a button that uses the link up: programs that preview links only look, they do not press.

    A link carries its code behind the #, which no browser sends: it stands in no log on the way, and in no Referer.
    """
    return render_template("sign_in.html")


@blueprint.post("/sign-in")
def enter() -> Response:
    """Exchange the link's code, or the whole link, for a session."""
    request.max_content_length = LONGEST_CODE  # anybody may send it, and a long form takes long to read
    refuse_cross_site()
    try:
        secret = services().sessions.open(request.form.get("code", "").rpartition("code=")[2].strip())
    except Unauthenticated:
        count("sign-in")  # only here: nobody with a good link waits for what others try from the same address
        raise
    answer = redirect(url_for("pages.home"), 303)
    answer.set_cookie(cookie_name(), secret, httponly=True, samesite="Lax", secure=secure(), path=cookie_path())
    return answer


@blueprint.post("/sign-out")
def leave() -> Response:
    """End the session."""
    services().sessions.close(request.cookies.get(cookie_name(), ""))
    return to_the_door()


def to_the_door() -> Response:
    """Send the browser to where people sign in, without its session."""
    answer = redirect(url_for("sign_in.show"), 303)
    answer.delete_cookie(cookie_name(), path=cookie_path(), secure=secure(), httponly=True, samesite="Lax")
    return answer


def register(app: Flask) -> None:
    """Make the application ask who is calling, and offer sign-in."""
    app.before_request(identify)
    app.register_blueprint(blueprint)
