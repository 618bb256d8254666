"""Imports: files of people, enrolments and assignments, checked whole and carried out line by line."""

from typing import Any, cast
from uuid import UUID, uuid5

from flask import Response, request
from marshmallow import ValidationError, fields, validate

from api.blueprint import Blueprint
from api.content import BYTES, content_of
from api.errors import WrongMediaType, refusals
from api.fields import Id
from api.ids import new_id
from api.rates import count
from api.reads import may_ask, see
from api.schemas import Schema
from api.services import caller, services
from api.writes import idempotency_key
from portfolio.application.handler import CommandHandler
from portfolio.application.imports.carrying_out import Imports, stream_of
from portfolio.application.imports.lines import KINDS, sample
from portfolio.application.imports.sheet import LARGEST
from portfolio.domain.imports import IMPORT, Import, LineFault

imports = Blueprint("imports", "Files of people, enrolments and assignments, carried out line by line.")

CSV = "text/csv"
COLUMNS = "; ".join(f"of a line {name}: {', '.join(kind.columns)}" for name, kind in KINDS.items())
FILE = {
    "requestBody": {
        "required": True,
        "description": (
            "CSV in UTF-8 or Windows-1252, with commas, semicolons or tabs and a header, whose names are read whatever "
            f"their case and spaces; {COLUMNS}. Lines of several kinds may stand in one file with a column `record` "
            "that says which; a column `reference` gives a line a name by which lines below it name its record. Days "
            "are 2026-09-01 or 01/09/2026 (day, month, year)."
        ),
        "content": content_of([CSV]),
    }
}


class LeftOut(fields.Field[Any]):
    """Numbers of lines with commas between them, or ``faulty`` for every bad one."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[frozenset[int], bool]:
        parts = [part.strip() for part in value.split(",")]
        numbers = [part for part in parts if part != "faulty"]
        if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in numbers):
            raise ValidationError("Give the numbers of lines, such as 3,17, or faulty for every bad one.")
        return frozenset(map(int, numbers)), len(numbers) < len(parts)


class ImportIn(Schema):
    """Query of an import: its id, by which it goes on after it broke off, and what of the file is left out."""

    import_id = Id(
        load_default=None,
        metadata={"description": "Any UUID, the same each time the same file is sent; else a new one."},
    )
    leave_out = LeftOut(
        load_default=None,
        metadata={
            "type": "string",
            "description": "Lines not to carry out, the header being 1: `3,17`, `faulty` for every bad one, or both.",
        },
    )


class FaultOut(Schema):
    """A line that is not carried out: by which column and which refusal, both empty where somebody left it out."""

    line = fields.Integer(required=True)
    column = fields.String(required=True)
    code = fields.String(required=True)
    sentence = fields.String(required=True)


class CheckedOut(Schema):
    """Of every bad line each cell that cannot be read, or else what the rules refuse first."""

    faulty = fields.List(fields.Nested(FaultOut), required=True)


class ImportOut(Schema):
    """How far an import has come: up to which line of which, and what was not carried out.

    ``refused`` are lines that became impossible meanwhile; sent again, the file is tried again with them.
    """

    import_id = Id(required=True)
    last_line = fields.Integer(required=True)
    reached = fields.Integer(required=True)
    complete = fields.Boolean(required=True)
    left_out = fields.List(fields.Nested(FaultOut), required=True)
    refused = fields.List(fields.Nested(FaultOut), required=True)


def service() -> Imports:
    """Return what checks files and carries them out."""
    return Imports(cast(CommandHandler, services().handler))


def sent_file() -> bytes:
    """Return the file that was sent; raise ``WrongMediaType`` or, of one that is too large, ``TooLarge``."""
    request.max_content_length = LARGEST
    if request.mimetype not in (CSV, BYTES):
        raise WrongMediaType("Send the file, with Content-Type: text/csv.")
    file = request.get_data()
    if request.content_length is None:
        request.stream.read(1)  # the library cuts a chunked body at the limit; reading on it refuses
    return file


def import_shown(import_id: UUID, record: Import) -> dict[str, Any]:
    """Return an import in the shape ``ImportOut``."""
    return {
        "import_id": import_id,
        "last_line": record.last_line,
        "reached": record.reached,
        "complete": record.complete(),
        "left_out": [*map(fault_shown, record.left_out)],
        "refused": [*map(fault_shown, record.refused)],
    }


def fault_shown(fault: LineFault, sentence: str = "") -> dict[str, Any]:
    """Return a line that is not carried out in the shape ``FaultOut``."""
    refusal = refusals().get(fault.code)
    said = sentence or (refusal.title() if refusal else "")
    return {"line": fault.line, "column": fault.column, "code": fault.code, "sentence": said}


@imports.post("")
@imports.doc(**FILE)
@imports.arguments(ImportIn, location="query")
@imports.response(201, ImportOut)
@imports.alt_response(429, "TOO_MANY_REQUESTS")
def import_file(query: dict[str, Any]) -> dict[str, Any]:
    """Carry out every line of a file, or nothing while one is bad; sent again under the same id, what is left of it."""
    may_ask("imports")
    count("imports")
    key = idempotency_key()
    import_id = query["import_id"] or (uuid5(caller(), key) if key else new_id())
    lines, faulty = query["leave_out"] or (frozenset(), False)
    return import_shown(import_id, service().carry_out(sent_file(), import_id, caller(), left_out=lines, faulty=faulty))


@imports.post("/dry-run")
@imports.doc(**FILE)
@imports.arguments(ImportIn, location="query")
@imports.response(200, CheckedOut)
@imports.alt_response(429, "TOO_MANY_REQUESTS")
def check_import(query: dict[str, Any]) -> dict[str, Any]:
    """Name every fault of every line as things are now; nothing is recorded."""
    may_ask("imports")
    count("imports")
    lines, _ = query["leave_out"] or (frozenset(), False)
    faults = service().check(sent_file(), query["import_id"] or new_id(), caller(), lines)
    return {"faulty": [fault_shown(each.fault, each.sentence) for each in faults]}


@imports.get("/<uuid:import_id>")
@imports.response(200, ImportOut)
def get_import(import_id: UUID) -> dict[str, Any]:
    """Show how far an import has come."""
    return import_shown(import_id, see(IMPORT, stream_of(import_id)).state)


class SampleIn(Schema):
    """Query of a sample: of which kind its lines are."""

    kind = fields.String(load_default=next(iter(KINDS)), validate=validate.OneOf([*KINDS]))


@imports.get("/sample")
@imports.arguments(SampleIn, location="query")
@imports.response(200, {"type": "string"}, content_type=CSV)
def get_import_sample(query: dict[str, Any]) -> Response:
    """Answer a file with one line, to be filled in."""
    may_ask("imports")
    name = f"{query['kind']}.csv"
    answer = Response(sample(query["kind"]).encode("utf-8-sig"), content_type=f"{CSV}; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
