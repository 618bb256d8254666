"""Sign-in at providers: a browser is sent there, comes back with an answer, and signs out there too."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from api.auth import CAME_FROM, LONGEST_CODE, cookie_name, cookie_path, let_in, secure
from api.browsers import browser_in_words
from api.errors import NotWellFormed
from api.rates import count
from api.security import note
from api.services import services
from portfolio.application.ports import Unauthenticated

ASKED = "asked"
"""The cookie that holds what the answer of a provider must match, for this browser alone."""

ASKED_SECONDS = 600

blueprint = Blueprint("providers", __name__)


@blueprint.get("/sign-in/with/<provider>")
def begin(provider: str) -> Response:
    """Send the browser to a provider. Anybody's page may lead here: who comes back is whoever signs in there."""
    begun = services().providers.begin(provider)
    answer = redirect(begun.address, 303)
    answer.set_cookie(
        cookie_name(ASKED),
        begun.kept,
        max_age=ASKED_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=secure(),
        path=cookie_path(),
    )
    return answer


@blueprint.get("/sign-in/with/<provider>/return")
def finish(provider: str) -> Response:
    """Exchange the provider's answer for a session."""
    try:
        signed_in = services().providers.finish(provider, request.cookies.get(cookie_name(ASKED), ""), request.args)
    except Unauthenticated:
        note("sign-in-failed", how=f"provider {provider}")
        count("sign-in")  # only here, as with links
        raise
    browser = browser_in_words(request.user_agent.string)
    secret = services().sessions.begin(signed_in.person, signed_in.origin, browser)
    answer = let_in(secret, f"provider {provider}")
    for each in signed_in.unfollowed:
        note("roles-not-followed", signed_in.person, how=f"provider {provider}", role=each.role or "", why=each.why)
    answer.delete_cookie(cookie_name(ASKED), path=cookie_path(), secure=secure(), httponly=True, samesite="Lax")
    answer.set_cookie(
        cookie_name(CAME_FROM), signed_in.kept, httponly=True, samesite="Lax", secure=secure(), path=cookie_path()
    )
    return answer


@blueprint.post("/sign-in/with/<provider>/ended")
def end(provider: str) -> Response:
    """End the sessions of which a provider says that their sign-in has ended (OpenID Connect Back-Channel Logout)."""
    request.max_content_length = LONGEST_CODE  # anybody may send it
    try:
        word = services().providers.ended(provider, request.form.get("logout_token", ""))
    except Unauthenticated as refusal:
        note("sign-out-failed", how=f"provider {provider}")
        count("sign-in")
        raise NotWellFormed(str(refusal)) from refusal  # the status that the standard asks for
    services().sessions.end_from(word)
    return Response(status=200)
