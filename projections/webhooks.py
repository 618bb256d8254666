"""Webhooks: where what happens is sent, and since when."""

from collections.abc import Sequence
from typing import NamedTuple, get_args
from uuid import UUID

import msgspec

from portfolio.domain.kernel import Entry
from portfolio.domain.webhooks import Webhook, WebhookFact, WebhookRegistered, evolve
from projections.machinery.database import Reads, Rows, View


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - it belongs to no enrolment
    """Keep one row for each webhook."""
    fact, stream = entry.fact, entry.originator_id
    if isinstance(fact, WebhookRegistered):
        rows.put(stream, position=entry.position, webhook=evolve(Webhook(), fact))
    elif isinstance(fact, WebhookFact) and (row := rows.get(stream)):
        rows.change(stream, webhook=evolve(row["webhook"], fact))


WEBHOOKS = View(
    "webhooks",
    1,
    {"webhook_id": UUID},
    {"position": int, "webhook": Webhook},
    fold,
    get_args(WebhookFact),
)

ALL = "SELECT webhook_id, position, webhook FROM webhooks_v1 ORDER BY position"


class Registered(NamedTuple):
    """A webhook, and the position from which on what happens is sent."""

    webhook_id: UUID
    position: int
    webhook: Webhook


def webhooks(reads: Reads) -> Sequence[Registered]:
    """Return every webhook there ever was, in the order in which they were registered."""
    return [
        Registered(webhook_id, int(position), msgspec.json.decode(webhook, type=Webhook))
        for webhook_id, position, webhook in reads.query(ALL)
    ]
