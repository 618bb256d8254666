"""What facts of e-mail addresses say to a lay reader, who is never told the address."""

from collections.abc import Callable
from typing import Any

from portfolio.domain import addresses
from portfolio.domain.kernel import Fact

OF_ADDRESSES: dict[type[Fact], Callable[[Any, str], str]] = {
    addresses.AddressRegistered: lambda fact, name: (
        f"{'changed' if fact.replaces else 'registered'} the e-mail address of {name}"
    ),
    addresses.AddressRemoved: lambda _, name: f"removed the e-mail address of {name}",
}
"""Sentences about the person whose address it is."""
