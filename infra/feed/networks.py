"""Networks: into which no webhook is sent, whatever a name leads to, and which an operator lists all the same."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

NAME = "PORTFOLIO_WEBHOOK_NETWORKS"

TRANSLATED = ip_network("64:ff9b::/96")
"""Addresses that a gateway translates to the one of four bytes in their end (RFC 6052)."""

NEVER_PUBLIC = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            *("::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16"),
            *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
        ),
    )
)
"""What the registries of special addresses (RFC 6890) keep from the public Internet, written out: each Python knows
another edition of them."""


def networks_of(text: str) -> tuple[Network, ...]:
    """Return the networks that the setting lists; raise ``ValueError``."""
    return tuple(map(ip_network, text.split()))


def faults_of_networks(text: str) -> list[str]:
    """Return a sentence for each part of the setting that is no network."""
    faults = []
    for part in text.split():
        try:
            ip_network(part)
        except ValueError:
            faults.append(
                f"{NAME} ({part}) is not an address, such as 192.0.2.7, or a network of them, such as 10.4.0.0/16."
            )
    return faults


def reached_by(address: Address) -> Address:
    """Return the address at which one of another form arrives: mapped, translated or tunnelled."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        if address.sixtofour is not None:
            return address.sixtofour
    return address


def may_be_sent_to(address: str, listed: Sequence[Network], *, plain: bool) -> bool:
    """Return whether something may be sent to an address: if it is public and not ``plain`` http, or is listed."""
    try:
        asked = ip_address(address)
    except ValueError:  # with a zone, such as fe80::1%eth0, or nothing of the kind
        return False
    there = reached_by(asked)
    if any(each in network for network in listed for each in (asked, there)):
        return True
    public = not any(each in network for network in NEVER_PUBLIC for each in (asked, there))
    return public and asked.is_global and there.is_global and not plain
