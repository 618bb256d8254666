"""Shapes made from the domain's values: one declaration says what a value is, in the record and over HTTP."""

from collections.abc import Callable, Collection, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar, cast, get_args

from marshmallow import ValidationError, fields, post_load, validate
from msgspec import inspect

from api.dumping import WRITERS, Write
from api.fields import Day, Flag, Id, Moment, Number, Position, Text, Whole
from api.schemas import Schema
from api.services import services
from portfolio.domain.kernel import Fact, State, Value
from portfolio.domain.words import words_in

LONGEST_TEXT = 10_000
MOST_ITEMS = 1_000
FURTHEST = 1e9


class ValueSchema(Schema):
    """A shape of one of the domain's values, which it is loaded as."""

    made: ClassVar[type[Value]]

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Value:
        """Return the value."""
        return self.made(**{name: loaded[name] for name in loaded if name in self.made.__struct_fields__})


class Several(fields.List[Any]):
    """A list of ``least`` to ``most`` items, loaded as a tuple or a frozenset; a set is answered in order."""

    def __init__(
        self,
        inner: fields.Field[Any],
        into: Callable[[Any], Any] = tuple,
        *,
        least: int = 0,
        most: int = MOST_ITEMS,
        **options: Any,
    ) -> None:
        super().__init__(inner, validate=validate.Length(least, most), **options)
        self.into = into

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self.into(super()._deserialize(value, *args, **kwargs))

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._serialize(sorted(value) if isinstance(value, frozenset) else value, *args, **kwargs)


def _several(field: Several) -> Write:
    write = cast(Write, WRITERS[fields.List._serialize](field))
    return lambda values: write(sorted(values) if isinstance(values, frozenset) else values)


WRITERS[Several._serialize] = _several


class Together(fields.Tuple):
    """A fixed number of things in order, each with its own shape."""


class Tag(fields.Field[str]):
    """The word that tells which of several shapes this is."""

    _CHECK_ATTRIBUTE = False

    def __init__(self, word: str) -> None:
        super().__init__(required=True, metadata={"type": "string", "enum": [word]})
        self.word = word

    def _serialize(self, *_: Any, **__: Any) -> str:
        return self.word

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if value != self.word:
            raise ValidationError(f"Must be {self.word!r}.")
        return self.word


class OneOf(fields.Field[Any]):
    """One of several tagged values, told apart by the word in ``tag``."""

    def __init__(self, kinds: tuple[type[Value], ...], *, tag: str = "type", **options: Any) -> None:
        super().__init__(**options)
        self.tag = tag
        self.kinds = {word_of(kind): kind for kind in kinds}

    def schemas(self) -> dict[str, type[Schema]]:
        """Return the shape of each kind by its word."""
        return {word: shape(kind, tag=self.tag) for word, kind in self.kinds.items()}

    @cached_property
    def _made(self) -> dict[type[Value], Schema]:
        return {kind: shape(kind, tag=self.tag)() for kind in self.kinds.values()}

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return None if value is None else self._made[type(value)].dump(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("Not a JSON object.")
        word = value.get(self.tag)
        if not isinstance(word, str) or word not in self.kinds:
            raise ValidationError({self.tag: [f"Must be one of: {', '.join(self.kinds)}."]})
        return self.schemas()[word]().load(value)


WRITERS[OneOf._serialize] = lambda field: field._serialize


class Demo(fields.Field[bool]):
    """True where the deployment is for demonstration and nothing in it is a real decision."""

    _CHECK_ATTRIBUTE = False

    def __init__(self) -> None:
        super().__init__(required=True)

    def _serialize(self, *_: Any, **__: Any) -> bool:
        return services().mode == "demo"


def word_of(kind: type[Value] | type[Fact]) -> str:
    """Return the tag of a value in a union."""
    return str(kind.__struct_config__.tag)


def word(literal: Any, **options: Any) -> fields.String:
    """Return the field of one of a ``Literal``'s words."""
    return fields.String(validate=validate.OneOf(get_args(literal)), **options)


@cache
def shape(kind: type[Value] | type[Fact], tag: str = "") -> type[Schema]:
    """Return the shape of a value: its fields under their names, required where the value has no default."""
    return extended(kind, tag=tag)


def extended(
    kind: type[Value] | type[Fact],
    /,
    *,
    tag: str = "",
    name: str = "",
    but: Collection[str] = (),
    **more: fields.Field[Any],
) -> type[Schema]:
    """Return the shape of a value with these fields beside its own, or in the place of those of the same name."""
    parts = cast(inspect.StructType, inspect.type_info(kind)).fields
    own: dict[str, Any] = {part.name: _field(kind, part) for part in parts if part.name not in but}
    word = {tag: Tag(word_of(kind))} if tag else {}
    return cast(type[Schema], type(name or kind.__name__, (ValueSchema,), {"made": kind, **word, **own, **more}))


def fields_of(value: Value | Fact | State) -> dict[str, Any]:
    """Return the fields of a value by name, as they are."""
    return {name: getattr(value, name) for name in cast(Any, value).__struct_fields__}


def _field(kind: type[Value] | type[Fact], part: inspect.Field) -> fields.Field[Any]:
    words = words_in(kind).get(part.name)
    if part.name == "position":
        return Position(**_options(part))
    if words is not None and isinstance(part.type, inspect.StrType):
        return Text(words.longest, least=0 if words.optional else 1, lines=words.lines, **_options(part))
    return field_of(part.type, **_options(part))


def _options(part: inspect.Field) -> dict[str, Any]:
    return {"required": True} if part.required else {}


def field_of(kind: inspect.Type, **options: Any) -> fields.Field[Any]:
    """Return the field of a type as msgspec sees it."""
    match kind:
        case inspect.StructType(cls=cls):
            return fields.Nested(shape(cast(type[Value], cls)), **options)
        case inspect.UnionType(types=types) if any(isinstance(each, inspect.NoneType) for each in types):
            rest = tuple(each for each in types if not isinstance(each, inspect.NoneType))
            return field_of(rest[0] if len(rest) == 1 else inspect.UnionType(rest), allow_none=True, **options)
        case inspect.UnionType(types=types):
            return OneOf(tuple(cast(type[Value], cast(inspect.StructType, each).cls) for each in types), **options)
        case inspect.VarTupleType(item_type=item):
            return Several(field_of(item), tuple, **options)
        case inspect.FrozenSetType(item_type=item):
            return Several(field_of(item), frozenset, **options)
        case inspect.TupleType(item_types=items):
            return Together(tuple(field_of(item) for item in items), **options)
        case inspect.LiteralType(values=values):
            return fields.String(validate=validate.OneOf(values), **options)
        case _:
            return SIMPLE[type(kind)](**options)


SIMPLE: Mapping[type[inspect.Type], Callable[..., fields.Field[Any]]] = {
    inspect.StrType: lambda **options: Text(LONGEST_TEXT, least=0, lines=True, **options),
    inspect.IntType: lambda **options: Whole(**options),
    inspect.FloatType: lambda **options: Number(-FURTHEST, FURTHEST, **options),
    inspect.BoolType: Flag,
    inspect.UUIDType: Id,
    inspect.DateType: Day,
    inspect.DateTimeType: Moment,
}


def document(converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """Return what the OpenAPI document says of the fields above beside what it finds by itself."""
    match field:
        case OneOf():
            shapes = [converter.resolve_nested_schema(schema) for schema in field.schemas().values()]
            if field.allow_none:  # of null no member tells what it is
                return {"oneOf": [*shapes, {"type": "null"}]}
            words = {word: each["$ref"] for word, each in zip(field.schemas(), shapes, strict=True)}
            return {"oneOf": shapes, "discriminator": {"propertyName": field.tag, "mapping": words}}
        case Together():
            return {"type": "array", "prefixItems": [converter.field2property(part) for part in field.tuple_fields]}
        case Demo():
            return {"type": "boolean"}
        case _:
            return {}
