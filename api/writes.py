"""Writes: run a command for the caller once, on the version they saw, and answer its receipt."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

import msgspec
from flask import Response, after_this_request, request

from api.errors import FieldsNotValid, NotWellFormed
from api.rates import count_command
from api.services import caller, services
from portfolio.application.ports import Idempotency, Receipt
from portfolio.domain.addresses import RegisterAddress
from portfolio.domain.kernel import Command

TAG = re.compile('(?:W/)?"([^"]*)"')
"""An entity tag (RFC 9110 §8.8.3)."""


class Run(Protocol):
    """Carries out a command that is more than facts."""

    def __call__(
        self, command: Any, by: UUID, *, idempotency: Idempotency | None = None, if_match: frozenset[int] | None = None
    ) -> Receipt:
        """Do as ``Handler.execute`` does."""


def execute(
    command: Command,
    *,
    location: Callable[[UUID], str] | None = None,
    extra: Mapping[str, Any] | None = None,
    run: Run | None = None,
) -> dict[str, Any]:
    """Run a command for the caller and return its receipt, with the ETag and, for a new record, its Location.

    ``location`` makes the address of the record from its id. ``extra`` is answered beside the receipt, JSON
    values only; a repeated request answers the extra of the first. ``run`` is the handler's ``execute`` if
    not given, and may answer an extra of its own.
    """
    count_command(command)
    key = idempotency_key()
    own = msgspec.json.encode(extra or {})
    receipt = (run or services().handler.execute)(
        command,
        caller(),
        idempotency=None if key is None else Idempotency(key=key, fingerprint=fingerprint(command), extra=own),
        if_match=if_match(),
    )
    show_version(receipt.version)
    if location is not None:
        address = location(receipt.stream)
        after_this_request(lambda answer: with_header(answer, "Location", address))
    beside: dict[str, Any] = msgspec.json.decode(receipt.extra or own)
    return {**beside, "id": receipt.stream, "version": receipt.version, "position": receipt.position}


def idempotency_key() -> str | None:
    """Return the client's key for this request, if it gave one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch("[!-~]{1,200}", key):
        raise FieldsNotValid("Idempotency-Key: give 1 to 200 visible ASCII characters, no spaces.")
    return key


def fingerprint(command: Command) -> bytes:
    """Return what tells this request from another one under the same key: SHA-256 of method, path and body.

    Of what stands in no fact it is a keyed hash, by which nobody who has the record confirms a guess.
    """
    content = b"\n".join([request.method.encode(), request.path.encode(), request.get_data()])
    if isinstance(command, RegisterAddress):
        return bytes.fromhex(services().journal.keyed("request", content))
    return hashlib.sha256(content).digest()


def if_match() -> frozenset[int] | None:
    """Return the versions of which the client says that the record must be at one, None if it says nothing of them.

    ``*`` is any version there is. A tag that a proxy made weak when it compressed our answer is still ours.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    ours = frozenset(int(tag) for tag in TAG.findall(header) if re.fullmatch("[0-9]{1,18}", tag))
    if not ours or TAG.sub("", header).strip(" \t,"):
        raise NotWellFormed('If-Match: give the ETag of the record as you read it, such as "3" with its quotes, or *.')
    return ours


def show_version(version: int) -> None:
    """Give the answer of this request the ETag of a record's version."""
    after_this_request(lambda answer: with_header(answer, "ETag", f'"{version}"'))


def with_header(answer: Response, name: str, value: str) -> Response:
    """Return the answer with this header, if it is a success."""
    if answer.status_code < 400:
        answer.headers[name] = value
    return answer
