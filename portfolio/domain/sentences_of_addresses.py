"""What facts of e-mail addresses and invitations say to a lay reader, who is never told the address."""

from collections.abc import Callable
from typing import Any

from portfolio.domain import addresses, invitations
from portfolio.domain.kernel import Fact

OF_ADDRESSES: dict[type[Fact], Callable[[Any, str], str]] = {
    addresses.AddressRegistered: lambda fact, name: (
        f"{'changed' if fact.replaces else 'registered'} the e-mail address of {name}"
    ),
    addresses.AddressRemoved: lambda _, name: f"removed the e-mail address of {name}",
    invitations.PersonInvited: lambda _, name: f"invited {name} by mail to sign in",
    invitations.InvitationTakenUp: lambda _, name: f"noted that {name} signed in after the invitation",
}
"""Sentences about the person whose address it is."""
