"""What the office does about a person's e-mail address: registering it, and inviting them to sign in by it."""

from api.pages.asking import Act, Ask
from api.people import AddressIn
from api.reads import Sight
from api.schemas import Schema
from portfolio.domain.addresses import RegisterAddress, RemoveAddress
from portfolio.domain.invitations import InvitePerson
from portfolio.domain.person import Person

AN_ADDRESS = "somebody@address.invalid"
"""Nobody's: whether any address may be registered does not hang on which."""


def address(sight: Sight[Person]) -> Act:
    """Register an e-mail address, or another one."""
    has = bool(sight.state.address)
    return Act(
        "address",
        "Change" if has else "Register an e-mail address",
        f"Which e-mail address does {sight.state.name} have?",
        "Register this address",
        AddressIn,
        lambda body: RegisterAddress(person_id=sight.stream, **body),
        [RegisterAddress(person_id=sight.stream, address=AN_ADDRESS)],
        [Ask("address", "E-mail address", "Such as jo.smith@college.example. Nobody else here has the same one.")],
        [
            "By it they are known when they sign in, and links to sign in are sent to it.",
            "The record says that it was registered, by whom and when, and not which one it is: that is kept apart, "
            "and is gone once it is removed.",
            *(["The one that they have now is forgotten."] if has else []),
        ],
    )


def address_removal(sight: Sight[Person]) -> Act:
    """Remove the e-mail address."""
    return Act(
        "address-removal",
        "Remove",
        f"Remove the e-mail address of {sight.state.name}?",
        "Remove this address",
        Schema,
        lambda _: RemoveAddress(person_id=sight.stream),
        [RemoveAddress(person_id=sight.stream)],
        [],
        ["It is forgotten here, and nobody signs in by it any more.", "They may be given another one, or the same."],
        warns=True,
    )


def invitation(sight: Sight[Person]) -> Act:
    """Invite by mail."""
    return Act(
        "invitation",
        "Invite again by mail" if sight.state.invited else "Invite by mail",
        f"Invite {sight.state.name} to sign in?",
        f"Invite {sight.state.name}",
        Schema,
        lambda _: InvitePerson(person_id=sight.stream),
        [InvitePerson(person_id=sight.stream)],
        [],
        [
            "A mail asks them to come to the page where people sign in, and to enter their address there. It names "
            "nobody and opens nothing by itself.",
            "Their page shows what became of the mail, and when they have signed in.",
        ],
    )


OF_ADDRESSES = {"address": address, "address-removal": address_removal, "invitation": invitation}
"""Each act by the last part of its address."""
