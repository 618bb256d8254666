"""Rate limits: counts what each person and each address asks for; ``limits`` keeps the windows."""

import hashlib
import logging
from collections.abc import Mapping
from math import ceil
from time import time
from uuid import UUID

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from infra.rates import Rate

TO_AN_ADDRESS = 10
"""Times as much as one person is allowed to an address: a whole college may have one."""

LOG = logging.getLogger("portfolio.rates")


class RateLimits:
    """Knows who asked for what lately (``api.services.Rates``), in this process or in a ``storage`` that many share.

    Whoever asks is kept as a hash. While the storage cannot be asked, nothing is counted and everything allowed.
    """

    def __init__(self, rates: Mapping[str, Rate], storage: Storage | None = None) -> None:
        self._windows = FixedWindowRateLimiter(storage or MemoryStorage())
        self._rates = rates

    def wait(self, what: str, *, person: UUID | None, address: str | None) -> int:
        """See ``Rates.wait``."""
        amount, seconds = self._rates[what]
        try:
            for allowed, who in ((amount, person), (amount * TO_AN_ADDRESS, address)):
                rate = RateLimitItemPerSecond(allowed, seconds)
                key = hashlib.sha256(f"{what} {who}".encode()).hexdigest()
                if who is not None and not self._windows.hit(rate, key):
                    return max(1, ceil(self._windows.get_window_stats(rate, key).reset_time - time()))
        except StorageError:
            LOG.warning("requests cannot be counted and are all let through", exc_info=True)
        return 0
