"""Where what happens is sent: each webhook once, as it stands, in the order in which they were registered."""

from portfolio.domain.webhooks import WebhookEnded, WebhookRegistered, WebhookSecretRotated
from projections.webhooks import webhooks
from tests.domain.world import IMPORTER, NOW, an_id
from tests.projections.support import STORY, on, views_after


def test_each_stands_there_once_as_it_is() -> None:
    def registered(title: str) -> WebhookRegistered:
        return WebhookRegistered(title=title, address="https://r.example/", for_id=IMPORTER, types=frozenset())

    first, second = an_id("first"), an_id("second")
    rotated = WebhookSecretRotated(number=2, old_until=NOW, reason="So it was agreed.")
    facts = (on(first, registered("A"), rotated), on(second, registered("B"), WebhookEnded(reason="Over.")))
    with views_after(*STORY, *facts) as reads:
        listed = webhooks(reads)
    assert [(each.webhook_id, each.webhook.title, each.webhook.ended) for each in listed] == [
        (first, "A", False),
        (second, "B", True),
    ]
    assert listed[0].webhook.secret == 2
    assert listed[1].position - listed[0].position == 2
