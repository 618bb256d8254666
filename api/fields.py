"""The shapes of single values in requests and answers; stricter than marshmallow's own, which convert what they can."""

import base64
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from marshmallow import ValidationError, fields, validate

from api.dumping import WRITERS

HIGHEST_POSITION = 2**63 - 1

PLACE: Any = Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_POSITION)]
"""The part of a cursor that is a number."""


class Text(fields.String):
    """Text of ``least`` to ``longest`` characters, as sent; ``lines`` allows tabs and line ends, no other control."""

    def __init__(self, longest: int = 200, *, least: int = 1, lines: bool = False, **options: Any) -> None:
        super().__init__(validate=validate.Length(least, longest), **options)
        self.longest = longest
        self.allowed = "\t\n\r" if lines else ""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in self.allowed for c in value):
            raise ValidationError("Holds a control character, which is not allowed here.")
        return value


class Written(fields.Field[Any]):
    """A value written as a string of one exact form; the base of those below."""

    form: str
    fault: str

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"pattern": f"^({self.form})$"} | options.pop("metadata", {}), **options)

    def read(self, text: str) -> Any:
        """Return the value of a text in this form; raise ``ValueError`` or ``OverflowError`` if it has none."""
        raise ValueError(text)

    def write(self, value: Any) -> str:
        """Return the one text of a value."""
        return str(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(self.form, value):
            raise ValidationError(self.fault)
        try:
            return self.read(value)
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.fault) from error

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else self.write(value)


class Id(Written):
    """An id: a UUID in its usual form."""

    form = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    fault = "Not a UUID such as 3f2c1d9e-8a47-4b1e-9c55-0d6f2a7b8c91."

    def read(self, text: str) -> UUID:
        """Return the id."""
        return UUID(text)

    def write(self, value: UUID | str) -> str:
        """Return the id in its usual form, several times as fast as ``str``."""
        return cast(str, msgspec.to_builtins(value))


class Digest(Written):
    """A SHA-256, in hexadecimal digits."""

    form = "[0-9a-f]{64}"
    fault = "Not a SHA-256: 64 hexadecimal digits in lower case."

    def read(self, text: str) -> str:
        """Return the digits."""
        return text


class Position(Written):
    """A position of the log: a number from 0, sent as a string because it may outgrow a browser's numbers."""

    form = "[0-9]{1,19}"
    fault = 'Not a position: digits in a string, such as "1042".'

    def read(self, text: str) -> int:
        """Return the number."""
        if int(text) > HIGHEST_POSITION:
            raise ValueError(text)
        return int(text)


class Moment(Written):
    """A time, RFC 3339; answered in UTC."""

    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
    fault = "Not a time such as 2026-03-01T09:30:00Z."

    def read(self, text: str) -> datetime:
        """Return the time in UTC."""
        return datetime.fromisoformat(text).astimezone(UTC)

    def write(self, value: datetime) -> str:
        """Return the time in UTC with Z."""
        return cast(str, msgspec.to_builtins(value.astimezone(UTC)))


class Day(Written):
    """A calendar day, RFC 3339."""

    form = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    fault = "Not a day such as 2026-03-01."

    def read(self, text: str) -> date:
        """Return the day."""
        return date.fromisoformat(text)


class KnownAt(Written):
    """A point of the record: a time or a position."""

    form = f"{Position.form}|{Moment.form}"
    fault = "Neither a time such as 2026-03-01T09:30:00Z nor a position such as 1042."

    def read(self, text: str) -> datetime | int:
        """Return the time in UTC, or the position."""
        point: datetime | int = (Position() if text.isdigit() else Moment()).deserialize(text)
        return point


class Cursor(Written):
    """Where the next page of a list starts: the last row's place in the order, its parts of these ``kinds``."""

    form = "[A-Za-z0-9_-]{1,600}"
    fault = "Not a cursor of this list: send the `next` of its last answer."

    def __init__(self, *kinds: type, **options: Any) -> None:
        super().__init__(**options)
        self.kinds = kinds

    def read(self, text: str) -> tuple[Any, ...]:
        """Return the parts."""
        parts: tuple[Any, ...] = msgspec.convert(
            msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))),
            tuple.__class_getitem__(self.kinds),
        )
        return parts

    def write(self, value: tuple[Any, ...]) -> str:
        """Return the opaque text."""
        return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


class Whole(fields.Integer):
    """A whole number from ``least`` to ``most``, sent as a number."""

    def __init__(self, least: int = 0, most: int = 2**53 - 1, **options: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class Number(fields.Float):
    """A number from ``least`` to ``most``, sent as a number."""

    def __init__(self, least: float, most: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if type(value) not in (int, float):
            raise self.make_error("invalid")
        return self._validated(value)


class Flag(fields.Boolean):
    """True or false, sent as such."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("invalid")
        return value


WRITERS[Written._serialize] = lambda field: lambda value: None if value is None else field.write(value)
