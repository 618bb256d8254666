"""Forms: what pages post, read as strictly as JSON is, carried out once however often it is sent, or shown again."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, wraps
from typing import Any, cast

import marshmallow
import msgspec
from flask import g, make_response, request
from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from api.errors import FieldsNotValid, flat, status_of, when_again
from api.fields import Text
from api.ids import new_id
from api.pages.common import label, pages, recorded, render
from api.schemas import Schema
from api.services import caller, services
from api.shapes import OneOf
from portfolio.application.ports import Idempotency, Receipt, Unauthenticated
from portfolio.domain.kernel import Command, NotPermitted, NotVisible, Rejected

MISSING = fields.Field.default_error_messages["required"]
"""What a schema says of a field that is not there."""


TIMES = ("start", "end")
"""Numbers that are seconds of a recording."""

CLOCK = re.compile(r"([0-9]{1,6}):([0-5]?[0-9](?:[.][0-9]{1,6})?)")


def form(
    schema: type[Schema],
    *,
    only: Sequence[str] | None = None,
    also: Mapping[str, str] = {},
    sent: MultiDict[str, str] | None = None,
) -> dict[str, Any]:
    """Return what this form posted in the schema that the API reads, or the part of it that ``only`` names.

    A field inside another is posted under a dotted name (``selector.page``), one of a row of a list under its number
    (``criteria.2.text``), and a list of texts may be typed one a line. ``also`` is posted with it by the page itself;
    ``sent`` is what counts as posted, where the page reads more into the form than stands in it. Empty fields count as
    not sent. Raises ``FieldsNotValid``, which names the first faulty field; the page shown again names them all.
    """
    g.posted = request.form if sent is None else sent
    reader = schema(only=only)
    posted = MultiDict([*g.posted.items(multi=True), *also.items()])
    try:
        loaded: dict[str, Any] = reader.load(as_json(reader, posted))
    except ValidationError as error:
        g.faults = {re.sub(r"[.][0-9]+$", "", name): in_words(sentence) for name, sentence in flat(error.messages)}
        name, sentence = next(iter(g.faults.items()))
        raise FieldsNotValid(f"{label(name)}: {sentence}") from error
    return loaded


def query_of(schema: type[Schema], asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what an address asks in the schema that the API reads; raise ``FieldsNotValid`` if it cannot be read."""
    reader = reader_of(schema)
    try:
        query: dict[str, Any] = reader.load(as_json(reader, MultiDict(asked)))
    except ValidationError as error:
        name, sentence = next(iter(flat(error.messages)))
        raise FieldsNotValid(f"{label(name)}: {sentence}") from error
    return query


@cache
def reader_of(schema: type[Schema]) -> Schema:
    """Return what reads in a schema: to make one copies each of its fields, and it keeps nothing of what it reads."""
    return schema()


def in_words(fault: str) -> str:
    """Return what a schema says of a field as a page says it."""
    return "fill this in." if fault == MISSING else fault


def as_json(schema: marshmallow.Schema, posted: MultiDict[str, str], prefix: str = "") -> dict[str, Any]:
    """Return posted fields as the JSON that a program would send in their place."""
    sent: dict[str, Any] = {}
    for name, field in schema.fields.items():
        path = f"{prefix}{name}"
        if isinstance(field, fields.Nested):
            value: Any = as_json(field.schema, posted, f"{path}.")
            if field.required:  # also where nothing is in it, so that each field it lacks is named
                sent[name] = value
        elif isinstance(field, OneOf):
            kind = posted.get(f"{path}.{field.tag}", "")
            inside = as_json(field.schemas()[kind](), posted, f"{path}.") if kind in field.kinds else {}
            value = {field.tag: kind, **inside} if kind else None
        elif isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            within = field.inner.schema
            value = [as_json(within, posted, f"{path}.{number}.") for number in numbers_below(path, posted)]
        elif isinstance(field, fields.List):
            lines = [line.strip() for text in posted.getlist(path) for line in text.splitlines()]
            value = [line for line in lines if line]
        else:
            value = typed(field, posted.get(path, ""))
        if value or value == 0:
            sent[name] = value
    return sent


def numbers_below(path: str, posted: MultiDict[str, str]) -> list[int]:
    """Return the numbers under which parts of a list were posted, in order."""
    found = (re.fullmatch(rf"{re.escape(path)}[.]([0-9]{{1,4}})[.].+", name) for name in posted)
    return sorted({int(each[1]) for each in found if each})


def typed(field: fields.Field[Any], text: str) -> Any:
    """Return a posted text as the number, or the yes or no, that a field wants, or as it is; nothing for blanks.

    A time of a recording may be typed as people say it: 1:05.5 is 65.5 seconds.
    """
    if isinstance(field, fields.Boolean):
        return {"yes": True, "no": False}.get(text, text if text.strip() else None)
    if isinstance(field, fields.Float) and field.name in TIMES and (clock := CLOCK.fullmatch(text.strip())):
        return int(clock[1]) * 60 + float(clock[2])
    if isinstance(field, fields.Integer | fields.Float):
        with suppress(ValueError):
            return msgspec.json.decode(text, type=int | float)
    return text if text.strip() else None


@pages.app_template_global()
def longest(schema: type[marshmallow.Schema], path: str) -> int:
    """Return how many characters a text field of a schema may have; a field inside another by its dotted name."""
    name, _, inside = path.partition(".")
    field = schema._declared_fields[name]
    if isinstance(field, fields.Nested):
        return longest(type(field.schema), inside)
    if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
        return longest(type(field.inner.schema), inside.partition(".")[2])
    if isinstance(field, OneOf):
        kinds = field.schemas().values()
        return longest(next(kind for kind in kinds if inside in kind._declared_fields), inside)
    return cast(Text, field).longest


def once(step: str, file: str = "") -> Idempotency:
    """Return the idempotency key of one step of the form that was sent; ``file`` is the SHA-256 of its file.

    The page draws a key for each form it shows. Another text or file under it is another request: whoever goes back
    and corrects a form means the correction. What was typed may be what stands in no fact, such as an e-mail address:
    of the key, which is kept, nobody who has the record confirms a guess.
    """
    drawn = request.form.get("key", "")[:100] or new_id()
    content = f"{request.path}\n{sorted(request.form.items(multi=True))}\n{file}".encode()
    digest = bytes.fromhex(services().journal.keyed("form", content))
    return Idempotency(key=f"page/{drawn}/{digest.hex()}/{step}", fingerprint=digest)


def run(command: Command, step: str = "do", file: str = "", if_match: frozenset[int] | None = None) -> Receipt:
    """Carry a command out for the person at the page; on a record at one of the versions ``if_match`` if given."""
    return recorded(services().handler.execute(command, caller(), idempotency=once(step, file), if_match=if_match))


def asks_first(asks: str, says: str, button: str, back: str, *, keeps: bool = False) -> Response | None:
    """Return the page that asks once more before what ends something, None once that is answered; asking does nothing.

    What was posted is posted again from there, with the answer. Where the form is more than a button, whoever goes
    back ``keeps`` what they filled in.
    """
    if request.form.get("sure"):
        return None
    again = [*request.form.items(multi=True)]
    return make_response(
        render(
            "item/confirm.html", asks=asks, says=says, button=button, again=again, sure="yes", back=back, keeps=keeps
        )
    )


def run_as_seen(command: Command) -> Receipt:
    """Carry a command out on the version of the record that its page showed; one that has moved is read again first."""
    g.posted = request.form
    version = request.form.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 19 else 0
    return run(command, if_match=frozenset({seen}))


def refused_page(page: str, refusal: Rejected) -> Response:
    """Answer a refusal with a page that tells of it, under its status and with when to try again."""
    answer = Response(page, status_of(type(refusal)), content_type="text/html; charset=utf-8")
    answer.headers.extend(when_again(refusal))
    return answer


def shown_again(page: Callable[..., str]) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Answer a refused form with the page it stands on: the sentence on top, and what was typed still there.

    Whoever goes back from a page that asks before anything is done is shown the form as they filled it in.
    """

    def around(route: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(route)
        def answer(**place: Any) -> Response:
            files = request.mimetype == "multipart/form-data"  # read only once it is known that they are wanted
            if not files and "again" in request.form:
                g.posted = request.form
                return Response(page(**place), content_type="text/html; charset=utf-8")
            try:
                return route(**place)
            except (NotPermitted, NotVisible, Unauthenticated):
                raise
            except Rejected as refusal:
                g.refused = refusal
                return refused_page(page(**place), refusal)

        return answer

    return around
