"""Rates: how often one person may ask for what costs most, as the setting says it."""

import re
from typing import NamedTuple

DEFAULTS = "sign-in=10/minute uploads=60/minute seals=60/minute imports=30/minute links=5/hour"
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
RATE = re.compile(f"([a-z-]+)=([1-9][0-9]{{0,5}})/({'|'.join(SECONDS)})")


class Rate(NamedTuple):
    """So many requests in so many seconds."""

    amount: int
    seconds: int


def rates_of(text: str) -> dict[str, Rate]:
    """Return the rates that a setting names, the defaults for what it leaves out; raise ``ValueError``."""
    rates: dict[str, Rate] = {}
    usual = {pair.partition("=")[0] for pair in DEFAULTS.split()}
    for pair in [*DEFAULTS.split(), *text.split()]:
        rate = RATE.fullmatch(pair)
        if not rate or rate[1] not in usual:
            raise ValueError(pair)
        rates[rate[1]] = Rate(int(rate[2]), SECONDS[rate[3]])
    return rates
