"""Account: where the person at the page is signed in, each to be ended by itself, or all at once."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from api.auth import cookie_name, to_the_door
from api.pages.common import pages, render
from api.pages.forms import asks_first, run
from api.pages.programs.shown import TAGS
from api.pages.programs.shown import shown as program_shown
from api.programs import programs_seen
from api.reads import may_ask
from api.services import caller, services
from portfolio.domain.standing import SignOut


class SignedIn(NamedTuple):
    """A session as its person is shown it; ``here`` is the one in which they ask."""

    id: UUID
    browser: str
    since: datetime
    used: datetime
    until: datetime
    by_provider: bool
    here: bool


@pages.get("/account")
def account() -> str:
    """Show the person where they are signed in."""
    return account_page()


@pages.post("/account/sign-out/<uuid:session_id>")
def end_session(session_id: UUID) -> str:
    """Sign the person out of one of their sessions, and show what is left."""
    may_ask("me")
    ended = services().sessions.end(caller(), session_id)
    return account_page(
        "You are signed out there." if ended else "You were not signed in there any more: nothing was to be done."
    )


@pages.post("/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    """End every session, link and token of the person at the page."""
    question = asks_first(
        "Sign out everywhere?",
        "Every browser in which you are signed in is signed out, this one too. Sign-in links that you have not used "
        "yet, and tokens that programs use in your name, stop working.",
        "Sign out everywhere",
        url_for(".account"),
    )
    if question:
        return question
    run(SignOut(person_id=caller()))
    return to_the_door()


def account_page(told: str = "") -> str:
    """Return the page, with what was just done."""
    may_ask("me")
    sessions = services().sessions
    here = sessions.id_of(request.cookies.get(cookie_name(), ""))
    return render(
        "account.html",
        told=told,
        signed_in=[
            SignedIn(
                kept.id,
                kept.browser or "A browser that did not say what it is",
                kept.opened,
                kept.seen,
                kept.expires,
                bool(kept.origin),
                kept.id == here,
            )
            for kept in sessions.open_of(caller())
        ],
        programs=[each for each in map(program_shown, programs_seen()) if each.owner == caller()],
        tags=TAGS,
    )
