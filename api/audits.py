"""Audits: when all stored files were last read again, and what was found."""

from typing import Any, get_args

from marshmallow import fields

from api.blueprint import Blueprint
from api.fields import Id, Moment
from api.reads import may_ask
from api.schemas import Schema
from api.services import services
from api.shapes import word
from portfolio.application.audits import Audit, FaultKind

audits = Blueprint("audits", "When all stored files were read again and compared with the record, and what was found.")


class FaultyFileOut(Schema):
    """A file that is not as the record says, and what to do about it, or what was done."""

    kind = word(FaultKind, required=True)
    object_id = Id(required=True)
    sentence = fields.String(required=True)


class AuditOut(Schema):
    """An audit: ``counts`` are of all faulty files, ``faulty`` names the first of them."""

    begun_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    files = fields.Integer(required=True)
    bytes = fields.Integer(required=True)
    counts = fields.Dict(keys=word(FaultKind), values=fields.Integer(), required=True)
    faulty = fields.List(fields.Nested(FaultyFileOut), required=True)


class AuditsOut(Schema):
    """The last audit that came to its end, and the one that has not yet, null where there is none."""

    last = fields.Nested(AuditOut, required=True, allow_none=True)
    under_way = fields.Nested(AuditOut, required=True, allow_none=True)


@audits.get("")
@audits.response(200, AuditsOut)
def get_audits() -> dict[str, Any]:
    """Show what the last audit of the stored files has found, and how far one is that is under way."""
    may_ask("audits")
    kept = services().audits()
    return {"last": shown(kept.last), "under_way": shown(kept.under_way)}


def shown(audit: Audit | None) -> dict[str, Any] | None:
    """Return an audit in the shape ``AuditOut``, every kind of fault counted."""
    if audit is None:
        return None
    counts = {kind: audit.counts.get(kind, 0) for kind in get_args(FaultKind)}
    return {
        "begun_at": audit.begun_at,
        "ended_at": audit.ended_at,
        "files": audit.files,
        "bytes": audit.bytes,
        "counts": counts,
        "faulty": audit.faulty,
    }
