"""What facts of the deployment itself say to a lay reader: rows of the tables in ``sentences.py``."""

from collections.abc import Callable
from typing import Any

from portfolio.domain import deployment, webhooks
from portfolio.domain.kernel import Fact


def because(reason: str) -> str:
    """Return a reason as the end of a sentence, empty if none was given."""
    return f": {reason.rstrip('.')}" if reason else ""


OF_DEPLOYMENT: dict[type[Fact], Callable[[Any], str]] = {
    deployment.DeploymentCreated: lambda fact: f"created this {fact.mode} deployment",
    deployment.ClockAccepted: lambda fact: f"accepted {fact.in_words()}{because(fact.reason)}",
    deployment.CatalogueBegun: lambda fact: f"began to write under number {fact.number} of the catalogue of facts",
    deployment.LossAccepted: lambda fact: f"went on {fact.in_words()}{because(fact.reason)}",
    deployment.KeyChecksRecorded: lambda _: "recorded by which values the keys are known again",
    deployment.TokenKeyRotated: lambda fact: (
        f"began to sign tokens with key {fact.number}, the one before being {fact.in_words()}{because(fact.reason)}"
    ),
    webhooks.WebhookEnded: lambda fact: f"ended the webhook{because(fact.reason)}",
    webhooks.WebhookSecretRotated: lambda fact: (
        f"began to sign what is sent with secret {fact.number}, the one before being "
        f"{f'used beside it until {deployment.moment_in_words(fact.old_until)}' if fact.old_until else 'used no more'}"
        f"{because(fact.reason)}"
    ),
    webhooks.SentAgain: lambda fact: (
        f"had {len(fact.events) or 'all'} {'event' if len(fact.events) == 1 else 'events'} sent again that had been "
        "given up"
    ),
}
