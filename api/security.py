"""Notes for the security log what a request did: from which address, and by which route."""

from typing import Any
from uuid import UUID

from flask import Flask, Response, g, request

from api.rates import address
from api.services import services

REFUSED = {401, 403, 429}
"""The statuses of answers that kept somebody out."""


def note(event: str, person: UUID | None = None, **words: str | UUID) -> None:
    """Note an event of this request, about whoever asks if nobody else is named (``SecurityLog.write``)."""
    services().security.write(event, person or g.get("person"), source=address(), **words)


def note_refusal(answer: Response) -> Response:
    """Note that a request was refused; one that said nothing about who asks is only shown where to sign in."""
    if answer.status_code in REFUSED and (answer.status_code != 401 or presented()):
        why: Any = g.get("refused", "")
        note("refused", route=request.endpoint or "", status=str(answer.status_code), why=why)
    return answer


def presented() -> bool:
    """Tell whether a request said who asks."""
    from api.auth import cookie_name  # it notes who comes in, too

    return "Authorization" in request.headers or cookie_name() in request.cookies


def register(app: Flask) -> None:
    """Make the application note whom it refuses."""
    app.after_request(note_refusal)
