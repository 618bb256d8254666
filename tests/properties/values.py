"""Strategies for values of any declared type."""

from datetime import UTC
from typing import Any, TypeVar, cast

from hypothesis import strategies as st
from msgspec import inspect

T = TypeVar("T")

# What cannot be stored at all is not a value: lone surrogates have no UTF-8.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


def values_of(kind: type[T]) -> st.SearchStrategy[T]:
    """Return a strategy for values of a declared class."""
    return cast("st.SearchStrategy[T]", strategy_of(inspect.type_info(kind)))


def strategy_of(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a type as msgspec describes it."""
    match kind:
        case inspect.StrType():
            return TEXTS
        case inspect.IntType():
            return st.integers(-(2**53), 2**53)
        case inspect.FloatType():
            return st.floats(allow_nan=False, allow_infinity=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.DateType():
            return st.dates()
        case inspect.DateTimeType():
            return st.datetimes(timezones=st.just(UTC))
        case inspect.UUIDType():
            return st.uuids()
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.UnionType(types=types):
            return st.one_of(*map(strategy_of, types))
        case inspect.VarTupleType(item_type=item):
            return st.lists(strategy_of(item), max_size=3).map(tuple)
        case inspect.TupleType(item_types=items):
            return st.tuples(*map(strategy_of, items))
        case inspect.FrozenSetType(item_type=item):
            return st.frozensets(strategy_of(item), max_size=4)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(strategy_of(key), strategy_of(value), max_size=3)
        case inspect.StructType(cls=cls, fields=fields):
            return st.builds(cls, **{field.name: strategy_of(field.type) for field in fields})
    raise TypeError(f"no strategy is known for {kind}")
