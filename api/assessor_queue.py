"""The shapes of the assessor's queue: what it may be asked, and what it answers."""

from typing import Any, Literal

from marshmallow import ValidationError, fields, validate, validates_schema

from api.fields import PLACE, Cursor, Id, Moment, Position, Text
from api.lists import AS_SORTED
from api.schemas import PageIn, PageOut, Schema
from api.shapes import word
from api.waiting import KINDS, NARROWED, SORTS, Waits
from portfolio.domain.evidence.media import FileKind
from projections.assessor_queue import AGES


class AssessorQueueIn(PageIn):
    """Query of the queue: filters that are given must all hold; ``recorded`` is oldest first."""

    cursor = Cursor(Literal[*SORTS], AS_SORTED, PLACE, load_default=None)  # type: ignore[arg-type]  # types for msgspec
    sort = fields.String(
        load_default=SORTS[0], validate=validate.OneOf(SORTS), metadata={"description": '"-": backwards.'}
    )
    apprentice = Id(load_default=None)
    kind = fields.String(
        load_default=None,
        validate=validate.OneOf(KINDS),
        metadata={"description": "What people call the file, or an attempt to decide, or a decision to confirm."},
    )
    outcome = Text(50, load_default=None, metadata={"description": "The key of an outcome that a claimed code is of."})
    component = Text(
        50, load_default=None, metadata={"description": "The key of a component that judges a claimed code."}
    )
    age = fields.Integer(
        load_default=None, validate=validate.OneOf(AGES), metadata={"description": "Days that it has waited at least."}
    )

    @validates_schema
    def check_cursor(self, query: dict[str, Any], **_: Any) -> None:
        """Refuse the cursor of another order."""
        cursor = query.get("cursor")
        if cursor and cursor[0] != query.get("sort"):
            raise ValidationError(Cursor.fault, "cursor")


class WaitingOut(Schema):
    """Evidence that was handed in and not answered yet, an attempt to decide, or a decision that you are to confirm.

    Of an apprentice to whom you have not said what you are there is no more than the name (``declared`` is false).
    """

    waits = word(Waits, required=True)
    position = Position(required=True)
    since = Moment(required=True)
    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    declared = fields.Boolean(required=True)
    evidence_id = Id()
    version = fields.Integer()
    title = fields.String()
    kind = word(FileKind)
    claims = fields.List(fields.String())
    assessment_id = Id()
    component = fields.String()
    number = fields.Integer()
    codes = fields.List(fields.String())
    missing = fields.List(fields.String(), metadata={"description": "Codes that need a finding of yours."})
    barred = fields.Boolean(metadata={"description": "You took part in a decision that was set aside."})
    why_not = fields.String(
        metadata={"description": "What keeps you from deciding or confirming it, empty if nothing."}
    )
    decision_id = Id(metadata={"description": "The decision that counts once you confirm it."})


class CountOut(Schema):
    """How much waits under one value of a filter, as the other filters let it through."""

    filter = fields.String(required=True, validate=validate.OneOf(NARROWED))
    value = fields.String(required=True)
    name = fields.String(required=True)
    count = fields.Integer(required=True)


class AssessorQueueOut(PageOut):
    """What waits for an assessor; ``total`` counts all that the filters let through."""

    items = fields.List(fields.Nested(WaitingOut), required=True)
    total = fields.Integer(required=True)
    counts = fields.List(fields.Nested(CountOut), required=True)
