"""Whether anything is recorded, and what the record says of the deployment as a whole."""

from contextlib import closing

from infra.errors import OperatorError
from infra.settings import Settings
from infra.store.journal import EventJournal
from infra.store.refusals import NothingThere
from portfolio.application.ports import FactUnreadable
from portfolio.domain.deployment import DEPLOYMENT, DEPLOYMENT_ID, Deployment


class DeploymentUnreadable(OperatorError):
    """What the record says of the deployment as a whole cannot be read."""

    def __init__(self, fault: FactUnreadable) -> None:
        super().__init__(
            f"What this deployment is cannot be read from its record: {fault} Until then nothing is written."
        )
        self.fault = fault


def holds_facts(settings: Settings, *, read_only: bool = True) -> bool:
    """Tell whether anything is recorded, which no key is needed for; raise ``CannotOpen``."""
    if not settings.store.may_exist():
        return False
    try:
        with closing(settings.store.open_journal(b"", read_only=read_only)) as journal:
            return journal.head() > 0
    except NothingThere:
        return False


def deployment_of(journal: EventJournal) -> Deployment:
    """Return what the record says of the deployment as a whole; raise ``DeploymentUnreadable``."""
    try:
        return DEPLOYMENT.fold(entry.fact for entry in journal.read(DEPLOYMENT_ID))
    except FactUnreadable as fault:
        raise DeploymentUnreadable(fault) from fault


def readable_deployment(journal: EventJournal) -> Deployment:
    """Return what can be read of that, for whoever only looks at the record."""
    try:
        return deployment_of(journal)
    except DeploymentUnreadable as unreadable:
        return DEPLOYMENT.fold(entry.fact for entry in unreadable.fault.readable)
