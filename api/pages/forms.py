"""Forms: what pages post, read as strictly as JSON is, and carried out once however often it is sent."""

import hashlib
from typing import Any

from flask import request
from marshmallow import EXCLUDE, ValidationError

from api.common import Schema, caller, services
from api.errors import FieldsNotValid, flat
from portfolio.application.ports import Idempotency, Receipt
from portfolio.domain.kernel import Command


def form(shape: type[Schema], *lists: str) -> dict[str, Any]:
    """Return the posted fields in this shape; ``lists`` names those that may be sent several times.

    Empty fields count as not sent. Raises ``FieldsNotValid``, which names the first faulty field.
    """
    sent: dict[str, Any] = {name: text for name, text in request.form.items() if text and name not in lists}
    sent |= {name: request.form.getlist(name) for name in lists}
    try:
        loaded: dict[str, Any] = shape(unknown=EXCLUDE).load(sent)
    except ValidationError as error:
        field, sentence = next(flat(error.messages))
        raise FieldsNotValid(f"{field}: {sentence}") from error
    return loaded


def once(step: str) -> Idempotency:
    """Return the idempotency key of one step of the form that was sent."""
    drawn = request.form.get("key", "")
    said = hashlib.sha256(f"{request.path}\n{step}\n{sorted(request.form.items(multi=True))}".encode()).digest()
    return Idempotency(key=f"page/{drawn[:100]}/{step}", fingerprint=said)


def run(command: Command, step: str = "do") -> Receipt:
    """Carry a command out for the person at the page."""
    return services().handler.execute(command, caller(), idempotency=once(step))
