"""Examples of facts and commands, made from their declarations: every field filled, every alternative met."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast
from uuid import uuid5

import msgspec
from msgspec import inspect

from portfolio.domain.kernel import NOBODY

T = TypeVar("T")

MOMENT = datetime(2026, 12, 8, 10, 30, 15, 123456, tzinfo=UTC)


def examples_of(kind: type[T]) -> list[T]:
    """Return as many examples as it takes to meet each alternative of each field at least once."""
    return cast("list[T]", _examples(inspect.type_info(kind), kind.__name__))


def example_of(kind: type[T]) -> T:
    """Return one example."""
    return examples_of(kind)[0]


def _examples(kind: inspect.Type, name: str) -> list[Any]:
    match kind:
        case inspect.StrType():
            return [f"{name} – “ß”"]
        case inspect.IntType():
            return [2_000]
        case inspect.FloatType():
            return [12.5]
        case inspect.BoolType():
            return [True, False]
        case inspect.NoneType():
            return [None]
        case inspect.DateType():
            return [date(2026, 12, 8)]
        case inspect.DateTimeType():
            return [MOMENT]
        case inspect.UUIDType():
            return [uuid5(NOBODY, name)]
        case inspect.LiteralType(values=values):
            return list(values)
        case inspect.UnionType(types=types):
            return [each for alternative in types for each in _examples(alternative, name)]
        case inspect.VarTupleType(item_type=item):
            return [tuple(_examples(item, name)), ()]
        case inspect.TupleType(item_types=items):
            return _rows([_examples(item, name) for item in items])
        case inspect.FrozenSetType(item_type=item):
            return [frozenset(_examples(item, name)), frozenset()]
        case inspect.DictType(key_type=key, value_type=value):
            return [dict(zip(_examples(key, name), _examples(value, name), strict=False)), {}]
        case inspect.StructType(cls=cls, fields=fields):
            columns = [_examples(field.type, field.name) for field in fields]
            return [cls(**dict(zip((field.name for field in fields), row, strict=True))) for row in _rows(columns)]
    raise TypeError(f"{name} is of a type that no example is known for: {kind}")


def _rows(columns: list[list[Any]]) -> list[tuple[Any, ...]]:
    length = max((len(column) for column in columns), default=1)
    return [tuple(column[row % len(column)] for column in columns) for row in range(length)]


def round_trip(value: T) -> T:
    """Return the value after encoding and decoding it as it is stored."""
    encoded = msgspec.json.encode(value, order="deterministic")
    return msgspec.json.decode(encoded, type=type(value))
