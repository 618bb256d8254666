"""Webhooks: addresses to which what happens is sent, for whom, and how it is signed (WEBHOOK-1, -2)."""

import re
from datetime import datetime, timedelta
from ipaddress import IPv6Address
from typing import Annotated, assert_never
from uuid import UUID

from portfolio.domain.events import TYPES
from portfolio.domain.kernel import (
    EPOCH,
    NOBODY,
    Aggregate,
    Command,
    Fact,
    Known,
    NotVisible,
    RuleBroken,
    State,
    Unreadable,
    changed,
)
from portfolio.domain.person import Person
from portfolio.domain.program.aggregate import Program
from portfolio.domain.words import Name, Reason, Words

Address = Annotated[str, Words(2_000)]
"""Where a webhook sends to."""

ADDRESS = re.compile(r"https?://(?P<place>[^/?]+)([/?].*)?")
PLACE = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
"""The name or number of a machine, and perhaps a port."""

SENT_BY = frozenset({"ask:changes", "ask:me"})
"""The rows by which a program is sent something: events, and notices."""
NOTICE = "notice.told.v1"
"""The type by which a webhook sends, in the place of events, what a person is told on their page of notices."""

OLD_SECRET_GOOD_FOR = timedelta(hours=24)
"""So long is what is sent signed with the secret before as well: a receiver changes its own in that time."""


class RegisterWebhook(Command):
    """Send what happens to an address from now on: what ``for_id`` may see, of these types, all if none is named.

    ``for_id`` is a person or a program. With the type of notices they are sent what they are told, in place of events.
    """

    webhook_id: UUID
    title: Name
    address: Address
    for_id: UUID
    types: frozenset[str] = frozenset()


class EndWebhook(Command):
    """Send nothing there any more."""

    webhook_id: UUID
    reason: Reason


class RotateWebhookSecret(Command):
    """Sign with another secret; ``at_once`` with the one before no more."""

    webhook_id: UUID
    at_once: bool
    reason: Reason


class SendAgain(Command):
    """Try again what was given up sending: these events, all if none is named."""

    webhook_id: UUID
    events: frozenset[UUID] = frozenset()


class ForWebhook(Known):
    """Whom the webhook is for: a person, or a program with its owner."""

    person: Person
    program: Program = Program()
    owner: Person = Person()


class WebhookRegistered(Fact, tag="webhook.registered"):
    """What happens is sent to an address: what a person or a program may see, of these types, all if none is named."""

    title: str
    address: str
    for_id: UUID
    types: frozenset[str]


class WebhookEnded(Fact, tag="webhook.ended"):
    """Nothing is sent there any more."""

    reason: str


class WebhookSecretRotated(Fact, tag="webhook.secret-rotated"):
    """What is sent is signed with the secret of this number; until ``old_until`` with the one before as well."""

    number: int
    old_until: datetime | None
    reason: str


class SentAgain(Fact, tag="webhook.sent-again"):
    """What was given up sending is tried again: these events, all if none is named."""

    events: frozenset[UUID]


WebhookFact = WebhookRegistered | WebhookEnded | WebhookSecretRotated | SentAgain


class WebhookUnknown(NotVisible):
    """There is no such webhook."""


class WebhookAddressUnfit(Unreadable, rule="WEBHOOK-1"):
    """A webhook's address is https, a name, perhaps a port and a path: no user name, no password, nothing after a #."""


class EventTypeUnknown(Unreadable, rule="WEBHOOK-1"):
    """There is no such type of events: the reference of the changes lists all of them."""


class NoticesGoAlone(Unreadable, rule="WEBHOOK-1"):
    """A webhook sends events or notices, not both: name notice.told.v1 alone, and register another one for events."""


class NobodyToSendFor(RuleBroken, rule="WEBHOOK-1"):
    """A webhook sends what somebody may see: name a person, or a program that may ask for it, who is not suspended."""


class WebhookIsOver(RuleBroken, rule="WEBHOOK-1"):
    """This webhook has ended: register another one."""


class SecretJustRotated(RuleBroken, rule="WEBHOOK-2"):
    """The secret before the present one still counts, and never more than two do: wait, or end them all at once."""


class Webhook(State):
    """Where what is sent, for whom, and with which secret it is signed; ``ended`` once nothing is sent any more."""

    title: str = ""
    address: str = ""
    for_id: UUID = NOBODY
    types: frozenset[str] = frozenset()
    ended: bool = False
    secret: int = 1
    old_until: datetime = EPOCH

    def secrets(self, now: datetime) -> list[int]:
        """Return the numbers of the secrets with which what is sent now is signed, the newest first (WEBHOOK-2)."""
        return [self.secret, *([self.secret - 1] if now < self.old_until else [])]

    def takes(self, type_: str) -> bool:
        """Return whether events of this type are sent."""
        return not self.types or type_ in self.types

    def sends_notices(self) -> bool:
        """Return whether notices are sent in the place of events."""
        return NOTICE in self.types

    def row(self) -> str:
        """Return the row that a program needs to be sent this (PROGRAM-1)."""
        return "ask:me" if self.sends_notices() else "ask:changes"


def register_webhook(webhook: Webhook, command: RegisterWebhook, known: ForWebhook) -> list[WebhookRegistered]:
    """Send what somebody may see to an address that an administrator names (WEBHOOK-1)."""
    if fault := fault_of_address(command.address):
        raise WebhookAddressUnfit(f"address: {fault}")
    if unknown := sorted(command.types - TYPES.keys() - {NOTICE}):
        raise EventTypeUnknown(types=unknown)
    if NOTICE in command.types and len(command.types) > 1:
        raise NoticesGoAlone
    registered = WebhookRegistered(
        title=command.title, address=command.address, for_id=command.for_id, types=command.types
    )
    if not is_at_work(known.person) and not may_be_sent(known, evolve(webhook, registered).row()):
        raise NobodyToSendFor
    return [registered]


def is_at_work(person: Person) -> bool:
    """Return whether somebody is registered and not suspended."""
    return bool(person.name) and not person.suspended


def may_be_sent(known: ForWebhook, row: str) -> bool:
    """Return whether the webhook is for a program that works and was given the row."""
    return not known.program.stopped() and row in known.program.rows and is_at_work(known.owner)


def end_webhook(webhook: Webhook, command: EndWebhook, known: Known) -> list[WebhookEnded]:
    """Send nothing any more; what was not sent yet never is."""
    check_sends(webhook)
    return [WebhookEnded(reason=command.reason)]


def rotate_webhook_secret(webhook: Webhook, command: RotateWebhookSecret, known: Known) -> list[WebhookSecretRotated]:
    """Sign with another secret, and with the one before for a day, or no more from now on (WEBHOOK-2)."""
    check_sends(webhook)
    if not command.at_once and known.at < webhook.old_until:
        raise SecretJustRotated
    old_until = None if command.at_once else known.at + OLD_SECRET_GOOD_FOR
    return [WebhookSecretRotated(number=webhook.secret + 1, old_until=old_until, reason=command.reason)]


def send_again(webhook: Webhook, command: SendAgain, known: Known) -> list[SentAgain]:
    """Have tried again what was given up."""
    check_sends(webhook)
    return [SentAgain(events=command.events)]


def check_sends(webhook: Webhook) -> None:
    """Refuse what is asked of a webhook that is none, or has ended."""
    if not webhook.address:
        raise WebhookUnknown
    if webhook.ended:
        raise WebhookIsOver


def fault_of_address(address: str) -> str:
    """Return what is wrong with an address to send to, empty if nothing is (WEBHOOK-1)."""
    if not address.isascii() or not address.isprintable() or set(' "<>\\^`{|}') & set(address):
        return "write it in plain letters, what is not one in its %-form, a name of other letters in its xn-- form."
    if "#" in address:
        return "leave out what comes after the #."
    parts = ADDRESS.fullmatch(address)
    if parts is None:
        return "begin with https:// and the name of a machine."
    if "@" in parts["place"]:
        return "leave out user name and password: who sent it is told by its signature."
    place = PLACE.fullmatch(parts["place"])
    if place is None or int(place["port"] or 1) not in range(1, 65_536) or not is_machine(place[1]):
        return "this is no address."
    return ""


def is_machine(host: str) -> bool:
    """Tell whether this is a name, or in brackets a number, of a machine."""
    if not host.startswith("["):
        return True
    try:
        IPv6Address(host[1:-1])
    except ValueError:
        return False
    return True


def evolve(webhook: Webhook, fact: WebhookFact) -> Webhook:
    """Apply a fact."""
    match fact:
        case WebhookRegistered(title=title, address=address, for_id=for_id, types=types):
            return changed(webhook, title=title, address=address, for_id=for_id, types=types)
        case WebhookEnded():
            return changed(webhook, ended=True)
        case WebhookSecretRotated(number=number, old_until=old_until):
            return changed(webhook, secret=number, old_until=old_until or EPOCH)
        case SentAgain():
            return webhook
    assert_never(fact)


WEBHOOK = Aggregate("webhook_id", Webhook(), (register_webhook, end_webhook, rotate_webhook_secret, send_again), evolve)
