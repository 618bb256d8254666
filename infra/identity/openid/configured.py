"""The providers that an operator names in ``providers.toml``, a file of the folder of keys, since it holds secrets."""

import re
import tomllib
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from infra.errors import OperatorError
from infra.identity.keys import KeyFolder
from infra.identity.openid.followed import Followed, followed
from infra.identity.openid.followed import faults_of as faults_of_roles

FILE = "providers.toml"
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
LONGEST_KEY, LONGEST_NAME = 30, 60
VERIFIED_BY = "email_verified"
"""The claim by which providers say that they have verified an address, unless the operator names another one."""

NEEDED = ("name", "issuer", "client_id", "client_secret")
TEXTS = (*NEEDED, "verified_by")
KNOWN = (*TEXTS, "roles")


class ProvidersFaulty(OperatorError):
    """The file of providers cannot be used; the message names every fault and says what to do about each."""


@dataclass(frozen=True)
class Configured:
    """A provider as the operator names it: what stands in its addresses, what people call it, and how it knows us.

    ``roles``: what the organisation follows of its word on people's roles, None for nothing.
    """

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    verified_by: str = VERIFIED_BY
    roles: Followed | None = None


def configured(keys: KeyFolder) -> tuple[Configured, ...]:
    """Return the providers in the order of the file, none if there is no file; raise ``ProvidersFaulty``, ``KeyFault``.

    It is read like any other secret: nobody but its owner may be able to.
    """
    path = keys.path / FILE
    if not path.exists():
        return ()
    try:
        tables = tomllib.loads(keys.read(FILE).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProvidersFaulty(f"{path} is no TOML: {error}.") from None  # the cause would show the file's text
    faults = [fault for key, table in tables.items() for fault in faults_of(key, table)]
    if not faults:
        faults = doubled(tables)
    if faults:
        raise ProvidersFaulty("\n".join([f"The providers in {path} are faulty:", *(f"- {fault}" for fault in faults)]))
    return tuple(of_table(key, table) for key, table in tables.items())


def of_table(key: str, table: dict[str, Any]) -> Configured:
    """Return the provider of a table in which nothing is wrong."""
    return Configured(key=key, **{**table, "roles": followed(table["roles"]) if "roles" in table else None})


def faults_of(key: str, table: Any) -> list[str]:
    """Return a sentence for each thing that is wrong with a provider; none of them shows a secret."""
    if not isinstance(table, dict):
        return [f"{key} stands in no table: write the provider's name in brackets before it, such as [college]."]
    faults = []
    if not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        faults.append(
            f"[{key}] stands in addresses: give up to {LONGEST_KEY} small letters, digits and single hyphens."
        )
    faults += [f"[{key}] has no {name}." for name in NEEDED if name not in table]
    faults += [f"[{key}] {name} is not known: there are {', '.join(KNOWN)}." for name in table if name not in KNOWN]
    faults += [
        f"[{key}] {name} is not a text with something in it."
        for name in TEXTS
        if name in table and not (isinstance(table[name], str) and table[name].strip())
    ]
    if "roles" in table:
        faults += faults_of_roles(key, table["roles"])
    if faults:
        return faults
    if not table["name"].isprintable() or len(table["name"]) > LONGEST_NAME:
        faults.append(f"[{key}] name is not one of 1 to {LONGEST_NAME} letters in one line.")
    if not is_issuer(table["issuer"]):
        faults.append(f"[{key}] issuer is not an https address as the provider writes it, without ? and #.")
    return faults


def doubled(tables: dict[str, Any]) -> list[str]:
    """Return a sentence for each issuer that stands there twice: an account of it would be known twice."""
    issuers = [table["issuer"] for table in tables.values()]
    return [f"{each} is the issuer of two providers." for each in sorted(set(issuers)) if issuers.count(each) > 1]


def is_issuer(address: str) -> bool:
    """Tell whether this can be a provider's address: https, or one that never leaves this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - reading it raises when it is no number
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or "?" in address or "#" in address)
    return plain and bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def is_loopback(host: str) -> bool:
    """Tell whether this host is the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
