"""Rates: how often somebody, or an address, may ask for what costs most."""

from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from uuid import UUID, uuid5

from flask import g, request

from api.errors import TooManyRequests
from api.services import services, today
from portfolio.application.handler import authorise
from portfolio.domain.enrolment.papers import AnnouncePaper, CompletePaper
from portfolio.domain.evidence.commands import CompleteUpload, OfferEvidence, OfferVersion
from portfolio.domain.kernel import Command, Rejected

COUNTED: dict[type[Command], str] = {
    OfferEvidence: "uploads",
    OfferVersion: "uploads",
    AnnouncePaper: "uploads",
    CompleteUpload: "seals",
    CompletePaper: "seals",
}
"""The commands that are counted, and as what."""


def count_command(command: Command) -> None:
    """Count such a command of somebody who may give it; whoever may not is refused by the handler and costs nothing."""
    what = COUNTED.get(type(command))
    if what is None:
        return
    try:
        authorise(services().session(), command, g.person, today())
    except Rejected:
        return
    count(what)


def count(what: str) -> None:
    """Count this request for who asks and for their address; raise ``TooManyRequests``.

    Whoever calls has checked that they may ask.
    """
    refuse_if(services().rates.wait(what, person=g.get("person"), address=address()))


def count_bytes(object_id: UUID, number: int) -> None:
    """Count that bytes of a part of a file are sent, for the part alone; raise ``TooManyRequests``.

    Whoever has an upload address may send to it. Counted for theirs, one could use up what a whole college has.
    """
    refuse_if(services().rates.wait("uploads", person=uuid5(object_id, str(number)), address=None))


def refuse_if(seconds: int) -> None:
    """Refuse a request that is allowed again only after some seconds."""
    if seconds:
        raise TooManyRequests(seconds)


def address() -> str | None:
    """Return the caller's address, as the proxies that the settings name say it; None for this machine itself.

    Everybody may send X-Forwarded-For, so only what such a proxy wrote there counts: the last address that is not
    one of theirs. A network of a household or a college counts as one in IPv6.
    """
    trusted = services().proxies
    caller = parsed(request.remote_addr or "")
    forwarded = [part.strip() for part in ",".join(request.headers.getlist("X-Forwarded-For")).split(",")]
    while caller is not None and forwarded and any(caller in network for network in trusted):
        before = parsed(forwarded.pop())
        if before is None:
            break
        caller = before
    if caller is None or caller.is_loopback:
        return None
    return str(ip_network((caller, 64), strict=False)) if isinstance(caller, IPv6Address) else str(caller)


@lru_cache(1_000)
def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address, the IPv4 one where an IPv6 one stands for it; None if it is none."""
    with suppress(ValueError):
        found = ip_address(text)
        return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found
    return None
