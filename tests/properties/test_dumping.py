"""What is answered is what marshmallow would answer, for every shape and whatever is put into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import marshmallow
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import fields

import api.app  # noqa: F401 - with it all shapes are there
from api.fields import Cursor, Day, Id, KnownAt, Moment, Position, Written
from api.schemas import Schema
from api.shapes import Demo, OneOf, Several, Tag, Together, ValueSchema, shape
from tests.properties.values import TEXTS, values_of
from tests.soak import times

WRITTEN: dict[type[Written], st.SearchStrategy[Any]] = {
    Id: st.uuids(),
    Position: st.integers(0, 2**63 - 1),
    Moment: values_of(datetime),
    Day: values_of(date),
    KnownAt: values_of(datetime),
    Cursor: st.tuples(st.integers(), TEXTS),
}


def shapes(of: type[Schema] = Schema) -> Iterator[type[Schema]]:
    """Yield every shape there is, but those that ask the service for something."""
    for kind in of.__subclasses__():
        if not any(isinstance(field, Demo) for field in kind().dump_fields.values()):
            yield kind
        yield from shapes(kind)


SHAPES = sorted({*shapes()} - {ValueSchema}, key=lambda kind: (kind.__qualname__, [*kind().dump_fields]))


def told_in(schema: marshmallow.Schema) -> st.SearchStrategy[Any]:
    """Return objects that a shape may be given: with every field or some, by key or by attribute, and its own value."""
    known = {
        field.attribute or name: value_of(field) | st.just(msgspec.UNSET)
        for name, field in schema.dump_fields.items()
        if not isinstance(field, Tag | fields.Function)
    }
    if any(isinstance(field, fields.Function) for field in schema.dump_fields.values()):
        whole = {name: value_of(field) for name, field in schema.dump_fields.items()}
        return st.fixed_dictionaries({**whole, "ruled": st.lists(TEXTS, max_size=2)})
    methods = {name: known.pop(name) for name in [*known] if hasattr(dict, name)}  # else these would be found instead
    told = st.fixed_dictionaries(methods, optional=known)
    either = told | told.map(lambda each: SimpleNamespace(**each))
    if isinstance(schema, ValueSchema) and type(schema) is shape(schema.made):
        return either | values_of(schema.made)
    return either


def value_of(field: Any) -> st.SearchStrategy[Any]:
    match field:
        case OneOf():
            found: st.SearchStrategy[Any] = st.one_of(*map(values_of, field.kinds.values()))
        case Together():
            found = st.tuples(*map(value_of, field.tuple_fields))
        case Several(inner=Id()):
            found = st.frozensets(st.uuids(), max_size=4)
        case Several(inner=fields.String()):
            found = st.frozensets(TEXTS, max_size=4)
        case fields.List():
            found = st.lists(value_of(field.inner), max_size=3)
        case fields.Nested():
            one = st.deferred(lambda: told_in(field.schema))
            found = st.lists(one, max_size=2) if field.many or field.schema.many else one
        case fields.Dict():
            found = st.dictionaries(TEXTS, value_of(field.value_field), max_size=2)
        case Written():
            found = WRITTEN.get(type(field), TEXTS)
        case fields.Integer():
            found = st.integers() | st.booleans()
        case fields.Float():
            found = st.floats(allow_nan=False) | st.integers(-9, 9)
        case fields.Boolean():
            found = st.booleans()
        case fields.String():
            found = TEXTS | st.integers()
        case _:
            found = TEXTS
    return found | st.none()


@contextmanager
def by_marshmallow_alone() -> Iterator[None]:
    own = Schema.dump
    Schema.dump = marshmallow.Schema.dump  # type: ignore[method-assign]
    try:
        yield
    finally:
        Schema.dump = own  # type: ignore[method-assign]


@settings(max_examples=times(300), deadline=None)
@given(st.sampled_from(SHAPES).flatmap(lambda kind: st.tuples(st.just(kind), told_in(kind()))))
def test_every_shape_is_written_as_marshmallow_writes_it(asked: tuple[type[Schema], Any]) -> None:
    kind, told = asked
    written = kind().dump(told)
    with by_marshmallow_alone():
        assert list(written.items()) == list(kind().dump(told).items())
        several = kind(many=True).dump([told, told])
    assert kind(many=True).dump([told, told]) == several


@given(st.uuids(), values_of(datetime))
def test_ids_and_moments_are_written_in_their_usual_form(id_: UUID, moment: datetime) -> None:
    assert Id().write(id_) == str(id_)
    assert Moment().write(moment) == moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
