"""What an organisation follows of a provider's word on roles: which claim, and which of its values give which role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from portfolio.application.providers import NothingSaid
from portfolio.domain.vocabulary import Role

ROLES: tuple[Role, ...] = get_args(Role)
NEEDED = ("claim", "given")
KNOWN = (*NEEDED, "scope", "missing_means_none")

ELSEWHERE = "_claim_names"
"""Where a token names claims that it leaves to another place, as large ones are (OpenID Connect Core 1.0, 5.6.2)."""

OF_THE_PERSON = {"sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"}
OF_THE_PERSON |= {"profile", "picture", "website", "email", "email_verified", "gender", "birthdate", "zoneinfo"}
OF_THE_PERSON |= {"locale", "phone_number", "phone_number_verified", "address", "updated_at"}
"""Claims that say who somebody is (OpenID Connect Core 1.0, 5.1), many of which people write themselves."""

OF_THE_TOKEN = {"iss", "aud", "exp", "iat", "nbf", "jti", "nonce", "auth_time", "acr", "amr", "azp", "at_hash", "sid"}


@dataclass(frozen=True)
class Followed:
    """The claim whose values give roles, and of each role which values do.

    ``scope``: what the provider is asked for beside the rest, so that it says it. ``missing_means_none``: it leaves the
    claim out of somebody who has none of its values.
    """

    claim: str
    given: Mapping[Role, frozenset[str]]
    scope: str = ""
    missing_means_none: bool = False

    def roles(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        """Return the roles that follow from what a provider says; raise ``NothingSaid`` where it says nothing of them.

        What is missing is not the same as nothing at all, which ends what was given: a provider that was set up anew
        would end everybody's roles.
        """
        if self.claim not in claims:
            elsewhere = claims.get(ELSEWHERE)
            left_out = self.missing_means_none and not (isinstance(elsewhere, dict) and self.claim in elsewhere)
            if left_out:
                return frozenset()
            raise NothingSaid("claim-missing")
        said = claims[self.claim]
        values = [said] if isinstance(said, str) else said
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise NothingSaid("claim-unreadable")
        return frozenset(role for role, giving in self.given.items() if not giving.isdisjoint(values))


def followed(table: Mapping[str, Any]) -> Followed:
    """Return what the table of an operator says, in which ``faults_of`` finds nothing."""
    given = {role: frozenset(values) for role, values in table["given"].items()}
    return Followed(**{**table, "given": given})


def faults_of(key: str, table: Any) -> list[str]:
    """Return a sentence for each thing that is wrong with what is followed of a provider."""
    where = f"[{key}.roles]"
    if not isinstance(table, dict):
        return [f"[{key}] roles is no table: write {where} above its claim."]
    faults = [f"{where} has no {name}." for name in NEEDED if name not in table]
    faults += [f"{where} {name} is not known: there are {', '.join(KNOWN)}." for name in table if name not in KNOWN]
    faults += [
        f"{where} {name} is not a text with something in it."
        for name in ("claim", "scope")
        if name in table and not is_text(table[name])
    ]
    if not isinstance(table.get("missing_means_none", False), bool):
        faults.append(f"{where} missing_means_none is neither true nor false.")
    if str(table.get("claim")) in OF_THE_PERSON | OF_THE_TOKEN:
        faults.append(
            f"{where} claim is {table['claim']}, which says who somebody is or what the token is, and people may write "
            "it themselves: take one that only those who look after the provider set, such as groups or roles."
        )
    return [*faults, *(faults_of_given(key, table["given"]) if "given" in table else [])]


def faults_of_given(key: str, given: Any) -> list[str]:
    """Return a sentence for each thing that is wrong with which values give which role."""
    where = f"[{key}.roles.given]"
    if not isinstance(given, dict) or not given:
        return [f'{where} gives no role: write a line for each, such as coach = ["Tutors"].']
    unknown = [f"{where} {role} is no role here: there are {', '.join(ROLES)}." for role in given if role not in ROLES]
    return unknown + [
        f'{where} {role} needs a list of values, each a text: such as ["Tutors"].'
        for role, values in given.items()
        if not isinstance(values, list) or not values or not all(is_text(each) for each in values)
    ]


def is_text(value: Any) -> bool:
    """Tell whether a value is a text with something in it."""
    return isinstance(value, str) and bool(value.strip())
