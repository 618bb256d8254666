"""Webhooks: addresses to which what happens is sent, how it stands with each, and what could not be sent."""

from typing import Any
from uuid import UUID

from flask import url_for
from marshmallow import fields, validate

from api.blueprint import Blueprint
from api.fields import PLACE, Cursor, Flag, Id, Moment, Position, Text
from api.ids import new_id
from api.reads import Sight, may_ask, may_see, see, wait_for
from api.schemas import AfterIn, PageIn, PageOut, ReceiptOut, Schema
from api.services import services
from api.shapes import Several, extended
from api.writes import execute
from portfolio.application.webhooks import (
    Letter,
    SendingStands,
    WebhookAddressNotAllowed,
    secret_of,
    silent_because,
)
from portfolio.domain.events import TYPES
from portfolio.domain.webhooks import (
    NOTICE,
    WEBHOOK,
    EndWebhook,
    RegisterWebhook,
    RotateWebhookSecret,
    SendAgain,
    Webhook,
)
from projections.webhooks import Registered
from projections.webhooks import webhooks as all_webhooks

webhooks = Blueprint("webhooks", "Addresses to which what happens is sent, and what could not be sent to them.")

TYPE_OF_EVENTS = fields.String(
    metadata={
        "description": f"A type of events, as the changes tell them; {NOTICE} alone for notices.",
        "enum": [*TYPES, NOTICE],
    }
)


class WebhookIn(Schema):
    """An address to which what a person may see is sent from now on: events of these types, all if none is named."""

    title = Text(200, required=True)
    address = Text(2000, required=True)
    for_id = Id(required=True, metadata={"description": "The person or program in whose name it is sent."})
    types = Several(
        TYPE_OF_EVENTS,
        frozenset,
        load_default=frozenset(),
        most=len(TYPES),
    )


class WebhookEndIn(Schema):
    """Why it is done."""

    reason = Text(2000, lines=True, required=True)


class WebhookSecretIn(WebhookEndIn):
    """Why the secret is rotated, and whether the one before ends at once or is used beside it for a day."""

    at_once = Flag(load_default=False)


class AgainIn(Schema):
    """The events that are tried again, all that were given up if none is named."""

    events = Several(Id(), frozenset, load_default=frozenset(), most=1000)


class WebhookSecretOut(ReceiptOut):
    """A receipt with the ``secret`` by which the receiver knows what is sent; it is answered here and nowhere else."""

    secret = fields.String(required=True)


class WebhookOut(Schema):
    """A webhook and how it stands; ``why`` nothing is sent, or what went wrong last, empty if nothing has since."""

    webhook_id = Id(required=True)
    title = fields.String(required=True)
    address = fields.String(required=True)
    for_id = Id(required=True)
    types = fields.List(TYPE_OF_EVENTS, required=True)
    ended = fields.Boolean(required=True)
    position = Position(required=True)
    last_at = Moment(required=True, allow_none=True)
    waits = fields.Integer(
        required=True, metadata={"description": "Events that are not sent yet and are tried by themselves."}
    )
    dead = fields.Integer(required=True, metadata={"description": "Events that were given up."})
    why = fields.String(required=True)


class WebhooksOut(Schema):
    """Every webhook there ever was, in the order in which they were registered."""

    items = fields.List(fields.Nested(WebhookOut), required=True)


class LettersIn(PageIn):
    """Query of what could not be sent."""

    cursor = Cursor(PLACE, load_default=None)
    which = fields.String(load_default="given up", validate=validate.OneOf(("given up", "waiting")))


class LettersOut(PageOut):
    """Events that could not be sent, in the order in which they happened."""

    next = Cursor(required=True, allow_none=True)
    items = fields.List(fields.Nested(extended(Letter, kind=TYPE_OF_EVENTS)), required=True)


@webhooks.get("")
@webhooks.arguments(AfterIn, location="query")
@webhooks.response(200, WebhooksOut)
def list_webhooks(query: dict[str, Any]) -> dict[str, Any]:
    """List the webhooks."""
    may_ask("webhooks")
    wait_for(query["after"])
    return {"items": [shown(each) for each in all_webhooks(services().reads)]}


@webhooks.post("")
@webhooks.arguments(WebhookIn)
@webhooks.response(201, WebhookSecretOut)
def register_webhook(body: dict[str, Any]) -> dict[str, Any]:
    """Have what happens sent to an address from now on; the answer holds the secret by which it is signed."""
    may_see("webhook")
    check_address(body["address"])
    command = RegisterWebhook(webhook_id=new_id(), **body)
    receipt = execute(command, location=lambda webhook_id: url_for(".get_webhook", webhook_id=webhook_id))
    return with_secret(receipt)


@webhooks.get("/<uuid:webhook_id>")
@webhooks.response(200, WebhookOut)
def get_webhook(webhook_id: UUID) -> dict[str, Any]:
    """Show a webhook, and how it stands with what is sent."""
    sight = see(WEBHOOK, webhook_id)
    return shown(registered(sight))


@webhooks.post("/<uuid:webhook_id>/end")
@webhooks.arguments(WebhookEndIn)
@webhooks.response(201, ReceiptOut)
def end_webhook(body: dict[str, Any], webhook_id: UUID) -> dict[str, Any]:
    """Have nothing sent there any more."""
    return execute(EndWebhook(webhook_id=webhook_id, **body))


@webhooks.post("/<uuid:webhook_id>/secret")
@webhooks.arguments(WebhookSecretIn)
@webhooks.response(201, WebhookSecretOut)
def rotate_webhook_secret(body: dict[str, Any], webhook_id: UUID) -> dict[str, Any]:
    """Have what is sent signed with another secret, and for a day with the one before as well."""
    return with_secret(execute(RotateWebhookSecret(webhook_id=webhook_id, **body)))


@webhooks.get("/<uuid:webhook_id>/letters")
@webhooks.arguments(LettersIn, location="query")
@webhooks.response(200, LettersOut)
def list_webhook_letters(query: dict[str, Any], webhook_id: UUID) -> dict[str, Any]:
    """List the events that could not be sent to a webhook: those that were given up, or that are tried again."""
    see(WEBHOOK, webhook_id)
    letters = services().sending.letters(
        webhook_id,
        dead=query["which"] == "given up",
        after=query["cursor"][0] if query["cursor"] else 0,
        limit=query["limit"] + 1,
    )
    more = len(letters) > query["limit"]
    return {"items": letters[: query["limit"]], "next": (letters[query["limit"] - 1].position,) if more else None}


@webhooks.post("/<uuid:webhook_id>/letters/again")
@webhooks.arguments(AgainIn)
@webhooks.response(201, ReceiptOut)
def send_letters_again(body: dict[str, Any], webhook_id: UUID) -> dict[str, Any]:
    """Have events tried again that were given up, all of them if none is named."""
    return again(SendAgain(webhook_id=webhook_id, **body))


def check_address(address: str) -> None:
    """Refuse an address to which nothing would be sent as things are now."""
    if why := services().sending.why_not(address):
        raise WebhookAddressNotAllowed(f"address: {why}")


def again(command: SendAgain) -> dict[str, Any]:
    """Record that it is done, and do it."""
    receipt = execute(command)
    services().sending.send_again(command.webhook_id, command.events)
    return receipt


def with_secret(receipt: dict[str, Any]) -> dict[str, Any]:
    """Return a receipt with the secret that a webhook has now."""
    webhook: Webhook = services().session().state(WEBHOOK, receipt["id"])
    return {**receipt, "secret": secret_of(services().journal.keyed, receipt["id"], webhook.secret)}


def registered(sight: Sight[Webhook]) -> Registered:
    """Return a webhook as the list has it."""
    return Registered(sight.stream, sight.session.history(sight.stream)[0].position, sight.state)


def shown(each: Registered) -> dict[str, Any]:
    """Return a webhook in the shape ``WebhookOut``."""
    webhook, stands = each.webhook, services().sending.standing(each.webhook_id)
    return {
        "webhook_id": each.webhook_id,
        "title": webhook.title,
        "address": webhook.address,
        "for_id": webhook.for_id,
        "types": sorted(webhook.types),
        "ended": webhook.ended,
        **of_sending(stands),
        "why": ("" if webhook.ended else silent_because(services().session(), webhook)) or stands.why,
        "position": each.position,
    }


def of_sending(stands: SendingStands) -> dict[str, Any]:
    """Return how it stands with what is sent."""
    return {"last_at": stands.last_at, "waits": stands.waits, "dead": stands.dead, "why": stands.why}
