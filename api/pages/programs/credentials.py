"""Keys and secrets of programs: a public key is pasted, a secret is made here and shown once."""

from typing import Any
from uuid import UUID

import msgspec
from flask import g, make_response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from api.errors import FieldsNotValid
from api.ids import new_id
from api.pages.asking import NOT_THEIRS, page_of
from api.pages.common import back_to, pages, render
from api.pages.fields import faults
from api.pages.forms import form, run, shown_again
from api.pages.programs.acts import key, secret
from api.pages.programs.shown import shown, trail_to
from api.programs import KeyIn, secret_added, usable
from api.reads import see
from api.services import services
from portfolio.domain.program.aggregate import PROGRAM
from portfolio.domain.program.facts import AddProgramKey
from portfolio.domain.program.keys import PublicKey
from portfolio.domain.program.refusals import KeyNotReadable


@pages.get("/programs/<uuid:program_id>/key")
def ask_for_key(program_id: UUID) -> str:
    """Ask for the public half of a key."""
    sight = see(PROGRAM, program_id)
    act = key(sight)
    if isinstance(refusal := act.refusal(), NOT_THEIRS):
        raise refusal
    return render("programs/key.html", act=act, each=shown(sight), refusal=refusal, key=new_id(), schema=KeyIn)


@pages.post("/programs/<uuid:program_id>/key")
@shown_again(ask_for_key)
def add_key(program_id: UUID) -> Response:
    """Add a key."""
    see(PROGRAM, program_id)
    receipt = run(AddProgramKey(program_id=program_id, key=key_typed()))
    return back_to(".program", receipt.position, program_id=program_id)


@pages.get("/programs/<uuid:program_id>/secret")
def ask_for_secret(program_id: UUID) -> str:
    """Ask before a secret is made."""
    sight = see(PROGRAM, program_id)
    return page_of(secret(sight), sight, trail_to(sight), sight.state.name)


@pages.post("/programs/<uuid:program_id>/secret")
@shown_again(ask_for_secret)
def make_secret(program_id: UUID) -> Response:
    """Make a secret, and show it in the answer and never again: nobody keeps it, and no address leads to it."""
    see(PROGRAM, program_id)
    made = secret_added(program_id, lambda command: {"position": run(command).position})
    return make_response(render("programs/secret.html", each=shown(see(PROGRAM, program_id)), secret=made["secret"]))


def key_typed() -> PublicKey:
    """Return the public key that was pasted; raise ``FieldsNotValid`` or ``KeyNotReadable``.

    A private half that was pasted by mistake is not shown again.
    """
    text = request.form.get("jwk", "").strip()
    members = members_of(text)
    try:
        body = form(KeyIn, sent=MultiDict(members | ({} if "d" in members else {"jwk": text})))
    except FieldsNotValid:
        g.faults = {"jwk": faults().get("d", KeyNotReadable.title())}
        raise
    return usable(body["crv"], body["x"], body["y"])


def members_of(text: str) -> dict[str, Any]:
    """Return the members of a key that was pasted as JWK or as PEM, none if it is neither."""
    if not text.startswith("{"):
        return services().programs.members_of_pem(text)
    try:
        members = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
    return {name: value for name, value in members.items() if isinstance(value, str)}
