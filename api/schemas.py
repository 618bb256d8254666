"""Schemas that many routes use: what a write answers, what a read may ask, a page of a list."""

from functools import cached_property
from typing import Any

import marshmallow
import msgspec
from marshmallow import fields, validate

from api.dumping import Write, dumper
from api.fields import Cursor, Day, Id, KnownAt, Position

LONGEST_PAGE = 200
"""Items of a page."""


class Schema(marshmallow.Schema):
    """A shape of a request or an answer; what it does not name is refused."""

    error_messages = {"type": "Not an object: send its fields and their values in braces."}

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Return a field of what is answered; what a fact of an earlier release does not say is left out."""
        value = super().get_attribute(obj, attr, default)
        return marshmallow.missing if value is msgspec.UNSET else value

    @cached_property
    def written(self) -> Write:
        """Return what writes one object in this shape."""
        return dumper(self)

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """Return what is answered, as marshmallow writes it."""
        if (self.many if many is None else many) and obj is not None:
            return [self.written(each) for each in obj]
        return self.written(obj)


class ReceiptOut(Schema):
    """What a write answers; ask a read for ``after=<position>`` to see the effect, send ``version`` as If-Match."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    position = Position(required=True)


class AfterIn(Schema):
    """Query of a read that may wait for a write."""

    after = Position(load_default=None, metadata={"description": "Wait until this position shows."})


class PointIn(AfterIn):
    """Query of a read that may look back."""

    as_of = Day(load_default=None, metadata={"description": "As things stood at the end of this day (Europe/London)."})
    known_at = KnownAt(load_default=None, metadata={"description": "As known at this time or position."})


class PageIn(AfterIn):
    """Query of a list; a list gives its own ``cursor = Cursor(<kinds>, load_default=None)``."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, LONGEST_PAGE))
    cursor = Cursor(load_default=None, metadata={"description": "The `next` of the page before."})


class ExportIn(PageIn):
    """Query of a list that may be asked for as a file: all of it, from the cursor on if one is given."""

    format = fields.String(
        load_default="json",
        validate=validate.OneOf(("json", "csv", "jsonl")),
        metadata={"description": "A page, or all of it as a CSV file or as JSON lines."},
    )


class PageOut(Schema):
    """One page of a list; a list adds its ``items``. ``next`` is null on the last page."""

    next = Cursor(required=True, allow_none=True)
