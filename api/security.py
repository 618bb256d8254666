"""Notes for the security log what a request did: from which address, and by which route."""

from typing import Any
from uuid import UUID

from flask import Flask, Response, g, request

from api.errors import refusals
from api.rates import address
from api.services import services
from portfolio.domain import permissions
from portfolio.domain.kernel import NotVisible, Rejected

REFUSED = {401, 403, 429}
"""The statuses of answers that kept somebody out."""

NEVER_THEIRS = frozenset(kind.code for kinds in permissions.THEN_REFUSED.values() for kind in kinds.values())
"""By which codes those are refused whom a row of the permission table lets in only to be told why not."""


def note(event: str, person: UUID | None = None, **words: str | UUID) -> None:
    """Note an event of this request, about whoever asks if nobody else is named (``SecurityLog.write``).

    A program that asks is named beside whom it acts for.
    """
    g.noted = event
    words |= {"program": g.program} if "program" in g else {}
    services().security.write(event, person or g.get("person"), source=address(), **words)


def note_refusal(answer: Response) -> Response:
    """Note that a request was refused; one that said nothing about who asks is only shown where to sign in."""
    refusal: Any = g.get("refused", "")
    why = refusal.code if isinstance(refusal, Rejected) else str(refusal)
    if is_kept_out(answer.status_code, why):
        note("refused", route=request.endpoint or "", status=str(answer.status_code), why=why)
    return answer


def is_kept_out(status: int, why: str) -> bool:
    """Tell whether an answer of this status and code kept somebody out, or hid from them what they may not see."""
    if status == 401:
        return presented() and g.get("noted") != "sign-in-failed"
    if status == 404:
        return "person" in g and request.endpoint is not None and issubclass(refusals().get(why, Rejected), NotVisible)
    return status in REFUSED or why in NEVER_THEIRS


def presented() -> bool:
    """Tell whether a request said who asks."""
    from api.auth import cookie_name  # it notes who comes in, too

    return "Authorization" in request.headers or cookie_name() in request.cookies


def register(app: Flask) -> None:
    """Make the application note whom it refuses."""
    app.after_request(note_refusal)
