"""Forms: what pages post, read as strictly as JSON is, carried out once however often it is sent, or shown again."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request
from marshmallow import EXCLUDE, ValidationError
from werkzeug.wrappers import Response

from api.errors import FieldsNotValid, flat, status_of
from api.ids import new_id
from api.pages.common import label
from api.schemas import Schema
from api.services import caller, services, today
from portfolio.application.handler import authorise
from portfolio.application.loaders import load
from portfolio.application.ports import Idempotency, Receipt, Unauthenticated
from portfolio.application.read_session import ReadSession
from portfolio.domain.catalogue import AGGREGATE_OF, AGGREGATES
from portfolio.domain.kernel import Command, NotPermitted, NotVisible, Rejected


def form(shape: type[Schema], *lists: str) -> dict[str, Any]:
    """Return the posted fields in this shape; ``lists`` names those that may be sent several times.

    Empty fields count as not sent. Raises ``FieldsNotValid``, which names the first faulty field.
    """
    g.said = request.form
    sent: dict[str, Any] = {name: text for name, text in request.form.items() if text.strip() and name not in lists}
    sent |= {name: request.form.getlist(name) for name in lists}
    fields = shape(unknown=EXCLUDE)
    for name, field in fields.fields.items():
        if field.required and not sent.get(name):
            raise FieldsNotValid(f"{label(name)}: fill this in.")
    try:
        loaded: dict[str, Any] = fields.load(sent)
    except ValidationError as error:
        faulty, sentence = next(flat(error.messages))
        raise FieldsNotValid(f"{label(faulty.partition('.')[0])}: {sentence}") from error
    return loaded


def once(step: str, file: str = "") -> Idempotency:
    """Return the idempotency key of one step of the form that was sent; ``file`` is the SHA-256 of its file.

    The page draws a key for each form it shows. Another text or file under it is another request: whoever goes back
    and corrects a form means the correction.
    """
    drawn = request.form.get("key", "")[:100] or new_id()
    said = f"{request.path}\n{sorted(request.form.items(multi=True))}\n{file}".encode()
    digest = hashlib.sha256(said).digest()
    return Idempotency(key=f"page/{drawn}/{digest.hex()}/{step}", fingerprint=digest)


def run(command: Command, step: str = "do", file: str = "") -> Receipt:
    """Carry a command out for the person at the page."""
    return services().handler.execute(command, caller(), idempotency=once(step, file))


def refusal_of(session: ReadSession, command: Command) -> Rejected | None:
    """Return why a command would be refused if the person at the page gave it now, None if it would not.

    A page offers the forms that would not be refused, and so needs no rule of its own. Nothing is recorded.
    """
    try:
        state = authorise(session, command, caller(), today())
        whole = services().lookups.complete(session, command, caller(), services().now(), today())
        known = load(session, whole, caller(), services().now())
        AGGREGATES[AGGREGATE_OF[type(command)]].judges[type(command)](state, whole, known)
    except Rejected as refusal:
        return refusal
    return None


def shown_again(page: Callable[..., str]) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Answer a refused form with the page it stands on: the sentence on top, and what was typed still there."""

    def around(route: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(route)
        def answer(**place: Any) -> Response:
            try:
                return route(**place)
            except (NotPermitted, NotVisible, Unauthenticated):
                raise
            except Rejected as refusal:
                g.refused = refusal
                return Response(page(**place), status_of(type(refusal)), content_type="text/html; charset=utf-8")

        return answer

    return around
