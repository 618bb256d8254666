"""Signing in by a link that comes by mail, which is good in the browser that asked for it and in no other.

What the browser keeps is one half, what the mail brings is the other: a proxy's log, a forwarded mail or a mail server
has nothing that opens a session. Opening the link only shows a button, since programs that look after mails open links.
"""

import secrets
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.auth import LONGEST_CODE, cookie_name, cookie_path, let_in, refuse_cross_site, secure
from api.browsers import browser_in_words
from api.errors import status_of
from api.rates import address as client_address
from api.rates import count, refuse_if
from api.security import note
from api.services import services
from portfolio.application.addresses import digest_of
from portfolio.application.indexes import ADDRESS
from portfolio.application.mailed_links import MailedLinks, mark_of
from portfolio.application.ports import Unauthenticated
from portfolio.domain.addresses import AddressUnreadable, is_address, written
from portfolio.domain.kernel import NotVisible
from portfolio.domain.person import PERSON

KEPT_SECONDS = 3600
"""How long a browser keeps its half: longer than any link is good for."""
KNOWN_SECONDS = 180 * 86_400
"""How long a browser in which somebody signed in by mail is known again, after the last time."""

blueprint = Blueprint("by_mail", __name__)


@blueprint.app_template_global()
def links_by_mail() -> bool:
    """Tell whether links are sent by mail here."""
    return services().mailed is not None


def mailed() -> MailedLinks:
    """Return what sends links; raise ``NotVisible`` where nothing does."""
    found = services().mailed
    if found is None:
        raise NotVisible
    return found


@blueprint.post("/sign-in/by-mail")
def ask() -> Response:
    """Take an address and answer the same whosever it is: who looks whether it is known looks afterwards."""
    sends = mailed()
    request.max_content_length = LONGEST_CODE
    refuse_cross_site()
    typed = written(request.form.get("address", ""))
    if not is_address(typed):
        count("sign-in")
        page = render_template("sign_in.html", address=typed, mail_fault=AddressUnreadable.title())
        return Response(page, status_of(AddressUnreadable), content_type="text/html; charset=utf-8")
    count_link(digest_of(services().journal, typed))
    browser = request.cookies.get(half_name(), "") or secrets.token_urlsafe(32)
    note("link-asked")
    sends.ask(typed, browser)
    answer = redirect(url_for(".asked"), 303)
    answer.set_cookie(
        half_name(),
        browser,
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",  # the link is followed from a page of mails, which is another site
        secure=secure(),
        path=cookie_path(),
    )
    return answer


@blueprint.get("/sign-in/by-mail")
def asked() -> str:
    """Say what happens next, which is the same for everybody."""
    return render_template("sign_in_asked.html", down=mailed().fault() is not None)


@blueprint.get("/sign-in/by-mail/link")
def look() -> str:
    """Show the button, or, in another browser than the one that asked, where to open the link. Nothing is used up."""
    mailed()
    half = request.cookies.get(half_name(), "")
    here = bool(half) and secrets.compare_digest(
        mark_of(half), request.args.get("browser", "").encode("ascii", "replace").decode()
    )
    return render_template("sign_in_mailed.html", here=here, code=request.args.get("code", "")[:200])


@blueprint.post("/sign-in/by-mail/link")
def press() -> Response:
    """Use the link up, together with what this browser keeps."""
    mailed()
    request.max_content_length = LONGEST_CODE
    refuse_cross_site()
    half = request.cookies.get(half_name(), "") or "none"  # without any, it is not asked for one that needs none
    code = request.form.get("code", "")
    try:
        secret = services().sessions.open(code, browser_in_words(request.user_agent.string), bound_to=half)
    except Unauthenticated:
        note("sign-in-failed", how="mail")
        count("sign-in")
        page = render_template("sign_in_mailed.html", here=False, used=half != "none")
        return Response(page, status_of(Unauthenticated), content_type="text/html; charset=utf-8")
    answer = let_in(secret, "mail")
    answer.delete_cookie(half_name(), path=cookie_path(), secure=secure(), httponly=True, samesite="Lax")
    person = services().sessions.person_of(secret)
    answer.set_cookie(
        known_name(),
        known_mark(services().session().state(PERSON, person).address, secrets.token_urlsafe(16)),
        max_age=KNOWN_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=secure(),
        path=cookie_path(),
    )
    return answer


def count_link(address: str) -> None:
    """Count that a link is asked for to an address, by its keyed hash; raise ``TooManyRequests``.

    A browser in which a link to this address signed somebody in has a count of its own, which no stranger uses up.
    Others have one for each place they ask from, and one for all places together.
    """
    mark = request.cookies.get(known_name(), "")
    if secrets.compare_digest(known_mark(address, mark.partition(".")[0]).encode(), mark.encode()):
        refuse_if(services().rates.wait("links", person=uuid5(NAMESPACE_URL, mark), address=None))
        return
    count("sign-in")
    asker = uuid5(NAMESPACE_URL, f"{address} {client_address()}")
    refuse_if(services().rates.wait("links", person=asker, address=address))


def known_mark(address: str, number: str) -> str:
    """Return by what a browser is known again to which links to this address were good; nobody else can make one."""
    return f"{number}.{services().journal.keyed(ADDRESS, f'browser {number} {address}'.encode())}"


def known_name() -> str:
    """Return the name of the cookie by which a browser is known again."""
    return f"{cookie_name()}-known"


def half_name() -> str:
    """Return the name of the cookie that holds the browser's half, bound as the session's is."""
    return f"{cookie_name()}-asked"
