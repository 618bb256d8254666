"""People: who is registered, with roles, declared interests and competences."""

from typing import Any, Literal
from uuid import UUID

from flask import url_for
from marshmallow import fields, validate

from api.blueprint import Blueprint
from api.exports import exports
from api.fields import Day, Id, KnownAt, Text
from api.ids import new_id
from api.lists import NAMES, RECORDED, cards_shown, list_in, listed, words_of
from api.reads import Sight, may_ask, position_of, see, wait_for
from api.schemas import AfterIn, PageOut, ReceiptOut, Schema
from api.services import services
from api.shapes import Several, extended, shape, word
from api.writes import execute, show_version
from portfolio.domain.addresses import RegisterAddress, RemoveAddress
from portfolio.domain.competences import (
    CompetenceKind,
    CompetenceRecorded,
    CorrectCompetence,
    RecordCompetence,
    TakeCompetenceBack,
)
from portfolio.domain.corrections import CorrectEmployment, CorrectName
from portfolio.domain.interests import ConfirmCorrection, DeclareInterest, Interest, InterestDeclared
from portfolio.domain.invitations import InvitePerson
from portfolio.domain.kernel import NotVisible
from portfolio.domain.notices import ChooseNotices, Mails
from portfolio.domain.person import PERSON, EndRole, GrantRole, Person, RegisterPerson
from portfolio.domain.standing import ReinstatePerson, SignOut, SuspendPerson
from portfolio.domain.vocabulary import Role, WorksFor
from projections.people import PEOPLE, PersonCard

people = Blueprint("people", "Who is registered, with roles, declared interests and competences.")

MOST_TOGETHER = 60
"""People of whom one act may record the same."""


PersonState = Literal["active", "suspended", "invited"]
"""``invited``: by mail, and not signed in since; whoever is that is active or suspended, too."""


class PersonIn(Schema):
    """A person to register."""

    name = Text(required=True)
    works_for = word(WorksFor, required=True)


class NameIn(Schema):
    """What a person is called from now on, and why."""

    name = Text(required=True)
    reason = Text(2000, lines=True, required=True)


class EmploymentIn(Schema):
    """Whom a person works for, and why that is put right."""

    works_for = word(WorksFor, required=True)
    reason = Text(2000, lines=True, required=True)


class KnownAtIn(AfterIn):
    """Query of a person as they were known."""

    known_at = KnownAt(load_default=None, metadata={"description": "As known at this time or position."})


class RoleIn(Schema):
    """A role of a person; ending one of somebody who is part of an open case needs a reason."""

    role = word(Role, required=True)
    reason = Text(2000, least=0, lines=True, load_default="")


class StandingIn(Schema):
    """Why a person is suspended or reinstated."""

    reason = Text(2000, lines=True, required=True)


class NoticesIn(Schema):
    """How often you want to be told by mail of what concerns you."""

    mails = word(Mails, required=True)


class AddressIn(Schema):
    """An e-mail address of a person."""

    address = Text(1000, required=True)


class InterestIn(Schema):
    """What the person is to an apprentice, and ``also`` to others; "none" is an answer too."""

    apprentice = Id(required=True)
    also = Several(Id(), frozenset, most=500, load_default=frozenset())
    interest = word(Interest, required=True)
    detail = Text(2000, least=0, lines=True, load_default="")


class CorrectionIn(Schema):
    """The apprentice whom a person's corrected declaration is about, and why the correction is right."""

    apprentice = Id(required=True)
    reason = Text(2000, lines=True, required=True)


class TogetherIn(Schema):
    """People of whom the same is recorded in one act."""

    people = fields.List(Id(), required=True, validate=validate.Length(1, MOST_TOGETHER))


class CompetenceIn(Schema):
    """A training, a standardisation on a criteria version, or a preparation for appeals panels."""

    kind = word(CompetenceKind, required=True)
    criteria_id = Id(load_default=None, allow_none=True)
    occurred_on = Day(required=True)
    detail = Text(2000, least=0, lines=True, load_default="")


class OnRecordIn(Schema):
    """A competence as it stands on record, and why it is put right."""

    kind = word(CompetenceKind, required=True)
    criteria_id = Id(load_default=None, allow_none=True)
    occurred_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


class CompetenceCorrectionIn(OnRecordIn):
    """On which criteria and day the person got the competence in truth."""

    right_criteria_id = Id(load_default=None, allow_none=True)
    right_day = Day(required=True)


PeopleIn = list_in(
    "PeopleIn",
    (*NAMES, *RECORDED),
    search="the name",
    role=word(Role, load_default=None),
    state=word(PersonState, load_default=None),
    works_for=word(WorksFor, load_default=None),
)


class PeopleOut(PageOut):
    """People in the order asked for; while one is ``suspended`` their roles count for nothing."""

    items = fields.List(fields.Nested(extended(PersonCard, name="PersonRow", person_id=Id(required=True))))


class PersonOut(Schema):
    """A person; while they are ``suspended`` their roles count for nothing.

    ``corrections``: apprentices of whom they took an interest back that nobody has confirmed yet.
    ``address`` is as it is now, and null to all but the person and administrators. ``invited``: whether they were
    invited by mail to the address that they have, and have not signed in since.
    """

    person_id = Id(required=True)
    name = fields.String(required=True)
    works_for = word(WorksFor, required=True)
    roles = fields.List(word(Role), required=True)
    suspended = fields.Boolean(required=True)
    address = fields.String(required=True, allow_none=True)
    invited = fields.Boolean(required=True)
    interests = fields.List(fields.Nested(shape(InterestDeclared)), required=True)
    corrections = fields.List(Id(), required=True)
    competences = fields.List(fields.Nested(shape(CompetenceRecorded)), required=True)


@people.post("")
@people.arguments(PersonIn)
@people.response(201, ReceiptOut)
def register_person(body: dict[str, Any]) -> dict[str, Any]:
    """Register a person."""
    return execute(RegisterPerson(person_id=new_id(), **body), location=lambda it: url_for(".get_person", person_id=it))


@people.get("")
@people.arguments(PeopleIn, location="query")
@exports(people, PeopleOut)
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """List people."""
    return people_page(query)


def people_page(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the people there are, to those who may list them."""
    may_ask("people")
    wait_for(query["after"])
    return listed(query, PEOPLE, cards_shown("person_id"), also=words_of(query, "role", "state", "works_for"))


@people.get("/<uuid:person_id>")
@people.arguments(KnownAtIn, location="query")
@people.response(200, PersonOut)
def get_person(query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Show a person, now or as known at a moment."""
    sight = see(PERSON, person_id)
    wait_for(query["after"])
    show_version(sight.version)
    person = services().session(position_of(query["known_at"])).state(PERSON, person_id)
    if not person.name:
        raise NotVisible
    return {
        "person_id": person_id,
        "name": person.name,
        "works_for": person.works_for,
        "roles": sorted(person.granted()),
        "suspended": person.suspended,
        "address": address_shown(sight),
        "invited": bool(person.invited),
        "interests": person.interests,
        "corrections": sorted({each.apprentice for each in person.interests if person.corrected(each.apprentice)}),
        "competences": person.competences,
    }


def address_shown(sight: Sight[Person]) -> str | None:
    """Return a person's e-mail address to whom it is shown, None to others and where none is registered."""
    return services().addresses.address_of(sight.stream) or None if sight.shows("e-mail address") else None


@people.post("/<uuid:person_id>/name")
@people.arguments(NameIn)
@people.response(201, ReceiptOut)
def correct_name(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Call a person by another name: it was mistyped, or is a new one."""
    return execute(CorrectName(person_id=person_id, **body))


@people.post("/<uuid:person_id>/employment")
@people.arguments(EmploymentIn)
@people.response(201, ReceiptOut)
def correct_employment(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Correct whom a person works for, which panels and scrutiny routes rest on."""
    return execute(CorrectEmployment(person_id=person_id, **body))


@people.post("/<uuid:person_id>/address")
@people.arguments(AddressIn)
@people.response(201, ReceiptOut)
def register_address(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Register a person's e-mail address, in the place of one that they have."""
    return execute(RegisterAddress(person_id=person_id, **body))


@people.post("/<uuid:person_id>/address/removal")
@people.response(201, ReceiptOut)
def remove_address(person_id: UUID) -> dict[str, Any]:
    """Forget a person's e-mail address."""
    return execute(RemoveAddress(person_id=person_id))


@people.post("/<uuid:person_id>/invitation")
@people.response(201, ReceiptOut)
def invite_person(person_id: UUID) -> dict[str, Any]:
    """Invite a person to sign in, by a mail without a secret to the address that is registered of them."""
    return execute(InvitePerson(person_id=person_id))


@people.post("/<uuid:person_id>/roles")
@people.arguments(RoleIn)
@people.response(201, ReceiptOut)
def grant_role(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Let a person hold a role."""
    return execute(GrantRole(person_id=person_id, **body))


@people.post("/<uuid:person_id>/roles/end")
@people.arguments(RoleIn)
@people.response(201, ReceiptOut)
def end_role(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """End a role of a person."""
    return execute(EndRole(person_id=person_id, **body))


@people.post("/<uuid:person_id>/suspension")
@people.arguments(StandingIn)
@people.response(201, ReceiptOut)
def suspend_person(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Stop everything a person may do and see, until they are reinstated."""
    return execute(SuspendPerson(person_id=person_id, **body))


@people.post("/<uuid:person_id>/reinstatement")
@people.arguments(StandingIn)
@people.response(201, ReceiptOut)
def reinstate_person(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Let a suspended person go on with the roles they hold."""
    return execute(ReinstatePerson(person_id=person_id, **body))


@people.post("/<uuid:person_id>/sign-out")
@people.response(201, ReceiptOut)
def sign_out(person_id: UUID) -> dict[str, Any]:
    """End every sign-in link, session and token that a person has, yourself perhaps, wherever they are."""
    return execute(SignOut(person_id=person_id))


@people.post("/<uuid:person_id>/notices")
@people.arguments(NoticesIn)
@people.response(201, ReceiptOut)
def choose_notices(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Choose how often you are told by mail of what concerns you: at once, once a day together, or never."""
    return execute(ChooseNotices(person_id=person_id, **body))


@people.post("/<uuid:person_id>/interests")
@people.arguments(InterestIn)
@people.response(201, ReceiptOut)
def declare_interest(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Declare, before the first view of the work, what one is to one or several apprentices; renew or correct it."""
    return execute(DeclareInterest(person_id=person_id, **body))


@people.post("/<uuid:person_id>/interests/confirmation")
@people.arguments(CorrectionIn)
@people.response(201, ReceiptOut)
def confirm_correction(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Confirm a correction that frees a person of a conflict with an apprentice; until then the conflict holds."""
    return execute(ConfirmCorrection(person_id=person_id, **body))


@people.post("/<uuid:person_id>/competences")
@people.arguments(CompetenceIn)
@people.response(201, ReceiptOut)
def record_competence(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Record what a person was trained for or standardised on."""
    return execute(RecordCompetence(person_id=person_id, **body))


@people.post("/<uuid:person_id>/competences/correction")
@people.arguments(CompetenceCorrectionIn)
@people.response(201, ReceiptOut)
def correct_competence(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Correct the criteria or the day of a competence; a decision made under it goes on saying what it was then."""
    return execute(CorrectCompetence(person_id=person_id, **body))


@people.post("/<uuid:person_id>/competences/withdrawal")
@people.arguments(OnRecordIn)
@people.response(201, ReceiptOut)
def take_competence_back(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Take back a competence that a person never got."""
    return execute(TakeCompetenceBack(person_id=person_id, **body))
