"""Dumping: what marshmallow finds out for each field of each row anew, found out once for each shape.

Marshmallow stays the contract. Shapes are declared with it and read by it, and what is written here is what it would
write, which a property holds for every shape; a field that is not known here it writes itself.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import marshmallow
import msgspec
from flask import Response
from flask.json.provider import JSONProvider
from marshmallow import fields, missing
from marshmallow.decorators import POST_DUMP, PRE_DUMP
from marshmallow.utils import get_value
from msgspec import UNSET

Write = Callable[[Any], Any]
"""Returns a value as it is answered; None is a value, too."""


class Part(NamedTuple):
    """A field of a shape: its name in the answer, and how it is written.

    ``source`` names it on what is answered, None where ``write`` is given the whole of that; without ``write``, and
    where it is of the type ``as_it_is``, it is answered as it is.
    """

    key: str
    source: str | None
    write: Write | None
    as_it_is: type | None = None


def dumper(schema: marshmallow.Schema) -> Write:
    """Return what writes one object in this shape; raise ``TypeError`` for one whose hooks run when it is written."""
    if schema._hooks[PRE_DUMP] or schema._hooks[POST_DUMP]:
        raise TypeError(f"{type(schema).__name__} has a hook that runs when it is written: that is not done here")
    parts = [_part(schema, name, field) for name, field in schema.dump_fields.items()]

    def dump(told: Any) -> dict[str, Any]:
        answer = {}
        by_key = told.get if type(told) is dict else None
        keyed = by_key is None and hasattr(told, "__getitem__")
        for key, source, write, as_it_is in parts:
            if source is None:
                value = cast(Write, write)(told)
                if value is not missing:
                    answer[key] = value
                continue
            value = missing if by_key is None else by_key(source, missing)
            if value is missing:
                value = get_value(told, source, missing) if keyed else getattr(told, source, missing)
            if value is not missing and value is not UNSET:
                answer[key] = value if write is None or type(value) is as_it_is else write(value)
        return answer

    return dump


def _part(schema: marshmallow.Schema, name: str, field: fields.Field[Any]) -> Part:
    key = name if field.data_key is None else field.data_key
    source = name if field.attribute is None else field.attribute
    known = type(field)._serialize in WRITERS
    if known and field._CHECK_ATTRIBUTE and field.dump_default is missing and "." not in source:
        return Part(key, source, writer(field), AS_THEY_ARE.get(type(field)._serialize))
    return Part(key, None, lambda told: field.serialize(name, told, accessor=schema.get_attribute))


def writer(field: fields.Field[Any]) -> Write | None:
    """Return what writes a field's values, None where they are answered as they are."""
    known = WRITERS.get(type(field)._serialize)
    return known(field) if known else lambda value: field._serialize(value, "", None)


def _text(field: Any) -> Write:
    return lambda value: value if type(value) is str else field._serialize(value, "", None)


def _number(field: Any) -> Write:
    kind = None if field.as_string else field.num_type
    return lambda value: value if type(value) is kind else field._serialize(value, "", None)


def _list(field: Any) -> Write:
    write = writer(field.inner)
    if write is None:
        return lambda values: None if values is None else list(values)
    return lambda values: None if values is None else [write(value) for value in values]


def _nested(field: Any) -> Write:
    schema = field.schema
    if schema.many or field.many:
        return lambda value: None if value is None else schema.dump(value, many=True)
    return lambda value: None if value is None else schema.written(value)


WRITERS: dict[Any, Callable[[Any], Write | None]] = {
    fields.Field._serialize: lambda _: None,
    fields.String._serialize: _text,
    fields.Number._serialize: _number,
    fields.List._serialize: _list,
    fields.Nested._serialize: _nested,
}
"""By the method with which marshmallow would write a field; fields of ours that have their own add it."""
AS_THEY_ARE: dict[Any, type] = {fields.String._serialize: str}
"""By the same, of which type values are answered as they are."""


class Json(JSONProvider):
    """JSON in UTF-8, with everything in the order in which it was made."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Return the text of an object."""
        return msgspec.json.encode(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Return the object of a text; raise ``msgspec.DecodeError``."""
        return msgspec.json.decode(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return the answer that holds an object."""
        content = msgspec.json.encode(self._prepare_response_obj(args, kwargs))
        return Response(content, mimetype="application/json")
