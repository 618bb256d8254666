"""The UK provider reference number, by which a centre is known."""

import re


def ukprn_is_valid(ukprn: str) -> bool:
    """Return whether the text is eight digits, the first a 1; it has no check digit."""
    return re.fullmatch("1[0-9]{7}", ukprn) is not None
