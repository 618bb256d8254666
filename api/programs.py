"""Programs: which other systems act here for a person, within which rows of the permission table."""

from collections.abc import Callable, Iterator
from typing import Any, Literal
from uuid import UUID

from flask import url_for
from marshmallow import ValidationError, fields, validate, validates_schema

from api.blueprint import Blueprint
from api.fields import Id, Moment, Text
from api.ids import new_id
from api.lists import NAMES, RECORDED, list_in, read_whole
from api.reads import Sight, may_ask, see, see_each, wait_for
from api.schemas import AfterIn, PageOut, ReceiptOut, Schema
from api.services import services
from api.shapes import Several, word
from api.trail import name_of
from api.writes import execute, show_version
from portfolio.application.indexes import PROGRAMS
from portfolio.domain.kernel import Command
from portfolio.domain.program.aggregate import PROGRAM, Program
from portfolio.domain.program.facts import (
    AddProgramKey,
    AddProgramSecret,
    EndProgram,
    HandProgramOver,
    ProgramKeyAdded,
    ProgramSecretAdded,
    RegisterProgram,
    ReinstateProgram,
    RevokeCredential,
    ScopeProgram,
    SuspendProgram,
)
from portfolio.domain.program.keys import Curve, PublicKey
from portfolio.domain.program.refusals import KeyNotReadable
from portfolio.domain.program.rows import IN_WORDS

programs = Blueprint("programs", "Which other systems act here for a person, and within which bounds.")

KINDS = {"Ed25519": "OKP", "P-256": "EC"}
"""What JWK calls the kind of a key on each curve."""

ProgramState = Literal["active", "suspended", "ended"]
CredentialKind = Literal["key", "secret"]
RowKind = Literal["see", "ask", "do"]
NAME_OF_ROW = fields.String(
    validate=validate.Regexp("^(see|ask|do):[a-z-]{1,60}$"),
    metadata={"description": "What it is, `GET /v1/programs/rows` says.", "enum": sorted(IN_WORDS)},
)


def rows_field(**options: Any) -> Several:
    """Return the field of rows of the permission table by their names."""
    return Several(NAME_OF_ROW, frozenset, most=200, **options)


class ProgramIn(Schema):
    """A program to register: what it is called, for whom it acts, and what it may do of what that person may."""

    name = Text(required=True)
    owner = Id(required=True)
    rows = rows_field(required=True)


class ScopeIn(Schema):
    """The rows that a program has from now on, and why."""

    rows = rows_field(required=True)
    reason = Text(2000, lines=True, required=True)


class OwnerIn(Schema):
    """Who owns a program from now on, and why."""

    owner = Id(required=True)
    reason = Text(2000, lines=True, required=True)


class WhyIn(Schema):
    """Why a program is suspended, reinstated or ended."""

    reason = Text(2000, lines=True, required=True)


class CredentialIn(Schema):
    """The key or secret that ends, by its name, and why."""

    credential = Text(64, required=True)
    reason = Text(2000, lines=True, required=True)


class PrivateHalf(fields.Field[Any]):
    """What must not be sent."""

    def _deserialize(self, *_: Any, **__: Any) -> Any:
        raise ValidationError("This is the private half, which is nobody else's: make a new key, send its public half.")


class KeyIn(Schema):
    """The public half of a key as JWK (RFC 7517); ``kid``, ``use`` and ``alg`` may stand there and change nothing."""

    kty = fields.String(required=True, validate=validate.OneOf(["OKP", "EC"]))
    crv = word(Curve, required=True)
    x = Text(64, required=True)
    y = Text(64, load_default="")
    kid = Text(200)
    use = fields.String(validate=validate.OneOf(["sig"]))
    alg = fields.String(validate=validate.OneOf(["Ed25519", "ES256"]))
    d = PrivateHalf(metadata={"type": "string", "description": "Never send it: it is the private half."})

    @validates_schema
    def check_kind(self, key: dict[str, Any], **_: Any) -> None:
        """Refuse a curve of another kind of keys."""
        if key.get("kty") != KINDS.get(key.get("crv", "")):
            raise ValidationError("Ed25519 is a curve of OKP, P-256 one of EC.", "kty")


class SecretOut(ReceiptOut):
    """The receipt, and the secret, which is shown this once; null where the same request was carried out before."""

    credential = fields.String(required=True, allow_none=True)
    secret = fields.String(required=True, allow_none=True)


class CredentialOut(Schema):
    """A key or secret that counts, by its name: for a key the one that stands as ``kid`` in what is signed with it."""

    credential = fields.String(required=True)
    kind = word(CredentialKind, required=True)
    added_at = Moment(required=True)


class ProgramRowOut(Schema):
    """A program of a list."""

    program_id = Id(required=True)
    name = fields.String(required=True)
    owner = Id(required=True)
    name_of_owner = fields.String(required=True)
    state = word(ProgramState, required=True)
    rows = fields.List(NAME_OF_ROW, required=True)


class ProgramOut(ProgramRowOut):
    """A program: for whom it acts, within which rows, and with what it signs in."""

    credentials = fields.List(fields.Nested(CredentialOut), required=True)


class ProgramsOut(PageOut):
    """Programs in the order asked for."""

    items = fields.List(fields.Nested(ProgramRowOut), required=True)


class RowOut(Schema):
    """A row of the permission table that a program can be given, and what it lets it do if it lets its owner."""

    row = fields.String(required=True, metadata={"enum": sorted(IN_WORDS)})
    kind = word(RowKind, required=True)
    what = fields.String(required=True)


class RowsOut(Schema):
    """The rows of the permission table that programs can be given."""

    items = fields.List(fields.Nested(RowOut), required=True)


ProgramsIn = list_in("ProgramsIn", (*NAMES, *RECORDED), search="the name", state=word(ProgramState, load_default=None))


@programs.post("")
@programs.arguments(ProgramIn)
@programs.response(201, ReceiptOut)
def register_program(body: dict[str, Any]) -> dict[str, Any]:
    """Register a program. It can do nothing until its owner gives it a key or a secret."""
    return execute(
        RegisterProgram(program_id=new_id(), **body), location=lambda it: url_for(".get_program", program_id=it)
    )


@programs.get("")
@programs.arguments(ProgramsIn, location="query")
@programs.response(200, ProgramsOut)
def list_programs(query: dict[str, Any]) -> dict[str, Any]:
    """List the programs that you may see: your own, or all of them."""
    may_ask("programs")
    wait_for(query["after"])
    return read_whole(map(row_shown, programs_seen()), query, "program_id", "state", name="name")


@programs.get("/rows")
@programs.response(200, RowsOut)
def list_program_rows() -> dict[str, Any]:
    """List the rows of the permission table that programs can be given."""
    may_ask("programs")
    return {"items": [*rows_given()]}


@programs.get("/<uuid:program_id>")
@programs.arguments(AfterIn, location="query")
@programs.response(200, ProgramOut)
def get_program(query: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """Show a program."""
    sight = see(PROGRAM, program_id)
    wait_for(query["after"])
    show_version(sight.version)
    return {**row_shown(sight), "credentials": credentials_of(sight)}


@programs.post("/<uuid:program_id>/scope")
@programs.arguments(ScopeIn)
@programs.response(201, ReceiptOut)
def scope_program(body: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """Give a program other rows of the permission table; they count from its next request."""
    return execute(ScopeProgram(program_id=program_id, **body))


@programs.post("/<uuid:program_id>/owner")
@programs.arguments(OwnerIn)
@programs.response(201, ReceiptOut)
def hand_program_over(body: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """Let another person own a program: its keys and secrets end, and the new owner gives it some of their own."""
    return execute(HandProgramOver(program_id=program_id, **body))


@programs.post("/<uuid:program_id>/keys")
@programs.arguments(KeyIn)
@programs.response(201, ReceiptOut)
def add_program_key(body: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """Let a program of yours sign in with a further key; those that it has go on counting until they are revoked."""
    return execute(AddProgramKey(program_id=program_id, key=usable(body["crv"], body["x"], body["y"])))


@programs.post("/<uuid:program_id>/secrets")
@programs.response(201, SecretOut)
def add_program_secret(program_id: UUID) -> dict[str, Any]:
    """Give a program of yours a further secret, made here and shown this once."""
    return secret_added(program_id, execute)


@programs.post("/<uuid:program_id>/credentials/revocation")
@programs.arguments(CredentialIn)
@programs.response(201, ReceiptOut)
def revoke_credential(body: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """End a key or secret of a program, and every token that was given for it, at once."""
    return execute(RevokeCredential(program_id=program_id, **body))


@programs.post("/<uuid:program_id>/suspension")
@programs.arguments(WhyIn)
@programs.response(201, ReceiptOut)
def suspend_program(body: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """Stop everything a program may do and see, until it is reinstated."""
    return execute(SuspendProgram(program_id=program_id, **body))


@programs.post("/<uuid:program_id>/reinstatement")
@programs.arguments(WhyIn)
@programs.response(201, ReceiptOut)
def reinstate_program(body: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """Let a suspended program go on."""
    return execute(ReinstateProgram(program_id=program_id, **body))


@programs.post("/<uuid:program_id>/end")
@programs.arguments(WhyIn)
@programs.response(201, ReceiptOut)
def end_program(body: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """Stop a program for good."""
    return execute(EndProgram(program_id=program_id, **body))


def programs_seen() -> Iterator[Sight[Program]]:
    """Return the programs that the caller may see, the oldest first."""
    return see_each(PROGRAM, services().session().links(PROGRAMS, ""))


def state_of(program: Program) -> ProgramState:
    """Return in which state a program is."""
    return "ended" if program.ended else "suspended" if program.suspended else "active"


def row_shown(sight: Sight[Program]) -> dict[str, Any]:
    """Return a program in the shape ``ProgramRowOut``."""
    program = sight.state
    return {
        "program_id": sight.stream,
        "name": program.name,
        "owner": program.owner,
        "name_of_owner": name_of(sight.session, program.owner),
        "state": state_of(program),
        "rows": sorted(program.rows),
        "position": sight.session.history(sight.stream)[0].position,
    }


def credentials_of(sight: Sight[Program]) -> list[dict[str, Any]]:
    """Return the keys and secrets that count, the oldest first."""
    counting = sight.state.credentials()
    return [
        {
            "credential": entry.fact.credential,
            "kind": "key" if isinstance(entry.fact, ProgramKeyAdded) else "secret",
            "added_at": entry.at,
        }
        for entry in sight.session.history(sight.stream)
        if isinstance(entry.fact, ProgramKeyAdded | ProgramSecretAdded) and entry.fact.credential in counting
    ]


def usable(crv: Curve, x: str, y: str) -> PublicKey:
    """Return a public key; raise ``KeyNotReadable`` if it is none, or no point of its curve."""
    key = PublicKey(crv=crv, x=x, y=y)
    if not (key.well_formed() and services().programs.is_usable(key)):
        raise KeyNotReadable
    return key


def secret_added(program_id: UUID, give: Callable[[Command], dict[str, Any]]) -> dict[str, Any]:
    """Give a program a new secret and return the receipt with it, without where it was another request's."""
    secret, check = services().programs.new_secret()
    receipt = give(AddProgramSecret(program_id=program_id, check=check))
    secrets = services().session().state(PROGRAM, program_id).secrets
    credential = next((name for name, known in secrets.items() if known == check), None)
    return {**receipt, "credential": credential, "secret": secret if credential else None}


def rows_given() -> Iterator[dict[str, str]]:
    """Yield the rows that programs can be given, in the shape ``RowOut``."""
    for row, what in IN_WORDS.items():
        yield {"row": row, "kind": row.partition(":")[0], "what": what}
