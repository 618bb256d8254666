"""Machines that serve one deployment go by the same settings: each notes by what it goes, and compares with the others.

What is noted are keyed hashes: whoever reads the table learns of no setting more than whether two are the same.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from threading import Event
from uuid import uuid4

from infra.identity.keys import KeyFolder
from infra.identity.openid.configured import FILE, configured
from infra.settings import Settings

OF_A_MACHINE = {
    "PORTFOLIO_FOLDER",
    "PORTFOLIO_KEYS",
    "PORTFOLIO_HOST",
    "PORTFOLIO_PORT",
    "PORTFOLIO_DATABASE_URL",
    "PORTFOLIO_WORKERS",
    "PORTFOLIO_RESERVE_MB",
    "PORTFOLIO_SCANNER",
    "PORTFOLIO_PROXIES",
}
"""What each machine has for itself; all other settings are the deployment's."""

NOTED_EVERY_SECONDS = 10.0

Keyed = Callable[[str, bytes], str]


class Machines:
    """What one process knows of the others that serve the deployment, looked at by ``run`` in a thread of its own."""

    def __init__(self, settings: Settings, keyed: Keyed) -> None:
        self._store = settings.store
        self._name = name_of(settings)
        self._goes_by = goes_by(settings, keyed)
        self._id = uuid4()
        self._others: Mapping[str, Mapping[str, str]] = {}
        self.look()

    def look(self) -> None:
        """Note by what this process goes, and read by what the others do; raise ``CannotOpen``."""
        self._others = self._store.note_machine(self._id, self._name, self._goes_by)

    def run(self, stop: Event) -> None:
        """Look again and again until ``stop`` is set."""
        while not stop.wait(NOTED_EVERY_SECONDS):
            try:
                self.look()
            except Exception:  # noqa: BLE001 - what it is the check of the store says
                self._others = {}

    def fault(self) -> str | None:
        """Return in what this machine does not agree with others, None if it agrees with all."""
        return " ".join(disagreements(self._goes_by, self._others)) or None


def found(settings: Settings, keyed: Keyed) -> Iterator[str]:
    """Yield a sentence for each machine at work that goes by other settings than these; raise ``CannotOpen``."""
    yield from disagreements(goes_by(settings, keyed), settings.store.machines())


def disagreements(mine: Mapping[str, str], others: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield a sentence for each of the others that goes by something else."""
    for machine, theirs in others.items():
        if names := sorted(name for name in {*mine, *theirs} if mine.get(name) != theirs.get(name)):
            yield (
                f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not the same here and at {machine}, which "
                "serves this deployment too: give every machine the same, and start those again that had another."
            )


def goes_by(settings: Settings, keyed: Keyed) -> dict[str, str]:
    """Return a hash of each thing that all machines have in common; raise ``KeyFault`` or ``ProvidersFaulty``."""
    texts = {name: text for name, text in settings.environment().items() if name not in OF_A_MACHINE}
    texts[FILE] = repr([{**vars(each)} for each in configured(KeyFolder(settings.keys))])
    return {name: keyed("what machines go by", f"{name}\0{text}".encode())[:16] for name, text in texts.items()}


def name_of(settings: Settings) -> str:
    """Return what an operator knows this machine by."""
    return f"{socket.gethostname()}:{settings.port}"
