"""How often what is tried at random is tried: ``SOAK=10`` multiplies it, as ``make soak`` does."""

import os

SOAK = int(os.environ.get("SOAK", "1"))


def times(number: int) -> int:
    """Return how often to try what a run of the whole suite tries so often."""
    return number * SOAK
