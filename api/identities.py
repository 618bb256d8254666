"""Identities: the accounts at providers that sign people in, and those that were refused."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from marshmallow import fields

from api.blueprint import Blueprint
from api.fields import Id, Moment, Text
from api.reads import see
from api.schemas import ReceiptOut, Schema
from api.services import services
from api.shapes import word
from api.writes import execute
from portfolio.application.indexes import IDENTITIES_OF_PERSON
from portfolio.application.providers import steps_left
from portfolio.application.read_session import ReadSession
from portfolio.domain.identity import IDENTITY, AcceptIdentity, Hindrance, UnlinkIdentity
from portfolio.domain.kernel import Rejected
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import Role

identities = Blueprint("identities", "Accounts at providers that sign people in, and those that were refused.")
of_people = Blueprint("of-people", "The accounts of a person.", below="people")

State = Literal["linked", "refused"]
Wanted = Literal["given", "ended"]


class IdentityReasonIn(Schema):
    """Why an account is taken from its person, or let in after all."""

    reason = Text(2000, lines=True, required=True)


class IdentityOut(Schema):
    """An account that has, or had, a verified address of a person: whether it signs them in, since when, or why not."""

    identity_id = Id(required=True)
    issuer = fields.String(required=True)
    provider = fields.String(required=True)
    state = word(State, required=True)
    hindrance = word(Hindrance, required=True, allow_none=True)
    since = Moment(required=True)


class UnfollowedOut(Schema):
    """A role that is not as a provider said last: to be ``given`` or ``ended``, and the code of what refuses that now.

    Where nothing refuses it, it follows the next time the person signs in there.
    """

    issuer = fields.String(required=True)
    provider = fields.String(required=True)
    role = word(Role, required=True)
    wanted = word(Wanted, required=True)
    refusal = fields.String(required=True, allow_none=True)


class IdentitiesOut(Schema):
    """The accounts of a person, in the order in which they were first seen, and which roles are not as they say."""

    items = fields.List(fields.Nested(IdentityOut), required=True)
    unfollowed = fields.List(fields.Nested(UnfollowedOut), required=True)


class Shown(NamedTuple):
    """An account of a person as it stands, since when."""

    identity_id: UUID
    issuer: str
    provider: str
    state: State
    hindrance: Hindrance | None
    since: datetime


def accounts_of(session: ReadSession, person_id: UUID) -> Iterator[Shown]:
    """Yield the accounts that sign a person in, or would if nothing spoke against it."""
    for identity_id, identity in session.each(IDENTITY, IDENTITIES_OF_PERSON, person_id):
        if identity.person_id == person_id:
            yield Shown(
                identity_id,
                identity.issuer,
                services().providers.name_of(identity.issuer),
                "linked" if identity.linked else "refused",
                identity.hindrance,
                session.history(identity_id)[-1].at,
            )


class Left(NamedTuple):
    """A role that is not as a provider said last, and what refuses that now."""

    issuer: str
    provider: str
    role: Role
    wanted: Wanted
    refusal: Rejected | None


def unfollowed(session: ReadSession, person_id: UUID) -> Iterator[Left]:
    """Yield the roles of a person that are not as a provider said last."""
    for issuer in session.state(PERSON, person_id).provided.said:
        for step in steps_left(session, person_id, issuer, services().now()):
            provider = services().providers.name_of(issuer)
            yield Left(issuer, provider, step.role, "given" if step.gives else "ended", step.refusal)


@of_people.get("/<uuid:person_id>/identities")
@of_people.response(200, IdentitiesOut)
def list_identities(person_id: UUID) -> dict[str, Any]:
    """List the accounts at providers that sign a person in, and those that were refused."""
    sight = see(PERSON, person_id, ask="identities")
    left = (each._asdict() for each in unfollowed(services().deciding(), person_id))
    return {
        "items": [each._asdict() for each in accounts_of(sight.session, person_id)],
        "unfollowed": [{**each, "refusal": each["refusal"] and each["refusal"].code} for each in left],
    }


@identities.post("/<uuid:identity_id>/removal")
@identities.arguments(IdentityReasonIn)
@identities.response(201, ReceiptOut)
def unlink_identity(body: dict[str, Any], identity_id: UUID) -> dict[str, Any]:
    """Take an account from its person; whatever it signed in ends now."""
    return execute(UnlinkIdentity(identity_id=identity_id, **body))


@identities.post("/<uuid:identity_id>/acceptance")
@identities.arguments(IdentityReasonIn)
@identities.response(201, ReceiptOut)
def accept_identity(body: dict[str, Any], identity_id: UUID) -> dict[str, Any]:
    """Let an account sign its person in after all, that was refused or taken away."""
    return execute(AcceptIdentity(identity_id=identity_id, **body))
