"""Where the bench works: a scratch store of ours with its peers, the same to measure on every kind of store."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from infra.bench.peers.protocols import Peers
from infra.store.journal import EventJournal
from projections.machinery.database import ViewsDatabase


class Views(ViewsDatabase, Protocol):
    """Views that can be closed."""

    def close(self) -> None:
        """Close every connection."""


class Store(Protocol):
    """A scratch store. It can be sent to another process, which then works on the same one."""

    def journal(self) -> EventJournal:
        """Open our journal."""

    def settings(self) -> Mapping[str, str]:
        """Return the settings of a deployment that has its record here rather than in its folder, if that is so."""

    def views(self) -> Views:
        """Open our views, of which there is one set in a store."""

    @property
    def peers(self) -> Peers:
        """Return what stands beside ours."""


@dataclass(frozen=True)
class Bench:
    """What to measure on, and how long: ``seconds`` of a round, ``rounds`` of each candidate.

    ``scratch`` makes an empty store and takes it away; ``driver`` names what the raw peer is written in. A long log has
    so many ``facts``, a large file so many ``megabytes``.
    """

    kind: str
    driver: str
    scratch: Callable[[], AbstractContextManager[Store]]
    seconds: float
    rounds: int
    facts: int
    megabytes: int = 256
