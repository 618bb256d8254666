"""Webhooks: by which secrets what is sent is signed, what is known of what was sent, and whom the service asks of it.

Signatures are those of the Standard Webhooks specification: HMAC-SHA256 over the id, the time and the very bytes.
"""

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from portfolio.application.programs import Acting, acting_for_owner
from portfolio.application.read_session import ReadSession
from portfolio.domain.kernel import Unreadable, Value
from portfolio.domain.person import PERSON
from portfolio.domain.program.refusals import ProgramStopped
from portfolio.domain.standing import AccessSuspended
from portfolio.domain.webhooks import Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with

RETRIES: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After how long what could not be sent is tried again, each time: for somewhat more than three days in all."""


class WebhookAddressNotAllowed(Unreadable, rule="WEBHOOK-1"):
    """Nothing is sent to this address: it is in a private network, or not https; an operator may list a network."""


class SentToNobody(Exception):
    """Nothing is sent as things are: what happens meanwhile waits."""


class Whose(Value):
    """In whose name a webhook is sent: a person's, or of a program that acts for one."""

    person: UUID
    acting: Acting | None = None


def whose(session: ReadSession, webhook: Webhook) -> Whose:
    """Return in whose name a webhook is sent now; raise ``SentToNobody`` with a sentence that says why in nobody's."""
    if session.state(PERSON, webhook.for_id).name:
        try:
            session.check_not_shut_out(webhook.for_id)
        except AccessSuspended:
            raise SentToNobody("Nothing is sent while the person for whom it is sent is suspended.") from None
        return Whose(person=webhook.for_id)
    try:
        acting = acting_for_owner(session, webhook.for_id)
    except ProgramStopped:
        raise SentToNobody(
            "Nothing is sent while the program for which it is sent, or its owner, is stopped."
        ) from None
    if webhook.row() not in acting.rows:
        raise SentToNobody(f"Nothing is sent while the program for which it is sent lacks the row {webhook.row()}.")
    return Whose(person=acting.person, acting=acting)


def silent_because(session: ReadSession, webhook: Webhook) -> str:
    """Return why nothing is sent to a webhook as things are, whatever its receiver does; empty if something is."""
    try:
        whose(session, webhook)
    except SentToNobody as why:
        return str(why)
    return ""


class Letter(Value):
    """An event that could not be sent: how often, why, and when it is tried again; ``dead`` once it was given up."""

    position: int
    event_id: UUID
    kind: str
    failures: int
    due: datetime
    dead: bool
    why: str


class SendingStands(Value):
    """How it stands with a webhook: up to which position all is sent or kept as a letter, when something arrived last.

    ``waits`` is how many letters are tried again, ``dead`` how many were given up; ``why``: what went wrong last, empty
    if nothing has since something arrived.
    """

    position: int
    last_at: datetime | None = None
    waits: int = 0
    dead: int = 0
    why: str = ""


class Sending(Protocol):
    """What is sent to webhooks, as whoever looks after them sees it."""

    def why_not(self, address: str) -> str:
        """Return why nothing would be sent to an address as things are now, empty if something would."""

    def standing(self, webhook_id: UUID) -> SendingStands:
        """Return how it stands with a webhook."""

    def letters(self, webhook_id: UUID, *, dead: bool, after: int, limit: int) -> Sequence[Letter]:
        """Return up to ``limit`` letters after a position, those given up or those that are tried again."""

    def send_again(self, webhook_id: UUID, events: frozenset[UUID]) -> None:
        """Try these letters again that were given up, all if none is named."""


class NothingSent:
    """Sends nothing: where no service runs that would."""

    def why_not(self, address: str) -> str:  # noqa: ARG002 - as in ``Sending``
        """Take every address."""
        return ""

    def standing(self, webhook_id: UUID) -> SendingStands:  # noqa: ARG002 - as in ``Sending``
        """Say that nothing was sent."""
        return SendingStands(position=0)

    def letters(self, webhook_id: UUID, *, dead: bool, after: int, limit: int) -> Sequence[Letter]:  # noqa: ARG002 - as in ``Sending``
        """Return nothing."""
        return ()

    def send_again(self, webhook_id: UUID, events: frozenset[UUID]) -> None:
        """Do nothing."""


def secret_of(keyed: Callable[[str, bytes], str], webhook_id: UUID, number: int) -> str:
    """Return a secret of a webhook as its receiver is given it; ``keyed`` is the journal's hash under its key.

    It is made of the deployment's key each time, and kept nowhere.
    """
    key = bytes.fromhex(keyed("webhook secret", f"{webhook_id}:{number}".encode()))
    return f"{SECRET_PREFIX}{base64.b64encode(key).decode()}"


def headers_of(secrets: Sequence[str], event_id: UUID, at: datetime, content: bytes) -> Mapping[str, str]:
    """Return the headers by which a receiver knows what is sent, signed with each of these secrets."""
    signed = f"{event_id}.{int(at.timestamp())}.".encode() + content
    keys = (base64.b64decode(secret.removeprefix(SECRET_PREFIX)) for secret in secrets)
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def tried_again_at(failures: int, now: datetime) -> datetime | None:
    """Return when what failed so often is tried again, None when it is given up."""
    return now + RETRIES[failures - 1] if failures <= len(RETRIES) else None
