"""Who may change the deployment itself: rows of the one table in ``permissions.py``."""

from portfolio.domain import deployment, webhooks
from portfolio.domain.kernel import Command
from portfolio.domain.rows import Rule, any_of
from portfolio.domain.vocabulary import ADMINISTRATOR, THE_SYSTEM

OF_DEPLOYMENT: dict[type[Command], Rule] = {
    deployment.CreateDeployment: any_of(THE_SYSTEM),
    deployment.AcceptClock: any_of(THE_SYSTEM),
    deployment.AcceptLoss: any_of(THE_SYSTEM),
    deployment.RecordKeyChecks: any_of(THE_SYSTEM),
    deployment.RotateTokenKey: any_of(THE_SYSTEM),
    deployment.BeginCatalogue: any_of(THE_SYSTEM),
}
"""Whoever runs the machine answers for it, on its command line; nobody does over HTTP."""

OF_WEBHOOKS: dict[type[Command], Rule] = dict.fromkeys(
    (webhooks.RegisterWebhook, webhooks.EndWebhook, webhooks.RotateWebhookSecret, webhooks.SendAgain),
    any_of(ADMINISTRATOR),
)
"""An administrator says where what happens is sent."""
